"""TRNG: the SDK's sequence, determinism, time."""

import pytest

from rt1062.blocks.trng import Trng
from rt1062.scheduler import NEVER, Scheduler

MCTL, SDCTL, ENT0, ENT15, SEC_CFG, INT_CTRL, INT_MASK, INT_STATUS = (
    0x00,
    0x10,
    0x40,
    0x7C,
    0xA0,
    0xA4,
    0xA8,
    0xAC,
)
TRNG_ACC, RST_DEF, ENT_VAL, ERR, TSTOP_OK, PRGM = 1 << 5, 1 << 6, 1 << 10, 1 << 12, 1 << 13, 1 << 16


class Bench:
    def __init__(self, seed=1062):
        self.scheduler = Scheduler()
        self.level = False
        self.trng = Trng(self.scheduler, self.line, seed)

    def line(self, level):
        self.level = level

    def read(self, offset):
        return self.trng.read(offset)

    def write(self, offset, value):
        self.trng.write(offset, 4, value)

    def change(self, clear, bits):
        """TRNG_RMW_MCTL of the SDK: ERR is not written back."""
        self.write(MCTL, self.read(MCTL) & ~(clear | ERR) | bits)

    def init(self):
        """TRNG_Init of the SDK."""
        self.change(PRGM, PRGM)
        self.change(RST_DEF, RST_DEF)
        self.write(SDCTL, 3200 << 16 | 512)
        self.change(PRGM, 0)
        self.change(TRNG_ACC, TRNG_ACC)
        self.read(ENT15)
        self.read(ENT0)

    def wait(self):
        """Spin for ENT_VAL, time passing as the bus lets it pass."""
        while not self.read(MCTL) & ENT_VAL:
            time = self.trng.next_event_time()
            assert time != NEVER, "firmware would spin for ever"
            self.scheduler.advance(time - self.scheduler.now)

    def words(self, count):
        """TRNG_GetRandomData of the SDK."""
        found = []
        for i in range(count):
            self.wait()
            found.append(self.read(ENT0 + 4 * (i % 16)))
            if i % 16 == 15:
                self.read(ENT0)
        return found


@pytest.fixture
def bench():
    return Bench()


def test_sdk_sequence_gives_words_that_differ(bench):
    bench.init()
    words = bench.words(40)
    assert len(set(words)) == 40


def test_the_same_seed_gives_the_same_words_and_another_does_not():
    def first(seed):
        bench = Bench(seed)
        bench.init()
        return bench.words(20)

    assert first(1) == first(1)
    assert first(1) != first(2)


def test_generation_takes_samples_times_delay(bench):
    bench.init()
    bench.wait()
    assert bench.scheduler.now == 512 * 3200 * 4  # bus clock 150 MHz
    assert bench.read(MCTL) & TSTOP_OK


def test_words_read_zero_until_they_are_valid(bench):
    bench.init()
    assert not bench.read(MCTL) & (ENT_VAL | TSTOP_OK)
    assert bench.read(ENT0) == 0


def test_the_last_word_starts_the_next_generation(bench):
    bench.init()
    bench.wait()
    first = bench.read(ENT0)
    assert bench.read(MCTL) & ENT_VAL
    assert bench.read(ENT15) != 0
    assert not bench.read(MCTL) & ENT_VAL
    bench.wait()
    assert bench.read(ENT0) not in (0, first)


def test_writing_the_mode_again_does_not_start_over(bench):
    bench.init()
    end = bench.trng.next_event_time()
    bench.scheduler.advance(1000)
    bench.change(TRNG_ACC, TRNG_ACC)
    assert bench.trng.next_event_time() == end


def test_programming_mode_stops_it(bench):
    bench.init()
    bench.change(PRGM, PRGM)
    assert bench.read(MCTL) & TSTOP_OK
    assert bench.trng.next_event_time() == NEVER


def test_programming_can_be_forbidden(bench):
    bench.init()
    bench.write(SEC_CFG, 2)
    bench.change(PRGM, PRGM)
    assert not bench.read(MCTL) & PRGM


def test_defaults_come_back_only_in_programming_mode(bench):
    bench.write(SDCTL, 1)
    bench.change(RST_DEF, RST_DEF)
    assert bench.read(SDCTL) == 0x0C8009C4
    assert not bench.read(MCTL) & RST_DEF


def test_the_interrupt_is_cleared_by_a_zero(bench):
    bench.init()
    bench.write(INT_MASK, 2)
    bench.wait()
    assert bench.level
    assert bench.read(INT_STATUS) == 2
    bench.write(INT_CTRL, 5)
    assert not bench.level
    assert bench.read(MCTL) & ENT_VAL
