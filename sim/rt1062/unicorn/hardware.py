"""A board on the Unicorn core: the chip, and the devices that the board's data puts around it."""

from functools import partial

from rt1062 import boot_rom
from rt1062.blocks.src import SRSR
from rt1062.boards.board import Board, Pin
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.devices.arducam import Arducam
from rt1062.devices.ov2640 import Ov2640
from rt1062.devices.terminal import Terminal
from rt1062.errors import BootImageError
from rt1062.machine import ConsoleLine
from rt1062.unicorn.chip import NOBODY, Chip, SpiDevice, Surroundings, instances


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
        self._cause = 0
        self._off = False
        self._camera_by_pcs = False
        self.terminals = {name: Terminal(self.scheduler) for name in instances("LPUART")}
        self.terminal = self.terminals[board.console]
        self.terminal.on_line = self._printed
        self.sensor = Ov2640()
        self.camera = Arducam(self.scheduler, self.sensor)
        self.chip.wire(self._surroundings())
        self._connect()
        self.chip.on_reset = self._note_cause
        self.processor.on_reset_request = self._reset_now

    def _surroundings(self) -> Surroundings:
        camera = self.board.camera
        spi = dict.fromkeys(instances("LPSPI"), NOBODY)
        spi[camera.spi] = SpiDevice(
            lambda pcs, byte: self.camera.transfer(byte),
            lambda pcs, data: self.camera.transfer_many(data),
        )
        i2c = {name: {} for name in instances("LPI2C")}
        i2c[camera.i2c] = {self.sensor.address: self.sensor}
        return Surroundings(
            transmit={name: terminal.transmit for name, terminal in self.terminals.items()},
            spi=spi,
            i2c=i2c,
            pads_changed=self._pads_changed,
            power_off=self._power_off,
        )

    def _connect(self) -> None:
        """Terminals, camera select, LED and button to the chip's pins."""
        for name, terminal in self.terminals.items():
            uart = self.blocks[name]
            terminal.receive = uart.receive
            terminal.byte_ticks = partial(getattr, uart, "byte_ticks")
        self.camera_bus = self.blocks[self.board.camera.spi]
        pads = self.chip.pads
        for pin in (self.board.camera.select, self.board.button, self.board.led):
            pads[pin.port].set_input(pin.number, pin.idle)
        select = self.board.camera.select
        pads[select.port].on_output(select.number, self._camera_select)

    # The camera's chip select: a pin, or the SPI's own.

    def _camera_select(self, level: bool) -> None:
        if self._camera_by_pcs:
            return
        # Bytes whose time is over belong to the selection that ends here.
        self.camera_bus.sync()
        self.camera.select(level)

    def _camera_pcs(self, pcs: int, active: bool) -> None:
        """The pad of the camera's chip select is PCS0 as well."""
        if pcs == 0:
            self.camera.select(not active)

    def _pads_changed(self, port: int) -> None:
        self.chip.pads[port].update()
        camera = self.board.camera
        mode = self.chip.mux_mode(camera.select.pad)
        by_pcs = camera.select_mode is not None and mode == camera.select_mode
        if by_pcs != self._camera_by_pcs:
            self._camera_by_pcs = by_pcs
            self.camera_bus.follow_chip_select(self._camera_pcs if by_pcs else None)
            self.camera.select(by_pcs or self._level(camera.select))

    def _level(self, pin: Pin) -> bool:
        return self.chip.pads[pin.port].level(pin.number)

    # Power and reset.

    def power_on(self, image: bytes) -> None:
        """Put the image into the flash and start it; BootImageError if the boot ROM refuses it."""
        plan = boot_rom.load(image, self.board.flash)
        flash = self.processor.memory.flash
        flash[:] = image.ljust(len(flash), b"\xff")
        self.processor.memory.clear_ram()
        self.chip.flash.power_on()
        self.camera.reset(cold=True)
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

        What would bring it back on a real board, the ON/OFF button or an alarm of SNVS, is not
        modelled: only `power_on` does.
        """
        self.processor.log.note("SNVS: LPCR.TOP switched the board off until power on")
        self._off = True
        self.processor.request_reset()

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
            plan = boot_rom.load(flash, self.board.flash)
        except BootImageError as error:
            self.processor.log.note(f"after a reset: {error}")
            self.processor.reset(cold=False)
            self.processor.exceptions.locked_up = True
            return
        self._reset(False, cause, plan)

    def _reset(self, cold: bool, cause: int, plan: boot_rom.BootPlan) -> None:
        self.camera.reset(cold=False)
        self.chip.reset(cold, cause)
        self._carry_out(plan)
        self.plan = plan
        self.processor.start(plan.entry, plan.stack_pointer, plan.vector_table or 0)

    def _carry_out(self, plan: boot_rom.BootPlan) -> None:
        """The boot ROM's own writes, device configuration data, an image that runs from RAM."""
        for command in (*plan.rom, *plan.dcd):
            self.chip.configure(command)
        self.processor.apply_memory_changes()
        if plan.copy is not None:
            self.processor.memory.write(*plan.copy)

    # The board's edges.

    def _printed(self, time: int, text: str) -> None:
        self.console.append(ConsoleLine(round(time / TICKS_PER_MICROSECOND, 3), text))

    @property
    def led(self) -> bool:
        """The user LED is lit."""
        return self._level(self.board.led) != self.board.led.idle

    def press_button(self, pressed: bool) -> None:
        """The user button drives its pad away from the idle level."""
        pin = self.board.button
        self.chip.pads[pin.port].set_input(pin.number, pin.idle != pressed)
