"""What the core is set up to refuse: floating point while it is off, division by zero, unaligned.

ARMv7-M Architecture Reference Manual (DDI 0403): CPACR B3.2.20, CCR.DIV_0_TRP and UNALIGN_TRP
B3.2.8, A3.2.1 for what must be aligned. Unicorn knows none of them. The block hook marks blocks
with such an instruction when it first sees them, and stops in front of one that has a mark refused
now; each marked instruction then gets a hook of its own, which looks at every execution. While
nothing is refused that costs a comparison in marked blocks. In an IT block the hook is on the IT
instruction; a divisor that the IT block itself makes zero is missed.

LDRD, LDM, VLDR and their like, which must be aligned always, are judged at the block's start by the
registers that their addresses come from (alignment.py). Other loads and stores are looked at only
while UNALIGN_TRP is set, as that makes every one slower.
"""

from collections.abc import Iterator

from rt1062.unicorn import exceptions as e
from rt1062.unicorn import native
from rt1062.unicorn.core import AccessFault, Core

_LONGEST_IT_BODY = 16  # bytes, four instructions


class Traps:
    """The hooks of refused instructions. `stale` says that `apply` has something to do."""

    def __init__(self, core: Core):
        self._core = core
        self._watched: set[int] = set()
        self._aligned = self._wants_aligned = False

    def configure(self, floats: bool, divides: bool, unaligned: bool) -> None:
        """What is refused from now on; `unaligned` from the next `apply` on."""
        marks = (native.FLOATS if floats else 0) | (native.DIVIDES if divides else 0)
        self._core.words[native.TRAPS] = marks | native.MULTIPLE
        self._wants_aligned = unaligned
        if self.stale:
            self._core.stop_soon()

    @property
    def stale(self) -> bool:
        """UNALIGN_TRP has changed since `apply`."""
        return self._wants_aligned != self._aligned

    def apply(self) -> None:
        """Begin or end to look at every load and store; the core must be stopped."""
        self._aligned = self._wants_aligned
        self._core.watch_alignment(self._aligned)

    def refuses_access(self, fault: AccessFault) -> bool:
        """True if an access that memory refused is unaligned, which comes first."""
        return (
            self._aligned and fault.kind != "fetch" and bool(fault.address & min(fault.size, 4) - 1)
        )

    def watch_block(self) -> None:
        """The core stopped in front of a marked block: watch its instructions, let it pass."""
        core = self._core
        start, tag = core.pc, core.words[native.BLOCK]
        length = tag >> 32
        entry = native.find_entry(core.words, tag)
        core.words[entry + native.COUNT] &= ~(native.FLOATS | native.DIVIDES)
        for offset in _marked(self._code(start, length + _LONGEST_IT_BODY), length):
            if start + offset not in self._watched:
                self._watched.add(start + offset)
                core.watch_instruction(start + offset)

    def _code(self, start: int, length: int) -> bytes:
        return bytes(self._core.uc.mem_read(start, length))

    def refused(self) -> int:
        """The core stopped in front of a refused instruction: the CFSR bit of its fault."""
        floats = native.mark(self._code(self._core.pc, 4)) == native.FLOATS
        return e.NOCP if floats else e.DIVBYZERO

    def at_it_block(self) -> bool:
        """True if the core stands at an IT instruction."""
        return bool(_it_mask(self._code(self._core.pc, 2)))

    def in_it_block(self) -> bool:
        """True if the core stands within an IT block."""
        return bool(_it_state(self._core.get("XPSR")) & 15)

    def walk_it_block(self) -> tuple[int, int]:
        """Through an IT block from one marked instruction to the next, up to one that is refused.

        Its CFSR bit and Unicorn's error number, 0 each; if the core stopped for another reason,
        `state[STOP]` says so.
        """
        core = self._core
        core.words[native.STOP] = native.STOP_NONE
        code = self._code(core.pc, 2 + _LONGEST_IT_BODY)
        mask = _it_mask(code)
        offset = 2 if mask else 0
        mask = mask or _it_state(core.get("XPSR")) & 15
        start = core.pc
        while mask:
            size = 4 if native.is_wide(code[offset:]) else 2
            mark = native.mark(code[offset : offset + size])
            if mark:
                error = self._go_to(start + offset)
                if error or core.pc != start + offset:
                    return 0, error
            if mark and self._refuses(mark, code[offset + 2]):
                return self.refused(), 0
            offset += size
            mask = mask << 1 & 15
        return 0, self._go_to(start + offset)

    def walk_block(self) -> tuple[int, int]:
        """Through a block up to an unaligned LDRD or the like; returns as `walk_it_block` does."""
        core = self._core
        core.words[native.STOP] = native.STOP_NONE
        start = core.pc
        length = core.words[native.BLOCK] >> 32
        code = self._code(start, length)
        offset, mask = 0, _it_state(core.get("XPSR")) & 15
        while offset < length:
            piece = code[offset : offset + 4]
            base = -1 if mask else native.aligned_base(piece)
            if base in range(13):
                error = self._go_to(start + offset)
                if error or core.pc != start + offset:
                    return 0, error
                if core.get(f"R{base}") & 3:
                    return e.UNALIGNED, 0
            offset += 4 if native.is_wide(piece) else 2
            mask = mask << 1 & 15 if mask else _it_mask(piece)
        return 0, self._go_to(start + length)

    def _go_to(self, address: int) -> int:
        return 0 if self._core.pc == address else self._core.run_to(address)

    def _refuses(self, mark: int, operand: int) -> bool:
        """Whether the instruction at `pc` in an IT block is refused; `operand`: its third byte."""
        core = self._core
        xpsr = core.get("XPSR")
        if not mark & core.words[native.TRAPS] or not _holds(_it_state(xpsr) >> 4, xpsr >> 28):
            return False
        register = operand & 15
        return mark == native.FLOATS or not core.get("LR" if register == 14 else f"R{register}")


def _it_mask(code: bytes) -> int:
    """The mask of an IT instruction, 0 of any other (0b1000 below the last of its block)."""
    return code[0] & 15 if code[1] == 0xBF else 0


def _it_state(xpsr: int) -> int:
    """ITSTATE: condition of the next instruction in bits 4 to 7, mask below (A7.3)."""
    return xpsr >> 8 & 0xFC | xpsr >> 25 & 3


def _holds(condition: int, nzcv: int) -> bool:
    """Whether a condition of A7.3 holds with these flags."""
    n, z, c, v = (bool(nzcv >> bit & 1) for bit in (3, 2, 1, 0))
    base = (z, c, n, v, c and not z, n == v, n == v and not z, True)[condition >> 1]
    return base != bool(condition & 1) or condition == 0xF


def _marked(code: bytes, length: int) -> Iterator[int]:
    """Offsets below `length` of marked instructions, or of the IT instruction of their block."""
    offset = 0
    while offset < length:
        start, mask = offset, _it_mask(code[offset:])
        offset += 2 if mask else 0
        marked = 0
        while True:
            size = 4 if native.is_wide(code[offset:]) else 2
            marked |= native.mark(code[offset : offset + size])
            offset += size
            mask = mask << 1 & 15
            if not mask:
                break
        if marked:
            yield start
