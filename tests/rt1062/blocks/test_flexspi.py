"""FlexSPI: IP commands in the steps in which Teensy, the SDK and Zephyr give them."""

import pytest

from rt1062.blocks.flexspi import FlexSpi
from rt1062.devices.nor_flash import NorFlash
from rt1062.scheduler import NEVER
from tests.rt1062.blocks.rig import Rig

MCR0, INTEN, INTR, LUTKEY, LUTCR, FLSHCR0, FLSHCR2 = 0x00, 0x10, 0x14, 0x18, 0x1C, 0x60, 0x80
IPCR0, IPCR1, IPCMD, IPRXFCR, IPTXFCR, DLLCR = 0xA0, 0xA4, 0xB0, 0xB8, 0xBC, 0xC0
STS0, STS1, STS2, IPRXFSTS, IPTXFSTS, RFDR, TFDR, LUT = (
    0xE0,
    0xE4,
    0xE8,
    0xF0,
    0xF4,
    0x100,
    0x180,
    0x200,
)
IPCMDDONE, IPCMDERR, IPRXWA, IPTXWE = 1 << 0, 1 << 3, 1 << 5, 1 << 6
CMD, RADDR, DUMMY, READ, WRITE, MODE8 = 0x01, 0x02, 0x0C, 0x09, 0x08, 0x07
HZ = 132_000_000


def half(opcode, pads, operand):
    return opcode << 10 | {1: 0, 2: 1, 4: 2, 8: 3}[pads] << 8 | operand


class FlexSpiRig(Rig):
    """An enabled controller with 8 MB of flash on port A1."""

    def __init__(self, flash=True):
        super().__init__(HZ)
        self.memory = bytearray(b"\xff" * (8 << 20))
        self.flash = NorFlash(self.scheduler, self.memory, unmodelled=self.fail)
        flash = self.flash if flash else None
        self.hold(FlexSpi(self.scheduler, self.clock_hz, self.line(), flash))
        self.write(MCR0, self.read(MCR0) & ~2)

    @staticmethod
    def fail(text):
        raise AssertionError(text)

    def unlock(self):
        self.write(LUTKEY, 0x5AF05AF0)
        self.write(LUTCR, 2)

    def lock(self):
        self.write(LUTKEY, 0x5AF05AF0)
        self.write(LUTCR, 1)

    def sequence(self, index, *halves):
        halves = [*halves, *[0] * (8 - len(halves))]
        for i in range(4):
            self.write(LUT + 16 * index + 4 * i, halves[2 * i] | halves[2 * i + 1] << 16)

    def spin(self, offset, mask, want):
        """Read a status register until it says so, time passing as the bus lets it pass."""
        for _ in range(10_000):
            value = self.read(offset)
            if bool(value & mask) == want:
                return value
            self.pass_to_next_event()
        raise AssertionError("no end")

    def pass_to_next_event(self):
        time = self.block.next_event_time()
        assert time != NEVER, "firmware would spin for ever"
        self.pass_time(time - self.now)

    def trigger(self, index, address=0, size=0, number=1):
        self.write(IPCR0, address)
        self.write(IPCR1, (number - 1) << 24 | index << 16 | size)
        self.write(IPCMD, 1)

    def done(self):
        self.spin(INTR, IPCMDDONE, True)
        self.write(INTR, IPCMDDONE)


@pytest.fixture
def rig():
    return FlexSpiRig()


# Teensy 4, eeprom.c.


def teensy_wait(rig):
    rig.write(LUT + 0xF0, half(CMD, 1, 0x05) | half(READ, 1, 1) << 16)
    rig.write(LUT + 0xF4, 0)
    for _ in range(100_000):
        rig.write(IPRXFCR, 1)
        rig.trigger(15, 0, 1)
        rig.done()
        if not rig.read(RFDR, 1) & 1:
            break
        rig.pass_time(600 * 100)
    rig.write(MCR0, rig.read(MCR0) | 1)
    rig.spin(MCR0, 1, False)


def teensy_write_enable(rig):
    rig.unlock()
    rig.write(IPCR0, 0)
    rig.sequence(15, half(CMD, 1, 0x06))
    rig.write(IPCR1, 15 << 16)
    rig.write(IPCMD, 1)
    rig.done()


def teensy_write(rig, address, data):
    teensy_write_enable(rig)
    rig.write(LUT + 0xF0, half(CMD, 1, 0x32) | half(RADDR, 1, 24) << 16)
    rig.write(LUT + 0xF4, half(WRITE, 4, 1))
    rig.write(IPTXFCR, 1)
    rig.trigger(15, address, len(data))
    rest = data
    for _ in range(10_000):
        flags = rig.read(INTR)
        if flags & IPCMDDONE:
            break
        if flags & IPTXWE:
            portion, rest = rest[:8], rest[8:]
            store_like_memcpy(rig, portion)
            rig.write(INTR, IPTXWE)
        else:
            rig.pass_to_next_event()
        rig.pass_time(20)
    rig.write(INTR, IPCMDDONE | IPTXWE)
    teensy_wait(rig)


def store_like_memcpy(rig, data):
    """Words, then a half-word, then a byte, as the C library stores them."""
    offset = 0
    for size in (4, 4, 2, 1):
        if len(data) - offset >= size:
            rig.write(TFDR + offset, int.from_bytes(data[offset : offset + size], "little"), size)
            offset += size


@pytest.mark.parametrize("length", [1, 2, 3, 4, 8, 13, 16, 128, 200, 256])
def test_teensy_eeprom_write(rig, length):
    data = bytes((i * 7 + 1) & 0xFF for i in range(length))
    teensy_write(rig, 0x7C0000, data)
    assert bytes(rig.memory[0x7C0000 : 0x7C0000 + length]) == data
    assert rig.memory[0x7C0000 + length] == 0xFF


def test_teensy_eeprom_writes_one_after_the_other(rig):
    for i in range(5):
        teensy_write(rig, 0x1000 + 2 * i, bytes((i, 0x80 | i)))
    assert bytes(rig.memory[0x1000:0x100A]) == bytes.fromhex("00800181028203830484")


@pytest.mark.parametrize(("opcode", "size"), [(0x20, 4096), (0x52, 32768), (0xD8, 65536)])
def test_teensy_eeprom_erase(rig, opcode, size):
    rig.memory[0x20000 : 0x20000 + size] = bytes(size)
    teensy_write_enable(rig)
    rig.write(LUT + 0xF0, half(CMD, 1, opcode) | half(RADDR, 1, 24) << 16)
    rig.trigger(15, 0x20000)
    rig.done()
    begun = rig.now
    teensy_wait(rig)
    assert bytes(rig.memory[0x20000 : 0x20000 + size]) == b"\xff" * size
    assert rig.now - begun >= 70_000 * 600


def test_teensy_41_finds_no_psram():
    rig = FlexSpiRig(flash=False)
    rig.unlock()
    for i in range(64):
        rig.write(LUT + 4 * i, 0)
    rig.write(MCR0, rig.read(MCR0) | 1)
    rig.spin(MCR0, 1, False)
    rig.unlock()
    rig.sequence(0, half(CMD, 4, 0xF5))
    rig.sequence(1, half(CMD, 1, 0x66))
    rig.sequence(2, half(CMD, 1, 0x99))
    rig.sequence(3, half(CMD, 1, 0x9F), half(DUMMY, 1, 24), half(READ, 1, 1))
    for index in (0, 1, 2):
        rig.trigger(index)
        rig.done()
    rig.trigger(3, 0, 4)
    rig.spin(INTR, IPCMDDONE, True)
    assert rig.read(RFDR) & 0xFFFF not in (0x5D0D, 0x5D9D)
    assert rig.read(INTR) & IPRXWA
    rig.write(INTR, IPCMDDONE | IPRXWA)
    assert rig.read(IPRXFSTS) & 0xFF == 0  # popped, so a second probe reads its own answer


# The SDK's driver, polling.


class Sdk:
    """fsl_flexspi.c, by its own steps; data goes in and out as words."""

    def __init__(self, rig, watermark=8):
        self.rig = rig
        rig.write(IPRXFCR, (watermark // 8 - 1) << 2)
        rig.write(IPTXFCR, (watermark // 8 - 1) << 2)
        self.level = watermark // 8
        rig.unlock()
        rig.sequence(1, half(CMD, 1, 0x05), half(READ, 1, 4))
        rig.sequence(2, half(CMD, 1, 0x06))
        rig.sequence(3, half(CMD, 1, 0xD7), half(RADDR, 1, 24))
        rig.sequence(4, half(CMD, 1, 0x32), half(RADDR, 1, 24), half(WRITE, 4, 4))
        rig.sequence(5, half(CMD, 1, 0xEB), half(RADDR, 4, 24), half(DUMMY, 4, 6), half(READ, 4, 4))
        rig.sequence(6, half(CMD, 1, 0x9F), half(READ, 1, 4))
        rig.sequence(7, half(CMD, 1, 0x01), half(WRITE, 1, 4))
        rig.lock()

    def set_bits(self, offset, bits):
        self.rig.write(offset, self.rig.read(offset) | bits)

    def transfer(self, index, address=0, write=b"", read=0):
        self.set_bits(FLSHCR2, 1 << 31)
        self.set_bits(INTR, 0x1E)
        self.rig.write(IPCR0, address)
        self.set_bits(IPTXFCR, 1)
        self.set_bits(IPRXFCR, 1)
        self.rig.write(IPCR1, index << 16 | (len(write) or read))
        self.set_bits(IPCMD, 1)
        if write:
            self._write(write)
        answer = self._read(read) if read else b""
        self.rig.spin(STS0, 3, True)
        assert not self.rig.read(INTR) & IPCMDERR
        return answer

    def _write(self, data):
        portion = 8 * self.level
        while data:
            self.rig.spin(INTR, IPTXWE, True)
            words = 2 * self.level if len(data) >= portion else len(data) // 4 + 1
            for i in range(words):
                word = int.from_bytes(data[4 * i : 4 * i + 4], "little")
                self.rig.write(TFDR + 4 * i, word)
            data = data[portion:]
            self.set_bits(INTR, IPTXWE)

    def _read(self, size):
        portion, answer = 8 * self.level, b""
        while len(answer) < size:
            left = size - len(answer)
            if left >= portion:
                self.rig.spin(INTR, IPRXWA, True)
            else:
                while left > (self.rig.read(IPRXFSTS) & 0xFF) * 8:
                    self.rig.pass_to_next_event()
            for i in range(min(2 * self.level, (left + 3) // 4)):
                answer += self.rig.read(RFDR + 4 * i).to_bytes(4, "little")
            self.set_bits(INTR, IPRXWA)
        return answer[:size]

    def wait(self):
        while self.transfer(1, read=1)[0] & 1:
            self.rig.pass_time(600 * 50)


@pytest.mark.parametrize("watermark", [8, 16, 64, 128])
def test_sdk_polling_example(rig, watermark):
    sdk = Sdk(rig, watermark)
    assert sdk.transfer(6, read=3) == b"\x9d\x70\x17"
    sdk.transfer(2)
    sdk.transfer(7, write=b"\x40")
    sdk.wait()
    assert rig.flash.status == 0x40
    rig.memory[0x4000:0x5000] = bytes(4096)
    sdk.transfer(2)
    sdk.transfer(3, 0x4000)
    sdk.wait()
    assert sdk.transfer(5, 0x4000, read=256) == b"\xff" * 256
    data = bytes(range(256))
    sdk.transfer(2)
    sdk.transfer(4, 0x4000, write=data)
    sdk.wait()
    assert sdk.transfer(5, 0x4000, read=256) == data
    assert bytes(rig.memory[0x4000:0x4100]) == data


@pytest.mark.parametrize("size", [1, 3, 4, 7, 8, 9, 127, 128, 129, 1000])
def test_sdk_reads_of_any_size(rig, size):
    rig.memory[0x100 : 0x100 + size] = bytes(i & 0xFF for i in range(size))
    assert Sdk(rig).transfer(5, 0x100, read=size) == bytes(i & 0xFF for i in range(size))


# Details.


def test_the_lut_is_locked_until_the_key_and_unlock_come_together(rig):
    rig.lock()
    rig.write(LUT, 0x1234)
    assert rig.read(LUT) == 0
    rig.write(LUTCR, 2)
    rig.write(LUT, 0x1234)
    assert rig.read(LUT) == 0
    rig.write(LUTKEY, 0x5AF05AF1)
    rig.write(LUTCR, 2)
    rig.write(LUT, 0x1234)
    assert rig.read(LUT) == 0
    rig.unlock()
    rig.write(LUT, 0x1234)
    assert rig.read(LUT) == 0x1234


def test_a_command_takes_the_clocks_of_its_bits(rig):
    rig.unlock()
    rig.sequence(0, half(CMD, 1, 0xEB), half(RADDR, 4, 24), half(DUMMY, 4, 6), half(READ, 4, 4))
    rig.trigger(0, 0, 8)
    assert rig.read(STS0) & 3 == 0
    rig.done()
    clocks = 8 + 6 + 6 + 16
    assert rig.now == pytest.approx(clocks * 600e6 / HZ, abs=2)
    assert rig.read(STS0) & 3 == 3


def test_mode_bits_count_as_wait_clocks(rig):
    rig.memory[0:4] = b"\x11\x22\x33\x44"
    rig.unlock()
    rig.sequence(
        0,
        half(CMD, 1, 0xEB),
        half(RADDR, 4, 24),
        half(MODE8, 4, 0xFF),
        half(DUMMY, 4, 4),
        half(READ, 4, 1),
    )
    rig.trigger(0, 0, 4)
    rig.done()
    assert rig.read(RFDR) == 0x44332211


def test_a_read_stops_when_the_fifo_is_full_and_goes_on_when_it_is_popped(rig):
    rig.memory[0:200] = bytes(range(200))
    rig.unlock()
    rig.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    rig.trigger(0, 0, 200)
    rig.pass_time(600 * 1000)
    assert rig.read(IPRXFSTS) & 0xFF == 16
    assert not rig.read(INTR) & IPCMDDONE
    assert rig.read(STS0) & 3 == 0
    answer = b""
    while len(answer) < 200:
        for i in range(2):
            answer += rig.read(RFDR + 4 * i).to_bytes(4, "little")
        rig.write(INTR, IPRXWA)
        rig.pass_time(600 * 10)
    assert answer == bytes(range(200))
    assert rig.read(INTR) & IPCMDDONE


def test_data_may_be_in_the_fifo_before_the_trigger(rig):
    rig.unlock()
    rig.sequence(0, half(CMD, 1, 0x06))
    rig.sequence(1, half(CMD, 1, 0x02), half(RADDR, 1, 24), half(WRITE, 1, 4))
    rig.trigger(0)
    rig.done()
    for i in range(2):
        rig.write(TFDR + 4 * i, 0x03020100 + i * 0x04040404)
    rig.write(INTR, IPTXWE)
    assert rig.read(IPTXFSTS) & 0xFF == 1
    rig.trigger(1, 0x300, 8)
    rig.done()
    assert bytes(rig.memory[0x300:0x308]) == bytes(range(8))


def test_several_sequences_make_one_command(rig):
    rig.memory[0:4096] = bytes(4096)
    rig.unlock()
    rig.sequence(8, half(CMD, 1, 0x06))
    rig.sequence(9, half(CMD, 1, 0x20), half(RADDR, 1, 24))
    rig.trigger(8, 0, number=2)
    rig.done()
    assert bytes(rig.memory[0:4096]) == b"\xff" * 4096


@pytest.mark.parametrize(("instruction", "code"), [(0x1E, 0x3), (0x1F, 0x2)])
def test_a_wrong_instruction_is_an_error(rig, instruction, code):
    rig.unlock()
    rig.sequence(5, half(CMD, 1, 0x03), half(instruction, 1, 0))
    rig.trigger(5, 0, 4)
    assert rig.read(INTR) & (IPCMDERR | IPCMDDONE) == IPCMDERR | IPCMDDONE
    assert rig.read(STS1) == code << 24 | 5 << 16
    assert rig.read(STS0) & 3 == 3


def test_an_address_behind_all_chips_is_an_error(rig):
    for port, size in enumerate((8192, 0, 0, 0)):
        rig.write(FLSHCR0 + 4 * port, size)
    rig.unlock()
    rig.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    rig.trigger(0, 8 << 20, 4)
    assert rig.read(STS1) >> 24 == 6


def test_another_port_has_no_flash(rig):
    rig.memory[0:4] = bytes(4)
    rig.write(FLSHCR0, 8192)
    rig.unlock()
    rig.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    rig.trigger(0, 8 << 20, 4)
    rig.done()
    assert rig.read(RFDR) == 0xFFFFFFFF


def test_interrupts_follow_their_flags(rig):
    rig.unlock()
    rig.sequence(0, half(CMD, 1, 0x9F), half(READ, 1, 4))
    rig.write(INTEN, IPCMDDONE)
    rig.trigger(0, 0, 3)
    assert not rig.irq
    rig.pass_time(600 * 10)
    assert rig.irq
    rig.write(INTR, IPCMDDONE)
    assert not rig.irq
    rig.write(INTEN, IPTXWE)
    assert rig.irq


def test_software_reset_drops_a_command_and_the_fifos(rig):
    rig.unlock()
    rig.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    rig.trigger(0, 0, 64)
    rig.pass_time(600)
    rig.write(MCR0, rig.read(MCR0) | 1)
    assert not rig.read(MCR0) & 1
    assert rig.read(STS0) & 3 == 3
    assert rig.read(IPRXFSTS) & 0xFF == 0
    assert rig.block.next_event_time() == NEVER


def test_nothing_happens_while_the_module_is_off_or_has_no_clock(rig):
    rig.unlock()
    rig.sequence(0, half(CMD, 1, 0x9F), half(READ, 1, 4))
    rig.write(MCR0, rig.read(MCR0) | 2)
    rig.trigger(0, 0, 3)
    assert rig.read(STS0) & 3 == 3
    rig.write(MCR0, rig.read(MCR0) & ~2)
    rig.hz = 0
    rig.trigger(0, 0, 3)
    rig.pass_time(10**9)
    assert not rig.read(INTR) & IPCMDDONE


def test_fifo_levels_and_counters_are_shown_in_entries(rig):
    rig.unlock()
    rig.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    rig.trigger(0, 0, 20)
    rig.done()
    assert rig.read(IPRXFSTS) == 3
    rig.write(INTR, IPRXWA)
    assert rig.read(IPRXFSTS) == 1 << 16 | 2


@pytest.mark.parametrize(("ddr", "clocks"), [(0, 2 + 6 + 6 + 16), (0x20, 1 + 3 + 6 + 8)])
def test_double_rate_takes_half_the_clocks(rig, ddr, clocks):
    rig.memory[0:8] = bytes(range(8))
    rig.unlock()
    rig.sequence(
        0,
        half(CMD + ddr, 4, 0xED if ddr else 0xEB),
        half(RADDR + ddr, 4, 24),
        half(DUMMY + ddr, 4, 6),
        half(READ + ddr, 4, 4),
    )
    rig.trigger(0, 0, 8)
    rig.done()
    assert rig.now == pytest.approx(clocks * 600e6 / HZ, abs=2)
    assert rig.read(RFDR) == 0x03020100


def test_dma_requests_follow_their_enables(rig):
    requests = []
    rig.block.request_changed = lambda: requests.append(rig.block.requests()["receive"].asserted())
    assert not rig.block.requests()["transmit"].asserted()
    rig.write(IPTXFCR, 2)
    assert rig.block.requests()["transmit"].asserted()
    rig.write(IPTXFCR, 0)
    rig.write(IPRXFCR, 2)
    rig.unlock()
    rig.sequence(0, half(CMD, 1, 0x9F), half(READ, 1, 4))
    rig.trigger(0, 0, 8)
    rig.done()
    assert requests[-1] is True
    rig.block.pop()
    assert not rig.block.requests()["receive"].asserted()


def test_the_delay_line_locks(rig):
    rig.write(DLLCR, 0x79)
    assert rig.read(STS2) & 3 == 3
    rig.write(DLLCR, 0x100)
    assert rig.read(STS2) & 3 == 0
