"""Exceptions of the Cortex-M7: priorities, entry, return, escalation, lockup.

ARMv7-M Architecture Reference Manual (DDI 0403), B1.5. The core is stopped while this runs; it
sees registers through Core and memory through Memory. State is eager: with a floating-point
context (CONTROL.FPCA) S0-S15 and FPSCR are written at entry, where silicon reserves the space and
writes them when the handler first uses the FPU. The frame is the same.
"""

import struct
from collections.abc import Callable

from rt1062.chip.block_table import NVIC_INTERRUPTS
from rt1062.unicorn import native
from rt1062.unicorn.core import Core
from rt1062.unicorn.frames import (
    BASIC_FRAME,
    CONTROL_FPCA,
    CONTROL_NPRIV,
    CONTROL_SPSEL,
    ENTER,
    ENTRY,
    EXTENDED_FRAME,
    FLOATS,
    LEAVE,
    MASKS,
    NOT_DONE,
    RETURN_BASIC,
    RETURN_PSP,
    RETURN_THREAD,
    XPSR_ALIGN,
    XPSR_IT,
    XPSR_T,
    Frames,
)
from rt1062.unicorn.memory import Memory

RESET, NMI, HARD_FAULT, MEM_MANAGE, BUS_FAULT, USAGE_FAULT = 1, 2, 3, 4, 5, 6
SVCALL, DEBUG_MONITOR, PENDSV, SYSTICK, FIRST_IRQ = 11, 12, 14, 15, 16
EXCEPTIONS = FIRST_IRQ + NVIC_INTERRUPTS
IDLE_PRIORITY = 256  # lower than any that can be configured
PRIORITY_BITS = 0xF0  # four bits are implemented

# Configurable fault status register, bits of the three parts in one word.
IACCVIOL, DACCVIOL, MUNSTKERR, MSTKERR, MMARVALID = 1 << 0, 1 << 1, 1 << 3, 1 << 4, 1 << 7
IBUSERR, PRECISERR, UNSTKERR, STKERR, BFARVALID = 1 << 8, 1 << 9, 1 << 11, 1 << 12, 1 << 15
UNDEFINSTR, INVSTATE, INVPC, NOCP = 1 << 16, 1 << 17, 1 << 18, 1 << 19
UNALIGNED, DIVBYZERO = 1 << 24, 1 << 25
HFSR_VECTTBL, HFSR_FORCED, HFSR_DEBUGEVT = 1 << 1, 1 << 30, 1 << 31

_BASIC, _EXTENDED = struct.Struct("<8I"), struct.Struct("<26I")


class Lockup(Exception):
    """The core cannot go on: a fault at the priority of HardFault or above."""


class Exceptions:
    """Pending, enabled and active exceptions, and the way in and out of handlers.

    `vtor` and `priority_group` belong to the SCB, which sets them. `stack_allowed(address, bytes,
    write, privileged)` is the MPU's verdict on stacking. `on_return` tells the NVIC that an
    exception ended, so that a level still high pends again. `on_fault(cfsr, hfsr, address)` is told
    of every fault, the core still at its pc.
    """

    def __init__(self, core: Core, memory: Memory):
        self._core = core
        self._memory = memory
        self.frames = Frames(core)
        self._vtor = 0
        self._entry = core.batch(*ENTRY)
        self._masks = core.batch(*MASKS)
        self._enter = core.batch(*ENTER)
        self._leave = core.batch(*LEAVE)
        self._fp = core.batch(*FLOATS)
        self._mask_values = [0, 0, 0]
        self._mask_run = -1  # the run of the core after which they were read
        self.stack_allowed: Callable[[int, int, bool, bool], bool] = lambda *access: True
        self.on_return: Callable[[int], None] = lambda exception: None
        self.on_privilege: Callable[[bool], None] = lambda privileged: None
        self.on_fault: Callable[[int, int, int | None], None] = lambda status, hard, address: None
        self.clear()

    def clear(self) -> None:
        """As after a reset: nothing pending, nothing active, only the fixed ones enabled."""
        self.priority = [0] * EXCEPTIONS
        self.priority[NMI], self.priority[HARD_FAULT] = -2, -1
        self.enabled = (1 << NMI) | (1 << HARD_FAULT) | (1 << SVCALL) | (1 << PENDSV)
        self.enabled |= 1 << SYSTICK | 1 << DEBUG_MONITOR
        self.pending = 0
        self._mask_run = -1
        self.active: list[int] = []
        self.vtor = 0
        self.group_mask = PRIORITY_BITS
        self.cfsr = self.hfsr = self.mmfar = self.bfar = 0
        self.locked_up = False
        self.sleep_on_exit = False
        self.trace = (0, 0)
        self._core.words[native.GROUP_MASK] = self.group_mask

    @property
    def vtor(self) -> int:
        """Address of the vector table."""
        return self._vtor

    @vtor.setter
    def vtor(self, address: int) -> None:
        self._vtor = address
        self.frames.forget()

    def set_priority_group(self, group: int) -> None:
        """AIRCR.PRIGROUP: which bits of a priority preempt (B1.5.4)."""
        self.group_mask = PRIORITY_BITS & ~((2 << group) - 1)
        self._core.words[native.GROUP_MASK] = self.group_mask

    def group_priority(self, exception: int) -> int:
        """The part of an exception's priority that decides about preemption."""
        priority = self.priority[exception]
        return priority if priority < 0 else priority & self.group_mask

    def pend(self, exception: int) -> None:
        """Make an exception pending; the core looks at it in front of the next block."""
        self.pending |= 1 << exception
        if self.enabled >> exception & 1:
            self.look_soon()

    def look_soon(self) -> None:
        """Stop the core in front of its next block, so that pending exceptions are looked at."""
        self._core.stop_soon()

    def clear_pending(self, exception: int) -> None:
        """Take a pending exception back."""
        self.pending &= ~(1 << exception)

    def active_priority(self) -> int:
        """Execution priority by the active exceptions alone, masks left out."""
        if not self.active:
            return IDLE_PRIORITY
        return min(self.group_priority(exception) for exception in self.active)

    def _first_pending(self) -> int:
        """The pending and enabled exception that comes first, 0 without one."""
        left = self.pending & self.enabled
        first, best = 0, IDLE_PRIORITY
        while left:
            exception = (left & -left).bit_length() - 1
            left &= left - 1
            if self.priority[exception] < best:  # equal priorities: the lower number
                first, best = exception, self.priority[exception]
        return first

    def _read_masks(self) -> list[int]:
        """PRIMASK, FAULTMASK, BASEPRI, which only a running core changes (and `_end`)."""
        if self._mask_run != self._core.runs:
            self._mask_run = self._core.runs
            self._mask_values = self._masks.read()
        return self._mask_values

    def wakes(self) -> bool:
        """True if something pending ends a WFI: it would preempt were PRIMASK clear (B1.5.19)."""
        first = self._first_pending()
        if not first:
            return False
        priority = self.group_priority(first)
        base = self._read_masks()[2] & self.group_mask
        return priority < self.active_priority() and (not base or priority < base)

    def _masked(self, priority: int) -> bool:
        primask, faultmask, basepri = self._read_masks()
        if faultmask & 1:
            return priority >= -1
        if priority < 0:
            return False
        basepri &= self.group_mask
        return bool(primask & 1) or bool(basepri and priority >= basepri)

    def take_pending(self) -> bool:
        """Enter the first pending exception if it may preempt now; True if one was entered.

        One that only a mask register holds back is left to the block hook to watch for.
        """
        words = self._core.words
        words[native.WATCH] = native.NO_WATCH
        if not self.pending & self.enabled:
            return False
        first = self._first_pending()
        priority = self.group_priority(first)
        if priority >= self.active_priority():
            return False
        if self._masked(priority):
            words[native.WATCH] = max(priority, 0)
            return False
        self.pending &= ~(1 << first)
        self.enter(first, self._core.pc)
        return True

    def fault(self, status: int, address: int | None = None, hard: int = 0) -> None:
        """A synchronous fault at the core's `pc`: note `status` (CFSR bits), escalate, enter.

        `hard` are HFSR bits of a fault that goes to HardFault directly. Raises Lockup.
        """
        self.on_fault(status, hard, address)
        self.cfsr |= status
        if address is not None:
            if status & 0xFF:
                self.mmfar, self.cfsr = address, self.cfsr | MMARVALID
            else:
                self.bfar, self.cfsr = address, self.cfsr | BFARVALID
        if hard:
            self.hfsr |= hard
            self._synchronous(HARD_FAULT)
        elif status & 0xFF:
            self._synchronous(MEM_MANAGE)
        elif status & 0xFF00:
            self._synchronous(BUS_FAULT)
        else:
            self._synchronous(USAGE_FAULT)

    def supervisor_call(self) -> None:
        """SVC at the core's `pc` (which is behind the instruction)."""
        self._synchronous(SVCALL)

    def _synchronous(self, exception: int) -> None:
        priority = self.group_priority(exception)
        blocked = priority >= self.active_priority() or self._masked(priority)
        if exception != HARD_FAULT and (blocked or not self.enabled >> exception & 1):
            self.hfsr |= HFSR_FORCED
            exception = HARD_FAULT
        if exception == HARD_FAULT and (self.active_priority() <= -1 or self._read_masks()[1] & 1):
            self.locked_up = True
            raise Lockup(
                f"core locked up: fault at pc 0x{self._core.pc:08X} with cfsr 0x{self.cfsr:08X}, "
                f"hfsr 0x{self.hfsr:08X} in a handler that cannot be interrupted"
            )
        self.enter(exception, self._core.pc)

    @property
    def privileged(self) -> bool:
        """In a handler, or in Thread mode with CONTROL.nPRIV clear."""
        return bool(self.active) or not self._core.get("CONTROL") & CONTROL_NPRIV

    def enter(self, exception: int, return_address: int) -> None:
        """Stack the frame and go to the handler (B1.5.6 ExceptionEntry). Raises Lockup."""
        handler = self.frames.push(exception, return_address, bool(self.active))
        if handler == NOT_DONE:
            self._enter_anywhere(exception, return_address)
            return
        self.active.append(exception)
        self._core.pc = handler

    def _enter_anywhere(self, exception: int, return_address: int) -> None:
        r0, r1, r2, r3, r12, lr, xpsr, msp, psp, control = self._entry.read()
        handler_mode = bool(self.active)
        if control & CONTROL_NPRIV and not handler_mode:
            # Unicorn gives an unprivileged core's stack pointers as zero.
            self._core.set("XPSR", xpsr & ~0x1FF | exception)
            *_, msp, psp, _ = self._entry.read()
        on_psp = not handler_mode and control & CONTROL_SPSEL
        pointer = psp if on_psp else msp
        extended = control & CONTROL_FPCA
        size = EXTENDED_FRAME if extended else BASIC_FRAME
        align = pointer & 4
        frame = (pointer - size & 0xFFFF_FFFF) & ~4
        stacked = xpsr & ~XPSR_ALIGN | (XPSR_ALIGN if align else 0)
        words = [r0, r1, r2, r3, r12, lr, return_address, stacked]
        if extended:
            words += [*self._fp.read(), 0]
        privileged = handler_mode or not control & CONTROL_NPRIV
        derived = self._stack(frame, words, privileged)
        link = 0xFFFF_FFE1 | (0 if extended else RETURN_BASIC)
        if not handler_mode:
            link |= RETURN_THREAD | (RETURN_PSP if on_psp else 0)
        new_xpsr = xpsr & ~(XPSR_IT | 0x1FF) | XPSR_T | exception
        pointers = [msp, frame] if on_psp else [frame, psp]
        self._enter.write([new_xpsr, link, control & ~CONTROL_FPCA, *pointers])
        self.active.append(exception)
        if not privileged:
            self.on_privilege(True)
        if derived:
            self._derived(derived, exception)
            return
        self._vector(exception)

    def _stack(self, frame: int, words: list[int], privileged: bool) -> int:
        """Write the frame; the CFSR bit of what went wrong, 0 if nothing did."""
        size = 4 * len(words)
        if not self.stack_allowed(frame, size, True, privileged):
            return MSTKERR
        segment = self._memory.segment_at(frame)
        if segment is None or frame + size > segment.end or not segment.permissions & 2:
            return STKERR
        layout = _EXTENDED if len(words) > 8 else _BASIC
        layout.pack_into(segment.view, frame - segment.base, *words)
        if all(self.stack_allowed(frame, size, on, True) for on in (False, True)):
            self.frames.know(frame, size, segment.host + frame - segment.base)
        return 0

    def _derived(self, status: int, exception: int) -> None:
        """A fault while stacking: its handler runs first, at no lower priority (B1.5.8)."""
        self.on_fault(status, 0, None)
        self.cfsr |= status
        fault = MEM_MANAGE if status == MSTKERR else BUS_FAULT
        self.active.pop()
        allowed = self.enabled >> fault & 1 and self.group_priority(fault) < self.active_priority()
        if not allowed:
            self.hfsr |= HFSR_FORCED
            fault = HARD_FAULT
            if self.active_priority() <= -1:
                self.locked_up = True
                raise Lockup(f"core locked up: no stack for exception {exception}")
        if exception != fault and exception not in (MEM_MANAGE, BUS_FAULT, USAGE_FAULT, HARD_FAULT):
            self.pending |= 1 << exception
        self.active.append(fault)
        xpsr = self._core.get("XPSR")
        self._core.set("XPSR", xpsr & ~0x1FF | fault)
        self._vector(fault)

    def _vector(self, exception: int) -> None:
        """Fetch the handler's address from the vector table and go there."""
        vector = self._memory.read_word(self.vtor + 4 * exception)
        if vector is None:
            self.hfsr |= HFSR_VECTTBL
            if exception == HARD_FAULT or self.active_priority() <= -1:
                self.locked_up = True
                raise Lockup(
                    f"core locked up: no vector table at 0x{self.vtor:08X} (exception {exception})"
                )
            self.active.pop()
            self.enter(HARD_FAULT, self._core.pc)
            return
        self._core.pc = vector & ~1
        if not vector & 1:
            self.fault(INVSTATE)
        elif not self.frames.knows_vectors:
            table = self._memory.segment_at(self.vtor)
            count = min(EXCEPTIONS, (table.end - self.vtor) // 4)
            self.frames.know_vectors(table.host + self.vtor - table.base, count)

    def leave(self, link: int) -> bool:
        """Return from a handler with EXC_RETURN `link` (B1.5.8 ExceptionReturn).

        True if the core shall go to sleep (SCR.SLEEPONEXIT). Raises Lockup.
        """
        if not self.active:
            # In Thread mode this is a branch to where nothing can be executed.
            self.fault(IACCVIOL)
            return False
        ending = self.active[-1]
        if (link & 0xFFFF_FFE0) != 0xFFFF_FFE0 or (link & 0xF) not in (0x1, 0x9, 0xD):
            self._end(ending)
            self.fault(INVPC)
            return False
        to_thread = bool(link & RETURN_THREAD)
        if to_thread != (len(self.active) == 1):
            self._end(ending)
            self.fault(INVPC)
            return False
        self._end(ending)
        if self.pending and self._tail_chain(link):
            return False
        self._unstack(link, to_thread)
        return to_thread and self.sleep_on_exit

    def _end(self, exception: int) -> None:
        self.active.pop()
        if exception != NMI and self._read_masks()[1]:
            self._core.set("FAULTMASK", 0)
            self._mask_run = -1
        self.on_return(exception)

    def _tail_chain(self, link: int) -> bool:
        """Go straight to another pending handler with the frame that is there already."""
        if not self.pending & self.enabled:
            return False
        first = self._first_pending()
        priority = self.group_priority(first)
        if priority >= self.active_priority() or self._masked(priority):
            return False
        self.pending &= ~(1 << first)
        self.active.append(first)
        self._core.set("XPSR", self._core.get("XPSR") & ~(XPSR_IT | 0x1FF) | XPSR_T | first)
        self._core.set("LR", link)
        self._vector(first)
        return True

    def _unstack(self, link: int, to_thread: bool) -> None:
        follows = self.frames.pop(link, self.active[-1] if self.active else 0)
        if follows == NOT_DONE:
            self._unstack_anywhere(link, to_thread)
        else:
            self._core.pc = follows

    def _unstack_anywhere(self, link: int, to_thread: bool) -> None:
        *_, msp, psp, control = self._entry.read()
        from_psp = bool(link & RETURN_PSP)
        frame = psp if from_psp else msp
        extended = not link & RETURN_BASIC
        size = EXTENDED_FRAME if extended else BASIC_FRAME
        segment = self._memory.segment_at(frame)
        privileged = not to_thread or not control & CONTROL_NPRIV
        if not self.stack_allowed(frame, size, False, privileged):
            self.fault(MUNSTKERR)
            return
        if segment is None or frame + size > segment.end:
            self.fault(UNSTKERR)
            return
        words = (_EXTENDED if extended else _BASIC).unpack_from(segment.view, frame - segment.base)
        r0, r1, r2, r3, r12, lr, pc, xpsr = words[:8]
        pointer = frame + size | (4 if xpsr & XPSR_ALIGN else 0)
        exception = self.active[-1] if self.active else 0
        new_xpsr = xpsr & ~(XPSR_ALIGN | 0x1FF) | exception
        if extended:
            self._fp.write(list(words[8:25]))
        wanted = control & ~(CONTROL_FPCA | CONTROL_SPSEL if to_thread else CONTROL_FPCA)
        wanted |= CONTROL_FPCA if extended else 0
        wanted |= CONTROL_SPSEL if to_thread and from_psp else 0
        pointers = [msp, pointer] if from_psp else [pointer, psp]
        if not privileged:
            self._core.set("CONTROL", control & ~CONTROL_NPRIV)
        self._leave.write([r0, r1, r2, r3, r12, lr, new_xpsr, *pointers, wanted])
        if not privileged:
            self.on_privilege(False)
        self._core.pc = pc & ~1
        if not xpsr & XPSR_T:
            self.fault(INVSTATE)
