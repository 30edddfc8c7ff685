"""FlexSPI: how much of a RAM behind it the core sees in the controller's window.

Source: RT1060 reference manual, chapter FlexSPI, AHB commands: FLSHCR2 names the sequence that a
read of the window runs. It must be one that the chip understands in the mode it is in.
"""

from collections.abc import Mapping

from rt1062.blocks.flexspi_registers import FLSHCR0, FLSHCR2, MCR0, SEQUENCE_WORDS
from rt1062.blocks.flexspi_sequence import SequenceError, decode
from rt1062.chip.flexspi_lut import READ
from rt1062.devices.psram import READS, Psram

KIB = 1024


def shown(value: Mapping[str, int], chip: Psram) -> int:
    """Bytes of the chip on port A1 that can be read, by the registers' values."""
    if value["MCR0"] & MCR0.MDIS:
        return 0
    first = SEQUENCE_WORDS * FLSHCR2.ARDSEQID.get(value["FLSHCR20"])
    try:
        read = decode([value[f"LUT{first + i}"] for i in range(SEQUENCE_WORDS)])
    except SequenceError:
        return 0
    fits = read.command in READS and read.data == READ and read.has_address
    if not fits or chip.quad != (read.command_lanes == 4):
        return 0
    return min(FLSHCR0.FLSHSZ.get(value["FLSHCR00"]) * KIB, chip.size)
