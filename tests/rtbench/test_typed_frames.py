"""Whole frames typed at the firmware's console, at the line's highest rate, whole and damaged."""

from pathlib import Path

import numpy as np
import pytest

from rt1062.unicorn.machine import UnicornMachine
from rtbench.link import record_line
from rtbench.link.events import ErrorEvent, Log
from rtbench.link.firmware import Firmware
from rtbench.link.frame_record import COMMAND, FrameRecord

FIRMWARE = Path(__file__).resolve().parents[2] / "build/firmware"
pytestmark = pytest.mark.skipif(
    not (FIRMWARE / "log.elf").is_file(), reason="`make firmware` has not built it"
)
RATE = 3_000_000
RECORD_S = 0.07  # of a record on the line, and the answer
NOISE = np.random.default_rng(1).integers(0, 256, 18432, np.uint8).tobytes()


@pytest.fixture(scope="module")
def firmware():
    with UnicornMachine(FIRMWARE / "log.bin", FIRMWARE / "log.elf") as machine:
        machine.console_baud = 115_200
        machine.power_on()
        firmware = Firmware(machine)
        firmware.boot()
        firmware.camera_ready()
        firmware.command(f"baud {RATE}")
        machine.run_for(0.05)
        machine.set_console_baud(RATE)
        yield firmware
        assert machine.warnings == []


def said(firmware: Firmware, data: bytes) -> list[str]:
    """What is said of bytes that are typed: codes of errors, and messages; `info` is answered
    behind them."""
    firmware.type_bytes(data)
    firmware.machine.run_for(RECORD_S)
    firmware.machine.send("\ninfo\n")
    firmware.machine.run_for(0.01)
    events = [one for one in firmware.read() if isinstance(one, Log | ErrorEvent)]
    words = [one.code if isinstance(one, ErrorEvent) else one.message for one in events]
    assert words.pop() == "info"
    return words


def line(sequence: int) -> bytearray:
    return bytearray(record_line.encode(FrameRecord(NOISE, sequence, "cat").encode()))


def flipped(of: bytearray) -> None:
    """One bit of a pixel, which only the CRC can tell."""
    whole = record_line.decode(bytes(of[1:-1]))
    for at in range(len(of) // 2, len(of)):
        of[at] ^= 4
        try:
            if len(record_line.decode(bytes(of[1:-1]))) == len(whole):
                return
        except ValueError:
            pass  # it was the length of a run
        of[at] ^= 4


def lost(of: bytearray) -> None:
    del of[-20]


def cut(of: bytearray) -> None:
    of[len(of) // 2] = record_line.NEWLINE


def headless(of: bytearray) -> None:
    of[1] ^= 1


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (flipped, ["frame_crc"]),
        (lost, ["frame_length"]),
        (cut, ["frame_length"]),
        (headless, ["frame_aborted", "not_text"]),
    ],
)
def test_a_damaged_frame_is_told_once_and_can_be_sent_again(firmware, damage, words):
    bad = line(1)
    damage(bad)
    told = said(firmware, COMMAND + bad)
    assert told == words
    assert said(firmware, COMMAND + line(2)) == ["frame received"]


def test_a_frame_is_taken_whole_at_the_highest_rate(firmware):
    for sequence in (3, 4):
        firmware.type_record(FrameRecord(NOISE, sequence, "cat").encode())
        event = firmware.expect(Log, timeout_s=1)
        assert event.message == "frame received"
        assert event.fields["sequence"] == sequence
        assert event.fields["crc32"] == FrameRecord(NOISE).crc32
    capture = firmware.capture()
    assert capture.crc32 == FrameRecord(NOISE).crc32


def test_a_record_without_the_command_is_one_error(firmware):
    assert said(firmware, bytes(line(5))) == ["frame_unexpected"]
