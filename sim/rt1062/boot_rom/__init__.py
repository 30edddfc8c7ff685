"""The boot-ROM stand-in: reads a flash image as the ROM does, and refuses or hands over.

RT1060 reference manual, chapter System Boot: FlexSPI NOR configuration block (FCB), image vector
table (IVT), boot data, device configuration data (DCD). One piece over the image's bytes, run
before power on whichever emulator follows. What silicon would not notice is not refused, unless
the image certainly could not run.
"""

from dataclasses import replace

from rt1062.boot_rom.fcb import FCB_TAG, check_fcb, check_size, rom_writes
from rt1062.boot_rom.image import BootPlan, DcdCommand, Image
from rt1062.boot_rom.ivt import ROM_STACK, read_ivt
from rt1062.chip.memory_map import Region
from rt1062.errors import BootImageError

__all__ = ["FCB_TAG", "ROM_STACK", "BootPlan", "DcdCommand", "load"]


def load(data: bytes, flash: Region, quad_enabled: bool = True) -> BootPlan:
    """Read a raw image of a board's flash; BootImageError says what is wrong with it.

    `quad_enabled`: QE in the flash's status register before.
    """
    image = Image(data)
    if len(data) > flash.size:
        raise BootImageError(
            "image", image.base, f"{len(data)} bytes", f"at most {flash.size} bytes"
        )
    enabled, remarks = check_fcb(image, flash, quad_enabled)
    plan, length = read_ivt(image)
    check_size(image, length)
    return replace(plan, rom=rom_writes(data), quad_enabled=enabled, remarks=tuple(remarks))
