"""An LPUART on a rig: its registers and bits by name, and what goes over its wire."""

from rt1062.blocks.lpuart import Lpuart
from tests.rt1062.blocks.rig import Rig

GLOBAL, BAUD, STAT, CTRL, DATA, MODIR, FIFO, WATER = 0x08, 0x10, 0x14, 0x18, 0x1C, 0x24, 0x28, 0x2C
SBNS, M10 = 1 << 13, 1 << 29
OR, IDLE, RDRF, TC, TDRE = (1 << bit for bit in (19, 20, 21, 22, 23))
MSBF, RXEDGIF = 1 << 29, 1 << 30
PE, M, RSRC, LOOPS, M7 = 1 << 1, 1 << 4, 1 << 5, 1 << 7, 1 << 11
SBK, RE, TE, ILIE, RIE, TCIE, TIE, ORIE = (1 << bit for bit in (16, 18, 19, 20, 21, 22, 23, 27))
TXDIR = 1 << 29
RXEMPT, FRETSC, IDLINE = 1 << 12, 1 << 13, 1 << 11
RXFE, TXFE, RXFLUSH, TXFLUSH, RXUF, TXOF = (1 << bit for bit in (3, 7, 14, 15, 16, 17))
FIFO_RXEMPT, FIFO_TXEMPT = 1 << 22, 1 << 23

HZ = 24_000_000
BIT = 16 * 13 * 25  # ticks: OSR 15, SBR 13 of 24 MHz
BYTE = 10 * BIT


class LpuartRig(Rig):
    """A UART at 115200 baud, both directions enabled, the preamble sent."""

    def __init__(self, fifo: int = 0, ctrl: int = TE | RE, baud: int = 0) -> None:
        super().__init__(HZ)
        self.wire: list[tuple[int, int]] = []
        self.hold(Lpuart(self.scheduler, self.clock_hz, self.line(), self.transmit))
        self.write(BAUD, 15 << 24 | 13 | baud)
        self.write(FIFO, fifo)
        self.write(CTRL, ctrl)
        self.pass_time(13 * BIT)
        self.start = self.now

    def transmit(self, byte: int) -> None:
        self.wire.append((self.now - self.start, byte))

    def receive(self, *characters: int) -> None:
        for character in characters:
            self.pass_time(BYTE)
            self.block.receive(character)

    @property
    def sent(self) -> list[int]:
        return [byte for _, byte in self.wire]
