"""What the sources leave open, and between which ends: docs/timing.md has each with its source."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameters:
    """In cycles of the core where nothing else is said."""

    bubble: float = -0.25  # of a branch that is taken as predicted
    misprediction: float = 6.0
    bank_conflict: float = 0.5  # of two loads side by side whose banks are not known
    unaligned: float = 3.5  # of an access that is not a multiple of its size
    narrow_store: float = 2.4  # of a byte or half-word store behind one beside it, sustained
    narrow_apart: float = 4.0  # of one behind another that is elsewhere
    stores_waiting: int = 2  # so many of those wait beside the pipeline
    ocram_line: float = 40.0  # 32 bytes, at 600 MHz; OCRAM's clock follows the core's
    sdram_line_ns: float = 200.0
    command_clocks: float = 22.0  # of FlexSPI, more than the sequence has, for a new command
    buffered_line: float = 20.0  # of a line that lies in FlexSPI's buffer already
    waits_in_stream: bool = False  # for data further down the stream, where a new command is longer
    device: float = 30.0  # an access to a register of a block


LOW = Parameters(
    bubble=-0.5, bank_conflict=0.0, unaligned=3.0, narrow_apart=2.4, stores_waiting=4,
    ocram_line=25.0, sdram_line_ns=150.0, command_clocks=16.0, buffered_line=10.0,
    waits_in_stream=True, device=15.0,
)  # fmt: skip
MIDDLE = Parameters()
HIGH = Parameters(
    bubble=0.0, misprediction=8.0, bank_conflict=1.0, unaligned=4.0, narrow_store=4.0,
    stores_waiting=1, ocram_line=60.0, sdram_line_ns=250.0, command_clocks=28.0,
    buffered_line=40.0, device=60.0,
)  # fmt: skip
CORNERS = (LOW, MIDDLE, HIGH)
