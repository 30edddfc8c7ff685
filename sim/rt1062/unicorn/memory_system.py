"""What decides how long the core waits for memory: read from registers of the chip."""

from itertools import pairwise

from rt1062.block import Block
from rt1062.blocks.flexspi_registers import (
    AHBCR,
    AHBRXBUFS,
    FLSHCR2,
    MCR0,
    SEQUENCE_WORDS,
    AhbRxBuf,
)
from rt1062.blocks.flexspi_sequence import SequenceError, decode
from rt1062.chip import memory_map as chip
from rt1062.memory_system import Area, Kind, MemorySystem, SerialMemory
from rt1062.unicorn.chip import Chip
from rt1062.unicorn.memory import Segment
from rt1062.unicorn.mpu import Mpu
from rt1062.unicorn.scb import CCR

_WINDOWS = (
    (chip.ITCM, Kind.ITCM),
    (chip.DTCM, Kind.DTCM),
    (chip.OCRAM2, Kind.OCRAM),
    (chip.OCRAM, Kind.OCRAM),
    (chip.FLEXSPI2, Kind.PSRAM),  # within what FlexSPI's window may be
    (chip.FLASH, Kind.FLASH),
    (chip.SDRAM, Kind.SDRAM),
)
ALL_BUFFERS_BYTES = 1024  # of a FlexSPI; what the first three leave is the last one's
ENTRY_BYTES = 8
CORE_MASTER = 0  # the Cortex-M7's number, AHBRXBUFnCR0.MSTRID


def memory_system(board_chip: Chip) -> MemorySystem:
    """As the chip's registers have it now."""
    processor, clocks = board_chip.processor, board_chip.clocks
    ccr = processor.scb.value["CCR"]
    areas = tuple(area for one in processor.memory.segments for area in _areas(one, processor.mpu))
    kinds = {area.kind for area in areas}
    serial = {
        kind: serial_memory(board_chip.blocks[name], clocks.hz(name.lower()))
        for name, kind in (("FLEXSPI", Kind.FLASH), ("FLEXSPI2", Kind.PSRAM))
        if kind in kinds
    }
    return MemorySystem(
        core_hz=clocks.hz("core"),
        semc_hz=clocks.hz("semc"),
        icache=bool(ccr & CCR.IC),
        dcache=bool(ccr & CCR.DC),
        areas=tuple(sorted(areas, key=lambda area: area.start)),
        flash=serial.get(Kind.FLASH),
        psram=serial.get(Kind.PSRAM),
    )


def serial_memory(flexspi: Block, hz: int) -> SerialMemory | None:
    """How a FlexSPI reads for the core; None while it is off or has no sequence to read with."""
    value = flexspi.value
    first = SEQUENCE_WORDS * FLSHCR2.ARDSEQID.get(value["FLSHCR20"])
    try:
        read = decode([value[f"LUT{first + i}"] for i in range(SEQUENCE_WORDS)])
    except SequenceError:
        return None
    if value["MCR0"] & MCR0.MDIS or read.command is None or not hz:
        return None
    prefetch = prefetch_bytes([value[one.name] for one in AHBRXBUFS], value["AHBCR"])
    divided = hz // (MCR0.SERCLKDIV.get(value["MCR0"]) + 1)
    return SerialMemory(divided, read.clocks, read.lanes, prefetch)


def prefetch_bytes(buffers: list[int], control: int) -> int:
    """How far a read of the core's goes on by itself, by AHBRXBUFnCR0 and AHBCR."""
    *own, last = buffers
    sizes = [ENTRY_BYTES * AhbRxBuf.BUFSZ.get(one) for one in own]
    chosen, size = last, ALL_BUFFERS_BYTES - sum(sizes)
    for buffer, bytes_of_it in zip(own, sizes, strict=True):
        if bytes_of_it and AhbRxBuf.MSTRID.get(buffer) == CORE_MASTER:
            chosen, size = buffer, bytes_of_it
            break
    on = control & AHBCR.PREFETCHEN and chosen & AhbRxBuf.PREFETCHEN
    return max(0, size) if on else 0


def _areas(segment: Segment, mpu: Mpu) -> list[Area]:
    """A piece of memory by what the MPU says of its parts, neighbours that are alike together."""
    kind = next(kind for window, kind in _WINDOWS if window.base <= segment.base < window.end)
    edges = {segment.base, *(edge for edge in mpu.edges() if segment.base < edge < segment.end)}
    found: list[Area] = []
    for start, end in pairwise([*sorted(edges), segment.end]):
        policy = mpu.policy(start)
        if found and found[-1].policy == policy:
            start = found.pop().start
        found.append(Area(start, end, kind, policy))
    return found
