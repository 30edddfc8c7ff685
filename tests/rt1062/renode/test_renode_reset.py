"""SRC and the watchdogs on a real Renode, WDOG's registers beside its Python twin's."""

import pytest

from rt1062.blocks.wdog import Wdog
from tests.rt1062.renode.twins import Twins

pytest_plugins = "tests.rt1062.renode.fixtures"

SCR, SRSR, GPR1 = 0x00, 0x08, 0x20
POWER_ON, SYSTEM, PIN, WATCHDOG = 1 << 0, 1 << 1, 1 << 3, 1 << 4
WCR, WSR, WRSR, WICR, WMCR = range(0, 10, 2)


def test_causes_add_up_until_they_are_cleared(chip) -> None:
    assert chip.read("src", SRSR) == POWER_ON
    chip.write("src", GPR1, 0x1234)
    chip.reset()
    assert chip.read("src", SRSR) == POWER_ON | SYSTEM
    chip.machine.reset()
    assert chip.read("src", SRSR) == POWER_ON | SYSTEM | PIN
    chip.write("src", SRSR, POWER_ON | SYSTEM)
    assert (chip.read("src", SRSR), chip.read("src", GPR1)) == (PIN, 0x1234)


@pytest.fixture
def wdog(chip):
    def make(twins):
        return Wdog(twins.scheduler, twins.line("IRQ"), lambda: None)

    chip.write("src", SRSR, POWER_ON)
    return Twins(chip, "wdog1", make, width=16)


def bitten(wdog: Twins) -> bool:
    return wdog.chip.read("src", SRSR) == WATCHDOG


def test_wdog_after_reset(wdog) -> None:
    for offset in (WCR, WSR, WRSR, WICR, WMCR):
        wdog.read(offset)


@pytest.mark.parametrize("half_seconds", [1, 2, 6, 256])
def test_wdog_bites_when_its_time_is_over(wdog, half_seconds) -> None:
    wdog.write(WCR, (half_seconds - 1) << 8 | 0x34)
    wdog.chip.wait_us(half_seconds * 500_000 - 1)
    assert not bitten(wdog)
    wdog.chip.wait_us(2)
    assert bitten(wdog)
    assert wdog.chip.read("wdog1", WRSR, 16) == 2
    wdog.chip.wait_us(1_000_000)
    assert bitten(wdog)  # off again, and silent


def test_src_may_keep_a_watchdog_from_the_chip(wdog) -> None:
    wdog.chip.write("src", SCR, 0xA048_02A0)
    wdog.write(WCR, 0x34)
    wdog.chip.wait_us(600_000)
    assert wdog.chip.read("src", SRSR) == 0


def test_wdog_is_served_by_both_words_in_order(wdog) -> None:
    wdog.write(WCR, 0x134)
    for words in ((0x5555, 0xAAAA), (0x5555, 0xAAAA)):
        wdog.wait_us(900_000)
        for word in words:
            wdog.write(WSR, word)
            wdog.read(WSR)
    assert not bitten(wdog)
    wdog.wait_us(900_000)
    wdog.chip.write("wdog1", WSR, 0xAAAA, 16)
    wdog.wait_us(200_000)
    assert bitten(wdog)


def test_wdog_cannot_be_switched_off(wdog) -> None:
    wdog.write(WCR, 0x0035)
    wdog.read(WCR)
    wdog.write(WCR, 0x00F0)
    assert wdog.read(WCR) & 4


def test_wdog_resets_when_the_slow_clock_sees_srs_clear(wdog) -> None:
    chip = wdog.chip
    chip.write("wdog1", WCR, 0x0020, 16)
    chip.write("wdog1", WCR, 0x0030, 16)
    chip.wait_us(100)
    assert not bitten(wdog)
    chip.write("wdog1", WCR, 0x0020, 16)
    chip.wait_us(29)
    assert not bitten(wdog)
    chip.wait_us(2)
    assert bitten(wdog)
    assert chip.read("wdog1", WRSR, 16) == 1


def test_wdog_warns_before_it_bites(wdog) -> None:
    wdog.write(WICR, 0x8002)
    wdog.write(WCR, 0x0334)
    wdog.read(WICR)
    wdog.wait_us(999_999)
    wdog.compare_lines()
    wdog.wait_us(2)
    wdog.compare_lines()
    assert wdog.lines["IRQ"]
    wdog.read(WICR)
    wdog.write(WICR, 0x4000)
    wdog.read(WICR)
    wdog.compare_lines()
    wdog.chip.wait_us(1_000_000)
    assert bitten(wdog)
