"""An LPI2C on a rig: its registers and bits by name, and a target on its bus."""

from rt1062.blocks.lpi2c import Lpi2c
from rt1062.scheduler import NEVER
from tests.rt1062.blocks.rig import Rig

MCR, MSR, MIER, MDER, MCFGR0, MCFGR1 = 0x10, 0x14, 0x18, 0x1C, 0x20, 0x24
MCFGR2, MCFGR3 = 0x28, 0x2C
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


class Target:
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


class Lpi2cRig(Rig):
    """An enabled master at 400 kHz with one target."""

    def __init__(self) -> None:
        super().__init__(HZ)
        self.target = Target()
        self.hold(Lpi2c(self.scheduler, self.clock_hz, self.line(), {0x30: self.target}))
        self.write(MCCR0, 12 << 24 | 18 << 16 | 26 << 8 | 28)
        self.write(MCR, MEN)

    def command(self, *commands: int) -> None:
        for command in commands:
            self.write(MTDR, command)

    def settle(self) -> None:
        """Until the bus rests."""
        while (coming := self.block.next_event_time()) < NEVER:
            self.pass_time(coming - self.now)
