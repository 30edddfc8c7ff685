"""LPI2C under the sequences of public drivers: Teensy Wire, NXP SDK."""

import pytest

from rt1062.devices.ov2640 import Ov2640
from tests.rt1062.blocks.lpi2c_bench import (
    BBF,
    FEF,
    FLAGS,
    MBF,
    MCR,
    MFSR,
    MRDR,
    MSR,
    NDF,
    PLTF,
    RECEIVE,
    RRF,
    RTF,
    RXEMPTY,
    SDF,
    START,
    STOP,
    TDF,
    Bench,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


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
