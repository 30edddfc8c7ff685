"""The Cortex-M7 core as Unicorn gives it: registers, memory, and running to the next stop.

Nothing here knows exceptions or peripherals; see exceptions.py and bus.py.
"""

import ctypes
import functools
from dataclasses import dataclass

import numpy as np
from unicorn import Uc, UcError, arm_const, unicorn_const
from unicorn.unicorn_py3.unicorn import uclib

from rt1062.unicorn import native
from rt1062.unicorn.hooks import library

# Registers of an exception's basic frame, then those that entry and return also need.
FRAME_REGISTERS = ("R0", "R1", "R2", "R3", "R12", "LR", "PC", "XPSR")
NEVER_REACHED = 0xFFFF_FFFE  # emu_start wants an address to stop at; the core cannot fetch here
MASK_32 = 0xFFFF_FFFF


@functools.cache
def register_id(name: str) -> int:
    """Unicorn's number of a core register."""
    return getattr(arm_const, f"UC_ARM_REG_{name}")


# Function objects of our own, without argument types: ctypes then passes our pointers on as they
# are, in half the time. PyDLL, as nobody else runs Python meanwhile: to give its lock away and take
# it back at each access of the firmware was a tenth of what that costs.
_library = ctypes.PyDLL(uclib._name)
_emu_start, _reg_read, _reg_write, _reg_read_batch, _reg_write_batch = (
    getattr(_library, f"uc_{name}")
    for name in ("emu_start", "reg_read", "reg_write", "reg_read_batch", "reg_write_batch")
)


def function_address(name: str) -> int:
    """Where a function of Unicorn is, its name without "uc_"."""
    return ctypes.cast(getattr(uclib, f"uc_{name}"), ctypes.c_void_p).value


class RegisterBatch:
    """A fixed set of 32-bit registers read or written with one call into Unicorn."""

    def __init__(self, handle: ctypes.c_void_p, names: tuple[str, ...]):
        count = len(names)
        self._ids = (ctypes.c_int * count)(*(register_id(name) for name in names))
        self._buffer = (ctypes.c_uint64 * count)()
        self._words = memoryview(self._buffer).cast("B").cast("Q")
        base = ctypes.addressof(self._buffer)
        self._pointers = (ctypes.c_void_p * count)(*(base + 8 * i for i in range(count)))
        self._arguments = (handle, self._ids, self._pointers, count)

    @property
    def addresses(self) -> tuple[int, int, int]:
        """Of the registers' numbers, of where each value is, and of the values, 64 bits each."""
        return tuple(map(ctypes.addressof, (self._ids, self._pointers, self._buffer)))

    def read(self) -> list[int]:
        """The registers' values, in the order of their names."""
        _reg_read_batch(*self._arguments)
        return self._words.tolist()

    def write(self, values: list[int]) -> None:
        """Set all registers."""
        self._buffer[:] = values
        _reg_write_batch(*self._arguments)


@dataclass(frozen=True)
class AccessFault:
    """A memory access that did not go through: address, size in bytes, and what it was."""

    address: int
    size: int
    kind: str  # "read", "write" or "fetch"
    protected: bool  # memory is there but its permissions forbid it


_KINDS = {
    unicorn_const.UC_MEM_READ_UNMAPPED: ("read", False),
    unicorn_const.UC_MEM_WRITE_UNMAPPED: ("write", False),
    unicorn_const.UC_MEM_FETCH_UNMAPPED: ("fetch", False),
    unicorn_const.UC_MEM_READ_PROT: ("read", True),
    unicorn_const.UC_MEM_WRITE_PROT: ("write", True),
    unicorn_const.UC_MEM_FETCH_PROT: ("fetch", True),
}


class Core:
    """One Cortex-M7: `pc`, registers by name, virtual time, and `run` up to the next stop.

    `access_fault` is the access that memory refused in the last run. Unicorn could be asked to
    try it again from within its hook, but then loses what a store wanted to write.
    """

    def __init__(self) -> None:
        # With UC_MODE_MCLASS the core would silently be a Cortex-M33 without double precision.
        self.uc = Uc(
            unicorn_const.UC_ARCH_ARM,
            unicorn_const.UC_MODE_THUMB,
            cpu=arm_const.UC_CPU_ARM_CORTEX_M7,
        )
        self.handle = self.uc._uch
        self.state = native.new_state()
        # A memoryview reads and writes single words faster than numpy does.
        self.words = memoryview(self.state)
        self.pc = 0
        self.runs = 0
        self.access_fault: AccessFault | None = None
        self._translated = self._holds = 0
        self._hooks: list[ctypes.c_size_t] = []
        self._alignment: ctypes.c_size_t | None = None
        self.add_hook(unicorn_const.UC_HOOK_BLOCK, library.address("block_hook"))
        self.add_hook(unicorn_const.UC_HOOK_INTR, library.address("interrupt_hook"))
        self.uc.hook_add(unicorn_const.UC_HOOK_MEM_INVALID, self._refused)
        # Unicorn's own reg_read and reg_write cost several times as much as the calls below them.
        self._one_buffer = ctypes.c_uint64()
        self._one_pointer = ctypes.pointer(self._one_buffer)
        self._pc_arguments = (self.handle, register_id("PC"), self._one_pointer)
        self._start = ctypes.c_uint64()
        self._start_arguments = (
            self.handle,
            self._start,
            ctypes.c_uint64(NEVER_REACHED),
            ctypes.c_uint64(0),
            ctypes.c_size_t(0),
        )

    def add_hook(
        self, kind: int, function: int, first: int = 1, last: int = 0, user: int | None = None
    ) -> ctypes.c_size_t:
        """Call a C function, with our state or with `user`, for `remove_hook`.

        Of accesses and instructions, for those that begin at `first` to `last` (1, 0: all).
        """
        hook = ctypes.c_size_t()
        error = uclib.uc_hook_add(
            self.handle,
            ctypes.byref(hook),
            kind,
            ctypes.c_void_p(function),
            ctypes.c_void_p(user or self.state.ctypes.data),
            ctypes.c_uint64(first),
            ctypes.c_uint64(last),
        )
        if error:
            raise UcError(error)
        self._hooks.append(hook)
        return hook

    def remove_hook(self, hook: ctypes.c_size_t) -> None:
        """No longer call it; code that is translated keeps it until it is dropped."""
        uclib.uc_hook_del(self.handle, hook)
        self._hooks.remove(hook)

    def watch_accesses(self, start: int, end: int) -> None:
        """Look for guards at every access to start to end; all loads and stores become slower."""
        kinds = unicorn_const.UC_HOOK_MEM_READ | unicorn_const.UC_HOOK_MEM_WRITE
        self.add_hook(kinds, library.address("guard_hook"), start, end - 1)
        self.uc.ctl_flush_tb()

    def watch_instruction(self, address: int) -> None:
        """Ask the trap hook in front of the instruction at `address`, for good."""
        self.add_hook(unicorn_const.UC_HOOK_CODE, library.address("trap_hook"), address, address)
        self.drop_translations(address, address + 4)

    def watch_alignment(self, on: bool) -> None:
        """Refuse unaligned accesses, or no longer; all loads and stores are slower meanwhile."""
        if on:
            kinds = unicorn_const.UC_HOOK_MEM_READ | unicorn_const.UC_HOOK_MEM_WRITE
            self._alignment = self.add_hook(kinds, library.address("alignment_hook"))
            self.hold_translated(True)
        elif self._alignment is not None:
            self.remove_hook(self._alignment)
            self._alignment = None
            self.hold_translated(False)
        self.uc.ctl_flush_tb()

    def _refused(
        self, uc: Uc, access: int, address: int, size: int, value: int, data: object
    ) -> bool:
        kind, protected = _KINDS[access]
        self.access_fault = AccessFault(address & MASK_32, size, kind, protected)
        return False

    @property
    def now(self) -> int:
        """Virtual time in ticks; within a block of instructions, the time at its end."""
        return self.words[native.NOW]

    def batch(self, *names: str) -> RegisterBatch:
        """Registers to be read and written together."""
        return RegisterBatch(self.handle, names)

    def get(self, name: str) -> int:
        """A core register by its name, e.g. "R0", "PRIMASK"."""
        self._one_buffer.value = 0
        _reg_read(self.handle, register_id(name), self._one_pointer)
        return self._one_buffer.value & MASK_32

    def set(self, name: str, value: int) -> None:
        """Set a core register by its name."""
        self._one_buffer.value = value
        _reg_write(self.handle, register_id(name), self._one_pointer)

    def set_code_regions(self, regions: list[tuple[int, int, int]]) -> None:
        """Where code can be read: (base, bytes, host address) each; at most MAX_REGIONS."""
        if len(regions) > native.MAX_REGIONS:
            raise ValueError(f"regions must be at most {native.MAX_REGIONS}, not {len(regions)}")
        table = np.full(3 * native.MAX_REGIONS, 1 << 40, np.int64)
        for i, (base, size, host) in enumerate(regions):
            table[3 * i : 3 * i + 3] = base, base + size, host
        self.state[native.REGIONS : native.GUARDS] = table
        self.state[native.CACHE :] = 0

    def set_translated(self, function: int) -> None:
        """What runs translated code (translator/entry.py), 0 for nothing."""
        self._translated = function
        self.words[native.TRANSLATED] = 0 if self._holds else function

    def hold_translated(self, hold: bool) -> None:
        """Begin or end to have Unicorn execute every instruction: for whoever hooks code. Nests."""
        self._holds += 1 if hold else -1
        self.set_translated(self._translated)

    @property
    def is_held(self) -> bool:
        """Whether somebody hooks code."""
        return self._holds > 0

    def stop_soon(self) -> None:
        """Stop in front of the next block.

        Never uc_emu_stop from a memory callback: Unicorn 2.1 then leaves the instruction without
        its result.
        """
        self.words[native.DEADLINE] = 0

    def run(self) -> int:
        """Run from `pc` until something stops the core; Unicorn's error number, 0 if none.

        Afterwards `pc` is where it stands and `state[STOP]` says why. Error 0 and STOP_NONE is a
        WFI, with `pc` behind it.
        """
        self.runs += 1
        self.words[native.STOP] = native.STOP_NONE
        self.words[native.RESUME] = native.NOWHERE
        self.access_fault = None
        self._start.value = self.pc | 1
        error = _emu_start(*self._start_arguments)
        self._one_buffer.value = 0
        _reg_read(*self._pc_arguments)
        self.pc = self._one_buffer.value
        return error

    def run_to(self, address: int) -> int:
        """Run from `pc` to `address` in the same straight piece of code; Unicorn's error number.

        Where something else stops the core, or a branch leads away, `pc` is not `address` after
        it; `state[STOP]` then says why.
        """
        words = self.words
        self.hold_translated(True)
        traps, deadline = words[native.TRAPS], words[native.DEADLINE]
        words[native.TRAPS], words[native.DEADLINE] = 0, words[native.NOW] + 1
        self._start_arguments[2].value = address
        self.drop_translations(self.pc, address + 2)
        error = self.run()
        self.drop_translations(self.pc, address + 2)  # those that end at `address`
        self._start_arguments[2].value = NEVER_REACHED
        words[native.TRAPS], words[native.DEADLINE] = traps, deadline
        self.hold_translated(False)
        return error

    @property
    def last_block(self) -> tuple[int, int]:
        """First address of the block last entered, and the first one behind it."""
        block = self.words[native.BLOCK]
        start = block & MASK_32
        return start, start + (block >> 32)

    def take_back_unexecuted(self) -> None:
        """After a fault within a block: count only the instructions in front of `pc`."""
        start, end = self.last_block
        if start <= self.pc < end:
            left = self.uc.mem_read(self.pc, end - self.pc)
            self.words[native.NOW] -= native.count_instructions(bytes(left))

    def drop_translations(self, start: int, end: int) -> None:
        """Forget translated code of addresses start to end: its bytes were changed from outside."""
        self.uc.ctl_remove_cache(start, end)
