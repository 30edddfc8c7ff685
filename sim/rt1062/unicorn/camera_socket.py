"""Where a board has its ArduCAM: SPI and I2C, and a chip select that is a pin or the SPI's own."""

from collections.abc import Callable

from rt1062.boards.board import CameraBus
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

    def connect(self, chip: Chip) -> None:
        """The select's pad to the module; a pull-up on the camera's board holds it."""
        self._chip = chip
        self._spi = chip.blocks[self.bus.spi]
        pads = chip.pads[self.bus.select.port]
        pads.set_input(self.bus.select.number, self.bus.select.idle)
        pads.on_output(self.bus.select.number, self._select)

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
