"""IOMUXC_GPR: the FlexRAM split as start-up code of different people sets it."""

import pytest

from rt1062.blocks.iomuxc_gpr import IomuxcGpr, IomuxcSnvsGpr
from rt1062.chip.memory_map import FLEXRAM_FUSE_DEFAULT
from tests.rt1062.blocks.rig import Rig

GPR1, GPR4, GPR14, GPR16, GPR17, GPR26, GPR29 = 0x04, 0x10, 0x38, 0x40, 0x44, 0x68, 0x74
KIB = 1024


class GprRig(Rig):
    def __init__(self):
        super().__init__()
        self.splits, self.selects = [], []
        self.hold(
            IomuxcGpr(
                self.line(),
                on_flexram=lambda *split: self.splits.append(split),
                on_gpio_select=lambda *choice: self.selects.append(choice),
            )
        )


@pytest.fixture
def rig():
    return GprRig()


@pytest.fixture
def gpr(rig):
    assert rig.splits == [(FLEXRAM_FUSE_DEFAULT, 512 * KIB, 512 * KIB)]
    return rig.block


@pytest.fixture
def splits(rig):
    return rig.splits


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


def test_gpio_ports_are_chosen_pin_by_pin(rig):
    assert rig.selects == [(port, 0) for port in range(1, 5)]
    rig.selects.clear()
    rig.write(GPR26, 0xFFFFFFFF)
    rig.write(GPR29, 0x8)
    assert rig.selects == [(1, 0xFFFFFFFF), (4, 0x8)]
    assert rig.read(GPR26) == 0xFFFFFFFF
    rig.write(GPR26 + 4, 2)
    rig.write(GPR26 + 8, 3)
    assert [rig.block.fast_pins(port) for port in range(1, 5)] == [0xFFFFFFFF, 2, 3, 8]


def test_gint_raises_the_interrupt(rig):
    rig.write(GPR1, ~(1 << 12) & 0xFFFFFFFF)
    assert not rig.irq
    rig.write(GPR1, 1 << 12)
    assert rig.irq
    rig.write(GPR1, 0)
    assert not rig.irq
    rig.write(GPR1, 1 << 12)
    rig.block.reset()
    assert not rig.irq


@pytest.mark.parametrize(
    ("register", "requests", "others"),
    [(0x0C, [15], 0xF1F), (GPR4, range(16), 0), (0x1C, range(16), 0), (0x34, [4], 0x2083)],
)
def test_what_is_asked_to_stop_has_stopped(rig, register, requests, others):
    for request in requests:
        rig.write(register, others | 1 << request)
        assert rig.read(register) == others | 1 << request | 1 << request + 16
        rig.write(register, others | 1 << request + 16)  # an acknowledge bit is only read
        assert rig.read(register) == others


def test_the_snvs_domain_says_that_the_supply_is_good():
    assert IomuxcSnvsGpr().read(0x0C) == 1 << 19
