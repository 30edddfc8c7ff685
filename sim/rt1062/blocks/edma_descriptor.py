"""eDMA: the transfer control descriptor of a channel and what one minor loop does with it.

Source: RT1060 reference manual, chapter Enhanced Direct Memory Access, TCD registers.
"""

from dataclasses import dataclass

from rt1062.blocks.edma_registers import (
    ATTR,
    CITER_ELINKNO,
    CITER_ELINKYES,
    CSR,
    ES,
    NBYTES_MLNO,
    NBYTES_MLOFFNO,
    NBYTES_MLOFFYES,
    TCD_BYTES,
)
from rt1062.registers import Field

Descriptor = dict[str, int]  # what the registers of a channel hold, by their names


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


def source(tcd: Descriptor) -> Side:
    """Where a descriptor reads."""
    attributes = tcd["ATTR"]
    return Side(1 << ATTR.SSIZE.get(attributes), signed(tcd["SOFF"], 16), ATTR.SMOD.get(attributes))


def destination(tcd: Descriptor) -> Side:
    """Where a descriptor writes."""
    attributes = tcd["ATTR"]
    return Side(1 << ATTR.DSIZE.get(attributes), signed(tcd["DOFF"], 16), ATTR.DMOD.get(attributes))


def minor_bytes(tcd: Descriptor, mapping: bool) -> tuple[int, int]:
    """Bytes of a minor loop and the offset that follows it (with CR.EMLM)."""
    nbytes = tcd["NBYTES_MLNO"]
    if not mapping:
        return NBYTES_MLNO.NBYTES.get(nbytes), 0
    if nbytes & (NBYTES_MLOFFYES.SMLOE | NBYTES_MLOFFYES.DMLOE):
        offset = NBYTES_MLOFFYES.MLOFF
        return NBYTES_MLOFFYES.NBYTES.get(nbytes), signed(offset.get(nbytes), offset.width)
    return NBYTES_MLOFFNO.NBYTES.get(nbytes), 0


def counter(value: int) -> Field:
    """Where in a value of CITER or BITER the count is."""
    return CITER_ELINKYES.CITER if value & CITER_ELINKYES.ELINK else CITER_ELINKNO.CITER


def iterations(value: int) -> int:
    """The count within CITER or BITER."""
    return counter(value).get(value)


def check(tcd: Descriptor, count: int) -> int:
    """ES bits of a descriptor that cannot be carried out, 0 for a good one."""
    errors = 0
    for side, address, wrong_address, wrong_offset in (
        (source(tcd), tcd["SADDR"], ES.SAE, ES.SOE),
        (destination(tcd), tcd["DADDR"], ES.DAE, ES.DOE),
    ):
        if address % side.size:
            errors |= wrong_address
        if side.step % side.size:
            errors |= wrong_offset
        if count % side.size or not count:
            errors |= ES.NCE
    current, beginning = tcd["CITER_ELINKNO"], tcd["BITER_ELINKNO"]
    if not iterations(current) or (current ^ beginning) & CITER_ELINKNO.ELINK:
        errors |= ES.NCE
    if tcd["CSR"] & CSR.ESG and tcd["DLASTSGA"] % TCD_BYTES:
        errors |= ES.SGE
    return errors
