"""An LPSPI on a rig: its registers and bits by name, and what goes over its wire."""

from rt1062.blocks.lpspi import Lpspi
from tests.rt1062.blocks.rig import Rig

CR, SR, IER, DER, CFGR0, CFGR1, CCR = 0x10, 0x14, 0x18, 0x1C, 0x20, 0x24, 0x40
FCR, FSR, DMR0, DMR1, TCR, TDR, RSR, RDR = 0x58, 0x5C, 0x30, 0x34, 0x60, 0x64, 0x70, 0x74
MEN, RST, RTF, RRF = 1, 2, 0x100, 0x200
TDF, RDF, WCF, FCF, TCF, REF, DMF, MBF = 1, 2, 0x100, 0x200, 0x400, 0x1000, 0x2000, 1 << 24
MASTER, NOSTALL = 1, 8
TXMSK, RXMSK, CONTC, CONT, BYSW, LSBF = (1 << bit for bit in (18, 19, 20, 21, 22, 23))

HZ = 100_000_000
CYCLE = 6  # ticks
SCK = 10 * CYCLE  # SCKDIV 8
BYTE = 8 * SCK + CYCLE  # with PCSSCK 0
GAP = (1 + 2) * CYCLE  # SCKPCS 0, DBT 0


class LpspiRig(Rig):
    """An enabled master with 8-bit frames; the bus answers each byte with the next of `answers`."""

    def __init__(self, own_pcs: bool = False) -> None:
        super().__init__(HZ)
        self.sent: list[int] = []
        self.answers = iter(range(1, 256))
        self.selects: list[tuple[int, bool]] = []
        select = (lambda pcs, active: self.selects.append((pcs, active))) if own_pcs else None
        self.hold(Lpspi(self.scheduler, self.clock_hz, self.line(), self.bus, select))
        self.write(CFGR1, MASTER)
        self.write(CCR, 8)
        self.write(CR, MEN)
        self.write(TCR, 7)

    def bus(self, pcs: int, byte: int) -> int:
        self.sent.append(byte)
        return next(self.answers)

    def drain(self) -> list[int]:
        words = []
        while not self.read(RSR) & 2:
            words.append(self.read(RDR))
        return words

    @property
    def sent_count(self) -> int:
        return self.read(FSR) & 0x1F

    @property
    def received_count(self) -> int:
        return self.read(FSR) >> 16
