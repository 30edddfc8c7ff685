"""What a board puts around the chip, as data: memory, console, camera, and pins by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rt1062.boards.phy import Phy
from rt1062.chip.block_table import BLOCKS, NVIC_INTERRUPTS
from rt1062.chip.memory_map import Region
from rt1062.chip.pads import GPIO_OF
from rt1062.chip.routes import ROUTES
from rt1062.errors import SetupError


@dataclass(frozen=True)
class Pin:
    """A pad by its GPIO: `Pin(1, 9)` is GPIO1.9. `idle`: its level while nothing drives it."""

    port: int
    number: int
    idle: bool = True

    def __post_init__(self) -> None:
        if (self.port, self.number) not in GPIO_OF.values():
            raise ValueError(f"pin must be on a pad of the chip, not {self}")

    def __str__(self) -> str:
        return f"GPIO{self.port}.{self.number}"

    @property
    def pad(self) -> str:
        """The pad's name in the IOMUXC."""
        return next(pad for pad, place in GPIO_OF.items() if place == (self.port, self.number))


@dataclass(frozen=True)
class CameraBus:
    """Where the ArduCAM module sits: SPI with its select, and I2C for the sensor (SCCB).

    `select_mode`: the MUX_MODE in which the select's pad is PCS0 of that SPI, if there is one.
    `pull_ups`: the module or the board pulls SCL and SDA up.
    """

    spi: str
    i2c: str
    select: Pin
    select_mode: int | None = None
    pull_ups: bool = True

    def __post_init__(self) -> None:
        for name, kind in ((self.spi, "LPSPI"), (self.i2c, "LPI2C")):
            if name not in BLOCKS or not name.startswith(kind):
                raise ValueError(f"camera must be on an {kind} of the chip, not {name!r}")


@dataclass(frozen=True)
class Board:
    """A board. `led` is lit and `button` pressed when the pin is not at its idle level.

    ValueError, from the constructor, for a block or a pad that the chip has not.
    """

    name: str
    title: str
    flash: Region  # in the window of FlexSPI
    flash_part: str
    sdram: Region | None  # there once SEMC is set up
    console: str  # the UART whose lines are the machine's console
    led: Pin | None
    button: Pin | None
    camera: CameraBus | None
    pins: Mapping[str, Pin] = field(default_factory=dict)  # others, by the board's names
    # QE in the flash's status register when power comes on for the first time: parts are sold both
    # ways, and one with 0 answers no read on four pads until it is set.
    quad_enabled: bool = True
    # Which pad the board has connected: signal, as `LPUART1_TX`, to pad, as `GPIO_AD_B0_12`. Any of
    # its pads is good for a signal that is not listed.
    wires: Mapping[str, str] = field(default_factory=dict)
    # Interrupt lines that a boot loader leaves enabled and pending at each reset; PRIMASK is set.
    left_pending: tuple[int, ...] = ()
    phy: Phy | None = None  # on ENET's MDIO
    psram: Region | None = None  # in the window of FlexSPI2, there once that is set up

    def __post_init__(self) -> None:
        if self.console not in BLOCKS or not self.console.startswith("LPUART"):
            raise ValueError(f"console must be an LPUART of the chip, not {self.console!r}")
        for line in self.left_pending:
            if not 0 <= line < NVIC_INTERRUPTS:
                last = NVIC_INTERRUPTS - 1
                raise ValueError(f"left_pending must be lines of the NVIC, 0 to {last}, not {line}")
        for signal, pad in self.wires.items():
            pads = [route.pad for route in ROUTES.get(signal, ())]
            if not pads:
                raise ValueError(f"a wire must be of a signal such as LPUART1_TX, not {signal!r}")
            if pad not in pads:
                raise ValueError(f"{signal} must be on {' or '.join(pads)}, not {pad!r}")

    def find_pin(self, name: str) -> Pin:
        """A pin as "GPIO1.9", by the chip's name of its pad, or by the board's: "LED", "BUTTON",
        "SELECT" (the camera's), one of `pins`. SetupError for what is none."""
        named = {"LED": self.led, "BUTTON": self.button, **self.pins}
        named["SELECT"] = self.camera and self.camera.select
        found = named.get(name) or named.get(name.upper()) or _pin_of_chip(name.upper())
        if found is None:
            known = ", ".join(one for one, pin in named.items() if pin is not None)
            raise SetupError(
                f"a pad must be one of the chip such as GPIO1.9 or GPIO_AD_B0_09, or of "
                f"{self.name} ({known}), not {name!r}"
            )
        return found


def _pin_of_chip(name: str) -> Pin | None:
    port, dot, number = name.removeprefix("GPIO").partition(".")
    place = GPIO_OF.get(name)
    if dot and port.isdecimal() and number.isdecimal():
        place = int(port), int(number)
    return Pin(*place) if place in GPIO_OF.values() else None
