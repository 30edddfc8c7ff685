"""FlexSPI and the NOR flash on a real Renode: drivers' steps, and transactions beside Python's."""

import pytest

from rt1062.chip.clock import TICKS_PER_MICROSECOND
from tests.rt1062.blocks import test_flexspi as drivers
from tests.rt1062.blocks.test_flexspi import (
    CMD,
    DLLCR,
    FLSHCR0,
    INTEN,
    INTR,
    IPCMDDONE,
    IPCMDERR,
    IPCR1,
    IPRXFCR,
    IPRXFSTS,
    IPRXWA,
    IPTXFCR,
    IPTXFSTS,
    IPTXWE,
    LUT,
    MCR0,
    RADDR,
    READ,
    RFDR,
    STS0,
    STS1,
    STS2,
    TFDR,
    WRITE,
    half,
)
from tests.rt1062.renode.real import Chip
from tests.rt1062.renode.twins import offsets

pytest_plugins = "tests.rt1062.renode.fixtures"

FLASH_BYTES = 8 << 20


class RenodeRig(drivers.FlexSpiRig):
    """The C# models behind what the drivers of tests/rt1062/blocks/test_flexspi.py use."""

    now = 0

    def __init__(self, chip: Chip):
        self.chip = chip
        chip.do("flexspi Reset")  # neither is what the boot ROM has left
        chip.do(f"flash SetRange 0 {FLASH_BYTES} 0xFF")  # the image is no part of these tests
        self.write(MCR0, self.read(MCR0) & ~2)

    def read(self, offset, size=4):
        return self.chip.read("flexspi", offset, 8 * size)

    def write(self, offset, value, size=4):
        self.chip.write("flexspi", offset, value, 8 * size)

    def pass_time(self, ticks):
        # What is waited for is never a matter of less than a millisecond, and every wait takes 3 ms
        # of wall time.
        if ticks >= TICKS_PER_MICROSECOND:
            ticks = max(ticks, 1000 * TICKS_PER_MICROSECOND)
            self.chip.wait_us(ticks / TICKS_PER_MICROSECOND)
        self.now += ticks

    def pass_to_next_event(self):
        raise AssertionError("what a driver waits for is there at once")


@pytest.fixture
def renode(chip):
    return RenodeRig(chip)


class Pair:
    """Both models and the same transactions on both, by sequence 15."""

    def __init__(self, renode: RenodeRig):
        self.rigs = (drivers.FlexSpiRig(), renode)
        self.rigs[0].flash._unmodelled = lambda text: None
        for rig in self.rigs:
            rig.write(FLSHCR0, FLASH_BYTES // 1024)

    def execute(self, opcode, address=None, data=b"", count=0) -> bytes:
        halves = [half(CMD, 1, opcode)]
        if address is not None:
            halves.append(half(RADDR, 1, 24))
        if data:
            halves.append(half(WRITE, 1, 4))
        if count:
            halves.append(half(READ, 1, 4))
        answers = []
        for rig in self.rigs:
            sdk = drivers.Sdk(rig)
            rig.unlock()
            rig.sequence(15, *halves)
            answers.append(sdk.transfer(15, address or 0, data, count))
        assert answers[0] == answers[1], f"0x{opcode:02X}: {answers[0].hex()} {answers[1].hex()}"
        return answers[0]

    def wait_us(self, microseconds) -> None:
        for rig in self.rigs:
            rig.pass_time(microseconds * TICKS_PER_MICROSECOND)


@pytest.fixture
def pair(renode):
    return Pair(renode)


# Drivers.


@pytest.mark.parametrize("length", [1, 4, 13, 128])
def test_teensy_eeprom_write(renode, length) -> None:
    data = bytes((i * 7 + 1) & 0xFF for i in range(length))
    drivers.teensy_write(renode, 0x7C_0000, data)
    assert drivers.Sdk(renode).transfer(5, 0x7C_0000, read=length + 1) == data + b"\xff"


def test_teensy_eeprom_erase(renode) -> None:
    drivers.teensy_write(renode, 0x2_0100, bytes(256))
    drivers.teensy_write_enable(renode)
    renode.write(LUT + 0xF0, half(CMD, 1, 0x20) | half(RADDR, 1, 24) << 16)
    renode.trigger(15, 0x2_0000)
    renode.done()
    begun = renode.now
    drivers.teensy_wait(renode)
    assert renode.now - begun >= 70_000 * TICKS_PER_MICROSECOND
    assert drivers.Sdk(renode).transfer(5, 0x2_0100, read=256) == b"\xff" * 256


def test_teensy_41_finds_no_psram(chip) -> None:
    for offset, value in ((MCR0, 0xFFFF_80C0), (LUT, half(CMD, 1, 0x9F) | half(READ, 1, 1) << 16)):
        chip.write("flexspi2", offset, value)
    chip.write("flexspi2", IPCR1, 4)
    chip.write("flexspi2", 0xB0, 1)
    assert chip.read("flexspi2", RFDR) == 0xFFFF_FFFF


@pytest.mark.parametrize("watermark", [8])
def test_sdk_polling_example(renode, watermark) -> None:
    sdk = drivers.Sdk(renode, watermark)
    assert sdk.transfer(6, read=3) == b"\x9d\x70\x17"
    data = bytes(range(256))
    for content in (data, bytes(256)):
        sdk.transfer(2)
        sdk.transfer(4, 0x4000, write=content)
        sdk.wait()
        assert sdk.transfer(5, 0x4000, read=256) == content
    sdk.transfer(2)
    sdk.transfer(3, 0x4000)
    sdk.wait()
    assert sdk.transfer(5, 0x4000, read=256) == b"\xff" * 256


# The controller.


def test_both_start_with_the_same_registers(chip) -> None:
    python = drivers.FlexSpiRig()
    python.block.reset()
    for name, offset in offsets(python.block).items():
        assert chip.read("flexspi2", offset) == python.read(offset), name


def test_the_same_values_stay_in_the_registers(pair) -> None:
    python, renode = pair.rigs
    registers = offsets(python.block)
    for rig in pair.rigs:
        for name, offset in registers.items():
            if name not in ("MCR0", "INTR", "IPCMD"):
                rig.write(offset, 0xA5A5_A5A7)
    for name, offset in registers.items():
        assert renode.read(offset) == python.read(offset), name


def test_the_lut_is_locked_until_the_key_and_unlock_come_together(pair) -> None:
    python, renode = pair.rigs
    for rig in pair.rigs:
        rig.lock()
        rig.write(LUT, 0x1234)
        rig.write(0x1C, 2)
        rig.write(LUT + 4, 0x1234)
        rig.unlock()
        rig.write(LUT + 8, 0x1234)
    for offset in (LUT, LUT + 4, LUT + 8, 0x1C):
        assert renode.read(offset) == python.read(offset)
    assert renode.read(LUT + 8) == 0x1234


@pytest.mark.parametrize(("instruction", "code"), [(0x1E, 0x3), (0x1F, 0x2)])
def test_a_wrong_instruction_is_an_error(renode, instruction, code) -> None:
    renode.unlock()
    renode.sequence(5, half(CMD, 1, 0x03), half(instruction, 1, 0))
    renode.trigger(5, 0, 4)
    assert renode.read(INTR) & (IPCMDERR | IPCMDDONE) == IPCMDERR | IPCMDDONE
    assert renode.read(STS1) == code << 24 | 5 << 16
    assert renode.read(STS0) & 3 == 3


def test_an_address_behind_all_chips_is_an_error(renode) -> None:
    for port, size in enumerate((8192, 0, 0, 0)):
        renode.write(FLSHCR0 + 4 * port, size)
    renode.unlock()
    renode.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    renode.trigger(0, 8 << 20, 4)
    assert renode.read(STS1) >> 24 == 6


def test_another_port_has_no_flash(renode) -> None:
    renode.write(FLSHCR0, 4096)
    drivers.teensy_write(renode, 0, bytes(4))
    renode.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    renode.trigger(0, 4 << 20, 4)
    renode.done()
    assert renode.read(RFDR) == 0xFFFF_FFFF


def test_a_read_stops_when_the_fifo_is_full_and_goes_on_when_it_is_popped(renode) -> None:
    data = bytes(range(200))
    drivers.teensy_write(renode, 0, data)
    renode.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    renode.write(IPRXFCR, 1)
    renode.trigger(0, 0, 200)
    assert renode.read(IPRXFSTS) & 0xFF == 16
    assert renode.read(STS0) & 3 == 0
    answer = b""
    while len(answer) < 200:
        for i in range(2):
            answer += renode.read(RFDR + 4 * i).to_bytes(4, "little")
        renode.write(INTR, IPRXWA)
    assert answer == data
    assert renode.read(INTR) & IPCMDDONE


def test_several_sequences_make_one_command(renode) -> None:
    drivers.teensy_write(renode, 0, bytes(16))
    renode.sequence(8, half(CMD, 1, 0x06))
    renode.sequence(9, half(CMD, 1, 0x20), half(RADDR, 1, 24))
    renode.trigger(8, 0, number=2)
    renode.done()
    drivers.teensy_wait(renode)
    assert drivers.Sdk(renode).transfer(5, 0, read=16) == b"\xff" * 16


def test_interrupts_follow_their_flags(renode) -> None:
    renode.write(INTEN, IPCMDDONE)
    assert not renode.chip.line("flexspi", "IRQ")
    renode.unlock()
    renode.sequence(0, half(CMD, 1, 0x06))
    renode.trigger(0)
    assert renode.chip.line("flexspi", "IRQ")
    renode.write(INTR, IPCMDDONE)
    assert not renode.chip.line("flexspi", "IRQ")
    renode.write(INTEN, IPTXWE)
    assert renode.chip.line("flexspi", "IRQ")
    renode.chip.reset()
    assert not renode.chip.line("flexspi", "IRQ")


def test_software_reset_empties_the_fifos(renode) -> None:
    renode.write(TFDR, 1)
    renode.write(INTR, IPTXWE)
    assert renode.read(IPTXFSTS) & 0xFF == 1
    renode.write(MCR0, renode.read(MCR0) | 1)
    assert renode.read(IPTXFSTS) == 0
    assert renode.read(MCR0) & 1 == 0
    renode.write(TFDR, 1)
    renode.write(INTR, IPTXWE)
    renode.write(IPTXFCR, 1)
    assert renode.read(IPTXFSTS) == 0


def test_the_delay_lines_lock_at_once(renode) -> None:
    renode.write(DLLCR + 4, 0x79)
    assert renode.read(STS2) == 0x0103_0100


def test_an_offset_where_nothing_is(renode) -> None:
    renode.read(0x50)
    renode.write(0x50, 1)
    warnings = " ".join(renode.chip.warnings)
    assert "Unhandled read from offset 0x50" in warnings
    assert "Unhandled write to offset 0x50" in warnings


# The flash.


@pytest.mark.parametrize(
    ("opcode", "address", "count"),
    [(0x9F, None, 7), (0xAB, None, 3), (0x90, 0, 3), (0x90, 1, 3), (0x4B, None, 20), (0x5A, 0, 130),
     (0x5A, 0x34, 9), (0x35, None, 2), (0x05, None, 2), (0x15, None, 2)],
)  # fmt: skip
def test_it_says_who_it_is(pair, opcode, address, count) -> None:
    pair.execute(opcode, address, count=count)


@pytest.mark.parametrize("opcode", [0x02, 0x32, 0x38])
def test_programming(pair, opcode) -> None:
    pair.execute(opcode, 0x100, b"\0")  # not enabled
    for address, data in (
        (0x1FE, b"\x0f\xf0\x01\x02"),
        (0x100, b"\x33"),
        (0x200, bytes(range(255)) + b"ab"),
    ):
        pair.execute(0x06)
        assert pair.execute(0x05, count=1) == b"\x42"
        pair.execute(opcode, address, data)
        assert pair.execute(0x05, count=1)[0] & 3 == 3
        pair.execute(0x03, 0, count=4)  # busy
        pair.wait_us(200)
        assert pair.execute(0x05, count=1) == b"\x40"
    assert pair.execute(0x03, 0x1FE, count=2) == b"\x0f\xf0"
    assert pair.execute(0x03, 0x100, count=0x300)[:3] == b"\x01\x02\xff"


@pytest.mark.parametrize(
    ("opcode", "microseconds"),
    [(0x20, 70_000), (0xD7, 70_000), (0x52, 130_000), (0xD8, 200_000), (0xC7, 16_000_000)],
)
def test_erasing(pair, opcode, microseconds) -> None:
    for address in (0, 0x1000, 0x7F00, 0x8000, 0xFF00, 0x1_0000):
        pair.execute(0x06)
        pair.execute(0x02, address, b"\0\0")
        pair.wait_us(200)
    whole = opcode == 0xC7
    pair.execute(opcode, None if whole else 0x123)  # not enabled
    pair.execute(0x06)
    pair.execute(opcode, None if whole else 0x123)
    pair.wait_us(microseconds - 1_000)
    assert pair.execute(0x05, count=1)[0] & 1
    pair.wait_us(1_000)
    assert not pair.execute(0x05, count=1)[0] & 1
    for address in (0, 0x1000, 0x7F00, 0x8000, 0xFF00, 0x1_0000):
        pair.execute(0x03, address, count=2)


@pytest.mark.parametrize("data", [b"\x00", b"\xff", b"\x00\x02", b"\x40\x00"])
def test_the_status_register(pair, data) -> None:
    pair.execute(0x01, data=data)
    pair.execute(0x06)
    pair.execute(0x01, data=data)
    pair.execute(0x05, count=1)
    pair.wait_us(2_000)
    pair.execute(0x05, count=1)
    pair.execute(0x35, count=1)


def test_asleep_it_hears_only_the_call_to_wake(pair) -> None:
    pair.execute(0xB9)
    assert pair.execute(0x9F, count=3) == b"\xff\xff\xff"
    pair.execute(0x66)
    pair.execute(0xAB, count=1)
    assert pair.execute(0x9F, count=3) == b"\x9d\x70\x17"


def test_a_reset_needs_its_two_commands(pair) -> None:
    pair.execute(0x06)
    pair.execute(0x99)
    assert pair.execute(0x05, count=1) == b"\x42"
    pair.execute(0x66)
    pair.execute(0x9F, count=1)
    pair.execute(0x99)
    assert pair.execute(0x05, count=1) == b"\x42"
    pair.execute(0x66)
    pair.execute(0x99)
    pair.execute(0x05, count=1)
    pair.wait_us(35)
    assert pair.execute(0x05, count=1) == b"\x40"


def test_a_read_runs_on_from_the_end_to_the_beginning(pair) -> None:
    pair.execute(0x06)
    pair.execute(0x02, 0, b"\x12")
    pair.wait_us(200)
    assert pair.execute(0x03, FLASH_BYTES - 1, count=2) == b"\xff\x12"


def test_a_command_that_it_has_not(pair) -> None:
    pair.execute(0xC8, count=1)
    assert "NOR flash command 0xC8 is not supported" in " ".join(pair.rigs[1].chip.warnings)
