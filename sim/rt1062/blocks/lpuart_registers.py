"""Registers of the LPUART (i.MX RT1060 reference manual, rev. 2, ch. 49, from NXP's header)."""

from rt1062.registers_old import RW, W1C, Field, R, Register, W

FIFO_WORDS = 4

GLOBAL = Register("GLOBAL", 0x08, [Field("RST", 1)])
PINCFG = Register("PINCFG", 0x0C, [Field("TRGSEL", 0, 2)])
BAUD = Register(
    "BAUD",
    0x10,
    [
        Field("SBR", 0, 13, reset=4),
        Field("SBNS", 13),
        Field("RXEDGIE", 14),
        Field("LBKDIE", 15),
        Field("RESYNCDIS", 16),
        Field("BOTHEDGE", 17),
        Field("MATCFG", 18, 2),
        Field("RDMAE", 21),
        Field("TDMAE", 23),
        Field("OSR", 24, 5, reset=15),
        Field("M10", 29),
        Field("MAEN2", 30),
        Field("MAEN1", 31),
    ],
)
STAT = Register(
    "STAT",
    0x14,
    [
        *(Field(name, 14 + i, access=W1C) for i, name in enumerate(("MA2F", "MA1F", "PF", "FE"))),
        *(Field(name, 18 + i, access=W1C) for i, name in enumerate(("NF", "OR", "IDLE"))),
        Field("RDRF", 21, access=R),
        Field("TC", 22, access=R, reset=1),
        Field("TDRE", 23, access=R, reset=1),
        Field("RAF", 24, access=R),
        Field("LBKDE", 25),
        Field("BRK13", 26),
        Field("RWUID", 27),
        Field("RXINV", 28),
        Field("MSBF", 29),
        Field("RXEDGIF", 30, access=W1C),
        Field("LBKDIF", 31, access=W1C),
    ],
    polled=True,
)
CTRL = Register(
    "CTRL",
    0x18,
    [
        *(Field(name, i) for i, name in enumerate(("PT", "PE", "ILT", "WAKE", "M", "RSRC"))),
        Field("DOZEEN", 6),
        Field("LOOPS", 7),
        Field("IDLECFG", 8, 3),
        Field("M7", 11),
        Field("MA2IE", 14),
        Field("MA1IE", 15),
        Field("SBK", 16),
        Field("RWU", 17),
        Field("RE", 18),
        Field("TE", 19),
        *(Field(name, 20 + i) for i, name in enumerate(("ILIE", "RIE", "TCIE", "TIE"))),
        *(Field(name, 24 + i) for i, name in enumerate(("PEIE", "FEIE", "NEIE", "ORIE"))),
        Field("TXINV", 28),
        Field("TXDIR", 29),
        Field("R9T8", 30),
        Field("R8T9", 31),
    ],
)
DATA = Register(
    "DATA",
    0x1C,
    [
        Field("R0T0-R9T9", 0, 10, access=W),
        Field("IDLINE", 11, access=R),
        Field("RXEMPT", 12, access=R, reset=1),
        Field("FRETSC", 13, access=W),
        Field("PARITYE", 14, access=R),
        Field("NOISY", 15, access=R),
    ],
    polled=True,
)
MATCH = Register("MATCH", 0x20, [Field("MA1", 0, 10), Field("MA2", 16, 10)])
MODIR = Register(
    "MODIR",
    0x24,
    [
        *(Field(name, i) for i, name in enumerate(("TXCTSE", "TXRTSE", "TXRTSPOL", "RXRTSE"))),
        Field("TXCTSC", 4),
        Field("TXCTSSRC", 5),
        Field("RTSWATER", 8, 2),
        Field("TNP", 16, 2),
        Field("IREN", 18),
    ],
)
FIFO = Register(
    "FIFO",
    0x28,
    [
        Field("RXFIFOSIZE", 0, 3, access=R, reset=1),
        Field("RXFE", 3),
        Field("TXFIFOSIZE", 4, 3, access=R, reset=1),
        Field("TXFE", 7),
        Field("RXUFE", 8),
        Field("TXOFE", 9),
        Field("RXIDEN", 10, 3, access=RW),
        Field("RXFLUSH", 14, access=W),
        Field("TXFLUSH", 15, access=W),
        Field("RXUF", 16, access=W1C),
        Field("TXOF", 17, access=W1C),
        Field("RXEMPT", 22, access=R, reset=1),
        Field("TXEMPT", 23, access=R, reset=1),
    ],
    polled=True,
)
WATER = Register(
    "WATER",
    0x2C,
    [
        Field("TXWATER", 0, 2),
        Field("TXCOUNT", 8, 3, access=R),
        Field("RXWATER", 16, 2),
        Field("RXCOUNT", 24, 3, access=R),
    ],
    polled=True,
)

SBNS, M10 = 1 << 13, 1 << 29  # BAUD
RDMAE, TDMAE = 1 << 21, 1 << 23
OR, IDLE, RDRF, TC, TDRE = (1 << bit for bit in (19, 20, 21, 22, 23))  # STAT
MSBF, RXEDGIF, LBKDIF = 1 << 29, 1 << 30, 1 << 31
PE, M, RSRC, LOOPS, M7 = 1 << 1, 1 << 4, 1 << 5, 1 << 7, 1 << 11  # CTRL
SBK, RE, TE, TXDIR = 1 << 16, 1 << 18, 1 << 19, 1 << 29
RXEMPT, FRETSC, IDLINE = 1 << 12, 1 << 13, 1 << 11  # DATA
RXFE, TXFE, RXFLUSH, TXFLUSH, RXUF, TXOF = (1 << bit for bit in (3, 7, 14, 15, 16, 17))  # FIFO
FIFO_RXEMPT, FIFO_TXEMPT = 1 << 22, 1 << 23

REGISTERS = (
    Register("VERID", 0x00, access=R, reset=0x0401_0003),
    Register("PARAM", 0x04, access=R, reset=0x0202),
    *(GLOBAL, PINCFG, BAUD, STAT, CTRL, DATA, MATCH, MODIR, FIFO, WATER),
)
