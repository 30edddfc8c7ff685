"""A board whose firmware is a test: registers by their addresses, what comes of it outside."""

from rt1062.boards.board import Board
from rt1062.chip.block_table import BLOCKS
from rt1062.unicorn import native
from rt1062.unicorn.hardware import Hardware

IOMUXC = 0x401F_8000
TICKS_A_BYTE = 600_000_000 // 900  # longer than any byte that these tests send
UART_BASE, SPI_BASE, I2C_BASE = 0x4018_4000, 0x4039_4000, 0x403F_0000
SLOT = 0x4000
BAUD_115200_OF_24_MHZ = 15 << 24 | 13
SPI_6_9_MHZ = 4  # SCKDIV of 41.1 MHz, the root's frequency after reset


class WiredBoard:
    """The board just after reset; nothing runs on its core."""

    def __init__(self, board: Board) -> None:
        self.hardware = Hardware(board)
        self.chip = self.hardware.chip

    @property
    def said(self) -> list[str]:
        """Diagnoses without the time."""
        return [line.rpartition(", since ")[0] for line in self.chip.processor.log.lines]

    def write(self, address: int, value: int) -> None:
        block, offset = self._register(address)
        block.write(offset, 4, value)

    def read(self, address: int) -> int:
        block, offset = self._register(address)
        return block.read(offset, 4)

    def _register(self, address: int):
        slot = address - address % SLOT
        (block,) = (one for name, one in self.chip.blocks.items() if BLOCKS[name].base == slot)
        return block, address - slot

    def iomuxc(self, *writes: tuple[int, int]) -> None:
        """Offsets in IOMUXC and values."""
        for offset, value in writes:
            self.write(IOMUXC + offset, value)

    def pass_time(self, ticks: int) -> None:
        words, scheduler = self.chip.processor.core.words, self.chip.scheduler
        end = words[native.NOW] + ticks
        while scheduler.next_time <= end:
            words[native.NOW] = max(words[native.NOW], scheduler.next_time)
            scheduler.run_due(words[native.NOW])
        words[native.NOW] = end

    # What a driver does.

    def start_uart(self, number: int, baud: int = BAUD_115200_OF_24_MHZ) -> int:
        """From the 24 MHz oscillator; the base address."""
        base = UART_BASE + SLOT * (number - 1)
        self.write(0x400F_C024, 0x0649_0B40)
        self.write(base + 0x10, baud)
        self.write(base + 0x18, 3 << 18)
        self.pass_time(2 * TICKS_A_BYTE)
        return base

    def print(self, number: int, text: str) -> str:
        """Start a UART and send; what its terminal shows."""
        base = self.start_uart(number)
        return self.send(base, text)

    def send(self, base: int, text: str) -> str:
        for character in text.encode():
            self.write(base + 0x1C, character)
            self.pass_time(TICKS_A_BYTE)
        number = (base - UART_BASE) // SLOT + 1
        return self.hardware.terminals[f"LPUART{number}"].unfinished

    def typed(self, base: int, text: str) -> str:
        """What a UART gets of typed text."""
        number = (base - UART_BASE) // SLOT + 1
        got = ""
        for character in text:
            self.hardware.terminals[f"LPUART{number}"].type(character)
            self.pass_time(2 * TICKS_A_BYTE)
            word = self.read(base + 0x1C)
            if not word & 0x1000:
                got += chr(word & 0xFF)
        return got

    def select_by_gpio(self, port_base: int, pin: int) -> None:
        self.write(port_base, 0)
        self.write(port_base + 4, 1 << pin)

    def exchange(self, number: int, *data: int, ccr: int = SPI_6_9_MHZ, tcr: int = 7) -> list[int]:
        """Bytes over an LPSPI, one frame each."""
        base = SPI_BASE + SLOT * (number - 1)
        for offset, value in ((0x24, 1), (0x40, ccr), (0x10, 1), (0x60, tcr)):
            self.write(base + offset, value)
        answers = []
        for byte in data:
            self.write(base + 0x64, byte)
            self.pass_time(TICKS_A_BYTE)
            answers.append(self.read(base + 0x74) & 0xFF)
        return answers

    def acknowledged(self, number: int, address: int, mccr0: int, prescale: int = 0) -> bool:
        """START, address and STOP over an LPI2C from the 24 MHz oscillator."""
        base = I2C_BASE + SLOT * (number - 1)
        self.write(0x400F_C038, 0x0002_9150 | 1 << 18)
        for offset, value in ((0x24, prescale), (0x48, mccr0), (0x10, 1)):
            self.write(base + offset, value)
        self.write(base + 0x60, 0x400 | address << 1)
        self.pass_time(10 * TICKS_A_BYTE)
        nack = self.read(base + 0x14) & 0x400
        self.write(base + 0x14, 0x7F00)
        self.write(base + 0x60, 0x200)
        self.pass_time(TICKS_A_BYTE)
        return not nack
