"""MIMXRT1060-EVK: the RT1062 with all its blocks, wired to console, camera, LED, button and flash.

MIMXRT1060-EVK schematic by way of the boards' public pin tables (hardware facts of design). The
one place where chip and board meet; each block knows only what its constructor is given.
"""

from collections.abc import Callable
from functools import partial

from rt1062 import boot_rom
from rt1062.block import Peripheral
from rt1062.blocks import src as reset_causes
from rt1062.blocks.adc import Adc
from rt1062.blocks.ccm import Ccm
from rt1062.blocks.ccm_analog import CcmAnalog
from rt1062.blocks.clock_tree import ClockTree
from rt1062.blocks.dcdc import Dcdc
from rt1062.blocks.flexspi import FlexSpi
from rt1062.blocks.gpc import Gpc
from rt1062.blocks.gpio import Gpio, Pads, share_line
from rt1062.blocks.gpt import Gpt
from rt1062.blocks.iomuxc import Iomuxc, IomuxcSnvs, PadControl
from rt1062.blocks.iomuxc_gpr import IomuxcGpr, IomuxcSnvsGpr
from rt1062.blocks.lcdif import Lcdif
from rt1062.blocks.lpi2c import Lpi2c
from rt1062.blocks.lpspi import Lpspi
from rt1062.blocks.lpuart import Lpuart
from rt1062.blocks.ocotp import Ocotp
from rt1062.blocks.pit import Pit
from rt1062.blocks.rtwdog import Rtwdog
from rt1062.blocks.semc import Semc
from rt1062.blocks.snvs import Snvs
from rt1062.blocks.src import Src
from rt1062.blocks.trng import Trng
from rt1062.blocks.wdog import Wdog
from rt1062.chip.block_table import BLOCKS
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.chip.memory_map import FLASH
from rt1062.devices.arducam import Arducam
from rt1062.devices.nor_flash import NorFlash
from rt1062.devices.ov2640 import Ov2640
from rt1062.devices.terminal import Terminal
from rt1062.errors import BootImageError
from rt1062.machine import ConsoleLine
from rt1062.unicorn import dma
from rt1062.unicorn.bus import Storage
from rt1062.unicorn.processor import Processor

LED_PIN = 9  # GPIO1, lit when low
BUTTON_PIN = 0  # GPIO5, low when pressed
CAMERA_SELECT_PIN = 13  # GPIO3
CAMERA_SELECT_MUX, LPSPI_PCS_MODE = "SW_MUX_CTL_PAD_GPIO_SD_B0_01", 4
FAST_PORTS = range(1, 5)  # GPIO6-9 are the fast instances on the pads of GPIO1-4


class Board:
    """Everything on the EVK that the bench models; `power_on` with an image to start it."""

    def __init__(self) -> None:
        self.processor = Processor(lambda: self.clocks.hz("core"))
        self.scheduler = self.processor.scheduler
        self.blocks: dict[str, Peripheral] = {}
        self.plan: boot_rom.BootPlan | None = None
        self.console: list[ConsoleLine] = []  # complete lines of LPUART1
        self._cause = 0
        self._camera_by_pcs = False
        self._build_clocks()
        self._build_serial()
        self._build_gpio()
        self._build_timers()
        self._build_rest()
        self._build_dma()
        self._attach()
        self.processor.on_reset_request = self._reset_now

    def _line(self, block: str, name: str = "") -> Callable[[bool], None]:
        interrupts = BLOCKS[block].interrupts
        return self.processor.nvic.line(interrupts[name] if name else BLOCKS[block].interrupt)

    # Building.

    def _build_clocks(self) -> None:
        ccm = Ccm(self.scheduler, irq=self._line("CCM", "CCM_1"), irq2=self._line("CCM", "CCM_2"))
        analog = CcmAnalog(self.scheduler)
        self.clocks = ClockTree(ccm, analog)
        self.clocks.listeners += [self.processor.dwt.settle, self.processor.systick.clock_changed]
        self.blocks |= {"CCM": ccm, "CCM_ANALOG": analog, "DCDC": Dcdc(self.scheduler)}

    def _build_serial(self) -> None:
        uart_clock, spi_clock, i2c_clock = map(self.clocks.source, ("lpuart", "lpspi", "lpi2c"))
        self.terminals = [Terminal(self.scheduler) for _ in range(8)]
        for number, terminal in enumerate(self.terminals, 1):
            name = f"LPUART{number}"
            uart = Lpuart(self.scheduler, uart_clock, self._line(name), terminal.transmit)
            terminal.receive = uart.receive
            terminal.byte_ticks = partial(getattr, uart, "byte_ticks")
            self.blocks[name] = uart
        self.terminal = self.terminals[0]
        self.terminal.on_line = self._printed
        self.sensor = Ov2640()
        self.camera = Arducam(self.scheduler, self.sensor)
        for number in range(1, 5):
            name = f"LPSPI{number}"
            # MISO of a bus without a device is pulled up.
            transfer, many = lambda pcs, byte: 0xFF, None
            if number == 1:
                transfer, many = self._camera_transfer, self._camera_transfer_many
            irq = self._line(name)
            spi = Lpspi(self.scheduler, spi_clock, irq, transfer, transfer_many=many)
            self.blocks[name] = spi
            if number == 1:
                self.camera_bus = spi
            name = f"LPI2C{number}"
            targets = {self.sensor.address: self.sensor} if number == 1 else {}
            self.blocks[name] = Lpi2c(self.scheduler, i2c_clock, self._line(name), targets)

    def _camera_transfer(self, pcs: int, byte: int) -> int:
        return self.camera.transfer(byte)

    def _camera_transfer_many(self, pcs: int, data: list[int]) -> list[int]:
        return self.camera.transfer_many(data)

    def _camera_select(self, level: bool) -> None:
        if self._camera_by_pcs:
            return
        # Bytes whose time is over belong to the selection that ends here.
        self.camera_bus.sync()
        self.camera.select(level)

    def _camera_pcs(self, pcs: int, active: bool) -> None:
        """The pad of the camera's chip select is LPSPI1_PCS0 as well."""
        if pcs == 0:
            self.camera.select(not active)

    def _pads_changed(self, port: int) -> None:
        self.pads[port].update()
        by_pcs = self.iomuxc.value[CAMERA_SELECT_MUX] & 0xF == LPSPI_PCS_MODE
        if by_pcs != self._camera_by_pcs:
            self._camera_by_pcs = by_pcs
            self.camera_bus.follow_chip_select(self._camera_pcs if by_pcs else None)
            self.camera.select(by_pcs or self.pads[3].level(CAMERA_SELECT_PIN))

    def _build_gpio(self) -> None:
        self.iomuxc = Iomuxc(self._pads_changed)
        self.iomuxc_snvs = IomuxcSnvs(self._pads_changed)
        self.pads = {
            number: Pads(
                partial(self._pad_control(number).pulled_up, number),
                partial(self._pad_control(number).pulled_down, number),
            )
            for number in range(1, 6)
        }
        self.gpr = IomuxcGpr(
            on_flexram=self.processor.set_flexram,
            on_gpio_select=lambda port, mask: self.pads[port].update(),
            irq=self._line("IOMUXC_GPR"),
        )
        self.blocks["IOMUXC_GPR"] = self.gpr
        fast = share_line(self._line("GPIO6"), 8)
        for number, pads in self.pads.items():
            name = f"GPIO{number}"
            low = self._line(name, f"{name}_COMBINED_0_15")
            high = self._line(name, f"{name}_COMBINED_16_31")
            single = [self._line("GPIO1", f"GPIO1_INT{i}") for i in range(8)] if number == 1 else []
            if number not in FAST_PORTS:
                self.blocks[name] = Gpio(low, high, pads, partial(self.iomuxc_snvs.gpio, number))
                continue
            to_slow = partial(self._pads_of, number, False)
            self.blocks[name] = Gpio(low, high, pads, to_slow, single)
            to_fast = partial(self._pads_of, number, True)
            lines = fast[2 * number - 2 : 2 * number]
            self.blocks[f"GPIO{number + 5}"] = Gpio(*lines, pads, to_fast)
        self.pads[3].set_input(CAMERA_SELECT_PIN, True)  # a pull-up on the camera's board
        self.pads[3].on_output(CAMERA_SELECT_PIN, self._camera_select)
        self.pads[5].set_input(BUTTON_PIN, True)
        self.pads[1].set_input(LED_PIN, True)

    def _pads_of(self, port: int, fast: bool) -> int:
        """Mask of the pads that lead to the fast or to the slow of two instances."""
        to_fast = self.gpr.value[f"GPIO_SELECT{port}"]
        return (to_fast if fast else ~to_fast) & self.iomuxc.gpio(port)

    def _pad_control(self, port: int) -> PadControl:
        return self.iomuxc if port in FAST_PORTS else self.iomuxc_snvs

    def _build_timers(self) -> None:
        for number in (1, 2):
            name = f"GPT{number}"
            self.blocks[name] = Gpt(self.scheduler, self.clocks, self._line(name))
            name = f"WDOG{number}"
            self.blocks[name] = Wdog(
                self.scheduler,
                self._line(name),
                lambda: self._request_reset(reset_causes.WDOG_RST_B),
            )
        self.blocks["PIT"] = Pit(self.scheduler, self.clocks, self._line("PIT"))
        self.blocks["RTWDOG"] = Rtwdog(
            self.scheduler,
            self.clocks,
            self._line("RTWDOG"),
            lambda: self._request_reset(reset_causes.WDOG3_RST_B),
        )

    def _build_rest(self) -> None:
        self.src = Src(self._request_reset)
        memory = self.processor.memory
        self.flash = NorFlash(
            self.scheduler,
            memory.flash,
            on_changed=lambda start, length: self.processor.core.drop_translations(
                FLASH.base + start, FLASH.base + start + length
            ),
            unmodelled=self.processor.log.note,
        )
        clock = self.clocks.source("flexspi")
        self.blocks |= {
            "GPC": Gpc(),
            "SRC": self.src,
            "SNVS": Snvs(
                self.scheduler,
                self._line("SNVS", "SNVS_HP_WRAPPER"),
                self._line("SNVS", "SNVS_LP_WRAPPER"),
            ),
            "OCOTP": Ocotp(),
            "ADC1": Adc(self.scheduler, self.clocks.source("ipg"), self._line("ADC1")),
            "ADC2": Adc(self.scheduler, self.clocks.source("ipg"), self._line("ADC2")),
            "LCDIF": Lcdif(self.scheduler, self._line("LCDIF")),
            "SEMC": Semc(self.processor.set_sdram, self._line("SEMC")),
            "TRNG": Trng(self.scheduler, self._line("TRNG")),
            "IOMUXC": self.iomuxc,
            "IOMUXC_SNVS": self.iomuxc_snvs,
            "IOMUXC_SNVS_GPR": IomuxcSnvsGpr(),
            "FLEXSPI": FlexSpi(self.scheduler, clock, self._line("FLEXSPI"), self.flash),
            "FLEXSPI2": FlexSpi(self.scheduler, clock, self._line("FLEXSPI2"), None),
        }

    def _build_dma(self) -> None:
        engine, mux = dma.build(
            self.scheduler,
            self.processor.memory,
            self.blocks,
            self._line,
            self.clocks.source("ipg"),
        )
        self.blocks |= {"DMA": engine, "DMAMUX": mux}

    def _attach(self) -> None:
        """Put each block on the bus; those of the chip that are not modelled read zero."""
        for block in BLOCKS.values():
            if block.base >= 0xE000_0000 or block.size % 1024:
                continue
            model = self.blocks.get(block.name) or Storage()
            self.processor.bus.attach(block.name, block.base, model, block.size)

    # Power and reset.

    def power_on(self, image: bytes) -> None:
        """Put the image into the flash and start it; BootImageError if the boot ROM refuses it."""
        plan = boot_rom.load(image)
        flash = self.processor.memory.flash
        flash[:] = image.ljust(len(flash), b"\xff")
        self.processor.memory.clear_ram()
        self.flash.power_on()
        self.camera.reset(cold=True)
        self.terminal.reset(cold=True)
        self.console.clear()
        self._reset(True, reset_causes.IPP_RESET_B, plan)

    def reset_pin(self) -> None:
        """The reset button (POR_B on the EVK does the same to the chip as power, bar RAM)."""
        self._cause = reset_causes.IPP_USER_RESET_B
        self._reset_now()

    def _request_reset(self, cause: int) -> None:
        if self.src.masked(cause):
            return
        self._cause |= cause
        self.processor.request_reset()

    def _reset_now(self) -> None:
        # SYSRESETREQ comes from the core and names no cause.
        cause = self._cause or reset_causes.LOCKUP_SYSRESETREQ
        self._cause = 0
        flash = bytes(self.processor.memory.flash)
        try:
            plan = boot_rom.load(flash)
        except BootImageError as error:
            self.processor.log.note(f"after a reset: {error}")
            self.processor.reset(cold=False)
            self.processor.exceptions.locked_up = True
            return
        self._reset(False, cause, plan)

    def _reset(self, cold: bool, cause: int, plan: boot_rom.BootPlan) -> None:
        self.processor.bus.settle()
        for block in self.blocks.values():
            block.reset(cold)
        self.camera.reset(cold=False)
        self.src.caused(cause)
        self.processor.reset(cold)
        self.processor.apply_memory_changes()
        self._carry_out(plan)
        self.plan = plan
        self.processor.start(plan.entry, plan.stack_pointer, plan.vector_table or 0)

    def _carry_out(self, plan: boot_rom.BootPlan) -> None:
        """The boot ROM's own writes, device configuration data, an image that runs from RAM."""
        for command in (*plan.rom, *plan.dcd):
            self._configure(command)
        self.processor.apply_memory_changes()
        if plan.copy is not None:
            self.processor.memory.write(*plan.copy)

    def _configure(self, command: boot_rom.DcdCommand) -> None:
        if command.operation.startswith("check"):
            return  # what it waits for is ready at once in every model
        for block in BLOCKS.values():
            offset = command.address - block.base
            if not 0 <= offset < block.size or block.name not in self.blocks:
                continue
            model = self.blocks[block.name]
            old = model.read(offset, command.width)
            changed = {"set": old | command.value, "clear": old & ~command.value}
            model.write(offset, command.width, changed.get(command.operation, command.value))

    # The board's edges.

    def _printed(self, time: int, text: str) -> None:
        self.console.append(ConsoleLine(round(time / TICKS_PER_MICROSECOND, 3), text))

    @property
    def led(self) -> bool:
        """The user LED is lit: its pad is low."""
        return not self.pads[1].level(LED_PIN)

    def press_button(self, pressed: bool) -> None:
        """SW8 pulls its pad low."""
        self.pads[5].set_input(BUTTON_PIN, not pressed)
