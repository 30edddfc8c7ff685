"""Naps: a core that sleeps and that only SysTick wakes stays out of Python; compiled, see hooks.

Most of an idle firmware's time is this: WFI, SysTick, its handler, a look at a counter, WFI. While
nothing else is due and nobody accesses a register, hooks/naps.py does all of it: it lets time pass
to the tick, stacks the frame, runs the handler, takes the frame back and runs on to the next WFI.

What it does not do itself it leaves to Python in the state that it has reached: anything other than
EXC_RETURN and WFI, a mask, a frame where none was yet (frames.py), a second event; only one that is
quiet (Event.quiet) it goes past. The first access that comes to Python ends the nap before it is
answered (Bus.settle), so no block sees the time before.
"""

from collections.abc import Callable

import numpy as np

from rt1062.unicorn import exceptions as e
from rt1062.unicorn import native
from rt1062.unicorn.core import Core, function_address
from rt1062.unicorn.hooks import library

SYSTICK = 15
# Words that the compiled function shares with Python.
STATE, HANDLE, EMU_START, READ, FRAMES = range(5)  # addresses: native.py's, Unicorn's, frames.py's
TICK, PERIOD, LIMIT = 5, 6, 7  # when SysTick is at zero, how long from then on, when the nap ends
TICKS, IDLE, SLEPT = 8, 9, 10  # how many there were, ticks slept through, when the last WFI began
PHASE = 11  # where the core is, one of the values below
PC, ERROR, LINK = 12, 13, 14  # PC and Unicorn's error of the last run, EXC_RETURN of the handler
STEP_END, STEP = 15, 16  # when the step ends that the run is in, ticks of all that follow
PC_READ = 17  # addresses of the arguments of uc_reg_read_batch (numbers, places) and of the value
WORDS = 20
ASLEEP, THREAD, HANDLER = range(3)
# Where not one tick came of it, so many sleeps are left to Python.
PAUSE = 16


class Naps:
    """Naps of a core."""

    def __init__(self, core: Core, exceptions: e.Exceptions) -> None:
        self._core, self._exceptions = core, exceptions
        self._array = np.zeros(WORDS, np.int64)
        self.words = words = memoryview(self._array)
        words[STATE], words[HANDLE] = core.state.ctypes.data, core.handle.value
        words[EMU_START] = function_address("emu_start")
        words[READ] = function_address("reg_read_batch")
        words[FRAMES] = exceptions.frames.address
        self._pc = core.batch("PC")
        words[PC_READ], words[PC_READ + 1], words[PC_READ + 2] = self._pc.addresses
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
            or not x.frames.knows_vectors
        ):
            return False
        words[TICK], words[PERIOD], words[LIMIT] = tick, period, limit
        words[STEP_END], words[STEP] = steps
        words[TICKS] = words[IDLE] = words[ERROR] = 0
        words[PHASE], words[PC] = ASLEEP, self._core.pc
        return True

    def run(self) -> bool:
        """Nap; True if the core then stopped for something that is still to be dealt with."""
        core = self._core
        core.access_fault = None
        core.runs += 1
        stopped = self._nap(self._array.ctypes.data)
        core.runs += 1
        core.pc = self.words[PC]
        if not self.words[TICKS]:
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
