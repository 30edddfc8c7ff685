"""How a serial NOR flash of the boards is read: which command takes what, and how fast.

Source: data sheets IS25WP064A (ISSI) and W25Q64JV (Winbond), which agree in all of it; parts up to
16 MB, in the state of power on: commands on one pad, addresses of 24 bits.
"""

from dataclasses import dataclass

ADDRESS_BITS = 24
STATUS_WRITE_US = 2_000  # typical
QE, QE_SECOND = 0x40, 0x02  # quad enable in ISSI's status register, in Winbond's second one
WRITE_ENABLE, WRITE_STATUS, WRITE_STATUS_2, READ_STATUS = 0x06, 0x01, 0x31, 0x05
CONTINUOUS, CONTINUOUS_MASK = 0x20, 0x30  # mode bits after which the chip expects no command


@dataclass(frozen=True)
class Read:
    """Pads of address and data; `waits`, the clocks between them (None: not known), mode bits
    among them; the highest clock."""

    address_pads: int
    data_pads: int
    waits: int | None
    megahertz: int
    double: bool = False


READS = {
    0x03: Read(1, 1, 0, 50),
    0x0B: Read(1, 1, 8, 133),
    0x3B: Read(1, 2, 8, 133),
    0x6B: Read(1, 4, 8, 133),
    0xBB: Read(2, 2, 4, 133),
    0xEB: Read(4, 4, 6, 133),
    0x0D: Read(1, 1, None, 66, double=True),
    0xBD: Read(2, 2, None, 66, double=True),
    0xED: Read(4, 4, None, 66, double=True),
}


def quad_enabled_by(opcode: int, data: bytes, before: bool) -> bool:
    """QE after a write of the status register: bit 6 of one byte, bit 1 of the second of two."""
    if not data or opcode not in (WRITE_STATUS, WRITE_STATUS_2):
        return before
    if opcode == WRITE_STATUS_2:
        return bool(data[0] & QE_SECOND)
    return bool(data[1] & QE_SECOND if len(data) > 1 else data[0] & QE)
