"""Registers of the LPI2C (i.MX RT1060 reference manual, rev. 2, ch. 47, from NXP's header)."""

from rt1062.registers import R, Register, r, rw, w, w1c

FIFO_WORDS = 4


class VERID(Register, at=0x000, access=R, reset=0x0100_0003):  # version 1.0, master and slave
    FEATURE, MINOR, MAJOR = r(0, 16), r(16, 8), r(24, 8)


class PARAM(Register, at=0x004, access=R, reset=0x0202):  # powers of two: FIFOs of four words
    MTXFIFO, MRXFIFO = r(0, 4), r(8, 4)


# The master.


class MCR(Register, at=0x010):
    MEN, RST, DOZEN, DBGEN = rw(0), rw(1), rw(2), rw(3)
    RTF, RRF = w(8), w(9)


class MSR(Register, at=0x014, polled=True):
    TDF, RDF = r(0, reset=1), r(1)
    EPF, SDF, NDF, ALF, FEF, PLTF, DMF = (w1c(bit) for bit in range(8, 15))
    MBF, BBF = r(24), r(25)


class MIER(Register, at=0x018):
    """Passes on the flag of MSR in the same place."""

    TDIE, RDIE = rw(0), rw(1)
    EPIE, SDIE, NDIE, ALIE, FEIE, PLTIE, DMIE = (rw(bit) for bit in range(8, 15))


class MDER(Register, at=0x01C):
    TDDE, RDDE = rw(0), rw(1)


class MCFGR0(Register, at=0x020):
    HREN, HRPOL, HRSEL = rw(0), rw(1), rw(2)
    CIRFIFO, RDMO = rw(8), rw(9)


class MCFGR1(Register, at=0x024):
    PRESCALE = rw(0, 3)
    AUTOSTOP, IGNACK, TIMECFG = rw(8), rw(9), rw(10)
    MATCFG, PINCFG = rw(16, 3), rw(24, 3)


class MCFGR2(Register, at=0x028):
    BUSIDLE, FILTSCL, FILTSDA = rw(0, 12), rw(16, 4), rw(24, 4)


class MCFGR3(Register, at=0x02C):
    PINLOW = rw(8, 12)


class MDMR(Register, at=0x040):
    MATCH0, MATCH1 = rw(0, 8), rw(16, 8)


class MCCR(Register):
    """Cycles of the bus, less one."""

    CLKLO, CLKHI, SETHOLD, DATAVD = rw(0, 6), rw(8, 6), rw(16, 6), rw(24, 6)


class MCCR0(MCCR, at=0x048):
    """Of all commands but the high-speed ones."""


class MCCR1(MCCR, at=0x050):
    """Of the high-speed commands."""


class MFCR(Register, at=0x058):
    TXWATER, RXWATER = rw(0, 2), rw(16, 2)


class MFSR(Register, at=0x05C, polled=True):
    TXCOUNT, RXCOUNT = r(0, 3), r(16, 3)


class MTDR(Register, at=0x060):
    DATA, CMD = w(0, 8), w(8, 3)


class MRDR(Register, at=0x070, polled=True):
    DATA = r(0, 8)
    RXEMPTY = r(14, reset=1)


MASTER = (
    MCR, MSR, MIER, MDER, MCFGR0, MCFGR1, MCFGR2, MCFGR3, MDMR, MCCR0, MCCR1, MFCR, MFSR, MTDR,
    MRDR,
)  # fmt: skip


# The slave.


class SCR(Register, at=0x110):
    SEN, RST, FILTEN, FILTDZ = rw(0), rw(1), rw(4), rw(5)


class SSR(Register, at=0x114):
    RSF, SDF, BEF, FEF = (w1c(bit) for bit in range(8, 12))


class SIER(Register, at=0x118):
    TDIE, RDIE, AVIE, TAIE = (rw(bit) for bit in range(4))
    RSIE, SDIE, BEIE, FEIE, AM0IE, AM1IE, GCIE, SARIE = (rw(bit) for bit in range(8, 16))


class SDER(Register, at=0x11C):
    TDDE, RDDE, AVDE = rw(0), rw(1), rw(2)


class SCFGR1(Register, at=0x124):
    ADRSTALL, RXSTALL, TXDSTALL, ACKSTALL = (rw(bit) for bit in range(4))
    GCEN, SAEN, TXCFG, RXCFG, IGNACK, HSMEN = (rw(bit) for bit in range(8, 14))
    ADDRCFG = rw(16, 3)


class SCFGR2(Register, at=0x128):
    CLKHOLD, DATAVD, FILTSCL, FILTSDA = rw(0, 4), rw(8, 6), rw(16, 4), rw(24, 4)


class SAMR(Register, at=0x140):
    ADDR0, ADDR1 = rw(1, 10), rw(17, 10)


class SASR(Register, at=0x150):
    RADDR = r(0, 11)
    ANV = r(14, reset=1)


class STAR(Register, at=0x154):
    TXNACK = rw(0)


class STDR(Register, at=0x160):
    DATA = w(0, 8)


class SRDR(Register, at=0x170):
    DATA = r(0, 8)
    RXEMPTY = r(14, reset=1)


SLAVE = (SCR, SSR, SIER, SDER, SCFGR1, SCFGR2, SAMR, SASR, STAR, STDR, SRDR)

REGISTERS = (VERID, PARAM, *MASTER, *SLAVE)
