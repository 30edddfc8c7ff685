"""IOMUXC_GPR: the FlexRAM split as start-up code of different people sets it."""

import pytest

from rt1062.blocks.iomuxc_gpr import IomuxcGpr, IomuxcSnvsGpr
from rt1062.chip.memory_map import FLEXRAM_FUSE_DEFAULT

GPR1, GPR4, GPR14, GPR16, GPR17, GPR26, GPR29 = 0x04, 0x10, 0x38, 0x40, 0x44, 0x68, 0x74
KIB = 1024


@pytest.fixture
def splits():
    return []


@pytest.fixture
def gpr(splits):
    gpr = IomuxcGpr(on_flexram=lambda *split: splits.append(split))
    assert splits == [(FLEXRAM_FUSE_DEFAULT, 512 * KIB, 512 * KIB)]
    return gpr


def test_teensy_start_up(gpr, splits):
    gpr.write(GPR17, 4, 0xAAAAAAFF)
    gpr.write(GPR16, 4, 0x00200007)
    gpr.write(GPR14, 4, 0x00AA0000)
    assert splits[1:] == [(0xAAAAAAFF, 512 * KIB, 512 * KIB)]
    assert gpr.read(GPR16) == 0x00200007


def test_the_fuses_count_until_gpr16_selects_gpr17(gpr, splits):
    gpr.write(GPR17, 4, 0xAAAAAAAA)
    assert gpr.flexram[0] == FLEXRAM_FUSE_DEFAULT
    gpr.write(GPR16, 4, gpr.read(GPR16) | 4)
    assert splits[-1][0] == 0xAAAAAAAA
    gpr.write(GPR17, 4, 0xFFFFFFFF)
    assert splits[-1][0] == 0xFFFFFFFF


@pytest.mark.parametrize(
    ("code", "size"), [(0, 0), (3, 4 * KIB), (6, 32 * KIB), (8, 128 * KIB), (0xA, 512 * KIB)]
)
def test_windows_are_as_large_as_gpr14_says(gpr, code, size):
    gpr.write(GPR14, 4, code << 16 | 0xA << 20)
    assert gpr.flexram[1:] == (size, 512 * KIB)
    gpr.write(GPR14, 4, code << 20 | 0xA << 16)
    assert gpr.flexram[1:] == (512 * KIB, size)


@pytest.mark.parametrize(("gpr16", "windows"), [(2, (0, 512 * KIB)), (1, (512 * KIB, 0))])
def test_a_tcm_that_is_off_has_no_window(gpr, splits, gpr16, windows):
    gpr.write(GPR16, 4, gpr16)
    assert splits[-1][1:] == windows


def test_an_unchanged_split_is_not_told_again(gpr, splits):
    gpr.write(GPR14, 4, gpr.read(GPR14))
    gpr.write(GPR17, 4, 0x12345678)
    assert len(splits) == 1


def test_reset_goes_back_to_the_fuses(gpr, splits):
    gpr.write(GPR17, 4, 0xAAAAAAFF)
    gpr.write(GPR16, 4, 7)
    gpr.reset(False)
    assert splits[-1] == (FLEXRAM_FUSE_DEFAULT, 512 * KIB, 512 * KIB)


def test_gpio_ports_are_chosen_pin_by_pin():
    told = []
    gpr = IomuxcGpr(on_gpio_select=lambda port, mask: told.append((port, mask)))
    told.clear()
    gpr.write(GPR26, 4, 0xFFFFFFFF)
    gpr.write(GPR29, 4, 0x8)
    assert told == [(1, 0xFFFFFFFF), (4, 0x8)]
    assert gpr.read(GPR26) == 0xFFFFFFFF


def test_gint_raises_the_interrupt():
    levels = []
    gpr = IomuxcGpr(irq=levels.append)
    gpr.write(GPR1, 4, 1 << 12)
    gpr.write(GPR1, 4, 0)
    assert levels[-2:] == [True, False]


def test_what_is_asked_to_stop_has_stopped():
    gpr = IomuxcGpr()
    gpr.write(0x0C, 4, 0)
    for register, request, acknowledged in (
        (0x0C, 15, 31),
        (GPR4, 11, 27),
        (0x1C, 0, 16),
        (0x34, 4, 20),
    ):
        before = gpr.read(register)
        gpr.write(register, 4, before | 1 << request)
        assert gpr.read(register) == before | 1 << request | 1 << acknowledged


def test_the_snvs_domain_says_that_the_supply_is_good():
    assert IomuxcSnvsGpr().read(0x0C) == 1 << 19
