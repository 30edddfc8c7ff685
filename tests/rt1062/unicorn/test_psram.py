"""The PSRAM of a Teensy 4.1 in the window of FlexSPI2: there once controller and chip agree."""

import pytest

from rt1062 import boards
from rt1062.unicorn.machine import UnicornMachine
from tests.rt1062.boot_image import boot_image

LUT = 0x200


def lut(base: str, index: int, *words: int) -> str:
    return "".join(
        f" ldr r1, ={word:#x}\n str r1, [{base}, #{LUT + 16 * index + 4 * i}]\n"
        for i, word in enumerate(words)
    )


def program(quad: bool, size_kib: int = 8192) -> str:
    """FlexSPI2 set up for QPI reads; the chip told to enter it, or not; then an access."""
    enter = " mov r1, #0x10000\n str r1, [r0, #0xA4]\n movs r1, #1\n str r1, [r0, #0xB0]\n"
    wait = "1: ldr r1, [r0, #0x14]\n lsls r1, r1, #31\n bpl 1b\n"
    return (
        "start: ldr r0, =0x402A4000\n ldr r1, =0x5AF05AF0\n str r1, [r0, #0x18]\n movs r1, #2\n"
        " str r1, [r0, #0x1C]\n"
        + lut("r0", 5, 0x0A1806EB, 0x26013206)
        + lut("r0", 1, 0x0435)
        + f" ldr r1, ={size_kib}\n str r1, [r0, #0x60]\n movs r1, #5\n str r1, [r0, #0x80]\n"
        " ldr r1, [r0]\n bic r1, #2\n str r1, [r0]\n"
        + (enter + wait if quad else "")
        + " b access\naccess: ldr r2, =0x70000010\n ldr r3, =0x12345678\n str r3, [r2]\n"
        " ldr r4, [r2]\n99: b 99b\n"
    )


def run(tmp_path, source: str, board: str = "teensy41") -> UnicornMachine:
    (tmp_path / "a.bin").write_bytes(boot_image(source))
    machine = UnicornMachine(tmp_path / "a.bin", board=boards.find(board))
    machine.power_on()
    machine.run_for(0.001)
    return machine


def test_memory_once_the_chip_is_in_the_mode_of_the_read(tmp_path):
    machine = run(tmp_path, program(quad=True))
    assert (machine.faults, machine.register("R4")) == ([], 0x12345678)
    assert machine.read_memory(0x7000_0010, 4) == bytes.fromhex("78563412")
    machine.reset()
    machine.run_for(0.001)
    assert machine.register("R4") == 0x12345678


def test_no_more_than_the_controller_is_told_of(tmp_path):
    source = program(quad=True, size_kib=4096).replace("0x70000010", "0x70400000")
    (fault, *_) = run(tmp_path, source).faults
    assert (fault.address, fault.place) == (0x7040_0000, "FLEXSPI2, no memory is set up there")


@pytest.mark.parametrize(
    ("board", "why"),
    [("teensy41", "no memory is set up there"), ("teensy40", "nothing is connected to it")],
)
def test_without_it_the_access_faults_and_is_named(tmp_path, board, why):
    (fault, *_) = run(tmp_path, program(quad=board == "teensy40"), board).faults
    assert (fault.address, fault.place) == (0x7000_0010, f"FLEXSPI2, {why}")
