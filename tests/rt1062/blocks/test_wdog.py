"""WDOG1/2: time-out, service, warning, write-once bits, software reset."""

import pytest

from rt1062.blocks.wdog import Wdog
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.scheduler import Scheduler

WCR, WSR, WRSR, WICR, WMCR = 0, 2, 4, 6, 8
WDBG, WDE, WDT, SRS, WDA = 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5
WTIS, WIE = 1 << 14, 1 << 15
SFTW, TOUT, POR = 1, 2, 1 << 4


class Bench:
    def __init__(self):
        self.scheduler = Scheduler()
        self.resets = []
        self.warnings = []
        self.wdog = Wdog(self.scheduler, self.line, lambda: self.resets.append(self.seconds))

    def line(self, level):
        self.warnings.append((self.seconds, level))

    @property
    def seconds(self):
        return self.scheduler.now / TICKS_PER_SECOND

    def read(self, offset):
        return self.wdog.read(offset, 2)

    def write(self, offset, value):
        self.wdog.write(offset, 2, value)

    def wait(self, seconds):
        self.scheduler.advance(round(seconds * TICKS_PER_SECOND))

    def service(self):
        self.write(WSR, 0x5555)
        self.write(WSR, 0xAAAA)


@pytest.fixture
def bench():
    return Bench()


def test_it_is_off_after_reset_and_the_power_down_counter_is_stopped(bench):
    assert [bench.read(one) for one in (WCR, WSR, WRSR, WICR, WMCR)] == [0x30, 0, POR, 4, 0]
    bench.wait(200)
    assert bench.resets == []


@pytest.mark.parametrize(("timeout", "seconds"), [(0, 0.5), (3, 2.0), (255, 128.0)])
def test_it_bites_after_the_time_out(bench, timeout, seconds):
    bench.write(WCR, timeout << 8 | WDA | SRS | WDE)
    bench.wait(200)
    assert bench.resets == [seconds]
    assert bench.read(WRSR) == TOUT


def test_service_starts_the_time_anew(bench):
    bench.write(WCR, 1 << 8 | WDA | SRS | WDE)
    for _ in range(5):
        bench.wait(0.9)
        bench.service()
    assert bench.resets == []
    bench.wait(2)
    assert bench.resets == [5.5]


@pytest.mark.parametrize("keys", [(0x5555,), (0xAAAA,), (0xAAAA, 0x5555), (0x5555, 0x1234, 0xAAAA)])
def test_anything_else_is_no_service(bench, keys):
    bench.write(WCR, WDA | SRS | WDE)
    bench.wait(0.4)
    for key in keys:
        bench.write(WSR, key)
    bench.wait(0.2)
    assert bench.resets == [0.5]


def test_service_does_not_start_it(bench):
    bench.service()
    bench.wait(10)
    assert bench.resets == []


def test_the_warning_stays_until_its_own_bit_is_written(bench):
    bench.write(WICR, WIE | 2)
    bench.write(WCR, 3 << 8 | WDA | SRS | WDE)
    bench.wait(1.5)
    bench.write(WICR, WIE)
    assert bench.read(WICR) & WTIS


def test_a_warning_longer_than_the_time_out_never_comes(bench):
    bench.write(WICR, WIE | 4)
    bench.write(WCR, 1 << 8 | WDA | SRS | WDE)
    bench.wait(0.9)
    assert (bench.seconds, True) not in bench.warnings
    assert not bench.read(WICR) & WTIS


def test_wde_cannot_be_cleared(bench):
    bench.write(WCR, WDA | SRS | WDE)
    bench.write(WCR, WDA | SRS)
    assert bench.read(WCR) & WDE
    bench.wait(1)
    assert bench.resets == [0.5]


def test_write_once_bits_are_fixed_by_the_first_write(bench):
    bench.write(WCR, WDA | SRS | WDT)
    bench.write(WCR, WDA | SRS | WDBG | 5 << 8)
    assert bench.read(WCR) == WDA | SRS | WDT | 5 << 8


def test_a_new_time_out_counts_from_the_next_service(bench):
    bench.write(WCR, 3 << 8 | WDA | SRS | WDE)
    bench.write(WCR, 0 << 8 | WDA | SRS | WDE)
    bench.wait(1)
    bench.service()
    bench.wait(3)
    assert bench.resets == [1.5]


def test_clearing_srs_resets_with_the_32_khz_clock_and_says_so(bench):
    bench.write(WCR, WDA)
    bench.wait(1 / 32_768)
    assert len(bench.resets) == 1
    assert bench.read(WCR) & SRS
    bench.wdog.reset(False)
    assert bench.read(WRSR) == SFTW


def test_srs_that_is_set_again_at_once_does_not_reset(bench):
    bench.write(WCR, WDA)
    bench.write(WCR, 1 << 8 | WDA | SRS)
    bench.wait(0.1)
    assert bench.resets == []


def test_a_warning_comes_before_the_bite(bench):
    bench.write(WICR, WIE | 2)
    bench.write(WCR, 3 << 8 | WDA | SRS | WDE)
    bench.wait(1.5)
    assert bench.warnings[-1] == (1.0, True)
    assert bench.read(WICR) == WIE | WTIS | 2
    bench.write(WICR, WTIS)
    assert bench.warnings[-1] == (1.5, False)
    assert bench.read(WICR) == WIE | 2
    bench.wait(1)
    assert bench.resets == [2.0]


def test_service_puts_the_warning_off(bench):
    bench.write(WCR, 3 << 8 | WDA | SRS | WDE)
    bench.write(WICR, WIE | 2)
    bench.wait(0.9)
    bench.service()
    bench.wait(0.9)
    assert (bench.seconds, True) not in bench.warnings
    bench.wait(0.2)
    assert bench.warnings[-1] == (1.9, True)


def test_wicr_is_written_once(bench):
    bench.write(WICR, WIE | 7)
    bench.write(WICR, 3)
    assert bench.read(WICR) == WIE | 7


def test_pde_can_only_be_cleared(bench):
    bench.wdog.value["WMCR"] = 1
    bench.write(WMCR, 1)
    assert bench.read(WMCR) == 1
    bench.write(WMCR, 0)
    bench.write(WMCR, 1)
    assert bench.read(WMCR) == 0


def test_reset_stops_it_and_the_reason_outlives_a_warm_one(bench):
    bench.write(WCR, WDA | SRS | WDE)
    bench.wait(0.5)
    bench.wdog.reset(False)
    assert (bench.read(WCR), bench.read(WRSR)) == (0x30, TOUT)
    bench.wait(10)
    assert bench.resets == [0.5]
    bench.wdog.reset(True)
    assert bench.read(WRSR) == POR
