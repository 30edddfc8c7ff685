"""Memory protection unit: 16 regions with subregions, and their effect on Unicorn's memory.

ARMv7-M Architecture Reference Manual (DDI 0403), B3.5; Cortex-M7 TRM (DDI 0489), chapter 7.
Unicorn protects pages of 1 KB. A page whose parts differ gets what all parts allow; an access that
its own part allows is let through by the processor (`allows`, and guards.py for pages where that
happens often), so that regions down to 32 bytes are exact.
"""

from collections.abc import Callable, Iterable
from itertools import pairwise

from rt1062.block import Block
from rt1062.memory_system import Policy
from rt1062.registers import RW, Register, r, register, rw
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
SMALLEST_SIZE = 4  # RASR.SIZE: 32 bytes
SMALLEST_WITH_SUBREGIONS = 256  # bytes


# TEX and CB of inner memory (B3.5, "TEX, C, B and S encoding"): by C and B, TEX 0, 1 and 4 to 7.
_PLAIN = (Policy.DEVICE, Policy.DEVICE, Policy.THROUGH, Policy.BACK)
_NORMAL = (Policy.UNCACHED, Policy.DEVICE, Policy.DEVICE, Policy.ALLOCATE)
_INNER = (Policy.UNCACHED, Policy.ALLOCATE, Policy.THROUGH, Policy.BACK)
# Without a region (B3.1): code, SRAM, peripherals, two of RAM, two of devices, system.
_DEFAULT = (
    Policy.THROUGH, Policy.ALLOCATE, Policy.DEVICE, Policy.ALLOCATE,
    Policy.THROUGH, Policy.DEVICE, Policy.DEVICE, Policy.DEVICE,
)  # fmt: skip


class TYPE(Register, at=0xD90):
    SEPARATE, DREGION, IREGION = r(0), r(8, 8, reset=REGIONS), r(16, 8)


class CTRL(Register, at=0xD94):
    ENABLE, HFNMIENA, PRIVDEFENA = rw(0), rw(1), rw(2)


class RNR(Register, at=0xD98):
    REGION = rw(0, 8)


class RBAR(Register, at=0xD9C):
    REGION, VALID, ADDR = rw(0, 4), rw(4), rw(5, 27)


class RASR(Register, at=0xDA0):
    ENABLE, SIZE, SRD = rw(0), rw(1, 5), rw(8, 8)
    B, C, S, TEX, AP, XN = rw(16), rw(17), rw(18), rw(19, 3), rw(24, 3), rw(28)


def default_map(address: int) -> int:
    """Permissions of the system address map without an MPU (B3.1): what is execute never."""
    top = address >> 29
    return READ | WRITE | (EXECUTE if top in (0, 1, 3, 4) else 0)


class Mpu(Block):
    """Registers at offsets of the system control space (0xE000E000).

    `on_change` is called after a write that can change a permission.
    """

    REGISTERS = (
        TYPE,
        CTRL,
        RNR,
        RBAR,
        RASR,
        register("RBAR_A1", 0xDA4, RBAR),
        register("RASR_A1", 0xDA8, RASR),
        register("RBAR_A2", 0xDAC, RBAR),
        register("RASR_A2", 0xDB0, RASR),
        register("RBAR_A3", 0xDB4, RBAR),
        register("RASR_A3", 0xDB8, RASR),
    )

    def __init__(self, on_change: Callable[[], None]) -> None:
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
        self.store(CTRL, value)
        self._on_change()

    def read_rbar(self) -> int:
        number = self.value["RNR"] % REGIONS
        return self._base[number] | number

    def write_rbar(self, value: int) -> None:
        if value & RBAR.VALID:  # the write also selects the region
            self.value["RNR"] = RBAR.REGION.get(value)
        self._base[self.value["RNR"] % REGIONS] = value & RBAR.ADDR
        self._on_change()

    def read_rasr(self) -> int:
        return self._attributes[self.value["RNR"] % REGIONS]

    def write_rasr(self, value: int) -> None:
        self._attributes[self.value["RNR"] % REGIONS] = value & RASR.masks[RW]
        self._on_change()

    read_rbar_a1 = read_rbar_a2 = read_rbar_a3 = read_rbar
    write_rbar_a1 = write_rbar_a2 = write_rbar_a3 = write_rbar
    read_rasr_a1 = read_rasr_a2 = read_rasr_a3 = read_rasr
    write_rasr_a1 = write_rasr_a2 = write_rasr_a3 = write_rasr

    @property
    def enabled(self) -> bool:
        """CTRL.ENABLE."""
        return bool(self.value["CTRL"] & CTRL.ENABLE)

    def _region_bounds(self, number: int) -> tuple[int, int] | None:
        attributes = self._attributes[number]
        size = RASR.SIZE.get(attributes)
        if not attributes & RASR.ENABLE or size < SMALLEST_SIZE:
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

    def _region_at(self, address: int) -> int | None:
        """The attributes of the region that decides about an address; None where none does."""
        for number in reversed(range(REGIONS)):
            bounds = self._region_bounds(number)
            if bounds is None or not bounds[0] <= address < bounds[1]:
                continue
            attributes = self._attributes[number]
            length = bounds[1] - bounds[0]
            if length >= SMALLEST_WITH_SUBREGIONS:
                subregion = (address - bounds[0]) * 8 // length
                if RASR.SRD.get(attributes) >> subregion & 1:
                    continue
            return attributes
        return None

    def _work_out(self, address: int, privileged: bool) -> int:
        if not self.enabled:
            return default_map(address)
        attributes = self._region_at(address)
        if attributes is not None:
            allowed = _ACCESS.get(RASR.AP.get(attributes), (0, 0))[0 if privileged else 1]
            if allowed & READ and not attributes & RASR.XN:
                allowed |= EXECUTE
            return allowed
        if privileged and self.value["CTRL"] & CTRL.PRIVDEFENA:
            return default_map(address)
        return 0

    def policy(self, address: int) -> Policy:
        """What the L1 caches may do at an address; what is shared is not cached on this core."""
        attributes = self._region_at(address) if self.enabled else None
        if attributes is None:
            return _DEFAULT[address >> 29]
        tex, shared = RASR.TEX.get(attributes), attributes & RASR.S
        kinds = _INNER if tex >= 4 else (_PLAIN, _NORMAL, (Policy.DEVICE,) * 4)[min(tex, 2)]
        found = kinds[bool(attributes & RASR.C) * 2 + bool(attributes & RASR.B)]
        return min(found, Policy.UNCACHED) if shared else found

    def allows(self, address: int, size: int, wanted: int, privileged: bool) -> bool:
        """True if all bytes of an access may be accessed."""
        first = self.permissions(address, privileged)
        last = self.permissions(address + size - 1, privileged)
        return first & last & wanted == wanted

    def edges(self) -> set[int]:
        """Addresses at which permissions or attributes may change."""
        edges = {0x2000_0000, 0x4000_0000, 0x6000_0000, 0xA000_0000}
        if self.enabled:
            for number in range(REGIONS):
                bounds = self._region_bounds(number)
                if bounds is None:
                    continue
                length = bounds[1] - bounds[0]
                if length >= SMALLEST_WITH_SUBREGIONS and self._attributes[number] & RASR.SRD:
                    edges.update(range(bounds[0], bounds[1] + 1, length // 8))
                else:
                    edges.update(bounds)
        return edges

    def pages(self, start: int, end: int, privileged: bool) -> Iterable[tuple[int, int, int, bool]]:
        """(start, end, permissions, mixed) of start to end, in runs of whole 1 KB pages.

        `mixed` pages have parts with different permissions; theirs are what all parts allow.
        """
        edges = sorted({start, end, *(edge for edge in self.edges() if start < edge < end)})
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
