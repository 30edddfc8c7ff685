"""Serial NOR flash parts of the boards: identity and typical times.

Data sheets IS25WP064A (ISSI) and W25Q16JV, W25Q32JV, W25Q64JV, W25Q128JV (Winbond), tables AC
characteristics; JEDEC identity in the chapter on command 0x9F.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class FlashPart:
    """`jedec`: manufacturer, type, capacity (log2 of the bytes). Times: typical, microseconds."""

    jedec: bytes
    program_us: int  # a page
    sector_us: int  # 4 KB
    block_32k_us: int
    block_64k_us: int
    chip_us: int
    status_us: int  # a write of the status register


def _winbond(capacity: int, chip_us: int) -> FlashPart:
    return FlashPart(bytes((0xEF, 0x40, capacity)), 400, 45_000, 120_000, 150_000, chip_us, 10_000)


IS25WP064 = FlashPart(bytes((0x9D, 0x70, 0x17)), 200, 70_000, 130_000, 200_000, 16_000_000, 2_000)
PARTS = {
    "IS25WP064": IS25WP064,
    "W25Q16": _winbond(0x15, 5_000_000),
    "W25Q32": _winbond(0x16, 10_000_000),
    "W25Q64": _winbond(0x17, 20_000_000),
    "W25Q128": _winbond(0x18, 40_000_000),
}


def find(name: str, flash_bytes: int) -> FlashPart:
    """The part whose name begins so (W25Q64JV is W25Q64); another has the EVK's identity and times
    with its own capacity."""
    for known, part in PARTS.items():
        if name.upper().startswith(known):
            return part
    capacity = (flash_bytes - 1).bit_length()
    return replace(IS25WP064, jedec=IS25WP064.jedec[:2] + bytes((capacity,)))
