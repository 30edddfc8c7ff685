"""What passes a lane past Python: see rt1062.unicorn.fifo_lane."""

from numba import carray, cfunc, njit, types

from rt1062.blocks import lpspi_registers as reg
from rt1062.blocks.lpspi_registers import FIFO_WORDS
from rt1062.blocks.lpspi_shifter import FRAME_DONE, GAP, IDLE, SHIFT
from rt1062.scheduler import NEVER
from rt1062.unicorn import native
from rt1062.unicorn.fifo_lane import (
    ANSWERS,
    ARRIVED,
    BASE,
    FLAGS,
    GAP_TICKS,
    KNOWN,
    LANE_WORDS,
    NEXT,
    OPEN,
    PHASE,
    RXWATER,
    SENT,
    SENT_WORDS,
    STARTED,
    STATE,
    TAKEN_OUT,
    TXWATER,
    UNTIL,
    WORD_TICKS,
    WRITTEN,
)
from rt1062.unicorn.hooks import calls, spin
from rt1062.unicorn.hooks.blocks import find_entry
from rt1062.unicorn.spin import SEEN
from rt1062.unicorn.windows import PYTHON, READ, WRITE

_RDR, _TDR, _SR, _FSR = reg.RDR.offset, reg.TDR.offset, reg.SR.offset, reg.FSR.offset
_TDF, _RDF, _MBF, _TCF = reg.SR.TDF, reg.SR.RDF, reg.SR.MBF, reg.SR.TCF
_ONE_RECEIVED = reg.FSR.RXCOUNT.put(1)


@njit(types.boolean(types.int64[:], types.int64))
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


@njit(types.int64(types.int64[:]))
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


@njit(types.int64(types.int64[:]))
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


@njit(types.int64(types.int64[:], types.int64[:], types.int64))
def read(lane, state, offset):
    """What a read gives, or -1 where Python must say it."""
    if not _sync(lane, state[native.NOW]):
        return types.int64(-1)
    received = lane[ARRIVED] - lane[TAKEN_OUT]
    if offset == _RDR:
        if received == 0:
            return types.int64(-1)
        state[SEEN] = 0
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


@njit(types.boolean(types.int64[:], types.int64[:], types.int64))
def write(lane, state, value):
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
    state[SEEN] = 0
    return True


@njit(types.void(types.int64[:]))
def _note(state):
    """The block that the core is in accesses a FIFO."""
    entry = find_entry(state, state[native.BLOCK])
    if state[entry + native.TAG] == state[native.BLOCK]:
        state[entry + native.DEVICE] = 1


@cfunc(types.uint64(types.voidptr, types.uint64, types.uint32, types.voidptr))
def read_callback(handle, offset, size, user):
    """uc_cb_mmio_read_t: what the lane answers, or whatever Python says."""
    lane = carray(user, (LANE_WORDS,), types.int64)
    if lane[OPEN] and size == 4:
        state = carray(calls.pointer(lane[STATE]), (native.STATE_WORDS,), types.int64)
        value = read(lane, state, types.int64(offset))
        if value >= 0:
            _note(state)
            return types.uint64(value)
    return calls.call_reader(lane[PYTHON], lane[READ], offset << 4 | size)


@cfunc(types.void(types.voidptr, types.uint64, types.uint32, types.uint64, types.voidptr))
def write_callback(handle, offset, size, value, user):
    """uc_cb_mmio_write_t: one more word for the transmit FIFO, or on to Python."""
    lane = carray(user, (LANE_WORDS,), types.int64)
    if lane[OPEN] and size == 4 and types.int64(offset) == _TDR:
        state = carray(calls.pointer(lane[STATE]), (native.STATE_WORDS,), types.int64)
        if write(lane, state, types.int64(value)):
            _note(state)
            return
    calls.call_writer(lane[PYTHON], lane[WRITE], offset << 4 | size, value)
