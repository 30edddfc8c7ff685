"""CCM_ANALOG: PLL locks, fractional dividers, temperature."""

import pytest

from rt1062.blocks.ccm_analog import ANA1, MEASURE_TICKS, CcmAnalog
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.scheduler import NEVER

PLL_ARM, PLL_USB1, PFD_480, MISC0, TEMPSENSE0, DIGPROG, LOWPWR_CTRL = (
    0x000,
    0x010,
    0x0F0,
    0x150,
    0x180,
    0x260,
    0x270,
)
SET, CLR, TOG = 4, 8, 12
LOCK = 1 << 31


@pytest.fixture
def rig(rig):
    rig.hold(CcmAnalog(rig.scheduler))
    return rig


def test_the_rom_leaves_the_arm_pll_locked(rig):
    assert rig.read(PLL_ARM) == 0x80002042


def test_a_pll_locks_after_its_lock_time(rig):
    rig.write(PLL_ARM, 1 << 12)
    assert not rig.read(PLL_ARM) & LOCK
    rig.write(PLL_ARM, 1 << 13 | 100)
    assert not rig.read(PLL_ARM) & LOCK
    end = rig.block.next_event_time()
    assert end == pytest.approx(93.75 * TICKS_PER_MICROSECOND)  # 2250 periods of 24 MHz
    rig.pass_time(end - 1)
    assert not rig.read(PLL_ARM) & LOCK
    rig.pass_time(1)
    assert rig.read(PLL_ARM) == LOCK | 1 << 13 | 100
    assert rig.block.next_event_time() == NEVER


def test_a_new_divider_loses_the_lock(rig):
    rig.write(PLL_ARM, 1 << 13 | 88)
    assert not rig.read(PLL_ARM) & LOCK
    rig.pass_time(100 * TICKS_PER_MICROSECOND)
    assert rig.read(PLL_ARM) & LOCK


def test_bypass_and_usb_clocks_keep_the_lock(rig):
    rig.write(PLL_USB1 + SET, 1 << 16 | 1 << 6)
    assert rig.read(PLL_USB1) == 0x80013040
    rig.write(PLL_USB1 + CLR, 1 << 16)
    assert rig.read(PLL_USB1) == 0x80003040


def test_a_usb_pll_is_powered_by_one_not_by_zero(rig):
    rig.write(PLL_USB1 + CLR, 1 << 12)
    assert not rig.read(PLL_USB1) & LOCK
    rig.pass_time(100 * TICKS_PER_MICROSECOND)
    assert not rig.read(PLL_USB1) & LOCK
    rig.write(PLL_USB1 + SET, 1 << 12)
    rig.pass_time(16 * TICKS_PER_MICROSECOND)
    assert rig.read(PLL_USB1) & LOCK


def test_powering_down_forgets_a_lock_to_come(rig):
    rig.write(PLL_ARM, 1 << 13 | 100)
    rig.write(PLL_ARM + SET, 1 << 12)
    rig.pass_time(1000 * TICKS_PER_MICROSECOND)
    assert not rig.read(PLL_ARM) & LOCK


@pytest.mark.parametrize("index", range(4))
def test_a_new_fraction_inverts_its_stable_bit_and_only_its(rig, index):
    before = rig.read(PFD_480)
    rig.write(PFD_480, before ^ 0x3F << 8 * index)
    assert rig.read(PFD_480) == before ^ 0x7F << 8 * index


def test_toggle_inverts_bits(rig):
    before = rig.read(PFD_480)
    rig.write(PFD_480 + TOG, 1 << 7 | 1 << 15)
    assert rig.read(PFD_480) == before ^ (1 << 7 | 1 << 15)


@pytest.mark.parametrize("regulator", [0x110, 0x120, 0x130])
def test_a_regulator_is_good_once_enabled(rig, regulator):
    rig.write(regulator + CLR, 1)
    assert not rig.read(regulator) & 1 << 17
    rig.write(regulator + SET, 1)
    assert rig.read(regulator) & 1 << 17


def test_the_bandgap_is_good_unless_it_is_powered_down(rig):
    assert rig.read(MISC0) & 1 << 7
    rig.write(MISC0 + SET, 1)
    assert not rig.read(MISC0) & 1 << 7


def test_the_crystal_is_found_good_after_a_while(rig):
    assert rig.read(LOWPWR_CTRL) & 1 << 16
    rig.write(MISC0 + SET, 1 << 16)
    assert not rig.read(MISC0) & 1 << 15
    rig.pass_time(rig.block.next_event_time())
    assert rig.read(MISC0) & 1 << 15
    rig.write(MISC0 + CLR, 1 << 16)
    assert not rig.read(MISC0) & 1 << 15


def test_a_crystal_without_power_is_not_good(rig):
    rig.write(MISC0 + SET, 1 << 30 | 1 << 16)
    assert not rig.read(LOWPWR_CTRL) & 1 << 16
    rig.pass_time(10_000 * TICKS_PER_MICROSECOND)
    assert not rig.read(MISC0) & 1 << 15


@pytest.mark.parametrize("bits", [0, 1, 3])
def test_nothing_is_measured_while_the_sensor_is_off_or_stopped(rig, bits):
    rig.write(TEMPSENSE0, bits)
    rig.pass_time(10 * MEASURE_TICKS)
    assert not rig.read(TEMPSENSE0) & 4


@pytest.mark.parametrize("celsius", [-20.0, 25.0, 40.0, 85.0, 105.0])
def test_the_temperature_comes_out_of_the_fuses_formula(rig, celsius):
    rig.block.measured_celsius = celsius
    rig.write(TEMPSENSE0 + CLR, 1)
    rig.write(TEMPSENSE0 + SET, 2)
    assert not rig.read(TEMPSENSE0) & 4
    rig.pass_time(MEASURE_TICKS)
    value = rig.read(TEMPSENSE0)
    assert value & 4
    hot, hot_count, room_count = ANA1 & 0xFF, ANA1 >> 8 & 0xFFF, ANA1 >> 20
    count = value >> 8 & 0xFFF
    measured = hot - (count - hot_count) * (hot - 25) / (room_count - hot_count)
    assert measured == pytest.approx(celsius, abs=0.5)


def test_the_chip_says_that_it_is_an_rt1060(rig):
    rig.write(DIGPROG, 0)
    assert rig.read(DIGPROG) == 0x006C0000


@pytest.mark.parametrize("offset", [0x00, 0x10, 0x30, 0x40, 0x50, 0x60, 0xE0, 0xF0, 0x100])
def test_each_change_of_frequency_is_told(rig, offset):
    calls = []
    rig.block.listeners.append(lambda: calls.append(1))
    rig.write(offset, 0)
    assert calls == [1]
    rig.write(MISC0, 0)
    assert calls == [1]
