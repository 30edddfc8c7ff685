"""RTWDOG: unlock, refresh, window, warning; the SDK's ways of switching it off."""

import pytest

from rt1062.blocks.rtwdog import Rtwdog
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.scheduler import Scheduler
from tests.rt1062.blocks.clock_fixture import make_clocks

CS, CNT, TOVAL, WIN = 0x0, 0x4, 0x8, 0xC
UPDATE, INT, EN, LPO, RCS, ULK, PRES, CMD32EN, FLG, WINDOW = (
    1 << 5,
    1 << 6,
    1 << 7,
    1 << 8,
    1 << 10,
    1 << 11,
    1 << 12,
    1 << 13,
    1 << 14,
    1 << 15,
)
UNLOCK, REFRESH = 0xD928C520, 0xB480A602


class Bench:
    def __init__(self):
        self.scheduler = Scheduler()
        self.clocks = make_clocks(self.scheduler)
        self.resets = []
        self.levels = []
        self.dog = Rtwdog(
            self.scheduler,
            self.clocks,
            self.levels.append,
            lambda: self.resets.append(self.scheduler.now),
        )

    def read(self, offset):
        return self.dog.read(offset)

    def write(self, offset, value):
        self.dog.write(offset, 4, value)

    def configure(self, control, timeout=0x400, window=0):
        self.write(CNT, UNLOCK)
        self.write(TOVAL, timeout)
        self.write(WIN, window)
        self.write(CS, control)

    def wait(self, periods):
        """Periods of the 32 kHz clock, rounded up to a tick."""
        self.scheduler.advance(-(-periods * TICKS_PER_SECOND // 32_768))

    @property
    def bitten_at(self):
        """In periods of the 32 kHz clock."""
        return [round(time * 32_768 / TICKS_PER_SECOND, 2) for time in self.resets]


@pytest.fixture
def bench():
    return Bench()


def test_the_rom_leaves_it_off_and_changeable(bench):
    assert bench.read(CS) & (EN | UPDATE | CMD32EN) == UPDATE | CMD32EN
    bench.wait(100_000)
    assert bench.resets == []


def test_it_bites_at_the_time_out(bench):
    bench.configure(EN | LPO | CMD32EN, timeout=1000)
    bench.wait(999)
    assert bench.read(CNT) == 999
    bench.wait(2)
    assert bench.bitten_at == [1000.0]


def test_the_prescaler_divides_by_256(bench):
    bench.configure(EN | LPO | CMD32EN | PRES, timeout=10)
    bench.wait(3000)
    assert bench.bitten_at == [2560.0]


def test_the_bus_clock_can_be_chosen(bench):
    bench.configure(EN | CMD32EN, timeout=1320)
    bench.wait(10)
    assert bench.resets == [6000]  # 10 us at 132 MHz


def test_refresh_starts_over(bench):
    bench.configure(EN | LPO | CMD32EN, timeout=100)
    for _ in range(4):
        bench.wait(90)
        bench.write(CNT, REFRESH)
    assert bench.resets == []
    assert bench.read(CNT) == 0


def test_a_wrong_key_bites_at_once_only_while_it_is_on(bench):
    bench.write(CNT, 0x12345678)
    assert bench.resets == []
    bench.configure(EN | LPO | CMD32EN)
    bench.write(CNT, 0x12345678)
    assert len(bench.resets) == 1


def test_keys_in_two_halves(bench):
    bench.configure(EN | LPO | UPDATE, timeout=100)
    bench.wait(90)
    bench.write(CNT, 0xA602)
    bench.write(CNT, 0xB480)
    bench.wait(90)
    assert bench.resets == []
    bench.write(CNT, 0xC520)
    bench.write(CNT, 0xD928)
    assert bench.read(CS) & ULK
    bench.write(CNT, 0x1111)
    assert len(bench.resets) == 1


def test_registers_are_fixed_without_an_unlock(bench):
    bench.write(TOVAL, 5)
    bench.write(CS, EN | LPO | CMD32EN)
    assert bench.read(TOVAL) == 0x400
    assert not bench.read(CS) & EN


def test_the_unlock_ends_after_128_bus_clocks(bench):
    bench.write(CNT, UNLOCK)
    bench.scheduler.advance(128 * 600 // 132)
    assert bench.read(CS) & ULK
    bench.scheduler.advance(1)
    assert not bench.read(CS) & ULK
    bench.write(TOVAL, 5)
    assert bench.read(TOVAL) == 0x400


def test_a_new_configuration_is_confirmed_and_locks_again(bench):
    bench.write(CNT, UNLOCK)
    assert bench.read(CS) & (ULK | RCS) == ULK
    bench.write(CS, LPO | CMD32EN | UPDATE)
    assert bench.read(CS) & (ULK | RCS) == RCS


def test_without_update_it_cannot_be_changed_any_more(bench):
    bench.configure(EN | LPO | CMD32EN)
    bench.write(CNT, UNLOCK)
    bench.write(CS, LPO | CMD32EN)
    assert bench.read(CS) & EN


def test_sdk_system_init_switches_it_off(bench):
    bench.configure(EN | LPO | CMD32EN | UPDATE)
    bench.write(CNT, 0xD928C520)
    bench.write(TOVAL, 0xFFFF)
    bench.write(CS, bench.read(CS) & ~EN | UPDATE)
    assert bench.read(TOVAL) == 0xFFFF
    bench.wait(100_000)
    assert bench.resets == []


def test_a_refresh_before_the_window_opens_bites(bench):
    bench.configure(EN | LPO | CMD32EN | WINDOW, timeout=100, window=50)
    bench.wait(50)
    bench.write(CNT, REFRESH)  # it has just opened
    assert bench.resets == []
    bench.wait(49)
    bench.write(CNT, REFRESH)
    assert bench.bitten_at == [99.0]


def test_the_interrupt_comes_128_bus_clocks_before_the_bite(bench):
    bench.configure(EN | LPO | CMD32EN | INT, timeout=100)
    bench.wait(100)
    assert bench.levels[-1] is True
    assert bench.read(CS) & FLG
    bench.scheduler.advance(128 * 600 // 132)
    assert bench.resets == []
    bench.scheduler.advance(1)
    assert len(bench.resets) == 1


def test_the_flag_is_cleared_without_an_unlock(bench):
    bench.configure(EN | LPO | CMD32EN | INT, timeout=100)
    bench.wait(100)
    bench.write(CS, bench.read(CS) | FLG)
    assert not bench.read(CS) & FLG
    assert bench.levels[-1] is False


def test_reset_switches_it_off(bench):
    bench.configure(EN | LPO | CMD32EN, timeout=100)
    bench.dog.reset(False)
    bench.wait(1000)
    assert bench.resets == []
    assert bench.read(TOVAL) == 0x400


@pytest.mark.parametrize(("mode", "shown", "periods"), [(2, 0xCD, 0xCD), (3, 0xAB00, 0xAB)])
def test_one_byte_of_the_counter_can_be_tested(bench, mode, shown, periods):
    bench.configure(EN | LPO | CMD32EN | INT | mode << 3, timeout=0xABCD)
    bench.wait(periods)
    assert bench.read(CNT) == shown
    bench.wait(1)
    assert len(bench.resets) == 1
    bench.dog.reset(False)
    assert bench.read(CS) >> 3 & 3 == mode  # says so after the reset
    bench.dog.reset(True)
    assert bench.read(CS) >> 3 & 3 == 0


def test_slow_clocks_do_not_change_the_32_khz_time_out(bench):
    bench.configure(EN | LPO | CMD32EN, timeout=100)
    bench.wait(50)
    bench.clocks.ccm.write(0x14, 4, bench.clocks.ccm.read(0x14) | 7 << 10)
    bench.wait(100)
    assert bench.bitten_at == [100.0]
