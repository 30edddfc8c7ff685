"""A way past Python for the data registers of a FIFO, compiled by numba.

A frame from the camera is 18,432 writes to a transmit FIFO and as many reads of a receive FIFO. A
bus asks the block which of the next ones change nothing but its FIFO (Block.ahead) and opens this
lane: the reads are answered and the writes are kept here, by C functions. Whatever else is done
comes to Python, which closes the lane first and tells the block what passed (Block.passed).
"""

import ctypes

import numpy as np
from llvmlite import ir
from numba import carray, cfunc, types
from numba.extending import intrinsic

from rt1062.block import Ahead
from rt1062.registers import Register
from rt1062.unicorn import calls, native

# Words of a lane.
STATE = 0  # address of the core's shared words
READ, WRITE = 1, 2  # addresses of the functions for everything that does not pass
READ_OFFSET, READ_HEAD, READ_COUNT = 3, 4, 5  # of the receive FIFO's register; values gone, offered
WRITE_OFFSET, WRITE_COUNT, WRITE_ROOM = 6, 7, 8  # of the transmit FIFO's; values kept, wanted
UNTIL = 9  # writes pass before this time only
FIFO_WORDS = 16
VALUES = 10  # FIFO_WORDS to be read
WRITTEN = VALUES + FIFO_WORDS  # FIFO_WORDS that were written
LANE_WORDS = WRITTEN + FIFO_WORDS


@intrinsic
def _store64(typing_context, address, value):
    def generate(context, builder, signature, arguments):
        pointer = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        builder.store(arguments[1], pointer)
        return arguments[1]

    return types.int64(types.int64, types.int64), generate


@intrinsic
def _call_read(typing_context, function, handle, offset, size):
    def generate(context, builder, signature, arguments):
        word, number = ir.IntType(64), ir.IntType(32)
        handle_type = arguments[1].type
        kind = ir.FunctionType(word, [handle_type, word, number, handle_type])
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        return builder.call(function, [*arguments[1:], arguments[1]])

    return types.uint64(types.int64, types.voidptr, types.uint64, types.uint32), generate


@intrinsic
def _call_write(typing_context, function, handle, offset, size, value):
    def generate(context, builder, signature, arguments):
        word, number = ir.IntType(64), ir.IntType(32)
        handle_type = arguments[1].type
        kind = ir.FunctionType(ir.VoidType(), [handle_type, word, number, word, handle_type])
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        builder.call(function, [*arguments[1:], arguments[1]])
        return arguments[0]

    return (
        types.int64(types.int64, types.voidptr, types.uint64, types.uint32, types.uint64),
        generate,
    )


@cfunc(types.uint64(types.voidptr, types.uint64, types.uint32, types.voidptr), cache=True)
def read_callback(handle, offset, size, user):
    """uc_cb_mmio_read_t: the next value of the receive FIFO, or whatever Python says."""
    lane = carray(user, (LANE_WORDS,), types.int64)
    head = lane[READ_HEAD]
    if head < lane[READ_COUNT] and size == 4 and types.int64(offset) == lane[READ_OFFSET]:
        lane[READ_HEAD] = head + 1
        _store64(lane[STATE] + 8 * native.PASSED, 1)
        return types.uint64(lane[VALUES + head])
    return _call_read(lane[READ], handle, offset, size)


@cfunc(
    types.void(types.voidptr, types.uint64, types.uint32, types.uint64, types.voidptr), cache=True
)
def write_callback(handle, offset, size, value, user):
    """uc_cb_mmio_write_t: one more value for the transmit FIFO, or on to Python."""
    lane = carray(user, (LANE_WORDS,), types.int64)
    count = lane[WRITE_COUNT]
    if (
        count < lane[WRITE_ROOM]
        and size == 4
        and types.int64(offset) == lane[WRITE_OFFSET]
        and calls.load64(lane[STATE] + 8 * native.NOW) < lane[UNTIL]
    ):
        lane[WRITTEN + count] = types.int64(value)
        lane[WRITE_COUNT] = count + 1
        _store64(lane[STATE] + 8 * native.PASSED, 1)
        return
    _call_write(lane[WRITE], handle, offset, size, value)


class FifoLane:
    """The lane of one block. `is_open` says whether something may have passed since `close`."""

    read_address, write_address = read_callback.address, write_callback.address

    def __init__(self, state: np.ndarray, fifos: tuple[type[Register], type[Register]]) -> None:
        """`fifos`: the receive and the transmit register."""
        self._array = np.zeros(LANE_WORDS, np.int64)
        self._words = memoryview(self._array)
        self._words[STATE] = state.ctypes.data
        self._words[READ_OFFSET], self._words[WRITE_OFFSET] = (fifo.offset for fifo in fifos)
        self.address = self._array.ctypes.data
        self.is_open = False

    def connect(self, read: object, write: object) -> None:
        """The ctypes callbacks for everything that does not pass."""
        self._words[READ] = ctypes.cast(read, ctypes.c_void_p).value
        self._words[WRITE] = ctypes.cast(write, ctypes.c_void_p).value

    def open(self, ahead: Ahead) -> None:
        """Let through what the block says."""
        values, room, until = ahead
        words = self._words
        if values:
            count = min(len(values), FIFO_WORDS)
            self._array[VALUES : VALUES + count] = values[:count]
            words[READ_HEAD], words[READ_COUNT] = 0, count
            self.is_open = True
        if room > 0:
            words[WRITE_COUNT], words[WRITE_ROOM], words[UNTIL] = 0, min(room, FIFO_WORDS), until
            self.is_open = True

    def close(self) -> tuple[int, list[int]]:
        """How many values were read and which were written; nothing passes any more."""
        words, count = self._words, self._words[WRITE_COUNT]
        read = words[READ_HEAD]
        written = words[WRITTEN : WRITTEN + count].tolist() if count else []
        words[READ_HEAD] = words[READ_COUNT] = words[WRITE_COUNT] = words[WRITE_ROOM] = 0
        self.is_open = False
        return read, written
