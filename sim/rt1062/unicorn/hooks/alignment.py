"""What is known of the registers behind each instruction: see rt1062.unicorn.alignment."""

from numba import njit, types

from rt1062.unicorn import alignment
from rt1062.unicorn.alignment import CHECKED, CONSTANT, IMPOSSIBLE, LOW_BITS, REGISTERS, UNKNOWN

_SP, _PC = 13, 15
base_of = njit(types.int64(types.int64, types.int64))(alignment.base_of)


@njit(types.int64(types.int64, types.int64))
def _plus(known, constant):
    return known if known == UNKNOWN else (known & -4) | (known + constant & 3)


@njit(types.int64(types.int64, types.int64))
def _sum(a, b):
    if a == UNKNOWN or b == UNKNOWN:
        return UNKNOWN
    if a >> 2 == CONSTANT:
        return _plus(b, a)
    return _plus(a, b) if b >> 2 == CONSTANT else UNKNOWN


@njit(types.int64(types.int64))
def _constant(value):
    return CONSTANT << 2 | value & 3


@njit(types.int64(types.int64, types.int64, types.int64))
def _shifted(known, kind, amount):
    """A register shifted by an immediate: LSL by 2 and more leaves a multiple of 4."""
    if kind == 0 and amount == 0:
        return known
    return _constant(0) if kind == 0 and amount >= 2 else UNKNOWN


@njit(types.int64(types.int64, types.int64))
def _need(needs, known):
    """`needs` and that an address, of which `known` is known, be a multiple of 4."""
    if known == UNKNOWN:
        return needs
    register, wanted = known >> 2, -known & 3
    if register == CONSTANT:
        return needs | IMPOSSIBLE if wanted else needs
    if register >= CHECKED:
        return needs
    place = LOW_BITS + 2 * register
    if needs >> register & 1 and needs >> place & 3 != wanted:
        return needs | IMPOSSIBLE
    return needs | 1 << register | wanted << place


@njit(types.void(types.int64[:], types.int64, types.int64))
def _forget(known, track, registers):
    for i in range(REGISTERS):
        if registers >> i & 1 and i != _SP:
            known[track + i] = UNKNOWN


@njit(types.void(types.int64[:], types.int64, types.int64, types.int64))
def narrow(known, track, first, literal):
    """Follow a 16-bit instruction.

    `known[track:]` is what is known of the registers; `literal` what LDR would load from its pool.
    """
    low, middle, third = first & 7, first >> 3 & 7, first >> 8 & 7
    top = first >> 11
    if top == 0:  # LSL, MOVS
        known[track + low] = _shifted(known[track + middle], 0, first >> 6 & 31)
    elif top == 3:  # ADD, SUB of three operands
        operand = first >> 6 & 7
        if first & 0x0400:
            value = _plus(known[track + middle], -operand if first & 0x0200 else operand)
        elif first & 0x0200:
            value = types.int64(UNKNOWN)
        else:
            value = _sum(known[track + middle], known[track + operand])
        known[track + low] = value
    elif top == 4:  # MOVS
        known[track + third] = _constant(first)
    elif top in (6, 7):  # ADDS, SUBS
        step = first & 255 if top == 6 else -(first & 255)
        known[track + third] = _plus(known[track + third], step)
    elif first >> 8 in (0x44, 0x46):  # ADD, MOV of high registers
        target, source = first >> 4 & 8 | low, first >> 3 & 15
        if target != _SP:
            value = known[track + source]
            known[track + target] = (
                _sum(known[track + target], value) if first >> 8 == 0x44 else value
            )
    elif top == 9:  # LDR of a literal
        known[track + third] = _constant(literal) if literal >= 0 else UNKNOWN
    elif top in (20, 21):  # ADR, ADD to SP
        known[track + third] = _constant(0)
    elif top in (24, 25):  # STM, LDM
        if top == 25:
            based = known[track + third]
            _forget(known, track, first & 255)
            if not first >> third & 1:
                known[track + third] = based
    elif first >> 9 == 0x5E:  # POP
        _forget(known, track, first & 255)
    elif top in (5, 12, 14, 16, 18) or top >= 26 or first >> 9 in (0x28, 0x29, 0x2A):
        pass  # CMP, stores, branches
    elif top == 19:  # LDR from SP
        known[track + third] = UNKNOWN
    elif first >> 12 != 11 or first >> 8 in (0xB2, 0xBA):
        known[track + low] = UNKNOWN


@njit(types.int64(types.int64, types.int64))
def _expanded(first, second):
    """ThumbExpandImm modulo 4 (A5.3.2)."""
    value = second & 255
    top = (first >> 10 & 1) << 4 | second >> 11 & 14 | second >> 7 & 1
    if top < 8:
        return 0 if top >> 1 == 2 else value
    return value << 1 if top == 31 else 0  # rotated right by 8 to 31


@njit(types.void(types.int64[:], types.int64, types.int64, types.int64))
def wide(known, track, first, second):
    """Follow a 32-bit instruction."""
    base, target = first & 15, second >> 8 & 15
    kind = first >> 5 & 15
    if first & 0xFE40 == 0xE800:  # LDM, STM
        based = known[track + base]
        if first & 0x10:
            _forget(known, track, second)
        if not second >> base & 1:
            known[track + base] = based
    elif first & 0xFE40 == 0xE840 and first & 0x0120:  # LDRD, STRD
        if first & 0x10:
            _forget(known, track, 1 << (second >> 12) | 1 << target)
    elif first & 0xFE40 == 0xE840:  # exclusives, table branches
        _forget(known, track, 1 << (second >> 12) | 1 << target | 1 << (second & 15))
    elif first & 0xFE00 == 0xEC00:  # VLDR, VLDM and their stores change none; VMOV of two does
        if not first & 0x01A0:
            _forget(known, track, 1 << (second >> 12) | 1 << base)
    elif first & 0xFE00 == 0xEA00:
        value = types.int64(UNKNOWN)
        amount = second >> 10 & 0x1C | second >> 6 & 3
        moved = _shifted(known[track + (second & 15)], second >> 4 & 3, amount)
        if kind == 8:  # ADD
            value = _sum(known[track + base], moved)
        elif kind == 2 and base == _PC:  # MOV
            value = moved
        known[track + target] = value
    elif first & 0xFA00 == 0xF000 and not second & 0x8000:
        value = types.int64(UNKNOWN)
        if kind == 8:
            value = _plus(known[track + base], _expanded(first, second))
        elif kind == 13:
            value = _plus(known[track + base], -_expanded(first, second))
        elif kind == 2 and base == _PC:
            value = _constant(_expanded(first, second))
        known[track + target] = value
    elif first & 0xFA00 == 0xF200 and not second & 0x8000:
        start = _constant(0) if base == _PC else known[track + base]
        if kind == 0:  # ADDW, ADR
            known[track + target] = _plus(start, second)
        elif kind == 5:  # SUBW
            known[track + target] = _plus(start, -second)
        elif kind == 2:  # MOVW
            known[track + target] = _constant(second)
        elif kind != 6:  # MOVT changes no low bits
            known[track + target] = UNKNOWN
    elif first & 0xFE00 == 0xF800:  # loads and stores of one register
        step = 0
        if first & 0x80 == 0 and base != _PC and second & 0x0900 == 0x0900:  # with write-back
            step = second & 255 if second & 0x0200 else -(second & 255)
        if base != _SP:
            known[track + base] = _plus(known[track + base], step)
        if first & 0x10:
            known[track + (second >> 12)] = UNKNOWN
    else:
        _forget(known, track, 1 << (second >> 12) | 1 << target | 1 << base)
    known[track + _SP], known[track + _PC] = _constant(0), UNKNOWN


@njit(types.void(types.int64[:], types.int64))
def begin(known, track):
    """At a block's start each register is what it is; the stack pointer is a multiple of 4."""
    for i in range(CHECKED):
        known[track + i] = i << 2
    known[track + _SP], known[track + 14], known[track + _PC] = _constant(0), UNKNOWN, UNKNOWN


@njit(types.void(types.int64[:], types.int64))
def forget_all(known, track):
    """Behind an IT block."""
    _forget(known, track, 0xFFFF)


@njit(types.int64(types.int64, types.int64[:], types.int64, types.int64))
def need(needs, known, track, base):
    """`needs` and that register `base`, -1 for none, be a multiple of 4."""
    return needs if base < 0 else _need(needs, known[track + base])
