"""Registers of the FlexSPI (i.MX RT1060 reference manual, chapter FlexSPI, from NXP's header).

Those of which the model uses no field are storage as a whole.
"""

from rt1062.registers import R, Register, r, register, rw, w, w1c

LUT_KEY = 0x5AF0_5AF0
SEQUENCES = 16
SEQUENCE_WORDS = 4


class MCR0(Register, at=0x00, reset=0xFFFF_80C2):
    SWRESET, MDIS = rw(0), rw(1)
    RXCLKSRC, ARDFEN, ATDFEN = rw(4, 2), rw(6), rw(7)
    SERCLKDIV = rw(8, 3)
    HSEN, DOZEEN, COMBINATIONEN, SCKFREERUNEN = (rw(bit) for bit in range(11, 15))
    IPGRANTWAIT, AHBGRANTWAIT = rw(16, 8), rw(24, 8)


MCR1 = register("MCR1", 0x04, reset=0xFFFF_FFFF)
MCR2 = register("MCR2", 0x08, reset=0x2000_81F7)


class AHBCR(Register, at=0x0C, reset=0x0000_0018):
    APAREN, CACHABLEEN, BUFFERABLEEN, PREFETCHEN, READADDROPT = (
        rw(0), rw(3), rw(4), rw(5), rw(6),
    )  # fmt: skip


class INTEN(Register, at=0x10):
    """Passes on the flag of INTR in the same place."""

    IPCMDDONEEN, IPCMDGEEN, AHBCMDGEEN, IPCMDERREN = (rw(bit) for bit in range(4))
    AHBCMDERREN, IPRXWAEN, IPTXWEEN = rw(4), rw(5), rw(6)
    SCKSTOPBYRDEN, SCKSTOPBYWREN, AHBBUSTIMEOUTEN, SEQTIMEOUTEN = (rw(bit) for bit in range(8, 12))


class INTR(Register, at=0x14, polled=True):
    IPCMDDONE, IPCMDGE, AHBCMDGE, IPCMDERR = (w1c(bit) for bit in range(4))
    AHBCMDERR, IPRXWA, IPTXWE = w1c(4), w1c(5), w1c(6)
    SCKSTOPBYRD, SCKSTOPBYWR, AHBBUSTIMEOUT, SEQTIMEOUT = (w1c(bit) for bit in range(8, 12))


LUTKEY = register("LUTKEY", 0x18, reset=LUT_KEY)


class LUTCR(Register, at=0x1C):
    LOCK, UNLOCK = rw(0), rw(1, reset=1)


class AhbRxBuf(Register):
    """A buffer of reads through the window; entries of 8 bytes, which master, its priority."""

    BUFSZ, MSTRID, PRIORITY, PREFETCHEN = rw(0, 8), rw(16, 4), rw(24, 2), rw(31)


AHBRXBUFS = tuple(
    register(f"AHBRXBUF{i}CR0", 0x20 + 4 * i, AhbRxBuf, reset=0x8000_0020 | i << 16)
    for i in range(4)
)


class FLSHCR0(Register, at=0x60, count=4, reset=0x0001_0000):
    FLSHSZ = rw(0, 23)  # KB


FLSHCR1 = register("FLSHCR1", 0x70, count=4, reset=0x0000_0063)


class FLSHCR2(Register, at=0x80, count=4):
    ARDSEQID, ARDSEQNUM = rw(0, 4), rw(5, 3)
    AWRSEQID, AWRSEQNUM = rw(8, 4), rw(13, 3)
    AWRWAIT, AWRWAITUNIT = rw(16, 12), rw(28, 3)
    CLRINSTRPTR = w(31)


FLSHCR4 = register("FLSHCR4", 0x94)
IPCR0 = register("IPCR0", 0xA0)  # SFAR, the address


class IPCR1(Register, at=0xA4):
    IDATSZ, ISEQID, ISEQNUM, IPAREN = rw(0, 16), rw(16, 4), rw(24, 3), rw(31)


class IPCMD(Register, at=0xB0):
    TRG = w(0)


class IPRXFCR(Register, at=0xB8):
    CLRIPRXF, RXDMAEN, RXWMRK = w(0), rw(1), rw(2, 4)


class IPTXFCR(Register, at=0xBC):
    CLRIPTXF, TXDMAEN, TXWMRK = w(0), rw(1), rw(2, 4)


class DLLCR(Register, at=0xC0, count=2, reset=0x0000_0100):
    DLLEN, DLLRESET, SLVDLYTARGET = rw(0), rw(1), rw(3, 4)
    OVRDEN, OVRDVAL = rw(8), rw(9, 6)


class STS0(Register, at=0xE0, polled=True):
    SEQIDLE, ARBIDLE, ARBCMDSRC = r(0), r(1), r(2, 2)


class STS1(Register, at=0xE4):
    AHBCMDERRID, AHBCMDERRCODE = r(0, 4), r(8, 4)
    IPCMDERRID, IPCMDERRCODE = r(16, 4), r(24, 4)


class STS2(Register, at=0xE8, reset=0x0100_0100):
    ASLVLOCK, AREFLOCK, ASLVSEL, AREFSEL = r(0), r(1), r(2, 6), r(8, 6)
    BSLVLOCK, BREFLOCK, BSLVSEL, BREFSEL = r(16), r(17), r(18, 6), r(24, 6)


AHBSPNDSTS = register("AHBSPNDSTS", 0xEC, access=R)


class IPRXFSTS(Register, at=0xF0, polled=True):
    FILL, RDCNTR = r(0, 8), r(16, 16)


class IPTXFSTS(Register, at=0xF4, polled=True):
    FILL, WRCNTR = r(0, 8), r(16, 16)


RFDR = register("RFDR", 0x100, count=32, access=R)
TFDR = register("TFDR", 0x180, count=32)


class LUT(Register, at=0x200, count=SEQUENCES * SEQUENCE_WORDS):
    """Two instructions."""

    OPERAND0, NUM_PADS0, OPCODE0 = rw(0, 8), rw(8, 2), rw(10, 6)
    OPERAND1, NUM_PADS1, OPCODE1 = rw(16, 8), rw(24, 2), rw(26, 6)


REGISTERS = (
    MCR0, MCR1, MCR2, AHBCR, INTEN, INTR, LUTKEY, LUTCR, *AHBRXBUFS, FLSHCR0, FLSHCR1, FLSHCR2,
    FLSHCR4, IPCR0, IPCR1, IPCMD, IPRXFCR, IPTXFCR, DLLCR, STS0, STS1, STS2, AHBSPNDSTS, IPRXFSTS,
    IPTXFSTS, RFDR, TFDR, LUT,
)  # fmt: skip
