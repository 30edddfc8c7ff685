"""Memory protection unit: 16 regions with subregions, and their effect on Unicorn's memory.

ARMv7-M Architecture Reference Manual (DDI 0403), B3.5; Cortex-M7 TRM (DDI 0489), chapter 7.
Unicorn protects pages of 1 KB. A page whose parts differ gets what all parts allow; an access that
its own part allows is let through by the processor (`allows`, and guards.py for pages where that
happens often), so that regions down to 32 bytes are exact.
"""

from collections.abc import Callable, Iterable
from itertools import pairwise

from rt1062.block import Peripheral
from rt1062.registers_old import Field, R, Register
from rt1062.unicorn.native import EXECUTE, PAGE, READ, WRITE

REGIONS = 16
# AP[2:0] -> (privileged, unprivileged), B3.5 table "Access permissions field encoding".
_ACCESS = {
    0: (0, 0),
    1: (READ | WRITE, 0),
    2: (READ | WRITE, READ),
    3: (READ | WRITE, READ | WRITE),
    5: (READ, 0),
    6: (READ, READ),
    7: (READ, READ),
}
_ENABLE, _HFNMIENA, _PRIVDEFENA = 1, 2, 4


def default_map(address: int) -> int:
    """Permissions of the system address map without an MPU (B3.1): what is execute never."""
    top = address >> 29
    return READ | WRITE | (EXECUTE if top in (0, 1, 3, 4) else 0)


class Mpu(Peripheral):
    """Registers at offsets of the system control space (0xE000E000).

    `on_change` is called after a write that can change a permission.
    """

    REGISTERS = (
        Register("TYPE", 0xD90, reset=REGIONS << 8, access=R),
        Register("CTRL", 0xD94, [Field("ENABLE", 0), Field("HFNMIENA", 1), Field("PRIVDEFENA", 2)]),
        Register("RNR", 0xD98, [Field("REGION", 0, 8)]),
        Register("RBAR", 0xD9C),
        Register("RASR", 0xDA0),
        Register("RBAR_A1", 0xDA4),
        Register("RASR_A1", 0xDA8),
        Register("RBAR_A2", 0xDAC),
        Register("RASR_A2", 0xDB0),
        Register("RBAR_A3", 0xDB4),
        Register("RASR_A3", 0xDB8),
    )

    def __init__(self, on_change: Callable[[], None]):
        super().__init__()
        self._tell = on_change
        self._known: dict[tuple[int, bool], int] = {}  # permissions already worked out
        self._base = [0] * REGIONS
        self._attributes = [0] * REGIONS

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._base = [0] * REGIONS
        self._attributes = [0] * REGIONS
        self._on_change()

    def _on_change(self) -> None:
        self._known.clear()
        self._tell()

    def write_ctrl(self, value: int) -> None:
        self.value["CTRL"] = value & 7
        self._on_change()

    def read_rbar(self) -> int:
        number = self.value["RNR"] % REGIONS
        return self._base[number] | number

    def write_rbar(self, value: int) -> None:
        if value & 0x10:  # VALID: the write also selects the region
            self.value["RNR"] = value & 0xF
        self._base[self.value["RNR"] % REGIONS] = value & 0xFFFF_FFE0
        self._on_change()

    def read_rasr(self) -> int:
        return self._attributes[self.value["RNR"] % REGIONS]

    def write_rasr(self, value: int) -> None:
        self._attributes[self.value["RNR"] % REGIONS] = value & 0x173F_FF3F
        self._on_change()

    read_rbar_a1 = read_rbar_a2 = read_rbar_a3 = read_rbar
    write_rbar_a1 = write_rbar_a2 = write_rbar_a3 = write_rbar
    read_rasr_a1 = read_rasr_a2 = read_rasr_a3 = read_rasr
    write_rasr_a1 = write_rasr_a2 = write_rasr_a3 = write_rasr

    @property
    def enabled(self) -> bool:
        """CTRL.ENABLE."""
        return bool(self.value["CTRL"] & _ENABLE)

    def _region_bounds(self, number: int) -> tuple[int, int] | None:
        attributes = self._attributes[number]
        size = attributes >> 1 & 0x1F
        if not attributes & 1 or size < 4:
            return None
        length = 2 << size
        base = self._base[number] & ~(length - 1)
        return base, base + length

    def permissions(self, address: int, privileged: bool) -> int:
        """What an access to an address may do: READ, WRITE, EXECUTE together."""
        known = self._known.get((address, privileged))
        if known is None:
            known = self._known[address, privileged] = self._work_out(address, privileged)
        return known

    def _work_out(self, address: int, privileged: bool) -> int:
        if not self.enabled:
            return default_map(address)
        for number in reversed(range(REGIONS)):
            bounds = self._region_bounds(number)
            if bounds is None or not bounds[0] <= address < bounds[1]:
                continue
            attributes = self._attributes[number]
            length = bounds[1] - bounds[0]
            if length >= 256:
                subregion = (address - bounds[0]) * 8 // length
                if attributes >> (8 + subregion) & 1:
                    continue
            allowed = _ACCESS.get(attributes >> 24 & 7, (0, 0))[0 if privileged else 1]
            if allowed & READ and not attributes >> 28 & 1:
                allowed |= EXECUTE
            return allowed
        if privileged and self.value["CTRL"] & _PRIVDEFENA:
            return default_map(address)
        return 0

    def allows(self, address: int, size: int, wanted: int, privileged: bool) -> bool:
        """True if all bytes of an access may be accessed."""
        first = self.permissions(address, privileged)
        last = self.permissions(address + size - 1, privileged)
        return first & last & wanted == wanted

    def _edges(self) -> set[int]:
        edges = {0x2000_0000, 0x4000_0000, 0x6000_0000, 0xA000_0000}
        if self.enabled:
            for number in range(REGIONS):
                bounds = self._region_bounds(number)
                if bounds is None:
                    continue
                length = bounds[1] - bounds[0]
                if length >= 256 and self._attributes[number] >> 8 & 0xFF:
                    edges.update(range(bounds[0], bounds[1] + 1, length // 8))
                else:
                    edges.update(bounds)
        return edges

    def pages(self, start: int, end: int, privileged: bool) -> Iterable[tuple[int, int, int, bool]]:
        """(start, end, permissions, mixed) of start to end, in runs of whole 1 KB pages.

        `mixed` pages have parts with different permissions; theirs are what all parts allow.
        """
        edges = sorted({start, end, *(edge for edge in self._edges() if start < edge < end)})
        page = start
        for left, right in pairwise(edges):
            if right % PAGE == 0 and left == page:
                yield left, right, self.permissions(left, privileged), False
                page = right
                continue
            whole = right & ~(PAGE - 1)
            first_whole = -(-left // PAGE) * PAGE
            if page < first_whole and page + PAGE <= right:
                yield page, page + PAGE, self._common(page, privileged), True
                page += PAGE
            if page < whole:
                yield page, whole, self.permissions(page, privileged), False
                page = whole
        if page < end:
            yield page, end, self._common(page, privileged), True

    def parts(self, page: int, privileged: bool) -> list[int]:
        """Permissions of each 32 bytes of a page."""
        return [self.permissions(page + i, privileged) for i in range(0, PAGE, 32)]

    def _common(self, page: int, privileged: bool) -> int:
        """What all parts allow; EXECUTE if any does, as a guard is there to stop data accesses."""
        parts = self.parts(page, privileged)
        common, either = READ | WRITE, 0
        for part in parts:
            common &= part
            either |= part
        return common | either & EXECUTE
