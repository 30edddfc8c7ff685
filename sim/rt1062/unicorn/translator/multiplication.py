"""Multiplications, 32 bits and two times 16; what would set Q is left to Unicorn."""

from collections.abc import Callable
from functools import partial

from llvmlite import ir

from rt1062.unicorn.translator import words
from rt1062.unicorn.translator.arithmetic import target, two
from rt1062.unicorn.translator.decode import Instruction, number
from rt1062.unicorn.translator.emitter import I16, I32, I64, Emitter

Half = Callable[[ir.IRBuilder, ir.Value], ir.Value]


def bottom(build: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """The lower halfword, sign extended."""
    return build.sext(build.trunc(value, I16), I32)


def top(build: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """The upper halfword, sign extended."""
    return build.ashr(value, I32(16))


def registers(e: Emitter, i: Instruction, first: int, last: int) -> list[ir.Value]:
    """Values of the operands `first` to `last`."""
    return [e.get(number(operand)) for operand in i.operands[first : last + 1]]


def _mul(e: Emitter, i: Instruction) -> None:
    x, y = (e.get(number(operand)) for operand in two(i))
    value = e.build.mul(x, y)
    e.put(target(i), value)
    if i.sets_flags:
        e.set_flags(value)


def _mla(e: Emitter, i: Instruction) -> None:
    x, y, z = registers(e, i, 1, 3)
    e.put(target(i), e.build.add(e.build.mul(x, y), z))


def _mls(e: Emitter, i: Instruction) -> None:
    x, y, z = registers(e, i, 1, 3)
    e.put(target(i), e.build.sub(z, e.build.mul(x, y)))


def _long(e: Emitter, i: Instruction, signed: bool, accumulate: bool) -> None:
    build = e.build
    low, high, x, y = registers(e, i, 0, 3)
    extend = build.sext if signed else build.zext
    value = build.mul(extend(x, I64), extend(y, I64))
    if accumulate:
        old = build.or_(build.zext(low, I64), build.shl(build.zext(high, I64), I64(32)))
        value = build.add(value, old)
    e.put(number(i.operands[0]), build.trunc(value, I32))
    e.put(number(i.operands[1]), build.trunc(build.lshr(value, I64(32)), I32))


def _smlad(e: Emitter, i: Instruction) -> None:
    build = e.build
    x, y = (e.halves(number(operand)) for operand in i.operands[1:3])
    z = e.get(number(i.operands[3]))
    low, high = (build.mul(bottom(build, a), bottom(build, b)) for a, b in zip(x, y, strict=True))
    both, first = e.overflowing("sadd", low, high)
    value, second = e.overflowing("sadd", both, z)
    e.unless(build.not_(build.or_(first, second)), words.SATURATE)
    e.put(target(i), value)


def _halves(e: Emitter, i: Instruction, first: Half, second: Half) -> None:
    x, y, z = registers(e, i, 1, 3)
    product = e.build.mul(first(e.build, x), second(e.build, y))
    value, overflow = e.overflowing("sadd", product, z)
    e.unless(e.build.not_(overflow), words.SATURATE)
    e.put(target(i), value)


def _half_product(e: Emitter, i: Instruction, first: Half, second: Half) -> None:
    x, y = registers(e, i, 1, 2)
    e.put(target(i), e.build.mul(first(e.build, x), second(e.build, y)))


OPERATIONS: dict[str, Callable[[Emitter, Instruction], None]] = {
    "mul": _mul,
    "mla": _mla,
    "mls": _mls,
    "smull": partial(_long, signed=True, accumulate=False),
    "umull": partial(_long, signed=False, accumulate=False),
    "smlal": partial(_long, signed=True, accumulate=True),
    "umlal": partial(_long, signed=False, accumulate=True),
    "smlad": _smlad,
} | {
    f"{name}{x}{y}": partial(function, first=halves[x], second=halves[y])
    for halves in ({"b": bottom, "t": top},)
    for name, function in (("smla", _halves), ("smul", _half_product))
    for x in "bt"
    for y in "bt"
}
