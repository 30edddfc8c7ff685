"""IOMUXC and IOMUXC_SNVS: which function each pad has, its electrical settings, input selects.

Source: RT1060 reference manual, chapter 11 (IOMUX Controller). Storage only: the board says which
pins are wired, and a test may ask how firmware has set them.
"""

from sim.chip import pads
from sim.registers import Field, Peripheral, Register

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


def _mux(pad: str, offset: int) -> Register:
    reset = pads.MUX_RESETS.get(pad, pads.MUX_RESET)
    return Register(f"SW_MUX_CTL_PAD_{pad}", offset, _MUX_FIELDS, reset)


def _ctl(pad: str, offset: int, reset: int | None = None) -> Register:
    if reset is None:
        reset = pads.CTL_RESETS.get(pad, pads.CTL_RESET)
    return Register(f"SW_PAD_CTL_PAD_{pad}", offset, _CTL_FIELDS, reset)


# The ROM connects the serial flash: FlexSPI port A on SD_B1_05 (DQS) .. SD_B1_11, with input on.
AFTER_ROM = {f"SW_MUX_CTL_PAD_GPIO_SD_B1_{i:02}": 0x11 for i in range(5, 12)}


class Iomuxc(Peripheral):
    """`value["SW_MUX_CTL_PAD_" + pad]`, `value["SW_PAD_CTL_PAD_" + pad]`; pads: sim.chip.pads."""

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

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self.value.update(AFTER_ROM)


class IomuxcSnvs(Peripheral):
    """The pads of the SNVS domain; WAKEUP is GPIO5 pin 0, the user button of the EVK."""

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
