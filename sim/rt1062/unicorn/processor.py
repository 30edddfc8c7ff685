"""The running Cortex-M7: core, exceptions, MPU and virtual time joined in one loop.

Everything that reaches the core from outside (an event that is due, an interrupt, a changed
memory split) is handled while it is stopped, between two blocks of instructions.
"""

from collections import ChainMap
from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from unicorn import unicorn_const

from rt1062.block import Block
from rt1062.chip.memory_map import FLASH, Region
from rt1062.scheduler import NEVER, Scheduler
from rt1062.unicorn import exceptions as e
from rt1062.unicorn import mpu as protection
from rt1062.unicorn import native
from rt1062.unicorn.access_log import AccessLog
from rt1062.unicorn.bus import Bus
from rt1062.unicorn.core import AccessFault, Core
from rt1062.unicorn.dwt import Dwt
from rt1062.unicorn.guards import Guards
from rt1062.unicorn.halting import Halts
from rt1062.unicorn.low_power import OFF, RUN, STOP, SUSPEND, WAIT, LowPower
from rt1062.unicorn.memory import Memory
from rt1062.unicorn.mpu import Mpu
from rt1062.unicorn.naps import Naps
from rt1062.unicorn.nvic import Nvic
from rt1062.unicorn.scb import CCR, Scb
from rt1062.unicorn.systick import SysTick
from rt1062.unicorn.translator import availability
from rt1062.unicorn.translator.maps import Permissions
from rt1062.unicorn.translator.tier import Tier
from rt1062.unicorn.traps import Traps

SYSTEM_CONTROL_SPACE, DWT_BASE = 0xE000_E000, 0xE000_1000
PPB_PAGE = 0x1000  # of each
_EXC_RETURN = native.QEMU_EXIT, native.QEMU_PREFETCH_ABORT
_WANTED = {"read": protection.READ, "write": protection.WRITE, "fetch": protection.EXECUTE}
_WFE, _WFE_WIDE = b"\x20\xbf", b"\xaf\xf3\x02\x80"


class Steps(NamedTuple):
    """Of a run that somebody looks at each `ticks`; see Processor.run_steps."""

    ticks: int
    until: int
    enough: Callable[[], bool]


class SystemControlSpace(Block):
    """One page that SysTick, NVIC, SCB and MPU share."""

    def __init__(self, parts: list[Block]) -> None:
        super().__init__()
        for part in parts:
            self.by_offset.update(part.by_offset)
            self.readers.update(part.readers)
            self.writers.update(part.writers)
        self.value = ChainMap(*(part.value for part in parts))  # type: ignore[assignment]


class Processor:
    """A Cortex-M7 with its private peripherals, memory and bus; off until `reset`.

    `core_hz` asks the clock tree; `flash`, `sdram` and `psram` are the board's. `on_reset_request`
    is called, with the core stopped, when firmware or a watchdog asked for a reset.
    """

    def __init__(
        self,
        core_hz: Callable[[], int],
        flash: Region,
        sdram: Region | None,
        psram: Region | None = None,
    ):
        self.core = Core()
        self.memory = Memory(self.core, flash, sdram, psram)
        self.scheduler = Scheduler(lambda: self.core.words[native.NOW])
        self.scheduler.on_earlier = self._earlier
        self.log = AccessLog(lambda: self.core.words[native.NOW], lambda: self.core.last_block[0])
        self.bus = Bus(self.core, self.scheduler, self.log)
        self.exceptions = e.Exceptions(self.core, self.memory)
        self.nvic = Nvic(self.exceptions)
        self.mpu = Mpu(self._memory_changed)
        self.traps = Traps(self.core)
        self._privileged = True
        self.scb = Scb(
            self.exceptions, self._system_reset, lambda: self.dwt.settle(), self._traps_changed
        )
        self.scb.diagnose = self.log.diagnose("SCB")
        self.systick = SysTick(self.scheduler, core_hz, lambda: self.exceptions.pend(e.SYSTICK))
        self.dwt = Dwt(
            self.scheduler, core_hz, lambda: self.scb.trace_enabled, lambda: self.idle_ticks
        )
        self.naps = Naps(self.core, self.exceptions)
        self.bus.on_nap_over = self._nap_over
        self.low_power = LowPower(self.exceptions, self.systick, self.log)
        space = SystemControlSpace([self.systick, self.nvic, self.scb, self.mpu])
        self.bus.attach("SCS", SYSTEM_CONTROL_SPACE, space, PPB_PAGE)
        self.bus.attach("DWT", DWT_BASE, self.dwt, PPB_PAGE)
        self.exceptions.stack_allowed = self._stack_allowed
        self.exceptions.on_privilege = self._privilege_changed
        self.on_reset_request: Callable[[], None] = lambda: None
        self.on_core_lost: Callable[[], None] = self.request_reset  # woken, without its power
        self._flexram: tuple[int, int, int] | None = None
        self._external: dict[str, tuple[int, int]] = {}  # windows to be in force next
        self._closed: frozenset[str] | None = None
        self._flash_lost = ""  # why the flash window does not answer
        self.halted = ""  # why the core stopped for good
        self._protections_stale = True
        self._applied: dict[tuple[int, int], int] = {}  # MPU permissions now in force
        self.guards = Guards(self.core)
        self._opened: list[tuple[int, int, int]] = []  # mixed pages let through for one block
        self._mixed: set[int] = set()
        self._stackable: dict[tuple[int, int, bool, bool], bool] = {}  # the MPU on stack frames
        self._reset_requested = False
        self._asleep = False
        self.slept_at = 0  # when the last WFI began, ticks
        self.halts: Halts | None = None
        self._in_block = False  # halted: the block is not executed to its end
        self.idle_ticks = 0
        # Of them, by what the core slept in.
        self.slept: dict[int | str, int] = dict.fromkeys((RUN, WAIT, STOP, SUSPEND, OFF), 0)
        self.tier: Tier | None = None
        if not availability.unavailable():
            self.tier = Tier(self.core, self.memory, self._allowed_now)
        self._next_look = self.tier.next_look if self.tier else NEVER  # ticks

    # Time.

    @property
    def now(self) -> int:
        """Virtual time in ticks."""
        return self.core.now

    @property
    def instructions(self) -> int:
        """Instructions executed since power on."""
        return self.core.now - self.idle_ticks - self.bus.skipped

    @property
    def asleep(self) -> bool:
        """In WFI."""
        return self._asleep

    def _earlier(self, time: int) -> None:
        words = self.core.words
        if time < words[native.DEADLINE]:
            words[native.DEADLINE] = time

    def _skip_to(self, time: int) -> None:
        ahead = time - self.core.now
        if ahead > 0:
            self.core.words[native.NOW] = time
            self.idle_ticks += ahead
            kind = self.low_power.kind
            if kind == OFF or not self.exceptions.locked_up:
                self.slept[kind] += ahead

    # Reset.

    def reset(self, cold: bool = True) -> None:
        """Core and private peripherals to their reset state; `start` says where to go on."""
        for block in (self.systick, self.nvic, self.scb, self.mpu, self.dwt):
            block.reset(cold)
        self.exceptions.clear()
        core = self.core
        core.set("XPSR", e.XPSR_T | e.HARD_FAULT)  # privileged, so that the rest can be set
        for name in ("PRIMASK", "FAULTMASK", "BASEPRI", "FPSCR", "CONTROL"):
            core.set(name, 0)
        core.set("XPSR_NZCVQG", e.XPSR_T)
        core.set("CONTROL", 0)
        for name in (*(f"R{i}" for i in range(13)), "LR", "MSP", "PSP"):
            core.set(name, 0xFFFF_FFFF if name == "LR" else 0)
        core.words[native.WATCH] = native.NO_WATCH
        self._reset_requested = self._asleep = self._in_block = False
        self._privileged = True
        self.low_power.clear()
        self.halted = ""
        self.set_flash_lost("")

    def start(self, pc: int, sp: int, vtor: int, left_pending: Sequence[int] = ()) -> None:
        """Where the boot ROM hands over: entry (thumb bit ignored), stack, vector table.

        `left_pending` are interrupt lines that it leaves enabled and pending; PRIMASK holds them.
        """
        for line in left_pending:
            self.exceptions.enabled |= 1 << e.FIRST_IRQ + line
            self.exceptions.pend(e.FIRST_IRQ + line)
        self.core.set("PRIMASK", int(bool(left_pending)))
        self.core.pc = pc & ~1
        self.core.set("MSP", sp & ~3)
        self.scb.set_vectors(vtor)

    def request_reset(self) -> None:
        """Reset before the next block of instructions."""
        self._reset_requested = True
        self.core.stop_soon()

    def _system_reset(self) -> None:
        self.request_reset()

    def halt(self, why: str) -> None:
        """The core stops before its next block of instructions; only a reset helps."""
        self.halted = self.halted or why
        self.exceptions.locked_up = True
        self.core.stop_soon()

    # Memory.

    def set_flash_lost(self, why: str) -> None:
        """Whether the flash window answers ("": it does), before the next block of instructions.

        An access to a lost one never ends.
        """
        if why != self._flash_lost:
            self._flash_lost = why
            self._protections_stale = True
            self.core.stop_soon()

    def set_flexram(self, bank_config: int, itcm_bytes: int, dtcm_bytes: int) -> None:
        """A new FlexRAM split, in force before the next block of instructions."""
        self._flexram = (bank_config, itcm_bytes, dtcm_bytes)
        self.core.stop_soon()

    def set_external(self, name: str, base: int, size: int) -> None:
        """A new window of the board's RAM ("sdram", "psram"), in force before the next block of
        instructions."""
        self._external[name] = (base, size)
        self._protections_stale = True
        self.core.stop_soon()

    def set_closed(self, names: frozenset[str]) -> None:
        """Blocks that do not answer, in force before the next block of instructions."""
        self._closed = names
        self._protections_stale = True
        self.core.stop_soon()

    def _memory_changed(self) -> None:
        self._protections_stale = True
        self._stackable.clear()
        self.exceptions.frames.forget()
        self.core.stop_soon()

    def _privilege_changed(self, privileged: bool) -> None:
        if privileged != self._privileged:
            self._privileged = privileged
            self._traps_changed()
            if self.mpu.enabled:
                self._protections_stale = True

    def _traps_changed(self) -> None:
        floats = self.scb.allows_floating_point(self._privileged)
        divides, unaligned = self.scb.traps(CCR.DIV_0_TRP), self.scb.traps(CCR.UNALIGN_TRP)
        self.traps.configure(not floats, divides, unaligned)

    def apply_memory_changes(self) -> None:
        """Bring Unicorn's memory in line with FlexRAM split and MPU."""
        self.exceptions.frames.forget()
        if self._flexram is not None:
            changed = self.memory.set_flexram(*self._flexram)
            self._flexram = None
            if changed:
                self._applied.clear()
                self._protections_stale = True
        if self._closed is not None:
            if self.bus.close(self._closed):
                self._applied.clear()
            self._closed = None
        for name, window in self._external.items():
            if self.memory.set_external(name, *window):
                self._applied.clear()
        self._external.clear()
        if not self._protections_stale:
            return
        self._protections_stale = False
        if self._flash_lost:
            self.core.uc.ctl_flush_tb()  # what is translated would run on
            if self._lost(self.core.pc):
                self._hang("fetch", self.core.pc)
        self._opened.clear()
        self._mixed.clear()
        self.guards.clear()
        windows = [
            (s.base, s.end, 0 if self._lost(s.base) else s.permissions)
            for s in self.memory.segments
        ]
        windows += [
            (base, end, protection.READ | protection.WRITE)
            for base, end in self.bus.windows
            if base < 0xE000_0000  # the private peripheral bus is outside the MPU
        ]
        for base, end, limit in windows:
            for start, stop, allowed, mixed in self.mpu.pages(base, end, self._privileged):
                if mixed:
                    self._mixed.add(start)
                    parts = self.mpu.parts(start, self._privileged)
                    if self.guards.is_hot(start):
                        allowed = reduce(or_, parts)
                    self.guards.add(start, parts, allowed & limit)
                permissions = allowed & limit
                if self._applied.get((start, stop)) != permissions:
                    self._forget(start, stop)
                    self._applied[start, stop] = permissions
                    self.core.uc.mem_protect(start, stop - start, permissions)

        if self.tier is not None:
            self.tier.memory_changed()

    def _allowed_now(self) -> Permissions:
        return Permissions(dict(self._applied), frozenset(self._mixed))

    def _hang(self, kind: str, address: int) -> None:
        """An access to the lost flash."""
        self.log.diagnose("FLEXSPI")(
            f"{kind} of 0x{address:08X} at pc 0x{self.core.pc:08X}, and {self._flash_lost}: "
            "a board hangs here"
        )
        self.halt(f"the flash is read and {self._flash_lost}")

    def _lost(self, address: int) -> bool:
        return bool(self._flash_lost) and FLASH.base <= address < FLASH.end

    def _forget(self, start: int, stop: int) -> None:
        """Drop what is noted of ranges that overlap one that gets new permissions."""
        for other in [o for o in self._applied if o[0] < stop and start < o[1]]:
            del self._applied[other]

    def _allowed(self, fault: AccessFault) -> bool:
        if fault.address >= 0xE000_0000:
            return fault.kind != "fetch"
        wanted = _WANTED[fault.kind]
        return self.mpu.allows(fault.address, fault.size, wanted, self._privileged)

    def _open(self, fault: AccessFault) -> bool:
        """Let an access through that its own part of a mixed page allows; True if it was opened.

        The page stays open for the block of instructions that starts at the access.
        """
        page = fault.address & ~(protection.PAGE - 1)
        segment = self.memory.segment_at(fault.address)
        if page not in self._mixed or segment is None:
            return False
        if not segment.permissions & _WANTED[fault.kind]:
            return False
        if self.guards.let_through(page):
            self._protections_stale = True
            return True
        before = next(p for (a, b), p in self._applied.items() if a <= page < b)
        self._opened.append((page, protection.PAGE, before))
        self.core.uc.mem_protect(page, protection.PAGE, segment.permissions)
        return True

    def _close_opened(self) -> None:
        for page, size, permissions in self._opened:
            self.core.uc.mem_protect(page, size, permissions)
        self._opened.clear()

    def _stack_allowed(self, address: int, size: int, write: bool, privileged: bool) -> bool:
        access = address, size, write, privileged
        allowed = self._stackable.get(access)
        if allowed is None:
            wanted = protection.WRITE if write else protection.READ
            allowed = not self.mpu.enabled or self.mpu.allows(address, size, wanted, privileged)
            self._stackable[access] = allowed
        return allowed

    # Running.

    def run_until(self, end: int) -> None:
        """Run up to virtual time `end` (ticks), to the end of the block that reaches it.

        Less far where a debugger halts the core (`halts`).
        """
        self._run_until(end)
        self.bus.settle()

    def run_steps(self, ticks: int, until: int, enough: Callable[[], bool]) -> None:
        """The same as `run_until(now + ticks)` again and again, up to the step that ends at `until`
        or later, or behind which there is `enough()`."""
        self._run_until(self.now + ticks, Steps(ticks, until, enough))
        self.bus.settle()

    @property
    def _end(self) -> int:
        """When the run ends, or the step of it that the core is in."""
        return self.core.words[native.STEP_END]

    @_end.setter
    def _end(self, time: int) -> None:
        self.core.words[native.STEP_END] = time

    def _goes_on(self, steps: Steps | None) -> bool:
        """At the end of a step: whether there is another one, which then ends at `_end`."""
        now = self.core.words[native.NOW]
        if steps is None or now >= steps.until or steps.enough():
            return False
        self._end = now + steps.ticks
        return True

    def _run_until(self, end: int, steps: Steps | None = None) -> None:
        words = self.core.words
        scheduler, exceptions = self.scheduler, self.exceptions
        self._end = end
        words[native.STEP] = steps.ticks if steps is not None else 0
        self.bus.settle()
        if self._in_block and self._finish_block():
            return
        while True:
            now = words[native.NOW]
            while scheduler.next_time <= now:
                if not scheduler.run_apart():
                    self.bus.settle()
                    scheduler.run_due(now)
                elif words[native.PASSED]:
                    self.bus.look_ahead()
            if self.bus.error is not None:
                error, self.bus.error = self.bus.error, None
                raise error
            if self._reset_requested:
                self.on_reset_request()
                continue
            if self._protections_stale or self._flexram is not None:
                self.apply_memory_changes()
            if self.traps.stale:
                self.traps.apply()
            if exceptions.locked_up:
                if now >= end:
                    if not self._goes_on(steps):
                        return
                    end = self._end
                self._skip_to(min(end, scheduler.next_time))
                continue
            try:
                asleep = self._asleep and not (exceptions.pending and self.low_power.wakes())
                if self._asleep and not asleep and self.low_power.loses_core:
                    self._asleep = False
                    self.on_core_lost()
                    continue
                if exceptions.pending and not asleep and exceptions.take_pending():
                    self.low_power.leave()
                    self._asleep = False
                    if self._protections_stale:  # from unprivileged code into a handler
                        self.apply_memory_changes()
                if now >= end:
                    if not self._goes_on(steps):
                        return
                    end = self._end
                if asleep:
                    self.low_power.enter()
                    if not self._nap(end, steps):
                        self._sleep(end)
                    end = self._end
                    continue
                self._asleep = False
                if now >= self._next_look:
                    self._look()
                self.low_power.leave()
                if self._execute(self._deadline(now, end, steps)):
                    return
                end = self._end
            except e.Lockup as lockup:
                self.log.note(str(lockup))

    def _deadline(self, now: int, end: int, steps: Steps | None) -> int:
        """How far the core may run: past ends of steps, if there is nothing to be seen at them."""
        coming = self.scheduler.next_time
        if self._opened:
            return now + 1
        if coming > end and steps is not None and now < steps.until and not steps.enough():
            return min(coming, steps.until)
        return min(coming, end)

    def _execute(self, deadline: int) -> bool:
        """Run to the next stop and deal with it; True where a debugger has halted the core."""
        self.core.words[native.DEADLINE] = deadline
        return self._deal_with_stop(self.core.run())

    def _deal_with_stop(self, error: int) -> bool:
        """Behind a run of the core; True where a debugger has halted it."""
        core, words = self.core, self.core.words
        if words[native.CONTROL_WRITTEN]:
            words[native.CONTROL_WRITTEN] = 0
            self._privilege_changed(self.exceptions.privileged)
        if self._opened:
            self._close_opened()
        if self.halts is not None and self.halts.halted:
            core.take_back_unexecuted()
            self._in_block = True
            return True
        self._handle_stop(error)
        return False

    def _sleep(self, end: int) -> None:
        """Let time pass in WFI: up to `end`, or to the first event that asks for a look at anything
        (`stop_soon`), by way of those that do not, as a character's that has left a UART."""
        words, scheduler = self.core.words, self.scheduler
        words[native.DEADLINE] = end
        while (time := scheduler.next_time) < end:
            self._skip_to(time)
            self.bus.settle()
            scheduler.run_due(time)
            if not words[native.DEADLINE]:
                return
        self._skip_to(end)

    def _nap(self, end: int, steps: Steps | None) -> bool:
        """Sleep, be woken by SysTick and sleep again without Python; False if that is not to be.

        Past ends of steps, too, up to the last one, unless there is enough to be seen at the end of
        this one already: a nap itself shows nothing new.
        """
        beat = self.systick.beat
        if beat is None or self.low_power.entered or self.halts is not None:
            return False
        event, period = beat
        limit = self.scheduler.next_besides(event)
        if event.time + period >= limit:
            return False
        last, every = end, NEVER
        if steps is not None and not steps.enough():
            every = steps.ticks
            last += max(-(-(steps.until - end) // every) - 1, 0) * every
        limit = min(last, limit)
        if not self.naps.begin(event.time, period, limit, (end, every)):
            return False
        self.core.words[native.PASSED] |= native.NAPPING
        stopped = self.naps.run()
        self._end = self.naps.step_end
        self.bus.settle()
        if stopped:
            self._deal_with_stop(self.naps.error)
        return self.naps.ticks > 0

    def _nap_over(self) -> None:
        """Take over what a nap has come to, while it still runs or behind it."""
        naps = self.naps
        self.exceptions.active = naps.active
        self._asleep = naps.is_asleep
        if naps.ticks:
            self.systick.go_on(naps.next_tick)
            self.idle_ticks += naps.idle
            self.slept[RUN] += naps.idle
            self.slept_at = max(self.slept_at, naps.slept_at)
            self._catch_up_with_quiet()

    def _catch_up_with_quiet(self) -> None:
        """Events that a nap went past: all as if the core had stopped for them in time."""
        if self.scheduler.next_time <= self.now:
            self.scheduler.run_due(self._block_began)
        words, coming = self.core.words, self.scheduler.next_time
        words[native.DEADLINE] = min(words[native.DEADLINE], coming)

    @property
    def _block_began(self) -> int:
        """When the block was entered that the core is in, ticks."""
        words = self.core.words
        block = words[native.BLOCK]
        entry = native.find_entry(words, block)
        if words[entry + native.TAG] != block:
            return words[native.NOW] - (block >> 33)  # counted as the block hook does
        return words[native.NOW] - (words[entry + native.COUNT] & native.COUNTED)

    def _finish_block(self) -> bool:
        """After a halt: the rest of its block, before anything else is due; True if halted again.

        Without the halt nothing would have been looked at before the end of the block either.
        """
        self._in_block = False
        try:
            return self._execute(self.core.now + 1)
        except e.Lockup as lockup:
            self.log.note(str(lockup))
            return False

    def will_repeat(self, times: int) -> None:
        """Translate now what pays if all that was executed will be executed `times` times."""
        if self.tier is not None:
            self.tier.look(self.instructions, times)

    def _look(self) -> None:
        """Time for a look at what is hot, if the core was not asleep instead."""
        if self.instructions >= self.tier.next_look:
            self.tier.look(self.instructions)
        self._next_look = self.now + self.tier.next_look - self.instructions

    def _handle_stop(self, error: int) -> None:
        stop = self.core.words[native.STOP]
        if error:
            self._handle_error(error)
        elif stop == native.STOP_INTERRUPT:
            number = self.core.words[native.INTERRUPT]
            if number in _EXC_RETURN and self.core.pc >= 0xFF00_0000:
                self._asleep = self.exceptions.leave(self.core.pc | 1)
            elif number == native.QEMU_SVC:
                self.exceptions.supervisor_call()
            elif number == native.QEMU_DATA_ABORT:
                self.core.take_back_unexecuted()
                self.exceptions.fault(e.UNALIGNED)
            elif number == native.QEMU_NOCP:
                self.core.take_back_unexecuted()
                self.exceptions.fault(e.NOCP)
            elif number == native.QEMU_BKPT:
                # Without a debugger a breakpoint is a HardFault (B1.5.14 and C1.6.3).
                self.exceptions.fault(0, hard=e.HFSR_DEBUGEVT)
            else:
                self.core.take_back_unexecuted()
                self.exceptions.fault(e.UNDEFINSTR)
        elif stop == native.STOP_UNMASKED:
            # What is still pending is taken now, or watched again; it may have been taken back.
            self.core.words[native.WATCH] = native.NO_WATCH
        elif stop == native.STOP_GUARD:
            self.exceptions.fault(e.IACCVIOL)
        elif stop == native.STOP_MARKED:
            if self.traps.in_it_block():
                self._walk(self.traps.walk_it_block)
            else:
                self.traps.watch_block()
        elif stop == native.STOP_REFUSED:
            self.core.take_back_unexecuted()
            if self.traps.at_it_block():
                self._walk(self.traps.walk_it_block)
            else:
                self.exceptions.fault(self.traps.refused())
        elif stop == native.STOP_MISALIGNED:
            self._walk(self.traps.walk_block)
        elif stop == native.STOP_UNALIGNED:
            self.core.take_back_unexecuted()
            self.exceptions.fault(e.UNALIGNED)
        elif stop == native.STOP_NONE:
            self._asleep = True  # WFI
            self.slept_at = self.core.now

    def _walk(self, through: Callable[[], tuple[int, int]]) -> None:
        status, error = through()
        if status:
            self.exceptions.fault(status)
        elif error or self.core.words[native.STOP] != native.STOP_NONE:
            self._handle_stop(error)

    def _handle_error(self, error: int) -> None:
        fault = self.core.access_fault
        if error == unicorn_const.UC_ERR_INSN_INVALID:
            self._invalid_instruction()
            return
        self.core.take_back_unexecuted()
        self.guards.reopen()
        if fault and (self._protections_stale or self._flexram is not None):
            return  # the same block has opened it: once more with the changes in force
        if self._reopen_unaligned() or (fault and self.traps.refuses_access(fault)):
            self.exceptions.fault(e.UNALIGNED)
        elif fault is None:
            # An unaligned exclusive or double-word access.
            self.exceptions.fault(e.UNALIGNED)
        elif self._lost(fault.address):
            self._hang(fault.kind, fault.address)
        elif self._allowed(fault) and fault.protected and self._open(fault):
            return
        elif not self._allowed(fault):
            fetch = fault.kind == "fetch"
            self.exceptions.fault(
                e.IACCVIOL if fetch else e.DACCVIOL, None if fetch else fault.address
            )
        elif fault.kind == "fetch":
            self.exceptions.fault(e.IBUSERR)
        else:
            self.exceptions.fault(e.PRECISERR, fault.address)

    def _reopen_unaligned(self) -> bool:
        """Undo what the alignment hook did to a page to refuse a store; True if it did."""
        page = self.core.words[native.UNALIGNED_HIT]
        if page < 0:
            return False
        self.core.words[native.UNALIGNED_HIT] = -1
        before = next((p for (a, b), p in self._applied.items() if a <= page < b), None)
        if before is not None:
            self.core.uc.mem_protect(page, protection.PAGE, before)
        return True

    def _invalid_instruction(self) -> None:
        if self.core.pc == self.core.last_block[1]:
            # Only WFE and YIELD stop like this, with the core behind them. WFE sleeps, but never
            # for good: an event that was set before (SEV) is not seen here.
            if self._behind_wfe() and self.scheduler.next_time != NEVER:
                self._skip_to(min(self.scheduler.next_time, self._end))
            return
        self.core.take_back_unexecuted()
        thumb = self.core.get("XPSR") & e.XPSR_T
        self.exceptions.fault(e.UNDEFINSTR if thumb else e.INVSTATE)

    def _behind_wfe(self) -> bool:
        code = self.memory.read(self.core.pc - 4, 4)
        return code == _WFE_WIDE or code[2:] == _WFE
