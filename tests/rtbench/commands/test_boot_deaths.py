"""`rtbench boot`: every way to die has a word, an exit code, and an end in wall time."""

import struct
import time

import pytest

from rtbench.cli import main
from tests.rt1062.boot_image import boot_image, headers
from tests.rt1062.firmware_files import write_elf, write_hex

WALL_S = (
    60  # the most that any of them may take; on a machine with nothing else to do a few seconds
)

CASES = {
    # What is not there.
    "absent block": (
        "start: ldr r0, =0x403DC000\n ldr r1, [r0, #0x10]",
        "PWM1: 1 register not modelled (+ 0x10), first a read of + 0x10 at pc 0x60002400",
        "core: running",
    ),
    "unmapped address": (
        "start: ldr r0, =0x30000000\n ldr r1, [r0]",
        "PRECISERR: access to where there is nothing at 0x30000000 (nothing is there), pc 0x6000",
        "core: fault at 0x6000",
    ),
    "behind the flash": (
        "start: ldr r0, =0x60800000\n ldr r1, [r0]",
        "at 0x60800000 (FLASH, behind the end of the board's flash)",
    ),
    "a store to the flash": (
        "start: ldr r0, =0x60010000\n str r0, [r0]",
        "at 0x60010000 (flash, which is only read)",
    ),
    "SDRAM that nobody set up": (
        "start: ldr r0, =0x80000000\n ldr r1, [r0]",
        "at 0x80000000 (SEMC, no memory is set up there)",
    ),
    "a display on SEMC that is not there": (  # BR7: 0x9C000000, 64 KB, valid
        "start: ldr r0, =0x400FC074\n mvn r1, #0\n str r1, [r0]\n ldr r0, =0x402F0000\n"
        " ldr r1, =0x10000004\n str r1, [r0]\n ldr r1, =0x9C000009\n str r1, [r0, #0x2C]\n"
        " ldr r0, =0x9C000002\n strh r1, [r0]",
        "at 0x9C000002 (SEMC, the window of display (BR7), to which nothing is connected)",
    ),
    "cryptography that is not there": (  # DCP: a packet, then its status for ever
        "start: ldr r0, =0x402FC000\n movs r1, #1\n str r1, [r0, #0x20]\n ldr r2, =0x402FC110\n"
        " str r1, [r2]\n1: ldr r1, [r0, #0x10]\n lsls r1, r1, #31\n beq 1b",
        "on DCP + 0x10, which is not modelled, for 0.0",
        "DCP: 3 registers not modelled (+ 0x",
    ),
    "a closed clock gate": (
        "start: ldr r0, =0x400FC07C\n movs r1, #0\n str r1, [r0]\n b 1f\n"
        "1: ldr r0, =0x40184000\n ldr r1, [r0, #0x14]",
        "LPUART1: access to + 0x14 at pc 0x60002",
        "with its clock gate closed (CCM_CCGR5, CG12): a board's bus hangs here",
    ),
    "the boot ROM's functions": (
        "start: ldr r0, =0x0020001C\n ldr r0, [r0]\n ldr r0, [r0, #4]\n blx r0",
        "INVSTATE: not Thumb code, pc 0x00000000, lr 0x60002",
        "ROM: 1 register not modelled (+ 0x1C)",
    ),
    # Stacks.
    "stack into nothing": (
        "start: ldr r0, =0x10000000\n mov sp, r0\n push {r0}",
        "at 0x0FFFFFFC (nothing is there)",
        "STKERR: stacking to where there is nothing",
    ),
    "endless recursion": (
        "start: push {r0-r7}\n b start",
        "at 0x1FFFFFE0 (nothing is there)",
        "STKERR",
    ),
    "wrong FlexRAM split": (  # all of it ITCM
        "start: ldr r0, =0x400AC040\n ldr r1, =0xFFFFFFFF\n str r1, [r0, #4]\n"
        " ldr r1, =0x00200007\n str r1, [r0]\n bl 1f\n1: push {r0}",
        "at 0x20000FFC (DTCM, behind what the FlexRAM split gives it)",
        "STKERR",
    ),
    # Code.
    "illegal instruction": ("start: udf #0", "UNDEFINSTR: undefined instruction, pc 0x60002400"),
    "not Thumb code": ("start: ldr r0, =0x60002400\n bx r0", "INVSTATE: not Thumb code"),
    "a call of nowhere": (
        "start: ldr r0, =0x20300001\n blx r0",
        "IBUSERR: instruction fetch from where there is nothing, pc 0x20300000, lr 0x60002405",
    ),
    "a breakpoint": ("start: bkpt #0", "HFSR 0x80000000: breakpoint without a debugger"),
    "FPU never enabled": ("start: vmov s0, r0", "NOCP: the FPU is off, pc 0x60002400"),
    "division by zero": (
        "start: ldr r0, =0xE000ED14\n ldr r1, [r0]\n orr r1, #16\n str r1, [r0]\n b 1f\n"
        "1: movs r2, #0\n udiv r1, r1, r2",
        "DIVBYZERO: division by zero",
    ),
    # Waiting for ever.
    "asleep for ever": (
        "start: cpsid i\n1: wfi\n b 1b",
        "core: asleep at 0x60002404, since 0.000000 s, and no interrupt that could wake it",
    ),
    "asleep, for an interrupt that does not come": (
        "start: ldr r0, =0xE000E100\n mov r1, #0x100000\n str r1, [r0]\n1: wfi\n b 1b",
        "core: asleep at 0x6000240A, since 0.000000 s, for LPUART1",
    ),
    "endless loop": ("start: b start", "core: running at 0x60002400\n"),
    "endless loop in a handler": (
        "start: ldr r0, =0xE000ED04\n mov r1, #0x10000000\n str r1, [r0]\n b 99f",
        "core: running at 0x6000",
        ", in the handler of PendSV",
    ),
    "spin on a register": (
        "start: ldr r0, =0x40394014\n1: ldr r1, [r0]\n b 1b",
        "core: spinning at 0x6000240",
        ", on LPSPI1 SR for 0.0",
    ),
    "spin on a register that is not modelled": (
        "start: ldr r0, =0x402E0140\n1: ldr r1, [r0]\n cmp r1, #1\n bne 1b",
        "on USB + 0x140, which is not modelled, for 0.0",
        "USB: 1 register not modelled (+ 0x140)",
    ),
}


@pytest.fixture
def boot(tmp_path, capsys):
    """Boot an image; exit code, output and errors in one, within WALL_S."""

    def run(image, *options, name="a.bin"):
        if isinstance(image, str):
            image = boot_image(image + "\n99: b 99b\n")
        path = image if hasattr(image, "suffix") else tmp_path / name
        if path is not image:
            path.write_bytes(image)
        begin = time.monotonic()
        code = main(["boot", str(path), *map(str, options)])
        assert time.monotonic() - begin < WALL_S
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.mark.parametrize("case", CASES)
def test_where_the_core_ends_up_and_why(boot, case):
    source, *words = CASES[case]
    code, said = boot(source, "--seconds", 0.01)
    assert code == 0  # nothing was asked of it
    assert [word for word in words if word not in said] == []


def test_a_lock_up_ends_the_run(boot):
    code, said = boot("start: cpsid f\n udf #0")
    assert code == 1
    assert "core: locked up at 0x60002402, UNDEFINSTR: undefined instruction, pc 0x6000" in said
    assert "rtbench boot: the core locked up" in said


def test_pll3_switched_off_under_running_code_ends_the_run(boot):
    code, said = boot(
        "start: ldr r0, =0x400D8010\n mov r1, #0x3000\n str r1, [r0, #8]\n" + 99 * "nop\n"
    )
    assert (code, "FLEXSPI" in said, "a board hangs here" in said) == (1, True, True)


# Restarting for ever.


def test_a_firmware_that_only_restarts_is_ended_with_the_cause(boot):
    code, said = boot("start: ldr r0, =0xE000ED0C\n ldr r1, =0x05FA0004\n str r1, [r0]")
    assert code == 1
    assert "without a word on any UART (200 times, cause SYSRESETREQ)" in said


def test_a_fault_before_the_console_whose_handler_resets_is_told_with_the_fault(tmp_path, boot):
    source = (
        "start: ldr r0, =0x30000000\n ldr r1, [r0]\n99: b 99b\n"
        "handler: ldr r0, =0xE000ED0C\n ldr r1, =0x05FA0004\n str r1, [r0]\n b 99b\n"
    )
    code, said = boot(boot_image(source, {3: "handler"}))
    assert code == 1
    assert "restarts every" in said
    assert "last fault: PRECISERR: access to where there is nothing at 0x30000000" in said


def test_a_loop_of_the_own_watchdog_is_told_reset_by_reset(boot):
    """RTWDOG, 100 counts of 32 kHz: never refreshed."""
    source = (
        "start: ldr r0, =0x400BC000\n ldr r1, =0xD928C520\n str r1, [r0, #4]\n mov r1, #100\n"
        " str r1, [r0, #8]\n movw r1, #0x2180\n str r1, [r0]"
    )
    code, said = boot(source, "--seconds", 0.01)
    assert code == 0
    assert "    0.003052  reset     watchdog RTWDOG\n    0.006104  reset" in said
    code, said = boot(source, "--seconds", 2)
    assert code == 1
    assert (
        "restarts every 3051.8 us without a word on any UART (200 times, cause watchdog RTW" in said
    )


def test_a_watchdog_that_is_refreshed_for_ever_is_given_up_with_the_register(boot):
    source = (
        "start: ldr r0, =0x400B8000\n movs r1, #0xFC\n strh r1, [r0]\n"
        "1: movw r1, #0x5555\n strh r1, [r0, #2]\n movw r1, #0xAAAA\n strh r1, [r0, #2]\n b 1b"
    )
    code, said = boot(source, "--seconds", 100)
    assert code == 1
    assert "given up: the firmware costs more than" in said
    assert "on WDOG1 WSR" in said


def test_an_interrupt_that_is_never_cleared_is_given_up_with_its_name(boot):
    """GPT1 has compared and its handler clears nothing."""
    source = (
        "start: ldr r0, =0x401EC000\n movs r1, #1\n str r1, [r0, #12]\n str r1, [r0, #16]\n"
        " movw r1, #0x241\n str r1, [r0]\n ldr r0, =0xE000E10C\n movs r1, #16\n str r1, [r0]\n"
        "99: b 99b\nhandler: bx lr"
    )
    code, said = boot(boot_image(source, {16 + 100: "handler"}), "--seconds", 100)
    assert code == 1
    assert "given up: the firmware costs more than" in said
    assert "in the handler of GPT1, interrupt 100" in said


def test_wall_time_is_bounded(boot):
    toggle = "start: ldr r0, =0x401B808C\n mov r1, #0x200\n1: str r1, [r0]\n b 1b"
    code, said = boot(toggle, "--seconds", 1000, "--timeout", 0.5)
    assert (code, "0.5 s of wall time are over after" in said) == (1, True)


# What does not start at all: one line, exit code 2.


def other_chip(base: int = 0x6000_0000, fcb: dict[int, int] | None = None) -> bytes:
    """Boot headers that the RT1062's ROM or this board's flash does not take."""
    image = headers(base=base, entry=base + 0x2000)
    for offset, word in (fcb or {}).items():
        struct.pack_into("<I", image, offset, word)
    return bytes(image)


# An RT1050-EVK's FCB: HyperFlash, read with double rate on eight pads.
HYPERFLASH = {0x80: 0x8B18_87A0, 0x84: 0xA704_8F10, 0x0C: 0x0003_0303, 0x44: 0x0008_0701}


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (other_chip(0x7000_0000, {0: 0xFFFF_FFFF}), "made for an RT1064 (IVT.self is 0x70001000"),
        (other_chip(fcb=HYPERFLASH), "FCB.lookupTable[0] at 0x60000080 is 0x8B1887A0 0xA7048F10: "),
        (struct.pack("<II", 0x2000_1000, 0x6000_2401) + bytes(99), "begins with a vector table"),
        (b"\xff" * 0x4000, "FCB.tag at 0x60000000 is 0xFFFFFFFF"),
        (bytes(headers(ivt_header=0)), "IVT.header.tag at 0x60001000 is 0x00, expected 0xD1"),
        (b"UF2\n\x57\x51\x5d\x9e" + bytes(500), "a UF2 file; this board's boot ROM takes"),
    ],
    ids=["RT1064", "RT1050", "vector table", "erased", "no IVT", "UF2"],
)
def test_what_is_no_image_of_this_board_is_one_line(boot, image, words):
    code, said = boot(image)
    assert (code, len(said.splitlines())) == (2, 1)
    assert words in said


def test_a_hex_file_for_an_rt1064_is_named(tmp_path, boot):
    path = write_hex(tmp_path / "a.hex", boot_image("start: b start"), 0x7000_0000)
    code, said = boot(path)
    assert (code, "made for an RT1064, whose flash is at 0x70000000" in said) == (2, True)


def test_an_elf_without_boot_header_boots_with_a_note(tmp_path, boot):
    elf = write_elf(tmp_path / "a.elf", ".word 0x20001000, start + 1\nstart: b start")
    code, said = boot(elf, "--seconds", 0.001)
    assert code == 0
    assert "note: no boot header: the boot ROM would not start this image" in said


def test_a_file_that_is_not_there_is_one_line(tmp_path, boot):
    code, said = boot(tmp_path / "none.hex")
    assert (code, len(said.splitlines()), "cannot be read" in said) == (2, 1, True)
