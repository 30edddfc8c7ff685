"""The board's DMA: the engine's way to memory and registers, and whose requests it serves."""

from collections.abc import Callable

from rt1062.blocks.dmamux import LPI2C_REQUESTS, LPSPI_REQUESTS, LPUART_REQUESTS, Dmamux
from rt1062.blocks.edma import Edma, Request
from rt1062.blocks.lpi2c import Lpi2c
from rt1062.blocks.lpspi import Lpspi
from rt1062.blocks.lpuart import Lpuart
from rt1062.chip.block_table import block_at
from rt1062.registers import Peripheral
from rt1062.scheduler import Scheduler
from rt1062.unicorn.memory import WRITE, Memory

FLEXSPI_RECEIVE, FLEXSPI_TRANSMIT = 28, 29
WORD = 4  # registers are at most that wide; DMA reads wider ones in parts


class DmaPort:
    """Where the engine reads and writes: memory as the core sees it, else a block's registers."""

    def __init__(self, memory: Memory, blocks: dict[str, Peripheral]) -> None:
        self._memory = memory
        self._blocks = blocks

    def _register(self, address: int) -> tuple[Peripheral, int] | None:
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
    blocks: dict[str, Peripheral],
    line: Callable[[str, str], Callable[[bool], None]],
    clock_hz: Callable[[], int],
) -> tuple[Edma, Dmamux]:
    """The engine and its multiplexer, listening to the serial blocks and FlexSPI."""
    requests: dict[int, Request] = {}
    for number, (transmit, receive) in LPUART_REQUESTS.items():
        uart = blocks[f"LPUART{number}"]
        requests[transmit] = _uart_request(uart, 1 << 23)  # TDMAE with TDRE
        requests[receive] = _uart_request(uart, 1 << 21)  # RDMAE with RDRF
    for number, (transmit, receive) in LPSPI_REQUESTS.items():
        spi = blocks[f"LPSPI{number}"]
        requests[transmit] = _fifo_request(spi, "DER", spi.read_sr, 1)
        requests[receive] = _fifo_request(spi, "DER", spi.read_sr, 2)
    for number, both in LPI2C_REQUESTS.items():
        i2c = blocks[f"LPI2C{number}"]
        requests[both] = _fifo_request(i2c, "MDER", i2c.read_msr, 3)
    flash = blocks["FLEXSPI"]
    requests[FLEXSPI_RECEIVE] = Request(flash.requests_receive, flash.next_event_time, flash.pop)
    requests[FLEXSPI_TRANSMIT] = Request(flash.requests_transmit, flash.next_event_time, flash.push)
    port, mux = DmaPort(memory, blocks), Dmamux()
    irqs = [line("DMA", f"DMA{i}_DMA{i + 16}") for i in range(16)]
    error = line("DMA", "DMA_ERROR")
    engine = Edma(scheduler, port.read, port.write, mux, requests, irqs, error, clock_hz)
    flash.on_request = engine.poke
    for block in blocks.values():
        if isinstance(block, Lpuart):
            _poke_after(block, engine, 0x10, 0x18, 0x28, 0x2C)  # BAUD, CTRL, FIFO, WATER
        elif isinstance(block, Lpspi):
            _poke_after(block, engine, 0x10, 0x1C, 0x58)  # CR, DER, FCR
        elif isinstance(block, Lpi2c):
            _poke_after(block, engine, 0x10, 0x1C, 0x58, 0x60)  # MCR, MDER, MFCR, MTDR
    return engine, mux


def _uart_request(uart: Lpuart, enable: int) -> Request:
    # STAT has TDRE and RDRF where BAUD has TDMAE and RDMAE.
    return Request(
        lambda: bool(uart.value["BAUD"] & enable and uart.read_stat() & enable),
        uart.next_event_time,
    )


def _fifo_request(block: Peripheral, enables: str, status: Callable[[], int], bits: int) -> Request:
    # TDF and RDF of the status are enabled by the same bits of the DMA enable register.
    return Request(
        lambda: bool(block.value[enables] & bits and status() & block.value[enables] & bits),
        block.next_event_time,
    )


def poking(call: Callable[[int], None], engine: Edma) -> Callable[[int], None]:
    """A call after which the engine looks at the requests again."""

    def poked(value: int) -> None:
        call(value)
        engine.poke()

    return poked


def _poke_after(block: Peripheral, engine: Edma, *offsets: int) -> None:
    """Have the engine look again after a write that may change a request."""
    for offset in offsets:
        block.writers[offset] = poking(block.writers[offset], engine)
