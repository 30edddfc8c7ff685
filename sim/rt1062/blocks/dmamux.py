"""DMAMUX: which request each DMA channel listens to.

Source: RT1060 reference manual, chapter Direct Memory Access Multiplexer; request numbers: chapter
4, table DMA MUX mapping. Periodic triggering by the PIT (TRIG) is not modelled: a request counts
at once.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.registers_old import Field, register_array

CHANNELS = 32
FIELDS = (Field("SOURCE", 0, 7), Field("A_ON", 29), Field("TRIG", 30), Field("ENBL", 31))
A_ON, ENBL = 1 << 29, 1 << 31
ALWAYS = -1  # the source of a channel that is always requested


class Dmamux(Peripheral):
    """`on_change()` is called when a channel gets another source."""

    REGISTERS = register_array("CHCFG", 0x00, CHANNELS, fields=FIELDS)

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.on_change = on_change

    def source(self, channel: int) -> int | None:
        """Request number of a channel, ALWAYS, or None if the channel is off."""
        value = self.value[f"CHCFG{channel}"]
        if not value & ENBL:
            return None
        return ALWAYS if value & A_ON else value & 0x7F

    def write_chcfg(self, index: int, written: int) -> None:
        self.store(self.REGISTERS[index], written)
        self.on_change()
