"""Loads and stores of plain memory, and what leads to an address in a register."""

from collections.abc import Callable
from functools import partial

from capstone import arm
from llvmlite import ir

from rt1062.unicorn.translator import words
from rt1062.unicorn.translator.decode import MASK_32, NUMBERS, Instruction, Unsupported, number
from rt1062.unicorn.translator.emitter import I1, I32, I64, LR, PC, SP, Emitter, Known

Operation = Callable[[Emitter, Instruction], bool | None]


def _is_code(e: Emitter, address: ir.Value) -> ir.Value:
    """Whether an address can be branched to: Thumb code, and no EXC_RETURN."""
    thumb = e.build.trunc(address, I1)
    return e.build.and_(thumb, e.build.icmp_unsigned("<", address, I32(0xF000_0000)))


def _branch_to(e: Emitter, address: ir.Value) -> bool:
    """To an address that `_is_code`."""
    place = e.build.zext(e.build.and_(address, I32(0xFFFF_FFFE)), I64)
    e.leave(place, 0, words.INDIRECT, False)
    return True


def _bx(e: Emitter, i: Instruction) -> bool:
    address = e.get(number(i.operands[0]))
    e.unless(_is_code(e, address), words.INDIRECT)
    return _branch_to(e, address)


def _blx(e: Emitter, i: Instruction) -> bool:
    address = e.get(number(i.operands[0]))
    e.unless(_is_code(e, address), words.INDIRECT)
    e.put(LR, I32(i.next | 1))
    return _branch_to(e, address)


# One register, or two.


def _address(
    e: Emitter, i: Instruction, operand: arm.ArmOp, behind: list[arm.ArmOp]
) -> tuple[ir.Value, Known, tuple[ir.Value, Known] | None]:
    """The address, what is known of it, and the base's new value if there is one."""
    build, memory = e.build, operand.mem
    base = NUMBERS[memory.base]
    if base == PC:
        if i.decoded.writeback or memory.index:
            raise Unsupported("pc")
        place = (i.address + 4 & ~3) + memory.disp
        return I32(place & MASK_32), (("pc", 0), place), None
    value, (root, offset) = e.get(base), e.known[base]
    if memory.index:
        return *_indexed(e, i, operand), None
    if i.decoded.writeback and behind:  # the offset is added behind the access
        if behind[0].type != arm.ARM_OP_IMM:
            raise Unsupported("index")
        step = -behind[0].imm if behind[0].subtracted and behind[0].imm > 0 else behind[0].imm
        new = build.add(value, I32(step & MASK_32)), (root, offset + step)
        return value, (root, offset), new
    address = build.add(value, I32(memory.disp & MASK_32)) if memory.disp else value
    known = root, offset + memory.disp
    return address, known, (address, known) if i.decoded.writeback else None


def _indexed(e: Emitter, i: Instruction, operand: arm.ArmOp) -> tuple[ir.Value, Known]:
    memory, shift = operand.mem, 0
    if i.decoded.writeback or operand.shift.type not in (arm.ARM_SFT_INVALID, arm.ARM_SFT_LSL):
        raise Unsupported("index")
    if operand.shift.type == arm.ARM_SFT_LSL:
        shift = operand.shift.value
    base, index = NUMBERS[memory.base], NUMBERS[memory.index]
    moved = e.build.shl(e.get(index), I32(shift))
    known = e.computed(e.known[base], e.known[index], shift)
    return e.build.add(e.get(base), moved), known


def _access(
    e: Emitter, i: Instruction, bits: int, write: bool, signed: bool = False, count: int = 1
) -> bool:
    operand = i.operands[count]
    if operand.type != arm.ARM_OP_MEM:
        raise Unsupported("operand")
    registers = [number(found) for found in i.operands[:count]]
    if PC in registers and write:
        raise Unsupported("pc")
    address, known, new = _address(e, i, operand, i.operands[count + 1 :])
    if e.block.device and bits == 32 and count == 1 and PC not in registers and new is None:
        _device(e, registers[0], address, write)
        return False
    if count > 1 or PC in registers:
        _aligned(e, address)
    host = e.host(address, bits // 8 * count, write, known)
    places = [e.build.add(host, I64(4 * n)) if n else host for n in range(count)]
    values = []
    if write:
        for register, place in zip(registers, places, strict=True):
            e.store(place, e.get(register), bits)
    else:
        values = [e.load(place, bits, signed) for place in places]
    if PC in registers:
        e.unless(_is_code(e, values[0]), words.INDIRECT)
    if new is not None:
        e.put(NUMBERS[operand.mem.base], *new)
    for register, value in zip(registers, values, strict=False):
        if register == PC:
            return _branch_to(e, value)
        e.put(register, value)
    return False


def _device(e: Emitter, register: int, address: ir.Value, write: bool) -> None:
    """A word of a block that was seen to access a FIFO."""
    if write:
        value = e.get(register)
        e.device(address, lambda host: e.store(host, value, 32), value)
    else:
        e.put(register, e.device(address, lambda host: e.load(host, 32)))


def _aligned(e: Emitter, address: ir.Value) -> None:
    """Leave unless an address is a multiple of 4."""
    low = e.build.and_(address, I32(3))
    e.unless(e.build.icmp_unsigned("==", low, I32(0)), words.MEMORY)


# Several registers.


def _multiple(
    e: Emitter, base: int, registers: list[int], down: bool, write: bool, writeback: bool
) -> bool:
    build = e.build
    start, (root, offset) = e.get(base), e.known[base]
    size = 4 * len(registers)
    first = build.sub(start, I32(size)) if down else start
    low = offset - size if down else offset
    if write and (PC in registers or (writeback and base in registers)):
        raise Unsupported("list")
    _aligned(e, first)
    host = e.host(first, size, write, (root, low))
    places = [build.add(host, I64(4 * n)) for n in range(len(registers))]
    end = first if down else build.add(start, I32(size))
    new = end, (root, low if down else offset + size)
    if write:
        for register, place in zip(registers, places, strict=True):
            e.store(place, e.get(register), 32)
        if writeback:
            e.put(base, *new)
        return False
    values = [e.load(place, 32) for place in places]
    if PC in registers:
        e.unless(_is_code(e, values[-1]), words.INDIRECT)
    if writeback and base not in registers:
        e.put(base, *new)
    for register, value in zip(registers, values, strict=True):
        if register == PC:
            return _branch_to(e, value)
        e.put(register, value)
    return False


def _list(e: Emitter, i: Instruction, down: bool, write: bool) -> bool:
    base, registers = number(i.operands[0]), sorted(number(o) for o in i.operands[1:])
    return _multiple(e, base, registers, down, write, i.decoded.writeback)


def _stack(e: Emitter, i: Instruction, write: bool) -> bool:
    registers = sorted(number(operand) for operand in i.operands)
    return _multiple(e, SP, registers, write, write, True)


OPERATIONS: dict[str, Operation] = {
    "bx": _bx,
    "blx": _blx,
    "ldr": partial(_access, bits=32, write=False),
    "ldrb": partial(_access, bits=8, write=False),
    "ldrh": partial(_access, bits=16, write=False),
    "ldrsb": partial(_access, bits=8, write=False, signed=True),
    "ldrsh": partial(_access, bits=16, write=False, signed=True),
    "ldrd": partial(_access, bits=32, write=False, count=2),
    "str": partial(_access, bits=32, write=True),
    "strb": partial(_access, bits=8, write=True),
    "strh": partial(_access, bits=16, write=True),
    "strd": partial(_access, bits=32, write=True, count=2),
    "push": partial(_stack, write=True),
    "pop": partial(_stack, write=False),
    "ldm": partial(_list, down=False, write=False),
    "ldmdb": partial(_list, down=True, write=False),
    "stm": partial(_list, down=False, write=True),
    "stmdb": partial(_list, down=True, write=True),
}
