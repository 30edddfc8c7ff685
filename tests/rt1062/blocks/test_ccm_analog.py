"""CCM_ANALOG: PLL locks, fractional dividers, temperature."""

import pytest

from rt1062.blocks.ccm_analog import ANA1, LOCK, MEASURE_TICKS, CcmAnalog
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.scheduler import NEVER, Scheduler

PLL_ARM, PLL_USB1, PFD_480, REG_3P0, MISC0, TEMPSENSE0, DIGPROG, LOWPWR_CTRL = (
    0x000,
    0x010,
    0x0F0,
    0x120,
    0x150,
    0x180,
    0x260,
    0x270,
)
SET, CLR, TOG = 4, 8, 12


@pytest.fixture
def scheduler():
    return Scheduler()


@pytest.fixture
def analog(scheduler):
    return CcmAnalog(scheduler)


def test_the_rom_leaves_the_arm_pll_locked(analog):
    assert analog.read(PLL_ARM) == 0x80002042


def test_a_pll_locks_after_its_lock_time(analog, scheduler):
    analog.write(PLL_ARM, 4, 1 << 12)
    assert not analog.read(PLL_ARM) & LOCK
    analog.write(PLL_ARM, 4, 1 << 13 | 100)
    assert not analog.read(PLL_ARM) & LOCK
    end = analog.next_event_time()
    assert end == pytest.approx(93.75 * TICKS_PER_MICROSECOND)  # 2250 periods of 24 MHz
    scheduler.advance(end - 1)
    assert not analog.read(PLL_ARM) & LOCK
    scheduler.advance(1)
    assert analog.read(PLL_ARM) == LOCK | 1 << 13 | 100
    assert analog.next_event_time() == NEVER


def test_a_new_divider_loses_the_lock(analog, scheduler):
    analog.write(PLL_ARM, 4, 1 << 13 | 88)
    assert not analog.read(PLL_ARM) & LOCK
    scheduler.advance(100 * TICKS_PER_MICROSECOND)
    assert analog.read(PLL_ARM) & LOCK


def test_bypass_and_usb_clocks_keep_the_lock(analog):
    analog.write(PLL_USB1 + SET, 4, 1 << 16 | 1 << 6)
    assert analog.read(PLL_USB1) == 0x80013040
    analog.write(PLL_USB1 + CLR, 4, 1 << 16)
    assert analog.read(PLL_USB1) == 0x80003040


def test_a_usb_pll_is_powered_by_one_not_by_zero(analog, scheduler):
    analog.write(PLL_USB1 + CLR, 4, 1 << 12)
    assert not analog.read(PLL_USB1) & LOCK
    scheduler.advance(100 * TICKS_PER_MICROSECOND)
    assert not analog.read(PLL_USB1) & LOCK
    analog.write(PLL_USB1 + SET, 4, 1 << 12)
    scheduler.advance(16 * TICKS_PER_MICROSECOND)
    assert analog.read(PLL_USB1) & LOCK


def test_powering_down_forgets_a_lock_to_come(analog, scheduler):
    analog.write(PLL_ARM, 4, 1 << 13 | 100)
    analog.write(PLL_ARM + SET, 4, 1 << 12)
    scheduler.advance(1000 * TICKS_PER_MICROSECOND)
    assert not analog.read(PLL_ARM) & LOCK


def test_a_new_fraction_inverts_its_stable_bit_and_only_its(analog):
    before = analog.read(PFD_480)
    analog.write(PFD_480, 4, before & ~0x3F | 0x0C)
    assert analog.read(PFD_480) == (before & ~0x7F | 0x0C) ^ 0x40


def test_toggle_inverts_bits(analog):
    before = analog.read(PFD_480)
    analog.write(PFD_480 + TOG, 4, 1 << 7 | 1 << 15)
    assert analog.read(PFD_480) == before ^ (1 << 7 | 1 << 15)


def test_a_regulator_is_good_once_enabled(analog):
    assert not analog.read(REG_3P0) & 1 << 17
    analog.write(REG_3P0 + SET, 4, 1)
    assert analog.read(REG_3P0) & 1 << 17


def test_the_crystal_is_found_good_after_a_while(analog, scheduler):
    assert analog.read(LOWPWR_CTRL) & 1 << 16
    analog.write(MISC0 + SET, 4, 1 << 16)
    assert not analog.read(MISC0) & 1 << 15
    scheduler.advance(analog.next_event_time())
    assert analog.read(MISC0) & 1 << 15
    analog.write(MISC0 + CLR, 4, 1 << 16)
    assert not analog.read(MISC0) & 1 << 15


def test_a_crystal_without_power_is_not_good(analog, scheduler):
    analog.write(MISC0 + SET, 4, 1 << 30 | 1 << 16)
    assert not analog.read(LOWPWR_CTRL) & 1 << 16
    scheduler.advance(10_000 * TICKS_PER_MICROSECOND)
    assert not analog.read(MISC0) & 1 << 15


@pytest.mark.parametrize("bits", [0, 1, 3])
def test_nothing_is_measured_while_the_sensor_is_off_or_stopped(analog, scheduler, bits):
    analog.write(TEMPSENSE0, 4, bits)
    scheduler.advance(10 * MEASURE_TICKS)
    assert not analog.read(TEMPSENSE0) & 4


@pytest.mark.parametrize("celsius", [-20.0, 25.0, 40.0, 85.0, 105.0])
def test_the_temperature_comes_out_of_the_fuses_formula(analog, scheduler, celsius):
    analog.measured_celsius = celsius
    analog.write(TEMPSENSE0 + CLR, 4, 1)
    analog.write(TEMPSENSE0 + SET, 4, 2)
    assert not analog.read(TEMPSENSE0) & 4
    scheduler.advance(MEASURE_TICKS)
    value = analog.read(TEMPSENSE0)
    assert value & 4
    hot, hot_count, room_count = ANA1 & 0xFF, ANA1 >> 8 & 0xFFF, ANA1 >> 20
    count = value >> 8 & 0xFFF
    measured = hot - (count - hot_count) * (hot - 25) / (room_count - hot_count)
    assert measured == pytest.approx(celsius, abs=0.5)


def test_the_chip_says_that_it_is_an_rt1060(analog):
    analog.write(DIGPROG, 4, 0)
    assert analog.read(DIGPROG) == 0x006C0000


def test_each_change_of_frequency_is_told(scheduler):
    calls = []
    analog = CcmAnalog(scheduler, on_change=lambda: calls.append(1))
    calls.clear()
    analog.write(PFD_480 + SET, 4, 1 << 7)
    assert calls == [1]
