"""LCDIF: soft reset and the end of frames, which display drivers wait for."""

import pytest

from rt1062.blocks.lcdif import FRAME, Lcdif
from tests.rt1062.blocks.rig import Rig

CTRL, CTRL_SET, CTRL_CLR = 0x00, 0x04, 0x08
CTRL1, CTRL1_SET, CTRL1_CLR = 0x10, 0x14, 0x18
CUR_BUF, NEXT_BUF = 0x40, 0x50
RUN, CLKGATE, SFTRST = 1, 1 << 30, 1 << 31
VSYNC_EDGE, FRAME_DONE, UNDERFLOW, OVERFLOW = 1 << 8, 1 << 9, 1 << 10, 1 << 11
FRAME_DONE_EN = 1 << 13


class LcdifRig(Rig):
    def __init__(self):
        super().__init__()
        self.hold(Lcdif(self.scheduler, self.line()))


@pytest.fixture
def rig():
    rig = LcdifRig()
    rig.write(CTRL_CLR, SFTRST)
    rig.write(CTRL_CLR, CLKGATE)
    return rig


def test_it_comes_out_of_reset_gated():
    assert LcdifRig().read(CTRL) == SFTRST | CLKGATE


def test_soft_reset_gates_the_clock_and_clears_the_registers(rig):
    rig.write(NEXT_BUF, 0x8000_0000)
    rig.write(CTRL_SET, SFTRST)
    assert rig.read(CTRL) == SFTRST | CLKGATE
    assert rig.read(NEXT_BUF) == 0


def test_frames_end_while_it_runs(rig):
    rig.write(CTRL1_SET, FRAME_DONE_EN)
    rig.write(NEXT_BUF, 0x8000_0000)
    rig.write(CTRL_SET, RUN)
    assert rig.block.next_event_time() == rig.now + FRAME
    rig.pass_time(FRAME - 1)
    assert not rig.read(CTRL1) & FRAME_DONE
    rig.pass_time(1)
    assert rig.irq
    assert rig.read(CUR_BUF) == 0x8000_0000
    rig.write(CTRL1_CLR, FRAME_DONE)
    assert not rig.irq
    rig.pass_time(FRAME)
    assert rig.irq


def test_the_end_of_a_frame_is_a_vertical_synchronisation(rig):
    rig.write(CTRL_SET, RUN)
    rig.pass_time(FRAME)
    assert rig.read(CTRL1) & 0xF00 == VSYNC_EDGE | FRAME_DONE


def test_it_stops(rig):
    rig.write(CTRL_SET, RUN)
    rig.write(CTRL_CLR, RUN)
    rig.pass_time(10 * FRAME)
    assert not rig.read(CTRL1) & FRAME_DONE


def test_a_gated_clock_or_a_reset_stops_it_and_it_goes_on_afterwards(rig):
    rig.write(CTRL_SET, RUN)
    rig.write(CTRL_SET, CLKGATE)
    rig.pass_time(10 * FRAME)
    assert not rig.read(CTRL1) & FRAME_DONE
    rig.write(CTRL_CLR, CLKGATE)
    rig.pass_time(FRAME)
    assert rig.read(CTRL1) & FRAME_DONE
    rig.write(CTRL_SET, SFTRST)
    rig.write(CTRL, SFTRST | RUN)
    rig.pass_time(10 * FRAME)
    assert not rig.read(CTRL1) & FRAME_DONE


def test_no_interrupt_that_is_not_enabled(rig):
    rig.write(CTRL_SET, RUN)
    rig.pass_time(FRAME)
    assert rig.read(CTRL1) & FRAME_DONE
    assert rig.edges == []


@pytest.mark.parametrize("flag", [VSYNC_EDGE, FRAME_DONE, UNDERFLOW, OVERFLOW])
def test_each_flag_has_its_own_enable_four_bits_above(rig, flag):
    rig.write(CTRL1_SET, flag)
    rig.write(CTRL1_SET, 0xF000 & ~(flag << 4))
    assert not rig.irq
    rig.write(CTRL1_SET, flag << 4)
    assert rig.irq
    rig.block.reset()
    assert not rig.irq
