"""CCM: clock roots, their dividers and multiplexers, and the clock gates.

Source: RT1060 reference manual, chapter 14 (Clock Controller Module). What the boot ROM leaves
was read on silicon by others (Embedded Go's imxrt port, real-time-cpp); registers not named there
keep their reset values.
"""

from collections.abc import Callable
from functools import partial

from rt1062.block import Peripheral
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.chip.clock_gates import CLOCK_GATES
from rt1062.registers import Slot
from rt1062.registers_old import W1C, Field, R, Register, register_array
from rt1062.scheduler import NEVER, Event, Scheduler

HANDSHAKE_TICKS = TICKS_PER_MICROSECOND  # ours: the manual says only that it ends

CACRR = Register("CACRR", 0x10, [Field("ARM_PODF", 0, 3, reset=1)])
CBCDR = Register(
    "CBCDR",
    0x14,
    [
        Field("SEMC_CLK_SEL", 6),
        Field("SEMC_ALT_CLK_SEL", 7),
        Field("IPG_PODF", 8, 2),
        Field("AHB_PODF", 10, 3),
        Field("RESERVED13", 13, 3),
        Field("SEMC_PODF", 16, 3),
        Field("RESERVED19", 19, 6),
        Field("PERIPH_CLK_SEL", 25),
        Field("PERIPH_CLK2_PODF", 27, 3),
    ],
    reset=0x000A_8300,
)
CBCMR = Register(
    "CBCMR",
    0x18,
    [
        Field("RESERVED0", 0, 4),
        Field("LPSPI_CLK_SEL", 4, 2),
        Field("RESERVED6", 6, 2),
        Field("FLEXSPI2_CLK_SEL", 8, 2),
        Field("RESERVED10", 10, 2),
        Field("PERIPH_CLK2_SEL", 12, 2),
        Field("TRACE_CLK_SEL", 14, 2),
        Field("RESERVED16", 16, 2),
        Field("PRE_PERIPH_CLK_SEL", 18, 2),
        Field("RESERVED20", 20, 3),
        Field("LCDIF_PODF", 23, 3),
        Field("LPSPI_PODF", 26, 3),
        Field("FLEXSPI2_PODF", 29, 3),
    ],
    reset=0x2DAE_8324,
)
CISR = Register(
    "CISR",
    0x58,
    [
        Field("LRF_PLL", 0, access=W1C),
        Field("COSC_READY", 6, access=W1C),
        Field("SEMC_PODF_LOADED", 17, access=W1C),
        Field("PERIPH2_CLK_SEL_LOADED", 19, access=W1C),
        Field("AHB_PODF_LOADED", 20, access=W1C),
        Field("PERIPH_CLK_SEL_LOADED", 22, access=W1C),
        Field("ARM_PODF_LOADED", 26, access=W1C),
    ],
)
CDHIPR = Register(
    "CDHIPR",
    0x48,
    [
        Field("SEMC_PODF_BUSY", 0, access=R),
        Field("AHB_PODF_BUSY", 1, access=R),
        Field("PERIPH2_CLK_SEL_BUSY", 3, access=R),
        Field("PERIPH_CLK_SEL_BUSY", 5, access=R),
        Field("ARM_PODF_BUSY", 16, access=R),
    ],
    polled=True,
)
CLPCR = Register("CLPCR", 0x54, [Field("LPM", 0, 2), Field("REST", 2, 30)], reset=0x0000_0079)

# Changing one of these fields takes a handshake: busy in CDHIPR, then reported in CISR.
HANDSHAKES = (
    (CACRR, "ARM_PODF", "ARM_PODF"),
    (CBCDR, "SEMC_PODF", "SEMC_PODF"),
    (CBCDR, "AHB_PODF", "AHB_PODF"),
    (CBCDR, "PERIPH_CLK_SEL", "PERIPH_CLK_SEL"),
    (CBCMR, "PERIPH_CLK2_SEL", "PERIPH2_CLK_SEL"),
)
INTERRUPT_1 = 0x045A_0000  # CISR bits that raise CCM_1; the others raise CCM_2

# Core 396 MHz from PLL1/2, IPG 132 MHz, PERCLK 66 MHz, FlexSPI on PLL3 PFD0 / 5.
AFTER_ROM = {
    "CSR": 0x0000_0030,
    "CACRR": 0x0000_0001,
    "CBCDR": 0x000A_8200,
    "CBCMR": 0xF5AE_8104,
    "CSCMR1": 0x6613_0001,
}


class Ccm(Peripheral):
    """A new setting is in force at once; the handshake only shows in CDHIPR and CISR.

    Constructor: scheduler; `on_change()` is called when a frequency or a gate may have changed;
    `irq` and `irq2` are the lines CCM_1 and CCM_2.
    """

    REGISTERS = (
        Register("CCR", 0x00, reset=0x0401_107F),
        Register("CSR", 0x08, access=R, reset=0x0000_0010),
        Register("CCSR", 0x0C, reset=0x0000_0100),
        CACRR,
        CBCDR,
        CBCMR,
        Register("CSCMR1", 0x1C, reset=0x0490_0000),
        Register("CSCMR2", 0x20, reset=0x1319_2F06),
        Register("CSCDR1", 0x24, reset=0x0649_0B00),
        Register("CS1CDR", 0x28, reset=0x0EC1_02C1),
        Register("CS2CDR", 0x2C, reset=0x0073_36C1),
        Register("CDCDR", 0x30, reset=0x33F7_1F92),
        Register("CSCDR2", 0x38, reset=0x0002_9150),
        Register("CSCDR3", 0x3C, reset=0x0003_0841),
        CDHIPR,
        CLPCR,
        CISR,
        Register("CIMR", 0x5C, reset=0xFFFF_FFFF),
        Register("CCOSR", 0x60, reset=0x000A_0001),
        Register("CGPR", 0x64, reset=0x0000_FE62),
        Register("CCGR0", 0x68, reset=0xFFFF_FFFF),
        Register("CCGR1", 0x6C, reset=0xFFFF_FFFF),
        Register("CCGR2", 0x70, reset=0xFC3F_FFFF),
        Register("CCGR3", 0x74, reset=0xFFFF_FFCF),
        *register_array("CCGR", 0x78, 4, first=4, reset=0xFFFF_FFFF),
        Register("CMEOR", 0x88, reset=0xFFFF_FFFF),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        on_change: Callable[[], None] = lambda: None,
        irq: Callable[[bool], None] = lambda level: None,
        irq2: Callable[[bool], None] = lambda level: None,
    ) -> None:
        super().__init__()
        self.scheduler = scheduler
        self.on_change = on_change
        self.irq, self.irq2 = irq, irq2
        self._done: Event | None = None
        self.reset()

    def _handlers(self, slot: Slot) -> tuple[Callable[[], int], Callable[[int], None]]:
        read, write = super()._handlers(slot)
        register = slot.register
        if register in (CACRR, CBCDR, CBCMR):
            write = partial(self._write_with_handshake, register)
        elif 0x0C <= register.offset < 0x40:
            write = partial(self._write_root, register)
        return read, write

    def reset(self, cold: bool = True) -> None:
        self.scheduler.cancel(self._done)
        self._done = None
        super().reset(cold)
        self.value.update(AFTER_ROM)
        self._update_irq()
        self.on_change()

    def next_event_time(self) -> int:
        return self._done.time if self._done is not None else NEVER

    def gate(self, block: str) -> int:
        """The clock gate of a block by name: 0 off, 1 in run mode, 3 on (also without one)."""
        register, position = CLOCK_GATES.get(block, (None, 0))
        return 3 if register is None else self.value[f"CCGR{register}"] >> 2 * position & 3

    @property
    def low_power_mode(self) -> int:
        """What WFI enters: 0 stay in run mode, 1 wait, 2 stop (CLPCR.LPM, 1 after reset)."""
        return CLPCR["LPM"].get(self.value["CLPCR"])

    def _write_root(self, register: Register, written: int) -> None:
        self.store(register, written)
        self.on_change()

    def _write_with_handshake(self, register: Register, written: int) -> None:
        changed = self.value[register.name] ^ self.store(register, written)
        for owner, field, name in HANDSHAKES:
            if owner is register and owner[field].get(changed):
                self.value["CDHIPR"] |= CDHIPR[f"{name}_BUSY"].mask
        if self.value["CDHIPR"]:
            self.scheduler.cancel(self._done)
            self._done = self.scheduler.after(HANDSHAKE_TICKS, self._handshake_done)
        self.on_change()

    def _handshake_done(self) -> None:
        self._done = None
        busy, self.value["CDHIPR"] = self.value["CDHIPR"], 0
        for _, _, name in HANDSHAKES:
            if busy & CDHIPR[f"{name}_BUSY"].mask:
                self.value["CISR"] |= CISR[f"{name}_LOADED"].mask
        self._update_irq()

    def write_cisr(self, written: int) -> None:
        self.store(CISR, written)
        self._update_irq()

    def write_cimr(self, written: int) -> None:
        self.value["CIMR"] = written
        self._update_irq()

    def _update_irq(self) -> None:
        pending = self.value["CISR"] & ~self.value["CIMR"]
        self.irq(bool(pending & INTERRUPT_1))
        self.irq2(bool(pending & ~INTERRUPT_1))
