"""SNVS: scratch registers, both real-time counters, their alarms."""

import pytest

from rt1062.blocks.snvs import Snvs
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.scheduler import Scheduler

HPCR, HPSR, HPRTCMR, HPRTCLR, HPTAMR, HPTALR = 0x08, 0x14, 0x24, 0x28, 0x2C, 0x30
LPCR, LPSR, LPSRTCMR, LPSRTCLR, LPTAR = 0x38, 0x4C, 0x50, 0x54, 0x58
LPGPR0_LEGACY, LPGPR_ALIAS, LPGPR = 0x68, 0x90, 0x100
RTC_EN, HPTA_EN, PI_EN, HP_TS = 1, 2, 8, 1 << 16
SRTC_ENV, LPTA_EN, TOP = 1, 2, 1 << 6
START = 1546300800  # 2019-01-01, where the Teensy core starts


class Bench:
    def __init__(self):
        self.scheduler = Scheduler()
        self.hp = self.lp = False
        self.offs = []
        self.snvs = Snvs(self.scheduler, self.set_hp, self.set_lp, lambda: self.offs.append(1))

    def set_hp(self, level):
        self.hp = level

    def set_lp(self, level):
        self.lp = level

    def read(self, offset):
        return self.snvs.read(offset)

    def write(self, offset, value):
        self.snvs.write(offset, 4, value)

    def wait(self, seconds):
        self.scheduler.advance(round(seconds * TICKS_PER_SECOND))

    def teensy_start_up(self):
        if not self.read(LPCR) & SRTC_ENV:
            self.write(LPSRTCLR, START << 15 & 0xFFFFFFFF)
            self.write(LPSRTCMR, START >> 17)
            self.write(LPCR, self.read(LPCR) | SRTC_ENV)
        self.write(HPCR, self.read(HPCR) | RTC_EN | HP_TS)

    def teensy_rtc_get(self):
        return self.read(HPRTCMR) << 17 | self.read(HPRTCLR) >> 15


@pytest.fixture
def bench():
    return Bench()


def test_lpgpr_0_to_3_have_aliases(bench):
    for i in range(4):
        bench.write(LPGPR_ALIAS + 4 * i, 0x1000 + i)
        assert bench.read(LPGPR + 4 * i) == 0x1000 + i
    bench.write(LPGPR0_LEGACY, 0x77)
    assert bench.read(LPGPR) == bench.read(LPGPR_ALIAS) == 0x77
    bench.write(LPGPR + 0x1C, 7)
    assert bench.read(LPGPR + 0x1C) == 7


def test_lpgpr_outlives_a_warm_reset_and_not_a_power_on(bench):
    bench.write(LPGPR, 0x1234)
    bench.snvs.reset(False)
    assert bench.read(LPGPR) == 0x1234
    bench.snvs.reset(True)
    assert bench.read(LPGPR) == 0


def test_teensy_starts_the_clock_and_reads_it(bench):
    bench.teensy_start_up()
    assert bench.teensy_rtc_get() == START
    bench.wait(100)
    assert bench.teensy_rtc_get() == START + 100
    assert not bench.read(HPCR) & HP_TS


def test_the_low_power_clock_goes_on_over_a_warm_reset(bench):
    bench.teensy_start_up()
    bench.wait(10)
    bench.snvs.reset(False)
    assert bench.read(HPRTCLR) == 0
    bench.wait(5)
    bench.teensy_start_up()
    assert bench.teensy_rtc_get() == START + 15


def test_a_running_counter_cannot_be_set(bench):
    bench.teensy_start_up()
    bench.write(LPSRTCLR, 0)
    bench.write(HPRTCMR, 0)
    assert bench.teensy_rtc_get() == START
    bench.write(LPCR, 0)
    bench.write(LPSRTCMR, 0)
    assert bench.read(LPSRTCMR) == 0


def test_halves_are_set_one_by_one(bench):
    bench.write(LPSRTCMR, 0x1234)
    bench.write(LPSRTCLR, 0x89ABCDEF)
    assert (bench.read(LPSRTCMR), bench.read(LPSRTCLR)) == (0x1234, 0x89ABCDEF)
    bench.write(HPRTCLR, 5)
    bench.write(HPRTCMR, 7)
    assert (bench.read(HPRTCMR), bench.read(HPRTCLR)) == (7, 5)


def test_the_counters_are_only_made_equal_when_asked(bench):
    bench.write(LPSRTCLR, 100)
    bench.write(HPCR, RTC_EN)
    assert bench.read(HPRTCLR) == 0
    bench.write(HPCR, RTC_EN | HP_TS)
    assert bench.read(HPRTCLR) == 100


def test_a_counter_that_is_off_stands_still(bench):
    bench.wait(10)
    assert (bench.read(LPSRTCLR), bench.read(HPRTCLR)) == (0, 0)


def test_the_alarm_comes_at_its_second(bench):
    bench.teensy_start_up()
    alarm = (START + 3) << 15
    bench.write(HPTAMR, alarm >> 32)
    bench.write(HPTALR, alarm & 0xFFFFFFFF)
    bench.write(HPCR, bench.read(HPCR) | HPTA_EN)
    bench.wait(2.999)
    assert not bench.hp
    bench.wait(0.002)
    assert bench.hp
    assert bench.read(HPSR) & 1
    bench.write(HPSR, 1)
    assert not bench.hp
    bench.wait(10)
    assert not bench.hp


@pytest.mark.parametrize(("select", "hz"), [(15, 0.5), (14, 1), (5, 512)])
def test_the_periodic_interrupt_follows_a_bit_of_the_counter(bench, select, hz):
    bench.write(HPCR, RTC_EN | PI_EN | select << 4)
    count = 0
    for _ in range(4000):
        bench.wait(4 / hz / 4000)
        if bench.hp:
            count += 1
            bench.write(HPSR, 2)
    assert count == 4


def test_the_low_power_alarm_counts_seconds(bench):
    bench.teensy_start_up()
    bench.write(LPTAR, START + 60)
    bench.write(LPCR, SRTC_ENV | LPTA_EN)
    bench.wait(59)
    assert not bench.lp
    bench.wait(1)
    assert bench.lp
    bench.write(LPSR, 1)
    assert not bench.lp


def test_an_alarm_that_is_not_enabled_does_not_come(bench):
    bench.teensy_start_up()
    bench.write(LPTAR, START + 2)
    bench.wait(5)
    assert not bench.lp
    assert not bench.read(LPSR) & 1


def test_the_monotonic_counter_counts_writes_and_outlives_a_reset(bench):
    bench.write(0x60, 77)
    assert bench.read(0x60) == 0
    bench.write(LPCR, 1 << 2)
    bench.snvs.value["LPSMCLR"] = 0xFFFFFFFF
    bench.write(0x60, 0)
    assert (bench.read(0x5C), bench.read(0x60)) == (1, 0)
    bench.snvs.reset(False)
    bench.write(0x5C, 0)
    assert (bench.read(0x5C), bench.read(0x60)) == (1, 1)


def test_top_switches_the_board_off(bench):
    bench.write(LPCR, TOP)
    assert bench.offs == [1]


def test_reset_drops_the_alarm(bench):
    bench.teensy_start_up()
    bench.write(HPTALR, bench.read(HPRTCLR) + 100)
    bench.write(HPTAMR, bench.read(HPRTCMR))
    bench.write(HPCR, RTC_EN | HPTA_EN)
    bench.snvs.reset(False)
    bench.wait(1)
    assert not bench.hp
