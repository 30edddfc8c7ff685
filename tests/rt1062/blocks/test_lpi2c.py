"""LPI2C against the reference manual."""

import pytest

from rt1062.blocks.lpi2c import Lpi2c
from rt1062.scheduler import NEVER
from tests.rt1062.blocks.lpi2c_rig import (
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
    MDER,
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
    Lpi2cRig,
)
from tests.rt1062.blocks.rig import Rig


@pytest.fixture
def rig() -> Lpi2cRig:
    return Lpi2cRig()


def test_reset_values() -> None:
    rig = Rig()
    rig.hold(Lpi2c(rig.scheduler, rig.clock_hz, rig.line(), {}))
    expected = {0x00: 0x0100_0003, 0x04: 0x0202, MCR: 0, MSR: 1, MFSR: 0, MRDR: RXEMPTY, MCCR0: 0}
    assert {offset: rig.read(offset) for offset in expected} == expected


# What goes over the bus.


def test_a_write(rig: Lpi2cRig) -> None:
    rig.command(START | 0x60, 0x12, 0x34, STOP)
    rig.wait_for(MSR, SDF)
    assert rig.target.diary == ["write", 0x12, 0x34, "stop"]
    assert rig.read(MSR) == TDF | EPF | SDF


def test_no_start_while_somebody_holds_sda(rig: Lpi2cRig) -> None:
    held = True
    rig.block.sda_held = lambda: held
    rig.command(START | 0x60, 0x12)
    assert rig.block.next_event_time() == NEVER
    assert rig.read(MSR) & (MBF | BBF) == 0
    held = False
    rig.command(STOP)
    rig.wait_for(MSR, SDF)
    assert rig.target.diary == ["write", 0x12, "stop"]


def test_without_its_clock_a_transfer_stands_still(rig: Lpi2cRig) -> None:
    rig.command(START | 0x60, 0x12, STOP)
    rig.pass_time(ADDRESS - 10)
    assert rig.block.stop_clock() == "is at a transfer"
    rig.pass_time(100 * ADDRESS)
    assert rig.target.diary == []
    rig.block.start_clock()
    rig.pass_time(9)
    assert rig.target.diary == []
    rig.pass_time(1)
    assert rig.target.diary == ["write"]
    rig.wait_for(MSR, SDF)
    assert rig.target.diary == ["write", 0x12, "stop"]
    assert rig.block.stop_clock() == ""


def test_a_read(rig: Lpi2cRig) -> None:
    rig.command(START | 0x61, RECEIVE | 2, STOP)
    rig.wait_for(MSR, SDF)
    assert rig.read(MFSR) == 3 << 16
    assert [rig.read(MRDR) for _ in range(4)] == [0xA0, 0xA1, 0xA2, RXEMPTY]
    assert rig.target.diary == ["read", "stop"]


def test_a_repeated_start_sets_end_packet_and_no_stop(rig: Lpi2cRig) -> None:
    rig.command(START | 0x60, 0x0A, START | 0x61, RECEIVE)
    rig.wait_for(MSR, RDF)
    assert rig.read(MSR) & (EPF | SDF) == EPF
    assert rig.target.diary == ["write", 0x0A, "read"]


def test_a_start_for_another_target_stops_the_first(rig: Lpi2cRig) -> None:
    rig.command(START | 0x60, START | 0x70)
    rig.wait_for(MSR, NDF)
    assert rig.target.diary == ["write", "stop"]


def test_receive_and_discard(rig: Lpi2cRig) -> None:
    rig.command(START | 0x61, DISCARD | 4, RECEIVE, STOP)
    rig.wait_for(MSR, SDF)
    assert rig.read(MRDR) == 0xA5
    assert rig.read(MRDR) == RXEMPTY


def test_a_full_receive_fifo_holds_the_bus(rig: Lpi2cRig) -> None:
    rig.command(START | 0x61, RECEIVE | 5, STOP)
    rig.settle()
    assert rig.read(MFSR) == 4 << 16 | 1
    assert rig.read(MSR) & (MBF | SDF) == MBF
    assert rig.read(MRDR) == 0xA0
    rig.settle()
    rig.read(MRDR)
    rig.wait_for(MSR, SDF)
    assert [rig.read(MRDR) for _ in range(4)] == [0xA2, 0xA3, 0xA4, 0xA5]


def test_the_bus_waits_for_the_next_command(rig: Lpi2cRig) -> None:
    rig.command(START | 0x60)
    rig.settle()
    assert rig.read(MSR) == TDF | MBF | BBF
    rig.command(1, STOP)
    rig.wait_for(MSR, SDF)
    assert rig.read(MSR) & (MBF | BBF) == 0


def test_autostop(rig: Lpi2cRig) -> None:
    rig.write(MCFGR1, AUTOSTOP)
    rig.command(START | 0x60, 0x12)
    rig.wait_for(MSR, SDF)
    assert rig.target.diary == ["write", 0x12, "stop"]


def test_the_transmit_fifo_holds_four_words(rig: Lpi2cRig) -> None:
    rig.command(START | 0x60, 1, 2, 3, 4, 5)
    assert rig.read(MFSR) == 4
    rig.settle()
    assert rig.target.diary == ["write", 1, 2, 3, 4]


# Errors.


def test_an_absent_target_is_not_acknowledged_and_the_bus_is_freed(rig: Lpi2cRig) -> None:
    rig.command(START | 0x42, 1, STOP)
    rig.wait_for(MSR, NDF)
    assert rig.read(MSR) & SDF == 0
    rig.wait_for(MSR, SDF)
    assert rig.read(MSR) & (MBF | BBF) == 0
    assert rig.read(MFSR) == 2  # what was queued stays until software resets the FIFO


def test_no_start_goes_out_until_the_nack_is_cleared(rig: Lpi2cRig) -> None:
    rig.command(START | 0x42)
    rig.settle()
    rig.command(START | 0x60)
    rig.settle()
    assert rig.target.diary == []
    rig.write(MSR, NDF)
    rig.settle()
    assert rig.target.diary == ["write"]


def test_a_byte_that_is_not_acknowledged(rig: Lpi2cRig) -> None:
    rig.target.room = 1
    rig.command(START | 0x60, 1, 2)
    rig.wait_for(MSR, NDF)
    rig.wait_for(MSR, SDF)
    assert rig.target.diary == ["write", 1, 2, "stop"]


def test_ignored_acknowledge(rig: Lpi2cRig) -> None:
    rig.write(MCFGR1, IGNACK)
    rig.command(START | 0x42, 1, STOP)
    rig.wait_for(MSR, SDF)
    assert not rig.read(MSR) & NDF


@pytest.mark.parametrize(("address", "flagged"), [(0x42, False), (0x60, True)])
def test_an_expected_nack(rig: Lpi2cRig, address: int, flagged: bool) -> None:
    rig.command(START_NACK | address, STOP)
    rig.wait_for(MSR, SDF)
    assert bool(rig.read(MSR) & NDF) == flagged


@pytest.mark.parametrize("command", [0x12, RECEIVE, DISCARD])
def test_data_without_a_start_is_a_fifo_error(rig: Lpi2cRig, command: int) -> None:
    rig.command(command)
    assert rig.read(MSR) == TDF | FEF


def test_a_stop_on_a_free_bus_is_nothing(rig: Lpi2cRig) -> None:
    rig.command(STOP)
    assert rig.read(MSR) == TDF
    assert rig.read(MFSR) == 0


def test_scl_held_low_for_too_long(rig: Lpi2cRig) -> None:
    rig.write(MCFGR3, 4 << 8)
    rig.command(START | 0x60)
    rig.pass_time(ADDRESS + 4 * 256 * CYCLE - 1)
    assert not rig.read(MSR) & PLTF
    rig.pass_time(1)
    assert rig.read(MSR) & PLTF
    rig.wait_for(MSR, SDF)


# Time.


def test_start_and_address_take_their_time(rig: Lpi2cRig) -> None:
    rig.command(START | 0x60)
    assert rig.block.next_event_time() == ADDRESS
    rig.pass_time(ADDRESS - 1)
    assert rig.target.diary == []
    rig.pass_time(1)
    assert rig.target.diary == ["write"]


def test_a_byte_takes_nine_bits_and_a_stop_low_and_hold(rig: Lpi2cRig) -> None:
    rig.command(START | 0x60, 1)
    rig.settle()
    assert rig.now == ADDRESS + 9 * BIT
    rig.command(STOP)
    rig.wait_for(MSR, SDF)
    assert rig.now == ADDRESS + 9 * BIT + (LOW + HOLD) * CYCLE


def test_prescaler_and_filter_make_it_slower(rig: Lpi2cRig) -> None:
    rig.write(MCFGR1, 2)
    rig.write(MCFGR2, 6 << 16)
    rig.command(START | 0x60)
    cycles = LOW + HOLD + 9 * (LOW + 27 + (2 + 6 >> 2))
    assert rig.block.next_event_time() == cycles * 4 * CYCLE


def test_the_high_speed_commands_have_their_own_clock(rig: Lpi2cRig) -> None:
    rig.write(MCCR1, 0)
    rig.command(START | 0x200 | 0x60)
    assert rig.block.next_event_time() == (1 + 1 + 9 * (1 + 1 + 2)) * CYCLE


def test_the_clock_tree_is_asked(rig: Lpi2cRig) -> None:
    rig.hz = HZ // 2
    rig.command(START | 0x60)
    assert rig.block.next_event_time() == 2 * ADDRESS


def test_teensy_clocks_give_100_kilohertz(rig: Lpi2cRig) -> None:
    rig.write(MCR, 0)
    rig.write(MCCR0, 25 << 24 | 40 << 16 | 55 << 8 | 59)
    rig.write(MCFGR1, 1)
    rig.write(MCFGR2, 5 << 24 | 5 << 16 | 3000)
    rig.write(MCR, MEN)
    rig.command(START | 0x60, 1)
    rig.pass_time(rig.block.next_event_time())
    byte_us = (rig.block.next_event_time() - rig.now) / 600
    assert byte_us == pytest.approx(90, rel=0.02)


# FIFOs, interrupts, reset.


def test_watermarks(rig: Lpi2cRig) -> None:
    rig.write(MFCR, 2 << 16 | 1)
    rig.command(START | 0x61, RECEIVE | 2, STOP)
    assert not rig.read(MSR) & TDF
    rig.settle()
    assert rig.read(MSR) & (TDF | RDF) == TDF | RDF
    rig.read(MRDR)
    assert not rig.read(MSR) & RDF


@pytest.mark.parametrize("flag", [EPF, SDF])
def test_interrupts_rise_with_their_flag(rig: Lpi2cRig, flag: int) -> None:
    rig.write(MIER, flag)
    rig.command(START | 0x60, 1, STOP)
    assert not rig.irq
    rig.settle()
    assert rig.irq
    rig.write(MSR, flag)
    assert not rig.irq


def test_the_transmit_interrupt_follows_the_fifo(rig: Lpi2cRig) -> None:
    rig.write(MIER, TDF)
    assert rig.irq
    rig.command(START | 0x60, 1)
    assert not rig.irq
    rig.settle()
    assert rig.irq


def test_dma_is_asked_for_by_either_direction_where_it_is_enabled(rig: Lpi2cRig) -> None:
    request = rig.block.requests()["both"]
    told: list[bool] = []
    rig.block.request_changed = lambda: told.append(request.asserted())
    rig.write(MDER, 1)
    assert told == [True]
    rig.write(MDER, 2)
    assert told == [True, False]
    rig.command(START | 0x61, RECEIVE, STOP)
    rig.settle()
    assert request.asserted()
    rig.read(MRDR)
    assert not request.asserted()


def test_fifo_resets(rig: Lpi2cRig) -> None:
    rig.command(START | 0x61, RECEIVE | 1)
    rig.settle()
    rig.write(MCR, MEN | RRF)
    assert rig.read(MFSR) == 0
    rig.command(RECEIVE | 3, 1, 2)
    rig.write(MCR, MEN | RTF)
    assert rig.read(MFSR) & 7 == 0
    assert rig.read(MCR) == MEN


def test_software_reset_ends_what_is_under_way(rig: Lpi2cRig) -> None:
    rig.write(MIER, TDF)
    rig.command(START | 0x60)
    rig.settle()
    rig.write(MCR, RST)
    assert not rig.irq
    assert (rig.read(MCR), rig.read(MSR), rig.read(MCCR0)) == (RST, TDF, 0)
    assert rig.target.diary[-1] == "stop"
    rig.write(MCR, 0)
    rig.command(STOP)
    assert rig.scheduler.next_time == NEVER


def test_software_reset_within_a_byte_empties_the_fifos(rig: Lpi2cRig) -> None:
    rig.command(START | 0x60, 1, 2, STOP)
    rig.write(MCR, RST)
    assert rig.read(MFSR) == 0
    assert rig.block.next_event_time() == NEVER
    assert rig.read(MSR) == TDF


def test_a_disabled_master_lets_the_bus_go(rig: Lpi2cRig) -> None:
    rig.command(START | 0x60)
    rig.settle()
    rig.write(MCR, 0)
    assert rig.target.diary[-1] == "stop"
    assert rig.read(MSR) & (MBF | BBF) == 0


def test_chip_reset_drops_the_interrupt(rig: Lpi2cRig) -> None:
    rig.write(MIER, TDF)
    rig.command(START | 0x60)
    rig.block.reset(cold=False)
    assert not rig.irq
    assert rig.scheduler.next_time == NEVER


def test_the_slave_half_is_storage(rig: Lpi2cRig) -> None:
    rig.write(0x140, 0x30 << 1)
    rig.write(0x124, 6)
    assert (rig.read(0x140), rig.read(0x124), rig.read(0x170)) == (0x60, 6, RXEMPTY)
