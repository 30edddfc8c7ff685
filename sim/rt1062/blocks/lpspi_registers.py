"""Registers of the LPSPI (i.MX RT1060 reference manual, rev. 2, ch. 48, from NXP's header)."""

from rt1062.registers import RW, R, Register, W, r, rw, w, w1c

FIFO_WORDS = 16


class VERID(Register, at=0x00, access=R, reset=0x0100_0004):  # version 1.0, standard features
    FEATURE, MINOR, MAJOR = r(0, 16), r(16, 8), r(24, 8)


class PARAM(Register, at=0x04, access=R, reset=0x0004_0404):  # FIFOs of 16 words, four selects
    TXFIFO, RXFIFO, PCSNUM = r(0, 8), r(8, 8), r(16, 8)


class CR(Register, at=0x10):
    MEN, RST, DOZEN, DBGEN = rw(0), rw(1), rw(2), rw(3)
    RTF, RRF = w(8), w(9)


class SR(Register, at=0x14, polled=True):
    TDF = r(0, reset=1)
    RDF = r(1)
    WCF, FCF, TCF, TEF, REF, DMF = (w1c(bit) for bit in range(8, 14))
    MBF = r(24)


class IER(Register, at=0x18):
    """Passes on the flag of SR in the same place."""

    TDIE, RDIE = rw(0), rw(1)
    WCIE, FCIE, TCIE, TEIE, REIE, DMIE = (rw(bit) for bit in range(8, 14))


class DER(Register, at=0x1C):
    TDDE, RDDE = rw(0), rw(1)


class CFGR0(Register, at=0x20):
    HREN, HRPOL, HRSEL = rw(0), rw(1), rw(2)
    CIRFIFO, RDMO = rw(8), rw(9)


class CFGR1(Register, at=0x24):
    MASTER, SAMPLE, AUTOPCS, NOSTALL = rw(0), rw(1), rw(2), rw(3)
    PCSPOL = rw(8, 4)
    MATCFG = rw(16, 3)
    PINCFG, OUTCFG, PCSCFG = rw(24, 2), rw(26), rw(27)


class DMR0(Register, at=0x30):
    """The first word to match."""


class DMR1(Register, at=0x34):
    """The second word to match, or a mask."""


class CCR(Register, at=0x40):
    SCKDIV, DBT, PCSSCK, SCKPCS = rw(0, 8), rw(8, 8), rw(16, 8), rw(24, 8)


class FCR(Register, at=0x58):
    TXWATER, RXWATER = rw(0, 4), rw(16, 4)


class FSR(Register, at=0x5C, polled=True):
    TXCOUNT, RXCOUNT = r(0, 5), r(16, 5)


class TCR(Register, at=0x60, polled=True):
    FRAMESZ = rw(0, 12, reset=0x1F)
    WIDTH = rw(16, 2)
    TXMSK, RXMSK, CONTC, CONT, BYSW, LSBF = (rw(bit) for bit in range(18, 24))
    PCS, PRESCALE = rw(24, 2), rw(27, 3)
    CPHA, CPOL = rw(30), rw(31)


class TDR(Register, at=0x64, access=W):
    """The transmit FIFO."""


class RSR(Register, at=0x70, polled=True):
    SOF = r(0)
    RXEMPTY = r(1, reset=1)


class RDR(Register, at=0x74, access=R):
    """The receive FIFO."""


REGISTERS = (
    VERID, PARAM, CR, SR, IER, DER, CFGR0, CFGR1, DMR0, DMR1, CCR, FCR, FSR, TCR, TDR, RSR, RDR,
)  # fmt: skip

TCR_FIELDS = TCR.masks[RW]
# Command words that ask for no more than bytes or words of four, one after the other: how many
# bytes, and a word on the wire as struct has it.
NOT_PLAIN = (
    TCR.FRAMESZ | TCR.WIDTH | TCR.TXMSK | TCR.RXMSK | TCR.CONTC | TCR.CONT | TCR.BYSW | TCR.LSBF
)
PLAIN = {
    TCR.FRAMESZ.put(8 - 1): (1, "=B"),
    TCR.FRAMESZ.put(32 - 1): (4, ">I"),
    TCR.FRAMESZ.put(32 - 1) | TCR.BYSW: (4, "<I"),
}
COMMAND = 1 << 32  # marks a command word in the transmit FIFO
FIRST = 1 << 32  # marks the first word of a frame in the receive FIFO
WORD = (1 << 32) - 1
