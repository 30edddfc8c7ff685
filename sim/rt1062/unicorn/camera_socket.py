"""Where a board has its ArduCAM: SPI and I2C, and a chip select that is a pin or the SPI's own."""

from collections.abc import Callable, Mapping
from functools import partial

from rt1062.boards.board import CameraBus
from rt1062.chip.pads import GPIO_OF
from rt1062.devices.arducam import MAX_SPI_HZ, SPI_MODE, Arducam
from rt1062.devices.ov2640 import Ov2640
from rt1062.scheduler import Scheduler
from rt1062.unicorn.chip import Chip
from rt1062.unicorn.wires import SpiDevice


class CameraSocket:
    """The module and its way to the chip; `connect` once the chip is wired."""

    def __init__(
        self, bus: CameraBus, scheduler: Scheduler, diagnose: Callable[[str], None]
    ) -> None:
        self.bus = bus
        self.sensor = Ov2640(scheduler)
        self.module = Arducam(scheduler, self.sensor, diagnose)
        self.spi_device = SpiDevice(
            lambda pcs, byte: self.module.transfer(byte),
            lambda pcs, data: self.module.transfer_many(data),
            self.module.coming,
            selected=lambda: self.module.selected,
            mode=SPI_MODE,
            max_hz=MAX_SPI_HZ,
        )
        self._by_pcs = False  # the pad of the select is PCS0 of the SPI

    def connect(self, chip: Chip, wires: Mapping[str, str]) -> None:
        """The select's pad to the module, which pulls it up; SCL and SDA where `wires` has them."""
        self._chip = chip
        self._spi = chip.blocks[self.bus.spi]
        pads = chip.pads[self.bus.select.port]
        pads.set_input(self.bus.select.number, self.bus.select.idle)
        pads.on_output(self.bus.select.number, self._select)
        chip.blocks[self.bus.i2c].sda_held = lambda: self.sensor.held_clocks > 0
        scl, sda = (GPIO_OF.get(wires.get(f"{self.bus.i2c}_{line}", "")) for line in ("SCL", "SDA"))
        if scl is not None and sda is not None and self.bus.pull_ups:
            chip.pads[scl[0]].set_input(scl[1], True)
            chip.pads[scl[0]].on_output(scl[1], self.sensor.scl)
            chip.pads[sda[0]].set_input(sda[1], True)
            self.sensor.on_sda = partial(chip.pads[sda[0]].set_input, sda[1])

    def _select(self, level: bool) -> None:
        if self._by_pcs:
            return
        # Bytes whose time is over belong to the selection that ends here.
        self._spi.sync()
        self.module.select(level)

    def _pcs(self, pcs: int, active: bool) -> None:
        if pcs == 0:
            self.module.select(not active)

    def pads_changed(self) -> None:
        """The IOMUXC may have given the select's pad another function."""
        mode = self._chip.mux_mode(self.bus.select.pad)
        by_pcs = self.bus.select_mode is not None and mode == self.bus.select_mode
        if by_pcs != self._by_pcs:
            self._by_pcs = by_pcs
            self._spi.follow_chip_select(self._pcs if by_pcs else None)
            pads = self._chip.pads[self.bus.select.port]
            self.module.select(by_pcs or pads.level(self.bus.select.number))
