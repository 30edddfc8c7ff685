"""The board's DMA: the engine's way to memory and registers, and whose requests it serves."""

from collections.abc import Callable

from rt1062.block import Block, Line
from rt1062.blocks.dmamux import Dmamux
from rt1062.blocks.edma import Edma
from rt1062.chip.block_table import block_at
from rt1062.chip.dma_requests import REQUESTS
from rt1062.scheduler import Scheduler
from rt1062.unicorn.memory import WRITE, Memory

WORD = 4  # registers are at most that wide; DMA reads wider ones in parts


class DmaPort:
    """Where the engine reads and writes: memory as the core sees it, else a block's registers."""

    def __init__(self, memory: Memory, blocks: dict[str, Block]) -> None:
        self._memory = memory
        self._blocks = blocks

    def _register(self, address: int) -> tuple[Block, int] | None:
        block = block_at(address)
        model = self._blocks.get(block.name) if block is not None else None
        return None if block is None or model is None else (model, address - block.base)

    def read(self, address: int, size: int) -> int | None:
        """None is a bus error."""
        segment = self._memory.segment_at(address)
        if segment is not None:
            if address + size > segment.end:
                return None
            offset = address - segment.base
            return int.from_bytes(segment.view[offset : offset + size], "little")
        register = self._register(address)
        if register is None:
            return None
        model, offset = register
        parts = range(0, size, WORD)
        return sum(model.read(offset + i, min(size, WORD)) << 8 * i for i in parts)

    def write(self, address: int, size: int, value: int) -> bool:
        """False is a bus error."""
        segment = self._memory.segment_at(address)
        if segment is not None:
            if address + size > segment.end or not segment.permissions & WRITE:
                return False
            self._memory.write(address, value.to_bytes(size, "little"))
            return True
        register = self._register(address)
        if register is None:
            return False
        model, offset = register
        for i in range(0, size, WORD):
            part = min(size, WORD)
            model.write(offset + i, part, value >> 8 * i & ((1 << 8 * part) - 1))
        return True


def build(
    scheduler: Scheduler,
    memory: Memory,
    blocks: dict[str, Block],
    line: Callable[[str, str], Line],
    clock_hz: Callable[[], int],
) -> tuple[Edma, Dmamux]:
    """The engine and its multiplexer, listening to every block that the chip wires to them."""
    requests = {}
    for number, (block, request) in REQUESTS.items():
        requests[number] = blocks[block].requests()[request]
    port, mux = DmaPort(memory, blocks), Dmamux()
    irqs = [line("DMA", f"DMA{i}_DMA{i + 16}") for i in range(16)]
    error = line("DMA", "DMA_ERROR")
    engine = Edma(
        scheduler,
        clock_hz,
        irqs,
        error,
        read=port.read,
        write=port.write,
        mux=mux,
        requests=requests,
    )
    for block, _ in REQUESTS.values():
        blocks[block].request_changed = engine.poke
    return engine, mux
