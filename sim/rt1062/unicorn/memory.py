"""RAM and flash behind Unicorn's address space: FlexRAM banks, OCRAM2, flash.

RT1060 reference manual, chapter FlexRAM: 16 banks of 32 KB; IOMUXC_GPR17 gives each to ITCM, DTCM
or OCRAM, in the order of the banks. A bank keeps its contents when it moves.
"""

from dataclasses import dataclass

from unicorn import unicorn_const

from rt1062.chip import memory_map as chip
from rt1062.unicorn import native
from rt1062.unicorn.core import Core
from rt1062.unicorn.store import Store

_WINDOWS = {
    chip.FLEXRAM_ITCM: chip.ITCM,
    chip.FLEXRAM_DTCM: chip.DTCM,
    chip.FLEXRAM_OCRAM: chip.OCRAM,
}
ERASED = 0xFF
READ, WRITE, EXECUTE = (
    unicorn_const.UC_PROT_READ,
    unicorn_const.UC_PROT_WRITE,
    unicorn_const.UC_PROT_EXEC,
)


@dataclass(frozen=True)
class Segment:
    """Mapped memory: where the core sees it, which bytes are behind it, what the bus allows."""

    base: int
    size: int
    view: memoryview
    host: int
    permissions: int

    @property
    def end(self) -> int:
        """First address behind the segment."""
        return self.base + self.size


def _shown(base: int, store: Store, permissions: int, size: int | None = None) -> Segment:
    view = store.view[:size]
    return Segment(base, len(view), view, store.host, permissions)


@dataclass
class External:
    """RAM of the board behind a controller, allocated when it is first shown."""

    size: int
    store: Store | None = None
    segment: Segment | None = None  # where it is shown

    @property
    def window(self) -> tuple[int, int]:
        """Base and size of what is shown, size 0 for nothing."""
        return (self.segment.base, self.segment.size) if self.segment else (0, 0)


class Memory:
    """All memory of the chip and its flash; reads and writes from outside, without the core."""

    def __init__(
        self,
        core: Core,
        flash: chip.Region,
        sdram: chip.Region | None,
        psram: chip.Region | None = None,
    ):
        """`flash`, `sdram`, `psram`: the board's, in the windows of FlexSPI, SEMC and FlexSPI2."""
        self._core = core
        self._flexram = Store(chip.FLEXRAM_BANKS * chip.FLEXRAM_BANK_BYTES)
        self._ocram2 = Store(chip.OCRAM2.size)
        self._flash = Store(flash.size, ERASED)
        self.flash = self._flash.view
        self._external = {
            name: External(region.size if region else 0)
            for name, region in (("sdram", sdram), ("psram", psram))
        }
        self.split = -1
        self.segments: list[Segment] = []
        self._fixed = [
            _shown(chip.OCRAM2.base, self._ocram2, READ | WRITE | EXECUTE),
            _shown(flash.base, self._flash, READ | EXECUTE),
        ]
        self._found: dict[int, Segment] = {}  # by page, what segment_at found
        for segment in self._fixed:
            self._map(segment)

    def _map(self, segment: Segment) -> None:
        self._core.uc.mem_map_ptr(segment.base, segment.size, segment.permissions, segment.host)

    def program(self, data: bytes) -> None:
        """Put data at the begin of the flash, the rest of it erased."""
        self._flash.clear()
        self.flash[: len(data)] = data

    def clear_ram(self) -> None:
        """Power on: RAM reads zero, as in Renode (on silicon it is undefined)."""
        external = [one.store for one in self._external.values() if one.store]
        for store in (self._flexram, self._ocram2, *external):
            store.clear()

    def set_external(self, name: str, base: int, size: int) -> bool:
        """RAM of the board ("sdram", "psram") where its controller shows it, size 0 for nowhere;
        False if unchanged."""
        ram = self._external[name]
        size = min(size, ram.size)
        if (base if size else 0, size) == ram.window:
            return False
        if ram.segment is not None:
            self._fixed.remove(ram.segment)
            self.segments.remove(ram.segment)
            self._core.uc.mem_unmap(ram.segment.base, ram.segment.size)
            ram.segment = None
        if size:
            ram.store = ram.store or Store(ram.size)
            ram.segment = _shown(base, ram.store, READ | WRITE | EXECUTE, size)
            self.segments.insert(len(self._fixed), ram.segment)
            self._fixed.append(ram.segment)
            self._map(ram.segment)
        self._found.clear()
        self._core.set_code_regions([(s.base, s.size, s.host) for s in self.segments])
        return True

    def _psram(self) -> memoryview:
        ram = self._external["psram"]
        ram.store = ram.store or Store(ram.size)
        return ram.store.view

    def read_psram(self, address: int, count: int) -> bytes:
        """Of its array, by a command."""
        return bytes(self._psram()[address : address + count]).ljust(count, b"\xff")

    def write_psram(self, address: int, data: bytes) -> None:
        """Likewise."""
        array = self._psram()
        array[address : address + len(data)] = data[: len(array) - address]

    def set_flexram(self, bank_config: int, itcm_bytes: int, dtcm_bytes: int) -> bool:
        """Split FlexRAM as GPR17 says, the TCM windows cut as GPR14 says; False if unchanged."""
        split = (bank_config, itcm_bytes, dtcm_bytes)
        if split == self.split:
            return False
        for segment in self.segments[len(self._fixed) :]:
            self._core.uc.mem_unmap(segment.base, segment.size)
        self.split = split
        limits = {
            chip.FLEXRAM_ITCM: itcm_bytes,
            chip.FLEXRAM_DTCM: dtcm_bytes,
            chip.FLEXRAM_OCRAM: chip.OCRAM.size,
        }
        used = dict.fromkeys(limits, 0)
        segments = list(self._fixed)
        view, host = self._flexram.view, self._flexram.host
        size = chip.FLEXRAM_BANK_BYTES
        bank = 0
        while bank < chip.FLEXRAM_BANKS:
            kind = bank_config >> (2 * bank) & 3
            first = bank
            while bank < chip.FLEXRAM_BANKS and bank_config >> (2 * bank) & 3 == kind:
                bank += 1
            if kind == chip.FLEXRAM_UNUSED:
                continue
            length = min((bank - first) * size, limits[kind] - used[kind])
            if length <= 0:
                continue
            base, offset = _WINDOWS[kind].base + used[kind], first * size
            used[kind] += length
            part = view[offset : offset + length]
            segments.append(Segment(base, length, part, host + offset, READ | WRITE | EXECUTE))
        self.segments = segments
        self._found.clear()
        for segment in segments[len(self._fixed) :]:
            self._map(segment)
        self._core.set_code_regions([(s.base, s.size, s.host) for s in segments])
        return True

    def segment_at(self, address: int) -> Segment | None:
        """The segment that holds an address."""
        found = self._found.get(address >> native.PAGE_BITS)
        if found is not None:
            return found
        for segment in self.segments:
            if segment.base <= address < segment.end:
                self._found[address >> native.PAGE_BITS] = segment
                return segment
        return None

    def _pieces(self, address: int, length: int):
        while length > 0:
            segment = self.segment_at(address)
            if segment is None:
                raise ValueError(f"address must be in RAM or flash, not 0x{address:08X}")
            offset = address - segment.base
            size = min(length, segment.size - offset)
            yield segment.view[offset : offset + size]
            address += size
            length -= size

    def read(self, address: int, length: int) -> bytes:
        """Bytes of memory; ValueError where there is none."""
        return b"".join(bytes(piece) for piece in self._pieces(address, length))

    def write(self, address: int, data: bytes) -> None:
        """Change memory, flash included; ValueError, and nothing written, where there is none."""
        pieces = list(self._pieces(address, len(data)))
        start = 0
        for piece in pieces:
            piece[:] = data[start : start + len(piece)]
            start += len(piece)
        self._core.drop_translations(address, address + len(data))

    def read_word(self, address: int) -> int | None:
        """A 32-bit word, None where there is no memory."""
        segment = self.segment_at(address)
        if segment is None or address + 4 > segment.end:
            return None
        offset = address - segment.base
        return int.from_bytes(segment.view[offset : offset + 4], "little")
