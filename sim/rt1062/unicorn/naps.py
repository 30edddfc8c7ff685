"""Naps: a core that sleeps and that only SysTick wakes stays out of Python; compiled, see hooks.

Most of an idle firmware's time is this: WFI, SysTick, its handler, a look at a counter, WFI. While
nothing else is due and nobody accesses a register, hooks/naps.py does all of it: it lets time pass
to the tick, stacks the frame, runs the handler, takes the frame back and runs on to the next WFI.

What it does not do itself it leaves to Python in the state that it has reached: anything other than
EXC_RETURN to the same frame and WFI, a mask, another stack, a second event. The first access that
comes to Python ends the nap before it is answered (Bus.settle), so no block sees the time before.
"""

from collections.abc import Callable

import numpy as np

from rt1062.unicorn import exceptions as e
from rt1062.unicorn import native
from rt1062.unicorn.core import Core, function_address
from rt1062.unicorn.hooks import library
from rt1062.unicorn.memory import Memory

# Words that the compiled function shares with Python.
STATE, HANDLE, EMU_START, READ, WRITE = range(5)  # addresses: native.py's words, and of Unicorn
TICK, PERIOD, LIMIT = 5, 6, 7  # when SysTick is at zero, how long from then on, when the nap ends
TICKS, IDLE, SLEPT = 8, 9, 10  # how many there were, ticks slept through, when the last WFI began
PHASE = 11  # where the core is, one of the values below
PC, ERROR, LINK = 12, 13, 14  # PC and Unicorn's error of the last run, EXC_RETURN of the handler
FRAME, FRAME_BYTES = 15, 16  # where the frame will be, if the stack is as it was looked at
FRAME_HOST, VECTOR_HOST = 17, 18  # where the frame and SysTick's vector lie in this process
# Addresses of the arguments of uc_reg_*_batch (numbers, places) and of the values.
ENTRY, ENTER, LEAVE, FLOATS, PC_READ = range(19, 34, 3)
STEP_END, STEP = 34, 35  # when the step ends that the run is in, ticks of all that follow
WORDS = 36
ASLEEP, THREAD, HANDLER = range(3)
# Registers of ENTRY.
READ_NAMES = (*e.ENTRY, *e.MASKS)
R0, R1, R2, R3, R12, LR, XPSR, MSP, PSP, CONTROL, PRIMASK, FAULTMASK, BASEPRI = range(13)
WORTHWHILE = 1  # ticks: below that, so many sleeps are left to Python:
PAUSE = 16


class Naps:
    """Naps of a core. `stack_allowed` is the MPU's verdict, as Exceptions has it."""

    def __init__(self, core: Core, memory: Memory, exceptions: e.Exceptions) -> None:
        self._core, self._memory, self._exceptions = core, memory, exceptions
        self._array = np.zeros(WORDS, np.int64)
        self.words = words = memoryview(self._array)
        words[STATE], words[HANDLE] = core.state.ctypes.data, core.handle.value
        words[EMU_START] = function_address("emu_start")
        words[READ] = function_address("reg_read_batch")
        words[WRITE] = function_address("reg_write_batch")
        self._batches = {
            ENTRY: core.batch(*READ_NAMES),
            ENTER: core.batch(*e.ENTER),
            LEAVE: core.batch(*e.LEAVE),
            FLOATS: core.batch(*e.FLOATS),
            PC_READ: core.batch("PC"),
        }
        for place, batch in self._batches.items():
            words[place], words[place + 1], words[place + 2] = batch.addresses
        self._nap: Callable[[int], int] = library.function("nap", 1)
        self._pause = 0

    def begin(self, tick: int, period: int, limit: int, steps: tuple[int, int]) -> bool:
        """Whether a nap can begin: SysTick is at zero at `tick` and then every `period`, and
        nothing else is due before `limit`. `steps`: when the one ends that the run is in (a core
        that executes stops there), and how long the others are."""
        if self._pause:
            self._pause -= 1
            return False
        x, words, state = self._exceptions, self.words, self._core.words
        if (
            tick + period >= limit
            or x.pending
            or x.active
            or x.sleep_on_exit
            or state[native.WATCH] != native.NO_WATCH
            or self._core.is_held
            or not self._look_at_stack()
        ):
            return False
        words[TICK], words[PERIOD], words[LIMIT] = tick, period, limit
        words[STEP_END], words[STEP] = steps
        words[TICKS] = words[IDLE] = words[ERROR] = 0
        words[PHASE], words[PC] = ASLEEP, self._core.pc
        return True

    def _look_at_stack(self) -> bool:
        """Whether frame and vector are where the compiled function may use them."""
        *_, msp, psp, control, _, _, _ = self._batches[ENTRY].read()
        pointer = psp if control & e.CONTROL_SPSEL else msp
        size = e.EXTENDED_FRAME if control & e.CONTROL_FPCA else e.BASIC_FRAME
        frame = pointer - size & 0xFFFF_FFFB
        vector = self._exceptions.vtor + 4 * e.SYSTICK
        stack, table = self._memory.segment_at(frame), self._memory.segment_at(vector)
        if (
            stack is None
            or table is None
            or frame + size > stack.end
            or vector + 4 > table.end
            or not stack.permissions & native.WRITE
            or not all(self._exceptions.stack_allowed(frame, size, on, True) for on in (0, 1))
        ):
            return False
        words = self.words
        words[FRAME], words[FRAME_BYTES] = frame, size
        words[FRAME_HOST] = stack.host + frame - stack.base
        words[VECTOR_HOST] = table.host + vector - table.base
        return True

    def run(self) -> bool:
        """Nap; True if the core then stopped for something that is still to be dealt with."""
        core = self._core
        core.access_fault = None
        core.runs += 1
        stopped = self._nap(self._array.ctypes.data)
        core.runs += 1
        core.pc = self.words[PC]
        if self.words[TICKS] < WORTHWHILE:
            self._pause = PAUSE
        return bool(stopped)

    @property
    def ticks(self) -> int:
        """How often SysTick was at zero."""
        return self.words[TICKS]

    @property
    def next_tick(self) -> int:
        """When it is next, ticks of time."""
        return self.words[TICK]

    @property
    def step_end(self) -> int:
        """When the step ends that the run is in by now, ticks of time."""
        return self.words[STEP_END]

    @property
    def idle(self) -> int:
        """Ticks of time slept through."""
        return self.words[IDLE]

    @property
    def slept_at(self) -> int:
        """When the last WFI of any nap began."""
        return self.words[SLEPT]

    @property
    def error(self) -> int:
        """Unicorn's error number of the last run, 0 for none."""
        return self.words[ERROR]

    @property
    def is_asleep(self) -> bool:
        """Whether the core is in WFI."""
        return self.words[PHASE] == ASLEEP

    @property
    def active(self) -> list[int]:
        """The exceptions that are active in the nap."""
        return [e.SYSTICK] if self.words[PHASE] == HANDLER else []
