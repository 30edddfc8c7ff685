"""Memory of the i.MX RT1062 (RT1060 reference manual, chapter 2 Memory Maps; chapter FlexRAM).

This table is the truth: the linker script, Renode's platform file and the Unicorn machine are
held to it by tests.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """A window of the address space: base address and size in bytes."""

    name: str
    base: int
    size: int

    @property
    def end(self) -> int:
        """First address behind the region."""
        return self.base + self.size


KIB = 1024

ITCM = Region("ITCM", 0x0000_0000, 512 * KIB)  # window; the FlexRAM split says how much is there
DTCM = Region("DTCM", 0x2000_0000, 512 * KIB)  # window
OCRAM = Region("OCRAM", 0x2028_0000, 512 * KIB)  # window of the FlexRAM banks set to OCRAM
OCRAM2 = Region("OCRAM2", 0x2020_0000, 512 * KIB)  # fixed, always there
FLASH = Region("FLASH", 0x6000_0000, 504 * 1024 * KIB)  # window of FlexSPI; the board has the part
SDRAM = Region("SDRAM", 0x8000_0000, 1536 * 1024 * KIB)  # window of SEMC; the board has the part
FLEXSPI2 = Region("FLEXSPI2", 0x7000_0000, 240 * 1024 * KIB)  # window of FlexSPI2
SEMC = Region("SEMC", 0x8000_0000, 1536 * 1024 * KIB)  # SDRAM, NOR, PSRAM, NAND, display

FLEXRAM_BANKS = 16
FLEXRAM_BANK_BYTES = 32 * KIB
FLEXRAM_UNUSED, FLEXRAM_OCRAM, FLEXRAM_DTCM, FLEXRAM_ITCM = range(4)  # GPR17, two bits a bank
# 128 KB ITCM, 128 KB DTCM, 256 KB OCRAM; which banks the fuses take is not published: ours.
FLEXRAM_FUSE_DEFAULT = 0x5555_AAFF
