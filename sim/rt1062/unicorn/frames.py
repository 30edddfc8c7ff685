"""Stack frames of exceptions, stacked and taken back by a compiled function: see hooks/frames.py.

What exceptions.py does itself, register by register, is half of what an interrupt costs. The
compiled functions do the same where a frame lay before: memory and MPU have been asked then. They
do nothing at all where anything is unusual: no privilege, another place, no Thumb in the vector.
"""

from collections.abc import Callable

import numpy as np

from rt1062.unicorn.core import Core, function_address
from rt1062.unicorn.hooks import library

CONTROL_NPRIV, CONTROL_SPSEL, CONTROL_FPCA = 1, 2, 4
XPSR_T, XPSR_ALIGN, XPSR_IT = 1 << 24, 1 << 9, 0x0600_FC00
RETURN_THREAD, RETURN_PSP, RETURN_BASIC = 1 << 3, 1 << 2, 1 << 4
BASIC_FRAME, EXTENDED_FRAME = 32, 104  # bytes

# Registers that are read and written together.
ENTRY = ("R0", "R1", "R2", "R3", "R12", "LR", "XPSR", "MSP", "PSP", "CONTROL")
MASKS = ("PRIMASK", "FAULTMASK", "BASEPRI")
# XPSR first: a change of mode exchanges the stack pointers.
ENTER = ("XPSR", "LR", "CONTROL", "MSP", "PSP")
# CONTROL last: behind it the core may be unprivileged, and Unicorn then ignores the rest.
# XPSR_NZCVQG is all of XPSR: a write by its own name leaves GE alone in Unicorn 2.1.
LEAVE = ("R0", "R1", "R2", "R3", "R12", "LR", "XPSR_NZCVQG", "MSP", "PSP", "CONTROL")
FLOATS = (*(f"S{i}" for i in range(16)), "FPSCR")
READ_NAMES = (*ENTRY, *MASKS)

# Words that the compiled functions share with Python.
HANDLE, READ, WRITE = range(3)  # Unicorn's, and the addresses of uc_reg_*_batch
# Of each batch the addresses of its arguments (numbers, places) and of its values.
READ_BATCH, ENTER_BATCH, LEAVE_BATCH, FLOAT_BATCH = range(3, 15, 3)
VECTORS = 15  # where the vector table lies in this process, 0 if that is not known
VECTOR_COUNT = 16
KNOWN = 17  # KNOWN_FRAMES times (frame's address, bit 0 for an extended one; where it lies here)
KNOWN_FRAMES = 64
WORDS = KNOWN + 2 * KNOWN_FRAMES
NOT_DONE = -1


def place_of(frame: int) -> int:
    """Where a frame stands among the known ones."""
    return KNOWN + 2 * ((frame >> 3) & (KNOWN_FRAMES - 1))


class Frames:
    """Of one core. `words` are what naps share, too."""

    def __init__(self, core: Core) -> None:
        self._array = np.zeros(WORDS, np.int64)
        self.words = words = memoryview(self._array)
        self.address = self._array.ctypes.data
        words[HANDLE] = core.handle.value
        words[READ] = function_address("reg_read_batch")
        words[WRITE] = function_address("reg_write_batch")
        self._batches = {
            READ_BATCH: core.batch(*READ_NAMES),
            ENTER_BATCH: core.batch(*ENTER),
            LEAVE_BATCH: core.batch(*LEAVE),
            FLOAT_BATCH: core.batch(*FLOATS),
        }
        for place, batch in self._batches.items():
            words[place], words[place + 1], words[place + 2] = batch.addresses
        self._push: Callable[[int, int, int, int], int] = library.function("push_frame", 4)
        self._pop: Callable[[int, int, int], int] = library.function("pop_frame", 3)

    def forget(self) -> None:
        """Memory, what the MPU allows, or the place of the vector table has changed."""
        self._array[VECTORS:] = 0

    def know(self, frame: int, size: int, host: int) -> None:
        """A frame at this address, which lies at `host` here, may be written and read."""
        place = place_of(frame)
        self.words[place] = frame | (size == EXTENDED_FRAME)
        self.words[place + 1] = host

    def know_vectors(self, host: int, count: int) -> None:
        """The vector table lies at `host`, so many vectors of it."""
        self.words[VECTORS], self.words[VECTOR_COUNT] = host, count

    @property
    def knows_vectors(self) -> bool:
        """Whether it is known where they are."""
        return self.words[VECTORS] != 0

    def push(self, exception: int, return_address: int, in_handler: bool) -> int:
        """Stack the frame and go to the handler's mode; its address, or NOT_DONE, and nothing."""
        return self._push(self.address, exception, return_address, in_handler)

    def pop(self, link: int, exception: int) -> int:
        """Take the frame of EXC_RETURN `link` back, to the mode of `exception` (0: Thread mode);
        where the core goes on, or NOT_DONE, and nothing."""
        return self._pop(self.address, link, exception)
