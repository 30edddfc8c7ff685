"""WDOG1/2: time-out, service, warning, write-once bits, software reset."""

import pytest

from rt1062.blocks.wdog import Wdog
from rt1062.chip.clock import TICKS_PER_SECOND
from tests.rt1062.blocks.rig import Rig

WCR, WSR, WRSR, WICR, WMCR = 0, 2, 4, 6, 8
WDBG, WDE, WDT, SRS, WDA = 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5
WTIS, WIE = 1 << 14, 1 << 15
SFTW, TOUT, POR = 1, 2, 1 << 4


class WdogRig(Rig):
    def __init__(self):
        super().__init__()
        self.resets = []
        self.hold(Wdog(self.scheduler, self.line(), lambda: self.resets.append(self.seconds)))

    def read(self, offset, size=2):
        return super().read(offset, size)

    def write(self, offset, value, size=2):
        super().write(offset, value, size)

    @property
    def warnings(self):
        return [(ticks / TICKS_PER_SECOND, level) for ticks, _, level in self.edges]

    def service(self):
        self.write(WSR, 0x5555)
        self.write(WSR, 0xAAAA)


@pytest.fixture
def rig():
    return WdogRig()


def test_it_is_off_after_reset_and_the_power_down_counter_is_stopped(rig):
    assert [rig.read(one) for one in (WCR, WSR, WRSR, WICR, WMCR)] == [0x30, 0, POR, 4, 0]
    rig.pass_seconds(200)
    assert rig.resets == []


@pytest.mark.parametrize(("timeout", "seconds"), [(0, 0.5), (3, 2.0), (255, 128.0)])
def test_it_bites_after_the_time_out(rig, timeout, seconds):
    rig.write(WCR, timeout << 8 | WDA | SRS | WDE)
    rig.pass_seconds(200)
    assert rig.resets == [seconds]
    assert rig.read(WRSR) == TOUT


def test_service_starts_the_time_anew(rig):
    rig.write(WCR, 1 << 8 | WDA | SRS | WDE)
    for _ in range(5):
        rig.pass_seconds(0.9)
        rig.service()
    assert rig.resets == []
    rig.pass_seconds(2)
    assert rig.resets == [5.5]


@pytest.mark.parametrize("keys", [(0x5555,), (0xAAAA,), (0xAAAA, 0x5555), (0x5555, 0x1234, 0xAAAA)])
def test_anything_else_is_no_service(rig, keys):
    rig.write(WCR, WDA | SRS | WDE)
    rig.pass_seconds(0.4)
    for key in keys:
        rig.write(WSR, key)
    rig.pass_seconds(0.2)
    assert rig.resets == [0.5]


def test_service_does_not_start_it(rig):
    rig.service()
    rig.pass_seconds(10)
    assert rig.resets == []


def test_the_warning_stays_until_its_own_bit_is_written(rig):
    rig.write(WICR, WIE | 2)
    rig.write(WCR, 3 << 8 | WDA | SRS | WDE)
    rig.pass_seconds(1.5)
    rig.write(WICR, WIE)
    assert rig.read(WICR) & WTIS


def test_a_warning_longer_than_the_time_out_never_comes(rig):
    rig.write(WICR, WIE | 4)
    rig.write(WCR, 1 << 8 | WDA | SRS | WDE)
    rig.pass_seconds(0.9)
    assert (rig.seconds, True) not in rig.warnings
    assert not rig.read(WICR) & WTIS


def test_wde_cannot_be_cleared(rig):
    rig.write(WCR, WDA | SRS | WDE)
    rig.write(WCR, WDA | SRS)
    assert rig.read(WCR) & WDE
    rig.pass_seconds(1)
    assert rig.resets == [0.5]


def test_write_once_bits_are_fixed_by_the_first_write(rig):
    rig.write(WCR, WDA | SRS | WDT)
    rig.write(WCR, WDA | SRS | WDBG | 5 << 8)
    assert rig.read(WCR) == WDA | SRS | WDT | 5 << 8


def test_a_new_time_out_counts_from_the_next_service(rig):
    rig.write(WCR, 3 << 8 | WDA | SRS | WDE)
    rig.write(WCR, 0 << 8 | WDA | SRS | WDE)
    rig.pass_seconds(1)
    rig.service()
    rig.pass_seconds(3)
    assert rig.resets == [1.5]


def test_clearing_srs_resets_with_the_32_khz_clock_and_says_so(rig):
    rig.write(WCR, WDA)
    rig.pass_seconds(1 / 32_768)
    assert len(rig.resets) == 1
    assert rig.read(WCR) & SRS
    rig.block.reset(False)
    assert rig.read(WRSR) == SFTW


def test_srs_that_is_set_again_at_once_does_not_reset(rig):
    rig.write(WCR, WDA)
    rig.write(WCR, 1 << 8 | WDA | SRS)
    rig.pass_seconds(0.1)
    assert rig.resets == []


def test_a_warning_comes_before_the_bite(rig):
    rig.write(WICR, WIE | 2)
    rig.write(WCR, 3 << 8 | WDA | SRS | WDE)
    rig.pass_seconds(1.5)
    assert rig.warnings[-1] == (1.0, True)
    assert rig.read(WICR) == WIE | WTIS | 2
    rig.write(WICR, WTIS)
    assert rig.warnings[-1] == (1.5, False)
    assert rig.read(WICR) == WIE | 2
    rig.pass_seconds(1)
    assert rig.resets == [2.0]


def test_service_puts_the_warning_off(rig):
    rig.write(WCR, 3 << 8 | WDA | SRS | WDE)
    rig.write(WICR, WIE | 2)
    rig.pass_seconds(0.9)
    rig.service()
    rig.pass_seconds(0.9)
    assert (rig.seconds, True) not in rig.warnings
    rig.pass_seconds(0.2)
    assert rig.warnings[-1] == (1.9, True)


def test_wicr_is_written_once(rig):
    rig.write(WICR, WIE | 7)
    rig.write(WICR, 3)
    assert rig.read(WICR) == WIE | 7


def test_pde_can_only_be_cleared(rig):
    rig.block.value["WMCR"] = 1
    rig.write(WMCR, 1)
    assert rig.read(WMCR) == 1
    rig.write(WMCR, 0)
    rig.write(WMCR, 1)
    assert rig.read(WMCR) == 0


def test_reset_stops_it_and_the_reason_outlives_a_warm_one(rig):
    rig.write(WCR, WDA | SRS | WDE)
    rig.pass_seconds(0.5)
    rig.block.reset(False)
    assert (rig.read(WCR), rig.read(WRSR)) == (0x30, TOUT)
    rig.pass_seconds(10)
    assert rig.resets == [0.5]
    rig.block.reset(True)
    assert rig.read(WRSR) == POR


def test_wdzst_suspends_it_in_stop_and_nothing_else_does(rig):
    rig.write(WCR, 3 << 8 | WDA | SRS | WDE)
    assert rig.block.runs_asleep(0, True)
    rig.block.reset()
    rig.write(WCR, 3 << 8 | WDA | SRS | WDE | 1)
    assert rig.block.runs_asleep(0, False)
    assert not rig.block.runs_asleep(3, True)
    rig.pass_seconds(1.5)
    rig.block.stop_clock()
    rig.pass_seconds(100)
    assert rig.resets == []
    rig.block.start_clock()
    rig.pass_seconds(0.6)
    assert rig.resets == [pytest.approx(102.0)]
