"""TRNG: entropy, the same every run: a generator with a fixed seed stands for the oscillator.

Source: RT1060 reference manual, chapter True Random Number Generator. The statistical checks
always pass.
"""

import random
from collections.abc import Callable

from rt1062.block import Block, Line
from rt1062.chip.clock import ticks
from rt1062.registers import R, Register, r, register, rw, w1c
from rt1062.scheduler import Event, Scheduler

WORDS = 16


class MCTL(Register, at=0x00, polled=True):
    SAMP_MODE, OSC_DIV = rw(0, 2, reset=1), rw(2, 2)
    UNUSED4, TRNG_ACC, RST_DEF, FOR_SCLK = rw(4), rw(5), rw(6), rw(7)
    FCT_FAIL, FCT_VAL, ENT_VAL, TST_OUT = (r(bit) for bit in range(8, 12))
    ERR = w1c(12)
    TSTOP_OK = r(13, reset=1)
    LRUN_CONT = rw(14)
    PRGM = rw(16, reset=1)


class SDCTL(Register, at=0x10):
    SAMP_SIZE, ENT_DLY = rw(0, 16, reset=2500), rw(16, 16, reset=3200)


class ENT(Register, at=0x40, count=WORDS, access=R):
    """The entropy, 32 bits of it."""


class SEC_CFG(Register, at=0xA0):
    NO_PRGM = rw(1)


class INT_CTRL(Register, at=0xA4):
    """Writing a zero clears that interrupt."""

    HW_ERR, ENT_VAL, FRQ_CT_FAIL = (rw(bit, reset=1) for bit in range(3))
    UNUSED = rw(3, 29)


class INT_MASK(Register, at=0xA8):
    HW_ERR, ENT_VAL, FRQ_CT_FAIL = (rw(bit) for bit in range(3))


class INT_STATUS(Register, at=0xAC):
    HW_ERR, ENT_VAL, FRQ_CT_FAIL = (r(bit) for bit in range(3))


# Limits of the statistical checks: name, offset, value after reset.
LIMITS = (
    ("SCMISC", 0x04, 0x0001_0022),
    ("PKRRNG", 0x08, 0x0000_09A3),
    ("PKRMAX", 0x0C, 0x0000_6920),
    ("SBLIM", 0x14, 0x0000_003F),
    ("FRQMIN", 0x18, 0x0000_0640),
    ("FRQMAX", 0x1C, 0x0000_6400),
    ("SCML", 0x20, 0x010C_0568),
    ("SCR1L", 0x24, 0x00B2_0195),
    ("SCR2L", 0x28, 0x007A_00DC),
    ("SCR3L", 0x2C, 0x0058_007D),
    ("SCR4L", 0x30, 0x0040_004B),
    ("SCR5L", 0x34, 0x002E_002F),
    ("SCR6PL", 0x38, 0x002E_002F),
)
POKER_PAIRS = ("10", "32", "54", "76", "98", "BA", "DC", "FE")  # of PKRCNT


class Trng(Block):
    """512 bits at a time: ENT0..15 are valid while MCTL.ENT_VAL; reading ENT15 starts the next.

    Constructor: scheduler, `clock_hz()` of the IPG clock that samples the oscillator, interrupt
    line, the seed.
    """

    REGISTERS = (
        MCTL,
        SDCTL,
        *(register(name, at, reset=reset) for name, at, reset in LIMITS),
        register("STATUS", 0x3C, access=R),
        ENT,
        *(register(f"PKRCNT{pair}", 0x80 + 4 * i, access=R) for i, pair in enumerate(POKER_PAIRS)),
        SEC_CFG,
        INT_CTRL,
        INT_MASK,
        INT_STATUS,
        register("VID1", 0xF0, reset=0x0030_0301, access=R),
        register("VID2", 0xF4, access=R),
    )

    def __init__(
        self, scheduler: Scheduler, clock_hz: Callable[[], int], irq: Line, seed: int = 1062
    ) -> None:
        super().__init__(irq)
        self.scheduler = scheduler
        self.clock_hz = clock_hz
        self._seed = seed
        self._random = random.Random(seed)
        self._event: Event | None = None

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        if cold:
            self._random = random.Random(self._seed)
        self._stop()

    def next_event_time(self) -> int:
        return self.next_event(self._event)

    # Generation.

    def _stop(self) -> None:
        self.scheduler.cancel(self._event)
        self._event = None

    def _generate(self) -> None:
        """Take SAMP_SIZE samples, one every ENT_DLY clocks."""
        self.value["MCTL"] &= ~MCTL.ENT_VAL
        self._stop()
        sampling = self.value["SDCTL"]
        clocks = SDCTL.SAMP_SIZE.get(sampling) * SDCTL.ENT_DLY.get(sampling)
        hz = self.clock_hz()
        if hz:
            self._event = self.scheduler.after(ticks(clocks, hz), self._generated)

    def _generated(self) -> None:
        self._event = None
        for i in range(WORDS):
            self.value[f"ENT{i}"] = self._random.getrandbits(32)
        self.value["MCTL"] |= MCTL.ENT_VAL
        self.value["INT_STATUS"] |= INT_STATUS.ENT_VAL
        self._update_irq()

    # Registers.

    def read_mctl(self) -> int:
        """TSTOP_OK while no generation goes on."""
        stopped = MCTL.TSTOP_OK if self._event is None else 0
        return self.value["MCTL"] & ~MCTL.TSTOP_OK | stopped

    def write_mctl(self, written: int) -> None:
        before = self.value["MCTL"]
        if self.value["SEC_CFG"] & SEC_CFG.NO_PRGM:  # no way back to programming
            written &= ~MCTL.PRGM
        if written & MCTL.RST_DEF and before & MCTL.PRGM:
            super().reset(False)
            before = self.value["MCTL"]
        now = self.store(MCTL, written & ~MCTL.RST_DEF)
        if now & MCTL.PRGM:
            self._stop()
            self.value["MCTL"] &= ~MCTL.ENT_VAL
        elif before & MCTL.PRGM:
            self._generate()

    def read_ent(self, index: int) -> int:
        """Zero unless ENT_VAL; the last word starts the next generation."""
        if not self.value["MCTL"] & MCTL.ENT_VAL:
            return 0
        word = self.value[f"ENT{index}"]
        if index == WORDS - 1:
            self._generate()
        return word

    def write_int_ctrl(self, written: int) -> None:
        self.value["INT_STATUS"] &= written
        self._update_irq()

    def write_int_mask(self, written: int) -> None:
        self.store(INT_MASK, written)
        self._update_irq()

    def _update_irq(self) -> None:
        """The bits of INT_CTRL, INT_MASK and INT_STATUS lie one above the other."""
        self.raise_line(bool(self.value["INT_STATUS"] & self.value["INT_MASK"]))
