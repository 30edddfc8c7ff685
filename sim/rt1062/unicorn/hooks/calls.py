"""What numba cannot say by itself: loads from an address, and calls of C functions by address."""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from rt1062.unicorn import python_calls
from rt1062.unicorn.native import PAGE, SCRATCH

_WORD, _NUMBER = ir.IntType(64), ir.IntType(32)


def _loading(bits: int):
    """An unaligned load of `bits` bits from an address, as a number numba can work with."""

    @intrinsic
    def load(typing_context, address):
        def generate(context, builder, signature, arguments):
            pointer = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
            value = builder.load(pointer)
            value.align = 1
            return value if bits == 64 else builder.zext(value, ir.IntType(64))

        return types.int64(types.int64), generate

    return load


load16 = _loading(16)
load32 = _loading(32)
load64 = _loading(64)


@intrinsic
def stop(typing_context, function, handle):
    def generate(context, builder, signature, arguments):
        kind = ir.FunctionType(ir.IntType(32), [arguments[1].type])
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), [arguments[1]])
        return arguments[0]

    return types.int64(types.int64, types.voidptr), generate


@intrinsic
def start(typing_context, function, handle, begin, until):
    """uc_emu_start(handle, begin, until, 0, 0): Unicorn's error number."""

    def generate(context, builder, signature, arguments):
        word = ir.IntType(64)
        kind = ir.FunctionType(ir.IntType(32), [arguments[1].type, word, word, word, word])
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        return builder.zext(builder.call(function, [*arguments[1:], word(0), word(0)]), word)

    return types.int64(types.int64, types.voidptr, types.int64, types.int64), generate


@intrinsic
def reg_read(typing_context, function, handle, register, state):
    """uc_reg_read(handle, register, &state[SCRATCH])."""

    def generate(context, builder, signature, arguments):
        word = ir.IntType(64)
        address = builder.add(builder.ptrtoint(arguments[3], word), word(8 * SCRATCH))
        number = builder.trunc(arguments[2], ir.IntType(32))
        kind = ir.FunctionType(ir.IntType(32), [arguments[1].type, ir.IntType(32), word])
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        builder.call(function, [arguments[1], number, address])
        return arguments[0]

    return types.int64(types.int64, types.voidptr, types.int64, types.voidptr), generate


@intrinsic
def mem_protect(typing_context, function, handle, page, permissions):
    """uc_mem_protect(handle, page, PAGE, permissions)."""

    def generate(context, builder, signature, arguments):
        word, number = ir.IntType(64), ir.IntType(32)
        kind = ir.FunctionType(number, [arguments[1].type, word, word, number])
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        allowed = builder.trunc(arguments[3], number)
        builder.call(function, [arguments[1], arguments[2], word(PAGE), allowed])
        return arguments[0]

    return types.int64(types.int64, types.voidptr, types.int64, types.int64), generate


@intrinsic
def enter(typing_context, function, handle, state, address):
    """function(handle, state, address) of translator/entry.py."""

    def generate(context, builder, signature, arguments):
        kind = ir.FunctionType(ir.IntType(64), [a.type for a in arguments[1:]])
        return builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), arguments[1:])

    return types.int64(types.int64, types.voidptr, types.voidptr, types.int64), generate


@intrinsic
def run(typing_context, function, context_address):
    """function(context) of translated code."""

    def generate(context, builder, signature, arguments):
        kind = ir.FunctionType(ir.VoidType(), [arguments[1].type])
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), [arguments[1]])
        return arguments[0]

    return types.int64(types.int64, types.int64), generate


@intrinsic
def registers(typing_context, function, handle, names, values, count):
    """uc_reg_read_batch or uc_reg_write_batch(handle, names, values, count)."""

    def generate(context, builder, signature, arguments):
        word, number = ir.IntType(64), ir.IntType(32)
        kind = ir.FunctionType(number, [arguments[1].type, word, word, number])
        arguments = [*arguments[:4], builder.trunc(arguments[4], number)]
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), arguments[1:])
        return arguments[0]

    kinds = (types.int64, types.voidptr, types.int64, types.int64, types.int64)
    return types.int64(*kinds), generate


@intrinsic
def reg_write(typing_context, function, handle, register, value):
    """uc_reg_write(handle, register, address of the value)."""

    def generate(context, builder, signature, arguments):
        number = builder.trunc(arguments[2], ir.IntType(32))
        kind = ir.FunctionType(ir.IntType(32), [arguments[1].type, number.type, ir.IntType(64)])
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        builder.call(function, [arguments[1], number, arguments[3]])
        return arguments[0]

    return types.int64(types.int64, types.voidptr, types.int64, types.int64), generate


@intrinsic
def pointer(typing_context, address):
    """An address as what carray takes."""

    def generate(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())

    return types.voidptr(types.int64), generate


class _Python:
    """Python's functions in the table of python_calls.py, while code is generated."""

    def __init__(self, builder, table):
        self._builder = builder
        self._table = builder.inttoptr(table, _WORD.as_pointer())

    def __call__(self, which, kind, *arguments):
        builder = self._builder
        address = builder.load(builder.gep(self._table, [_NUMBER(which)]))
        function = ir.FunctionType(kind, [one.type for one in arguments])
        return builder.call(builder.inttoptr(address, function.as_pointer()), arguments)

    def call(self, function, *numbers):
        """What a function object returns, None (a null) where it raised: then it was told."""
        builder = self._builder
        held = [self(python_calls.NEW, _WORD, number) for number in numbers]
        values = cgutils.alloca_once(builder, _WORD, size=len(numbers))
        for i, one in enumerate(held):
            builder.store(one, builder.gep(values, [_NUMBER(i)]))
        count, names = _WORD(len(numbers)), _WORD(0)
        result = self(python_calls.CALL, _WORD, function, values, count, names)
        for one in held:
            self(python_calls.DROP, ir.VoidType(), one)
        with builder.if_then(builder.icmp_unsigned("==", result, _WORD(0)), likely=False):
            self(python_calls.UNRAISABLE, ir.VoidType(), function)
        return result


@intrinsic
def call_reader(typing_context, table, function, place):
    """function(place), a Python function of an unsigned number that returns one; 0 if it raises."""

    def generate(context, builder, signature, arguments):
        python = _Python(builder, arguments[0])
        lock = python(python_calls.ENSURE, _NUMBER)
        result = python.call(*arguments[1:])
        value = cgutils.alloca_once_value(builder, _WORD(0))
        with builder.if_then(builder.icmp_unsigned("!=", result, _WORD(0))):
            builder.store(python(python_calls.VALUE, _WORD, result), value)
            python(python_calls.DROP, ir.VoidType(), result)
            failed = python(python_calls.OCCURRED, _WORD)
            with builder.if_then(builder.icmp_unsigned("!=", failed, _WORD(0)), likely=False):
                python(python_calls.UNRAISABLE, ir.VoidType(), arguments[1])
        python(python_calls.RELEASE, ir.VoidType(), lock)
        return builder.load(value)

    return types.uint64(types.int64, types.int64, types.uint64), generate


@intrinsic
def call_writer(typing_context, table, function, place, value):
    """function(place, value), a Python function of unsigned numbers that returns nothing."""

    def generate(context, builder, signature, arguments):
        python = _Python(builder, arguments[0])
        lock = python(python_calls.ENSURE, _NUMBER)
        result = python.call(*arguments[1:])
        with builder.if_then(builder.icmp_unsigned("!=", result, _WORD(0))):
            python(python_calls.DROP, ir.VoidType(), result)
        python(python_calls.RELEASE, ir.VoidType(), lock)
        return arguments[0]

    return types.int64(types.int64, types.int64, types.uint64, types.uint64), generate
