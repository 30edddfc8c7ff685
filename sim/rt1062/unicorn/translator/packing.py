"""Extension, bit fields, bytes and halfwords of a word."""

from collections.abc import Callable
from functools import partial

from capstone import arm
from llvmlite import ir

from rt1062.unicorn.translator.arithmetic import operand, target
from rt1062.unicorn.translator.decode import Instruction, Unsupported, number
from rt1062.unicorn.translator.emitter import I8, I32, Emitter
from rt1062.unicorn.translator.multiplication import bottom, registers, top


def _rotated(e: Emitter, found: arm.ArmOp) -> ir.Value:
    value = e.get(number(found))
    if found.shift.type == arm.ARM_SFT_INVALID:
        return value
    if found.shift.type != arm.ARM_SFT_ROR:
        raise Unsupported("rotation")
    return e.rotated(value, found.shift.value)


def _extend(e: Emitter, i: Instruction, bits: int, signed: bool) -> None:
    build = e.build
    value = build.trunc(_rotated(e, i.operands[-1]), ir.IntType(bits))
    value = (build.sext if signed else build.zext)(value, I32)
    if len(i.operands) == 3:
        value = build.add(value, e.get(number(i.operands[1])))
    e.put(target(i), value)


def _bytes(build: ir.IRBuilder, value: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Bytes 0 and 2, sign extended."""
    low = build.sext(build.trunc(value, I8), I32)
    return low, build.sext(build.trunc(build.lshr(value, I32(16)), I8), I32)


def _sxtb16(e: Emitter, i: Instruction) -> None:
    e.put_halves(target(i), *_bytes(e.build, _rotated(e, i.operands[1])))


def _sxtab16(e: Emitter, i: Instruction) -> None:
    base = e.halves(number(i.operands[1]))
    added = _bytes(e.build, _rotated(e, i.operands[2]))
    e.put_halves(target(i), *map(e.build.add, added, base))


def _sadd16(e: Emitter, i: Instruction) -> None:
    build = e.build
    x, y = registers(e, i, 1, 2)
    low = build.add(bottom(build, x), bottom(build, y))
    high = build.add(top(build, x), top(build, y))

    def not_negative(value: ir.Value, bits: int) -> ir.Value:
        return build.select(build.icmp_signed(">=", value, I32(0)), I32(bits), I32(0))

    build.store(build.or_(not_negative(low, 3), not_negative(high, 12)), e.ge)
    e.put_halves(target(i), low, high)


def _halves(e: Emitter, i: Instruction, low_mask: int) -> None:
    """PKHBT and PKHTB: the halfword of `low_mask` from the first operand."""
    x, (y, _) = e.get(number(i.operands[1])), operand(e, i.operands[2])
    low, high = (x, y) if low_mask == 0xFFFF else (y, x)
    e.put_halves(target(i), low, e.build.lshr(high, I32(16)))


def _field(e: Emitter, i: Instruction, signed: bool) -> None:
    build = e.build
    low, width = i.operands[2].imm, i.operands[3].imm
    value = build.shl(e.get(number(i.operands[1])), I32(32 - low - width))
    e.put(target(i), (build.ashr if signed else build.lshr)(value, I32(32 - width)))


def _insert(e: Emitter, i: Instruction) -> None:
    build = e.build
    new, old = e.get(number(i.operands[1])), e.get(target(i))
    low, width = i.operands[2].imm, i.operands[3].imm
    mask = (1 << width) - 1 << low
    new = build.and_(build.shl(new, I32(low)), I32(mask))
    e.put(target(i), build.or_(build.and_(old, I32(mask ^ 0xFFFF_FFFF)), new))


def _count_zeros(e: Emitter, i: Instruction) -> None:
    e.put(target(i), e.leading_zeros(e.get(number(i.operands[1]))))


_EXTENSIONS = {
    f"{sign}xt{added}{letter}": partial(_extend, bits=bits, signed=sign == "s")
    for sign in "su"
    for added in ("", "a")
    for letter, bits in (("b", 8), ("h", 16))
}
OPERATIONS: dict[str, Callable[[Emitter, Instruction], None]] = _EXTENSIONS | {
    "sxtb16": _sxtb16,
    "sxtab16": _sxtab16,
    "sadd16": _sadd16,
    "pkhbt": partial(_halves, low_mask=0xFFFF),
    "pkhtb": partial(_halves, low_mask=0xFFFF_0000),
    "ubfx": partial(_field, signed=False),
    "sbfx": partial(_field, signed=True),
    "bfi": _insert,
    "clz": _count_zeros,
}
