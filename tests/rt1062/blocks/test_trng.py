"""TRNG: the SDK's sequence, determinism, time."""

import pytest

from rt1062.blocks import trng
from rt1062.blocks.trng import Trng
from rt1062.scheduler import NEVER
from tests.rt1062.blocks.rig import Rig

MCTL, SDCTL, ENT0, ENT15, SEC_CFG = 0x00, 0x10, 0x40, 0x7C, 0xA0
INT_CTRL, INT_MASK, INT_STATUS = 0xA4, 0xA8, 0xAC
TRNG_ACC, RST_DEF, ENT_VAL, ERR, TSTOP_OK, PRGM = 1 << 5, 1 << 6, 1 << 10, 1 << 12, 1 << 13, 1 << 16


class TrngRig(Rig):
    def __init__(self, seed=1062):
        super().__init__(hz=150_000_000)
        self.hold(Trng(self.scheduler, self.clock_hz, self.line(), seed))

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
        """Spin for ENT_VAL."""
        self.wait_for(MCTL, ENT_VAL)

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
def rig():
    return TrngRig()


def test_sdk_sequence_gives_words_that_differ(rig):
    rig.init()
    words = rig.words(40)
    assert len(set(words)) == 40


def test_the_same_seed_gives_the_same_words_and_another_does_not():
    def first(seed):
        rig = TrngRig(seed)
        rig.init()
        return rig.words(20)

    assert first(1) == first(1)
    assert first(1) != first(2)


@pytest.mark.parametrize("hz", [150_000_000, 24_000_000])
def test_generation_takes_samples_times_delay_of_the_bus_clock(rig, hz):
    rig.hz = hz
    rig.init()
    rig.wait()
    assert rig.now == 512 * 3200 * 600_000_000 // hz
    assert rig.read(MCTL) & TSTOP_OK


def test_words_read_zero_until_they_are_valid(rig):
    rig.init()
    assert not rig.read(MCTL) & (ENT_VAL | TSTOP_OK)
    assert rig.read(ENT0) == 0


def test_the_last_word_starts_the_next_generation(rig):
    rig.init()
    rig.wait()
    first = rig.read(ENT0)
    assert rig.read(MCTL) & ENT_VAL
    assert rig.read(ENT15) != 0
    assert not rig.read(MCTL) & ENT_VAL
    rig.wait()
    assert rig.read(ENT0) not in (0, first)


def test_writing_the_mode_again_does_not_start_over(rig):
    rig.init()
    end = rig.block.next_event_time()
    rig.pass_time(1000)
    rig.change(TRNG_ACC, TRNG_ACC)
    assert rig.block.next_event_time() == end


def test_programming_mode_stops_it(rig):
    rig.init()
    rig.change(PRGM, PRGM)
    assert rig.read(MCTL) & TSTOP_OK
    assert rig.block.next_event_time() == NEVER


def test_programming_can_be_forbidden(rig):
    rig.init()
    rig.write(SEC_CFG, 2)
    rig.change(PRGM, PRGM)
    assert not rig.read(MCTL) & PRGM


def test_defaults_come_back_only_in_programming_mode(rig):
    rig.write(SDCTL, 1)
    rig.change(RST_DEF, RST_DEF)
    assert rig.read(SDCTL) == 0x0C8009C4
    assert not rig.read(MCTL) & RST_DEF


def test_the_interrupt_is_cleared_by_a_zero(rig):
    rig.init()
    rig.write(INT_MASK, 2)
    rig.wait()
    assert rig.irq
    assert rig.read(INT_STATUS) == 2
    rig.write(INT_CTRL, 5)
    assert not rig.irq
    assert rig.read(MCTL) & ENT_VAL


def test_without_a_bus_clock_nothing_is_generated(rig):
    rig.hz = 0
    rig.init()
    assert rig.block.next_event_time() == NEVER


def test_only_the_entropy_s_own_mask_lets_it_interrupt(rig):
    rig.init()
    rig.write(INT_MASK, 5)
    rig.wait()
    assert not rig.irq
    rig.write(INT_MASK, 7)
    assert rig.irq
    rig.block.reset()
    assert not rig.irq


def test_samples_and_their_delay_are_not_taken_for_each_other(rig):
    # Their product is the time, so that only their names tell them apart.
    fields = trng.SDCTL
    reset = rig.read(SDCTL)
    assert (fields.SAMP_SIZE.get(reset), fields.ENT_DLY.get(reset)) == (2500, 3200)
