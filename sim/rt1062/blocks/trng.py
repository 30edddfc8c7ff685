"""TRNG: entropy, the same every run: a generator with a fixed seed stands for the oscillator.

Source: RT1060 reference manual, chapter True Random Number Generator. The statistical checks
always pass.
"""

import random
from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.chip.clock import ticks
from rt1062.registers_old import W1C, Field, R, Register, register_array
from rt1062.scheduler import NEVER, Event, Scheduler

WORDS = 16
BUS_HZ = 150_000_000  # IPG clock that samples the oscillator, if no other is given

MCTL = Register(
    "MCTL",
    0x00,
    [
        Field("SAMP_MODE", 0, 2, reset=1),
        Field("OSC_DIV", 2, 2),
        Field("UNUSED4", 4),
        Field("TRNG_ACC", 5),
        Field("RST_DEF", 6),
        Field("FOR_SCLK", 7),
        Field("FCT_FAIL", 8, access=R),
        Field("FCT_VAL", 9, access=R),
        Field("ENT_VAL", 10, access=R),
        Field("TST_OUT", 11, access=R),
        Field("ERR", 12, access=W1C),
        Field("TSTOP_OK", 13, access=R, reset=1),
        Field("LRUN_CONT", 14),
        Field("PRGM", 16, reset=1),
    ],
    polled=True,
)
RST_DEF, ENT_VAL, TSTOP_OK, PRGM = (
    MCTL[name].mask for name in ("RST_DEF", "ENT_VAL", "TSTOP_OK", "PRGM")
)
SDCTL = Register(
    "SDCTL", 0x10, [Field("SAMP_SIZE", 0, 16, reset=2500), Field("ENT_DLY", 16, 16, reset=3200)]
)
INT_ENT_VAL = 1 << 1


class Trng(Peripheral):
    """512 bits at a time: ENT0..15 are valid while MCTL.ENT_VAL; reading ENT15 starts the next.

    Constructor: scheduler, `irq`, the seed, `clock_hz` of the bus clock.
    """

    REGISTERS = (
        MCTL,
        Register("SCMISC", 0x04, reset=0x0001_0022),
        Register("PKRRNG", 0x08, reset=0x0000_09A3),
        Register("PKRMAX", 0x0C, reset=0x0000_6920),
        SDCTL,
        Register("SBLIM", 0x14, reset=0x0000_003F),
        Register("FRQMIN", 0x18, reset=0x0000_0640),
        Register("FRQMAX", 0x1C, reset=0x0000_6400),
        Register("SCML", 0x20, reset=0x010C_0568),
        Register("SCR1L", 0x24, reset=0x00B2_0195),
        Register("SCR2L", 0x28, reset=0x007A_00DC),
        Register("SCR3L", 0x2C, reset=0x0058_007D),
        Register("SCR4L", 0x30, reset=0x0040_004B),
        Register("SCR5L", 0x34, reset=0x002E_002F),
        Register("SCR6PL", 0x38, reset=0x002E_002F),
        Register("STATUS", 0x3C, access=R),
        *register_array("ENT", 0x40, WORDS, access=R),
        *register_array("PKRCNT", 0x80, 8, access=R),
        Register("SEC_CFG", 0xA0, [Field("NO_PRGM", 1)]),
        Register("INT_CTRL", 0xA4, reset=0x0000_0007),
        Register("INT_MASK", 0xA8, [Field("ALL", 0, 3)]),
        Register("INT_STATUS", 0xAC, access=R),
        Register("VID1", 0xF0, reset=0x0030_0301, access=R),
        Register("VID2", 0xF4, access=R),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        irq: Callable[[bool], None] = lambda level: None,
        seed: int = 1062,
        clock_hz: Callable[[], int] = lambda: BUS_HZ,
    ) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._irq = irq
        self._seed = seed
        self._clock_hz = clock_hz
        self._random = random.Random(seed)
        self._event: Event | None = None

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        if cold:
            self._random = random.Random(self._seed)
        self._stop()
        self._irq(False)

    def next_event_time(self) -> int:
        return self._event.time if self._event is not None else NEVER

    # Generation.

    def _stop(self) -> None:
        self._scheduler.cancel(self._event)
        self._event = None

    def _generate(self) -> None:
        """Take SAMP_SIZE samples, one every ENT_DLY clocks."""
        self.value["MCTL"] &= ~ENT_VAL
        self._stop()
        sampling = self.value["SDCTL"]
        clocks = SDCTL["SAMP_SIZE"].get(sampling) * SDCTL["ENT_DLY"].get(sampling)
        hz = self._clock_hz()
        if hz:
            self._event = self._scheduler.after(ticks(clocks, hz), self._generated)

    def _generated(self) -> None:
        self._event = None
        for i in range(WORDS):
            self.value[f"ENT{i}"] = self._random.getrandbits(32)
        self.value["MCTL"] |= ENT_VAL
        self.value["INT_STATUS"] |= INT_ENT_VAL
        self._update()

    # Registers.

    def read_mctl(self) -> int:
        """TSTOP_OK while no generation goes on."""
        stopped = TSTOP_OK if self._event is None else 0
        return self.value["MCTL"] & ~TSTOP_OK | stopped

    def write_mctl(self, written: int) -> None:
        before = self.value["MCTL"]
        if self.value["SEC_CFG"] & 2:  # NO_PRGM: no way back to programming
            written &= ~PRGM
        if written & RST_DEF and before & PRGM:
            super().reset(False)
            before = self.value["MCTL"]
        now = self.store(MCTL, written & ~RST_DEF)
        if now & PRGM:
            self._stop()
            self.value["MCTL"] &= ~ENT_VAL
        elif before & PRGM:
            self._generate()

    def read_ent(self, index: int) -> int:
        """Zero unless ENT_VAL; the last word starts the next generation."""
        if not self.value["MCTL"] & ENT_VAL:
            return 0
        word = self.value[f"ENT{index}"]
        if index == WORDS - 1:
            self._generate()
        return word

    def write_int_ctrl(self, written: int) -> None:
        """Writing a zero clears that interrupt."""
        self.value["INT_STATUS"] &= written
        self._update()

    def write_int_mask(self, written: int) -> None:
        self.value["INT_MASK"] = written & 7
        self._update()

    def _update(self) -> None:
        self._irq(bool(self.value["INT_STATUS"] & self.value["INT_MASK"]))
