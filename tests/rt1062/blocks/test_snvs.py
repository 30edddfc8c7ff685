"""SNVS: scratch registers, both real-time counters, their alarms."""

from functools import partial

import pytest

from rt1062.blocks.snvs import Snvs
from tests.rt1062.blocks.rig import Rig

HPCR, HPSR, HPRTCMR, HPRTCLR, HPTAMR, HPTALR = 0x08, 0x14, 0x24, 0x28, 0x2C, 0x30
LPCR, LPSR, LPSRTCMR, LPSRTCLR, LPTAR = 0x38, 0x4C, 0x50, 0x54, 0x58
LPLVDR, POWER_IS_GOOD, LVD = 0x64, 0x4173_6166, 8
LPGPR0_LEGACY, LPGPR_ALIAS, LPGPR = 0x68, 0x90, 0x100
RTC_EN, HPTA_EN, PI_EN, HP_TS = 1, 2, 8, 1 << 16
SRTC_ENV, LPTA_EN, TOP = 1, 2, 1 << 6
START = 1546300800  # 2019-01-01, where the Teensy core starts


class SnvsRig(Rig):
    def __init__(self):
        super().__init__()
        self.offs = []
        self.ons = []
        off, on = partial(self.offs.append, 1), partial(self.ons.append, 1)
        self.hold(Snvs(self.scheduler, self.line("hp"), self.line("lp"), off, on))

    def unlock(self):
        self.write(LPLVDR, POWER_IS_GOOD)
        self.write(LPSR, LVD)

    def teensy_start_up(self):
        if not self.read(LPCR) & SRTC_ENV:
            self.write(LPSRTCLR, START << 15 & 0xFFFFFFFF)
            self.write(LPSRTCMR, START >> 17)
            self.write(LPCR, self.read(LPCR) | SRTC_ENV)
        self.write(HPCR, self.read(HPCR) | RTC_EN | HP_TS)

    def teensy_rtc_get(self):
        return self.read(HPRTCMR) << 17 | self.read(HPRTCLR) >> 15


@pytest.fixture
def rig():
    return SnvsRig()


def test_lpgpr_is_locked_until_the_detector_is_set_and_cleared(rig):
    said = []
    rig.block.diagnose = said.append
    rig.write(LPGPR, 1)
    rig.write(LPSR, LVD)  # without the detector's value it comes again
    rig.write(LPGPR_ALIAS, 2)
    rig.write(LPLVDR, POWER_IS_GOOD)
    rig.write(LPGPR0_LEGACY, 3)  # and with it the flag is still to be cleared
    assert (rig.read(LPGPR), rig.read(LPSR) & LVD) == (0, LVD)
    assert [line.partition(" is lost")[0] for line in said] == [
        f"LPGPR0 = 0x{value}" for value in (1, 2, 3)
    ]
    rig.write(LPSR, LVD)
    rig.write(LPGPR, 4)
    assert (rig.read(LPGPR), rig.read(LPSR) & LVD, len(said)) == (4, 0, 3)


def test_lpgpr_0_to_3_have_aliases(rig):
    rig.unlock()
    for i in range(4):
        rig.write(LPGPR_ALIAS + 4 * i, 0x1000 + i)
        assert rig.read(LPGPR + 4 * i) == 0x1000 + i
    rig.write(LPGPR0_LEGACY, 0x77)
    assert rig.read(LPGPR) == rig.read(LPGPR_ALIAS) == 0x77
    rig.write(LPGPR + 0x1C, 7)
    assert rig.read(LPGPR + 0x1C) == 7


def test_lpgpr_outlives_a_warm_reset_and_not_a_power_on(rig):
    rig.unlock()
    rig.write(LPGPR, 0x1234)
    rig.block.reset(False)
    assert rig.read(LPGPR) == 0x1234
    rig.block.reset(True)
    assert rig.read(LPGPR) == 0


def test_teensy_starts_the_clock_and_reads_it(rig):
    rig.teensy_start_up()
    assert rig.teensy_rtc_get() == START
    rig.pass_seconds(100)
    assert rig.teensy_rtc_get() == START + 100
    assert not rig.read(HPCR) & HP_TS


def test_the_low_power_clock_goes_on_over_a_warm_reset(rig):
    rig.teensy_start_up()
    rig.pass_seconds(10)
    rig.block.reset(False)
    assert rig.read(HPRTCLR) == 0
    rig.pass_seconds(5)
    rig.teensy_start_up()
    assert rig.teensy_rtc_get() == START + 15


def test_a_running_counter_cannot_be_set(rig):
    rig.teensy_start_up()
    rig.write(LPSRTCLR, 0)
    rig.write(HPRTCMR, 0)
    assert rig.teensy_rtc_get() == START
    rig.write(LPCR, 0)
    rig.write(LPSRTCMR, 0)
    assert rig.read(LPSRTCMR) == 0


def test_halves_are_set_one_by_one(rig):
    rig.write(LPSRTCMR, 0x1234)
    rig.write(LPSRTCLR, 0x89ABCDEF)
    assert (rig.read(LPSRTCMR), rig.read(LPSRTCLR)) == (0x1234, 0x89ABCDEF)
    rig.write(HPRTCLR, 5)
    rig.write(HPRTCMR, 7)
    assert (rig.read(HPRTCMR), rig.read(HPRTCLR)) == (7, 5)


def test_the_counters_are_only_made_equal_when_asked(rig):
    rig.write(LPSRTCLR, 100)
    rig.write(HPCR, RTC_EN)
    assert rig.read(HPRTCLR) == 0
    rig.write(HPCR, RTC_EN | HP_TS)
    assert rig.read(HPRTCLR) == 100


def test_a_counter_that_is_off_stands_still(rig):
    rig.pass_seconds(10)
    assert (rig.read(LPSRTCLR), rig.read(HPRTCLR)) == (0, 0)


def test_the_alarm_comes_at_its_second(rig):
    rig.teensy_start_up()
    alarm = (START + 3) << 15
    rig.write(HPTAMR, alarm >> 32)
    rig.write(HPTALR, alarm & 0xFFFFFFFF)
    rig.write(HPCR, rig.read(HPCR) | HPTA_EN)
    rig.pass_seconds(2.999)
    assert not rig.levels["hp"]
    rig.pass_seconds(0.002)
    assert rig.levels["hp"]
    assert rig.read(HPSR) & 1
    rig.write(HPSR, 1)
    assert not rig.levels["hp"]
    rig.pass_seconds(10)
    assert not rig.levels["hp"]


@pytest.mark.parametrize(("select", "hz"), [(15, 0.5), (14, 1), (5, 512)])
def test_the_periodic_interrupt_follows_a_bit_of_the_counter(rig, select, hz):
    rig.write(HPCR, RTC_EN | PI_EN | select << 4)
    count = 0
    for _ in range(4000):
        rig.pass_seconds(4 / hz / 4000)
        if rig.levels["hp"]:
            count += 1
            rig.write(HPSR, 2)
    assert count == 4


def test_the_low_power_alarm_counts_seconds(rig):
    rig.teensy_start_up()
    rig.write(LPTAR, START + 60)
    rig.write(LPCR, SRTC_ENV | LPTA_EN)
    rig.pass_seconds(59)
    assert not rig.levels["lp"]
    rig.pass_seconds(1)
    assert rig.levels["lp"]
    rig.write(LPSR, 1)
    assert not rig.levels["lp"]


def test_an_alarm_that_is_not_enabled_does_not_come(rig):
    rig.teensy_start_up()
    rig.write(LPTAR, START + 2)
    rig.pass_seconds(5)
    assert not rig.levels["lp"]
    assert not rig.read(LPSR) & 1


def test_the_monotonic_counter_counts_writes_and_outlives_a_reset(rig):
    rig.write(0x60, 77)
    assert rig.read(0x60) == 0
    rig.write(LPCR, 1 << 2)
    rig.block.value["LPSMCLR"] = 0xFFFFFFFF
    rig.write(0x60, 0)
    assert (rig.read(0x5C), rig.read(0x60)) == (1, 0)
    rig.block.reset(False)
    rig.write(0x5C, 0)
    assert (rig.read(0x5C), rig.read(0x60)) == (1, 1)


def test_top_switches_the_board_off(rig):
    rig.write(LPCR, TOP)
    assert rig.offs == [1]


def test_reset_drops_the_alarm(rig):
    rig.teensy_start_up()
    rig.write(HPTALR, rig.read(HPRTCLR) + 100)
    rig.write(HPTAMR, rig.read(HPRTCMR))
    rig.write(HPCR, RTC_EN | HPTA_EN)
    rig.block.reset(False)
    rig.pass_seconds(1)
    assert not rig.levels["hp"]


def test_the_alarm_has_the_supply_switched_on_with_lpwui_en_alone(rig):
    lpwui_en = 1 << 3
    rig.write(LPTAR, 2)
    rig.write(LPCR, SRTC_ENV | LPTA_EN)
    rig.pass_seconds(3)
    assert rig.ons == []
    rig.write(LPTAR, 5)
    rig.write(LPCR, SRTC_ENV | LPTA_EN | lpwui_en | TOP)
    assert not rig.read(LPCR) & TOP  # it clears itself
    rig.block.reset(cold=False)  # off, and the counter goes on
    rig.pass_seconds(1.9)
    assert rig.ons == []
    rig.pass_seconds(0.2)
    assert rig.ons == [1]
