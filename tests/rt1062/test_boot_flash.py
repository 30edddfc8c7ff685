"""The boot ROM reads the flash as the FCB says: commands, clocks, sizes, quad enable."""

import dataclasses
import struct

import pytest

from rt1062 import boards, boot_rom, emulators
from rt1062.errors import BootImageError
from tests.rt1062.boot_image import boot_image

EVK = boards.find("mimxrt1060-evk")
READ, STATUS, ENABLE, MODE = 0x80, 0x90, 0xB0, 0xC0  # sequences 0, 1, 3 and 4 of the FCB
CMD, RADDR, MODE8, WRITE, READ_OP, DUMMY, JUMP = 1, 2, 7, 8, 9, 0xC, 0x1F
QUAD_WRITE = (0x0A18_04EB, 0x2604_3206)


def op(opcode: int, pads: int, operand: int) -> int:
    return opcode << 10 | pads.bit_length() - 1 << 8 | operand


def words(*halves: int) -> tuple[int, ...]:
    padded = [*halves, *[0] * (8 - len(halves))]
    return tuple(low | high << 16 for low, high in zip(padded[::2], padded[1::2], strict=True))


def image(read: tuple[int, ...] | None = None, **fields: int) -> bytes:
    """An image that boots; `read` is its sequence 0, a field its byte at FCB + 0x..."""
    data = bytearray(boot_image("start: b start"))
    data[0x0C], data[0x46] = 1, 6
    struct.pack_into("<I", data, 0x50, 8 << 20)
    if read is not None:
        struct.pack_into(f"<{len(read)}I", data, READ, *read)
    for name, value in fields.items():
        data[int(name.lstrip("at_"), 16)] = value
    return bytes(data)


def load(data: bytes, quad_enabled: bool = True) -> boot_rom.BootPlan:
    return boot_rom.load(data, EVK.flash, quad_enabled)


def refused(data: bytes, quad_enabled: bool = True) -> BootImageError:
    with pytest.raises(BootImageError) as caught:
        load(data, quad_enabled)
    assert "\n" not in str(caught.value)
    return caught.value


def test_the_reads_of_the_sdk_teensy_and_others_find_the_image():
    for read in (
        QUAD_WRITE,
        (0x0A18_04EB, 0x3204_1EFF, 0x0000_2601),  # Teensy: two mode and four dummy clocks
        words(op(CMD, 1, 0x6B), op(RADDR, 1, 24), op(DUMMY, 4, 8), op(READ_OP, 4, 4)),
        words(op(CMD, 1, 0xBB), op(RADDR, 2, 24), op(MODE8, 2, 0), op(READ_OP, 2, 4)),
        words(op(CMD, 1, 0x0B), op(RADDR, 1, 24), op(DUMMY, 1, 8), op(READ_OP, 1, 4)),
        words(
            op(CMD, 1, 0xEB), op(RADDR, 4, 24), op(MODE8, 4, 0xA0), op(DUMMY, 4, 4),
            op(READ_OP, 4, 4), op(JUMP, 1, 1),
        ),
    ):  # fmt: skip
        assert load(image(read)).remarks == ()
    plain = words(op(CMD, 1, 0x03), op(RADDR, 1, 24), op(READ_OP, 1, 4))
    assert load(image(plain, at_46=1)).remarks == ()


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (words(op(CMD, 1, 0x9F), op(READ_OP, 1, 4)), "0x9F is no read of the flash's array"),
        (words(op(CMD, 4, 0xEB), op(RADDR, 4, 24)), "takes commands on one pad, 0xEB is sent on 4"),
        (words(op(RADDR, 4, 24), op(READ_OP, 4, 4)), "no command comes first"),
        (
            words(op(CMD, 1, 0xEB), op(RADDR, 4, 32), op(DUMMY, 4, 6), op(READ_OP, 4, 4)),
            "0xEB takes an address of 24 bits on 4 pads, it gets 32 bits on 4 pads",
        ),
        (
            words(op(CMD, 1, 0xEB), op(RADDR, 1, 24), op(DUMMY, 4, 6), op(READ_OP, 4, 4)),
            "it gets 24 bits on 1 pads",
        ),
        (
            words(op(CMD, 1, 0xEB), op(RADDR, 4, 24), op(DUMMY, 4, 8), op(READ_OP, 4, 4)),
            "0xEB takes 6 clocks between address and data, it gets 8",
        ),
        (
            words(op(CMD, 1, 0x6B), op(RADDR, 1, 24), op(READ_OP, 4, 4)),
            "0x6B takes 8 clocks between address and data, it gets 0",
        ),
        (
            words(op(CMD, 1, 0xEB), op(RADDR, 4, 24), op(DUMMY, 4, 6), op(READ_OP, 1, 4)),
            "0xEB answers on 4 pads, it is read on 1 pads",
        ),
        (words(op(CMD, 1, 0x03), op(RADDR, 1, 24)), "0x03 answers on 1 pads, it is read not at"),
        (
            words(
                op(CMD, 1, 0xEB), op(RADDR, 4, 24), op(MODE8, 4, 0xA0), op(DUMMY, 4, 4),
                op(READ_OP, 4, 4),
            ),
            "mode bits 0xA0 make the flash take no command the next time",
        ),
    ],
)  # fmt: skip
def test_a_read_that_does_not_return_the_image_is_refused(read, said):
    error = refused(image(read))
    assert (error.field, error.address) == ("FCB.lookupTable[0]", 0x6000_0080)
    assert said in str(error)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"at_46": 9}, "FCB.serialClkFreq"),  # 166 MHz, the part takes 133
        ({"at_0C": 3}, "FCB.readSampleClkSrc"),  # a strobe that this part does not send
        ({"at_0C": 7}, "FCB.readSampleClkSrc"),
        ({"at_51": 0x20, "at_52": 0}, "FCB.sflashA1Size"),  # 8 KB
    ],
)
def test_clocks_and_sizes_that_cannot_be_are_refused(fields, field):
    assert refused(image(**fields)).field == field


def test_a_plain_read_is_slower_than_a_fast_one():
    plain = words(op(CMD, 1, 0x03), op(RADDR, 1, 24), op(READ_OP, 1, 4))
    error = refused(image(plain))
    assert error.field == "FCB.serialClkFreq"
    assert "at most 50 MHz, which the flash takes with command 0x03" in str(error)


def test_what_a_board_may_get_over_is_remarked():
    (line,) = load(image(at_0C=0)).remarks
    assert line == "FCB.readSampleClkSrc 0 with 100 MHz: the data sheet ends at 60 MHz"
    (line,) = load(image(at_53=2)).remarks
    assert line.startswith("FCB.sflashA1Size 0x2800000 is more than the board's flash, 0x800000")


# Quad enable.


def with_device_mode(
    argument: int, write: tuple[int, ...], enable: int = op(CMD, 1, 0x06), wait: int = 0
) -> bytes:
    data = bytearray(image())
    struct.pack_into("<BBHBBHI", data, 0x10, 1, 1, wait, 1, 4, 0, argument)
    for at, sequence in ((STATUS, words(op(CMD, 1, 0x05), op(READ_OP, 1, 4))), (MODE, write)):
        struct.pack_into("<4I", data, at, *sequence)
    struct.pack_into("<I", data, ENABLE, enable)
    return bytes(data)


ONE, TWO, SECOND = (
    words(op(CMD, 1, opcode), op(WRITE, 1, size))
    for opcode, size in ((0x01, 1), (0x01, 2), (0x31, 1))
)


def test_a_part_without_qe_answers_no_quad_read():
    error = refused(image(), quad_enabled=False)
    assert (error.field, error.address) == ("FCB.deviceModeCfgEnable", 0x6000_0010)
    assert "the flash's quad-enable bit is 0" in str(error)
    dual = words(op(CMD, 1, 0xBB), op(RADDR, 2, 24), op(MODE8, 2, 0), op(READ_OP, 2, 4))
    assert not load(image(dual), quad_enabled=False).quad_enabled


@pytest.mark.parametrize(("argument", "write"), [(0x40, ONE), (0x0200, TWO), (0x02, SECOND)])
def test_a_device_mode_sets_qe(argument, write):
    assert load(with_device_mode(argument, write), quad_enabled=False).quad_enabled


@pytest.mark.parametrize(
    ("argument", "write", "enable"),
    [
        (0x02, ONE, op(CMD, 1, 0x06)),  # Winbond's bit in ISSI's register
        (0x40, ONE, 0),  # writes are not enabled
        (0x40, words(op(CMD, 1, 0x01)), op(CMD, 1, 0x06)),  # nothing is written
    ],
)
def test_a_device_mode_that_leaves_qe_at_0_is_refused(argument, write, enable):
    error = refused(with_device_mode(argument, write, enable), quad_enabled=False)
    assert error.field == "FCB.deviceModeCfgEnable"


def test_a_device_mode_that_clears_qe_is_refused():
    assert refused(with_device_mode(0, ONE)).field == "FCB.deviceModeCfgEnable"


def test_the_rom_must_wait_for_the_write_of_the_status():
    data = bytearray(with_device_mode(0x40, ONE))
    data[STATUS : STATUS + 16] = bytes(16)
    assert refused(bytes(data)).field == "FCB.waitTimeCfgCommands"
    struct.pack_into("<H", data, 0x12, 20)
    assert load(bytes(data)).quad_enabled


def test_a_board_says_how_its_flash_is_sold(tmp_path):
    new = dataclasses.replace(EVK, quad_enabled=False)
    (tmp_path / "plain.bin").write_bytes(image())
    (tmp_path / "sets.bin").write_bytes(with_device_mode(0x40, ONE))
    with (
        emulators.create(tmp_path / "plain.bin", board=new) as machine,
        pytest.raises(BootImageError, match="quad-enable"),
    ):
        machine.power_on()
    with emulators.create(tmp_path / "sets.bin", board=new) as machine:
        machine.power_on()
        machine.run_for(0.001)
        assert machine.warnings == []
        assert machine.hardware.chip.flash.quad_enabled


CLEARS_QE = """
start: ldr r0, =0x402A8000
 ldr r1, =0x5AF05AF0
 str r1, [r0, #0x18]
 movs r1, #2
 str r1, [r0, #0x1C]
 ldr r1, =0x00000406
 str r1, [r0, #0x230]
 ldr r1, =0x20010401
 str r1, [r0, #0x240]
 movs r1, #0
 str r1, [r0, #0xA0]
 ldr r1, =0x00030000
 str r1, [r0, #0xA4]
 movs r1, #1
 str r1, [r0, #0xB0]
1: ldr r1, [r0, #0x14]
 lsls r1, r1, #31
 bpl 1b
 movs r1, #1
 str r1, [r0, #0x14]
 ldr r1, =0x00040001
 str r1, [r0, #0xA4]
 movs r1, #1
 str r1, [r0, #0xB0]
 movs r1, #0
 str r1, [r0, #0x180]
 movs r1, #0x40
 str r1, [r0, #0x14]
99: b 99b
"""


def test_firmware_that_clears_qe_does_not_boot_again(tmp_path):
    (tmp_path / "clears.bin").write_bytes(boot_image(CLEARS_QE))
    with emulators.create(tmp_path / "clears.bin") as machine:
        machine.power_on()
        machine.run_for(0.01)
        assert not machine.hardware.chip.flash.quad_enabled
        machine.reset()
        machine.run_for(0.001)
        (line,) = machine.warnings
        assert line.startswith("after a reset: boot image refused: FCB.deviceModeCfgEnable")
