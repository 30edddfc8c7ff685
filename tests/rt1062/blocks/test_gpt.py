"""GPT: counting, compare channels, restart and free run, flags and the interrupt."""

from itertools import pairwise

import pytest

from rt1062.blocks.gpt import Gpt
from rt1062.chip.clock import TICKS_PER_SECOND, ticks
from rt1062.scheduler import NEVER, Scheduler
from tests.rt1062.blocks.clock_fixture import PERIOD_24M, make_clocks, set_perclk_divider

CR, PR, SR, IR, OCR1, OCR2, OCR3, ICR1, CNT = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18, 0x1C, 0x24
EN, ENMOD, FRR, EN_24M, SWR = 1 << 0, 1 << 1, 1 << 9, 1 << 10, 1 << 15
PERIPHERAL, LOW, OSC = 1 << 6, 4 << 6, 5 << 6
OF1, OF2, OF3, ROV = 1, 2, 4, 1 << 5


class Bench:
    def __init__(self):
        self.scheduler = Scheduler()
        self.clocks = make_clocks(self.scheduler)
        self.edges = []
        self.gpt = Gpt(self.scheduler, self.clocks, self.line)
        self.level = False

    def line(self, level):
        if level != self.level:
            self.edges.append((self.scheduler.now, level))
        self.level = level

    def read(self, offset):
        return self.gpt.read(offset)

    def write(self, offset, value):
        self.gpt.write(offset, 4, value)

    def periods(self, count):
        self.scheduler.advance(count * PERIOD_24M)


@pytest.fixture
def bench():
    bench = Bench()
    bench.level = False
    return bench


def test_the_counter_runs_at_the_peripheral_clock(bench):
    bench.write(CR, EN | ENMOD | FRR | PERIPHERAL)
    bench.periods(1000)
    assert bench.read(CNT) == 1000
    bench.scheduler.advance(PERIOD_24M - 1)
    assert bench.read(CNT) == 1000
    bench.scheduler.advance(1)
    assert bench.read(CNT) == 1001


def test_the_prescaler_divides(bench):
    bench.write(PR, 23)
    bench.write(CR, EN | FRR | PERIPHERAL)
    bench.scheduler.advance(600 * 1000)
    assert bench.read(CNT) == 1000  # microseconds


def test_the_crystal_needs_its_gate_and_has_its_own_prescaler(bench):
    bench.write(CR, EN | FRR | OSC)
    bench.periods(100)
    assert bench.read(CNT) == 0
    bench.write(PR, 2 << 12 | 3)
    bench.write(CR, EN | FRR | OSC | EN_24M)
    bench.periods(1200)
    assert bench.read(CNT) == 100


def test_the_crystal_is_lost_when_it_is_a_multiple_of_the_module_clock(bench):
    bench.write(CR, EN | FRR | OSC | EN_24M)  # 24 MHz looked at with 24 MHz
    bench.periods(1000)
    assert bench.read(CNT) == 0
    bench.clocks.ccm.write(0x1C, 4, 1)  # PERCLK 66 MHz
    bench.periods(1000)
    assert bench.read(CNT) == 1000


def test_tock_counts_microseconds_with_its_odd_setting(bench):
    set_perclk_divider(bench.clocks, 8)
    bench.write(PR, 2 << 12)
    bench.write(CR, EN | FRR | OSC | EN_24M)
    bench.scheduler.advance(TICKS_PER_SECOND)
    assert bench.read(CNT) == 1_000_000


def test_the_32_khz_clock_counts_exactly_over_a_day(bench):
    bench.write(CR, EN | FRR | LOW)
    bench.scheduler.advance(86_400 * TICKS_PER_SECOND)
    assert bench.read(CNT) == 86_400 * 32_768


@pytest.mark.parametrize("source", [0, 3 << 6])
def test_without_a_clock_it_stands_still(bench, source):
    bench.write(CR, EN | FRR | source)
    bench.write(IR, OF1)
    bench.periods(1000)
    assert bench.read(CNT) == 0
    assert bench.gpt.next_event_time() == NEVER


def test_each_compare_channel_sets_its_flag_when_its_count_is_reached(bench):
    bench.write(OCR1, 100)
    bench.write(OCR2, 200)
    bench.write(OCR3, 300)
    bench.write(CR, EN | FRR | PERIPHERAL)
    bench.periods(99)
    assert bench.read(SR) == 0
    for flags in (OF1, OF1 | OF2, OF1 | OF2 | OF3):
        bench.periods(1)
        assert bench.read(SR) == flags
        bench.periods(99)
    bench.write(SR, OF2)
    assert bench.read(SR) == OF1 | OF3


def test_restart_mode_starts_over_after_ocr1(bench):
    bench.write(OCR1, 99)
    bench.write(CR, EN | PERIPHERAL)
    bench.periods(99)
    assert (bench.read(CNT), bench.read(SR)) == (99, OF1)
    bench.periods(1)
    assert bench.read(CNT) == 0
    bench.periods(250)
    assert bench.read(CNT) == 50


def test_restart_mode_never_reaches_a_later_compare(bench):
    bench.write(OCR1, 99)
    bench.write(OCR2, 100)
    bench.write(CR, EN | PERIPHERAL)
    bench.periods(1000)
    assert bench.read(SR) == OF1


def test_writing_ocr1_in_restart_mode_starts_over(bench):
    bench.write(CR, EN | PERIPHERAL)
    bench.periods(50)
    bench.write(OCR1, 99)
    assert bench.read(CNT) == 0
    bench.periods(50)
    bench.write(OCR2, 70)
    assert bench.read(CNT) == 50


def test_writing_ocr1_in_free_run_does_not(bench):
    bench.write(CR, EN | FRR | PERIPHERAL)
    bench.periods(50)
    bench.write(OCR1, 99)
    assert bench.read(CNT) == 50


def test_free_run_rolls_over(bench):
    bench.write(CR, EN | FRR | PERIPHERAL)
    bench.periods(0xFFFF_FFFF)
    assert bench.read(CNT) == 0xFFFF_FFFF
    assert not bench.read(SR) & ROV
    bench.periods(1)
    assert bench.read(CNT) == 0
    assert bench.read(SR) & ROV


def test_the_interrupt_comes_to_the_tick_and_goes_with_the_flag(bench):
    bench.write(OCR1, 1000)
    bench.write(IR, OF1)
    bench.write(CR, EN | FRR | PERIPHERAL)
    bench.periods(5000)
    assert bench.edges == [(1000 * PERIOD_24M, True)]
    bench.write(SR, OF1)
    assert bench.edges[1:] == [(5000 * PERIOD_24M, False)]


def test_the_alarm_can_be_moved_each_time_as_tock_and_zephyr_do(bench):
    bench.write(IR, OF1)
    bench.write(OCR1, 500)
    bench.write(CR, EN | FRR | PERIPHERAL)
    bench.periods(500)
    bench.write(SR, OF1)
    bench.write(OCR1, 750)
    bench.periods(250)
    assert [time // PERIOD_24M for time, level in bench.edges if level] == [500, 750]


def test_periodic_interrupts_have_the_period_of_ocr1_plus_one(bench):
    bench.write(OCR1, 23_999)
    bench.write(IR, OF1)
    bench.write(CR, EN | PERIPHERAL)
    for _ in range(3):
        bench.scheduler.advance(600_000)
        bench.write(SR, OF1)
    rises = [time for time, level in bench.edges if level]
    assert [b - a for a, b in pairwise(rises)] == [600_000, 600_000]


def test_enabling_the_interrupt_of_a_flag_that_is_set_raises_it_at_once(bench):
    bench.write(OCR2, 10)
    bench.write(CR, EN | FRR | PERIPHERAL)
    bench.periods(20)
    bench.write(IR, OF2)
    assert bench.level is True


def test_a_polled_flag_is_known_in_advance(bench):
    bench.write(OCR1, 1000)
    bench.write(CR, EN | FRR | PERIPHERAL)
    bench.periods(400)
    assert bench.gpt.next_event_time() == 1000 * PERIOD_24M
    bench.write(OCR2, 5000)
    bench.periods(700)
    assert bench.gpt.next_event_time() == 5000 * PERIOD_24M  # OF1 is set already


def test_disabling_keeps_the_count_and_enmod_forgets_it(bench):
    bench.write(CR, EN | FRR | PERIPHERAL)
    bench.periods(100)
    bench.write(CR, FRR | PERIPHERAL)
    bench.periods(100)
    assert bench.read(CNT) == 100
    bench.write(CR, EN | FRR | PERIPHERAL)
    bench.periods(10)
    assert bench.read(CNT) == 110
    bench.write(CR, ENMOD | FRR | PERIPHERAL)
    assert bench.read(CNT) == 0


def test_software_reset_ends_at_once_and_keeps_the_mode(bench):
    bench.write(OCR1, 5)
    bench.write(PR, 7)
    bench.write(CR, EN | ENMOD | FRR | PERIPHERAL)
    bench.periods(100)
    bench.write(CR, bench.read(CR) | SWR)
    assert bench.read(CR) == EN | ENMOD
    assert [bench.read(offset) for offset in (PR, SR, OCR1, CNT)] == [0, 0, 0xFFFFFFFF, 0]


def test_a_new_clock_counts_from_now_on(bench):
    bench.write(CR, EN | FRR | PERIPHERAL)
    bench.write(OCR1, 1100)
    bench.write(IR, OF1)
    bench.periods(1000)
    set_perclk_divider(bench.clocks, 4)
    bench.periods(400)
    assert bench.read(CNT) == 1100
    assert bench.edges == [(1400 * PERIOD_24M, True)]


def test_capture_registers_and_the_counter_are_read_only(bench):
    bench.write(ICR1, 5)
    bench.write(CNT, 5)
    assert (bench.read(ICR1), bench.read(CNT)) == (0, 0)


def test_reset_stops_everything(bench):
    bench.write(OCR1, 10)
    bench.write(IR, OF1)
    bench.write(CR, EN | FRR | PERIPHERAL)
    bench.periods(20)
    assert bench.level
    bench.gpt.reset(False)
    assert not bench.level
    bench.periods(1000)
    assert not bench.level
    assert bench.read(CNT) == 0


def test_odd_frequencies_do_not_drift(bench):
    bench.clocks.ccm.write(0x1C, 4, 0)  # PERCLK = IPG = 132 MHz
    bench.write(OCR1, 6)
    bench.write(CR, EN | PERIPHERAL)
    bench.write(IR, OF1)
    bench.scheduler.advance(ticks(7, 132_000_000) * 1000)
    assert bench.read(CNT) == bench.scheduler.now * 132_000_000 // TICKS_PER_SECOND % 7
