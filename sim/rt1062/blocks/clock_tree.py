"""The clock tree: how fast each clock root runs, worked out from CCM and CCM_ANALOG.

Source: RT1060 reference manual, chapter 14, figure Clock Tree. All frequencies are whole Hz.
"""

from collections.abc import Callable
from functools import partial

from rt1062.blocks.ccm import CACRR, CBCDR, CBCMR, CCSR, CSCDR1, CSCDR2, CSCMR1, Ccm
from rt1062.blocks.ccm_analog import REFERENCE_HZ, CcmAnalog
from rt1062.blocks.ccm_analog_registers import (
    CLKGATE,
    FRAC,
    PFD_480,
    PFD_528,
    PLL_ARM,
    PLL_SYS,
    PLL_USB1,
    Pfd,
    Pll,
)
from rt1062.registers import Field

OSC_HZ = 24_000_000
RTC_HZ = 32_768  # crystal of the SNVS domain; without one the chip's own 32 kHz oscillator
VREF_HZ = 1_000_000  # 24 MHz / 24, offered to the GPTs
PRE_PERIPH_FROM_PLL_ARM = 3  # CBCMR.PRE_PERIPH_CLK_SEL


class ClockTree:
    """`hz(name)` for: core, ahb, ipg, perclk, lpuart, lpspi, lpi2c, flexspi, flexspi2, semc,
    osc24, osc32k, lpo32k, vref1m, pll_arm, pll_sys, pll_usb1, pll2_pfd0..3, pll3_pfd0..3.

    0 means that the clock stands still. `listeners` are called after each change that may alter
    a frequency, before anybody asks again.
    """

    def __init__(self, ccm: Ccm, ccm_analog: CcmAnalog) -> None:
        self.ccm, self.analog = ccm, ccm_analog
        self.listeners: list[Callable[[], None]] = []
        self._known: dict[str, int] = {}
        self._roots: dict[str, Callable[[], int]] = {
            "core": self._ahb,  # the Cortex-M7 runs on AHB_CLK_ROOT
            "ahb": self._ahb,
            "ipg": self._ipg,
            "perclk": self._perclk,
            "lpuart": self._lpuart,
            "lpspi": self._lpspi,
            "lpi2c": self._lpi2c,
            "flexspi": self._flexspi,
            "flexspi2": self._flexspi2,
            "semc": self._semc,
            "usdhc1": partial(self._usdhc, CSCMR1.USDHC1_CLK_SEL, CSCDR1.USDHC1_PODF),
            "usdhc2": partial(self._usdhc, CSCMR1.USDHC2_CLK_SEL, CSCDR1.USDHC2_PODF),
            "osc24": lambda: OSC_HZ,
            "osc32k": lambda: RTC_HZ,
            "lpo32k": lambda: RTC_HZ,
            "vref1m": lambda: VREF_HZ,
            "pll_arm": self._pll_arm,
            "pll_sys": self._pll_sys,
            "pll_usb1": self._pll_usb1,
            **{f"pll2_pfd{i}": partial(self._pfd, "pll_sys", PFD_528, i) for i in range(4)},
            **{f"pll3_pfd{i}": partial(self._pfd, "pll_usb1", PFD_480, i) for i in range(4)},
        }
        for block in (ccm, ccm_analog):
            block.listeners.append(self._changed)

    def hz(self, name: str) -> int:
        """The frequency of a clock now; ValueError for a name that is not in the tree."""
        known = self._known.get(name)
        if known is not None:
            return known
        if name not in self._roots:
            raise ValueError(f"clock must be one of {sorted(self._roots)}, not {name!r}")
        self._known[name] = hz = self._roots[name]()
        return hz

    def source(self, name: str) -> Callable[[], int]:
        """`hz` of one clock as a callable, for the constructor of a peripheral."""
        self.hz(name)
        return partial(self.hz, name)

    def _changed(self) -> None:
        self._known.clear()
        for listener in self.listeners:
            listener()

    # PLLs and their fractional dividers.

    def _pll(self, pll: type[Pll], locked_hz: int) -> int:
        value = self.analog.value[pll.name]
        if not value & Pll.ENABLE:
            return 0
        if value & Pll.BYPASS:  # the reference goes through; the CLK1 pins carry nothing
            return 0 if value & Pll.BYPASS_CLK_SRC else REFERENCE_HZ
        return locked_hz if self.analog.powered(pll) else 0

    def _pll_arm(self) -> int:
        multiplier = PLL_ARM.DIV_SELECT.get(self.analog.value["PLL_ARM"])
        return self._pll(PLL_ARM, REFERENCE_HZ * multiplier // 2)

    def _pll_usb1(self) -> int:
        multiplier = 22 if self.analog.value["PLL_USB1"] & PLL_USB1.DIV_SELECT else 20
        return self._pll(PLL_USB1, REFERENCE_HZ * multiplier)

    def _pll_sys(self) -> int:
        value = self.analog.value
        multiplier = 22 if value["PLL_SYS"] & PLL_SYS.DIV_SELECT else 20
        numerator, denominator = value["PLL_SYS_NUM"], value["PLL_SYS_DENOM"]
        fraction = REFERENCE_HZ * numerator // denominator if denominator else 0
        return self._pll(PLL_SYS, REFERENCE_HZ * multiplier + fraction)

    def _pfd(self, pll: str, pfd: type[Pfd], index: int) -> int:
        value = self.analog.value[pfd.name]
        divider = FRAC[index].get(value)
        return 0 if value & CLKGATE[index] or not divider else self.hz(pll) * 18 // divider

    def _pll3_switched(self) -> int:
        return OSC_HZ if self.ccm.value["CCSR"] & CCSR.PLL3_SW_CLK_SEL else self.hz("pll_usb1")

    # Roots.

    def _periph(self) -> int:
        cbcdr, cbcmr = self.ccm.value["CBCDR"], self.ccm.value["CBCMR"]
        if cbcdr & CBCDR.PERIPH_CLK_SEL:
            sources = (self._pll3_switched, lambda: OSC_HZ, self._pll_sys, lambda: 0)
            hz = sources[CBCMR.PERIPH_CLK2_SEL.get(cbcmr)]()
            return hz // _divider(CBCDR.PERIPH_CLK2_PODF, cbcdr)
        select = CBCMR.PRE_PERIPH_CLK_SEL.get(cbcmr)
        if select == PRE_PERIPH_FROM_PLL_ARM:
            return self.hz("pll_arm") // _divider(CACRR.ARM_PODF, self.ccm.value["CACRR"])
        return self.hz(("pll_sys", "pll2_pfd2", "pll2_pfd0")[select])

    def _ahb(self) -> int:
        return self._periph() // _divider(CBCDR.AHB_PODF, self.ccm.value["CBCDR"])

    def _ipg(self) -> int:
        return self.hz("ahb") // _divider(CBCDR.IPG_PODF, self.ccm.value["CBCDR"])

    def _perclk(self) -> int:
        cscmr1 = self.ccm.value["CSCMR1"]
        base = OSC_HZ if cscmr1 & CSCMR1.PERCLK_CLK_SEL else self.hz("ipg")
        return base // _divider(CSCMR1.PERCLK_PODF, cscmr1)

    def _lpuart(self) -> int:
        cscdr1 = self.ccm.value["CSCDR1"]
        base = OSC_HZ if cscdr1 & CSCDR1.UART_CLK_SEL else self.hz("pll_usb1") // 6
        return base // _divider(CSCDR1.UART_CLK_PODF, cscdr1)

    def _lpi2c(self) -> int:
        cscdr2 = self.ccm.value["CSCDR2"]
        base = OSC_HZ if cscdr2 & CSCDR2.LPI2C_CLK_SEL else self.hz("pll_usb1") // 8
        return base // _divider(CSCDR2.LPI2C_CLK_PODF, cscdr2)

    def _lpspi(self) -> int:
        cbcmr = self.ccm.value["CBCMR"]
        names = ("pll3_pfd1", "pll3_pfd0", "pll_sys", "pll2_pfd2")
        base = self.hz(names[CBCMR.LPSPI_CLK_SEL.get(cbcmr)])
        return base // _divider(CBCMR.LPSPI_PODF, cbcmr)

    def _semc_source(self) -> int:
        cbcdr = self.ccm.value["CBCDR"]
        if not cbcdr & CBCDR.SEMC_CLK_SEL:
            return self._periph()
        return self.hz("pll3_pfd1" if cbcdr & CBCDR.SEMC_ALT_CLK_SEL else "pll2_pfd2")

    def _semc(self) -> int:
        return self._semc_source() // _divider(CBCDR.SEMC_PODF, self.ccm.value["CBCDR"])

    def _flexspi(self) -> int:
        cscmr1 = self.ccm.value["CSCMR1"]
        sources = (
            self._semc,
            self._pll3_switched,
            partial(self.hz, "pll2_pfd2"),
            partial(self.hz, "pll3_pfd0"),
        )
        hz = sources[CSCMR1.FLEXSPI_CLK_SEL.get(cscmr1)]()
        return hz // _divider(CSCMR1.FLEXSPI_PODF, cscmr1)

    def _usdhc(self, select: Field, podf: Field) -> int:
        base = "pll2_pfd0" if self.ccm.value["CSCMR1"] & select else "pll2_pfd2"
        return self.hz(base) // _divider(podf, self.ccm.value["CSCDR1"])

    def _flexspi2(self) -> int:
        cbcmr = self.ccm.value["CBCMR"]
        names = ("pll2_pfd2", "pll3_pfd0", "pll3_pfd1", "pll_sys")
        base = self.hz(names[CBCMR.FLEXSPI2_CLK_SEL.get(cbcmr)])
        return base // _divider(CBCMR.FLEXSPI2_PODF, cbcmr)


def _divider(field: Field, value: int) -> int:
    """What a divider field of a register value divides by: one more than it says."""
    return field.get(value) + 1
