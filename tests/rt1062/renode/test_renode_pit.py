"""PIT on Renode: the C# model beside its Python twin."""

from types import SimpleNamespace

import pytest

from rt1062.blocks.pit import Pit
from tests.rt1062.renode.twins import Clocks, Twins

pytest_plugins = "tests.rt1062.renode.fixtures"


MCR, LTMR64H, LTMR64L = 0x00, 0xE0, 0xE4


def channel(index: int) -> SimpleNamespace:
    base = 0x100 + 0x10 * index
    return SimpleNamespace(LDVAL=base, CVAL=base + 4, TCTRL=base + 8, TFLG=base + 12)


@pytest.fixture
def pit(shell):
    def make(twins):
        return Pit(twins.scheduler, Clocks(), twins.line("IRQ"))

    return Twins(shell, "Rt1062.Pit", make, frequency=24_000_000)


def test_pit_after_reset(pit) -> None:
    for offset in (MCR, LTMR64H, LTMR64L):
        pit.read(offset)
    for index in range(4):
        for offset in vars(channel(index)).values():
            pit.read(offset)


def test_pit_interrupts_periodically(pit) -> None:
    one = channel(2)
    pit.write(MCR, 0)
    pit.write(one.LDVAL, 24_000 - 1)
    pit.write(one.TCTRL, 3)
    for _ in range(3):
        pit.wait_us(998)
        pit.read(one.CVAL)
        pit.compare_lines()
        assert not pit.lines["IRQ"]
        pit.wait_us(2)
        assert pit.read(one.TFLG) == 1
        pit.compare_lines()
        assert pit.lines["IRQ"]
        pit.write(one.TFLG, 1)
        pit.read(one.TFLG)
        pit.compare_lines()


def test_pit_load_value_counts_from_the_next_expiry(pit) -> None:
    one = channel(0)
    pit.write(MCR, 0)
    pit.write(one.LDVAL, 2_400 - 1)
    pit.write(one.TCTRL, 1)
    pit.wait_us(50)
    pit.write(one.LDVAL, 24_000 - 1)
    pit.wait_us(50)
    pit.read(one.TFLG)
    pit.write(one.TFLG, 1)
    pit.wait_us(900)
    pit.read(one.TFLG)
    pit.wait_us(101)
    assert pit.read(one.TFLG) == 1


def test_pit_stands_still_while_the_module_is_off(pit) -> None:
    one = channel(1)
    pit.write(one.LDVAL, 24_000)
    pit.write(one.TCTRL, 1)
    pit.wait_us(100)
    pit.read(one.CVAL)
    pit.write(MCR, 0)
    pit.wait_us(100)
    pit.read(one.CVAL)
    pit.write(MCR, 2)
    pit.wait_us(100)
    pit.read(one.CVAL)
    pit.reset()
    pit.read(one.CVAL)
    pit.read(one.TCTRL)


def test_pit_chained_channels(pit) -> None:
    low, high = channel(0), channel(1)
    pit.write(MCR, 0)
    pit.write(low.LDVAL, 24 - 1)
    pit.write(high.LDVAL, 2)
    pit.write(high.TCTRL, 7)
    pit.write(low.TCTRL, 1)
    for _ in range(8):
        pit.wait_us(1)
        for one in (low, high):
            pit.read(one.CVAL)
            pit.read(one.TFLG)
        pit.compare_lines()
        pit.write(high.TFLG, 1)


def test_pit_lifetime_timer(pit) -> None:
    pit.write(MCR, 0)
    pit.write(channel(0).LDVAL, 0xFFFF_FFFF)
    pit.write(channel(1).LDVAL, 0xFFFF_FFFF)
    pit.write(channel(1).TCTRL, 5)
    pit.write(channel(0).TCTRL, 1)
    pit.wait_us(1000)
    pit.read(LTMR64H)
    assert 0xFFFF_FFFF - pit.read(LTMR64L) == 24_000
