"""The FlexSPI NOR configuration block (FCB): how the boot ROM reads this flash.

RT1060 reference manual, chapter System Boot, section Serial NOR Flash Boot; sample clocks and
their highest frequencies: data sheet IMXRT1060CEC, section FlexSPI.
"""

import struct

from rt1062.boot_rom.flash_read import quad_enable, read_command
from rt1062.boot_rom.image import FCB_OFFSET, DcdCommand, Image, refuse_unless
from rt1062.chip import memory_map as chip
from rt1062.chip.block_table import BLOCKS

FCB_TAG = 0x4246_4346  # "FCFB" in byte order
FCB_VERSION_TAG = 0x56  # 'V' in the top byte
FCB_BYTES = 512
# FCB.serialClkFreq: (PFD0_FRAC of PLL3, FlexSPI divider) that the ROM sets.
FLEXSPI_CLOCKS = {
    1: (34, 8),
    2: (22, 8),
    3: (24, 6),
    4: (30, 4),
    5: (18, 6),
    6: (14, 6),
    7: (12, 6),
    8: (13, 5),
    9: (13, 4),
}
MEGAHERTZ = {1: 30, 2: 50, 3: 60, 4: 75, 5: 80, 6: 100, 7: 120, 8: 133, 9: 166}
SAMPLE_SOURCE, DEVICE_MODE, SERIAL_CLOCK, A1_SIZE = 0x0C, 0x10, 0x46, 0x50
# FCB.readSampleClkSrc: the highest clock with data on one edge.
SAMPLE_SOURCES = {0: 60, 1: 133, 2: 133, 3: 166}
STROBE_OF_THE_FLASH = 3


def _check_head(image: Image) -> None:
    image.need(FCB_OFFSET, FCB_BYTES, "FCB")
    base = image.base + FCB_OFFSET
    tag = image.word(FCB_OFFSET, "FCB.tag")
    refuse_unless(tag == FCB_TAG, "FCB.tag", base, tag, FCB_TAG)
    version = image.word(FCB_OFFSET + 4, "FCB.version")
    refuse_unless(
        version >> 24 == FCB_VERSION_TAG, "FCB.version", base + 4, version, "0x56xxxxxx ('V')"
    )


def check_fcb(image: Image, flash: chip.Region, quad_enabled: bool) -> tuple[bool, list[str]]:
    """Read the flash as the FCB says; QE of its status register afterwards, and remarks."""
    _check_head(image)
    data, base = image.data[FCB_OFFSET : FCB_OFFSET + FCB_BYTES], image.base + FCB_OFFSET
    command, read = read_command(data, base)
    source = data[SAMPLE_SOURCE]
    refuse_unless(
        source in SAMPLE_SOURCES and source != STROBE_OF_THE_FLASH,
        "FCB.readSampleClkSrc",
        base + SAMPLE_SOURCE,
        f"{source}" + (": a strobe that this flash does not send" if source == 3 else ""),
        "1 (looped back from the DQS pad) or 0 (looped back inside)",
    )
    megahertz = MEGAHERTZ.get(data[SERIAL_CLOCK], MEGAHERTZ[1])
    refuse_unless(
        megahertz <= read.megahertz,
        "FCB.serialClkFreq",
        base + SERIAL_CLOCK,
        f"{data[SERIAL_CLOCK]}: {megahertz} MHz",
        f"at most {read.megahertz} MHz, which the flash takes with command 0x{command:02X}",
    )
    enabled = quad_enable(data, base, quad_enabled)
    refuse_unless(
        enabled or max(read.address_pads, read.data_pads) < 4,
        "FCB.deviceModeCfgEnable",
        base + DEVICE_MODE,
        f"{data[DEVICE_MODE]}, and the flash's quad-enable bit is 0 when it is read by four pads",
        "1, with a deviceModeSeq and deviceModeArg that set it, or a read on one or two pads",
    )
    return enabled, _remarks(data, flash, megahertz)


def _remarks(data: bytes, flash: chip.Region, megahertz: int) -> list[str]:
    found = []
    source, size = data[SAMPLE_SOURCE], struct.unpack_from("<I", data, A1_SIZE)[0]
    if megahertz > SAMPLE_SOURCES[source]:
        found.append(
            f"FCB.readSampleClkSrc {source} with {megahertz} MHz: the data sheet ends at "
            f"{SAMPLE_SOURCES[source]} MHz"
        )
    if size > flash.size:
        found.append(
            f"FCB.sflashA1Size 0x{size:X} is more than the board's flash, 0x{flash.size:X}: "
            "reads behind its end find its beginning"
        )
    return found


def check_size(image: Image, length: int) -> None:
    """What the image needs of the flash must lie on the first chip."""
    sizes = struct.unpack_from("<4I", image.data, FCB_OFFSET + A1_SIZE)
    needed = min(length, len(image.data.rstrip(b"\xff")))
    refuse_unless(
        not any(sizes) or needed <= sizes[0],
        "FCB.sflashA1Size",
        chip.FLASH.base + FCB_OFFSET + A1_SIZE,
        sizes[0],
        f"at least the image's 0x{needed:X} bytes",
    )


def rom_writes(data: bytes) -> list[DcdCommand]:
    """How the ROM sets up FlexSPI: clock, prefetch, sizes of the chips, look-up table, locked.

    AHBCR and the AHB buffers as NXP's own bootloader for these chips sets them.
    """
    sample_clock, frequency = data[FCB_OFFSET + 0x0C], data[FCB_OFFSET + 0x46]
    fraction, divider = FLEXSPI_CLOCKS.get(frequency, FLEXSPI_CLOCKS[1])
    sizes = struct.unpack_from("<4I", data, FCB_OFFSET + 0x50)
    lut = struct.unpack_from("<64I", data, FCB_OFFSET + 0x80)
    analog, ccm = BLOCKS["CCM_ANALOG"].base, BLOCKS["CCM"].base
    flexspi = BLOCKS["FLEXSPI"].base
    writes = [
        (analog + 0xF0, 0x0F1A_2300 | fraction),  # PFD_480
        (ccm + 0x1C, 0x6413_0001 | (divider - 1) << 23),  # CSCMR1
        (flexspi + 0x00, 0xFFFF_0000 | (sample_clock & 3) << 4),  # MCR0
        # AHBCR: prefetch, any start; of the AHB buffers the last one has all, for every master
        (flexspi + 0x0C, 0x0000_0078),
        *((flexspi + 0x20 + 4 * i, 0x8000_0000) for i in range(3)),
        # FLSHCR0; an FCB that names no size leaves the reset values
        *((flexspi + 0x60 + 4 * i, size // 1024) for i, size in enumerate(sizes) if any(sizes)),
        (flexspi + 0x18, 0x5AF0_5AF0),  # LUTKEY
        (flexspi + 0x1C, 2),  # LUTCR
        *((flexspi + 0x200 + 4 * i, word) for i, word in enumerate(lut)),
        (flexspi + 0x18, 0x5AF0_5AF0),
        (flexspi + 0x1C, 1),
    ]
    return [DcdCommand("write", 4, address, value) for address, value in writes]
