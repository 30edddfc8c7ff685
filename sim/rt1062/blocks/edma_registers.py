"""Registers of the eDMA (RT1060 reference manual, chapter Enhanced Direct Memory Access, from
NXP's header).

Those with a bit for each channel are storage as a whole. A register of a descriptor is there once
a channel; NBYTES, CITER and BITER are read in another way as CR.EMLM and their own top bits say.
"""

from rt1062.registers import W1C, R, Register, r, register, rw, w

CHANNELS = 32
TCD_AT, TCD_BYTES = 0x1000, 0x20


class CR(Register, at=0x00):
    EDBG, ERCA, ERGA, HOE, HALT, CLM, EMLM = (rw(bit) for bit in range(1, 8))
    GRP0PRI, GRP1PRI = rw(8), rw(10, reset=1)
    ECX, CX = rw(16), rw(17)


class ES(Register, at=0x04):
    DBE, SBE, SGE, NCE, DOE, DAE, SOE, SAE = (r(bit) for bit in range(8))
    ERRCHN = r(8, 5)
    CPE, GPE, ECX, VLD = r(14), r(15), r(16), r(31)


ERQ = register("ERQ", 0x0C)
EEI = register("EEI", 0x14)


# Commands: one channel, all of them, or nothing.


class CEEI(Register, at=0x18, width=8):
    CEEI, CAEE, NOP = w(0, 5), w(6), w(7)


class SEEI(Register, at=0x19, width=8):
    SEEI, SAEE, NOP = w(0, 5), w(6), w(7)


class CERQ(Register, at=0x1A, width=8):
    CERQ, CAER, NOP = w(0, 5), w(6), w(7)


class SERQ(Register, at=0x1B, width=8):
    SERQ, SAER, NOP = w(0, 5), w(6), w(7)


class CDNE(Register, at=0x1C, width=8):
    CDNE, CADN, NOP = w(0, 5), w(6), w(7)


class SSRT(Register, at=0x1D, width=8):
    SSRT, SAST, NOP = w(0, 5), w(6), w(7)


class CERR(Register, at=0x1E, width=8):
    CERR, CAEI, NOP = w(0, 5), w(6), w(7)


class CINT(Register, at=0x1F, width=8):
    CINT, CAIR, NOP = w(0, 5), w(6), w(7)


INT = register("INT", 0x24, access=W1C)
ERR = register("ERR", 0x2C, access=W1C)
HRS = register("HRS", 0x34, access=R)
EARS = register("EARS", 0x44)


class DCHPRI(Register, width=8):
    CHPRI, GRPPRI, DPA, ECP = rw(0, 4), rw(4, 2), rw(6), rw(7)


def _priorities() -> list[type[Register]]:
    """In each word the lowest channel comes last; each says its place in its group of 16."""
    return [
        register(
            f"DCHPRI{i}",
            0x100 + (i ^ 3),
            DCHPRI,
            width=8,
            reset=DCHPRI.CHPRI.put(i) | DCHPRI.GRPPRI.put(i // 16),
        )
        for i in range(CHANNELS)
    ]


# The transfer control descriptors.

EACH = {"count": CHANNELS, "step": TCD_BYTES}

SADDR = register("SADDR", TCD_AT + 0x00, **EACH)
SOFF = register("SOFF", TCD_AT + 0x04, width=16, **EACH)


class ATTR(Register, at=TCD_AT + 0x06, width=16, **EACH):
    DSIZE, DMOD, SSIZE, SMOD = rw(0, 3), rw(3, 5), rw(8, 3), rw(11, 5)


class NBYTES_MLNO(Register, at=TCD_AT + 0x08, **EACH):
    """Without minor loop mapping (CR.EMLM)."""

    NBYTES = rw(0, 32)


class NBYTES_MLOFFNO(Register):
    """With it, but neither SMLOE nor DMLOE."""

    NBYTES, DMLOE, SMLOE = rw(0, 30), rw(30), rw(31)


class NBYTES_MLOFFYES(Register):
    """With it and an offset after each minor loop."""

    NBYTES, MLOFF, DMLOE, SMLOE = rw(0, 10), rw(10, 20), rw(30), rw(31)


SLAST = register("SLAST", TCD_AT + 0x0C, **EACH)
DADDR = register("DADDR", TCD_AT + 0x10, **EACH)
DOFF = register("DOFF", TCD_AT + 0x14, width=16, **EACH)


class CITER_ELINKNO(Register, at=TCD_AT + 0x16, width=16, **EACH):
    CITER, ELINK = rw(0, 15), rw(15)


class CITER_ELINKYES(Register, width=16):
    """With ELINK: each minor loop starts another channel. BITER is laid out alike."""

    CITER, LINKCH, ELINK = rw(0, 9), rw(9, 5), rw(15)


DLASTSGA = register("DLASTSGA", TCD_AT + 0x18, **EACH)


class CSR(Register, at=TCD_AT + 0x1C, width=16, **EACH):
    START, INTMAJOR, INTHALF, DREQ, ESG, MAJORELINK = (rw(bit) for bit in range(6))
    ACTIVE, DONE = r(6), rw(7)  # DONE can only be cleared
    MAJORLINKCH, BWC = rw(8, 5), rw(14, 2)


class BITER_ELINKNO(Register, at=TCD_AT + 0x1E, width=16, **EACH):
    BITER, ELINK = rw(0, 15), rw(15)


TCD = (
    SADDR, SOFF, ATTR, NBYTES_MLNO, SLAST, DADDR, DOFF, CITER_ELINKNO, DLASTSGA, CSR, BITER_ELINKNO,
)  # fmt: skip

REGISTERS = (
    CR, ES, ERQ, EEI, CEEI, SEEI, CERQ, SERQ, CDNE, SSRT, CERR, CINT, INT, ERR, HRS, EARS,
    *_priorities(), *TCD,
)  # fmt: skip
