"""SEMC: the external memory controller, as far as the EVK's SDRAM needs it.

Source: RT1060 reference manual, chapter Smart External Memory Controller. Firmware (or the boot
ROM, from the DCD) sets a base and a size and initialises the chip by IP commands; from then on
the SDRAM is memory. NAND, NOR, PSRAM and display are storage only.
"""

from collections.abc import Callable

from rt1062.block import Block, Line
from rt1062.registers import R, Register, r, register, rw, w, w1c

COMMAND_KEY = 0xA55A
# IPCMD.CMD of an SDRAM.
READ, WRITE, MODE_SET, ACTIVE, AUTO_REFRESH, SELF_REFRESH, PRECHARGE, PRECHARGE_ALL = range(8, 16)
# What each region register is for.
REGIONS = (
    "SDRAM", "SDRAM chip select 1", "SDRAM chip select 2", "SDRAM chip select 3", "NAND", "NOR",
    "PSRAM", "display",
)  # fmt: skip
SMALLEST_REGION = 4096  # bytes, BR.MS 0; each step more doubles it


class MCR(Register, at=0x00):
    SWRST, MDIS, DQSMD = w(0), rw(1, reset=1), rw(2)
    WPOL0, WPOL1, DQSSEL, DLLSEL = rw(6), rw(7), rw(10), rw(11)
    CTO, BTO = rw(16, 8), rw(24, 5, reset=0x10)


class BR(Register):
    """The region of one chip select: valid, size, address."""

    VLD, MS, BA = rw(0), rw(1, 5), rw(12, 20)


class INTEN(Register, at=0x38):
    IPCMDDONEEN, IPCMDERREN, AXICMDERREN, AXIBUSERREN, NDPAGEENDEN, NDNOPENDEN = (
        rw(bit) for bit in range(6)
    )


class INTR(Register, at=0x3C):
    IPCMDDONE, IPCMDERR, AXICMDERR, AXIBUSERR, NDPAGEEND, NDNOPEND = (w1c(bit) for bit in range(6))


class IPCMD(Register, at=0x9C):
    CMD, KEY = w(0, 16), w(16, 16)


class STS0(Register, at=0xC0):
    IDLE, NARDY = r(0, reset=1), r(1)


class Semc(Block):
    """Constructor: interrupt line, `on_sdram(base, size)` when the SDRAM's window changes, size 0
    for none.

    Only the chip on CS0 (BR0) is there. It answers once its mode has been set.
    """

    REGISTERS = (
        MCR,
        register("IOCR", 0x04),
        register("BMCR", 0x08, count=2),
        register("BR0", 0x10, BR, reset=0x8000_001D),
        register("BR1", 0x14, BR, reset=0x8400_001C),
        register("BR2", 0x18, BR, reset=0x8800_001C),
        register("BR3", 0x1C, BR, reset=0x8C00_001C),
        register("BR4", 0x20, BR, reset=0x9E00_001A),
        register("BR5", 0x24, BR, reset=0x9000_0018),
        register("BR6", 0x28, BR, reset=0x9800_0018),
        register("BR7", 0x2C, BR, reset=0x9C00_001A),
        register("BR8", 0x30, BR, reset=0x0000_0026),
        register("DLLCR", 0x34, reset=0x0000_0100),
        INTEN,
        INTR,
        register("SDRAMCR0", 0x40, reset=0x0000_0C26),
        register("SDRAMCR1", 0x44, reset=0x0099_4934),
        register("SDRAMCR2", 0x48, reset=0x8000_0EEE),
        register("SDRAMCR3", 0x4C, reset=0x4080_8000),
        register("NANDCR0", 0x50),
        register("NANDCR1", 0x54),
        register("NANDCR2", 0x58, reset=0x0001_0410),
        register("NANDCR3", 0x5C),
        register("NORCR", 0x60, count=4),
        register("SRAMCR", 0x70, count=4),
        register("DBICR", 0x80, count=2),
        register("IPCR", 0x90, count=3),
        IPCMD,
        register("IPTXDAT", 0xA0),
        register("IPRXDAT", 0xB0, access=R),
        STS0,
        register("STS", 0xC4, count=12, first=1, access=R),
        register("STS13", 0xF4, access=R, reset=0x0000_0100),
        register("STS", 0xF8, count=2, first=14, access=R),
    )

    def __init__(self, irq: Line, on_sdram: Callable[[int, int], None]) -> None:
        super().__init__(irq)
        self._on_sdram = on_sdram
        self._mode_set = False
        self._told = (0, 0)

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._mode_set = False
        self._tell()

    @property
    def sdram(self) -> tuple[int, int]:
        """Base and size of the SDRAM's window, (0, 0) while it does not answer."""
        region = self.value["BR0"]
        if self.value["MCR"] & MCR.MDIS or not region & BR.VLD or not self._mode_set:
            return 0, 0
        return region & BR.BA, SMALLEST_REGION << BR.MS.get(region)

    def window_at(self, address: int) -> str:
        """Of which memory an address is by the region registers, as "NOR (BR5)"; "" for none."""
        if self.value["MCR"] & MCR.MDIS:
            return ""
        for number, name in enumerate(REGIONS):
            region = self.value[f"BR{number}"]
            base, size = region & BR.BA, SMALLEST_REGION << BR.MS.get(region)
            if region & BR.VLD and base <= address < base + size:
                return f"{name} (BR{number})"
        return ""

    def _tell(self) -> None:
        if self.sdram != self._told:
            self._told = self.sdram
            self._on_sdram(*self.sdram)

    def _update_irq(self) -> None:
        """The bits of INTEN and INTR lie one above the other."""
        self.raise_line(bool(self.value["INTR"] & self.value["INTEN"]))

    def write_mcr(self, written: int) -> None:
        self.store(MCR, written)
        if written & MCR.SWRST:
            self.value["INTR"] = 0
            self._update_irq()
        self._tell()

    def write_br(self, register: type[Register], written: int) -> None:
        self.store(register, written)
        self._tell()

    def write_inten(self, written: int) -> None:
        self.store(INTEN, written)
        self._update_irq()

    def write_intr(self, written: int) -> None:
        self.store(INTR, written)
        self._update_irq()

    def write_ipcmd(self, written: int) -> None:
        """Commands end at once. Reads and writes by IP command are not modelled: AXI does them."""
        command = IPCMD.CMD.get(written)
        if IPCMD.KEY.get(written) != COMMAND_KEY or self.value["MCR"] & MCR.MDIS:
            return
        known = READ <= command <= PRECHARGE_ALL
        self.value["INTR"] |= INTR.IPCMDDONE if known else INTR.IPCMDDONE | INTR.IPCMDERR
        if command == MODE_SET:
            self._mode_set = True
            self._tell()
        self._update_irq()
