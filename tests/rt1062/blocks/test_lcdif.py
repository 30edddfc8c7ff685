"""LCDIF: soft reset and the end of frames, which display drivers wait for."""

import pytest

from rt1062.blocks.lcdif import FRAME, Lcdif
from rt1062.scheduler import Scheduler

CTRL, CTRL_SET, CTRL_CLR = 0x00, 0x04, 0x08
CTRL1, CTRL1_SET, CTRL1_CLR = 0x10, 0x14, 0x18
CUR_BUF, NEXT_BUF = 0x40, 0x50
RUN, CLKGATE, SFTRST = 1, 1 << 30, 1 << 31
FRAME_DONE, FRAME_DONE_EN = 1 << 9, 1 << 13


class Bench:
    def __init__(self):
        self.scheduler = Scheduler()
        self.irq = []
        self.lcdif = Lcdif(self.scheduler, self.irq.append)
        self.read = self.lcdif.read

    def write(self, offset, value):
        self.lcdif.write(offset, 4, value)


@pytest.fixture
def bench():
    bench = Bench()
    bench.write(CTRL_CLR, SFTRST)
    bench.write(CTRL_CLR, CLKGATE)
    return bench


def test_it_comes_out_of_reset_gated():
    assert Bench().read(CTRL) == SFTRST | CLKGATE


def test_soft_reset_gates_the_clock_and_clears_the_registers(bench):
    bench.write(NEXT_BUF, 0x8000_0000)
    bench.write(CTRL_SET, SFTRST)
    assert bench.read(CTRL) == SFTRST | CLKGATE
    assert bench.read(NEXT_BUF) == 0


def test_frames_end_while_it_runs(bench):
    bench.write(CTRL1_SET, FRAME_DONE_EN)
    bench.write(NEXT_BUF, 0x8000_0000)
    bench.write(CTRL_SET, RUN)
    bench.scheduler.advance(FRAME - 1)
    assert not bench.read(CTRL1) & FRAME_DONE
    bench.scheduler.advance(1)
    assert bench.irq[-1]
    assert bench.read(CUR_BUF) == 0x8000_0000
    bench.write(CTRL1_CLR, FRAME_DONE)
    assert not bench.irq[-1]
    bench.scheduler.advance(FRAME)
    assert bench.irq[-1]


def test_it_stops(bench):
    bench.write(CTRL_SET, RUN)
    bench.write(CTRL_CLR, RUN)
    bench.scheduler.advance(10 * FRAME)
    assert not bench.read(CTRL1) & FRAME_DONE


def test_no_interrupt_that_is_not_enabled(bench):
    bench.write(CTRL_SET, RUN)
    bench.scheduler.advance(FRAME)
    assert bench.read(CTRL1) & FRAME_DONE
    assert not any(bench.irq)
