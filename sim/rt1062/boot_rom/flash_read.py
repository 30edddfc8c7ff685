"""The read and the device mode of the FCB, carried out against the flash.

RT1060 reference manual, chapter System Boot: lookupTable[0] reads, lookupTable[1] reads the
status, lookupTable[3] enables writes; deviceModeSeq is sent once, before the first fast read.
"""

import struct

from rt1062.boot_rom.image import refuse_unless
from rt1062.chip import flash_reads as flash
from rt1062.chip.flexspi_lut import (
    CMD,
    DUMMY,
    JMP_ON_CS,
    MODE8,
    MODE_BITS,
    RADDR,
    READ,
    SEQUENCE_WORDS,
    WRITE,
    Instruction,
    instructions,
)

LUT, SEQUENCES = 0x80, 16
READ_STATUS_SEQUENCE, WRITE_ENABLE_SEQUENCE = 1, 3
DEVICE_MODE = 0x10  # cfgEnable, type, waitTime (16 bits, 100 us), seqNum, seqId, 2 reserved, arg
WAIT_UNIT_US = 100
FOUND_NOTHING = "a sequence that reads the flash, such as 0x0A1804EB 0x26043206"


def sequence(data: bytes, index: int) -> list[Instruction]:
    """The instructions of one sequence of an FCB's look-up table."""
    at = LUT + 4 * SEQUENCE_WORDS * index
    return list(instructions(struct.unpack_from(f"<{SEQUENCE_WORDS}I", data, at)))


def read_command(data: bytes, base: int) -> tuple[int, flash.Read]:
    """The command of lookupTable[0]; BootImageError if the flash does not answer with its array."""
    steps = sequence(data, 0)
    fault = _fault_of_read(steps)
    words = " ".join(f"0x{word:08X}" for word in struct.unpack_from("<2I", data, LUT))
    refuse_unless(
        not fault,
        "FCB.lookupTable[0]",
        base + LUT,
        f"{words}: {fault}",
        f"{FOUND_NOTHING} (0xEB, 24 address bits, 6 dummy clocks, four pads)",
    )
    command = steps[0].operand
    return command, flash.READS[command]


def _fault_of_read(steps: list[Instruction]) -> str:
    """Why a flash after power on does not send its array for this sequence; "" if it does."""
    if not steps or steps[0].opcode != CMD:
        return "no command comes first"
    command = steps[0]
    name = f"0x{command.operand:02X}"
    if command.pads != 1 or command.double:
        return f"the flash takes commands on one pad, {name} is sent on {command.lanes} lanes"
    read = flash.READS.get(command.operand)
    if read is None:
        return f"{name} is no read of the flash's array"
    address = [step for step in steps if step.opcode == RADDR]
    shape = [(step.pads, step.double, step.operand) for step in address]
    if shape != [(read.address_pads, read.double, flash.ADDRESS_BITS)]:
        found = " and ".join(f"{bits} bits on {pads} pads" for pads, _, bits in shape) or "none"
        return (
            f"{name} takes an address of {flash.ADDRESS_BITS} bits on {read.address_pads} pads, "
            f"it gets {found}"
        )
    last = [step for step in steps if step.opcode == READ]
    if [(step.pads, step.double) for step in last] != [(read.data_pads, read.double)]:
        found = " and ".join(f"on {step.pads} pads" for step in last) or "not at all"
        return f"{name} answers on {read.data_pads} pads, it is read {found}"
    return _fault_of_waits(name, read, steps)


def _fault_of_waits(name: str, read: flash.Read, steps: list[Instruction]) -> str:
    modes = [step for step in steps if step.opcode in MODE_BITS]
    waits = sum(-(-MODE_BITS[step.opcode] // step.lanes) for step in modes)
    waits += sum(step.operand for step in steps if step.opcode == DUMMY)
    if read.waits is not None and waits != read.waits:
        return f"{name} takes {read.waits} clocks between address and data, it gets {waits}"
    jumps = any(step.opcode == JMP_ON_CS for step in steps)
    for step in modes:
        stays = step.operand & flash.CONTINUOUS_MASK == flash.CONTINUOUS
        if step.opcode == MODE8 and stays and not jumps:
            return f"mode bits 0x{step.operand:02X} make the flash take no command the next time"
    return ""


def quad_enable(data: bytes, base: int, before: bool) -> bool:
    """QE after the device mode of the FCB, if that is enabled.

    BootImageError if the ROM would read on while the flash still writes its status.
    """
    enabled, _, wait, count, first = struct.unpack_from("<BBHBB", data, DEVICE_MODE)
    argument = data[DEVICE_MODE + 8 : DEVICE_MODE + 12]
    if not enabled:
        return before
    quad, ready = before, _sends(data, WRITE_ENABLE_SEQUENCE, flash.WRITE_ENABLE)
    for index in range(first, min(first + count, SEQUENCES)):
        steps = sequence(data, index)
        if not steps or (steps[0].opcode, steps[0].pads) != (CMD, 1):
            continue
        command = steps[0].operand
        size = next((step.operand for step in steps if step.opcode == WRITE), 0)
        if command == flash.WRITE_ENABLE:
            ready = True
        elif ready and size and command in (flash.WRITE_STATUS, flash.WRITE_STATUS_2):
            refuse_unless(
                _sends(data, READ_STATUS_SEQUENCE, flash.READ_STATUS)
                or wait * WAIT_UNIT_US >= flash.STATUS_WRITE_US,
                "FCB.waitTimeCfgCommands",
                base + DEVICE_MODE + 2,
                wait,
                f"{flash.STATUS_WRITE_US // WAIT_UNIT_US} or more, or lookupTable[1] that reads "
                "the status: the flash is busy after deviceModeSeq",
            )
            quad = flash.quad_enabled_by(command, argument[:size], quad)
            ready = False
    return quad


def _sends(data: bytes, index: int, command: int) -> bool:
    steps = sequence(data, index)
    return bool(steps) and steps[0][:3] == (CMD, False, 1) and steps[0].operand == command
