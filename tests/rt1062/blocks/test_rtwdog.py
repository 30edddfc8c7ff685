"""RTWDOG: unlock, refresh, window, warning; the SDK's ways of switching it off."""

import pytest

from rt1062.blocks.rtwdog import Rtwdog
from rt1062.chip.clock import TICKS_PER_SECOND
from tests.rt1062.blocks.clock_rig import ClockRig

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


class RtwdogRig(ClockRig):
    def __init__(self):
        super().__init__()
        self.resets = []  # ticks
        self.hold(
            Rtwdog(self.scheduler, self.clocks, self.line(), lambda: self.resets.append(self.now))
        )

    def configure(self, control, timeout=0x400, window=0):
        self.write(CNT, UNLOCK)
        self.write(TOVAL, timeout)
        self.write(WIN, window)
        self.write(CS, control)

    def slow_periods(self, periods):
        """Periods of the 32 kHz clock, rounded up to a tick."""
        self.pass_time(-(-periods * TICKS_PER_SECOND // 32_768))

    @property
    def bitten_at(self):
        """In periods of the 32 kHz clock."""
        return [round(time * 32_768 / TICKS_PER_SECOND, 2) for time in self.resets]


@pytest.fixture
def rig():
    return RtwdogRig()


def test_the_rom_leaves_it_off_and_changeable(rig):
    assert rig.read(CS) & (EN | UPDATE | CMD32EN) == UPDATE | CMD32EN
    rig.slow_periods(100_000)
    assert rig.resets == []


def test_it_bites_at_the_time_out(rig):
    rig.configure(EN | LPO | CMD32EN, timeout=1000)
    rig.slow_periods(999)
    assert rig.read(CNT) == 999
    rig.slow_periods(2)
    assert rig.bitten_at == [1000.0]


def test_the_prescaler_divides_by_256(rig):
    rig.configure(EN | LPO | CMD32EN | PRES, timeout=10)
    rig.slow_periods(3000)
    assert rig.bitten_at == [2560.0]


def test_the_bus_clock_can_be_chosen(rig):
    rig.configure(EN | CMD32EN, timeout=1320)
    rig.slow_periods(10)
    assert rig.resets == [6000]  # 10 us at 132 MHz


def test_refresh_starts_over(rig):
    rig.configure(EN | LPO | CMD32EN, timeout=100)
    for _ in range(4):
        rig.slow_periods(90)
        rig.write(CNT, REFRESH)
    assert rig.resets == []
    assert rig.read(CNT) == 0


def test_a_wrong_key_bites_at_once_only_while_it_is_on(rig):
    rig.write(CNT, 0x12345678)
    assert rig.resets == []
    rig.configure(EN | LPO | CMD32EN)
    rig.write(CNT, 0x12345678)
    assert len(rig.resets) == 1


def test_keys_in_two_halves(rig):
    rig.configure(EN | LPO | UPDATE, timeout=100)
    rig.slow_periods(90)
    rig.write(CNT, 0xA602)
    rig.write(CNT, 0xB480)
    rig.slow_periods(90)
    assert rig.resets == []
    rig.write(CNT, 0xC520)
    rig.write(CNT, 0xD928)
    assert rig.read(CS) & ULK
    rig.write(CNT, 0x1111)
    assert len(rig.resets) == 1


def test_registers_are_fixed_without_an_unlock(rig):
    rig.write(TOVAL, 5)
    rig.write(CS, EN | LPO | CMD32EN)
    assert rig.read(TOVAL) == 0x400
    assert not rig.read(CS) & EN


def test_the_unlock_ends_after_128_bus_clocks(rig):
    rig.write(CNT, UNLOCK)
    rig.pass_time(128 * 600 // 132)
    assert rig.read(CS) & ULK
    rig.pass_time(1)
    assert not rig.read(CS) & ULK
    rig.write(TOVAL, 5)
    assert rig.read(TOVAL) == 0x400


def test_a_new_configuration_is_confirmed_and_locks_again(rig):
    rig.write(CNT, UNLOCK)
    assert rig.read(CS) & (ULK | RCS) == ULK
    rig.write(CS, LPO | CMD32EN | UPDATE)
    assert rig.read(CS) & (ULK | RCS) == RCS


def test_without_update_it_cannot_be_changed_any_more(rig):
    rig.configure(EN | LPO | CMD32EN)
    rig.write(CNT, UNLOCK)
    rig.write(CS, LPO | CMD32EN)
    assert rig.read(CS) & EN


def test_sdk_system_init_switches_it_off(rig):
    rig.configure(EN | LPO | CMD32EN | UPDATE)
    rig.write(CNT, 0xD928C520)
    rig.write(TOVAL, 0xFFFF)
    rig.write(CS, rig.read(CS) & ~EN | UPDATE)
    assert rig.read(TOVAL) == 0xFFFF
    rig.slow_periods(100_000)
    assert rig.resets == []


def test_a_refresh_before_the_window_opens_bites(rig):
    rig.configure(EN | LPO | CMD32EN | WINDOW, timeout=100, window=50)
    rig.slow_periods(50)
    rig.write(CNT, REFRESH)  # it has just opened
    assert rig.resets == []
    rig.slow_periods(49)
    rig.write(CNT, REFRESH)
    assert rig.bitten_at == [99.0]


def test_the_interrupt_comes_128_bus_clocks_before_the_bite(rig):
    rig.configure(EN | LPO | CMD32EN | INT, timeout=100)
    rig.slow_periods(100)
    assert rig.irq is True
    assert rig.read(CS) & FLG
    rig.pass_time(128 * 600 // 132)
    assert rig.resets == []
    rig.pass_time(1)
    assert len(rig.resets) == 1


def test_the_flag_is_cleared_without_an_unlock(rig):
    rig.configure(EN | LPO | CMD32EN | INT, timeout=100)
    rig.slow_periods(100)
    rig.write(CS, rig.read(CS) | FLG)
    assert not rig.read(CS) & FLG
    assert rig.irq is False


def test_reset_switches_it_off(rig):
    rig.configure(EN | LPO | CMD32EN, timeout=100)
    rig.block.reset(False)
    rig.slow_periods(1000)
    assert rig.resets == []
    assert rig.read(TOVAL) == 0x400


@pytest.mark.parametrize(("mode", "shown", "periods"), [(2, 0xCD, 0xCD), (3, 0xAB00, 0xAB)])
def test_one_byte_of_the_counter_can_be_tested(rig, mode, shown, periods):
    rig.configure(EN | LPO | CMD32EN | INT | mode << 3, timeout=0xABCD)
    rig.slow_periods(periods)
    assert rig.read(CNT) == shown
    rig.slow_periods(1)
    assert len(rig.resets) == 1
    rig.block.reset(False)
    assert rig.read(CS) >> 3 & 3 == mode  # says so after the reset
    rig.block.reset(True)
    assert rig.read(CS) >> 3 & 3 == 0


def test_slow_clocks_do_not_change_the_32_khz_time_out(rig):
    rig.configure(EN | LPO | CMD32EN, timeout=100)
    rig.slow_periods(50)
    rig.write_ccm(0x14, rig.clocks.ccm.read(0x14) | 7 << 10)
    rig.slow_periods(100)
    assert rig.bitten_at == [100.0]
