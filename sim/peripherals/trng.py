"""TRNG: entropy, the same every run: a generator with a fixed seed stands for the oscillators.

Source: RT1060 reference manual, chapter True Random Number Generator.
"""

import random
from collections.abc import Callable

from sim.chip.clock import TICKS_PER_MICROSECOND
from sim.registers import W1C, Field, Peripheral, R, Register, register_array
from sim.scheduler import NEVER, Event, Scheduler

WORDS = 16
# 2500 samples of 3200 clocks at the core's half speed take about 27 ms on silicon.
GENERATION_TICKS = 27_000 * TICKS_PER_MICROSECOND
RST_DEF, ENT_VAL, TSTOP_OK, PRGM = 1 << 6, 1 << 10, 1 << 13, 1 << 16
INT_ENT_VAL = 1 << 1


class Trng(Peripheral):
    """512 bits at a time: ENT0..15 are valid while MCTL.ENT_VAL; reading ENT15 starts the next."""

    REGISTERS = (
        Register(
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
                Field("TSTOP_OK", 13, access=R),
                Field("LRUN_CONT", 14),
                Field("PRGM", 16, reset=1),
            ],
            polled=True,
        ),
        Register("SCMISC", 0x04, reset=0x0001_0022),
        Register("PKRRNG", 0x08, reset=0x0000_09A3),
        Register("PKRMAX", 0x0C, reset=0x0000_6920),
        Register("SDCTL", 0x10, reset=0x0C80_09C4),
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
        Register("SEC_CFG", 0xA0),
        Register("INT_CTRL", 0xA4, reset=0xFFFF_FFFF),
        Register("INT_MASK", 0xA8),
        Register("INT_STATUS", 0xAC, access=R),
        Register("VID1", 0xF0, reset=0x0030_0100, access=R),
        Register("VID2", 0xF4, access=R),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        irq: Callable[[bool], None] = lambda level: None,
        seed: int = 1062,
    ):
        super().__init__()
        self._scheduler = scheduler
        self._irq = irq
        self._seed = seed
        self._random = random.Random(seed)
        self._event: Event | None = None

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        if cold:
            self._random = random.Random(self._seed)
        self._scheduler.cancel(self._event)
        self._event = None
        self._irq(False)

    def next_event_time(self) -> int:
        return self._event.time if self._event is not None else NEVER

    def read_mctl(self) -> int:
        """TSTOP_OK while no generation goes on."""
        return self.value["MCTL"] | (TSTOP_OK if self._event is None else 0)

    def write_mctl(self, value: int) -> None:
        before = self.value["MCTL"]
        if value & RST_DEF and before & PRGM:
            self.reset(cold=False)
            value |= PRGM
        self.store(self.by_offset[0], value & ~RST_DEF)
        now = self.value["MCTL"]
        if now & PRGM:
            self._scheduler.cancel(self._event)
            self._event = None
            self.value["MCTL"] = now & ~ENT_VAL
        elif before & PRGM:
            self._generate()
        self._update()

    def _generate(self) -> None:
        self.value["MCTL"] &= ~ENT_VAL
        self._event = self._scheduler.after(GENERATION_TICKS, self._generated)

    def _generated(self) -> None:
        self._event = None
        for i in range(WORDS):
            self.value[f"ENT{i}"] = self._random.getrandbits(32)
        self.value["MCTL"] |= ENT_VAL
        self._update()

    def read_ent(self, index: int) -> int:
        """In program mode, and before a generation has ended, the words read zero."""
        if not self.value["MCTL"] & ENT_VAL:
            return 0
        word = self.value[f"ENT{index}"]
        if index == WORDS - 1:
            for i in range(WORDS):
                self.value[f"ENT{i}"] = 0
            self._generate()
            self._update()
        return word

    def read_int_status(self) -> int:
        return INT_ENT_VAL if self.value["MCTL"] & ENT_VAL else 0

    def write_int_mask(self, value: int) -> None:
        self.value["INT_MASK"] = value & 7
        self._update()

    def _update(self) -> None:
        self._irq(bool(self.read_int_status() & self.value["INT_MASK"]))
