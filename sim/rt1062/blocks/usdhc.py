"""USDHC: the SD host controller with no card in its slot: every command times out.

Source: RT1060 reference manual, chapter Ultra Secured Digital Host Controller. No data is moved;
tuning, DLL and boot registers are storage.
"""

from collections.abc import Callable

from rt1062.block import Block, Line
from rt1062.chip.clock import ticks
from rt1062.registers import R, Register, r, register, rw, w1c
from rt1062.scheduler import Event, Scheduler

TIMEOUT_CLOCKS = 64  # of the card's clock, to the start bit of a response
INIT_CLOCKS = 80  # SYS_CTRL.INITA
COMMAND_CLOCKS = 48


class CMD_XFR_TYP(Register, at=0x0C):
    RSPTYP, CCCEN, CICEN, DPSEL = rw(16, 2), rw(19), rw(20), rw(21)
    CMDTYP, CMDINX = rw(22, 2), rw(24, 6)


class PRES_STATE(Register, at=0x24, polled=True):
    """No card: CINST and the slot's card-detect pin are 0; the lines are pulled up."""

    CIHB, CDIHB, DLA, SDSTB = r(0), r(1), r(2), r(3, reset=1)
    IPGOFF, HCKOFF, PEROFF, SDOFF = r(4), r(5), r(6), r(7)
    CINST, CDPL, WPSPL, CLSL, DLSL = r(16), r(18), r(19), r(23, reset=1), r(24, 8, reset=0xFF)


class SYS_CTRL(Register, at=0x2C, reset=0x8080_800F, polled=True):
    RESERVED0, DVS, SDCLKFS, DTOCV = rw(0, 4), rw(4, 4), rw(8, 8), rw(16, 4)
    IPP_RST_N, RSTA, RSTC, RSTD, INITA = rw(23), rw(24), rw(25), rw(26), rw(27)
    RSTT, RESERVED31 = rw(28), rw(31)


class INT_STATUS(Register, at=0x30, polled=True):
    CC, TC, BGE, DINT, BWR, BRR, CINS, CRM, CINT = (w1c(bit) for bit in range(9))
    RTE, TP, CTOE, CCE, CEBE, CIE = w1c(12), w1c(14), w1c(16), w1c(17), w1c(18), w1c(19)
    DTOE, DCE, DEBE, AC12E, TNE, DMAE = w1c(20), w1c(21), w1c(22), w1c(24), w1c(26), w1c(28)


class INT_STATUS_EN(Register, at=0x34):
    """A zero keeps the flag that INT_STATUS has in the same place from being set."""


class INT_SIGNAL_EN(Register, at=0x38):
    """A one lets it raise the interrupt."""


class FORCE_EVENT(Register, at=0x50):
    """Sets flags of INT_STATUS from bit 16 on; reads zero."""


STORED = (
    register("DS_ADDR", 0x00),
    register("BLK_ATT", 0x04, reset=0x0001_0000),
    register("CMD_ARG", 0x08),
    register("CMD_RSP", 0x10, count=4, access=R),
    register("DATA_BUFF_ACC_PORT", 0x20),
    register("PROT_CTRL", 0x28, reset=0x0880_0020),
    register("AUTOCMD12_ERR_STATUS", 0x3C),
    register("HOST_CTRL_CAP", 0x40, access=R, reset=0x07F3_B407),
    register("WTMK_LVL", 0x44, reset=0x0810_0810),
    register("MIX_CTRL", 0x48, reset=0x8000_0000),
    register("ADMA_ERR_STATUS", 0x54, access=R),
    register("ADMA_SYS_ADDR", 0x58),
    register("DLL_CTRL", 0x60, reset=0x200),
    register("DLL_STATUS", 0x64, access=R),
    register("CLK_TUNE_CTRL_STATUS", 0x68),
    register("VEND_SPEC", 0xC0, reset=0x2000_7809),
    register("MMC_BOOT", 0xC4),
    register("VEND_SPEC2", 0xC8, reset=0x1006),
    register("TUNING_CTRL", 0xCC, reset=0x0021_2800),
)


class Usdhc(Block):
    """`clock_hz` is its root clock."""

    REGISTERS = (
        CMD_XFR_TYP, PRES_STATE, SYS_CTRL, INT_STATUS, INT_STATUS_EN, INT_SIGNAL_EN, FORCE_EVENT,
        *STORED,
    )  # fmt: skip

    def __init__(self, scheduler: Scheduler, clock_hz: Callable[[], int], irq: Line) -> None:
        super().__init__(irq)
        self._scheduler = scheduler
        self._clock_hz = clock_hz
        self._event: Event | None = None

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._scheduler.cancel(self._event)
        self._event = None

    def next_event_time(self) -> int:
        return self.next_event(self._event)

    def _after(self, clocks: int, callback: Callable[[], None]) -> None:
        """In so many clocks of the card; never while it has none."""
        control = self.value["SYS_CTRL"]
        prescaler = max(1, 2 * SYS_CTRL.SDCLKFS.get(control))
        hz = self._clock_hz() // (prescaler * (SYS_CTRL.DVS.get(control) + 1))

        def due() -> None:
            self._event = None
            callback()

        self._scheduler.cancel(self._event)
        self._event = self._scheduler.after(ticks(clocks, hz), due) if hz else None

    def read_pres_state(self) -> int:
        busy = PRES_STATE.CIHB if self._event is not None else 0
        return self.value["PRES_STATE"] | busy

    def write_sys_ctrl(self, written: int) -> None:
        if written & SYS_CTRL.RSTA:
            self.reset(cold=False)
            return
        if written & SYS_CTRL.RSTC:
            self._scheduler.cancel(self._event)
            self._event = None
        self.store(SYS_CTRL, written & ~(SYS_CTRL.RSTC | SYS_CTRL.RSTD | SYS_CTRL.RSTT))
        if written & SYS_CTRL.INITA:
            self._after(INIT_CLOCKS, self._initialised)

    def _initialised(self) -> None:
        self.value["SYS_CTRL"] &= ~SYS_CTRL.INITA

    def write_cmd_xfr_typ(self, written: int) -> None:
        """A command goes out; whoever expects a response waits in vain."""
        self.store(CMD_XFR_TYP, written)
        answered = CMD_XFR_TYP.RSPTYP.get(written) != 0
        clocks = COMMAND_CLOCKS + (TIMEOUT_CLOCKS if answered else 0)
        self._after(clocks, lambda: self._flag(INT_STATUS.CTOE if answered else INT_STATUS.CC))

    def write_int_status(self, written: int) -> None:
        self.store(INT_STATUS, written)
        self._update()

    def write_int_status_en(self, written: int) -> None:
        self.value["INT_STATUS"] &= self.store(INT_STATUS_EN, written)
        self._update()

    def write_int_signal_en(self, written: int) -> None:
        self.store(INT_SIGNAL_EN, written)
        self._update()

    def write_force_event(self, written: int) -> None:
        self._flag(written & 0xFFFF_0000)

    def _flag(self, flag: int) -> None:
        self.value["INT_STATUS"] |= flag & self.value["INT_STATUS_EN"]
        self._update()

    def _update(self) -> None:
        self.raise_line(bool(self.value["INT_STATUS"] & self.value["INT_SIGNAL_EN"]))
