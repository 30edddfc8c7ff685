"""Registers of CCM_ANALOG and of the analog blocks that share its page.

Source: RT1060 reference manual, chapter 14 (CCM), section CCM Analog, and the chapters PMU,
TEMPMON, USB_ANALOG and XTALOSC24M. Reserved bits are stored where some of them reset to one.
"""

from rt1062.registers import R, Register, r, register, rw, w1c

# PLLs.


class Pll(Register):
    """What all PLLs have; their DIV_SELECT differs."""

    ENABLE = rw(13)  # the output
    BYPASS_CLK_SRC, BYPASS = rw(14, 2), rw(16)
    LOCK = r(31)


class MainPll(Pll):
    POWERDOWN = rw(12)


class UsbPll(Pll):
    """The PLLs of the USB PHYs, switched on by a one and not by a zero."""

    DIV_SELECT = rw(1)
    EN_USB_CLKS, POWER = rw(6), rw(12)


class MediaPll(MainPll):
    DIV_SELECT = rw(0, 7)
    PFD_OFFSET_EN, POST_DIV_SELECT = rw(18), rw(19, 2)


class PLL_ARM(MainPll, at=0x000, reset=0x0001_3063, polled=True, set_clear_toggle=True):
    DIV_SELECT = rw(0, 7)
    PLL_SEL = rw(19)


class PLL_USB1(UsbPll, at=0x010, reset=0x0001_2000, polled=True, set_clear_toggle=True):
    pass


class PLL_USB2(UsbPll, at=0x020, reset=0x0001_2000, polled=True, set_clear_toggle=True):
    pass


class PLL_SYS(MainPll, at=0x030, reset=0x0001_3001, polled=True, set_clear_toggle=True):
    DIV_SELECT = rw(0)
    PFD_OFFSET_EN = rw(18)


class Fraction(Register):
    """Spread and fraction of the system PLL: writing one may change its frequency."""


class PLL_SYS_SS(Fraction, at=0x040):
    STEP, ENABLE, STOP = rw(0, 15), rw(15), rw(16, 16)


class PLL_SYS_NUM(Fraction, at=0x050):
    A = rw(0, 30)


class PLL_SYS_DENOM(Fraction, at=0x060):
    B = rw(0, 30, reset=0x12)


class PLL_AUDIO(MediaPll, at=0x070, reset=0x0001_1006, polled=True, set_clear_toggle=True):
    pass


class PLL_AUDIO_NUM(Register, at=0x080):
    A = rw(0, 30, reset=0x05F5_E100)


class PLL_AUDIO_DENOM(Register, at=0x090):
    B = rw(0, 30, reset=0x2964_619C)


class PLL_VIDEO(MediaPll, at=0x0A0, reset=0x0001_100C, polled=True, set_clear_toggle=True):
    pass


class PLL_VIDEO_NUM(Register, at=0x0B0):
    A = rw(0, 30, reset=0x05F5_E100)


class PLL_VIDEO_DENOM(Register, at=0x0C0):
    B = rw(0, 30, reset=0x10A2_4447)


class PLL_ENET(MainPll, at=0x0E0, reset=0x0001_1001, polled=True, set_clear_toggle=True):
    DIV_SELECT, ENET2_DIV_SELECT = rw(0, 2), rw(2, 2)
    ENET2_REF_EN, ENET_25M_REF_EN = rw(20), rw(21)


class Pfd(Register):
    """Four fractional dividers."""

    PFD0_FRAC, PFD0_STABLE, PFD0_CLKGATE = rw(0, 6), r(6), rw(7)
    PFD1_FRAC, PFD1_STABLE, PFD1_CLKGATE = rw(8, 6), r(14), rw(15)
    PFD2_FRAC, PFD2_STABLE, PFD2_CLKGATE = rw(16, 6), r(22), rw(23)
    PFD3_FRAC, PFD3_STABLE, PFD3_CLKGATE = rw(24, 6), r(30), rw(31)


FRAC = Pfd.PFD0_FRAC, Pfd.PFD1_FRAC, Pfd.PFD2_FRAC, Pfd.PFD3_FRAC
STABLE = Pfd.PFD0_STABLE, Pfd.PFD1_STABLE, Pfd.PFD2_STABLE, Pfd.PFD3_STABLE
CLKGATE = Pfd.PFD0_CLKGATE, Pfd.PFD1_CLKGATE, Pfd.PFD2_CLKGATE, Pfd.PFD3_CLKGATE


class PFD_480(Pfd, at=0x0F0, reset=0x1311_100C, set_clear_toggle=True):
    pass


class PFD_528(Pfd, at=0x100, reset=0x1018_101B, set_clear_toggle=True):
    pass


# Power.


class Regulator(Register):
    ENABLE_LINREG, ENABLE_BO, ENABLE_ILIMIT = rw(0), rw(1), rw(2)
    BO_OFFSET, OUTPUT_TRG, RESERVED13 = rw(4, 3), rw(8, 5), rw(13, 3)


class REG_1P1(Regulator, at=0x110, reset=0x0000_1073, set_clear_toggle=True):
    ENABLE_PULLDOWN, RESERVED7 = rw(3), rw(7)
    BO_VDD1P1, OK_VDD1P1 = r(16), r(17)
    ENABLE_WEAK_LINREG, SELREF_WEAK_LINREG = rw(18), rw(19)


class REG_3P0(Regulator, at=0x120, reset=0x0000_0F74, set_clear_toggle=True):
    RESERVED3, VBUS_SEL = rw(3), rw(7)
    BO_VDD3P0, OK_VDD3P0 = r(16), r(17)
    RESERVED18 = rw(18, 2)


class REG_2P5(Regulator, at=0x130, reset=0x0000_1073, set_clear_toggle=True):
    ENABLE_PULLDOWN, RESERVED7 = rw(3), rw(7)
    BO_VDD2P5, OK_VDD2P5 = r(16), r(17)
    ENABLE_WEAK_LINREG, SELREF_WEAK_LINREG = rw(18), rw(19)


class MISC0(Register, at=0x150, reset=0x0400_0000, polled=True, set_clear_toggle=True):
    REFTOP_PWD, REFTOP_PWDVBGUP, REFTOP_LOWPOWER, REFTOP_SELFBIASOFF = rw(0), rw(1), rw(2), rw(3)
    REFTOP_VBGADJ, REFTOP_VBGUP, RESERVED8 = rw(4, 3), r(7), rw(8, 2)
    STOP_MODE_CONFIG, DISCON_HIGH_SNVS, OSC_I = rw(10, 2), rw(12), rw(13, 2)
    OSC_XTALOK, OSC_XTALOK_EN, RESERVED17 = r(15), rw(16), rw(17, 8)
    CLKGATE_CTRL, CLKGATE_DELAY, RTC_XTAL_SOURCE = rw(25), rw(26, 3), rw(29)
    XTAL_24M_PWD, VID_PLL_PREDIV = rw(30), rw(31)


class MISC1(Register, at=0x160, set_clear_toggle=True):
    LVDS1_CLK_SEL, LVDS2_CLK_SEL = rw(0, 5), rw(5, 5)
    LVDSCLK1_OBEN, LVDSCLK2_OBEN, LVDSCLK1_IBEN, LVDSCLK2_IBEN = rw(10), rw(11), rw(12), rw(13)
    RESERVED14, PFD_480_AUTOGATE_EN, PFD_528_AUTOGATE_EN = rw(14, 2), rw(16), rw(17)
    RESERVED18, IRQ_TEMPPANIC, IRQ_TEMPLOW, IRQ_TEMPHIGH = rw(18, 9), w1c(27), w1c(28), w1c(29)
    IRQ_ANA_BO, IRQ_DIG_BO = w1c(30), w1c(31)


class LOWPWR_CTRL(Register, at=0x270, reset=0x0000_4001, set_clear_toggle=True):
    RC_OSC_EN, RESERVED1, OSC_SEL, LPBG_SEL, LPBG_TEST = rw(0), rw(1, 3), rw(4), rw(5), rw(6)
    REFTOP_IBIAS_OFF, L1_PWRGATE, L2_PWRGATE, CPU_PWRGATE = rw(7), rw(8), rw(9), rw(10)
    DISPLAY_PWRGATE, RESERVED12, RCOSC_CG_OVERRIDE = rw(11), rw(12), rw(13)
    XTALOSC_PWRUP_DELAY, XTALOSC_PWRUP_STAT = rw(14, 2), r(16)
    MIX_PWRGATE, GPU_PWRGATE, RESERVED19 = rw(17), rw(18), rw(19, 13)


# Temperature.


class TEMPSENSE0(Register, at=0x180, polled=True, set_clear_toggle=True):
    POWER_DOWN, MEASURE_TEMP, FINISHED = rw(0, reset=1), rw(1), r(2)
    TEMP_CNT, ALARM_VALUE = r(8, 12), rw(20, 12)


def _stored(name: str, at: int, reset: int = 0) -> type[Register]:
    return register(name, at, reset=reset, set_clear_toggle=True)


def _usb(port: int, at: int) -> list[type[Register]]:
    return [
        _stored(f"USB{port}_VBUS_DETECT", at, 0x0010_0004),
        _stored(f"USB{port}_CHRG_DETECT", at + 0x10),
        register(f"USB{port}_VBUS_DETECT_STAT", at + 0x20, access=R),  # 0: no cable
        register(f"USB{port}_CHRG_DETECT_STAT", at + 0x30, access=R),
        _stored(f"USB{port}_LOOPBACK", at + 0x40),
        _stored(f"USB{port}_MISC", at + 0x50, 0x0000_0002),
    ]


REGISTERS = (
    PLL_ARM,
    PLL_USB1,
    PLL_USB2,
    PLL_SYS,
    PLL_SYS_SS,
    PLL_SYS_NUM,
    PLL_SYS_DENOM,
    PLL_AUDIO,
    PLL_AUDIO_NUM,
    PLL_AUDIO_DENOM,
    PLL_VIDEO,
    PLL_VIDEO_NUM,
    PLL_VIDEO_DENOM,
    PLL_ENET,
    PFD_480,
    PFD_528,
    REG_1P1,
    REG_3P0,
    REG_2P5,
    _stored("REG_CORE", 0x140, 0x0048_2012),
    MISC0,
    MISC1,
    _stored("MISC2", 0x170, 0x0027_2727),
    TEMPSENSE0,
    _stored("TEMPSENSE1", 0x190, 0x0000_0001),
    *_usb(1, 0x1A0),
    *_usb(2, 0x200),
    register("DIGPROG", 0x260, access=R, reset=0x006C_0000),  # RT1060, first silicon
    LOWPWR_CTRL,
    _stored("TEMPSENSE2", 0x290),
    _stored("OSC_CONFIG0", 0x2A0, 0x0000_1020),
    _stored("OSC_CONFIG1", 0x2B0, 0x0000_02EE),
    _stored("OSC_CONFIG2", 0x2C0, 0x0001_02E2),
)
