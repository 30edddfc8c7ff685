"""Hooks that halt the core in front of an instruction, for a debugger; compiled, see hooks.

A halt does not change what comes after it: the instructions of the block that were not executed
are taken back, and the rest of the block runs before anything else is looked at (processor.py).
"""

import ctypes

import numpy as np
from unicorn import unicorn_const

from rt1062.unicorn import native
from rt1062.unicorn.core import Core
from rt1062.unicorn.hooks import library

# Words that the hooks share with Python.
WHERE = 0  # the instruction in front of which the core was halted, or NOWHERE
RESUME = 1  # the instruction that passes once: the one where the core was halted before
STEP = 2  # 1: halt in front of the next instruction
WATCH_HIT = 3  # 1: a watched address was accessed by the instruction before
EMU_STOP = 4  # address of uc_emu_stop
RESUME_EACH = 5  # as RESUME, for the hook of each instruction
WORDS = 6
NOWHERE = -1

READ, WRITE = unicorn_const.UC_HOOK_MEM_READ, unicorn_const.UC_HOOK_MEM_WRITE


class Halts:
    """Where the core halts: at breakpoints, behind accesses to watched memory, at each step."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._state = np.zeros(WORDS, np.int64)
        self.words = memoryview(self._state)
        self.words[WHERE] = self.words[RESUME] = self.words[RESUME_EACH] = NOWHERE
        self.words[EMU_STOP] = core.words[native.EMU_STOP]
        self.accessed = 0  # the watched address that was accessed last
        self._breakpoints: dict[int, ctypes.c_size_t] = {}
        self._watches: dict[tuple[int, int, int], int] = {}
        self._each: ctypes.c_size_t | None = None
        self._holds = False

    @property
    def halted(self) -> bool:
        """The core stands in front of an instruction because of us."""
        # A block hook that stopped in front of the block stopped first, and the block is not
        # counted: the hook of its first instruction comes again.
        if self.words[WHERE] != NOWHERE and self._core.words[native.STOP] != native.STOP_NONE:
            self.words[WHERE] = NOWHERE
        return self.words[WHERE] != NOWHERE

    def resume(self) -> None:
        """Let the instruction pass in front of which the core was halted, or is to be stepped."""
        halted = self.words[WHERE] != NOWHERE or self.words[STEP]
        self.words[RESUME] = self.words[RESUME_EACH] = self._core.pc if halted else NOWHERE
        self.words[WHERE] = NOWHERE
        self.words[WATCH_HIT] = 0

    def set_break(self, address: int) -> None:
        """Halt in front of an instruction; nothing happens if that is so already."""
        if address not in self._breakpoints:
            self._breakpoints[address] = self._hook(library.address("break_hook"), address, address)
            self._core.drop_translations(address, address + 4)
            self._hold()

    def clear_break(self, address: int) -> None:
        """No longer halt there."""
        hook = self._breakpoints.pop(address, None)
        if hook is not None:
            self._unhook(hook)
            self._core.drop_translations(address, address + 4)
            self._hold()

    def has_break(self, address: int) -> bool:
        """Whether an address has a breakpoint."""
        return address in self._breakpoints

    def set_watch(self, kinds: int, address: int, size: int) -> None:
        """Halt behind an instruction that accesses memory; `kinds`: READ, WRITE or both."""

        def hook(uc: object, access: int, at: int, length: int, value: int, data: object) -> None:
            if at + length > address:
                self.accessed = at
                self.words[WATCH_HIT] = 1

        key = kinds, address, size
        if key not in self._watches:
            self._watches[key] = self._core.uc.hook_add(
                kinds, hook, begin=address - 7, end=address + size - 1
            )
            self._look_at_each()

    def clear_watch(self, kinds: int, address: int, size: int) -> None:
        """No longer watch."""
        hook = self._watches.pop((kinds, address, size), None)
        if hook is not None:
            self._core.uc.hook_del(hook)
            self._look_at_each()

    def step(self, on: bool) -> None:
        """Halt in front of each instruction, or no longer."""
        if bool(self.words[STEP]) != on:
            self.words[STEP] = int(on)
            self._look_at_each()

    def clear(self) -> None:
        """No halt any more."""
        for address in list(self._breakpoints):
            self.clear_break(address)
        for watch in list(self._watches):
            self.clear_watch(*watch)
        self.step(False)
        self.words[WHERE] = self.words[RESUME] = NOWHERE

    def _look_at_each(self) -> None:
        wanted = bool(self.words[STEP] or self._watches)
        if wanted and self._each is None:
            self._each = self._hook(library.address("each_hook"), 1, 0)
        elif not wanted and self._each is not None:
            self._unhook(self._each)
            self._each = None
        self._core.uc.ctl_flush_tb()
        self._hold()

    def _hold(self) -> None:
        """Hooks are in what Unicorn executes, not in code that LLVM has translated."""
        wanted = bool(self._breakpoints or self._watches or self.words[STEP])
        if wanted != self._holds:
            self._holds = wanted
            self._core.hold_translated(wanted)

    def _hook(self, function: int, first: int, last: int) -> ctypes.c_size_t:
        self._core.hold_translated(True)
        return self._core.add_hook(
            unicorn_const.UC_HOOK_CODE, function, first, last, self._state.ctypes.data
        )

    def _unhook(self, hook: ctypes.c_size_t) -> None:
        self._core.remove_hook(hook)
        self._core.hold_translated(False)
