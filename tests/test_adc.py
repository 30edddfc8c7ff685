"""ADC: analogRead of the Teensy core, calibration, interrupt."""

import pytest

from sim.peripherals.adc import CALIBRATION_TICKS, CONVERSION_TICKS, Adc
from sim.scheduler import NEVER, Scheduler

HC0, HS, R0, CFG, GC, GS = 0x00, 0x20, 0x24, 0x44, 0x48, 0x4C
AIEN, ADCO, CAL = 1 << 7, 1 << 6, 1 << 7


class Bench:
    def __init__(self):
        self.scheduler = Scheduler()
        self.level = False
        self.voltage = {7: 0.5}
        self.adc = Adc(self.scheduler, self.line, lambda channel: self.voltage.get(channel, 0.0))

    def line(self, level):
        self.level = level

    def read(self, offset):
        return self.adc.read(offset)

    def write(self, offset, value):
        self.adc.write(offset, 4, value)


@pytest.fixture
def bench():
    return Bench()


@pytest.mark.parametrize(("mode", "value"), [(0, 128), (1, 512), (2, 2048)])
def test_a_conversion_has_the_resolution_of_its_mode(bench, mode, value):
    bench.write(CFG, mode << 2)
    bench.write(HC0, 7)
    assert (bench.read(HS), bench.read(GS)) == (0, 1)
    assert bench.adc.next_event_time() == CONVERSION_TICKS
    bench.scheduler.advance(CONVERSION_TICKS)
    assert (bench.read(HS), bench.read(GS)) == (1, 0)
    assert bench.read(R0) == value
    assert bench.read(HS) == 0


def test_another_channel_has_another_voltage(bench):
    bench.write(HC0, 3)
    bench.scheduler.advance(CONVERSION_TICKS)
    assert bench.read(R0) == 0


def test_calibration_ends(bench):
    bench.write(GC, CAL)
    assert bench.read(GC) & CAL
    bench.scheduler.advance(CALIBRATION_TICKS)
    assert not bench.read(GC) & CAL


def test_the_end_of_a_conversion_can_interrupt(bench):
    bench.write(HC0, AIEN | 7)
    assert not bench.level
    bench.scheduler.advance(CONVERSION_TICKS)
    assert bench.level
    bench.read(R0)
    assert not bench.level


def test_continuous_conversion_follows_the_voltage_until_it_is_ended(bench):
    bench.write(CFG, 2 << 2)
    bench.write(GC, ADCO)
    bench.write(HC0, 7)
    bench.scheduler.advance(CONVERSION_TICKS)
    bench.voltage[7] = 1.0
    bench.scheduler.advance(CONVERSION_TICKS)
    assert bench.read(R0) == 4095
    bench.write(HC0, 0x1F)
    assert bench.adc.next_event_time() == NEVER


def test_a_hardware_trigger_is_waited_for(bench):
    bench.write(CFG, 1 << 13)
    bench.write(HC0, 7)
    assert bench.adc.next_event_time() == NEVER


def test_voltages_outside_the_reference_are_cut(bench):
    bench.voltage[7] = 1.5
    bench.write(CFG, 2 << 2)
    bench.write(HC0, 7)
    bench.scheduler.advance(CONVERSION_TICKS)
    assert bench.read(R0) == 4095


def test_reset_ends_everything(bench):
    bench.write(GC, CAL)
    bench.write(HC0, 7)
    bench.adc.reset(False)
    assert bench.adc.next_event_time() == NEVER
    assert (bench.read(HC0), bench.read(GC)) == (0x1F, 0)
