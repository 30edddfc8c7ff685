"""FlexSPI: IP commands in the steps in which Teensy, the SDK and Zephyr give them."""

import pytest

from rt1062.blocks.flexspi import FlexSpi
from rt1062.devices.nor_flash import NorFlash
from rt1062.scheduler import NEVER, Scheduler

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


class Bench:
    def __init__(self, flash=True):
        self.scheduler = Scheduler()
        self.memory = bytearray(b"\xff" * (8 << 20))
        self.flash = NorFlash(self.scheduler, self.memory, unmodelled=self.fail)
        self.level = False
        self.hz = HZ
        self.flexspi = FlexSpi(
            self.scheduler, lambda: self.hz, self.line, self.flash if flash else None
        )
        self.write(MCR0, self.read(MCR0) & ~2)

    @staticmethod
    def fail(text):
        raise AssertionError(text)

    def line(self, level):
        self.level = level

    def read(self, offset, size=4):
        return self.flexspi.read(offset, size)

    def write(self, offset, value, size=4):
        self.flexspi.write(offset, size, value)

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
            time = self.flexspi.next_event_time()
            assert time != NEVER, "firmware would spin for ever"
            self.scheduler.advance(time - self.scheduler.now)
        raise AssertionError("no end")

    def trigger(self, index, address=0, size=0, number=1):
        self.write(IPCR0, address)
        self.write(IPCR1, (number - 1) << 24 | index << 16 | size)
        self.write(IPCMD, 1)

    def done(self):
        self.spin(INTR, IPCMDDONE, True)
        self.write(INTR, IPCMDDONE)


@pytest.fixture
def bench():
    return Bench()


# Teensy 4, eeprom.c.


def teensy_wait(bench):
    bench.write(LUT + 0xF0, half(CMD, 1, 0x05) | half(READ, 1, 1) << 16)
    bench.write(LUT + 0xF4, 0)
    for _ in range(100_000):
        bench.write(IPRXFCR, 1)
        bench.trigger(15, 0, 1)
        bench.done()
        if not bench.read(RFDR, 1) & 1:
            break
        bench.scheduler.advance(600 * 100)
    bench.write(MCR0, bench.read(MCR0) | 1)
    bench.spin(MCR0, 1, False)


def teensy_write_enable(bench):
    bench.unlock()
    bench.write(IPCR0, 0)
    bench.sequence(15, half(CMD, 1, 0x06))
    bench.write(IPCR1, 15 << 16)
    bench.write(IPCMD, 1)
    bench.done()


def teensy_write(bench, address, data):
    teensy_write_enable(bench)
    bench.write(LUT + 0xF0, half(CMD, 1, 0x32) | half(RADDR, 1, 24) << 16)
    bench.write(LUT + 0xF4, half(WRITE, 4, 1))
    bench.write(IPTXFCR, 1)
    bench.trigger(15, address, len(data))
    rest = data
    for _ in range(10_000):
        flags = bench.read(INTR)
        if flags & IPCMDDONE:
            break
        if flags & IPTXWE:
            portion, rest = rest[:8], rest[8:]
            store_like_memcpy(bench, portion)
            bench.write(INTR, IPTXWE)
        else:
            bench.scheduler.advance(bench.flexspi.next_event_time() - bench.scheduler.now)
        bench.scheduler.advance(20)
    bench.write(INTR, IPCMDDONE | IPTXWE)
    teensy_wait(bench)


def store_like_memcpy(bench, data):
    """Words, then a half-word, then a byte, as the C library stores them."""
    offset = 0
    for size in (4, 4, 2, 1):
        if len(data) - offset >= size:
            bench.write(TFDR + offset, int.from_bytes(data[offset : offset + size], "little"), size)
            offset += size


@pytest.mark.parametrize("length", [1, 2, 3, 4, 8, 13, 16, 128, 200, 256])
def test_teensy_eeprom_write(bench, length):
    data = bytes((i * 7 + 1) & 0xFF for i in range(length))
    teensy_write(bench, 0x7C0000, data)
    assert bytes(bench.memory[0x7C0000 : 0x7C0000 + length]) == data
    assert bench.memory[0x7C0000 + length] == 0xFF


def test_teensy_eeprom_writes_one_after_the_other(bench):
    for i in range(5):
        teensy_write(bench, 0x1000 + 2 * i, bytes((i, 0x80 | i)))
    assert bytes(bench.memory[0x1000:0x100A]) == bytes.fromhex("00800181028203830484")


@pytest.mark.parametrize(("opcode", "size"), [(0x20, 4096), (0x52, 32768), (0xD8, 65536)])
def test_teensy_eeprom_erase(bench, opcode, size):
    bench.memory[0x20000 : 0x20000 + size] = bytes(size)
    teensy_write_enable(bench)
    bench.write(LUT + 0xF0, half(CMD, 1, opcode) | half(RADDR, 1, 24) << 16)
    bench.trigger(15, 0x20000)
    bench.done()
    begun = bench.scheduler.now
    teensy_wait(bench)
    assert bytes(bench.memory[0x20000 : 0x20000 + size]) == b"\xff" * size
    assert bench.scheduler.now - begun >= 70_000 * 600


def test_teensy_41_finds_no_psram():
    bench = Bench(flash=False)
    bench.unlock()
    for i in range(64):
        bench.write(LUT + 4 * i, 0)
    bench.write(MCR0, bench.read(MCR0) | 1)
    bench.spin(MCR0, 1, False)
    bench.unlock()
    bench.sequence(0, half(CMD, 4, 0xF5))
    bench.sequence(1, half(CMD, 1, 0x66))
    bench.sequence(2, half(CMD, 1, 0x99))
    bench.sequence(3, half(CMD, 1, 0x9F), half(DUMMY, 1, 24), half(READ, 1, 1))
    for index in (0, 1, 2):
        bench.trigger(index)
        bench.done()
    bench.trigger(3, 0, 4)
    bench.spin(INTR, IPCMDDONE, True)
    assert bench.read(RFDR) & 0xFFFF not in (0x5D0D, 0x5D9D)
    assert bench.read(INTR) & IPRXWA
    bench.write(INTR, IPCMDDONE | IPRXWA)
    assert bench.read(IPRXFSTS) & 0xFF == 0  # popped, so a second probe reads its own answer


# The SDK's driver, polling.


class Sdk:
    """fsl_flexspi.c, by its own steps; data goes in and out as words."""

    def __init__(self, bench, watermark=8):
        self.bench = bench
        bench.write(IPRXFCR, (watermark // 8 - 1) << 2)
        bench.write(IPTXFCR, (watermark // 8 - 1) << 2)
        self.level = watermark // 8
        bench.unlock()
        bench.sequence(1, half(CMD, 1, 0x05), half(READ, 1, 4))
        bench.sequence(2, half(CMD, 1, 0x06))
        bench.sequence(3, half(CMD, 1, 0xD7), half(RADDR, 1, 24))
        bench.sequence(4, half(CMD, 1, 0x32), half(RADDR, 1, 24), half(WRITE, 4, 4))
        bench.sequence(
            5, half(CMD, 1, 0xEB), half(RADDR, 4, 24), half(DUMMY, 4, 6), half(READ, 4, 4)
        )
        bench.sequence(6, half(CMD, 1, 0x9F), half(READ, 1, 4))
        bench.sequence(7, half(CMD, 1, 0x01), half(WRITE, 1, 4))
        bench.lock()

    def set_bits(self, offset, bits):
        self.bench.write(offset, self.bench.read(offset) | bits)

    def transfer(self, index, address=0, write=b"", read=0):
        self.set_bits(FLSHCR2, 1 << 31)
        self.set_bits(INTR, 0x1E)
        self.bench.write(IPCR0, address)
        self.set_bits(IPTXFCR, 1)
        self.set_bits(IPRXFCR, 1)
        self.bench.write(IPCR1, index << 16 | (len(write) or read))
        self.set_bits(IPCMD, 1)
        if write:
            self._write(write)
        answer = self._read(read) if read else b""
        self.bench.spin(STS0, 3, True)
        assert not self.bench.read(INTR) & IPCMDERR
        return answer

    def _write(self, data):
        portion = 8 * self.level
        while data:
            self.bench.spin(INTR, IPTXWE, True)
            words = 2 * self.level if len(data) >= portion else len(data) // 4 + 1
            for i in range(words):
                word = int.from_bytes(data[4 * i : 4 * i + 4], "little")
                self.bench.write(TFDR + 4 * i, word)
            data = data[portion:]
            self.set_bits(INTR, IPTXWE)

    def _read(self, size):
        portion, answer = 8 * self.level, b""
        while len(answer) < size:
            left = size - len(answer)
            if left >= portion:
                self.bench.spin(INTR, IPRXWA, True)
            else:
                while left > (self.bench.read(IPRXFSTS) & 0xFF) * 8:
                    time = self.bench.flexspi.next_event_time()
                    self.bench.scheduler.advance(time - self.bench.scheduler.now)
            for i in range(min(2 * self.level, (left + 3) // 4)):
                answer += self.bench.read(RFDR + 4 * i).to_bytes(4, "little")
            self.set_bits(INTR, IPRXWA)
        return answer[:size]

    def wait(self):
        while self.transfer(1, read=1)[0] & 1:
            self.bench.scheduler.advance(600 * 50)


@pytest.mark.parametrize("watermark", [8, 16, 64, 128])
def test_sdk_polling_example(bench, watermark):
    sdk = Sdk(bench, watermark)
    assert sdk.transfer(6, read=3) == b"\x9d\x70\x17"
    sdk.transfer(2)
    sdk.transfer(7, write=b"\x40")
    sdk.wait()
    assert bench.flash.status == 0x40
    bench.memory[0x4000:0x5000] = bytes(4096)
    sdk.transfer(2)
    sdk.transfer(3, 0x4000)
    sdk.wait()
    assert sdk.transfer(5, 0x4000, read=256) == b"\xff" * 256
    data = bytes(range(256))
    sdk.transfer(2)
    sdk.transfer(4, 0x4000, write=data)
    sdk.wait()
    assert sdk.transfer(5, 0x4000, read=256) == data
    assert bytes(bench.memory[0x4000:0x4100]) == data


@pytest.mark.parametrize("size", [1, 3, 4, 7, 8, 9, 127, 128, 129, 1000])
def test_sdk_reads_of_any_size(bench, size):
    bench.memory[0x100 : 0x100 + size] = bytes(i & 0xFF for i in range(size))
    assert Sdk(bench).transfer(5, 0x100, read=size) == bytes(i & 0xFF for i in range(size))


# Details.


def test_the_lut_is_locked_until_the_key_and_unlock_come_together(bench):
    bench.lock()
    bench.write(LUT, 0x1234)
    assert bench.read(LUT) == 0
    bench.write(LUTCR, 2)
    bench.write(LUT, 0x1234)
    assert bench.read(LUT) == 0
    bench.write(LUTKEY, 0x5AF05AF1)
    bench.write(LUTCR, 2)
    bench.write(LUT, 0x1234)
    assert bench.read(LUT) == 0
    bench.unlock()
    bench.write(LUT, 0x1234)
    assert bench.read(LUT) == 0x1234


def test_a_command_takes_the_clocks_of_its_bits(bench):
    bench.unlock()
    bench.sequence(0, half(CMD, 1, 0xEB), half(RADDR, 4, 24), half(DUMMY, 4, 6), half(READ, 4, 4))
    bench.trigger(0, 0, 8)
    assert bench.read(STS0) & 3 == 0
    bench.done()
    clocks = 8 + 6 + 6 + 16
    assert bench.scheduler.now == pytest.approx(clocks * 600e6 / HZ, abs=2)
    assert bench.read(STS0) & 3 == 3


def test_mode_bits_count_as_wait_clocks(bench):
    bench.memory[0:4] = b"\x11\x22\x33\x44"
    bench.unlock()
    bench.sequence(
        0,
        half(CMD, 1, 0xEB),
        half(RADDR, 4, 24),
        half(MODE8, 4, 0xFF),
        half(DUMMY, 4, 4),
        half(READ, 4, 1),
    )
    bench.trigger(0, 0, 4)
    bench.done()
    assert bench.read(RFDR) == 0x44332211


def test_a_read_stops_when_the_fifo_is_full_and_goes_on_when_it_is_popped(bench):
    bench.memory[0:200] = bytes(range(200))
    bench.unlock()
    bench.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    bench.trigger(0, 0, 200)
    bench.scheduler.advance(600 * 1000)
    assert bench.read(IPRXFSTS) & 0xFF == 16
    assert not bench.read(INTR) & IPCMDDONE
    assert bench.read(STS0) & 3 == 0
    answer = b""
    while len(answer) < 200:
        for i in range(2):
            answer += bench.read(RFDR + 4 * i).to_bytes(4, "little")
        bench.write(INTR, IPRXWA)
        bench.scheduler.advance(600 * 10)
    assert answer == bytes(range(200))
    assert bench.read(INTR) & IPCMDDONE


def test_data_may_be_in_the_fifo_before_the_trigger(bench):
    bench.unlock()
    bench.sequence(0, half(CMD, 1, 0x06))
    bench.sequence(1, half(CMD, 1, 0x02), half(RADDR, 1, 24), half(WRITE, 1, 4))
    bench.trigger(0)
    bench.done()
    for i in range(2):
        bench.write(TFDR + 4 * i, 0x03020100 + i * 0x04040404)
    bench.write(INTR, IPTXWE)
    assert bench.read(IPTXFSTS) & 0xFF == 1
    bench.trigger(1, 0x300, 8)
    bench.done()
    assert bytes(bench.memory[0x300:0x308]) == bytes(range(8))


def test_several_sequences_make_one_command(bench):
    bench.memory[0:4096] = bytes(4096)
    bench.unlock()
    bench.sequence(8, half(CMD, 1, 0x06))
    bench.sequence(9, half(CMD, 1, 0x20), half(RADDR, 1, 24))
    bench.trigger(8, 0, number=2)
    bench.done()
    assert bytes(bench.memory[0:4096]) == b"\xff" * 4096


@pytest.mark.parametrize(("instruction", "code"), [(0x1E, 0x3), (0x1F, 0x2)])
def test_a_wrong_instruction_is_an_error(bench, instruction, code):
    bench.unlock()
    bench.sequence(5, half(CMD, 1, 0x03), half(instruction, 1, 0))
    bench.trigger(5, 0, 4)
    assert bench.read(INTR) & (IPCMDERR | IPCMDDONE) == IPCMDERR | IPCMDDONE
    assert bench.read(STS1) == code << 24 | 5 << 16
    assert bench.read(STS0) & 3 == 3


def test_an_address_behind_all_chips_is_an_error(bench):
    for port, size in enumerate((8192, 0, 0, 0)):
        bench.write(FLSHCR0 + 4 * port, size)
    bench.unlock()
    bench.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    bench.trigger(0, 8 << 20, 4)
    assert bench.read(STS1) >> 24 == 6


def test_another_port_has_no_flash(bench):
    bench.memory[0:4] = bytes(4)
    bench.write(FLSHCR0, 8192)
    bench.unlock()
    bench.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    bench.trigger(0, 8 << 20, 4)
    bench.done()
    assert bench.read(RFDR) == 0xFFFFFFFF


def test_interrupts_follow_their_flags(bench):
    bench.unlock()
    bench.sequence(0, half(CMD, 1, 0x9F), half(READ, 1, 4))
    bench.write(INTEN, IPCMDDONE)
    bench.trigger(0, 0, 3)
    assert not bench.level
    bench.scheduler.advance(600 * 10)
    assert bench.level
    bench.write(INTR, IPCMDDONE)
    assert not bench.level
    bench.write(INTEN, IPTXWE)
    assert bench.level


def test_software_reset_drops_a_command_and_the_fifos(bench):
    bench.unlock()
    bench.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    bench.trigger(0, 0, 64)
    bench.scheduler.advance(600)
    bench.write(MCR0, bench.read(MCR0) | 1)
    assert not bench.read(MCR0) & 1
    assert bench.read(STS0) & 3 == 3
    assert bench.read(IPRXFSTS) & 0xFF == 0
    assert bench.flexspi.next_event_time() == NEVER


def test_nothing_happens_while_the_module_is_off_or_has_no_clock(bench):
    bench.unlock()
    bench.sequence(0, half(CMD, 1, 0x9F), half(READ, 1, 4))
    bench.write(MCR0, bench.read(MCR0) | 2)
    bench.trigger(0, 0, 3)
    assert bench.read(STS0) & 3 == 3
    bench.write(MCR0, bench.read(MCR0) & ~2)
    bench.hz = 0
    bench.trigger(0, 0, 3)
    bench.scheduler.advance(10**9)
    assert not bench.read(INTR) & IPCMDDONE


def test_fifo_levels_and_counters_are_shown_in_entries(bench):
    bench.unlock()
    bench.sequence(0, half(CMD, 1, 0x03), half(RADDR, 1, 24), half(READ, 1, 4))
    bench.trigger(0, 0, 20)
    bench.done()
    assert bench.read(IPRXFSTS) == 3
    bench.write(INTR, IPRXWA)
    assert bench.read(IPRXFSTS) == 1 << 16 | 2


@pytest.mark.parametrize(("ddr", "clocks"), [(0, 2 + 6 + 6 + 16), (0x20, 1 + 3 + 6 + 8)])
def test_double_rate_takes_half_the_clocks(bench, ddr, clocks):
    bench.memory[0:8] = bytes(range(8))
    bench.unlock()
    bench.sequence(
        0,
        half(CMD + ddr, 4, 0xED if ddr else 0xEB),
        half(RADDR + ddr, 4, 24),
        half(DUMMY + ddr, 4, 6),
        half(READ + ddr, 4, 4),
    )
    bench.trigger(0, 0, 8)
    bench.done()
    assert bench.scheduler.now == pytest.approx(clocks * 600e6 / HZ, abs=2)
    assert bench.read(RFDR) == 0x03020100


def test_dma_requests_follow_their_enables(bench):
    requests = []
    bench.flexspi.request_changed = lambda: requests.append(
        bench.flexspi.requests()["receive"].asserted()
    )
    assert not bench.flexspi.requests()["transmit"].asserted()
    bench.write(IPTXFCR, 2)
    assert bench.flexspi.requests()["transmit"].asserted()
    bench.write(IPTXFCR, 0)
    bench.write(IPRXFCR, 2)
    bench.unlock()
    bench.sequence(0, half(CMD, 1, 0x9F), half(READ, 1, 4))
    bench.trigger(0, 0, 8)
    bench.done()
    assert requests[-1] is True
    bench.flexspi.pop()
    assert not bench.flexspi.requests()["receive"].asserted()


def test_the_delay_line_locks(bench):
    bench.write(DLLCR, 0x79)
    assert bench.read(STS2) & 3 == 3
    bench.write(DLLCR, 0x100)
    assert bench.read(STS2) & 3 == 0
