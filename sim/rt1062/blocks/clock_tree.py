"""The clock tree: how fast each clock root runs, worked out from CCM and CCM_ANALOG.

Source: RT1060 reference manual, chapter 14, figure Clock Tree. All frequencies are whole Hz.
"""

from collections.abc import Callable
from functools import partial

from rt1062.blocks.ccm import Ccm
from rt1062.blocks.ccm_analog import REFERENCE_HZ, CcmAnalog

OSC_HZ = 24_000_000
RTC_HZ = 32_768  # crystal of the SNVS domain; without one the chip's own 32 kHz oscillator
VREF_HZ = 1_000_000  # 24 MHz / 24, offered to the GPTs


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
            "osc24": lambda: OSC_HZ,
            "osc32k": lambda: RTC_HZ,
            "lpo32k": lambda: RTC_HZ,
            "vref1m": lambda: VREF_HZ,
            "pll_arm": self._pll_arm,
            "pll_sys": self._pll_sys,
            "pll_usb1": partial(self._pll_usb, "PLL_USB1"),
            **{f"pll2_pfd{i}": partial(self._pfd, "pll_sys", "PFD_528", i) for i in range(4)},
            **{f"pll3_pfd{i}": partial(self._pfd, "pll_usb1", "PFD_480", i) for i in range(4)},
        }
        ccm.on_change = ccm_analog.on_change = self._changed

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

    def _bits(self, register: str, lsb: int, width: int) -> int:
        return self.ccm.value[register] >> lsb & ((1 << width) - 1)

    # PLLs and their fractional dividers.

    def _pll(self, name: str, locked_hz: int) -> int:
        value = self.analog.value[name]
        if not value & 1 << 13:  # ENABLE: the output
            return 0
        if value & 1 << 16:  # BYPASS: the reference goes through; the CLK1 pins carry nothing
            return REFERENCE_HZ if value >> 14 & 3 == 0 else 0
        return locked_hz if self.analog.powered(name) else 0

    def _pll_arm(self) -> int:
        return self._pll("PLL_ARM", REFERENCE_HZ * (self.analog.value["PLL_ARM"] & 0x7F) // 2)

    def _pll_usb(self, name: str) -> int:
        return self._pll(name, REFERENCE_HZ * (22 if self.analog.value[name] & 2 else 20))

    def _pll_sys(self) -> int:
        value = self.analog.value
        numerator, denominator = value["PLL_SYS_NUM"], value["PLL_SYS_DENOM"]
        fraction = REFERENCE_HZ * numerator // denominator if denominator else 0
        return self._pll("PLL_SYS", REFERENCE_HZ * (22 if value["PLL_SYS"] & 1 else 20) + fraction)

    def _pfd(self, pll: str, register: str, index: int) -> int:
        field = self.analog.value[register] >> 8 * index
        divider = field & 0x3F
        return 0 if field & 0x80 or not divider else self.hz(pll) * 18 // divider

    def _pll3_switched(self) -> int:
        return OSC_HZ if self._bits("CCSR", 0, 1) else self.hz("pll_usb1")

    # Roots.

    def _periph(self) -> int:
        if self._bits("CBCDR", 25, 1):
            sources = (self._pll3_switched, lambda: OSC_HZ, self._pll_sys, lambda: 0)
            return sources[self._bits("CBCMR", 12, 2)]() // (self._bits("CBCDR", 27, 3) + 1)
        select = self._bits("CBCMR", 18, 2)
        if select == 3:
            return self.hz("pll_arm") // (self._bits("CACRR", 0, 3) + 1)
        return self.hz(("pll_sys", "pll2_pfd2", "pll2_pfd0")[select])

    def _ahb(self) -> int:
        return self._periph() // (self._bits("CBCDR", 10, 3) + 1)

    def _ipg(self) -> int:
        return self.hz("ahb") // (self._bits("CBCDR", 8, 2) + 1)

    def _perclk(self) -> int:
        base = OSC_HZ if self._bits("CSCMR1", 6, 1) else self.hz("ipg")
        return base // (self._bits("CSCMR1", 0, 6) + 1)

    def _lpuart(self) -> int:
        base = OSC_HZ if self._bits("CSCDR1", 6, 1) else self.hz("pll_usb1") // 6
        return base // (self._bits("CSCDR1", 0, 6) + 1)

    def _lpi2c(self) -> int:
        base = OSC_HZ if self._bits("CSCDR2", 18, 1) else self.hz("pll_usb1") // 8
        return base // (self._bits("CSCDR2", 19, 6) + 1)

    def _lpspi(self) -> int:
        names = ("pll3_pfd1", "pll3_pfd0", "pll_sys", "pll2_pfd2")
        return self.hz(names[self._bits("CBCMR", 4, 2)]) // (self._bits("CBCMR", 26, 3) + 1)

    def _semc_source(self) -> int:
        if not self._bits("CBCDR", 6, 1):
            return self._periph()
        return self.hz("pll3_pfd1" if self._bits("CBCDR", 7, 1) else "pll2_pfd2")

    def _semc(self) -> int:
        return self._semc_source() // (self._bits("CBCDR", 16, 3) + 1)

    def _flexspi(self) -> int:
        sources = (
            self._semc,
            self._pll3_switched,
            partial(self.hz, "pll2_pfd2"),
            partial(self.hz, "pll3_pfd0"),
        )
        return sources[self._bits("CSCMR1", 29, 2)]() // (self._bits("CSCMR1", 23, 3) + 1)

    def _flexspi2(self) -> int:
        names = ("pll2_pfd2", "pll3_pfd0", "pll3_pfd1", "pll_sys")
        return self.hz(names[self._bits("CBCMR", 8, 2)]) // (self._bits("CBCMR", 29, 3) + 1)
