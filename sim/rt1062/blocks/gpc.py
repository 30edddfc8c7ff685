"""GPC: which interrupts wake the chip from low-power modes, and power gating (PGC). Storage only.

Source: RT1060 reference manual, chapter General Power Controller.
"""

from rt1062.block import Peripheral
from rt1062.registers_old import W1C, Field, R, Register, register_array


class Gpc(Peripheral):
    """The bench enters no low-power mode, so nothing is masked and nothing is gated."""

    REGISTERS = (
        Register("CNTR", 0x000, reset=0x0052_0000),
        *register_array("IMR", 0x008, 4, first=1),
        *register_array("ISR", 0x018, 4, first=1, access=R),
        Register("IMR5", 0x034),
        Register("ISR5", 0x038, access=R),
        Register("MEGA_CTRL", 0x220),
        Register("MEGA_PUPSCR", 0x224, reset=0x0000_0F01),
        Register("MEGA_PDNSCR", 0x228, reset=0x0000_0101),
        Register("MEGA_SR", 0x22C, [Field("PSR", 0, access=W1C)]),
        Register("CPU_CTRL", 0x2A0),
        Register("CPU_PUPSCR", 0x2A4, reset=0x0000_0F01),
        Register("CPU_PDNSCR", 0x2A8, reset=0x0000_0101),
        Register("CPU_SR", 0x2AC, [Field("PSR", 0, access=W1C)]),
    )
