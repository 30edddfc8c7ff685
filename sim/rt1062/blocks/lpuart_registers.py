"""Registers of the LPUART (i.MX RT1060 reference manual, rev. 2, ch. 49, from NXP's header)."""

from rt1062.registers import R, Register, W, r, rw, w, w1c

FIFO_WORDS = 4


class VERID(Register, at=0x00, access=R, reset=0x0401_0003):  # version 4.1, FIFOs and modem lines
    FEATURE, MINOR, MAJOR = r(0, 16), r(16, 8), r(24, 8)


class PARAM(Register, at=0x04, access=R, reset=0x0202):  # powers of two: FIFOs of four words
    TXFIFO, RXFIFO = r(0, 8), r(8, 8)


class GLOBAL(Register, at=0x08):
    RST = rw(1)


class PINCFG(Register, at=0x0C):
    TRGSEL = rw(0, 2)


class BAUD(Register, at=0x10):
    SBR = rw(0, 13, reset=4)
    SBNS, RXEDGIE, LBKDIE, RESYNCDIS, BOTHEDGE = (rw(bit) for bit in range(13, 18))
    MATCFG = rw(18, 2)
    RDMAE, TDMAE = rw(21), rw(23)
    OSR = rw(24, 5, reset=15)
    M10, MAEN2, MAEN1 = rw(29), rw(30), rw(31)


class STAT(Register, at=0x14, polled=True):
    MA2F, MA1F, PF, FE, NF, OR, IDLE = (w1c(bit) for bit in range(14, 21))
    RDRF, TC, TDRE, RAF = r(21), r(22, reset=1), r(23, reset=1), r(24)
    LBKDE, BRK13, RWUID, RXINV, MSBF = (rw(bit) for bit in range(25, 30))
    RXEDGIF, LBKDIF = w1c(30), w1c(31)


class CTRL(Register, at=0x18):
    PT, PE, ILT, WAKE, M, RSRC, DOZEEN, LOOPS = (rw(bit) for bit in range(8))
    IDLECFG = rw(8, 3)
    M7, MA2IE, MA1IE = rw(11), rw(14), rw(15)
    SBK, RWU, RE, TE, ILIE, RIE, TCIE, TIE = (rw(bit) for bit in range(16, 24))
    PEIE, FEIE, NEIE, ORIE, TXINV, TXDIR, R9T8, R8T9 = (rw(bit) for bit in range(24, 32))


class DATA(Register, at=0x1C, polled=True):
    R0T0, R1T1, R2T2, R3T3, R4T4, R5T5, R6T6, R7T7, R8T8, R9T9 = (w(bit) for bit in range(10))
    IDLINE, RXEMPT, FRETSC = r(11), r(12, reset=1), w(13)
    PARITYE, NOISY = r(14), r(15)


class MATCH(Register, at=0x20):
    MA1, MA2 = rw(0, 10), rw(16, 10)


class MODIR(Register, at=0x24):
    TXCTSE, TXRTSE, TXRTSPOL, RXRTSE, TXCTSC, TXCTSSRC = (rw(bit) for bit in range(6))
    RTSWATER = rw(8, 2)
    TNP, IREN = rw(16, 2), rw(18)


class FIFO(Register, at=0x28, polled=True):
    RXFIFOSIZE, RXFE = r(0, 3, reset=1), rw(3)
    TXFIFOSIZE, TXFE = r(4, 3, reset=1), rw(7)
    RXUFE, TXOFE = rw(8), rw(9)
    RXIDEN = rw(10, 3)
    RXFLUSH, TXFLUSH = w(14), w(15)
    RXUF, TXOF = w1c(16), w1c(17)
    RXEMPT, TXEMPT = r(22, reset=1), r(23, reset=1)


class WATER(Register, at=0x2C, polled=True):
    TXWATER, TXCOUNT = rw(0, 2), r(8, 3)
    RXWATER, RXCOUNT = rw(16, 2), r(24, 3)


REGISTERS = (
    VERID, PARAM, GLOBAL, PINCFG, BAUD, STAT, CTRL, DATA, MATCH, MODIR, FIFO, WATER,
)  # fmt: skip

CHARACTER = DATA.masks[W] ^ DATA.FRETSC  # R0T0 to R9T9: what goes over the wire
