"""LPI2C under the sequences of public drivers: Teensy Wire, NXP SDK."""

import pytest

from rt1062.devices.ov2640 import Ov2640
from tests.rt1062.blocks.lpi2c_rig import (
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
    Lpi2cRig,
)


@pytest.fixture
def rig() -> Lpi2cRig:
    return Lpi2cRig()


# What public drivers do.


def wire_end_transmission(rig: Lpi2cRig, data: list[int], send_stop: bool = True) -> int:
    """TwoWire::endTransmission of Teensy's Wire library."""
    status = rig.read(MSR)
    assert not status & BBF or status & MBF
    rig.write(MSR, 0x7F00)
    pending = [START | data[0], *data[1:], *([STOP] if send_stop else [])]
    for _ in range(100):
        while pending and rig.read(MFSR) & 7 < 4:
            rig.command(pending.pop(0))
        status = rig.read(MSR)
        if status & FEF:
            rig.write(MCR, rig.read(MCR) | RTF | RRF)
            return 5
        if status & NDF:
            rig.write(MCR, rig.read(MCR) | RTF | RRF)
            rig.command(STOP)
            return 2
        if not pending and rig.read(MFSR) & 7 == 0 and (status & SDF or not send_stop):
            return 0
        rig.pass_time(max(1, rig.block.next_event_time() - rig.now))
    raise AssertionError("endTransmission does not end")


def wire_request_from(rig: Lpi2cRig, address: int, length: int) -> list[int]:
    """TwoWire::requestFrom with a STOP."""
    rig.write(MSR, 0x7F00)
    rig.command(START | 1 | address << 1, RECEIVE | length - 1, STOP)
    received: list[int] = []
    for _ in range(100):
        while rig.read(MFSR) >> 16:
            received.append(rig.read(MRDR))
        status = rig.read(MSR)
        if status & NDF:
            rig.write(MCR, rig.read(MCR) | RTF | RRF)
            rig.command(STOP)
            return []
        if len(received) == length and rig.read(MFSR) & 7 == 0 and status & SDF:
            return received
        rig.pass_time(max(1, rig.block.next_event_time() - rig.now))
    raise AssertionError("requestFrom does not end")


def test_wire_library_reads_the_sensor_identity(rig: Lpi2cRig) -> None:
    rig.block.targets = {0x30: Ov2640(rig.block.scheduler)}
    assert wire_end_transmission(rig, [0x60, 0xFF, 0x01]) == 0
    assert wire_end_transmission(rig, [0x60, 0x0A]) == 0
    assert wire_request_from(rig, 0x30, 1) == [0x26]


def test_wire_library_scans_the_bus(rig: Lpi2cRig) -> None:
    rig.block.targets = {0x30: Ov2640(rig.block.scheduler)}
    found = [a for a in range(0x28, 0x38) if wire_end_transmission(rig, [a << 1]) == 0]
    assert found == [0x30]
    assert wire_request_from(rig, 0x31, 1) == []
    assert wire_end_transmission(rig, [0x60, 0xFF, 0x01]) == 0


def test_wire_library_with_a_repeated_start(rig: Lpi2cRig) -> None:
    assert wire_end_transmission(rig, [0x60, 0x0A], send_stop=False) == 0
    assert wire_request_from(rig, 0x30, 2) == [0xA0, 0xA1]
    assert rig.target.diary == ["write", 0x0A, "read", "stop"]


def sdk_check_error(rig: Lpi2cRig) -> bool:
    status = rig.read(MSR) & (NDF | FEF | PLTF | 0x800)
    if status:
        rig.write(MSR, status)
        rig.write(MCR, rig.read(MCR) | RRF | RTF)
    return bool(status)


def sdk_stop(rig: Lpi2cRig) -> bool:
    rig.command(STOP)
    while not sdk_check_error(rig):
        if rig.read(MSR) & (SDF | TDF) == SDF | TDF:
            rig.write(MSR, SDF)
            return True
        rig.pass_time(max(1, rig.block.next_event_time() - rig.now))
    return False


def sdk_transfer(rig: Lpi2cRig, address: int, register: int, length: int) -> list[int] | None:
    """LPI2C_MasterTransferBlocking: a register read with a repeated START; None for a NACK."""
    assert rig.read(MSR) & (BBF | MBF) != BBF
    rig.write(MSR, FLAGS)
    failed = False
    for command in (START | address << 1, register, START | address << 1 | 1, RECEIVE | length - 1):
        while rig.read(MFSR) & 7 == 4 and not failed:
            rig.pass_time(100)
        failed = failed or sdk_check_error(rig)
        if not failed:
            rig.command(command)
    received: list[int] = []
    while len(received) < length and not failed:
        failed = sdk_check_error(rig)
        value = rig.read(MRDR)
        if not value & RXEMPTY:
            received.append(value)
        else:
            rig.pass_time(100)
    stopped = sdk_stop(rig)
    return received if stopped and not failed else None


def test_sdk_blocking_transfer(rig: Lpi2cRig) -> None:
    assert sdk_transfer(rig, 0x30, 0x0A, 3) == [0xA0, 0xA1, 0xA2]
    assert rig.target.diary == ["write", 0x0A, "read", "stop"]


def test_sdk_blocking_transfer_after_a_nack_works_again(rig: Lpi2cRig) -> None:
    assert sdk_transfer(rig, 0x21, 0x0A, 1) is None
    assert sdk_transfer(rig, 0x30, 0x0A, 1) == [0xA0]
