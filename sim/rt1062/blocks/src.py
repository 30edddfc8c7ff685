"""SRC: why the chip was reset, boot mode, and scratch registers that outlive a warm reset.

Source: RT1060 reference manual, chapter System Reset Controller.
"""

from collections.abc import Callable

from rt1062.block import Block
from rt1062.registers import R, Register, register, rw, w1c


class SCR(Register, at=0x00, reset=0xA048_0520):
    RESERVED0, LOCKUP_RST, RESERVED5, MASK_WDOG_RST = rw(0, 4), rw(4), rw(5, 2), rw(7, 4)
    RESERVED11, CORE0_RST, RESERVED14, CORE0_DBG_RST = rw(11, 2), rw(13), rw(14, 3), rw(17)
    RESERVED18, DBG_RST_MSK_PG, RESERVED26, MASK_WDOG3_RST = rw(18, 7), rw(25), rw(26, 2), rw(28, 4)


class SRSR(Register, at=0x08, retained=True):
    """One bit a cause; they add up until firmware clears them."""

    IPP_RESET_B = w1c(0, reset=1)  # power on (the POR_B pin)
    LOCKUP_SYSRESETREQ = w1c(1)
    CSU_RESET_B = w1c(2)
    IPP_USER_RESET_B = w1c(3)  # the reset button's pin
    WDOG_RST_B = w1c(4)
    JTAG_RST_B = w1c(5)
    JTAG_SW_RST = w1c(6)
    WDOG3_RST_B = w1c(7)  # RTWDOG
    TEMPSENSE_RST_B = w1c(8)


MASKED = 0b0101  # MASK_WDOG_RST, MASK_WDOG3_RST; anything else lets the reset through
MASKS = {SRSR.WDOG_RST_B: SCR.MASK_WDOG_RST, SRSR.WDOG3_RST_B: SCR.MASK_WDOG3_RST}


class Src(Block):
    """Constructor: `request_reset(cause)` asks for a reset with a bit of SRSR (SCR.CORE0_RST).

    The machine calls `caused` with the bits of the reset that happens, and asks `masked` before
    it lets a watchdog reset the chip.
    """

    REGISTERS = (
        SCR,
        register("SBMR1", 0x04, access=R),  # no boot fuse is blown, no boot switch is on
        SRSR,
        register("SBMR2", 0x1C, reset=0x0200_0000, access=R),  # BMOD 25:24 = 2: internal boot
        register("GPR", 0x20, count=10, first=1, retained=True),
    )

    def __init__(self, request_reset: Callable[[int], None]) -> None:
        super().__init__()
        self.request_reset = request_reset

    def caused(self, bits: int) -> None:
        """A reset with these SRSR bits happened; a power-on reset starts from nothing."""
        if bits & SRSR.IPP_RESET_B:
            self.value["SRSR"] = 0
        self.value["SRSR"] |= bits

    def masked(self, cause: int) -> bool:
        """True if SCR keeps a watchdog's reset (WDOG_RST_B, WDOG3_RST_B) from the chip."""
        mask = MASKS.get(cause)
        return mask is not None and mask.get(self.value["SCR"]) == MASKED

    def write_scr(self, written: int) -> None:
        """CORE0_RST and CORE0_DBG_RST clear themselves."""
        self.store(SCR, written & ~(SCR.CORE0_RST | SCR.CORE0_DBG_RST))
        if written & SCR.CORE0_RST:
            self.request_reset(SRSR.LOCKUP_SYSRESETREQ)
