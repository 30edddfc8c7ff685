"""GPC: which interrupts wake the chip from low-power modes; of power gating (PGC), the core's.

Source: RT1060 reference manual, chapter General Power Controller.
"""

from rt1062.block import Block
from rt1062.registers import R, Register, register, rw, w1c


class PowerControl(Register):
    PCR = rw(0)  # power down when the chip stops


class PowerDownStatus(Register):
    PSR = w1c(0)


class Gpc(Block):
    """`unmasked` and `gates_core` are what the low-power modes ask; other domains stay on."""

    REGISTERS = (
        register("CNTR", 0x000, reset=0x0052_0000),
        register("IMR", 0x008, count=4, first=1),
        register("ISR", 0x018, count=4, first=1, access=R),
        register("IMR5", 0x034),
        register("ISR5", 0x038, access=R),
        register("MEGA_CTRL", 0x220, PowerControl),
        register("MEGA_PUPSCR", 0x224, reset=0x0000_0F01),
        register("MEGA_PDNSCR", 0x228, reset=0x0000_0101),
        register("MEGA_SR", 0x22C, PowerDownStatus),
        register("CPU_CTRL", 0x2A0, PowerControl),
        register("CPU_PUPSCR", 0x2A4, reset=0x0000_0F01),
        register("CPU_PDNSCR", 0x2A8, reset=0x0000_0101),
        register("CPU_SR", 0x2AC, PowerDownStatus),
    )

    @property
    def gates_core(self) -> bool:
        """STOP takes the core's power: SUSPEND, which ends in the boot ROM."""
        return bool(self.value["CPU_CTRL"] & PowerControl.PCR)

    @property
    def unmasked(self) -> int:
        """The interrupts that IMR lets through, a bit each."""
        masked = sum(self.value[f"IMR{i + 1}"] << 32 * i for i in range(5))
        return ~masked
