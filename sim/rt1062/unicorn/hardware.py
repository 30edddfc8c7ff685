"""A board on the Unicorn core: the chip, and the devices that the board's data puts around it."""

from collections import deque
from functools import partial

from rt1062 import boot_rom
from rt1062.block import Block
from rt1062.blocks.src import SRSR
from rt1062.boards.board import Board, Pin
from rt1062.chip.block_table import block_at
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.chip.clock_gates import CLOCK_GATES
from rt1062.chip.memory_map import DTCM, FLASH, FLEXSPI2, ITCM, OCRAM, SEMC
from rt1062.devices.arducam import Arducam
from rt1062.devices.terminal import Terminal
from rt1062.errors import BootImageError, MachineError, SetupError
from rt1062.images import FlashImage
from rt1062.observations import RESET_CAUSES, ConsoleLine, CoreState, Fault, Reset, States
from rt1062.unicorn.camera_socket import CameraSocket
from rt1062.unicorn.chip import Chip, Surroundings, instances
from rt1062.unicorn.exception_names import name_of, names_of
from rt1062.unicorn.exceptions import DIVBYZERO, HARD_FAULT, NOCP, UNALIGNED, USAGE_FAULT
from rt1062.unicorn.low_power import OFF, RUN, STOP, SUSPEND, WAIT
from rt1062.unicorn.ports import microseconds
from rt1062.unicorn.wires import NOBODY

KEPT_FAULTS = 100
NOT_SET_UP = "no memory is set up there"
SILENT_RESETS = 200  # so many without a byte on any UART end a run: nothing will come any more
# What the core is set up to refuse, and where: told besides the fault.
REFUSED = {NOCP: "CPACR", UNALIGNED: "CCR", DIVBYZERO: "CCR"}


class Hardware:
    """A board with everything on it that the bench models; `power_on` with an image to start it."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.chip = Chip(board)
        self.processor = self.chip.processor
        self.scheduler = self.chip.scheduler
        self.blocks = self.chip.blocks
        self.plan: boot_rom.BootPlan | None = None
        self.console: list[ConsoleLine] = []  # complete lines of the board's console
        self.resets: list[Reset] = []
        self.faults: deque[Fault] = deque(maxlen=KEPT_FAULTS)
        self._image: FlashImage | None = None
        self._silent_resets = 0
        self._cause = 0
        self._off = False
        self._wakes_from = ""  # what a boot that is about to come ends
        self.terminals = {name: Terminal(self.scheduler) for name in instances("LPUART")}
        self.terminal = self.terminals[board.console]
        self.terminal.on_line = self._printed
        self._socket = board.camera and CameraSocket(
            board.camera, self.scheduler, self.processor.log.diagnose("OV2640")
        )
        self.chip.wire(self._surroundings())
        self._connect()
        self.chip.on_reset = self._note_cause
        self.processor.on_reset_request = self._reset_now
        self.processor.on_core_lost = self._woken_without_core
        self.processor.exceptions.on_fault = self._met_fault

    def _surroundings(self) -> Surroundings:
        spi = dict.fromkeys(instances("LPSPI"), NOBODY)
        i2c = {name: {} for name in instances("LPI2C")}
        if self._socket is not None:
            spi[self._socket.bus.spi] = self._socket.spi_device
            sensor = self._socket.sensor
            i2c[self._socket.bus.i2c] = {sensor.address: sensor}
        return Surroundings(
            transmit={name: partial(self._transmit, one) for name, one in self.terminals.items()},
            spi=spi,
            i2c=i2c,
            pads_changed=self._pads_changed,
            power_off=self._power_off,
            power_on=self._woken_by_alarm,
        )

    def _connect(self) -> None:
        """Terminals, LED, button and camera to the chip."""
        for name, terminal in self.terminals.items():
            uart = self.blocks[name]
            terminal.receive = self.chip.uart_wires[name].receive
            terminal.byte_ticks = partial(getattr, uart, "byte_ticks")
        for pin in filter(None, (self.board.button, self.board.led)):
            self.chip.pads[pin.port].set_input(pin.number, pin.idle)
        if self._socket is not None:
            self._socket.connect(self.chip, self.board.wires)

    def _transmit(self, terminal: Terminal, byte: int) -> None:
        self._silent_resets = 0
        terminal.transmit(byte)

    def _pads_changed(self, port: int) -> None:
        self.chip.pads[port].update()
        if self._socket is not None:
            self._socket.pads_changed()

    def _level(self, pin: Pin) -> bool:
        return self.chip.pads[pin.port].level(pin.number)

    # Power and reset.

    def power_on(self, image: FlashImage) -> None:
        """Put the image into the flash and start it; BootImageError if the boot ROM refuses it."""
        plan = image.plan(image.data, self.board.flash, self.board.quad_enabled)
        self._image = image
        if image.without_rom:
            self.processor.log.note("no boot header: the boot ROM would not start this image")
        self.processor.memory.program(image.data)
        self.processor.memory.clear_ram()
        self.chip.flash.power_on()
        if self.chip.psram is not None:
            self.chip.psram.power_on()
        if self._socket is not None:
            self._socket.module.reset(cold=True)
        for terminal in self.terminals.values():
            terminal.reset(cold=True)
        self.console.clear()
        self._off = False
        self._reset(True, SRSR.IPP_RESET_B, plan)

    def reset_pin(self) -> None:
        """The reset button (POR_B on the EVK does the same to the chip as power, bar RAM)."""
        self._cause = SRSR.IPP_USER_RESET_B
        self._reset_now()

    def _power_off(self) -> None:
        """SNVS has the supply taken away, before the next block of instructions.

        Back it comes by an alarm of SNVS, or by `power_on`; the ON/OFF button is not modelled.
        """
        if not self.blocks["SNVS"].wakes:
            self.processor.log.note("SNVS: LPCR.TOP switched the board off until power on")
        self._off = True
        self.processor.request_reset()

    def _woken_by_alarm(self) -> None:
        """SNVS has the supply switched on again, if it was off."""
        if self._off:
            self._off = False
            self._wakes_from = "SNVS, by its alarm"
            self.processor.request_reset()

    def _woken_without_core(self) -> None:
        """SUSPEND has ended; the core had no power meanwhile."""
        self._wakes_from = "SUSPEND"
        self.processor.request_reset()

    def _wake(self, plan: boot_rom.BootPlan) -> None:
        """A boot that is no reset: RAM has lost its power, all of SNVS and the camera have not."""
        from_snvs = self._wakes_from != "SUSPEND"
        self.resets.append(Reset(microseconds(self.scheduler.now), f"wake from {self._wakes_from}"))
        self._wakes_from = ""
        self.processor.memory.clear_ram()
        self._start_anew(False, SRSR.IPP_RESET_B if from_snvs else 0, plan)

    def _note_cause(self, cause: int) -> None:
        self._cause |= cause

    def _reset_now(self) -> None:
        # SYSRESETREQ comes from the core and names no cause.
        cause = self._cause or SRSR.LOCKUP_SYSRESETREQ
        self._cause = 0
        if self._off:
            self.chip.stop()
            return
        flash = bytes(self.processor.memory.flash)
        try:
            plan = self._image.plan(flash, self.board.flash, self.chip.flash.quad_enabled)
        except BootImageError as error:
            self.processor.log.note(f"after a reset: {error}")
            self.processor.reset(cold=False)
            self.processor.exceptions.locked_up = True
            return
        if self._wakes_from:
            self._wake(plan)
        else:
            self._reset(False, cause, plan)

    def _reset(self, cold: bool, cause: int, plan: boot_rom.BootPlan) -> None:
        if not cold:
            self._note_reset(cause)
        self._start_anew(cold, cause, plan)

    def _start_anew(self, cold: bool, cause: int, plan: boot_rom.BootPlan) -> None:
        if self._socket is not None:
            self._socket.module.reset(cold=False)
        self.chip.reset(cold, cause)
        self._carry_out(plan)
        self.plan = plan
        left = self.board.left_pending
        self.processor.start(plan.entry, plan.stack_pointer, plan.vector_table or 0, left)

    def _note_reset(self, cause: int) -> None:
        """MachineError for a firmware that does nothing but start again."""
        names = [name for bit, name in RESET_CAUSES.items() if cause >> bit & 1]
        names = names or [f"SRSR 0x{cause:X}"]
        self.resets.append(Reset(microseconds(self.scheduler.now), " and ".join(names)))
        self._silent_resets += 1
        if self._silent_resets >= SILENT_RESETS:
            first, last = self.resets[-SILENT_RESETS], self.resets[-1]
            every = (last.time_us - first.time_us) / (SILENT_RESETS - 1)
            fault = f"; last fault: {self.faults[-1]}" if self.faults else ""
            raise MachineError(
                f"the firmware restarts every {every:.1f} us without a word on any UART "
                f"({SILENT_RESETS} times, cause {last.cause}){fault}"
            )

    # The core.

    def _met_fault(self, status: int, hard: int, address: int | None) -> None:
        place = "" if address is None else self.place(address)
        now, pc = microseconds(self.scheduler.now), self.processor.core.pc
        block = None if address is None else block_at(address)
        if block is not None and block.name in self.processor.bus.closed:
            number, position = CLOCK_GATES[block.name]
            self.processor.log.note(
                f"{block.name}: access to + 0x{address - block.base:X} at pc 0x{pc:08X} with its "
                f"clock gate closed (CCM_CCGR{number}, CG{position}): a board's bus hangs here",
                f"gate {block.name}",
            )
        lr = self.processor.core.get("LR")
        fault = Fault(now, pc, int(status), int(hard), address, place, lr)
        register = REFUSED.get(int(status))
        if register is not None:
            value = self.processor.scb.value[register]
            self.processor.log.diagnose("core")(f"{fault} (SCB_{register} 0x{value:08X})")
        self.faults.append(fault)

    def place(self, address: int) -> str:
        """What lies at an address, in words."""
        block = block_at(address)
        if block is not None:
            return f"{block.name} + 0x{address - block.base:X}"
        memory = self.processor.memory
        segment = memory.segment_at(address)
        if segment is not None:
            return "flash, which is only read" if segment.view.obj is memory.flash.obj else "memory"
        window = self.blocks["SEMC"].window_at(address)
        if window and not window.startswith("SDRAM (BR0"):
            return f"SEMC, the window of {window}, to which nothing is connected"
        for region, why in (
            (ITCM, "behind what the FlexRAM split gives it"),
            (DTCM, "behind what the FlexRAM split gives it"),
            (OCRAM, "behind what the FlexRAM split gives it"),
            (FLEXSPI2, NOT_SET_UP if self.board.psram else "nothing is connected to it"),
            (FLASH, "behind the end of the board's flash"),
            (SEMC, NOT_SET_UP if self.board.sdram else "the board has no SDRAM"),
        ):
            if region.base <= address < region.end:
                return f"{region.name}, {why}"
        return "nothing is there"

    def _register(self, block: Block, address: int) -> str:
        """A register's name for people, or where it would be."""
        found = block_at(address)
        base = address if found is None else found.base
        name = "an unknown block" if found is None else found.name
        slot = block.by_offset.get(address - base)
        if slot is not None:
            return f"{name} {slot.name}"
        return f"{name} + 0x{address - base:X}, which is not modelled,"

    def core_state(self) -> CoreState:
        """Where the core is now."""
        processor, pc = self.processor, self.processor.core.pc
        if self._off:
            return CoreState("off", pc)
        if processor.halted:
            return CoreState("locked up", pc, processor.halted)
        if processor.exceptions.locked_up:
            return CoreState("locked up", pc, str(self.faults[-1]) if self.faults else "")
        active = processor.exceptions.active
        if active and HARD_FAULT <= active[-1] <= USAGE_FAULT:
            return CoreState("fault", pc, str(self.faults[-1]) if self.faults else "")
        inside = f", in the handler of {name_of(active[-1])}" if active else ""
        if processor.bus.spins:
            block, address, since = processor.bus.spin
            seconds = (self.scheduler.now - since) / TICKS_PER_SECOND
            return CoreState(
                "spinning", pc, f"on {self._register(block, address)} for {seconds:.6f} s{inside}"
            )
        if processor.asleep:
            return CoreState("asleep", pc, self._sleep() + inside)
        return CoreState("running", pc, inside.removeprefix(", "))

    def _sleep(self) -> str:
        """Since when, and what could end it."""
        since = self.processor.slept_at / TICKS_PER_SECOND
        awaited = self.processor.low_power.awaited()
        if not awaited:
            return f"since {since:.6f} s, and no interrupt that could wake it is enabled"
        return f"since {since:.6f} s, for {names_of(awaited)}"

    def _carry_out(self, plan: boot_rom.BootPlan) -> None:
        """The boot ROM's own writes, device configuration data, an image that runs from RAM."""
        self.chip.flash.quad_enabled = plan.quad_enabled
        for remark in plan.remarks:
            self.processor.log.note(remark)
        for command in (*plan.rom, *plan.dcd):
            self.chip.configure(command)
        self.chip.clock_watch.start()
        self.processor.apply_memory_changes()
        if plan.copy is not None:
            self.processor.memory.write(*plan.copy)

    # The board's edges.

    def _printed(self, time: int, line: bytes) -> None:
        self.console.append(ConsoleLine.of(microseconds(time), line))

    @property
    def camera(self) -> Arducam:
        """The camera module; SetupError where the board has none."""
        if self._socket is None:
            raise SetupError(f"{self.board.title} has no camera")
        return self._socket.module

    def _pin(self, pin: Pin | None, what: str) -> Pin:
        if pin is None:
            raise SetupError(f"{self.board.title} has no user {what}")
        return pin

    def states(self) -> States:
        """How long core and camera have been in each state."""
        processor = self.processor
        slept = processor.slept
        core = {
            "run": processor.now - processor.idle_ticks,
            "wfi": slept[RUN],
            "wait": slept[WAIT],
            "stop": slept[STOP],
            "suspend": slept[SUSPEND],
            "snvs": slept[OFF],
            "halted": processor.idle_ticks - sum(slept.values()),
        }
        camera = {} if self._socket is None else self._socket.module.power.times()
        return States(
            {state: microseconds(ticks) for state, ticks in core.items()},
            microseconds(processor.bus.skipped),
            {hz: microseconds(ticks) for hz, ticks in self.chip.core_clock.times().items()},
            {state: microseconds(ticks) for state, ticks in camera.items()},
        )

    @property
    def led(self) -> bool:
        """The user LED is lit."""
        pin = self._pin(self.board.led, "LED")
        return self._level(pin) != pin.idle

    def press_button(self, pressed: bool) -> None:
        """The user button drives its pad away from the idle level."""
        pin = self._pin(self.board.button, "button")
        self.chip.pads[pin.port].set_input(pin.number, pin.idle != pressed)
