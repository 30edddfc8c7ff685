"""LCDIF: the display controller as far as drivers wait for it; nothing is shown.

Source: RT1060 reference manual, chapter Enhanced LCD Interface. Its registers lie 16 bytes apart,
each with SET, CLR and TOG aliases. While it runs it ends a frame 60 times a second, whatever its
timing registers and the pixel clock say.
"""

from rt1062.block import Block, Line
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.registers import R, Register, register, rw
from rt1062.scheduler import Event, Scheduler

FRAME = TICKS_PER_SECOND // 60


class CTRL(Register, at=0x00, polled=True, set_clear_toggle=True):
    RUN, DATA_FORMAT_24_BIT, DATA_FORMAT_18_BIT, DATA_FORMAT_16_BIT = (rw(bit) for bit in range(4))
    RSRVD0, MASTER, ENABLE_PXP_HANDSHAKE = rw(4), rw(5), rw(6)
    WORD_LENGTH, LCD_DATABUS_WIDTH = rw(8, 2), rw(10, 2)
    CSC_DATA_SWIZZLE, INPUT_DATA_SWIZZLE = rw(12, 2), rw(14, 2)
    DOTCLK_MODE, BYPASS_COUNT = rw(17), rw(19)
    SHIFT_NUM_BITS, DATA_SHIFT_DIR = rw(21, 5), rw(26)
    CLKGATE, SFTRST = rw(30, reset=1), rw(31, reset=1)


class CTRL1(Register, at=0x10, polled=True, set_clear_toggle=True):
    RSRVD0 = rw(3, 5)
    VSYNC_EDGE_IRQ, CUR_FRAME_DONE_IRQ, UNDERFLOW_IRQ, OVERFLOW_IRQ = (
        rw(bit) for bit in range(8, 12)
    )
    VSYNC_EDGE_IRQ_EN, CUR_FRAME_DONE_IRQ_EN, UNDERFLOW_IRQ_EN, OVERFLOW_IRQ_EN = (
        rw(bit) for bit in range(12, 16)
    )
    BYTE_PACKING_FORMAT = rw(16, 4, reset=0xF)
    IRQ_ON_ALTERNATE_FIELDS, FIFO_CLEAR = rw(20), rw(21)
    START_INTERLACE_FROM_SECOND_FIELD, INTERLACE_FIELDS = rw(22), rw(23)
    RECOVER_ON_UNDERFLOW, BM_ERROR_IRQ, BM_ERROR_IRQ_EN = rw(24), rw(25), rw(26)
    CS_OUT_SELECT, IMAGE_DATA_SELECT = rw(30), rw(31)


class CUR_BUF(Register, at=0x40):
    """Address of the frame that is shown."""


class NEXT_BUF(Register, at=0x50):
    """Address of the frame that comes next."""


class LUT_CTRL(Register, at=0xB00):
    LUT_BYPASS = rw(0, reset=1)


# What raises the line, flag and enable.
IRQS = (
    (CTRL1.VSYNC_EDGE_IRQ, CTRL1.VSYNC_EDGE_IRQ_EN),
    (CTRL1.CUR_FRAME_DONE_IRQ, CTRL1.CUR_FRAME_DONE_IRQ_EN),
    (CTRL1.UNDERFLOW_IRQ, CTRL1.UNDERFLOW_IRQ_EN),
    (CTRL1.OVERFLOW_IRQ, CTRL1.OVERFLOW_IRQ_EN),
)


class Lcdif(Block):
    """Constructor: scheduler, interrupt line."""

    REGISTERS = (
        CTRL,
        CTRL1,
        register("CTRL2", 0x20, reset=0x0020_0000, set_clear_toggle=True),
        register("TRANSFER_COUNT", 0x30, reset=0x0001_0000),
        CUR_BUF,
        NEXT_BUF,
        register("TIMING", 0x60),
        register("VDCTRL0", 0x70, set_clear_toggle=True),
        *(register(f"VDCTRL{i}", 0x70 + 0x10 * i) for i in range(1, 5)),
        register("BM_ERROR_STAT", 0x190),
        register("CRC_STAT", 0x1A0),
        register("STAT", 0x1B0, reset=0x9500_0000, access=R),
        register("THRES", 0x200, reset=0x0100_000F),
        *(register(f"PIGEONCTRL{i}", 0x380 + 0x10 * i, set_clear_toggle=True) for i in range(3)),
        *(
            register(f"PIGEON{i}_{part}", 0x800 + 0x40 * i + 0x10 * part)
            for i in range(12)
            for part in range(3)
        ),
        LUT_CTRL,
        *(
            register(f"LUT{i}_{name}", 0xB10 + 0x20 * i + 0x10 * part)
            for i in range(2)
            for part, name in enumerate(("ADDR", "DATA"))
        ),
    )

    def __init__(self, scheduler: Scheduler, irq: Line) -> None:
        super().__init__(irq)
        self.scheduler = scheduler
        self._frame: Event | None = None

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self.scheduler.cancel(self._frame)
        self._frame = None

    def next_event_time(self) -> int:
        return self.next_event(self._frame)

    def write_ctrl(self, written: int) -> None:
        if written & CTRL.SFTRST and not self.value["CTRL"] & CTRL.SFTRST:
            self.reset(cold=False)  # ends with the clock gated
            return
        self.value["CTRL"] = written
        runs = written & CTRL.RUN and not written & (CTRL.SFTRST | CTRL.CLKGATE)
        if runs and self._frame is None:
            self._frame = self.scheduler.after(FRAME, self._end_of_frame)
        elif not runs:
            self.scheduler.cancel(self._frame)
            self._frame = None

    def write_ctrl1(self, written: int) -> None:
        self.value["CTRL1"] = written
        self._update_irq()

    def _end_of_frame(self) -> None:
        self.value["CUR_BUF"] = self.value["NEXT_BUF"]
        self.value["CTRL1"] |= CTRL1.VSYNC_EDGE_IRQ | CTRL1.CUR_FRAME_DONE_IRQ
        self._frame = self.scheduler.after(FRAME, self._end_of_frame)
        self._update_irq()

    def _update_irq(self) -> None:
        control = self.value["CTRL1"]
        self.raise_line(any(control & flag and control & enable for flag, enable in IRQS))
