"""The flash image as the boot ROM sees it, and what it hands over."""

from dataclasses import dataclass, field

from rt1062.chip import memory_map as chip
from rt1062.errors import BootImageError

FCB_OFFSET, IVT_OFFSET = 0x0, 0x1000


@dataclass(frozen=True)
class DcdCommand:
    """One write or check of the device configuration data.

    `operation` is "write", "set", "clear", "check_all_clear", "check_any_clear",
    "check_all_set" or "check_any_set"; `width` in bytes; `count` limits a check, 0 means for ever.
    """

    operation: str
    width: int
    address: int
    value: int
    count: int = 0


@dataclass(frozen=True)
class BootPlan:
    """How the ROM hands over: where to go on, with which stack, after which writes.

    `vector_table` is where IVT.entry points if it is a vector table, else None. `copy` is
    (target, bytes) of an image that runs from RAM. `rom` are the ROM's own writes, before `dcd`:
    FlexSPI as the FCB says. `quad_enabled` is QE of the flash afterwards; `remarks` are what a
    board may get over and a data sheet does not promise.
    """

    entry: int
    stack_pointer: int
    vector_table: int | None
    dcd: list[DcdCommand] = field(default_factory=list)
    copy: tuple[int, bytes] | None = None
    rom: list[DcdCommand] = field(default_factory=list)
    quad_enabled: bool = True
    remarks: tuple[str, ...] = ()


class Image:
    """The image's bytes at the addresses that the ROM gives them."""

    def __init__(self, data: bytes):
        self.data = data
        self.base = chip.FLASH.base  # changes if the image is copied to RAM

    def word(self, offset: int, name: str) -> int:
        self.need(offset, 4, name)
        return int.from_bytes(self.data[offset : offset + 4], "little")

    def need(self, offset: int, size: int, name: str) -> None:
        if not offset >= 0 or offset + size > len(self.data):
            raise BootImageError(
                name,
                self.base + max(offset, 0),
                f"outside the image of {len(self.data)} bytes",
                f"{size} bytes there",
            )

    def offset(self, address: int) -> int:
        """Offset of an address of the image, -1 outside."""
        offset = address - self.base
        return offset if 0 <= offset < len(self.data) else -1


def refuse_unless(good: bool, name: str, address: int, found: object, expected: object) -> None:
    if not good:
        raise BootImageError(name, address, found, expected)
