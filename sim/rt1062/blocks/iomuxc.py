"""IOMUXC and IOMUXC_SNVS: which function each pad has, its electrical settings, input selects.

Source: RT1060 reference manual, chapter 11 (IOMUX Controller). What of it reaches the GPIOs: which
pads are theirs, and the pulls of the pads.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.chip import pads
from rt1062.registers_old import Field, Register

_MUX, _CTL = "SW_MUX_CTL_PAD_", "SW_PAD_CTL_PAD_"
_MUX_FIELDS = (Field("MUX_MODE", 0, 4), Field("SION", 4))
_CTL_FIELDS = (
    Field("SRE", 0),
    Field("DSE", 3, 3),
    Field("SPEED", 6, 2),
    Field("ODE", 11),
    Field("PKE", 12),
    Field("PUE", 13),
    Field("PUS", 14, 2),
    Field("HYS", 16),
)


_PULL, _PULL_UP = 0x3000, 0xC000  # PKE and PUE both on: a pull; PUS 0: down, else up


def _mux(pad: str, offset: int) -> Register:
    reset = pads.MUX_RESETS.get(pad, pads.MUX_RESET)
    return Register(f"SW_MUX_CTL_PAD_{pad}", offset, _MUX_FIELDS, reset)


def _ctl(pad: str, offset: int, reset: int | None = None) -> Register:
    if reset is None:
        reset = pads.CTL_RESETS.get(pad, pads.CTL_RESET)
    return Register(f"SW_PAD_CTL_PAD_{pad}", offset, _CTL_FIELDS, reset)


# The ROM connects the serial flash: FlexSPI port A on SD_B1_05 (DQS) .. SD_B1_11, with input on.
AFTER_ROM = {f"SW_MUX_CTL_PAD_GPIO_SD_B1_{i:02}": 0x11 for i in range(5, 12)}


class PadControl(Peripheral):
    """What both blocks have in common: `value["SW_MUX_CTL_PAD_" + pad]` and `SW_PAD_CTL_PAD_`.

    `on_change(port)` is called when a pad of a GPIO port may lead elsewhere or pull differently;
    `gpio(port)`, `pulled_up(port)` and `pulled_down(port)` are masks of the port's pins.
    """

    def __init__(self, on_change: Callable[[int], None] = lambda port: None) -> None:
        super().__init__()
        self._on_change: Callable[[int], None] = lambda port: None
        self._gpio, self._up, self._down = (dict.fromkeys(range(1, 6), 0) for _ in range(3))
        self._ports = {pads.GPIO_OF[p][0] for p in pads.GPIO_OF if _MUX + p in self.value}
        self.reset()
        self._on_change = on_change

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        for pad in pads.GPIO_OF:
            if _MUX + pad in self.value:
                self._look_at(pad)
        for port in self._ports:
            self._on_change(port)

    def store(self, register: Register, written: int) -> int:
        value = super().store(register, written)
        pad = register.name.removeprefix(_MUX).removeprefix(_CTL)
        if pad in pads.GPIO_OF:
            self._look_at(pad)
            self._on_change(pads.GPIO_OF[pad][0])
        return value

    def _look_at(self, pad: str) -> None:
        port, pin = pads.GPIO_OF[pad]
        control = self.value[_CTL + pad]
        pulls = control & _PULL == _PULL
        for masks, chosen in (
            (self._gpio, self.value[_MUX + pad] & 0xF == pads.GPIO_MODE),
            (self._up, pulls and control & _PULL_UP),
            (self._down, pulls and not control & _PULL_UP),
        ):
            masks[port] = masks[port] & ~(1 << pin) | bool(chosen) << pin

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
        *(
            Register(f"SELECT_INPUT_{offset:03X}", offset, [Field("DAISY", 0, 3)])
            for offset in (*pads.SELECT_INPUTS, *pads.INTERNAL_SELECT_INPUTS)
        ),
    )

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self.value.update(AFTER_ROM)
        for name in AFTER_ROM:
            self._look_at(name.removeprefix(_MUX))


class IomuxcSnvs(PadControl):
    """The pads of the SNVS domain, GPIO5; WAKEUP is GPIO5 pin 0, the user button of the EVK."""

    REGISTERS = (
        Register("SW_MUX_CTL_PAD_WAKEUP", 0x00, _MUX_FIELDS, 0x5),
        Register("SW_MUX_CTL_PAD_PMIC_ON_REQ", 0x04, _MUX_FIELDS, 0x0),
        Register("SW_MUX_CTL_PAD_PMIC_STBY_REQ", 0x08, _MUX_FIELDS, 0x0),
        _ctl("TEST_MODE", 0x0C, 0x0_30A0),
        _ctl("POR_B", 0x10, 0x1_B0A0),
        _ctl("ONOFF", 0x14, 0x1_B0A0),
        _ctl("WAKEUP", 0x18, 0x1_B0A0),
        _ctl("PMIC_ON_REQ", 0x1C, 0x0_B8A0),
        _ctl("PMIC_STBY_REQ", 0x20, 0x0_A0A0),
    )
