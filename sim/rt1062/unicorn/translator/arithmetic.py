"""Data processing: logic, moves, shifts, addition, comparison (ARMv7-M ARM, A7.7)."""

from collections.abc import Callable
from functools import partial

from capstone import arm
from llvmlite import ir

from rt1062.unicorn.translator.decode import MASK_32, Instruction, Unsupported, number
from rt1062.unicorn.translator.emitter import I1, I32, I64, PC, Emitter, Known

_SHIFTS = {
    arm.ARM_SFT_LSL: "lsl",
    arm.ARM_SFT_LSR: "lsr",
    arm.ARM_SFT_ASR: "asr",
    arm.ARM_SFT_ROR: "ror",
}
Value = ir.Value


def signed(value: int) -> int:
    """A 32-bit number as a signed one."""
    value &= MASK_32
    return value - (1 << 32) if value >> 31 else value


# Operands.


def shifted(e: Emitter, value: Value, kind: str, amount: int) -> tuple[Value, Value]:
    """A value shifted by a constant, and the carry out."""
    build = e.build

    def bit(n: int) -> Value:
        return build.trunc(build.lshr(value, I32(n)), I1)

    if amount == 0:
        return value, e.flag("c")
    if kind == "lsl":
        return build.shl(value, I32(amount)), bit(32 - amount)
    if kind == "lsr":
        return build.lshr(value, I32(amount)) if amount < 32 else I32(0), bit(amount - 1)
    if kind == "asr":
        return build.ashr(value, I32(min(amount, 31))), bit(amount - 1)
    return e.rotated(value, amount), bit(amount - 1)


def operand(e: Emitter, found: arm.ArmOp) -> tuple[Value, Value]:
    """A flexible second operand, and the carry out of its shifter."""
    if found.type == arm.ARM_OP_IMM:
        value = found.imm & MASK_32
        # A rotated constant puts its top bit into C; a byte, alone or repeated, does not.
        kept = value < 256 or value >> 16 == value & 0xFFFF
        return I32(value), e.flag("c") if kept else I1(value >> 31)
    value = e.get(number(found))
    if found.shift.type == arm.ARM_SFT_INVALID:
        return value, e.flag("c")
    if found.shift.type not in _SHIFTS:
        raise Unsupported("shift")
    return shifted(e, value, _SHIFTS[found.shift.type], found.shift.value)


def two(i: Instruction) -> tuple[arm.ArmOp, arm.ArmOp]:
    """The operands of an instruction whose first one may also be its target."""
    return (i.operands[0], i.operands[1]) if len(i.operands) == 2 else tuple(i.operands[1:3])


def target(i: Instruction) -> int:
    """The register that gets the result."""
    return number(i.operands[0])


# Logic and moves.


def _logic(
    e: Emitter, i: Instruction, compute: Callable[[ir.IRBuilder, Value, Value], Value], keep: bool
) -> None:
    first, second = two(i)
    x, (y, carry) = e.get(number(first)), operand(e, second)
    value = compute(e.build, x, y)
    if keep:
        e.put(target(i), value)
    if i.sets_flags or not keep:
        e.set_flags(value, carry)


def _move(e: Emitter, i: Instruction, invert: bool) -> None:
    source = i.operands[1]
    value, carry = operand(e, source)
    plain = source.type == arm.ARM_OP_REG and source.shift.type == arm.ARM_SFT_INVALID
    known = e.known[number(source)] if plain and not invert else None
    if invert:
        value = e.build.not_(value)
    if target(i) == PC:
        raise Unsupported("pc")
    e.put(target(i), value, known)
    if i.sets_flags:
        e.set_flags(value, carry)


def _movw(e: Emitter, i: Instruction) -> None:
    e.put(target(i), I32(i.operands[1].imm & 0xFFFF))


def _movt(e: Emitter, i: Instruction) -> None:
    low = e.build.and_(e.get(target(i)), I32(0xFFFF))
    e.put(target(i), e.build.or_(low, I32((i.operands[1].imm & 0xFFFF) << 16)))


# Shifts.


def _by_register(e: Emitter, kind: str, x: Value, amount: Value) -> tuple[Value, Value]:
    """Shifted by the lowest byte of a register: 0 leaves C alone, 32 and more are allowed."""
    build = e.build
    by = build.and_(amount, I32(255))
    wide_by = build.zext(by, I64)
    wide_by = build.select(build.icmp_unsigned("<", by, I32(33)), wide_by, I64(33))
    if kind == "lsl":
        wide = build.shl(build.zext(x, I64), wide_by)
        value, bit = build.trunc(wide, I32), build.trunc(build.lshr(wide, I64(32)), I1)
    elif kind in ("lsr", "asr"):
        # One place more on the right, where the carry falls out to.
        wide = build.shl((build.zext if kind == "lsr" else build.sext)(x, I64), I64(1))
        wide = (build.lshr if kind == "lsr" else build.ashr)(wide, wide_by)
        value, bit = build.trunc(build.lshr(wide, I64(1)), I32), build.trunc(wide, I1)
    else:
        right = build.and_(by, I32(31))
        left = build.and_(build.sub(I32(32), right), I32(31))
        value = build.or_(build.lshr(x, right), build.shl(x, left))
        bit = build.trunc(build.lshr(value, I32(31)), I1)
    return value, build.select(build.icmp_unsigned("==", by, I32(0)), e.flag("c"), bit)


def _shift(e: Emitter, i: Instruction, kind: str) -> None:
    first, second = two(i)
    x = e.get(number(first))
    if second.type == arm.ARM_OP_IMM:
        amount = second.imm or (32 if kind in ("lsr", "asr") else 0)
        value, carry = shifted(e, x, kind, amount)
    else:
        value, carry = _by_register(e, kind, x, e.get(number(second)))
    e.put(target(i), value)
    if i.sets_flags:
        e.set_flags(value, carry)


# Addition.


def _added(e: Emitter, x: Value, y: Value, flags: bool) -> Value:
    value = e.build.add(x, y)
    if flags:
        overflow = e.overflowing("sadd", x, y)[1]
        e.set_flags(value, e.build.icmp_unsigned("<", value, x), overflow)
    return value


def _subtracted(e: Emitter, x: Value, y: Value, flags: bool) -> Value:
    value = e.build.sub(x, y)
    if flags:
        overflow = e.overflowing("ssub", x, y)[1]
        e.set_flags(value, e.build.icmp_unsigned(">=", x, y), overflow, (x, y))
    return value


def _sum(e: Emitter, i: Instruction, sign: int) -> None:
    first, second = two(i)
    base = number(first)
    x, (y, _) = e.get(base), operand(e, second)
    known: Known | None = None
    root, offset = e.known[base]
    if second.type == arm.ARM_OP_IMM:
        known = root, offset + sign * signed(second.imm)
    elif sign > 0 and second.shift.type == arm.ARM_SFT_INVALID:
        known = e.computed(e.known[base], e.known[number(second)], 0)
    if target(i) == PC:
        raise Unsupported("pc")
    e.put(target(i), (_added if sign > 0 else _subtracted)(e, x, y, i.sets_flags), known)


def _reverse_subtract(e: Emitter, i: Instruction) -> None:
    first, second = two(i)
    x, (y, _) = e.get(number(first)), operand(e, second)
    e.put(target(i), _subtracted(e, y, x, i.sets_flags))


def _with_carry(e: Emitter, i: Instruction, invert: bool) -> None:
    build = e.build
    first, second = two(i)
    x, (y, _) = e.get(number(first)), operand(e, second)
    if invert:
        y = build.not_(y)
    wide = build.add(build.zext(x, I64), build.zext(y, I64))
    wide = build.add(wide, build.zext(e.flag("c"), I64))
    value = build.trunc(wide, I32)
    e.put(target(i), value)
    if i.sets_flags:
        over = build.and_(build.xor(x, value), build.xor(y, value))
        carry = build.trunc(build.lshr(wide, I64(32)), I1)
        e.set_flags(value, carry, build.icmp_signed("<", over, I32(0)))


def _compare(e: Emitter, i: Instruction, negative: bool) -> None:
    x, (y, _) = e.get(number(i.operands[0])), operand(e, i.operands[1])
    (_added if negative else _subtracted)(e, x, y, True)


def _and_not(build: ir.IRBuilder, x: Value, y: Value) -> Value:
    return build.and_(x, build.not_(y))


def _or_not(build: ir.IRBuilder, x: Value, y: Value) -> Value:
    return build.or_(x, build.not_(y))


def _nothing(e: Emitter, i: Instruction) -> None:
    pass


OPERATIONS: dict[str, Callable[[Emitter, Instruction], None]] = {
    "and": partial(_logic, compute=ir.IRBuilder.and_, keep=True),
    "orr": partial(_logic, compute=ir.IRBuilder.or_, keep=True),
    "eor": partial(_logic, compute=ir.IRBuilder.xor, keep=True),
    "bic": partial(_logic, compute=_and_not, keep=True),
    "orn": partial(_logic, compute=_or_not, keep=True),
    "tst": partial(_logic, compute=ir.IRBuilder.and_, keep=False),
    "teq": partial(_logic, compute=ir.IRBuilder.xor, keep=False),
    "mov": partial(_move, invert=False),
    "movs": partial(_move, invert=False),  # what capstone calls the 16-bit form
    "mvn": partial(_move, invert=True),
    "movw": _movw,
    "movt": _movt,
    "lsl": partial(_shift, kind="lsl"),
    "lsr": partial(_shift, kind="lsr"),
    "asr": partial(_shift, kind="asr"),
    "ror": partial(_shift, kind="ror"),
    "add": partial(_sum, sign=1),
    "addw": partial(_sum, sign=1),
    "sub": partial(_sum, sign=-1),
    "subw": partial(_sum, sign=-1),
    "rsb": _reverse_subtract,
    "adc": partial(_with_carry, invert=False),
    "sbc": partial(_with_carry, invert=True),
    "cmp": partial(_compare, negative=False),
    "cmn": partial(_compare, negative=True),
    "nop": _nothing,
    "it": _nothing,
}
