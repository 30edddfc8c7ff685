"""GPT: counting, compare channels, restart and free run, flags and the interrupt."""

from itertools import pairwise

import pytest

from rt1062.blocks.gpt import Gpt
from rt1062.chip.clock import TICKS_PER_SECOND, ticks
from rt1062.scheduler import NEVER
from tests.rt1062.blocks.clock_rig import PERIOD_24M, ClockRig

CR, PR, SR, IR, OCR1, OCR2, OCR3, ICR1, CNT = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18, 0x1C, 0x24
EN, ENMOD, FRR, EN_24M, SWR = 1 << 0, 1 << 1, 1 << 9, 1 << 10, 1 << 15
PERIPHERAL, LOW, OSC = 1 << 6, 4 << 6, 5 << 6
OF1, OF2, OF3, ROV = 1, 2, 4, 1 << 5


class GptRig(ClockRig):
    def __init__(self):
        super().__init__()
        self.hold(Gpt(self.scheduler, self.clocks, self.line()))

    @property
    def changes(self):
        """(ticks, level) of the interrupt line."""
        return [(ticks, level) for ticks, _, level in self.edges]


@pytest.fixture
def rig():
    return GptRig()


def test_the_counter_runs_at_the_peripheral_clock(rig):
    rig.write(CR, EN | ENMOD | FRR | PERIPHERAL)
    rig.periods(1000)
    assert rig.read(CNT) == 1000
    rig.pass_time(PERIOD_24M - 1)
    assert rig.read(CNT) == 1000
    rig.pass_time(1)
    assert rig.read(CNT) == 1001


def test_the_prescaler_divides(rig):
    rig.write(PR, 23)
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.pass_time(600 * 1000)
    assert rig.read(CNT) == 1000  # microseconds


def test_the_crystal_needs_its_gate_and_has_its_own_prescaler(rig):
    rig.write(CR, EN | FRR | OSC)
    rig.periods(100)
    assert rig.read(CNT) == 0
    rig.write(PR, 2 << 12 | 3)
    rig.write(CR, EN | FRR | OSC | EN_24M)
    rig.periods(1200)
    assert rig.read(CNT) == 100


def test_the_crystal_is_lost_when_it_is_a_multiple_of_the_module_clock(rig):
    rig.write(CR, EN | FRR | OSC | EN_24M)  # 24 MHz looked at with 24 MHz
    rig.periods(1000)
    assert rig.read(CNT) == 0
    rig.write_ccm(0x1C, 1)  # PERCLK 66 MHz
    rig.periods(1000)
    assert rig.read(CNT) == 1000


def test_tock_counts_microseconds_with_its_odd_setting(rig):
    rig.set_perclk_divider(8)
    rig.write(PR, 2 << 12)
    rig.write(CR, EN | FRR | OSC | EN_24M)
    rig.pass_time(TICKS_PER_SECOND)
    assert rig.read(CNT) == 1_000_000


def test_the_32_khz_clock_counts_exactly_over_a_day(rig):
    rig.write(CR, EN | FRR | LOW)
    rig.pass_time(86_400 * TICKS_PER_SECOND)
    assert rig.read(CNT) == 86_400 * 32_768


@pytest.mark.parametrize("source", [0, 3 << 6])
def test_without_a_clock_it_stands_still(rig, source):
    rig.write(CR, EN | FRR | source)
    rig.write(IR, OF1)
    rig.periods(1000)
    assert rig.read(CNT) == 0
    assert rig.block.next_event_time() == NEVER


def test_each_compare_channel_sets_its_flag_when_its_count_is_reached(rig):
    rig.write(OCR1, 100)
    rig.write(OCR2, 200)
    rig.write(OCR3, 300)
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.periods(99)
    assert rig.read(SR) == 0
    for flags in (OF1, OF1 | OF2, OF1 | OF2 | OF3):
        rig.periods(1)
        assert rig.read(SR) == flags
        rig.periods(99)
    rig.write(SR, OF2)
    assert rig.read(SR) == OF1 | OF3


def test_restart_mode_starts_over_after_ocr1(rig):
    rig.write(OCR1, 99)
    rig.write(CR, EN | PERIPHERAL)
    rig.periods(99)
    assert (rig.read(CNT), rig.read(SR)) == (99, OF1)
    rig.periods(1)
    assert rig.read(CNT) == 0
    rig.periods(250)
    assert rig.read(CNT) == 50


def test_restart_mode_never_reaches_a_later_compare(rig):
    rig.write(OCR1, 99)
    rig.write(OCR2, 100)
    rig.write(CR, EN | PERIPHERAL)
    rig.periods(1000)
    assert rig.read(SR) == OF1


def test_writing_ocr1_in_restart_mode_starts_over(rig):
    rig.write(CR, EN | PERIPHERAL)
    rig.periods(50)
    rig.write(OCR1, 99)
    assert rig.read(CNT) == 0
    rig.periods(50)
    rig.write(OCR2, 70)
    assert rig.read(CNT) == 50


def test_writing_ocr1_in_free_run_does_not(rig):
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.periods(50)
    rig.write(OCR1, 99)
    assert rig.read(CNT) == 50


def test_free_run_rolls_over(rig):
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.periods(0xFFFF_FFFF)
    assert rig.read(CNT) == 0xFFFF_FFFF
    assert not rig.read(SR) & ROV
    rig.periods(1)
    assert rig.read(CNT) == 0
    assert rig.read(SR) & ROV


def test_the_interrupt_comes_to_the_tick_and_goes_with_the_flag(rig):
    rig.write(OCR1, 1000)
    rig.write(IR, OF1)
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.periods(5000)
    assert rig.changes == [(1000 * PERIOD_24M, True)]
    rig.write(SR, OF1)
    assert rig.changes[1:] == [(5000 * PERIOD_24M, False)]


def test_the_alarm_can_be_moved_each_time_as_tock_and_zephyr_do(rig):
    rig.write(IR, OF1)
    rig.write(OCR1, 500)
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.periods(500)
    rig.write(SR, OF1)
    rig.write(OCR1, 750)
    rig.periods(250)
    assert [time // PERIOD_24M for time, level in rig.changes if level] == [500, 750]


def test_periodic_interrupts_have_the_period_of_ocr1_plus_one(rig):
    rig.write(OCR1, 23_999)
    rig.write(IR, OF1)
    rig.write(CR, EN | PERIPHERAL)
    for _ in range(3):
        rig.pass_time(600_000)
        rig.write(SR, OF1)
    rises = [time for time, level in rig.changes if level]
    assert [b - a for a, b in pairwise(rises)] == [600_000, 600_000]


def test_enabling_the_interrupt_of_a_flag_that_is_set_raises_it_at_once(rig):
    rig.write(OCR2, 10)
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.periods(20)
    rig.write(IR, OF2)
    assert rig.irq is True


def test_a_polled_flag_is_known_in_advance(rig):
    rig.write(OCR1, 1000)
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.periods(400)
    assert rig.block.next_event_time() == 1000 * PERIOD_24M
    rig.write(OCR2, 5000)
    rig.periods(700)
    assert rig.block.next_event_time() == 5000 * PERIOD_24M  # OF1 is set already


def test_disabling_keeps_the_count_and_enmod_forgets_it(rig):
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.periods(100)
    rig.write(CR, FRR | PERIPHERAL)
    rig.periods(100)
    assert rig.read(CNT) == 100
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.periods(10)
    assert rig.read(CNT) == 110
    rig.write(CR, ENMOD | FRR | PERIPHERAL)
    assert rig.read(CNT) == 0


def test_software_reset_ends_at_once_and_keeps_the_mode(rig):
    rig.write(OCR1, 5)
    rig.write(PR, 7)
    rig.write(CR, EN | ENMOD | FRR | PERIPHERAL)
    rig.periods(100)
    rig.write(CR, rig.read(CR) | SWR)
    assert rig.read(CR) == EN | ENMOD
    assert [rig.read(offset) for offset in (PR, SR, OCR1, CNT)] == [0, 0, 0xFFFFFFFF, 0]


def test_a_new_clock_counts_from_now_on(rig):
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.write(OCR1, 1100)
    rig.write(IR, OF1)
    rig.periods(1000)
    rig.set_perclk_divider(4)
    rig.periods(400)
    assert rig.read(CNT) == 1100
    assert rig.changes == [(1400 * PERIOD_24M, True)]


def test_capture_registers_and_the_counter_are_read_only(rig):
    rig.write(ICR1, 5)
    rig.write(CNT, 5)
    assert (rig.read(ICR1), rig.read(CNT)) == (0, 0)


def test_reset_stops_everything(rig):
    rig.write(OCR1, 10)
    rig.write(IR, OF1)
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.periods(20)
    assert rig.irq
    rig.block.reset(False)
    assert not rig.irq
    rig.periods(1000)
    assert not rig.irq
    assert rig.read(CNT) == 0


def test_odd_frequencies_do_not_drift(rig):
    rig.write_ccm(0x1C, 0)  # PERCLK = IPG = 132 MHz
    rig.write(OCR1, 6)
    rig.write(CR, EN | PERIPHERAL)
    rig.write(IR, OF1)
    rig.pass_time(ticks(7, 132_000_000) * 1000)
    assert rig.read(CNT) == rig.now * 132_000_000 // TICKS_PER_SECOND % 7


WAITEN, STOPEN = 1 << 3, 1 << 5


@pytest.mark.parametrize(
    ("control", "gate", "stop", "runs"),
    [(WAITEN, 3, False, True), (WAITEN, 1, False, False), (0, 3, False, False),
     (STOPEN | LOW, 3, True, True), (STOPEN | PERIPHERAL, 3, True, False), (LOW, 3, True, False)],
)  # fmt: skip
def test_what_runs_while_the_core_sleeps(rig, control, gate, stop, runs):
    rig.write(CR, control)
    assert rig.block.runs_asleep(gate, stop) is runs


def test_without_its_clock_the_counter_stands_still(rig):
    rig.write(OCR1, 99)
    rig.write(IR, OF1)
    rig.write(CR, EN | FRR | PERIPHERAL)
    rig.periods(50)
    assert rig.block.stop_clock() == "counts to an interrupt"
    rig.periods(1000)
    assert (rig.read(CNT), rig.changes) == (50, [])
    rig.block.start_clock()
    rig.periods(48)
    assert (rig.read(CNT), rig.changes) == (98, [])
    rig.periods(2)
    assert [level for _, level in rig.changes] == [True]
