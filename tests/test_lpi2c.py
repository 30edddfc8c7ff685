"""LPI2C against the reference manual, and against what public drivers do with it."""

import pytest

from sim.devices.ov2640 import Ov2640
from sim.peripherals.lpi2c import Lpi2c
from sim.scheduler import NEVER, Scheduler

MCR, MSR, MIER, MCFGR0, MCFGR1, MCFGR2, MCFGR3 = 0x10, 0x14, 0x18, 0x20, 0x24, 0x28, 0x2C
MCCR0, MCCR1, MFCR, MFSR, MTDR, MRDR = 0x48, 0x50, 0x58, 0x5C, 0x60, 0x70
MEN, RST, RTF, RRF = 1, 2, 0x100, 0x200
TDF, RDF, EPF, SDF, NDF, FEF, PLTF = 1, 2, 0x100, 0x200, 0x400, 0x1000, 0x2000
MBF, BBF = 1 << 24, 1 << 25
FLAGS = 0x7F00
AUTOSTOP, IGNACK = 1 << 8, 1 << 9
RECEIVE, STOP, DISCARD, START, START_NACK = 0x100, 0x200, 0x300, 0x400, 0x500
RXEMPTY = 1 << 14

HZ = 24_000_000
CYCLE = 25  # ticks
LOW, HIGH, HOLD = 29, 27 + 2, 19  # of MCCR0 below, with the two cycles of latency
BIT = (LOW + HIGH) * CYCLE
ADDRESS = (LOW + HOLD) * CYCLE + 9 * BIT  # START and address


class Register:
    """A target at 0x30: acknowledges `room` bytes, answers 0xA0, 0xA1, ...; keeps a diary."""

    def __init__(self, room: int = 100) -> None:
        self.diary: list[object] = []
        self.room = room
        self.answer = 0xA0

    def start(self, read: bool) -> bool:
        self.diary.append("read" if read else "write")
        return True

    def write(self, byte: int) -> bool:
        self.diary.append(byte)
        self.room -= 1
        return self.room >= 0

    def read(self) -> int:
        self.answer += 1
        return self.answer - 1

    def stop(self) -> None:
        self.diary.append("stop")


class Bench:
    """An enabled master at 400 kHz with one target."""

    def __init__(self) -> None:
        self.scheduler = Scheduler()
        self.hz = HZ
        self.irq = False
        self.target = Register()
        targets = {0x30: self.target}
        self.i2c = Lpi2c(self.scheduler, lambda: self.hz, self.set_irq, targets)
        self.write(MCCR0, 12 << 24 | 18 << 16 | 26 << 8 | 28)
        self.write(MCR, MEN)

    def set_irq(self, level: bool) -> None:
        assert level != self.irq, "the line is only told of changes"
        self.irq = level

    def write(self, offset: int, value: int) -> None:
        self.i2c.write(offset, 4, value)

    def read(self, offset: int) -> int:
        return self.i2c.read(offset, 4)

    def command(self, *commands: int) -> None:
        for command in commands:
            self.write(MTDR, command)

    def pass_time(self, ticks: int) -> None:
        self.scheduler.advance(ticks)

    def wait_for(self, flag: int) -> None:
        for _ in range(1000):
            if self.read(MSR) & flag:
                return
            assert self.i2c.next_event_time() < NEVER, f"MSR & {flag:X} never comes"
            self.pass_time(self.i2c.next_event_time() - self.scheduler.now)
        raise AssertionError(f"MSR & {flag:X} does not come")

    def settle(self) -> None:
        while self.i2c.next_event_time() < NEVER:
            self.pass_time(self.i2c.next_event_time() - self.scheduler.now)


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


# What public drivers do.


def wire_end_transmission(bench: Bench, data: list[int], send_stop: bool = True) -> int:
    """TwoWire::endTransmission of Teensy's Wire library."""
    status = bench.read(MSR)
    assert not status & BBF or status & MBF
    bench.write(MSR, 0x7F00)
    pending = [START | data[0], *data[1:], *([STOP] if send_stop else [])]
    for _ in range(100):
        while pending and bench.read(MFSR) & 7 < 4:
            bench.command(pending.pop(0))
        status = bench.read(MSR)
        if status & FEF:
            bench.write(MCR, bench.read(MCR) | RTF | RRF)
            return 5
        if status & NDF:
            bench.write(MCR, bench.read(MCR) | RTF | RRF)
            bench.command(STOP)
            return 2
        if not pending and bench.read(MFSR) & 7 == 0 and (status & SDF or not send_stop):
            return 0
        bench.pass_time(max(1, bench.i2c.next_event_time() - bench.scheduler.now))
    raise AssertionError("endTransmission does not end")


def wire_request_from(bench: Bench, address: int, length: int) -> list[int]:
    """TwoWire::requestFrom with a STOP."""
    bench.write(MSR, 0x7F00)
    bench.command(START | 1 | address << 1, RECEIVE | length - 1, STOP)
    received: list[int] = []
    for _ in range(100):
        while bench.read(MFSR) >> 16:
            received.append(bench.read(MRDR))
        status = bench.read(MSR)
        if status & NDF:
            bench.write(MCR, bench.read(MCR) | RTF | RRF)
            bench.command(STOP)
            return []
        if len(received) == length and bench.read(MFSR) & 7 == 0 and status & SDF:
            return received
        bench.pass_time(max(1, bench.i2c.next_event_time() - bench.scheduler.now))
    raise AssertionError("requestFrom does not end")


def test_wire_library_reads_the_sensor_identity(bench: Bench) -> None:
    bench.i2c.targets = {0x30: Ov2640()}
    assert wire_end_transmission(bench, [0x60, 0xFF, 0x01]) == 0
    assert wire_end_transmission(bench, [0x60, 0x0A]) == 0
    assert wire_request_from(bench, 0x30, 1) == [0x26]


def test_wire_library_scans_the_bus(bench: Bench) -> None:
    bench.i2c.targets = {0x30: Ov2640()}
    found = [a for a in range(0x28, 0x38) if wire_end_transmission(bench, [a << 1]) == 0]
    assert found == [0x30]
    assert wire_request_from(bench, 0x31, 1) == []
    assert wire_end_transmission(bench, [0x60, 0xFF, 0x01]) == 0


def test_wire_library_with_a_repeated_start(bench: Bench) -> None:
    assert wire_end_transmission(bench, [0x60, 0x0A], send_stop=False) == 0
    assert wire_request_from(bench, 0x30, 2) == [0xA0, 0xA1]
    assert bench.target.diary == ["write", 0x0A, "read", "stop"]


def sdk_check_error(bench: Bench) -> bool:
    status = bench.read(MSR) & (NDF | FEF | PLTF | 0x800)
    if status:
        bench.write(MSR, status)
        bench.write(MCR, bench.read(MCR) | RRF | RTF)
    return bool(status)


def sdk_stop(bench: Bench) -> bool:
    bench.command(STOP)
    while not sdk_check_error(bench):
        if bench.read(MSR) & (SDF | TDF) == SDF | TDF:
            bench.write(MSR, SDF)
            return True
        bench.pass_time(max(1, bench.i2c.next_event_time() - bench.scheduler.now))
    return False


def sdk_transfer(bench: Bench, address: int, register: int, length: int) -> list[int] | None:
    """LPI2C_MasterTransferBlocking: a register read with a repeated START; None for a NACK."""
    assert bench.read(MSR) & (BBF | MBF) != BBF
    bench.write(MSR, FLAGS)
    failed = False
    for command in (START | address << 1, register, START | address << 1 | 1, RECEIVE | length - 1):
        while bench.read(MFSR) & 7 == 4 and not failed:
            bench.pass_time(100)
        failed = failed or sdk_check_error(bench)
        if not failed:
            bench.command(command)
    received: list[int] = []
    while len(received) < length and not failed:
        failed = sdk_check_error(bench)
        value = bench.read(MRDR)
        if not value & RXEMPTY:
            received.append(value)
        else:
            bench.pass_time(100)
    stopped = sdk_stop(bench)
    return received if stopped and not failed else None


def test_sdk_blocking_transfer(bench: Bench) -> None:
    assert sdk_transfer(bench, 0x30, 0x0A, 3) == [0xA0, 0xA1, 0xA2]
    assert bench.target.diary == ["write", 0x0A, "read", "stop"]


def test_sdk_blocking_transfer_after_a_nack_works_again(bench: Bench) -> None:
    assert sdk_transfer(bench, 0x21, 0x0A, 1) is None
    assert sdk_transfer(bench, 0x30, 0x0A, 1) == [0xA0]
