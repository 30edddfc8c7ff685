"""DMAMUX: which request each DMA channel listens to.

Source: RT1060 reference manual, chapter Direct Memory Access Multiplexer; request numbers: chapter
4, table DMA MUX mapping. Periodic triggering by the PIT (TRIG) is not modelled: a request counts
at once.
"""

from rt1062.block import Block
from rt1062.registers import Register, rw

CHANNELS = 32
ALWAYS = -1  # the source of a channel that is always requested


class CHCFG(Register, at=0x00, count=CHANNELS):
    SOURCE = rw(0, 7)
    A_ON, TRIG, ENBL = rw(29), rw(30), rw(31)


class Dmamux(Block):
    """`request_changed` is called when a channel gets another source."""

    REGISTERS = (CHCFG,)

    def source(self, channel: int) -> int | None:
        """Request number of a channel, ALWAYS, or None if the channel is off."""
        value = self.value[f"CHCFG{channel}"]
        if not value & CHCFG.ENBL:
            return None
        return ALWAYS if value & CHCFG.A_ON else CHCFG.SOURCE.get(value)

    def write_chcfg(self, index: int, written: int) -> None:
        self.store(CHCFG, written, index)
        self.request_changed()
