"""What the sources leave open, and between which ends: docs/timing.md has each with its source."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameters:
    """In cycles of the core where nothing else is said."""

    bubble: float = -0.25  # of a branch that is taken as predicted
    misprediction: float = 6.0  # where the flags were set three cycles before or more
    misprediction_late: float = 6.0  # where they were not
    vector_holds_longer: int = 0  # a multiply-accumulate VADD, VLDM and the like, than 3 cycles
    bank_conflict: float = 0.5  # of two loads side by side whose banks are not known
    unaligned_load: float = 3.5
    unaligned_store: float = 4.0  # as the next three sustained, past what the store buffer holds
    narrow_beside: float = 2.4  # of a byte behind the one before it
    narrow_same_bank: float = 4.0  # of another byte or half-word in the same bank of 32 bits
    narrow_other_bank: float = 2.0
    stores_waiting: int = 5  # what the store buffer holds
    ocram_line: float = 40.0  # 32 bytes, at 600 MHz; OCRAM's clock follows the core's
    sdram_line_ns: float = 200.0
    command_clocks: float = 22.0  # of FlexSPI, more than the sequence has, for a new command
    buffered_line: float = 20.0  # of a line that lies in FlexSPI's buffer already
    waits_in_stream: bool = False  # for data further down the stream, where a new command is longer
    device: float = 30.0  # an access to a register of a block


LOW = Parameters(
    bubble=-0.5, bank_conflict=0.0, unaligned_load=3.0,
    narrow_same_bank=2.0, narrow_beside=2.0, ocram_line=25.0, sdram_line_ns=150.0,
    command_clocks=16.0, buffered_line=10.0, waits_in_stream=True, device=15.0,
)  # fmt: skip
MIDDLE = Parameters()
HIGH = Parameters(
    bubble=0.0, misprediction_late=8.0, vector_holds_longer=1, bank_conflict=1.0,
    unaligned_load=4.0, narrow_beside=4.0, narrow_other_bank=4.0, ocram_line=60.0,
    sdram_line_ns=250.0, command_clocks=28.0, buffered_line=40.0, device=60.0,
)  # fmt: skip
CORNERS = (LOW, MIDDLE, HIGH)
