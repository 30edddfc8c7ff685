"""SRC: why the chip was reset, boot mode, and scratch registers that outlive a warm reset.

Source: RT1060 reference manual, chapter System Reset Controller.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.registers_old import W1C, Field, R, Register, register_array

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
SCR = Register(
    "SCR",
    0x00,
    [
        Field("LOW", 0, 4),
        Field("LOCKUP_RST", 4),
        Field("RESERVED5", 5, 2),
        Field("MASK_WDOG_RST", 7, 4),
        Field("RESERVED11", 11, 2),
        Field("CORE0_RST", 13),
        Field("RESERVED14", 14, 3),
        Field("CORE0_DBG_RST", 17),
        Field("RESERVED18", 18, 7),
        Field("DBG_RST_MSK_PG", 25),
        Field("RESERVED26", 26, 2),
        Field("MASK_WDOG3_RST", 28, 4),
    ],
    reset=0xA048_0520,
)
MASKED = 0b0101  # MASK_WDOG_RST, MASK_WDOG3_RST; anything else lets the reset through


class Src(Peripheral):
    """`request_reset(cause)` asks for a reset with an SRSR bit (SCR.CORE0_RST).

    The machine calls `caused` with the bits of the reset that happens, and asks `masked` before
    it lets a watchdog reset the chip.
    """

    REGISTERS = (
        SCR,
        Register("SBMR1", 0x04, access=R),  # no boot fuse is blown, no boot switch is on
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

    def __init__(self, request_reset: Callable[[int], None] = lambda cause: None) -> None:
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
        return bool(SCR["LOCKUP_RST"].get(self.value["SCR"]))

    def masked(self, cause: int) -> bool:
        """True if SCR keeps a watchdog's reset (WDOG_RST_B, WDOG3_RST_B) from the chip."""
        name = {WDOG_RST_B: "MASK_WDOG_RST", WDOG3_RST_B: "MASK_WDOG3_RST"}.get(cause)
        return name is not None and SCR[name].get(self.value["SCR"]) == MASKED

    def write_scr(self, written: int) -> None:
        """CORE0_RST and CORE0_DBG_RST clear themselves."""
        self.store(SCR, written & ~(SCR["CORE0_RST"].mask | SCR["CORE0_DBG_RST"].mask))
        if SCR["CORE0_RST"].get(written):
            self._request_reset(LOCKUP_SYSRESETREQ)
