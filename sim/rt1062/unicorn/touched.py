"""Which registers a core that goes round and round has to do with."""

from collections import Counter

from unicorn import Uc, unicorn_const

from rt1062.chip.block_table import block_at
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.unicorn.hardware import Hardware

FIRST, LAST = 0x4000_0000, 0x4FFF_FFFF  # where the blocks are
LOOK_US = 20
NAMED = 3


def touched_registers(hardware: Hardware) -> list[str]:
    """The registers that the firmware touches most in its next LOOK_US microseconds.

    The machine goes on meanwhile: for the last words on a firmware that is given up.
    """
    processor, seen = hardware.processor, Counter()

    def look(uc: Uc, access: int, address: int, size: int, value: int, data: object) -> None:
        seen[address] += 1

    kinds = unicorn_const.UC_HOOK_MEM_READ | unicorn_const.UC_HOOK_MEM_WRITE
    handle = processor.core.uc.hook_add(kinds, look, begin=FIRST, end=LAST)
    processor.core.uc.ctl_flush_tb()
    try:
        processor.run_until(processor.now + LOOK_US * TICKS_PER_MICROSECOND)
    finally:
        processor.core.uc.hook_del(handle)
        processor.core.uc.ctl_flush_tb()
    return [_name(hardware, address) for address, _ in seen.most_common(NAMED)]


def _name(hardware: Hardware, address: int) -> str:
    instance = block_at(address)
    if instance is None:
        return f"0x{address:08X}"
    offset = address - instance.base
    block = hardware.blocks.get(instance.name)
    slot = block and block.by_offset.get(offset)
    return f"{instance.name} {slot.name}" if slot else f"{instance.name} + 0x{offset:X}"
