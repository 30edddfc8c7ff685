"""Frequencies that firmware of other people sets, in the steps in which it sets them."""

import pytest

from rt1062.scheduler import Scheduler
from tests.rt1062.blocks.clock_rig import make_clocks

CACRR, CBCDR, CBCMR, CSCMR1, CSCDR1, CSCDR2, CDHIPR = 0x10, 0x14, 0x18, 0x1C, 0x24, 0x38, 0x48
PLL_ARM, PLL_USB1, PLL_SYS, PFD_480, PFD_528 = 0x00, 0x10, 0x30, 0xF0, 0x100
MHZ = 1_000_000


class Chip:
    """CCM, CCM_ANALOG and the tree, with the small helpers that start-up code is made of."""

    def __init__(self):
        self.scheduler = Scheduler()
        self.tree = make_clocks(self.scheduler)
        self.ccm, self.analog = self.tree.ccm, self.tree.analog

    def hz(self, name):
        return self.tree.hz(name)

    def put(self, register, lsb, width, value):
        mask = ((1 << width) - 1) << lsb
        self.ccm.write(register, 4, self.ccm.read(register) & ~mask | value << lsb)
        while self.ccm.read(CDHIPR):
            self.scheduler.advance(self.ccm.next_event_time() - self.scheduler.now)

    def wait_lock(self, pll):
        while not self.analog.read(pll) & 1 << 31:
            self.scheduler.advance(self.analog.next_event_time() - self.scheduler.now)


@pytest.fixture
def chip():
    return Chip()


def sdk_boot_clock_run(chip):
    """BOARD_BootClockRUN of the MIMXRT1060-EVK, an XIP build: PLL2 and PLL3 stay as they are."""
    chip.put(CBCMR, 12, 2, 1)
    chip.put(CBCDR, 25, 1, 1)
    chip.put(CBCDR, 10, 3, 0)
    chip.put(CBCDR, 8, 2, 3)
    chip.put(CACRR, 0, 3, 1)
    chip.put(CBCDR, 27, 3, 0)
    chip.put(CSCMR1, 0, 6, 1)
    chip.put(CBCMR, 26, 3, 4)
    chip.put(CBCMR, 4, 2, 2)
    chip.put(CSCDR2, 19, 6, 0)
    chip.put(CSCDR2, 18, 1, 0)
    chip.put(CSCDR1, 0, 6, 0)
    chip.put(CSCDR1, 6, 1, 0)
    chip.analog.write(PLL_ARM, 4, chip.analog.read(PLL_ARM) | 1 << 16)
    chip.analog.write(PLL_ARM, 4, chip.analog.read(PLL_ARM) & ~0x107F | 1 << 13 | 100)
    chip.wait_lock(PLL_ARM)
    chip.analog.write(PLL_ARM, 4, chip.analog.read(PLL_ARM) & ~(1 << 16))
    chip.put(CBCMR, 18, 2, 3)
    chip.put(CBCDR, 25, 1, 0)
    chip.put(CBCMR, 12, 2, 0)
    chip.put(CSCMR1, 6, 1, 0)


def teensy_start_up(chip):
    """startup.c and set_arm_clock(600000000) of the Teensy 4 core."""
    chip.analog.write(PFD_528, 4, 0x2018101B)
    chip.analog.write(PFD_480, 4, 0x13110D0C)
    chip.put(CSCMR1, 0, 6, 0)
    chip.put(CSCMR1, 6, 1, 1)
    chip.put(CSCDR1, 0, 6, 0)
    chip.put(CSCDR1, 6, 1, 1)
    chip.put(CBCDR, 27, 3, 3)
    chip.put(CBCDR, 25, 1, 1)
    assert chip.hz("core") == 120 * MHZ
    chip.analog.write(PLL_ARM, 4, 1 << 12)
    chip.analog.write(PLL_ARM, 4, 1 << 13 | 100)
    chip.wait_lock(PLL_ARM)
    chip.put(CACRR, 0, 3, 1)
    chip.put(CBCDR, 8, 2, 3)
    chip.put(CBCDR, 25, 1, 0)


def test_the_rom_leaves_396_mhz(chip):
    assert [chip.hz(name) for name in ("core", "ipg", "perclk", "lpuart")] == [
        396 * MHZ,
        132 * MHZ,
        66 * MHZ,
        80 * MHZ,
    ]
    assert chip.hz("flexspi") == pytest.approx(133 * MHZ, rel=0.001)


def test_sdk_boot_clock_run_is_600_mhz(chip):
    sdk_boot_clock_run(chip)
    assert chip.hz("core") == 600 * MHZ
    assert chip.hz("ipg") == 150 * MHZ
    assert chip.hz("perclk") == 75 * MHZ
    assert chip.hz("lpuart") == 80 * MHZ
    assert chip.hz("lpi2c") == 60 * MHZ
    assert chip.hz("lpspi") == 105_600_000


def test_teensy_start_up_is_600_mhz(chip):
    teensy_start_up(chip)
    assert chip.hz("core") == 600 * MHZ
    assert chip.hz("ipg") == 150 * MHZ
    assert chip.hz("perclk") == 24 * MHZ
    assert chip.hz("lpuart") == 24 * MHZ


@pytest.mark.parametrize(
    ("select", "divider", "hz"),
    [(2, 4, 105_600_000), (3, 2, 132_000_000), (1, 2, 240_000_000), (0, 1, 332_307_692)],
)
def test_lpspi_clock(chip, select, divider, hz):
    teensy_start_up(chip)
    chip.put(CBCMR, 4, 2, select)
    chip.put(CBCMR, 26, 3, divider)
    assert chip.hz("lpspi") == hz


@pytest.mark.parametrize(
    ("select", "divider", "hz"),
    [(3, 4, 105_600_000), (0, 3, 99_000_000), (1, 6, 102_857_142), (2, 5, 110_769_230)],
)
def test_flexspi2_clock_as_teensy_lists_it(chip, select, divider, hz):
    teensy_start_up(chip)
    chip.put(CBCMR, 8, 2, select)
    chip.put(CBCMR, 29, 3, divider)
    assert chip.hz("flexspi2") == hz


def test_zephyr_lpi2c_clock_is_10_mhz(chip):
    chip.put(CSCDR2, 18, 1, 0)
    chip.put(CSCDR2, 19, 6, 5)
    assert chip.hz("lpi2c") == 10 * MHZ


@pytest.mark.parametrize(("select", "hz"), [(0, 528 * MHZ), (1, 396 * MHZ), (2, 352 * MHZ)])
def test_pre_periph_sources(chip, select, hz):
    teensy_start_up(chip)
    chip.put(CBCMR, 18, 2, select)
    assert chip.hz("core") == hz


def test_semc_clock(chip):
    assert chip.hz("semc") == 132 * MHZ  # periph / 3
    chip.put(CBCDR, 6, 1, 1)
    chip.put(CBCDR, 16, 3, 1)
    assert chip.hz("semc") == chip.hz("pll2_pfd2") // 2
    chip.put(CBCDR, 7, 1, 1)
    assert chip.hz("semc") == chip.hz("pll3_pfd1") // 2


def test_a_pll_whose_output_is_off_gives_nothing(chip):
    chip.analog.write(PLL_SYS + 8, 4, 1 << 13)
    assert chip.hz("pll_sys") == 0


def test_a_bypassed_pll_passes_the_crystal_through(chip):
    chip.analog.write(PLL_USB1 + 4, 4, 1 << 16)
    assert chip.hz("lpuart") == 4 * MHZ


def test_a_pll_that_is_off_or_gated_gives_nothing(chip):
    chip.analog.write(PFD_480 + 4, 4, 1 << 7)
    assert chip.hz("pll3_pfd0") == 0
    chip.analog.write(PLL_USB1 + 8, 4, 1 << 12)
    assert chip.hz("lpuart") == 0


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize(("pfd", "name"), [(PFD_480, "pll3_pfd"), (PFD_528, "pll2_pfd")])
def test_each_pfd_has_its_own_gate(chip, pfd, name, index):
    chip.analog.write(pfd + 4, 4, 1 << 8 * index + 7)
    assert [chip.hz(f"{name}{i}") == 0 for i in range(4)] == [i == index for i in range(4)]


def test_the_fraction_of_the_system_pll_counts(chip):
    chip.analog.write(0x50, 4, 1)
    chip.analog.write(0x60, 4, 2)
    assert chip.hz("pll_sys") == 540 * MHZ


def test_listeners_are_called_and_ask_the_new_frequency(chip):
    seen = []
    chip.hz("perclk")
    chip.tree.listeners.append(lambda: seen.append(chip.hz("perclk")))
    chip.put(CSCMR1, 6, 1, 1)
    assert seen[-1] == 12 * MHZ


def test_an_unknown_clock_is_refused(chip):
    with pytest.raises(ValueError, match=r"clock must be one of .* not 'cpu'"):
        chip.hz("cpu")
    with pytest.raises(ValueError, match="clock must be one of"):
        chip.tree.source("cpu")
