"""A way past Python for the FIFOs of an LPSPI, compiled by numba.

A frame from the camera is 4,608 writes to a transmit FIFO, as many reads of a receive FIFO, and the
looks at SR and FSR in between. Where the block knows what the next words will be (Lpspi.ahead), the
bus opens this lane: C functions answer these accesses and go on with the shifter as it would, down
to the tick. Whatever else is done comes to Python, which closes the lane first and tells the block
what passed (Lpspi.passed). That a firmware spins on a status is found as the bus finds it (bus.py),
and what was seen of a spin is in the core's shared words, for whoever goes on.
"""

import ctypes

import numpy as np
from numba import carray, cfunc, njit, types

from rt1062.blocks import lpspi_registers as reg
from rt1062.blocks.lpspi_registers import FIFO_WORDS
from rt1062.blocks.lpspi_shifter import AHEAD_WORDS, FRAME_DONE, GAP, IDLE, SHIFT, Ahead, Passed
from rt1062.scheduler import NEVER
from rt1062.unicorn import calls, native, spin

# Words of a lane.
STATE = 0  # address of the core's shared words
READ, WRITE = 1, 2  # addresses of the functions for everything that does not pass
BASE = 3  # of the block
OPEN = 4
PHASE, NEXT, FLAGS = 5, 6, 7  # of the shifter
WORD_TICKS, GAP_TICKS = 8, 9
UNTIL = 10  # when the clock tree must be asked again
TXWATER, RXWATER = 11, 12
KNOWN = 13  # words in ANSWERS
ARRIVED, TAKEN_OUT = 14, 15  # of these: received, read by firmware
WRITTEN, STARTED = 16, 17  # words in SENT; of these: no longer in the transmit FIFO
ANSWERS = 18
SENT = ANSWERS + FIFO_WORDS + AHEAD_WORDS
SENT_WORDS = FIFO_WORDS + 1 + AHEAD_WORDS
LANE_WORDS = SENT + SENT_WORDS

_RDR, _TDR, _SR, _FSR = reg.RDR.offset, reg.TDR.offset, reg.SR.offset, reg.FSR.offset
_TDF, _RDF, _MBF, _TCF = reg.SR.TDF, reg.SR.RDF, reg.SR.MBF, reg.SR.TCF
_ONE_RECEIVED = reg.FSR.RXCOUNT.put(1)


@njit(types.boolean(types.int64[:], types.int64), cache=True)
def _sync(lane, now):
    """Bring the shifter up to `now`; False, with nothing done, where only the block can."""
    if lane[NEXT] > now:
        return True
    if lane[PHASE] == SHIFT:
        queued = lane[WRITTEN] - lane[STARTED]
        received = lane[ARRIVED] - lane[TAKEN_OUT]
        known = lane[KNOWN] - lane[ARRIVED]
        if lane[NEXT] >= lane[UNTIL] or known <= queued or received + 1 + queued > FIFO_WORDS:
            return False
        lane[FLAGS] |= FRAME_DONE
        while lane[PHASE] == SHIFT and lane[NEXT] <= now:
            lane[ARRIVED] += 1
            lane[NEXT] += lane[GAP_TICKS]
            if lane[STARTED] == lane[WRITTEN]:
                lane[PHASE] = GAP
            else:
                lane[STARTED] += 1
                lane[NEXT] += lane[WORD_TICKS]
    if lane[PHASE] == GAP and lane[NEXT] <= now:
        lane[PHASE], lane[NEXT] = IDLE, NEVER
        lane[FLAGS] |= _TCF
    return True


@njit(types.int64(types.int64[:]), cache=True)
def _status(lane):
    """SR."""
    status = lane[FLAGS]
    if lane[WRITTEN] - lane[STARTED] <= lane[TXWATER]:
        status |= _TDF
    if lane[ARRIVED] - lane[TAKEN_OUT] > lane[RXWATER]:
        status |= _RDF
    if lane[PHASE] != IDLE:
        status |= _MBF
    return status


@njit(types.int64(types.int64[:]), cache=True)
def _next_status(lane):
    """When SR next changes, as Lpspi.next_change has it."""
    if lane[PHASE] != SHIFT or lane[FLAGS] & FRAME_DONE != FRAME_DONE:
        return lane[NEXT]
    queued = lane[WRITTEN] - lane[STARTED]
    received = lane[ARRIVED] - lane[TAKEN_OUT]
    words, after = min(queued + 1, FIFO_WORDS - received), lane[GAP_TICKS]
    to_receive = lane[RXWATER] + 1 - received
    if 0 < to_receive < words:
        words, after = to_receive, types.int64(0)
    to_send = queued - lane[TXWATER]
    if 0 < to_send < words:
        words, after = to_send, types.int64(0)
    return lane[NEXT] + (words - 1) * (lane[GAP_TICKS] + lane[WORD_TICKS]) + after


@njit(types.int64(types.int64[:], types.int64[:], types.int64), cache=True)
def _read(lane, state, offset):
    """What a read gives, or -1 where Python must say it."""
    if not _sync(lane, state[native.NOW]):
        return types.int64(-1)
    received = lane[ARRIVED] - lane[TAKEN_OUT]
    if offset == _RDR:
        if received == 0:
            return types.int64(-1)
        state[spin.SEEN] = 0
        lane[TAKEN_OUT] += 1
        return lane[ANSWERS + lane[TAKEN_OUT] - 1]
    if offset == _SR:
        value, change = _status(lane), _next_status(lane)
    elif offset == _FSR:
        value = lane[WRITTEN] - lane[STARTED] | received * _ONE_RECEIVED
        change = lane[NEXT]
    else:
        return types.int64(-1)
    return value if spin.look(state, lane[BASE] + offset, value, change) else types.int64(-1)


@njit(types.boolean(types.int64[:], types.int64[:], types.int64), cache=True)
def _write(lane, state, value):
    """A word for the transmit FIFO; False where Python must take it."""
    now = state[native.NOW]
    if lane[WRITTEN] == SENT_WORDS or not _sync(lane, now):
        return False
    queued = lane[WRITTEN] - lane[STARTED]
    if lane[PHASE] != SHIFT:
        if now >= lane[UNTIL] or lane[ARRIVED] - lane[TAKEN_OUT] >= FIFO_WORDS:
            return False
        lane[NEXT] = (lane[NEXT] if lane[PHASE] == GAP else now) + lane[WORD_TICKS]
        lane[PHASE] = SHIFT
        lane[STARTED] += 1
    elif queued >= FIFO_WORDS:
        return False
    lane[SENT + lane[WRITTEN]] = value
    lane[WRITTEN] += 1
    state[spin.SEEN] = 0
    return True


@cfunc(types.uint64(types.voidptr, types.uint64, types.uint32, types.voidptr), cache=True)
def read_callback(handle, offset, size, user):
    """uc_cb_mmio_read_t: what the lane answers, or whatever Python says."""
    lane = carray(user, (LANE_WORDS,), types.int64)
    if lane[OPEN] and size == 4:
        state = carray(calls.pointer(lane[STATE]), (native.STATE_WORDS,), types.int64)
        value = _read(lane, state, types.int64(offset))
        if value >= 0:
            return types.uint64(value)
    return calls.read_through(lane[READ], handle, offset, size)


@cfunc(
    types.void(types.voidptr, types.uint64, types.uint32, types.uint64, types.voidptr), cache=True
)
def write_callback(handle, offset, size, value, user):
    """uc_cb_mmio_write_t: one more word for the transmit FIFO, or on to Python."""
    lane = carray(user, (LANE_WORDS,), types.int64)
    if lane[OPEN] and size == 4 and types.int64(offset) == _TDR:
        state = carray(calls.pointer(lane[STATE]), (native.STATE_WORDS,), types.int64)
        if _write(lane, state, types.int64(value)):
            return
    calls.write_through(lane[WRITE], handle, offset, size, value)


class FifoLane:
    """The lane of one LPSPI. While `is_open`, only the lane knows where its FIFOs are."""

    read_address, write_address = read_callback.address, write_callback.address

    def __init__(self, state: np.ndarray, base: int) -> None:
        self._array = np.zeros(LANE_WORDS, np.int64)
        self._words = memoryview(self._array)
        self._words[STATE], self._words[BASE] = state.ctypes.data, base
        self.address = self._array.ctypes.data

    def connect(self, read: object, write: object) -> None:
        """The ctypes callbacks for everything that does not pass."""
        self._words[READ] = ctypes.cast(read, ctypes.c_void_p).value
        self._words[WRITE] = ctypes.cast(write, ctypes.c_void_p).value

    @property
    def is_open(self) -> bool:
        """Something may have passed."""
        return self._words[OPEN] != 0

    def open(self, ahead: Ahead, watermarks: tuple[int, int]) -> None:
        """Go on for the block."""
        words, received, sent = self._words, len(ahead.received), len(ahead.sent)
        coming = np.frombuffer(ahead.coming, ahead.packing)
        known = received + len(coming)
        words[PHASE], words[NEXT], words[FLAGS] = ahead.phase, ahead.next_time, ahead.flags
        words[WORD_TICKS], words[GAP_TICKS] = ahead.word_ticks, ahead.gap_ticks
        words[UNTIL] = ahead.until
        words[TXWATER], words[RXWATER] = watermarks
        words[KNOWN], words[ARRIVED], words[TAKEN_OUT] = known, received, 0
        words[WRITTEN], words[STARTED] = sent, int(ahead.phase == SHIFT)
        self._array[ANSWERS : ANSWERS + received] = ahead.received
        self._array[ANSWERS + received : ANSWERS + known] = coming
        self._array[SENT : SENT + sent] = ahead.sent
        words[OPEN] = 1

    def close(self) -> Passed:
        """How far it went; nothing passes any more."""
        words = self._words
        words[OPEN] = 0
        return Passed(
            words[PHASE], words[NEXT], words[FLAGS], words[ARRIVED], words[TAKEN_OUT],
            words[STARTED], words[SENT : SENT + words[WRITTEN]].tolist(),
        )  # fmt: skip
