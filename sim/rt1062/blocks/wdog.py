"""WDOG1 and WDOG2: watchdogs in half seconds, with a warning interrupt.

Source: RT1060 reference manual, chapter Watchdog Timer. The power-down counter (WMCR.PDE), which
would pull WDOG_B low 16 s after reset, is stopped by the boot ROM: firmware finds PDE clear. The
software reset (WCR.SRS) is seen by the 32 kHz clock: a zero that is overwritten by a one at once
has no effect, and code in use relies on it.
"""

from collections.abc import Callable

from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.registers import W1C, Field, Peripheral, R, Register
from rt1062.scheduler import NEVER, Event, Scheduler

HALF_SECOND = TICKS_PER_SECOND // 2
LOW_FREQUENCY_CLOCK = TICKS_PER_SECOND // 32_768
SERVICE_FIRST, SERVICE_SECOND = 0x5555, 0xAAAA

WCR = Register(
    "WCR",
    0x0,
    [
        Field("WDZST", 0),
        Field("WDBG", 1),
        Field("WDE", 2),
        Field("WDT", 3),
        Field("SRS", 4, reset=1),
        Field("WDA", 5, reset=1),
        Field("SRE", 6),
        Field("WDW", 7),
        Field("WT", 8, 8),
    ],
    width=16,
)
WDE, SRS = 1 << 2, 1 << 4
WCR_ONCE = 0x00CB  # WDZST, WDBG, WDT, SRE, WDW: fixed by the first write after reset
WICR = Register(
    "WICR",
    0x6,
    [Field("WICT", 0, 8, reset=4), Field("WTIS", 14, access=W1C), Field("WIE", 15)],
    width=16,
)
WTIS, WIE = 1 << 14, 1 << 15
SFTW, TOUT, POR = 1 << 0, 1 << 1, 1 << 4  # WRSR


class Wdog(Peripheral):
    """Constructor: scheduler, `irq`, `request_reset()` for a bite and for WCR.SRS."""

    REGISTERS = (
        WCR,
        Register("WSR", 0x2, width=16),
        Register("WRSR", 0x4, access=R, width=16, retained=True),
        WICR,
        Register("WMCR", 0x8, [Field("PDE", 0)], width=16),  # 1 at reset, cleared by the ROM
    )

    def __init__(
        self,
        scheduler: Scheduler,
        irq: Callable[[bool], None],
        request_reset: Callable[[], None],
    ) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._irq = irq
        self._request_reset = request_reset
        self._bite: Event | None = None
        self._warning: Event | None = None
        self._software_reset: Event | None = None
        self._wcr_written = self._wicr_written = False
        self.value["WRSR"] = POR

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        if cold:
            self.value["WRSR"] = POR
        self._wcr_written = self._wicr_written = False
        self._scheduler.cancel(self._software_reset)
        self._stop()
        self._irq(False)

    def next_event_time(self) -> int:
        pending = [one.time for one in (self._bite, self._warning) if one and one.pending]
        return min(pending, default=NEVER)

    def _stop(self) -> None:
        self._scheduler.cancel(self._bite)
        self._scheduler.cancel(self._warning)
        self._bite = self._warning = None

    def _restart(self) -> None:
        """Load the time-out anew; the warning comes WICT half seconds before the bite."""
        self._stop()
        if self.value["WCR"] & WDE:
            half_seconds = WCR["WT"].get(self.value["WCR"]) + 1
            end = self._scheduler.now + half_seconds * HALF_SECOND
            self._bite = self._scheduler.at(end, self._timed_out)
            self._plan_warning()

    def _plan_warning(self) -> None:
        self._scheduler.cancel(self._warning)
        self._warning = None
        if self._bite is not None and self.value["WICR"] & WIE:
            before = WICR["WICT"].get(self.value["WICR"]) * HALF_SECOND
            if self._bite.time - before >= self._scheduler.now:
                self._warning = self._scheduler.at(self._bite.time - before, self._warn)

    def _warn(self) -> None:
        self._warning = None
        self.value["WICR"] |= WTIS
        self._irq(True)

    def _timed_out(self) -> None:
        self._bite = None
        self.value["WRSR"] = TOUT
        self._request_reset()

    def write_wcr(self, written: int) -> None:
        old = self.value["WCR"]
        fixed = WCR_ONCE if self._wcr_written else 0
        # WDE can be set but never cleared; SRS reads as one whatever was written.
        new = written & ~fixed | old & fixed | old & WDE | SRS
        self.value["WCR"] = new
        self._wcr_written = True
        self._scheduler.cancel(self._software_reset)
        if not written & SRS:
            self._software_reset = self._scheduler.after(
                LOW_FREQUENCY_CLOCK, self._reset_by_software
            )
        if new & ~old & WDE:
            self._restart()

    def _reset_by_software(self) -> None:
        self.value["WRSR"] = SFTW
        self._request_reset()

    def write_wsr(self, written: int) -> None:
        if written == SERVICE_SECOND and self.value["WSR"] == SERVICE_FIRST:
            self._restart()
        self.value["WSR"] = written

    def write_wicr(self, written: int) -> None:
        if written & WTIS:
            self.value["WICR"] &= ~WTIS
            self._irq(False)
        if not self._wicr_written:
            self._wicr_written = True
            self.value["WICR"] = self.value["WICR"] & WTIS | written & ~WTIS & 0x80FF
            self._plan_warning()

    def write_wmcr(self, written: int) -> None:
        """PDE can only be cleared."""
        self.value["WMCR"] &= written & 1
