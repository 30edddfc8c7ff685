"""SRC: why the chip was reset, boot mode, and scratch registers that outlive a warm reset.

Source: RT1060 reference manual, chapter System Reset Controller.
"""

from collections.abc import Callable

from sim.registers import W1C, Field, Peripheral, R, Register, register_array

# SRSR: one bit a cause; they add up until firmware clears them.
IPP_RESET_B = 1 << 0  # power on (the POR_B pin)
LOCKUP_SYSRESETREQ = 1 << 1
CSU_RESET_B = 1 << 2
IPP_USER_RESET_B = 1 << 3  # the reset button's pin
WDOG_RST_B = 1 << 4
JTAG_RST_B = 1 << 5
JTAG_SW_RST = 1 << 6
WDOG3_RST_B = 1 << 7  # RTWDOG
TEMPSENSE_RST_B = 1 << 8

_SRSR = (
    "IPP_RESET_B",
    "LOCKUP_SYSRESETREQ",
    "CSU_RESET_B",
    "IPP_USER_RESET_B",
    "WDOG_RST_B",
    "JTAG_RST_B",
    "JTAG_SW_RST",
    "WDOG3_RST_B",
    "TEMPSENSE_RST_B",
)


class Src(Peripheral):
    """`request_reset(cause)` asks for a reset with an SRSR bit (SCR.CORE0_RST, lockup).

    The machine calls `caused` with the bits of the reset that happens.
    """

    REGISTERS = (
        # LOCKUP_RST 4: no reset on lockup; MASK_WDOG_RST [10:7] 1010b: not masked.
        Register("SCR", 0x00, reset=0xA048_0520),
        # BOOT_CFG as the EVK's switches say: serial NOR on FlexSPI, internal boot.
        Register("SBMR1", 0x04, access=R),
        Register(
            "SRSR",
            0x08,
            [Field(name, i, access=W1C) for i, name in enumerate(_SRSR)],
            reset=IPP_RESET_B,
            retained=True,
        ),
        Register("SBMR2", 0x1C, reset=0x0200_0000, access=R),  # BMOD 25:24 = 2: internal boot
        *register_array("GPR", 0x20, 10, first=1, retained=True),
    )

    def __init__(self, request_reset: Callable[[int], None] = lambda cause: None):
        super().__init__()
        self._request_reset = request_reset

    def caused(self, bits: int) -> None:
        """A reset with these SRSR bits happened; a power-on reset starts from nothing."""
        if bits & IPP_RESET_B:
            self.value["SRSR"] = 0
        self.value["SRSR"] |= bits

    @property
    def resets_on_lockup(self) -> bool:
        """SCR.LOCKUP_RST."""
        return bool(self.value["SCR"] >> 4 & 1)

    def write_scr(self, value: int) -> None:
        """CORE0_RST 13 and CORE0_DBG_RST 17 clear themselves."""
        self.value["SCR"] = value & ~(1 << 13 | 1 << 17)
        if value >> 13 & 1:
            self._request_reset(LOCKUP_SYSRESETREQ)
