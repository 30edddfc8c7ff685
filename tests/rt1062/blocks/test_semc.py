"""SEMC: the SDRAM of the EVK, brought up in the steps of the SDK's device configuration data."""

import pytest

from rt1062.blocks.semc import Semc
from tests.rt1062.blocks.rig import Rig

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


class SemcRig(Rig):
    def __init__(self):
        super().__init__()
        self.windows = []
        self.hold(Semc(self.line(), lambda base, size: self.windows.append((base, size))))

    def command(self, command):
        self.write(IPCR0, 0x80000000)
        self.write(IPCMD, command)
        assert self.read(INTR) & 1
        self.write(INTR, 3)

    def start(self):
        self.write(MCR, 0x10000004)
        self.write(BR0, 0x8000001B)
        self.write(SDRAMCR0, 0xF31)
        for command in (PRECHARGE_ALL, AUTO_REFRESH, AUTO_REFRESH):
            self.command(command)
        self.write(IPTXDAT, 0x33)
        self.command(MODE_SET)


@pytest.fixture
def rig():
    return SemcRig()


def test_the_sdram_is_there_once_its_mode_is_set(rig):
    rig.start()
    assert rig.windows == [(0x80000000, 32 << 20)]
    assert rig.read(STS0) == 1


def test_it_goes_away_with_the_module_and_at_reset(rig):
    rig.start()
    rig.write(MCR, 0x10000006)
    rig.write(MCR, 0x10000004)
    rig.block.reset(False)
    assert rig.windows == [(0x80000000, 32 << 20), (0, 0), (0x80000000, 32 << 20), (0, 0)]


def test_it_is_not_there_without_a_valid_region_or_before_its_mode_is_set(rig):
    rig.write(MCR, 0x10000004)
    rig.write(BR0, 0x8000001A)
    rig.command(AUTO_REFRESH)
    rig.command(MODE_SET)
    assert rig.windows == []
    rig.write(BR0, 0x8000001B)
    assert rig.windows == [(0x80000000, 32 << 20)]


def test_refreshing_is_not_enough(rig):
    rig.write(MCR, 0x10000004)
    rig.write(BR0, 0x8000001B)
    rig.command(AUTO_REFRESH)
    assert rig.windows == []


def test_a_command_needs_the_key_and_the_module(rig):
    rig.write(MCR, 0x10000004)
    rig.write(IPCMD, 0x0000000F)
    assert rig.read(INTR) == 0
    rig.write(MCR, 0x10000006)
    rig.write(IPCMD, PRECHARGE_ALL)
    assert rig.read(INTR) == 0


def test_an_unknown_command_is_an_error(rig):
    rig.write(MCR, 0x10000004)
    for command in (0xA55A0007, 0xA55A0010):
        rig.write(IPCMD, command)
        assert rig.read(INTR) == 3
        rig.write(INTR, 3)


def test_the_end_of_a_command_can_interrupt(rig):
    rig.write(MCR, 0x10000004)
    rig.write(INTEN, 1)
    rig.write(IPCMD, PRECHARGE_ALL)
    assert rig.irq
    rig.write(INTR, 1)
    assert not rig.irq


def test_software_reset_clears_itself(rig):
    rig.write(MCR, 0x10000005)
    assert rig.read(MCR) == 0x10000004


@pytest.mark.parametrize(("size", "mebibytes"), [(0x0D, 32), (0x0E, 64), (0x08, 1)])
def test_a_region_is_as_large_and_where_it_says(rig, size, mebibytes):
    rig.start()
    rig.write(BR0, 0x90000001 | size << 1)
    assert rig.windows[-1] == (0x90000000, mebibytes << 20)


def test_an_interrupt_needs_its_own_enable(rig):
    rig.write(MCR, 0x10000004)
    rig.write(INTEN, 2)
    rig.write(IPCMD, PRECHARGE_ALL)
    assert not rig.irq
    rig.write(IPCMD, 0xA55A0007)
    assert rig.irq
    rig.write(INTR, 2)
    assert (rig.irq, rig.read(INTR)) == (False, 1)


def test_a_software_reset_takes_the_interrupt_back_and_leaves_the_sdram(rig):
    rig.start()
    rig.write(INTEN, 1)
    rig.write(IPCMD, PRECHARGE_ALL)
    rig.write(MCR, 0x10000005)
    assert (rig.irq, rig.read(INTR)) == (False, 0)
    assert rig.windows == [(0x80000000, 32 << 20)]


def test_an_address_is_of_the_memory_whose_region_holds_it(rig):
    rig.start()
    rig.write(0x24, 0x9000_0019)  # BR5: 16 MB from 0x90000000, MS 12, valid
    assert rig.block.window_at(0x8000_0000) == "SDRAM (BR0)"
    assert rig.block.window_at(0x9000_0000) == rig.block.window_at(0x90FF_FFFF) == "NOR (BR5)"
    assert rig.block.window_at(0x9100_0000) == rig.block.window_at(0x9800_0000) == ""
    rig.write(0x24, 0x9000_0018)  # not valid
    assert rig.block.window_at(0x9000_0000) == ""
    rig.write(MCR, 2)  # the module is off
    assert rig.block.window_at(0x8000_0000) == ""
