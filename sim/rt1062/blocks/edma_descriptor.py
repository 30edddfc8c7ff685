"""eDMA: the transfer control descriptor of a channel and what one minor loop does with it.

Source: RT1060 reference manual, chapter Enhanced Direct Memory Access, TCD registers.
"""

from dataclasses import dataclass

# Fields of a TCD: name, offset, width in bits.
TCD = (
    ("SADDR", 0x00, 32),
    ("SOFF", 0x04, 16),
    ("ATTR", 0x06, 16),
    ("NBYTES", 0x08, 32),
    ("SLAST", 0x0C, 32),
    ("DADDR", 0x10, 32),
    ("DOFF", 0x14, 16),
    ("CITER", 0x16, 16),
    ("DLASTSGA", 0x18, 32),
    ("CSR", 0x1C, 16),
    ("BITER", 0x1E, 16),
)
TCD_BYTES = 0x20

# CSR
START, INTMAJOR, INTHALF, DREQ, ESG, MAJORELINK, ACTIVE, DONE = (1 << i for i in range(8))
ELINK = 1 << 15  # CITER, BITER: link after each minor loop
SMLOE, DMLOE = 1 << 31, 1 << 30  # NBYTES with minor loop mapping

# ES: what is wrong with a descriptor.
DBE, SBE, SGE, NCE, DOE, DAE, SOE, SAE = (1 << i for i in range(8))


def signed(value: int, bits: int) -> int:
    """Two's complement."""
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


@dataclass(frozen=True)
class Side:
    """One side of a transfer: size of an access, step, and the bits within which it wraps."""

    size: int
    step: int
    modulo: int

    def next(self, address: int) -> int:
        """The address of the access that follows."""
        moved = address + self.step
        if self.modulo:
            mask = (1 << self.modulo) - 1
            return address & ~mask | moved & mask
        return moved & 0xFFFF_FFFF


def source(tcd: dict[str, int]) -> Side:
    """Where a descriptor reads."""
    attributes = tcd["ATTR"]
    return Side(1 << (attributes >> 8 & 7), signed(tcd["SOFF"], 16), attributes >> 11 & 0x1F)


def destination(tcd: dict[str, int]) -> Side:
    """Where a descriptor writes."""
    attributes = tcd["ATTR"]
    return Side(1 << (attributes & 7), signed(tcd["DOFF"], 16), attributes >> 3 & 0x1F)


def minor_bytes(tcd: dict[str, int], mapping: bool) -> tuple[int, int]:
    """Bytes of a minor loop and the offset that follows it (with CR.EMLM)."""
    nbytes = tcd["NBYTES"]
    if not mapping:
        return nbytes, 0
    if nbytes & (SMLOE | DMLOE):
        return nbytes & 0x3FF, signed(nbytes >> 10 & 0xF_FFFF, 20)
    return nbytes & 0x3FFF_FFFF, 0


def iterations(value: int) -> int:
    """The count within CITER or BITER."""
    return value & (0x1FF if value & ELINK else 0x7FFF)


def check(tcd: dict[str, int], count: int) -> int:
    """ES bits of a descriptor that cannot be carried out, 0 for a good one."""
    errors = 0
    for side, address, wrong_address, wrong_offset in (
        (source(tcd), tcd["SADDR"], SAE, SOE),
        (destination(tcd), tcd["DADDR"], DAE, DOE),
    ):
        if address % side.size:
            errors |= wrong_address
        if side.step % side.size:
            errors |= wrong_offset
        if count % side.size or not count:
            errors |= NCE
    if not iterations(tcd["CITER"]) or (tcd["CITER"] ^ tcd["BITER"]) & ELINK:
        errors |= NCE
    if tcd["CSR"] & ESG and tcd["DLASTSGA"] % TCD_BYTES:
        errors |= SGE
    return errors
