"""IOMUXC and IOMUXC_SNVS: which function each pad has, its electrical settings, input selects.

Source: RT1060 reference manual, chapter 11 (IOMUX Controller). What of it reaches the GPIOs: which
pads are theirs, and the pulls of the pads.
"""

from collections.abc import Callable

from rt1062.block import Block
from rt1062.chip import pads
from rt1062.registers import Register, register, rw


class SW_MUX_CTL_PAD(Register):
    """A pad's function."""

    MUX_MODE, SION = rw(0, 4), rw(4)


class SW_PAD_CTL_PAD(Register):
    """A pad's electrical settings."""

    SRE, DSE, SPEED, ODE = rw(0), rw(3, 3), rw(6, 2), rw(11)
    PKE, PUE, PUS, HYS = rw(12), rw(13), rw(14, 2), rw(16)


class Daisy(Register):
    """Which of several pads an input of the chip listens to."""

    DAISY = rw(0, 3)


MUX, CTL = "SW_MUX_CTL_PAD_", "SW_PAD_CTL_PAD_"
PULL = SW_PAD_CTL_PAD.PKE | SW_PAD_CTL_PAD.PUE  # both on: a pull and no keeper


def _mux(pad: str, at: int, reset: int | None = None) -> type[Register]:
    if reset is None:
        reset = pads.MUX_RESETS.get(pad, pads.MUX_RESET)
    return register(MUX + pad, at, SW_MUX_CTL_PAD, reset=reset)


def _ctl(pad: str, at: int, reset: int | None = None) -> type[Register]:
    if reset is None:
        reset = pads.CTL_RESETS.get(pad, pads.CTL_RESET)
    return register(CTL + pad, at, SW_PAD_CTL_PAD, reset=reset)


SELECT_INPUT = register("SELECT_INPUT_", pads.SELECT_INPUT, Daisy, count=pads.SELECT_INPUTS)
SELECT_INPUT_1 = register("SELECT_INPUT_1_", pads.SELECT_INPUT_1, Daisy, count=pads.SELECT_INPUTS_1)
# The ROM connects the serial flash: FlexSPI port A on SD_B1_05 (DQS) .. SD_B1_11, with input on.
AFTER_ROM = tuple(f"GPIO_SD_B1_{i:02}" for i in range(5, 12))
FLEXSPI_WITH_INPUT = SW_MUX_CTL_PAD.SION | SW_MUX_CTL_PAD.MUX_MODE.put(1)


class PadControl(Block):
    """What both blocks have in common: SW_MUX_CTL_PAD_<pad> and SW_PAD_CTL_PAD_<pad>.

    Constructor: `on_change(port)`, called when a pad of a GPIO port may lead elsewhere or pull
    differently. `gpio(port)`, `pulled_up(port)`, `pulled_down(port)` are masks of the port's pins.
    `listeners` are called after any change.
    """

    def __init__(self, on_change: Callable[[int], None]) -> None:
        super().__init__()
        self._on_change: Callable[[int], None] = lambda port: None
        self.listeners: list[Callable[[], None]] = []
        self._gpio, self._up, self._down = (dict.fromkeys(range(1, 6), 0) for _ in range(3))
        self._ports = {pads.GPIO_OF[p][0] for p in pads.GPIO_OF if MUX + p in self.value}
        self.reset()
        self._on_change = on_change

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        for pad in pads.GPIO_OF:
            if MUX + pad in self.value:
                self._look_at(pad)
        for port in self._ports:
            self._on_change(port)
        self._tell()

    def write_sw_mux_ctl_pad(self, register: type[Register], written: int) -> None:
        self.store(register, written)
        self._changed(register.name.removeprefix(MUX))

    def write_sw_pad_ctl_pad(self, register: type[Register], written: int) -> None:
        self.store(register, written)
        self._changed(register.name.removeprefix(CTL))

    def _changed(self, pad: str) -> None:
        if pad in pads.GPIO_OF:
            self._look_at(pad)
            self._on_change(pads.GPIO_OF[pad][0])
        self._tell()

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()

    def _look_at(self, pad: str) -> None:
        port, pin = pads.GPIO_OF[pad]
        control = self.value[CTL + pad]
        pulls = control & PULL == PULL
        up = bool(control & SW_PAD_CTL_PAD.PUS)  # 0: down, else up
        for masks, chosen in (
            (self._gpio, self.mux_mode(pad) == pads.GPIO_MODE),
            (self._up, pulls and up),
            (self._down, pulls and not up),
        ):
            masks[port] = masks[port] & ~(1 << pin) | chosen << pin

    def mux_mode(self, pad: str) -> int:
        """Which function a pad has."""
        return SW_MUX_CTL_PAD.MUX_MODE.get(self.value[MUX + pad])

    def gpio(self, port: int) -> int:
        """Pins of a port whose pads are multiplexed to it."""
        return self._gpio[port]

    def pulled_up(self, port: int) -> int:
        """Pins of a port with a pull-up."""
        return self._up[port]

    def pulled_down(self, port: int) -> int:
        """Pins of a port with a pull-down."""
        return self._down[port]


class Iomuxc(PadControl):
    """The pads of GPIO1 to GPIO4: rt1062.chip.pads."""

    REGISTERS = (
        *(_mux(pad, pads.PADS_MUX + 4 * i) for i, pad in enumerate(pads.PADS)),
        *(_ctl(pad, pads.PADS_CTL + 4 * i) for i, pad in enumerate(pads.PADS)),
        *(_mux(pad, pads.INTERNAL_MUX + 4 * i) for i, pad in enumerate(pads.INTERNAL_PADS)),
        *(_ctl(pad, pads.INTERNAL_CTL + 4 * i) for i, pad in enumerate(pads.INTERNAL_PADS)),
        SELECT_INPUT,
        SELECT_INPUT_1,
    )

    def write_select_input_(self, index: int, written: int) -> None:
        self.store(SELECT_INPUT, written, index)
        self._tell()

    def write_select_input_1_(self, index: int, written: int) -> None:
        self.store(SELECT_INPUT_1, written, index)
        self._tell()

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        for pad in AFTER_ROM:
            self.value[MUX + pad] = FLEXSPI_WITH_INPUT
            self._look_at(pad)
        self._tell()


class IomuxcSnvs(PadControl):
    """The pads of the SNVS domain, GPIO5; WAKEUP is GPIO5 pin 0, the user button of the EVK."""

    REGISTERS = (
        _mux("WAKEUP", 0x00, 0x5),
        _mux("PMIC_ON_REQ", 0x04, 0x0),
        _mux("PMIC_STBY_REQ", 0x08, 0x0),
        _ctl("TEST_MODE", 0x0C, 0x0_30A0),
        _ctl("POR_B", 0x10, 0x1_B0A0),
        _ctl("ONOFF", 0x14, 0x1_B0A0),
        _ctl("WAKEUP", 0x18, 0x1_B0A0),
        _ctl("PMIC_ON_REQ", 0x1C, 0x0_B8A0),
        _ctl("PMIC_STBY_REQ", 0x20, 0x0_A0A0),
    )
