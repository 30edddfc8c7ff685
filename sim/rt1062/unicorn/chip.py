"""The chip on the Unicorn core: the RT1062 with all its blocks, wired to each other.

The one place that knows which block has which interrupt, clock and DMA request; each block knows
only what its constructor is given. What lies outside the chip comes from `Surroundings`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from rt1062.block import Block, Line
from rt1062.blocks.adc import Adc
from rt1062.blocks.ccm import CLPCR, Ccm
from rt1062.blocks.ccm_analog import CcmAnalog
from rt1062.blocks.clock_tree import ClockTree
from rt1062.blocks.dcdc import Dcdc
from rt1062.blocks.enet import Enet
from rt1062.blocks.flexspi import FlexSpi
from rt1062.blocks.gpc import Gpc
from rt1062.blocks.gpio import Gpio, Pads, share_line
from rt1062.blocks.gpt import Gpt
from rt1062.blocks.iomuxc import Iomuxc, IomuxcSnvs, PadControl
from rt1062.blocks.iomuxc_gpr import IomuxcGpr, IomuxcSnvsGpr
from rt1062.blocks.lcdif import Lcdif
from rt1062.blocks.lpi2c import Lpi2c, Target
from rt1062.blocks.lpspi import Lpspi
from rt1062.blocks.lpuart import Lpuart
from rt1062.blocks.ocotp import Ocotp
from rt1062.blocks.pit import Pit
from rt1062.blocks.routing import Routing
from rt1062.blocks.rtwdog import Rtwdog
from rt1062.blocks.semc import Semc
from rt1062.blocks.snvs import Snvs
from rt1062.blocks.src import SRSR, Src
from rt1062.blocks.trng import Trng
from rt1062.blocks.usdhc import Usdhc
from rt1062.blocks.wdog import Wdog
from rt1062.boards.board import Board
from rt1062.boot_rom import DcdCommand
from rt1062.chip.block_table import BLOCKS, SLOT
from rt1062.chip.clock_gates import CLOCK_GATES, HANGS_WITHOUT_CLOCK
from rt1062.chip.memory_map import FLASH, FLEXSPI2
from rt1062.chip.pads import GPIO_OF
from rt1062.devices import flash_parts
from rt1062.devices.nor_flash import NorFlash
from rt1062.devices.psram import Psram
from rt1062.ledger import Ledger
from rt1062.unicorn import dma
from rt1062.unicorn.bus import Storage
from rt1062.unicorn.clock_watch import ClockWatch
from rt1062.unicorn.low_power import NAMES, OFF, RUN, STOP
from rt1062.unicorn.processor import Processor
from rt1062.unicorn.wires import NOBODY, I2cWire, SpiDevice, SpiWire, UartWire

PAGE = 1024  # the smallest window that is mapped by itself
# What can do with a clock of 32 kHz, or with none: the others' interrupts do not come in STOP.
WAKES_FROM_STOP = sum(
    1 << number
    for number in {
        number
        for name, block in BLOCKS.items()
        if name.startswith(("GPIO", "SNVS", "WDOG", "RTWDOG", "GPC", "GPT"))
        for number in block.interrupts.values()
    }
)
FAST_PORTS = range(1, 5)  # GPIO6-9 are the fast instances on the pads of GPIO1-4


@dataclass(frozen=True)
class Surroundings:
    """What the board puts around the chip, by the names of the blocks it is connected to.

    `transmit(byte)` for every LPUART, a device for every LPSPI, targets by address for every
    LPI2C; `pads_changed(port)` when the IOMUXC gives pads of a GPIO port another function or pull;
    `power_off()` when SNVS has the supply taken away, `power_on()` when its alarm wants it back.
    """

    transmit: Mapping[str, Callable[[int], None]]
    spi: Mapping[str, SpiDevice]
    i2c: Mapping[str, Mapping[int, Target]]
    pads_changed: Callable[[int], None]
    power_off: Callable[[], None]
    power_on: Callable[[], None]


class Chip:
    """The RT1062; `processor` runs it. `on_reset(cause)` is told of every reset that a block asks
    for (bits of SRC_SRSR)."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self.processor = Processor(
            lambda: self.clocks.hz("core") or 1, board.flash, board.sdram, board.psram
        )
        self.scheduler = self.processor.scheduler
        self.blocks: dict[str, Block] = {}
        self._without_clock: frozenset[str] = frozenset()
        self._mode = RUN  # or the low-power mode that the core sleeps in
        self.on_reset: Callable[[int], None] = lambda cause: None

    def wire(self, around: Surroundings) -> None:
        """Build the blocks and put them on the bus."""
        self._around = around
        self._build_clocks()
        self._build_gpio()
        self._build_serial()
        self._build_timers()
        self._build_rest()
        self._build_dma()
        self._attach()

    def _add(self, name: str, block: Block) -> None:
        """A block of the chip; KeyError for a name that the chip has not."""
        self.blocks[BLOCKS[name].name] = block

    def _line(self, block: str, name: str = "") -> Line:
        interrupts = BLOCKS[block].interrupts
        return self.processor.nvic.line(interrupts[name] if name else BLOCKS[block].interrupt)

    def _build_clocks(self) -> None:
        ccm = Ccm(self.scheduler, self._line("CCM", "CCM_1"), self._line("CCM", "CCM_2"))
        analog = CcmAnalog(self.scheduler)
        self.clocks = ClockTree(ccm, analog)
        self.clocks.listeners += [self.processor.dwt.settle, self.processor.systick.clock_changed]
        self.ccm = ccm
        processor = self.processor
        self.core_clock = Ledger(
            lambda: processor.now - processor.idle_ticks, self.clocks.hz("core")
        )
        self.clocks.listeners.append(lambda: self.core_clock.enter(self.clocks.hz("core")))
        ccm.gate_listeners.append(self._gates_changed)
        self.gpc = Gpc()
        self.processor.low_power.mode = lambda: CLPCR.LPM.get(ccm.value["CLPCR"])
        self.processor.low_power.sources = self._wake_sources
        self.processor.low_power.changed = self._mode_changed
        self.processor.low_power.gates_core = lambda: self.gpc.gates_core
        self._add("CCM", ccm)
        self._add("CCM_ANALOG", analog)
        dcdc = Dcdc(self.scheduler)
        self._add("DCDC", dcdc)
        self.clock_watch = ClockWatch(self.clocks, dcdc, self.processor)
        for listeners in (self.clocks.listeners, ccm.gate_listeners, dcdc.listeners):
            listeners.append(self.clock_watch.judge)

    def _wake_sources(self, mode: int) -> int:
        """The interrupts that wake the core from a low-power mode, a bit each."""
        return self.gpc.unmasked & (WAKES_FROM_STOP if mode == STOP else -1)

    def _gates_changed(self) -> None:
        """A block whose clock gate is closed does not answer."""
        closed = frozenset(
            name for name in HANGS_WITHOUT_CLOCK & self.blocks.keys() if not self.ccm.gate(name)
        )
        if closed != self._without_clock:
            self._without_clock = closed
            self.processor.set_closed(closed)
        self._follow_clocks()

    def _mode_changed(self, mode: int) -> None:
        """The core goes to sleep in a low-power mode, or wakes (RUN)."""
        self.processor.bus.settle()
        self._mode = mode
        self._follow_clocks()

    def _follow_clocks(self) -> None:
        """Stop and start blocks as their gates and the mode say."""
        for name in filter(self.blocks.__contains__, CLOCK_GATES):
            block, gate = self.blocks[name], self.ccm.gate(name)
            runs = bool(gate) if self._mode == RUN else block.runs_asleep(gate, self._mode == STOP)
            if runs and not block.clocked:
                block.start_clock()
            elif block.clocked and not runs:
                work = block.stop_clock()
                if work and self._mode != RUN:
                    self._tell_stopped(name, gate, work)

    def _tell_stopped(self, name: str, gate: int, work: str) -> None:
        number, position = CLOCK_GATES[name]
        self.blocks[name].diagnose(
            f"its clock stops in {NAMES[self._mode]} mode (CCM_CLPCR.LPM {self._mode}, "
            f"CCM_CCGR{number}.CG{position} {gate}) while it {work}"
        )

    def _build_serial(self) -> None:
        uart_clock, spi_clock, i2c_clock = map(
            self.clock_watch.in_use, ("lpuart", "lpspi", "lpi2c")
        )
        board = self._board
        self.routing = Routing(self.iomuxc, board.wires)
        self.uart_wires: dict[str, UartWire] = {}
        for name in instances("LPUART"):
            transmit = self._around.transmit[name]
            uart = Lpuart(self.scheduler, uart_clock, self._line(name), transmit)
            self._add(name, uart)
            self.uart_wires[name] = UartWire(name, uart, self.routing)
        for name in instances("LPSPI"):
            device = self._around.spi[name]
            spi = Lpspi(self.scheduler, spi_clock, self._line(name), device.transfer)
            self._add(name, spi)
            if device is not NOBODY:
                SpiWire(name, spi, self.routing, device)
        for name in instances("LPI2C"):
            i2c = Lpi2c(self.scheduler, i2c_clock, self._line(name), self._around.i2c[name])
            self._add(name, i2c)
            I2cWire(name, i2c, self.routing, board.camera is None or board.camera.pull_ups)

    def _build_gpio(self) -> None:
        self.iomuxc = Iomuxc(self._around.pads_changed)
        self.iomuxc_snvs = IomuxcSnvs(self._around.pads_changed)
        self.pads = {
            number: Pads(
                partial(self._pad_control(number).pulled_up, number),
                partial(self._pad_control(number).pulled_down, number),
            )
            for number in range(1, 6)
        }
        self.gpr = IomuxcGpr(
            self._line("IOMUXC_GPR"),
            on_flexram=self.processor.set_flexram,
            on_gpio_select=lambda port, mask: self.pads[port].update(),
        )
        self._add("IOMUXC_GPR", self.gpr)
        fast = share_line(self._line("GPIO6"), 8)
        for number, pads in self.pads.items():
            name = f"GPIO{number}"
            lines = [self._line(name, f"{name}_COMBINED_{pins}") for pins in ("0_15", "16_31")]
            if number == 1:
                lines += [self._line(name, f"GPIO1_INT{i}") for i in range(8)]
            if number not in FAST_PORTS:
                to_slow = partial(self.iomuxc_snvs.gpio, number)
                self._add(name, Gpio(*lines, pads=pads, connected=to_slow))
                continue
            to_slow = partial(self._pads_of, number, False)
            self._add(name, Gpio(*lines, pads=pads, connected=to_slow))
            to_fast = partial(self._pads_of, number, True)
            lines = fast[2 * number - 2 : 2 * number]
            self._add(f"GPIO{number + 5}", Gpio(*lines, pads=pads, connected=to_fast))

    def _pads_of(self, port: int, fast: bool) -> int:
        """Mask of the pads that lead to the fast or to the slow of two instances."""
        to_fast = self.gpr.fast_pins(port)
        return (to_fast if fast else ~to_fast) & self.iomuxc.gpio(port)

    def mux_mode(self, pad: str) -> int:
        """Which function a pad of a GPIO has: MUX_MODE of its IOMUXC_SW_MUX_CTL_PAD register."""
        return self._pad_control(GPIO_OF[pad][0]).mux_mode(pad)

    def _pad_control(self, port: int) -> PadControl:
        return self.iomuxc if port in FAST_PORTS else self.iomuxc_snvs

    def _build_timers(self) -> None:
        for number in (1, 2):
            name = f"GPT{number}"
            self._add(name, Gpt(self.scheduler, self.clocks, self._line(name)))
            name = f"WDOG{number}"
            bite = partial(self._request_reset, SRSR.WDOG_RST_B)
            self._add(name, Wdog(self.scheduler, self._line(name), bite))
        self._add("PIT", Pit(self.scheduler, self.clocks, self._line("PIT")))
        bite = partial(self._request_reset, SRSR.WDOG3_RST_B)
        self._add("RTWDOG", Rtwdog(self.scheduler, self.clocks, self._line("RTWDOG"), bite))

    def _build_rest(self) -> None:
        self.src = Src(self._request_reset)
        memory = self.processor.memory
        self.flash = NorFlash(
            self.scheduler,
            memory.flash,
            on_changed=self._flash_changed,
            unmodelled=self.processor.log.note,
            part=flash_parts.find(self._board.flash_part, self._board.flash.size),
        )
        self.psram = self._psram()
        clock, ipg = self.clocks.source("flexspi"), self.clocks.source("ipg")
        for name, block in {
            "GPC": self.gpc,
            "SRC": self.src,
            "SNVS": Snvs(
                self.scheduler,
                self._line("SNVS", "SNVS_HP_WRAPPER"),
                self._line("SNVS", "SNVS_LP_WRAPPER"),
                self._around.power_off,
                self._around.power_on,
            ),
            "OCOTP": Ocotp(),
            "ADC1": Adc(self.scheduler, ipg, self._line("ADC1"), no_voltage),
            "ADC2": Adc(self.scheduler, ipg, self._line("ADC2"), no_voltage),
            "LCDIF": Lcdif(self.scheduler, self._line("LCDIF")),
            "SEMC": Semc(self._line("SEMC"), partial(self.processor.set_external, "sdram")),
            "ENET": Enet(self.scheduler, ipg, self._line("ENET", "ENET"), self._board.phy),
            "ENET2": Enet(self.scheduler, ipg, self._line("ENET2", "ENET2"), None),
            **{
                f"USDHC{i}": Usdhc(
                    self.scheduler, self.clocks.source(f"usdhc{i}"), self._line(f"USDHC{i}")
                )
                for i in (1, 2)
            },
            "TRNG": Trng(self.scheduler, ipg, self._line("TRNG")),
            "IOMUXC": self.iomuxc,
            "IOMUXC_SNVS": self.iomuxc_snvs,
            "IOMUXC_SNVS_GPR": IomuxcSnvsGpr(),
            "FLEXSPI": FlexSpi(self.scheduler, clock, self._line("FLEXSPI"), self.flash),
            "FLEXSPI2": FlexSpi(
                self.scheduler,
                self.clocks.source("flexspi2"),
                self._line("FLEXSPI2"),
                self.psram,
                partial(self.processor.set_external, "psram", FLEXSPI2.base),
            ),
        }.items():
            self._add(name, block)

    def _psram(self) -> Psram | None:
        """The board's PSRAM on FlexSPI2."""
        region, memory = self._board.psram, self.processor.memory
        return region and Psram(region.size, memory.read_psram, memory.write_psram)

    def _flash_changed(self, start: int, length: int) -> None:
        """An erase or a program has begun: until its end the flash answers no fetch."""
        base = self._board.flash.base
        self.processor.core.drop_translations(base + start, base + start + length)
        pc = self.processor.core.last_block[0]
        if FLASH.base <= pc < FLASH.end:
            self.processor.log.note(
                f"FLEXSPI: erase or program of 0x{base + start:08X} by code in the flash, at pc "
                f"0x{pc:08X}: a board reads no code until it is done",
                "flash changed by code in it",
            )

    def _build_dma(self) -> None:
        engine, mux = dma.build(
            self.scheduler,
            self.processor.memory,
            self.blocks,
            self._line,
            self.clocks.source("ipg"),
        )
        self._add("DMA", engine)
        self._add("DMAMUX", mux)

    def _attach(self) -> None:
        """Put each block on the bus; those of the chip that are not modelled read zero."""
        for block in BLOCKS.values():
            model = self.blocks.get(block.name) or Storage()
            if block.size >= PAGE:
                self.processor.bus.attach(block.name, block.base, model, block.size)
            elif block.base % SLOT == 0:  # several small ones in one slot: the log tells them apart
                self.processor.bus.attach(block.name, block.base, model, SLOT)

    # Reset.

    def _request_reset(self, cause: int) -> None:
        if not self.src.masked(cause):
            self.on_reset(cause)
            self.processor.request_reset()

    def reset(self, cold: bool, cause: int) -> None:
        """Every block and the core; `cause` is what SRC_SRSR then shows."""
        self._reset_blocks(cold)
        self.src.caused(cause)
        self.processor.reset(cold)
        self.processor.apply_memory_changes()

    def stop(self) -> None:
        """Every block to its reset state and the core to none: nothing runs until `reset`."""
        self._reset_blocks(cold=False)
        self.processor.reset(cold=False)
        self.processor.exceptions.locked_up = True
        self.processor.low_power.kind = OFF

    def _reset_blocks(self, cold: bool) -> None:
        self.processor.bus.settle()
        self.clock_watch.suspend()
        self._mode = RUN
        for block in self.blocks.values():
            block.reset(cold)

    def configure(self, command: DcdCommand) -> None:
        """One write of the boot ROM."""
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


def instances(name: str) -> list[str]:
    """The chip's instances of a block: LPUART1, LPUART2, ..."""
    return [one for one in BLOCKS if one.rstrip("0123456789") == name]


def no_voltage(channel: int) -> float:
    """Inputs of the converters: nothing is connected to them."""
    return 0.0
