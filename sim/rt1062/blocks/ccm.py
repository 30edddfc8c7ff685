"""CCM: clock roots, their dividers and multiplexers, and the clock gates.

Source: RT1060 reference manual, chapter 14 (Clock Controller Module). What the boot ROM leaves
was read on silicon by others (Embedded Go's imxrt port, real-time-cpp); registers not named there
keep their reset values.
"""

from collections.abc import Callable
from typing import NamedTuple

from rt1062.block import CLOCK_GATE_OPEN, Block, Line
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.chip.clock_gates import CLOCK_GATES
from rt1062.registers import Field, R, Register, r, register, rw, w1c
from rt1062.scheduler import Event, Scheduler

HANDSHAKE_TICKS = TICKS_PER_MICROSECOND  # ours: the manual says only that it ends
GATE_BITS = 2  # of each gate in CCGR


class Root(Register):
    """A register that chooses or divides clocks. Reserved bits are stored: some reset to one."""


class Loaded(Root):
    """A root register some fields of which are loaded by a handshake (HANDSHAKES)."""


class CCSR(Root, at=0x0C, reset=0x0000_0100):
    PLL3_SW_CLK_SEL = rw(0)
    RESERVED1 = rw(1, 31)


class CACRR(Loaded, at=0x10):
    ARM_PODF = rw(0, 3, reset=1)


class CBCDR(Loaded, at=0x14, reset=0x000A_8300):
    SEMC_CLK_SEL, SEMC_ALT_CLK_SEL = rw(6), rw(7)
    IPG_PODF, AHB_PODF, RESERVED13 = rw(8, 2), rw(10, 3), rw(13, 3)
    SEMC_PODF, RESERVED19 = rw(16, 3), rw(19, 6)
    PERIPH_CLK_SEL, PERIPH_CLK2_PODF = rw(25), rw(27, 3)


class CBCMR(Loaded, at=0x18, reset=0x2DAE_8324):
    RESERVED0, LPSPI_CLK_SEL = rw(0, 4), rw(4, 2)
    RESERVED6, FLEXSPI2_CLK_SEL = rw(6, 2), rw(8, 2)
    RESERVED10, PERIPH_CLK2_SEL, TRACE_CLK_SEL = rw(10, 2), rw(12, 2), rw(14, 2)
    RESERVED16, PRE_PERIPH_CLK_SEL = rw(16, 2), rw(18, 2)
    RESERVED20, LCDIF_PODF, LPSPI_PODF, FLEXSPI2_PODF = rw(20, 3), rw(23, 3), rw(26, 3), rw(29, 3)


class CSCMR1(Root, at=0x1C, reset=0x0490_0000):
    PERCLK_PODF, PERCLK_CLK_SEL, RESERVED7 = rw(0, 6), rw(6), rw(7, 3)
    SAI1_CLK_SEL, SAI2_CLK_SEL, SAI3_CLK_SEL = rw(10, 2), rw(12, 2), rw(14, 2)
    USDHC1_CLK_SEL, USDHC2_CLK_SEL, RESERVED18 = rw(16), rw(17), rw(18, 5)
    FLEXSPI_PODF, RESERVED26 = rw(23, 3), rw(26, 3)
    FLEXSPI_CLK_SEL, RESERVED31 = rw(29, 2), rw(31)


class CSCDR1(Root, at=0x24, reset=0x0649_0B00):
    UART_CLK_PODF, UART_CLK_SEL, RESERVED7 = rw(0, 6), rw(6), rw(7, 4)
    USDHC1_PODF, RESERVED14 = rw(11, 3), rw(14, 2)
    USDHC2_PODF, RESERVED19 = rw(16, 3), rw(19, 6)
    TRACE_PODF, RESERVED27 = rw(25, 2), rw(27, 5)


class CSCDR2(Root, at=0x38, reset=0x0002_9150):
    RESERVED0, LCDIF_PRED, LCDIF_PRE_CLK_SEL = rw(0, 12), rw(12, 3), rw(15, 3)
    LPI2C_CLK_SEL, LPI2C_CLK_PODF, RESERVED25 = rw(18), rw(19, 6), rw(25, 7)


class CDHIPR(Register, at=0x48, polled=True):
    SEMC_PODF_BUSY, AHB_PODF_BUSY = r(0), r(1)
    PERIPH2_CLK_SEL_BUSY, PERIPH_CLK_SEL_BUSY = r(3), r(5)
    ARM_PODF_BUSY = r(16)


class CLPCR(Register, at=0x54, reset=0x0000_0079):
    """LPM is WAIT after reset: a WFI then stops SysTick."""

    LPM, RESERVED2 = rw(0, 2), rw(2, 30)


class CISR(Register, at=0x58):
    LRF_PLL, COSC_READY = w1c(0), w1c(6)
    SEMC_PODF_LOADED, PERIPH2_CLK_SEL_LOADED, AHB_PODF_LOADED = w1c(17), w1c(19), w1c(20)
    PERIPH_CLK_SEL_LOADED, ARM_PODF_LOADED = w1c(22), w1c(26)


class CIMR(Register, at=0x5C, reset=0xFFFF_FFFF):
    """A one masks the interrupt that CISR has in the same place."""


class Handshake(NamedTuple):
    """Changing `field` is `busy` in CDHIPR for a while and then reported in CISR (`loaded`)."""

    register: type[Register]
    field: Field
    busy: Field
    loaded: Field


HANDSHAKES = (
    Handshake(CACRR, CACRR.ARM_PODF, CDHIPR.ARM_PODF_BUSY, CISR.ARM_PODF_LOADED),
    Handshake(CBCDR, CBCDR.SEMC_PODF, CDHIPR.SEMC_PODF_BUSY, CISR.SEMC_PODF_LOADED),
    Handshake(CBCDR, CBCDR.AHB_PODF, CDHIPR.AHB_PODF_BUSY, CISR.AHB_PODF_LOADED),
    Handshake(CBCDR, CBCDR.PERIPH_CLK_SEL, CDHIPR.PERIPH_CLK_SEL_BUSY, CISR.PERIPH_CLK_SEL_LOADED),
    # The manual has the second multiplexer's handshake under this older name.
    Handshake(
        CBCMR, CBCMR.PERIPH_CLK2_SEL, CDHIPR.PERIPH2_CLK_SEL_BUSY, CISR.PERIPH2_CLK_SEL_LOADED
    ),
)
# What raises CCM_1; the rest raises CCM_2.
INTERRUPT_1 = (
    CISR.SEMC_PODF_LOADED
    | CISR.PERIPH2_CLK_SEL_LOADED
    | CISR.AHB_PODF_LOADED
    | CISR.PERIPH_CLK_SEL_LOADED
    | CISR.ARM_PODF_LOADED
)

# Core 396 MHz from PLL1/2, IPG 132 MHz, PERCLK 66 MHz, FlexSPI on PLL3 PFD0 / 5.
AFTER_ROM = {
    "CSR": 0x0000_0030,
    "CACRR": 0x0000_0001,
    "CBCDR": 0x000A_8200,
    "CBCMR": 0xF5AE_8104,
    "CSCMR1": 0x6613_0001,
}


class Gates(Register):
    """Sixteen clock gates of two bits: rt1062.chip.clock_gates."""


GATES = (0xFFFF_FFFF, 0xFFFF_FFFF, 0xFC3F_FFFF, 0xFFFF_FFCF, *(0xFFFF_FFFF,) * 4)  # after reset


class Ccm(Block):
    """A new setting is in force at once; the handshake only shows in CDHIPR and CISR.

    Constructor: scheduler, the lines CCM_1 and CCM_2. `listeners` are called when a frequency may
    have changed.
    """

    REGISTERS = (
        register("CCR", 0x00, reset=0x0401_107F),
        register("CSR", 0x08, access=R, reset=0x0000_0010),
        CCSR,
        CACRR,
        CBCDR,
        CBCMR,
        CSCMR1,
        register("CSCMR2", 0x20, Root, reset=0x1319_2F06),
        CSCDR1,
        register("CS1CDR", 0x28, Root, reset=0x0EC1_02C1),
        register("CS2CDR", 0x2C, Root, reset=0x0073_36C1),
        register("CDCDR", 0x30, Root, reset=0x33F7_1F92),
        CSCDR2,
        register("CSCDR3", 0x3C, Root, reset=0x0003_0841),
        CDHIPR,
        CLPCR,
        CISR,
        CIMR,
        register("CCOSR", 0x60, reset=0x000A_0001),
        register("CGPR", 0x64, reset=0x0000_FE62),
        *(register(f"CCGR{i}", 0x68 + 4 * i, Gates, reset=reset) for i, reset in enumerate(GATES)),
        register("CMEOR", 0x88, reset=0xFFFF_FFFF),
    )

    def __init__(self, scheduler: Scheduler, irq_1: Line, irq_2: Line) -> None:
        super().__init__(irq_1, irq_2)
        self.scheduler = scheduler
        self.listeners: list[Callable[[], None]] = []  # of clock roots
        self.gate_listeners: list[Callable[[], None]] = []
        self._done: Event | None = None
        self.value.update(AFTER_ROM)

    def reset(self, cold: bool = True) -> None:
        self.scheduler.cancel(self._done)
        super().reset(cold)
        self.value.update(AFTER_ROM)
        self._changed()
        self._gates_changed()

    def next_event_time(self) -> int:
        return self.next_event(self._done)

    def gate(self, block: str) -> int:
        """The clock gate of a block by name: 0 off, 1 in run mode, 3 on (also without one)."""
        if block not in CLOCK_GATES:
            return CLOCK_GATE_OPEN
        number, position = CLOCK_GATES[block]
        return self.value[f"CCGR{number}"] >> GATE_BITS * position & CLOCK_GATE_OPEN

    def _changed(self) -> None:
        for listener in self.listeners:
            listener()

    def _gates_changed(self) -> None:
        for listener in self.gate_listeners:
            listener()

    def write_gates(self, gates: type[Gates], written: int) -> None:
        self.store(gates, written)
        self._gates_changed()

    def write_root(self, root: type[Root], written: int) -> None:
        self.store(root, written)
        self._changed()

    def write_loaded(self, root: type[Loaded], written: int) -> None:
        changed = self.value[root.name] ^ self.store(root, written)
        for handshake in HANDSHAKES:
            if handshake.register is root and changed & handshake.field:
                self.value["CDHIPR"] |= handshake.busy
        if self.value["CDHIPR"]:
            self.scheduler.cancel(self._done)
            self._done = self.scheduler.after(HANDSHAKE_TICKS, self._handshake_done)
        self._changed()

    def _handshake_done(self) -> None:
        busy, self.value["CDHIPR"] = self.value["CDHIPR"], 0
        for handshake in HANDSHAKES:
            if busy & handshake.busy:
                self.value["CISR"] |= handshake.loaded
        self._update_lines()

    def write_cisr(self, written: int) -> None:
        self.store(CISR, written)
        self._update_lines()

    def write_cimr(self, written: int) -> None:
        self.store(CIMR, written)
        self._update_lines()

    def _update_lines(self) -> None:
        pending = self.value["CISR"] & ~self.value["CIMR"]
        self.raise_line(bool(pending & INTERRUPT_1), 0)
        self.raise_line(bool(pending & ~INTERRUPT_1), 1)
