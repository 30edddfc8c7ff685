"""ADC1 and ADC2: software-triggered conversions, flags, calibration."""

import pytest

from rt1062.blocks.adc import Adc
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from tests.rt1062.blocks.rig import Rig

HC0, HC1, HS, R0, R1, CFG, GC, GS, OFS = 0x00, 0x04, 0x20, 0x24, 0x28, 0x44, 0x48, 0x4C, 0x54
AIEN, ADCO, CAL, AVGE = 1 << 7, 1 << 6, 1 << 7, 1 << 5
TWELVE_BITS, BUS_HZ = 2 << 2, 150_000_000


class AdcRig(Rig):
    def __init__(self):
        super().__init__(hz=BUS_HZ)
        self.inputs = {}
        self.hold(
            Adc(self.scheduler, self.clock_hz, self.line(), lambda c: self.inputs.get(c, 0.0))
        )

    def wait(self, microseconds):
        self.pass_time(round(microseconds * TICKS_PER_MICROSECOND))


@pytest.fixture
def rig():
    return AdcRig()


def test_reset_values(rig):
    assert [rig.read(offset) for offset in (HC0, HS, R0, CFG, GC)] == [0x1F, 0, 0, 0x200, 0]


@pytest.mark.parametrize(("mode", "result"), [(0, 0x80), (1, 0x200), (2, 0x800)])
def test_a_conversion_takes_time_and_sets_its_flag(rig, mode, result):
    rig.inputs[7] = 0.5001
    rig.write(CFG, mode << 2 | 2 << 8)
    rig.write(HC0, 7)
    assert rig.read(HS) == 0
    assert rig.read(GS) & 1
    assert rig.block.next_event_time() > rig.now
    rig.wait(1)
    assert rig.read(HS) == 1
    assert rig.read(R0) == result
    assert rig.read(HS) == 0  # cleared by reading the result


@pytest.mark.parametrize(
    ("config", "clocks", "hz"),
    [
        # Adder 4 clocks, 25 for 12 bits, 7 for the sample, at IPG / 2 / 4.
        (TWELVE_BITS | 1 | 2 << 5 | 2 << 8, 4 + 25 + 7, BUS_HZ / 8),
        # 8 bits, the longest of the short samples and the shortest of the long ones.
        (3 << 8, 4 + 17 + 9, BUS_HZ),
        (1 << 4, 4 + 17 + 13, BUS_HZ),
        # 10 bits, IPG / 8.
        (1 << 2 | 3 << 5, 4 + 21 + 3, BUS_HZ / 8),
        # The converter's own clock, slow and fast.
        (TWELVE_BITS | 3, 4 + 25 + 3, 10e6),
        (TWELVE_BITS | 3 | 1 << 10, 4 + 25 + 3, 20e6),
    ],
)
def test_time_of_a_conversion(rig, config, clocks, hz):
    rig.write(CFG, config)
    rig.write(HC0, 3)
    microseconds = clocks / hz * 1e6 + 2 / BUS_HZ * 1e6
    rig.wait(microseconds - 0.02)
    assert rig.read(HS) == 0
    rig.wait(0.04)
    assert rig.read(HS) == 1


def test_averaging_takes_as_many_conversions(rig):
    rig.write(CFG, TWELVE_BITS | 2 << 8 | 3 << 14)
    rig.write(GC, AVGE)
    rig.write(HC0, 3)
    rig.wait(32 * 32 / (BUS_HZ / 1e6) - 0.1)
    assert rig.read(HS) == 0
    rig.wait(0.3)
    assert rig.read(HS) == 1


def test_continuous_conversions_follow_the_input(rig):
    rig.write(CFG, TWELVE_BITS)
    rig.write(GC, ADCO)
    rig.write(HC0, 1)
    rig.wait(1)
    assert rig.read(R0) == 0
    rig.inputs[1] = 1.0
    rig.wait(1)
    assert rig.read(R0) == 0xFFF
    rig.write(HC0, 0x1F)
    rig.wait(1)
    assert rig.read(HS) == 0


def test_interrupt_while_a_result_waits(rig):
    rig.write(HC0, AIEN | 2)
    rig.wait(1)
    assert rig.irq
    rig.read(R0)
    assert not rig.irq


def test_channel_31_and_a_hardware_trigger_start_nothing(rig):
    rig.write(HC0, 0x1F)
    rig.write(HC1, 2)
    rig.write(CFG, 1 << 13)
    rig.write(HC0, 2)
    rig.wait(100)
    assert rig.read(HS) == 0


def test_reference_reads_full_scale_and_the_offset_is_applied(rig):
    rig.write(CFG, TWELVE_BITS)
    rig.write(OFS, 1 << 12 | 5)
    rig.write(HC0, 0x19)
    rig.wait(1)
    assert rig.read(R0) == 4090
    rig.write(OFS, 5)
    rig.write(HC0, 0)
    rig.wait(1)
    assert rig.read(R0) == 5


def test_calibration_ends_by_itself_without_a_failure(rig):
    rig.write(GC, CAL)
    assert rig.read(GC) & CAL
    rig.wait(500)
    assert not rig.read(GC) & CAL
    assert not rig.read(GS) & 2


def test_reset_ends_a_conversion(rig):
    rig.write(HC0, 2)
    rig.block.reset()
    rig.wait(100)
    assert rig.read(HS) == 0


def test_a_result_interrupts_only_if_its_slot_says_so(rig):
    rig.write(HC1, AIEN | 0x1F)
    rig.write(HC0, 2)
    rig.wait(1)
    assert rig.read(HS) == 1
    assert not rig.irq


def test_a_conversion_is_active_until_it_ends(rig):
    rig.write(HC0, 2)
    assert rig.read(GS) == 1
    rig.wait(1)
    assert rig.read(GS) == 0


def test_calibration_takes_14000_clocks_of_half_the_bus(rig):
    rig.write(GC, CAL)
    rig.write(HC0, 2)  # starts nothing meanwhile
    rig.wait(14_000 / (BUS_HZ / 2e6) - 0.1)
    assert (rig.read(HS), rig.read(GC)) == (0, CAL)
    rig.wait(0.2)
    assert (rig.read(HS), rig.read(GC)) == (1, 0)
