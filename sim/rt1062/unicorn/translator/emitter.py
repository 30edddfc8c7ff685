"""What the translation of every instruction needs: registers, flags, plain memory, ways out."""

from collections.abc import Callable

from llvmlite import ir

from rt1062.unicorn.translator import words
from rt1062.unicorn.translator.decode import Block, Instruction, Unsupported

I1, I8, I16, I32, I64 = (ir.IntType(bits) for bits in (1, 8, 16, 32, 64))
SP, LR, PC = 13, 14, 15
_INVERSE = {
    "ne": "eq",
    "lo": "hs",
    "pl": "mi",
    "vc": "vs",
    "ls": "hi",
    "lt": "ge",
    "le": "gt",
}
_SIGNED = {"eq": "==", "ne": "!=", "ge": ">=", "lt": "<", "gt": ">", "le": "<="}
_UNSIGNED = {"hs": ">=", "lo": "<", "hi": ">", "ls": "<="}
# What is known of a register's value: a root that never changes within the block, and an offset.
Known = tuple[object, int]


class Emitter:
    """An LLVM function void(context*) under construction, and where in the guest's code it is."""

    def __init__(self, module: ir.Module, name: str):
        self.module = module
        kind = ir.FunctionType(ir.VoidType(), [I64.as_pointer()])
        self.function = ir.Function(module, kind, name)
        self.function.args[0].add_attribute("noalias")
        self.function.linkage = "internal"
        self.build = ir.IRBuilder(self.function.append_basic_block("entry"))
        self._allocate()
        self._leave = self._leaving()
        self.block: Block
        self.instruction: Instruction
        self.begin_block()

    def begin_block(self) -> None:
        """Forget what was known in the block before."""
        self._version = 0
        self._computed: dict[object, int] = {}
        self.known: dict[int, Known] = {n: ((n, "in"), 0) for n in range(15)}
        # (root, write) -> lowest offset that was looked up, and its bias
        self.checked: dict[tuple[object, bool], tuple[int, ir.Value]] = {}
        self.compared: tuple[ir.Value, ir.Value] | None = None  # what NZCV are of, if a SUB or CMP
        self.flags_written = False
        # Register: its halfwords, each in the lower half of a value; see put_halves.
        self._halves: dict[int, tuple[ir.Value, ir.Value]] = {}

    # The context: into variables that LLVM turns into registers, and back.

    def slot(self, word: int) -> ir.Value:
        """Address of a word of the context."""
        return self.build.gep(self.function.args[0], [I64(word)])

    def _allocate(self) -> None:
        build = self.build
        self._registers = [build.alloca(I32, name=f"r{n}") for n in range(15)]
        self._flags = {flag: build.alloca(I1, name=flag) for flag in "vczn"}
        self.ge, self.budget = build.alloca(I32, name="ge"), build.alloca(I64, name="budget")
        outside = (words.PC, words.RESUME, words.BLOCK, words.IT, words.REASON)
        self._out = {word: build.alloca(I64) for word in outside}
        for n, register in enumerate(self._registers):
            build.store(build.trunc(build.load(self.slot(words.REGISTERS + n)), I32), register)
        nzcv = build.load(self.slot(words.NZCV))
        for bit, flag in enumerate(self._flags):
            build.store(build.trunc(build.lshr(nzcv, I64(bit)), I1), self._flags[flag])
        build.store(build.trunc(build.load(self.slot(words.GE)), I32), self.ge)
        build.store(build.load(self.slot(words.BUDGET)), self.budget)
        self._maps = [
            build.inttoptr(build.load(self.slot(word)), I64.as_pointer())
            for word in (words.READ_MAP, words.WRITE_MAP)
        ]
        for variable in self._out.values():
            build.store(I64(0), variable)
        self.start = build.load(self.slot(words.PC))

    def _leaving(self) -> ir.Block:
        build = self.build
        leave = self.function.append_basic_block("leave")
        with build.goto_block(leave):
            for n, register in enumerate(self._registers):
                value = build.zext(build.load(register), I64)
                build.store(value, self.slot(words.REGISTERS + n))
            nzcv: ir.Value = I64(0)
            for bit, flag in enumerate(self._flags):
                one = build.zext(build.load(self._flags[flag]), I64)
                nzcv = build.or_(nzcv, build.shl(one, I64(bit)))
            build.store(nzcv, self.slot(words.NZCV))
            build.store(build.zext(build.load(self.ge), I64), self.slot(words.GE))
            build.store(build.load(self.budget), self.slot(words.BUDGET))
            for word, variable in self._out.items():
                build.store(build.load(variable), self.slot(word))
            build.ret_void()
        return leave

    # Ways out.

    def fresh(self, name: str = "") -> ir.Block:
        """A new, empty block of LLVM."""
        return self.function.append_basic_block(name)

    def likely(self, condition: ir.Value, then: ir.Block, otherwise: ir.Block) -> None:
        """Branch to `then`, hardly ever to `otherwise`."""
        self.build.cbranch(condition, then, otherwise).set_weights([10000, 1])

    def leave(self, pc: ir.Value | int, it: int, reason: int, resume: bool) -> None:
        """Unicorn goes on at `pc`."""
        values = {
            words.PC: pc,
            words.RESUME: int(resume),
            words.IT: it,
            words.REASON: reason,
            words.BLOCK: self.block.tag,
        }
        for word, value in values.items():
            given = value if isinstance(value, ir.Value) else I64(value)
            self.build.store(given, self._out[word])
        for n in self._halves:
            self.build.store(self._joined(n), self._registers[n])
        self.build.branch(self._leave)

    def leave_here(self, reason: int) -> None:
        """Unicorn goes on with the current instruction; its block is counted already."""
        self.leave(self.instruction.address, self.instruction.it, reason, True)

    def unless(self, fine: ir.Value, reason: int) -> None:
        """Leave in front of the current instruction unless `fine`."""
        on, off = self.fresh(), self.fresh("off")
        self.likely(fine, on, off)
        self.build.position_at_end(off)
        self.leave_here(reason)
        self.build.position_at_end(on)

    # Registers.

    def get(self, n: int) -> ir.Value:
        """The value of a register, PC apart."""
        if n == PC:
            raise Unsupported("pc")
        if n in self._halves:
            self._join(n)
        return self.build.load(self._registers[n])

    def put(self, n: int, value: ir.Value, known: Known | None = None) -> None:
        """Set a register; `known` tells what its value is."""
        if n == PC:
            raise Unsupported("pc")
        self._halves.pop(n, None)
        self.build.store(value, self._registers[n])
        self._version += 1
        self.known[n] = known if known is not None else ((n, self._version), 0)

    def put_halves(self, n: int, low: ir.Value, high: ir.Value) -> None:
        """Set a register to two halfwords, the lower 16 bits of each value.

        They are joined when somebody wants the register: kernels take the halves apart again, so
        most are only joined on ways out that are hardly ever taken.
        """
        if n == PC:
            raise Unsupported("pc")
        self.forget(n)
        self._halves[n] = low, high

    def halves(self, n: int) -> tuple[ir.Value, ir.Value]:
        """The halfwords of a register, each in the lower half of a value."""
        if n in self._halves:
            return self._halves[n]
        value = self.get(n)
        return value, self.build.lshr(value, I32(16))

    def _joined(self, n: int) -> ir.Value:
        low, high = self._halves[n]
        build = self.build
        return build.or_(build.and_(low, I32(0xFFFF)), build.shl(high, I32(16)))

    def _join(self, n: int) -> None:
        self.build.store(self._joined(n), self._registers[n])
        del self._halves[n]

    def join_all(self) -> None:
        """All registers are whole: behind a branch nobody knows of halves."""
        for n in tuple(self._halves):
            self._join(n)

    def computed(self, *key: object) -> Known:
        """What is known of a value that is computed from what the key holds, and from that only."""
        return ("computed", self._computed.setdefault(key, len(self._computed))), 0

    def forget(self, n: int) -> None:
        """A register may have changed."""
        self._version += 1
        self.known[n] = (n, self._version), 0

    # Flags.

    def flag(self, name: str) -> ir.Value:
        """One of n, z, c, v."""
        return self.build.load(self._flags[name])

    def set_flags(
        self,
        value: ir.Value,
        carry: ir.Value | None = None,
        overflow: ir.Value | None = None,
        compared: tuple[ir.Value, ir.Value] | None = None,
    ) -> None:
        """N and Z of a result, C and V where they are given."""
        build = self.build
        build.store(build.icmp_signed("<", value, I32(0)), self._flags["n"])
        build.store(build.icmp_unsigned("==", value, I32(0)), self._flags["z"])
        if carry is not None:
            build.store(carry, self._flags["c"])
        if overflow is not None:
            build.store(overflow, self._flags["v"])
        self.compared = compared
        self.flags_written = True

    def holds(self, condition: str) -> ir.Value:
        """Whether a condition of A7.3 holds."""
        build = self.build
        if self.compared is not None:
            if condition in _SIGNED:
                return build.icmp_signed(_SIGNED[condition], *self.compared)
            if condition in _UNSIGNED:
                return build.icmp_unsigned(_UNSIGNED[condition], *self.compared)
        if condition in _INVERSE:
            return build.not_(self.holds(_INVERSE[condition]))
        if condition in ("eq", "hs", "mi", "vs"):
            return self.flag({"eq": "z", "hs": "c", "mi": "n", "vs": "v"}[condition])
        if condition == "hi":
            return build.and_(self.flag("c"), build.not_(self.flag("z")))
        same = build.icmp_unsigned("==", self.flag("n"), self.flag("v"))
        return same if condition == "ge" else build.and_(build.not_(self.flag("z")), same)

    # Plain memory.

    def host(self, address: ir.Value, size: int, write: bool, known: Known) -> ir.Value:
        """Host address of an access; leaves if it is not to plain memory.

        The map has a word per page: host minus guest address where the page and the next one are
        plain memory and lie together, else 0. So one look-up serves all accesses of this block from
        the same root up to a page further on.
        """
        build = self.build
        root, offset = known
        for kind in {write, True}:  # what can be written can be read
            low, bias = self.checked.get((root, kind), (None, None))
            if low is not None and low <= offset <= low + (1 << words.PAGE_BITS) - size:
                return build.add(bias, build.zext(address, I64))
        bias = self._bias(address, write)
        self.unless(build.icmp_unsigned("!=", bias, I64(0)), words.MEMORY)
        self.checked[root, write] = offset, bias
        return build.add(bias, build.zext(address, I64))

    def _bias(self, address: ir.Value, write: bool) -> ir.Value:
        """The word of the map for the page of an address."""
        page = self.build.zext(self.build.lshr(address, I32(words.PAGE_BITS)), I64)
        return self.build.load(self.build.gep(self._maps[write], [page]))

    def device(
        self,
        address: ir.Value,
        plain: Callable[[ir.Value], ir.Value | None],
        given: ir.Value | None = None,
    ) -> ir.Value | None:
        """An access to a word that may be of a FIFO (hooks/devices.py): `given` is stored there, or
        what is read is returned. `plain(host)` makes it where it is to plain memory."""
        build, write = self.build, given is not None
        wide, bias = build.zext(address, I64), self._bias(address, write)
        here, there, after = self.fresh(), self.fresh("device"), self.fresh()
        build.cbranch(build.icmp_unsigned("!=", bias, I64(0)), here, there)

        build.position_at_end(there)
        build.store(build.load(self.budget), self.slot(words.BUDGET))
        build.store(I64(self.block.tag), self.slot(words.BLOCK))
        kind = ir.FunctionType(I64, [I64.as_pointer(), I64, I64])
        function = build.load(self.slot(words.DEVICE_WRITE if write else words.DEVICE_READ))
        value = I64(0) if given is None else build.zext(given, I64)
        arguments = self.function.args[0], wide, value
        answer = build.call(build.inttoptr(function, kind.as_pointer()), arguments)
        build.store(build.load(self.slot(words.BUDGET)), self.budget)
        self.unless(build.icmp_signed(">=", answer, I64(0)), words.MEMORY)
        read, there = build.trunc(answer, I32), build.block
        build.branch(after)

        build.position_at_end(here)
        loaded = plain(build.add(bias, wide))
        build.branch(after)
        build.position_at_end(after)
        if loaded is None:
            return None
        both = build.phi(I32)
        both.add_incoming(loaded, here)
        both.add_incoming(read, there)
        return both

    def load(self, host: ir.Value, bits: int, signed: bool = False) -> ir.Value:
        """A value of memory, extended to 32 bits."""
        build = self.build
        value = build.load(build.inttoptr(host, ir.IntType(bits).as_pointer()))
        value.align = 1
        if bits < 32:
            value = build.sext(value, I32) if signed else build.zext(value, I32)
        return value

    def store(self, host: ir.Value, value: ir.Value, bits: int) -> None:
        """Set memory to the lowest bits of a value."""
        build = self.build
        if bits < 32:
            value = build.trunc(value, ir.IntType(bits))
        build.store(value, build.inttoptr(host, ir.IntType(bits).as_pointer())).align = 1

    # What LLVM has a name for.

    def overflowing(self, kind: str, x: ir.Value, y: ir.Value) -> tuple[ir.Value, ir.Value]:
        """`x` and `y` by "sadd" or "ssub", and whether that overflows."""
        pair = ir.LiteralStructType([I32, I1])
        name = f"llvm.{kind}.with.overflow"
        function = self.module.declare_intrinsic(name, (I32,), ir.FunctionType(pair, [I32, I32]))
        both = self.build.call(function, [x, y])
        return self.build.extract_value(both, 0), self.build.extract_value(both, 1)

    def leading_zeros(self, value: ir.Value) -> ir.Value:
        """32 for 0."""
        kind = ir.FunctionType(I32, [I32, I1])
        function = self.module.declare_intrinsic("llvm.ctlz", (I32,), kind)
        return self.build.call(function, [value, I1(0)])

    def rotated(self, value: ir.Value, amount: int) -> ir.Value:
        """A value rotated right by a constant."""
        if not amount:
            return value
        build = self.build
        return build.or_(build.lshr(value, I32(amount)), build.shl(value, I32(32 - amount)))
