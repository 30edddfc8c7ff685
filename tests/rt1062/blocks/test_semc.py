"""SEMC: the SDRAM of the EVK, brought up in the steps of the SDK's device configuration data."""

import pytest

from rt1062.blocks.semc import Semc

MCR, BR0, INTEN, INTR, SDRAMCR0, IPCR0, IPCMD, IPTXDAT, STS0 = (
    0x00,
    0x10,
    0x38,
    0x3C,
    0x40,
    0x90,
    0x9C,
    0xA0,
    0xC0,
)
PRECHARGE_ALL, AUTO_REFRESH, MODE_SET = 0xA55A000F, 0xA55A000C, 0xA55A000A


class Bench:
    def __init__(self):
        self.windows, self.level = [], False
        self.semc = Semc(lambda base, size: self.windows.append((base, size)), self.line)

    def line(self, level):
        self.level = level

    def command(self, command):
        self.semc.write(IPCR0, 4, 0x80000000)
        self.semc.write(IPCMD, 4, command)
        assert self.semc.read(INTR) & 1
        self.semc.write(INTR, 4, 3)

    def start(self):
        self.semc.write(MCR, 4, 0x10000004)
        self.semc.write(BR0, 4, 0x8000001B)
        self.semc.write(SDRAMCR0, 4, 0xF31)
        for command in (PRECHARGE_ALL, AUTO_REFRESH, AUTO_REFRESH):
            self.command(command)
        self.semc.write(IPTXDAT, 4, 0x33)
        self.command(MODE_SET)


@pytest.fixture
def bench():
    return Bench()


def test_the_sdram_is_there_once_its_mode_is_set(bench):
    bench.start()
    assert bench.windows == [(0x80000000, 32 << 20)]
    assert bench.semc.read(STS0) == 1


def test_it_goes_away_with_the_module_and_at_reset(bench):
    bench.start()
    bench.semc.write(MCR, 4, 0x10000006)
    bench.semc.write(MCR, 4, 0x10000004)
    bench.semc.reset(False)
    assert bench.windows == [(0x80000000, 32 << 20), (0, 0), (0x80000000, 32 << 20), (0, 0)]


def test_it_is_not_there_without_a_valid_region_or_before_its_mode_is_set(bench):
    bench.semc.write(MCR, 4, 0x10000004)
    bench.semc.write(BR0, 4, 0x8000001A)
    bench.command(AUTO_REFRESH)
    bench.command(MODE_SET)
    assert bench.windows == []
    bench.semc.write(BR0, 4, 0x8000001B)
    assert bench.windows == [(0x80000000, 32 << 20)]


def test_refreshing_is_not_enough(bench):
    bench.semc.write(MCR, 4, 0x10000004)
    bench.semc.write(BR0, 4, 0x8000001B)
    bench.command(AUTO_REFRESH)
    assert bench.windows == []


def test_a_command_needs_the_key_and_the_module(bench):
    bench.semc.write(MCR, 4, 0x10000004)
    bench.semc.write(IPCMD, 4, 0x0000000F)
    assert bench.semc.read(INTR) == 0
    bench.semc.write(MCR, 4, 0x10000006)
    bench.semc.write(IPCMD, 4, PRECHARGE_ALL)
    assert bench.semc.read(INTR) == 0


def test_an_unknown_command_is_an_error(bench):
    bench.semc.write(MCR, 4, 0x10000004)
    for command in (0xA55A0007, 0xA55A0010):
        bench.semc.write(IPCMD, 4, command)
        assert bench.semc.read(INTR) == 3
        bench.semc.write(INTR, 4, 3)


def test_the_end_of_a_command_can_interrupt(bench):
    bench.semc.write(MCR, 4, 0x10000004)
    bench.semc.write(INTEN, 4, 1)
    bench.semc.write(IPCMD, 4, PRECHARGE_ALL)
    assert bench.level
    bench.semc.write(INTR, 4, 1)
    assert not bench.level


def test_software_reset_clears_itself(bench):
    bench.semc.write(MCR, 4, 0x10000005)
    assert bench.semc.read(MCR) == 0x10000004
