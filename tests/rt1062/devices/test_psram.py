"""The serial PSRAM: identity, modes, its array by commands."""

from rt1062.devices.psram import Psram


def make() -> tuple[Psram, bytearray]:
    array = bytearray(8 << 20)

    def write(address: int, data: bytes) -> None:
        array[address : address + len(data)] = data

    return Psram(len(array), lambda at, count: bytes(array[at : at + count]), write), array


def test_identity_on_one_pad_only():
    psram, _ = make()
    assert psram.execute(0x9F, count=4)[:2] == b"\x0d\x5d"
    psram.execute(0x35)
    assert psram.quad
    assert psram.execute(0x9F, count=2) == b"\xff\xff"
    psram.execute(0xF5)
    assert psram.execute(0x9F, count=2) == b"\x0d\x5d"


def test_a_reset_takes_two_commands_in_a_row():
    psram, _ = make()
    psram.execute(0x35)
    psram.execute(0x99)
    assert psram.quad
    psram.execute(0x66)
    psram.execute(0x99)
    assert not psram.quad


def test_what_is_written_by_a_command_is_read_by_one():
    psram, array = make()
    psram.execute(0x38, 0x1234, b"abc")
    assert psram.execute(0xEB, 0x1234, count=3) == b"abc"
    assert bytes(array[0x1234:0x1237]) == b"abc"
    assert psram.execute(0x77, count=2) == b"\xff\xff"
