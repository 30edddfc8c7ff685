"""LCDIF: the display controller as far as drivers wait for it; nothing is shown.

Source: RT1060 reference manual, chapter Enhanced LCD Interface. Its registers lie 16 bytes apart,
each with SET, CLR and TOG aliases. While it runs it ends a frame 60 times a second, whatever its
timing registers and the pixel clock say.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.registers_old import Field, R, Register
from rt1062.scheduler import NEVER, Event, Scheduler

FRAME = TICKS_PER_SECOND // 60
CTRL = Register("CTRL", 0x00, reset=0xC000_0000, polled=True, set_clear_toggle=True)
CTRL1 = Register("CTRL1", 0x10, reset=0x000F_0000, polled=True, set_clear_toggle=True)
RUN, CLKGATE, SFTRST = 1 << 0, 1 << 30, 1 << 31
VSYNC_EDGE_IRQ, CUR_FRAME_DONE_IRQ = 1 << 8, 1 << 9
IRQS, ENABLE_SHIFT = 0xF00, 4  # the flags, and how far above them their enables lie


class Lcdif(Peripheral):
    """Constructor: scheduler, `irq`."""

    REGISTERS = (
        CTRL,
        CTRL1,
        Register("CTRL2", 0x20, reset=0x0020_0000, set_clear_toggle=True),
        Register("TRANSFER_COUNT", 0x30, reset=0x0001_0000),
        Register("CUR_BUF", 0x40),
        Register("NEXT_BUF", 0x50),
        Register("TIMING", 0x60),
        Register("VDCTRL0", 0x70, set_clear_toggle=True),
        *(Register(f"VDCTRL{i}", 0x70 + 0x10 * i) for i in range(1, 5)),
        Register("BM_ERROR_STAT", 0x190),
        Register("CRC_STAT", 0x1A0),
        Register("STAT", 0x1B0, reset=0x9500_0000, access=R),
        Register("THRES", 0x200, reset=0x0100_000F),
        Register("PIGEONCTRL0", 0x380, set_clear_toggle=True),
        Register("PIGEONCTRL1", 0x390, set_clear_toggle=True),
        Register("PIGEONCTRL2", 0x3A0, set_clear_toggle=True),
        *(
            Register(f"PIGEON_{i}_{part}", 0x800 + 0x40 * i + 0x10 * part)
            for i in range(12)
            for part in range(3)
        ),
        Register("LUT_CTRL", 0xB00, [Field("LUT_BYPASS", 0, reset=1)]),
        *(
            Register(f"LUT{i}_{name}", 0xB10 + 0x20 * i + 0x10 * part)
            for i in range(2)
            for part, name in enumerate(("ADDR", "DATA"))
        ),
    )

    def __init__(self, scheduler: Scheduler, irq: Callable[[bool], None]) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._irq = irq
        self._frame: Event | None = None

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._scheduler.cancel(self._frame)
        self._frame = None
        self._irq(False)

    def next_event_time(self) -> int:
        return self._frame.time if self._frame is not None and self._frame.pending else NEVER

    def write_ctrl(self, written: int) -> None:
        if written & SFTRST and not self.value["CTRL"] & SFTRST:
            self.reset(cold=False)  # ends with the clock gated
            return
        self.value["CTRL"] = written
        runs = written & RUN and not written & (SFTRST | CLKGATE)
        if runs and self._frame is None:
            self._frame = self._scheduler.after(FRAME, self._end_of_frame)
        elif not runs:
            self._scheduler.cancel(self._frame)
            self._frame = None

    def write_ctrl1(self, written: int) -> None:
        self.value["CTRL1"] = written
        self._update_irq()

    def _end_of_frame(self) -> None:
        self.value["CUR_BUF"] = self.value["NEXT_BUF"]
        self.value["CTRL1"] |= VSYNC_EDGE_IRQ | CUR_FRAME_DONE_IRQ
        self._frame = self._scheduler.after(FRAME, self._end_of_frame)
        self._update_irq()

    def _update_irq(self) -> None:
        control = self.value["CTRL1"]
        self._irq(bool(control & control >> ENABLE_SHIFT & IRQS))
