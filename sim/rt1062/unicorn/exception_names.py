"""Exceptions and interrupts by name, for people."""

from rt1062.chip.block_table import BLOCKS
from rt1062.unicorn import exceptions as e

NAMED = 4  # so many in a row; of more, how many
_SYSTEM = {
    e.NMI: "NMI",
    e.HARD_FAULT: "HardFault",
    e.MEM_MANAGE: "MemManage",
    e.BUS_FAULT: "BusFault",
    e.USAGE_FAULT: "UsageFault",
    e.SVCALL: "SVCall",
    e.DEBUG_MONITOR: "DebugMonitor",
    e.PENDSV: "PendSV",
    e.SYSTICK: "SysTick",
}
# Blocks that share an interrupt have each its own name for it: the first is as good as any.
_INTERRUPTS = {
    number: name for block in reversed(BLOCKS.values()) for name, number in block.interrupts.items()
}


def name_of(exception: int) -> str:
    """`SysTick`, or `LPUART1, interrupt 20`."""
    if exception in _SYSTEM:
        return _SYSTEM[exception]
    number = exception - e.FIRST_IRQ
    return f"{_INTERRUPTS.get(number, 'no block')}, interrupt {number}"


def names_of(mask: int) -> str:
    """Those whose bits are set, the first few."""
    numbers = [bit for bit in range(mask.bit_length()) if mask >> bit & 1]
    names = [
        _SYSTEM.get(one) or _INTERRUPTS.get(one - e.FIRST_IRQ) or f"interrupt {one - e.FIRST_IRQ}"
        for one in numbers
    ]
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
