"""The EVK's SDRAM on the whole machine: memory once the boot header's DCD has set it up."""

import struct
from pathlib import Path

import pytest

from rt1062.unicorn.machine import UnicornMachine
from tests.rt1062.boot_image import BASE, boot_image

SEMC = 0x402F0000
DCD_AT = 0x1040
# Stores a word in SDRAM, reads it back and leaves the answer in OCRAM; so does the fault handler.
SOURCE = """
start:
    ldr r0, =0x80000000
    ldr r1, =0x12345678
    str r1, [r0, #16]
    ldr r2, [r0, #16]
    ldr r3, =0x20200000
    str r2, [r3]
wait:
    b wait
hard_fault:
    ldr r3, =0x20200000
    ldr r1, =0xDEADDEAD
    str r1, [r3]
    b wait
"""


def sdram_dcd() -> bytes:
    def write(*pairs: tuple[int, int]) -> bytes:
        words = [word for address, value in pairs for word in (SEMC + address, value)]
        return struct.pack(f">BHB{len(words)}I", 0xCC, 4 + 4 * len(words), 4, *words)

    check = struct.pack(">BHB2I", 0xCF, 12, 0x1C, SEMC + 0x3C, 1)
    body = write((0x00, 0x10000004), (0x10, 0x8000001B), (0x9C, 0xA55A000F)) + check
    body += write((0x9C, 0xA55A000C)) + check + write((0x9C, 0xA55A000A)) + check
    return struct.pack(">BHB", 0xD2, 4 + len(body), 0x41) + body


@pytest.fixture
def make(tmp_path: Path):
    def make(dcd: bytes) -> UnicornMachine:
        image = bytearray(boot_image(SOURCE, {3: "hard_fault"}))
        if dcd:
            struct.pack_into("<I", image, 0x100C, BASE + DCD_AT)
            image[DCD_AT : DCD_AT + len(dcd)] = dcd
        path = tmp_path / "image.bin"
        path.write_bytes(image)
        machine = UnicornMachine(path)
        machine.power_on()
        machine.run_for(0.001)
        return machine

    return make


def answer(machine: UnicornMachine) -> int:
    return int.from_bytes(machine.read_memory(0x20200000, 4), "little")


def test_sdram_is_memory_after_its_dcd(make):
    machine = make(sdram_dcd())
    assert answer(machine) == 0x12345678
    assert machine.read_memory(0x80000010, 4) == bytes.fromhex("78563412")
    assert machine.warnings == []
    machine.power_on()
    assert machine.read_memory(0x80000010, 4) == bytes(4)


def test_without_a_set_up_controller_an_access_faults(make):
    assert answer(make(b"")) == 0xDEADDEAD
