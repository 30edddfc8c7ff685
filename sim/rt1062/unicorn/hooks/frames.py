"""An exception's frame onto the stack and back: see rt1062.unicorn.frames and exceptions."""

from numba import carray, cfunc, njit, types

from rt1062.unicorn import frames as f
from rt1062.unicorn.hooks import calls

READ_COUNT = len(f.READ_NAMES)
_ENTER_COUNT, _LEAVE_COUNT, _FLOAT_COUNT = len(f.ENTER), len(f.LEAVE), len(f.FLOATS)
_FRAME_WORDS = f.EXTENDED_FRAME // 4
# Places among the registers that are read.
R0, R1, R2, R3, R12, LR, XPSR, MSP, PSP, CONTROL, PRIMASK, FAULTMASK, BASEPRI = range(13)
_NO_EXCEPTION = ~(f.XPSR_IT | 0x1FF)

place_of = njit(types.int64(types.int64))(f.place_of)


@njit(types.int64[:](types.int64))
def words_at(address):
    """The words that are shared with Python."""
    return carray(calls.pointer(address), (f.WORDS,), types.int64)


@njit(types.int64[:](types.int64[:], types.int64, types.int64))
def _values(words, batch, count):
    """The registers of a batch."""
    return carray(calls.pointer(words[batch + 2]), (count,), types.int64)


@njit(types.void(types.int64[:], types.int64, types.int64, types.int64))
def _transfer(words, function, batch, count):
    """Read or write them."""
    handle = calls.pointer(words[f.HANDLE])
    calls.registers(words[function], handle, words[batch], words[batch + 1], count)


@njit(types.int64[:](types.int64[:]))
def read(words):
    """The core's registers, in the order of READ_NAMES."""
    _transfer(words, f.READ, f.READ_BATCH, READ_COUNT)
    return _values(words, f.READ_BATCH, READ_COUNT)


@njit(types.int64(types.int64[:], types.int64, types.int64))
def _host_of(words, frame, extended):
    """Where a frame lies in this process, 0 if it is not known."""
    place = place_of(frame)
    return words[place + 1] if words[place] == frame | extended else types.int64(0)


@njit(types.int64(types.int64[:], types.int64[:], types.int64, types.int64, types.int64))
def push(words, now, exception, return_address, in_handler):
    """Exceptions.enter, `now` as `read` gave it; the handler's address or NOT_DONE."""
    control = now[CONTROL]
    if control & f.CONTROL_NPRIV and not in_handler:
        return f.NOT_DONE
    on_psp = types.int64(0) if in_handler else control & f.CONTROL_SPSEL
    extended = types.int64(1) if control & f.CONTROL_FPCA else types.int64(0)
    pointer = now[PSP] if on_psp else now[MSP]
    frame = pointer - (f.EXTENDED_FRAME if extended else f.BASIC_FRAME) & 0xFFFF_FFFB
    host = _host_of(words, frame, extended)
    if host == 0 or words[f.VECTORS] == 0 or exception >= words[f.VECTOR_COUNT]:
        return f.NOT_DONE
    vector = calls.load32(words[f.VECTORS] + 4 * exception)
    if not vector & 1:
        return f.NOT_DONE

    stack = carray(calls.pointer(host), (_FRAME_WORDS,), types.uint32)
    stack[0], stack[1], stack[2], stack[3] = now[R0], now[R1], now[R2], now[R3]
    stack[4], stack[5], stack[6] = now[R12], now[LR], return_address
    stack[7] = now[XPSR] & ~f.XPSR_ALIGN | (f.XPSR_ALIGN if pointer & 4 else 0)
    if extended:
        _transfer(words, f.READ, f.FLOAT_BATCH, _FLOAT_COUNT)
        floats = _values(words, f.FLOAT_BATCH, _FLOAT_COUNT)
        for i in range(_FLOAT_COUNT):
            stack[8 + i] = floats[i]
        stack[8 + _FLOAT_COUNT] = 0
    link = types.int64(0xFFFF_FFE1)
    link |= 0 if extended else f.RETURN_BASIC
    link |= 0 if in_handler else f.RETURN_THREAD
    link |= f.RETURN_PSP if on_psp else 0
    enter = _values(words, f.ENTER_BATCH, _ENTER_COUNT)
    enter[0] = now[XPSR] & _NO_EXCEPTION | f.XPSR_T | exception
    enter[1], enter[2] = link, control & ~f.CONTROL_FPCA
    enter[3] = now[MSP] if on_psp else frame
    enter[4] = frame if on_psp else now[PSP]
    _transfer(words, f.WRITE, f.ENTER_BATCH, _ENTER_COUNT)
    return vector & ~1


@njit(types.int64(types.int64[:]))
def link_of(words):
    """LR of the handler whose frame was stacked last."""
    return _values(words, f.ENTER_BATCH, _ENTER_COUNT)[1]


@njit(types.int64(types.int64[:], types.int64[:], types.int64, types.int64))
def pop(words, now, link, exception):
    """Exceptions._unstack, `now` as `read` gave it; where the core goes on, or NOT_DONE."""
    control = now[CONTROL]
    to_thread, from_psp = link & f.RETURN_THREAD, link & f.RETURN_PSP
    extended = types.int64(0) if link & f.RETURN_BASIC else types.int64(1)
    if to_thread and control & f.CONTROL_NPRIV:
        return f.NOT_DONE
    frame = now[PSP] if from_psp else now[MSP]
    host = _host_of(words, frame, extended)
    if host == 0:
        return f.NOT_DONE
    stack = carray(calls.pointer(host), (_FRAME_WORDS,), types.uint32)
    xpsr = types.int64(stack[7])
    if not xpsr & f.XPSR_T:
        return f.NOT_DONE

    pointer = frame + (f.EXTENDED_FRAME if extended else f.BASIC_FRAME)
    pointer |= 4 if xpsr & f.XPSR_ALIGN else 0
    if extended:
        floats = _values(words, f.FLOAT_BATCH, _FLOAT_COUNT)
        for i in range(_FLOAT_COUNT):
            floats[i] = stack[8 + i]
        _transfer(words, f.WRITE, f.FLOAT_BATCH, _FLOAT_COUNT)
    leave = _values(words, f.LEAVE_BATCH, _LEAVE_COUNT)
    for i in range(6):
        leave[i] = stack[i]
    leave[6] = xpsr & ~(f.XPSR_ALIGN | 0x1FF) | exception
    leave[7] = now[MSP] if from_psp else pointer
    leave[8] = pointer if from_psp else now[PSP]
    control &= ~f.CONTROL_FPCA
    if to_thread:
        control &= ~f.CONTROL_SPSEL
        control |= f.CONTROL_SPSEL if from_psp else 0
    leave[9] = control | (f.CONTROL_FPCA if extended else 0)
    _transfer(words, f.WRITE, f.LEAVE_BATCH, _LEAVE_COUNT)
    return types.int64(stack[6]) & ~1


@cfunc(types.int64(types.int64, types.int64, types.int64, types.int64))
def push_frame(address, exception, return_address, in_handler):
    """The same for Python."""
    words = words_at(address)
    return push(words, read(words), exception, return_address, in_handler)


@cfunc(types.int64(types.int64, types.int64, types.int64))
def pop_frame(address, link, exception):
    """The same for Python."""
    words = words_at(address)
    return pop(words, read(words), link, exception)
