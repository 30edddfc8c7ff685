"""Blocks that branch to each other as one LLVM function.

It begins at the block of context[PC] and ends where it cannot go on, with all registers as the
architecture has them: in front of a block if the budget is used up or the block is not here; in
front of an instruction that Unicorn must do, or of an access that is not to plain memory.
"""

from llvmlite import ir

from rt1062.unicorn.translator import arithmetic, multiplication, packing, transfers, words
from rt1062.unicorn.translator.decode import (
    BRANCHES,
    MASK_32,
    Block,
    Instruction,
    Unsupported,
    number,
)
from rt1062.unicorn.translator.emitter import I32, I64, LR, Emitter

OPERATIONS = (
    arithmetic.OPERATIONS | multiplication.OPERATIONS | packing.OPERATIONS | transfers.OPERATIONS
)
_CHECKED = 13  # registers of which a block's needs tell the lowest bits; then two bits each


class Region:
    """The function of some blocks; `entries` are those that it can begin with.

    `unsupported` says what is left to Unicorn, and why.
    """

    def __init__(self, module: ir.Module, name: str, blocks: dict[int, Block], entries: list[int]):
        self.blocks = blocks
        self.emitter = e = Emitter(module, name)
        self.function = e.function
        self.unsupported: list[str] = []
        self.labels = {start: e.fresh(f"block_{start:x}") for start in blocks}
        nowhere = e.fresh("nowhere")
        switch = e.build.switch(e.start, nowhere)
        for start in entries:
            switch.add_case(I64(start), self.labels[start])
        e.build.position_at_end(nowhere)
        e.build.unreachable()
        for block in blocks.values():
            e.build.position_at_end(self.labels[block.start])
            self._block(block)

    def _go(self, target: int, it: int) -> None:
        """On to the block at `target`."""
        block = self.blocks.get(target)
        if block is not None and block.it == it:
            self.emitter.join_all()
            self.emitter.build.branch(self.labels[target])
        else:
            self.emitter.leave(target, it, words.UNKNOWN, False)

    def _block(self, block: Block) -> None:
        e = self.emitter
        e.block = block
        e.begin_block()
        self._enter(block)
        for instruction in block.instructions:
            e.instruction = instruction
            if self._instruction(instruction):
                return
        self._go(block.end, block.it_end)

    def _enter(self, block: Block) -> None:
        """Count the block's instructions as the block hook does, or leave in front of it."""
        e, build = self.emitter, self.emitter.build
        budget = build.load(e.budget)
        self._or_leave(build.icmp_signed(">", budget, I64(0)), block, words.DEADLINE)
        # An unaligned LDM or the like is a fault: the block hook looks after that.
        needs, place = block.needs, _CHECKED
        for register in range(_CHECKED):
            if needs >> register & 1:
                low = build.and_(e.get(register), I32(3))
                wanted = I32(needs >> place & 3)
                self._or_leave(build.icmp_unsigned("==", low, wanted), block, words.UNKNOWN)
            place += 2
        build.store(build.sub(budget, I64(block.count)), e.budget)

    def _or_leave(self, fine: ir.Value, block: Block, reason: int) -> None:
        e = self.emitter
        on, off = e.fresh(), e.fresh("off")
        e.likely(fine, on, off)
        e.build.position_at_end(off)
        e.leave(block.start, block.it, reason, False)
        e.build.position_at_end(on)

    # One instruction: True if it ended the block.

    def _instruction(self, i: Instruction) -> bool:
        if i.decoded.id in BRANCHES:
            self._branch(i)
            return True
        if i.condition == "al" or i.name == "it":
            return self._always(i)
        e = self.emitter
        e.join_all()
        then, after = e.fresh(), e.fresh()
        e.build.cbranch(e.holds(i.condition), then, after)
        e.build.position_at_end(then)
        known, checked, compared = dict(e.known), dict(e.checked), e.compared
        e.flags_written = False
        if not self._always(i):
            e.join_all()
            e.build.branch(after)
        e.build.position_at_end(after)
        e.checked = checked
        e.compared = None if e.flags_written else compared
        for n in range(15):
            if e.known[n] != known[n]:
                e.forget(n)
        return False

    def _always(self, i: Instruction) -> bool:
        try:
            if i.name == "bl":
                self._call(i)
                return True
            operation = OPERATIONS.get(i.name)
            if operation is None:
                raise Unsupported("instruction")
            return bool(operation(self.emitter, i))
        except Unsupported as reason:
            self.unsupported.append(f"{i}: {reason}")
            self.emitter.leave_here(words.UNSUPPORTED)
            return True

    def _branch(self, i: Instruction) -> None:
        e, build = self.emitter, self.emitter.build
        target = i.operands[-1].imm & MASK_32
        if i.name in ("cbz", "cbnz"):
            value = e.get(number(i.operands[0]))
            taken = build.icmp_unsigned("==" if i.name == "cbz" else "!=", value, I32(0))
        elif i.condition == "al":
            self._go(target, 0)
            return
        else:
            taken = e.holds(i.condition)
        e.join_all()
        yes, no = e.fresh(), e.fresh()
        build.cbranch(taken, yes, no)
        build.position_at_end(yes)
        self._go(target, 0)
        build.position_at_end(no)
        self._go(i.next, i.it_next)

    def _call(self, i: Instruction) -> None:
        self.emitter.put(LR, I32(i.next | 1))
        self._go(i.operands[0].imm & MASK_32, 0)
