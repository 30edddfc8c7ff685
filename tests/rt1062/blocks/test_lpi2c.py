"""LPI2C against the reference manual."""

import pytest

from rt1062.blocks.lpi2c import Lpi2c
from rt1062.scheduler import NEVER, Scheduler
from tests.rt1062.blocks.lpi2c_bench import (
    ADDRESS,
    AUTOSTOP,
    BBF,
    BIT,
    CYCLE,
    DISCARD,
    EPF,
    FEF,
    HOLD,
    HZ,
    IGNACK,
    LOW,
    MBF,
    MCCR0,
    MCCR1,
    MCFGR1,
    MCFGR2,
    MCFGR3,
    MCR,
    MEN,
    MFCR,
    MFSR,
    MIER,
    MRDR,
    MSR,
    NDF,
    PLTF,
    RDF,
    RECEIVE,
    RRF,
    RST,
    RTF,
    RXEMPTY,
    SDF,
    START,
    START_NACK,
    STOP,
    TDF,
    Bench,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_reset_values() -> None:
    i2c = Lpi2c(Scheduler(), lambda: HZ, lambda level: None, {})
    expected = {0x00: 0x0100_0003, 0x04: 0x0202, MCR: 0, MSR: 1, MFSR: 0, MRDR: RXEMPTY, MCCR0: 0}
    assert {offset: i2c.read(offset, 4) for offset in expected} == expected


# What goes over the bus.


def test_a_write(bench: Bench) -> None:
    bench.command(START | 0x60, 0x12, 0x34, STOP)
    bench.wait_for(SDF)
    assert bench.target.diary == ["write", 0x12, 0x34, "stop"]
    assert bench.read(MSR) == TDF | EPF | SDF


def test_a_read(bench: Bench) -> None:
    bench.command(START | 0x61, RECEIVE | 2, STOP)
    bench.wait_for(SDF)
    assert bench.read(MFSR) == 3 << 16
    assert [bench.read(MRDR) for _ in range(4)] == [0xA0, 0xA1, 0xA2, RXEMPTY]
    assert bench.target.diary == ["read", "stop"]


def test_a_repeated_start_sets_end_packet_and_no_stop(bench: Bench) -> None:
    bench.command(START | 0x60, 0x0A, START | 0x61, RECEIVE)
    bench.wait_for(RDF)
    assert bench.read(MSR) & (EPF | SDF) == EPF
    assert bench.target.diary == ["write", 0x0A, "read"]


def test_a_start_for_another_target_stops_the_first(bench: Bench) -> None:
    bench.command(START | 0x60, START | 0x70)
    bench.wait_for(NDF)
    assert bench.target.diary == ["write", "stop"]


def test_receive_and_discard(bench: Bench) -> None:
    bench.command(START | 0x61, DISCARD | 4, RECEIVE, STOP)
    bench.wait_for(SDF)
    assert bench.read(MRDR) == 0xA5
    assert bench.read(MRDR) == RXEMPTY


def test_a_full_receive_fifo_holds_the_bus(bench: Bench) -> None:
    bench.command(START | 0x61, RECEIVE | 5, STOP)
    bench.settle()
    assert bench.read(MFSR) == 4 << 16 | 1
    assert bench.read(MSR) & (MBF | SDF) == MBF
    assert bench.read(MRDR) == 0xA0
    bench.settle()
    bench.read(MRDR)
    bench.wait_for(SDF)
    assert [bench.read(MRDR) for _ in range(4)] == [0xA2, 0xA3, 0xA4, 0xA5]


def test_the_bus_waits_for_the_next_command(bench: Bench) -> None:
    bench.command(START | 0x60)
    bench.settle()
    assert bench.read(MSR) == TDF | MBF | BBF
    bench.command(1, STOP)
    bench.wait_for(SDF)
    assert bench.read(MSR) & (MBF | BBF) == 0


def test_autostop(bench: Bench) -> None:
    bench.write(MCFGR1, AUTOSTOP)
    bench.command(START | 0x60, 0x12)
    bench.wait_for(SDF)
    assert bench.target.diary == ["write", 0x12, "stop"]


def test_the_transmit_fifo_holds_four_words(bench: Bench) -> None:
    bench.command(START | 0x60, 1, 2, 3, 4, 5)
    assert bench.read(MFSR) == 4
    bench.settle()
    assert bench.target.diary == ["write", 1, 2, 3, 4]


# Errors.


def test_an_absent_target_is_not_acknowledged_and_the_bus_is_freed(bench: Bench) -> None:
    bench.command(START | 0x42, 1, STOP)
    bench.wait_for(NDF)
    assert bench.read(MSR) & SDF == 0
    bench.wait_for(SDF)
    assert bench.read(MSR) & (MBF | BBF) == 0
    assert bench.read(MFSR) == 2  # what was queued stays until software resets the FIFO


def test_no_start_goes_out_until_the_nack_is_cleared(bench: Bench) -> None:
    bench.command(START | 0x42)
    bench.settle()
    bench.command(START | 0x60)
    bench.settle()
    assert bench.target.diary == []
    bench.write(MSR, NDF)
    bench.settle()
    assert bench.target.diary == ["write"]


def test_a_byte_that_is_not_acknowledged(bench: Bench) -> None:
    bench.target.room = 1
    bench.command(START | 0x60, 1, 2)
    bench.wait_for(NDF)
    bench.wait_for(SDF)
    assert bench.target.diary == ["write", 1, 2, "stop"]


def test_ignored_acknowledge(bench: Bench) -> None:
    bench.write(MCFGR1, IGNACK)
    bench.command(START | 0x42, 1, STOP)
    bench.wait_for(SDF)
    assert not bench.read(MSR) & NDF


@pytest.mark.parametrize(("address", "flagged"), [(0x42, False), (0x60, True)])
def test_an_expected_nack(bench: Bench, address: int, flagged: bool) -> None:
    bench.command(START_NACK | address, STOP)
    bench.wait_for(SDF)
    assert bool(bench.read(MSR) & NDF) == flagged


@pytest.mark.parametrize("command", [0x12, RECEIVE, DISCARD])
def test_data_without_a_start_is_a_fifo_error(bench: Bench, command: int) -> None:
    bench.command(command)
    assert bench.read(MSR) == TDF | FEF


def test_a_stop_on_a_free_bus_is_nothing(bench: Bench) -> None:
    bench.command(STOP)
    assert bench.read(MSR) == TDF
    assert bench.read(MFSR) == 0


def test_scl_held_low_for_too_long(bench: Bench) -> None:
    bench.write(MCFGR3, 4 << 8)
    bench.command(START | 0x60)
    bench.pass_time(ADDRESS + 4 * 256 * CYCLE - 1)
    assert not bench.read(MSR) & PLTF
    bench.pass_time(1)
    assert bench.read(MSR) & PLTF
    bench.wait_for(SDF)


# Time.


def test_start_and_address_take_their_time(bench: Bench) -> None:
    bench.command(START | 0x60)
    assert bench.i2c.next_event_time() == ADDRESS
    bench.pass_time(ADDRESS - 1)
    assert bench.target.diary == []
    bench.pass_time(1)
    assert bench.target.diary == ["write"]


def test_a_byte_takes_nine_bits_and_a_stop_low_and_hold(bench: Bench) -> None:
    bench.command(START | 0x60, 1)
    bench.settle()
    assert bench.scheduler.now == ADDRESS + 9 * BIT
    bench.command(STOP)
    bench.wait_for(SDF)
    assert bench.scheduler.now == ADDRESS + 9 * BIT + (LOW + HOLD) * CYCLE


def test_prescaler_and_filter_make_it_slower(bench: Bench) -> None:
    bench.write(MCFGR1, 2)
    bench.write(MCFGR2, 6 << 16)
    bench.command(START | 0x60)
    cycles = LOW + HOLD + 9 * (LOW + 27 + (2 + 6 >> 2))
    assert bench.i2c.next_event_time() == cycles * 4 * CYCLE


def test_the_high_speed_commands_have_their_own_clock(bench: Bench) -> None:
    bench.write(MCCR1, 0)
    bench.command(START | 0x200 | 0x60)
    assert bench.i2c.next_event_time() == (1 + 1 + 9 * (1 + 1 + 2)) * CYCLE


def test_the_clock_tree_is_asked(bench: Bench) -> None:
    bench.hz = HZ // 2
    bench.command(START | 0x60)
    assert bench.i2c.next_event_time() == 2 * ADDRESS


def test_teensy_clocks_give_100_kilohertz(bench: Bench) -> None:
    bench.write(MCR, 0)
    bench.write(MCCR0, 25 << 24 | 40 << 16 | 55 << 8 | 59)
    bench.write(MCFGR1, 1)
    bench.write(MCFGR2, 5 << 24 | 5 << 16 | 3000)
    bench.write(MCR, MEN)
    bench.command(START | 0x60, 1)
    bench.pass_time(bench.i2c.next_event_time())
    byte_us = (bench.i2c.next_event_time() - bench.scheduler.now) / 600
    assert byte_us == pytest.approx(90, rel=0.02)


# FIFOs, interrupts, reset.


def test_watermarks(bench: Bench) -> None:
    bench.write(MFCR, 1 << 16 | 1)
    bench.command(START | 0x61, RECEIVE | 1, STOP)
    assert not bench.read(MSR) & TDF
    bench.settle()
    assert bench.read(MSR) & (TDF | RDF) == TDF | RDF
    bench.read(MRDR)
    assert not bench.read(MSR) & RDF


@pytest.mark.parametrize("flag", [EPF, SDF])
def test_interrupts_rise_with_their_flag(bench: Bench, flag: int) -> None:
    bench.write(MIER, flag)
    bench.command(START | 0x60, 1, STOP)
    assert not bench.irq
    bench.settle()
    assert bench.irq
    bench.write(MSR, flag)
    assert not bench.irq


def test_the_transmit_interrupt_follows_the_fifo(bench: Bench) -> None:
    bench.write(MIER, TDF)
    assert bench.irq
    bench.command(START | 0x60, 1)
    assert not bench.irq
    bench.settle()
    assert bench.irq


def test_fifo_resets(bench: Bench) -> None:
    bench.command(START | 0x61, RECEIVE | 1)
    bench.settle()
    bench.write(MCR, MEN | RRF)
    assert bench.read(MFSR) == 0
    bench.command(RECEIVE | 3, 1, 2)
    bench.write(MCR, MEN | RTF)
    assert bench.read(MFSR) & 7 == 0
    assert bench.read(MCR) == MEN


def test_software_reset_ends_what_is_under_way(bench: Bench) -> None:
    bench.write(MIER, TDF)
    bench.command(START | 0x60)
    bench.settle()
    bench.write(MCR, RST)
    assert not bench.irq
    assert (bench.read(MCR), bench.read(MSR), bench.read(MCCR0)) == (RST, TDF, 0)
    assert bench.target.diary[-1] == "stop"
    bench.write(MCR, 0)
    bench.command(STOP)
    assert bench.scheduler.next_time == NEVER


def test_software_reset_within_a_byte_empties_the_fifos(bench: Bench) -> None:
    bench.command(START | 0x60, 1, 2, STOP)
    bench.write(MCR, RST)
    assert bench.read(MFSR) == 0
    assert bench.i2c.next_event_time() == NEVER
    assert bench.read(MSR) == TDF


def test_a_disabled_master_lets_the_bus_go(bench: Bench) -> None:
    bench.command(START | 0x60)
    bench.settle()
    bench.write(MCR, 0)
    assert bench.target.diary[-1] == "stop"
    assert bench.read(MSR) & (MBF | BBF) == 0


def test_chip_reset_drops_the_interrupt(bench: Bench) -> None:
    bench.write(MIER, TDF)
    bench.command(START | 0x60)
    bench.i2c.reset(cold=False)
    assert not bench.irq
    assert bench.scheduler.next_time == NEVER


def test_the_slave_half_is_storage(bench: Bench) -> None:
    bench.write(0x140, 0x30 << 1)
    bench.write(0x124, 6)
    assert (bench.read(0x140), bench.read(0x124), bench.read(0x170)) == (0x60, 6, RXEMPTY)
