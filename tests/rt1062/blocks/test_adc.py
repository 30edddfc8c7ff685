"""ADC1 and ADC2: software-triggered conversions, flags, calibration."""

import pytest

from rt1062.blocks.adc import Adc
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.scheduler import Scheduler

HC0, HC1, HS, R0, R1, CFG, GC, GS, OFS = 0x00, 0x04, 0x20, 0x24, 0x28, 0x44, 0x48, 0x4C, 0x54
AIEN, ADCO, CAL, AVGE = 1 << 7, 1 << 6, 1 << 7, 1 << 5
TWELVE_BITS, BUS_HZ = 2 << 2, 150_000_000


class Bench:
    def __init__(self):
        self.scheduler = Scheduler()
        self.levels = {}
        self.irq = []
        self.adc = Adc(
            self.scheduler, lambda: BUS_HZ, self.irq.append, lambda c: self.levels.get(c, 0.0)
        )
        self.read = self.adc.read

    def write(self, offset, value):
        self.adc.write(offset, 4, value)

    def wait(self, microseconds):
        self.scheduler.advance(round(microseconds * TICKS_PER_MICROSECOND))


@pytest.fixture
def bench():
    return Bench()


def test_reset_values(bench):
    assert [bench.read(offset) for offset in (HC0, HS, R0, CFG, GC)] == [0x1F, 0, 0, 0x200, 0]


@pytest.mark.parametrize(("mode", "result"), [(0, 0x80), (1, 0x200), (2, 0x800)])
def test_a_conversion_takes_time_and_sets_its_flag(bench, mode, result):
    bench.levels[7] = 0.5001
    bench.write(CFG, mode << 2 | 2 << 8)
    bench.write(HC0, 7)
    assert bench.read(HS) == 0
    assert bench.read(GS) & 1
    assert bench.adc.next_event_time() > bench.scheduler.now
    bench.wait(1)
    assert bench.read(HS) == 1
    assert bench.read(R0) == result
    assert bench.read(HS) == 0  # cleared by reading the result


def test_time_of_a_12_bit_conversion(bench):
    # Adder 4 clocks and 2 bus clocks, 25 for 12 bits, 7 for the sample, at IPG / 2 / 4.
    bench.write(CFG, TWELVE_BITS | 1 | 2 << 5 | 2 << 8)
    bench.write(HC0, 3)
    microseconds = (4 + 25 + 7) / (BUS_HZ / 8) * 1e6 + 2 / BUS_HZ * 1e6
    bench.wait(microseconds - 0.02)
    assert bench.read(HS) == 0
    bench.wait(0.04)
    assert bench.read(HS) == 1


def test_averaging_takes_as_many_conversions(bench):
    bench.write(CFG, TWELVE_BITS | 2 << 8 | 3 << 14)
    bench.write(GC, AVGE)
    bench.write(HC0, 3)
    bench.wait(32 * 32 / (BUS_HZ / 1e6) - 0.1)
    assert bench.read(HS) == 0
    bench.wait(0.3)
    assert bench.read(HS) == 1


def test_continuous_conversions_follow_the_input(bench):
    bench.write(CFG, TWELVE_BITS)
    bench.write(GC, ADCO)
    bench.write(HC0, 1)
    bench.wait(1)
    assert bench.read(R0) == 0
    bench.levels[1] = 1.0
    bench.wait(1)
    assert bench.read(R0) == 0xFFF
    bench.write(HC0, 0x1F)
    bench.wait(1)
    assert bench.read(HS) == 0


def test_interrupt_while_a_result_waits(bench):
    bench.write(HC0, AIEN | 2)
    bench.wait(1)
    assert bench.irq[-1]
    bench.read(R0)
    assert not bench.irq[-1]


def test_channel_31_and_a_hardware_trigger_start_nothing(bench):
    bench.write(HC0, 0x1F)
    bench.write(HC1, 2)
    bench.write(CFG, 1 << 13)
    bench.write(HC0, 2)
    bench.wait(100)
    assert bench.read(HS) == 0


def test_reference_reads_full_scale_and_the_offset_is_applied(bench):
    bench.write(CFG, TWELVE_BITS)
    bench.write(OFS, 1 << 12 | 5)
    bench.write(HC0, 0x19)
    bench.wait(1)
    assert bench.read(R0) == 4090


def test_calibration_ends_by_itself_without_a_failure(bench):
    bench.write(GC, CAL)
    assert bench.read(GC) & CAL
    bench.wait(500)
    assert not bench.read(GC) & CAL
    assert not bench.read(GS) & 2


def test_reset_ends_a_conversion(bench):
    bench.write(HC0, 2)
    bench.adc.reset()
    bench.wait(100)
    assert bench.read(HS) == 0
