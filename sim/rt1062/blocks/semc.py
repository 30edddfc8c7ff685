"""SEMC: the external memory controller, as far as the EVK's SDRAM needs it.

Source: RT1060 reference manual, chapter Smart External Memory Controller. Firmware (or the boot
ROM, from the DCD) sets a base and a size and initialises the chip by IP commands; from then on
the SDRAM is memory. NAND, NOR, PSRAM and display are storage only.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.registers_old import W1C, Field, R, Register, W, register_array

MCR = Register(
    "MCR", 0x00, [Field("SWRST", 0, access=W), Field("MDIS", 1), Field("HIGH", 2, 30)], 0x1000_0002
)
INTR = Register(
    "INTR",
    0x3C,
    [
        Field("IPCMDDONE", 0, access=W1C),
        Field("IPCMDERR", 1, access=W1C),
        Field("AXICMDERR", 2, access=W1C),
        Field("AXIBUSERR", 3, access=W1C),
        Field("NDPAGEEND", 4, access=W1C),
        Field("NDNOPEND", 5, access=W1C),
    ],
)
IPCMDDONE, IPCMDERR = 1 << 0, 1 << 1
COMMAND_KEY = 0xA55A
# IPCMD.CMD of an SDRAM.
READ, WRITE, MODE_SET, ACTIVE, AUTO_REFRESH, SELF_REFRESH, PRECHARGE, PRECHARGE_ALL = range(8, 16)
VALID = 1 << 0  # BRn.VLD


class Semc(Peripheral):
    """Constructor: `on_sdram(base, size)` when the SDRAM's window changes, size 0 for none; `irq`.

    Only the chip on CS0 (BR0) is there. It answers once its mode has been set.
    """

    REGISTERS = (
        MCR,
        Register("IOCR", 0x04),
        Register("BMCR0", 0x08),
        Register("BMCR1", 0x0C),
        Register("BR0", 0x10, reset=0x8000_001D),
        Register("BR1", 0x14, reset=0x8400_001C),
        Register("BR2", 0x18, reset=0x8800_001C),
        Register("BR3", 0x1C, reset=0x8C00_001C),
        Register("BR4", 0x20, reset=0x9E00_001A),
        Register("BR5", 0x24, reset=0x9000_0018),
        Register("BR6", 0x28, reset=0x9800_0018),
        Register("BR7", 0x2C, reset=0x9C00_001A),
        Register("BR8", 0x30, reset=0x0000_0026),
        Register("DLLCR", 0x34, reset=0x0000_0100),
        Register("INTEN", 0x38, [Field("ALL", 0, 6)]),
        INTR,
        Register("SDRAMCR0", 0x40, reset=0x0000_0C26),
        Register("SDRAMCR1", 0x44, reset=0x0099_4934),
        Register("SDRAMCR2", 0x48, reset=0x8000_0EEE),
        Register("SDRAMCR3", 0x4C, reset=0x4080_8000),
        Register("NANDCR0", 0x50),
        Register("NANDCR1", 0x54),
        Register("NANDCR2", 0x58, reset=0x0001_0410),
        Register("NANDCR3", 0x5C),
        *register_array("NORCR", 0x60, 4),
        *register_array("SRAMCR", 0x70, 4),
        *register_array("DBICR", 0x80, 2),
        *register_array("IPCR", 0x90, 3),
        Register("IPCMD", 0x9C, access=W),
        Register("IPTXDAT", 0xA0),
        Register("IPRXDAT", 0xB0, access=R),
        Register("STS0", 0xC0, access=R, reset=1),  # IDLE
        *register_array("STS", 0xC4, 12, first=1, access=R),
        Register("STS13", 0xF4, access=R, reset=0x0000_0100),
        *register_array("STS", 0xF8, 2, first=14, access=R),
    )

    def __init__(
        self,
        on_sdram: Callable[[int, int], None] = lambda base, size: None,
        irq: Callable[[bool], None] = lambda level: None,
    ) -> None:
        super().__init__()
        self._on_sdram = on_sdram
        self._irq = irq
        self._mode_set = False
        self._told = (0, 0)

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._mode_set = False
        self._tell()
        self._irq(False)

    @property
    def sdram(self) -> tuple[int, int]:
        """Base and size of the SDRAM's window, (0, 0) while it does not answer."""
        region = self.value["BR0"]
        if self.value["MCR"] & MCR["MDIS"].mask or not region & VALID or not self._mode_set:
            return 0, 0
        return region & 0xFFFF_F000, 4096 << (region >> 1 & 0x1F)

    def _tell(self) -> None:
        if self.sdram != self._told:
            self._told = self.sdram
            self._on_sdram(*self.sdram)

    def _update(self) -> None:
        self._irq(bool(self.value["INTR"] & self.value["INTEN"]))

    def write_mcr(self, written: int) -> None:
        self.store(MCR, written)
        if MCR["SWRST"].get(written):
            self.value["INTR"] = 0
            self._update()
        self._tell()

    def write_br0(self, written: int) -> None:
        self.value["BR0"] = written
        self._tell()

    def write_inten(self, written: int) -> None:
        self.value["INTEN"] = written & 0x3F
        self._update()

    def write_intr(self, written: int) -> None:
        self.store(INTR, written)
        self._update()

    def write_ipcmd(self, written: int) -> None:
        """Commands end at once. Reads and writes by IP command are not modelled: AXI does them."""
        command = written & 0xFFFF
        if written >> 16 != COMMAND_KEY or self.value["MCR"] & MCR["MDIS"].mask:
            return
        known = READ <= command <= PRECHARGE_ALL
        self.value["INTR"] |= IPCMDDONE if known else IPCMDDONE | IPCMDERR
        if command == MODE_SET:
            self._mode_set = True
            self._tell()
        self._update()
