"""The whole board on the Unicorn core, with images that boot from raw flash."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rt1062 import boards
from rt1062.errors import BootImageError, ConsoleTimeoutError, MachineError, SetupError
from rt1062.unicorn.machine import UnicornMachine
from tests.rt1062.boot_image import LPUART1_PINS, boot_image
from tests.rt1062.tiny_elf import OBJECT, write_elf

# LPUART1 at 115200 baud from the 24 MHz oscillator; `putc` sends r0.
UART = f"""
setup:
{LPUART1_PINS} ldr r4, =0x400FC024
 movs r5, #0x40
 str r5, [r4]
 ldr r4, =0x40184000
 ldr r5, =0x0F00000D
 str r5, [r4, #0x10]
 ldr r5, =0x000C0000
 str r5, [r4, #0x18]
 bx lr
putc: ldr r5, [r4, #0x14]
 lsls r5, r5, #8
 bpl putc
 str r0, [r4, #0x1C]
 bx lr
"""
SAY_AND_ECHO = f"""
start: bl setup
 movs r0, #'b'
 bl putc
 movs r0, #10
 bl putc
1: ldr r5, [r4, #0x14]
 lsls r5, r5, #10
 bpl 1b
 ldr r0, [r4, #0x1C]
 uxtb r0, r0
 bl putc
 b 1b
{UART}
"""


@pytest.fixture
def make(tmp_path: Path):
    def power(source: str, handlers: dict[int, str] | None = None) -> UnicornMachine:
        path = tmp_path / "image.bin"
        path.write_bytes(boot_image(source, handlers))
        machine = UnicornMachine(path)
        machine.power_on()
        return machine

    return power


def test_console_line_carries_the_time_of_its_first_byte(make):
    machine = make(SAY_AND_ECHO)
    line = machine.wait_for(lambda line: True, 0.01)
    assert line.text == "b"
    # The transmitter's idle preamble and the byte, ten bits each at 115,385 baud.
    assert 173 < line.time_us < 175


def test_typed_text_reaches_the_firmware_and_comes_back(make):
    machine = make(SAY_AND_ECHO)
    machine.wait_for(lambda line: line.text == "b", 0.01)
    machine.send("hello\n")
    assert machine.wait_for(lambda line: line.text == "hello", 0.1)


def test_what_never_comes_ends_with_the_last_lines(make):
    machine = make(SAY_AND_ECHO)
    with pytest.raises(ConsoleTimeoutError, match=r"0\.02 s of virtual time.*\n  b"):
        machine.wait_for(lambda line: line.text == "never", 0.02)


def test_same_inputs_give_the_same_transcript(make):
    def transcript() -> list:
        machine = make(SAY_AND_ECHO)
        machine.run_for(0.003)
        machine.send("one\ntwo\n")
        machine.run_for(0.01)
        return machine.console

    assert transcript() == transcript()
    assert len(transcript()) == 3


def test_saved_machine_goes_on_as_the_first_would(make, tmp_path: Path):
    first = make(SAY_AND_ECHO)
    first.run_for(0.002)
    first.send("abc")
    first.run_for(0.001)
    first.save(tmp_path / "state")
    second = UnicornMachine(first.image)
    second.load(tmp_path / "state")
    for machine in (first, second):
        machine.send("def\n")
        machine.run_for(0.01)
    assert second.console == first.console
    assert second.instructions == first.instructions


def test_state_of_another_image_is_refused(make, tmp_path: Path):
    machine = make(SAY_AND_ECHO)
    machine.save(tmp_path / "state")
    other = tmp_path / "other.bin"
    other.write_bytes(boot_image("start: b ."))
    with pytest.raises(SetupError, match="another flash image"):
        UnicornMachine(other).load(tmp_path / "state")


def test_what_is_no_saved_state_or_an_edited_one_is_refused(make, tmp_path: Path):
    machine, path = make(SAY_AND_ECHO), tmp_path / "state"
    machine.save(path)
    good = path.read_text()
    for text in (
        "garbage",
        "[" * 100_000,
        good[:-40],
        good.replace("now", "then"),
        good.replace(r"\"now\": ", r"\"now\": 9"),
        json.dumps(json.loads(good) | {"state": "\ud800"}),
        json.dumps(json.loads(good) | {"state": 7}),
    ):
        assert text != good
        path.write_text(text)
        with pytest.raises(SetupError, match="not a saved machine"):
            machine.load(path)


def test_refused_image_never_starts(tmp_path: Path):
    path = tmp_path / "image.bin"
    image = bytearray(boot_image("start: b ."))
    image[0x1014] ^= 4  # IVT self pointer
    path.write_bytes(image)
    with pytest.raises(BootImageError, match=r"IVT\.self at 0x60001014 is 0x60001004"):
        UnicornMachine(path).power_on()


def test_missing_image_is_a_set_up_error(tmp_path: Path):
    with pytest.raises(SetupError, match="cannot be read"):
        UnicornMachine(tmp_path / "nothing.bin")


# Counts its starts at OCRAM2 and asks for a reset until there were three.
RESETTING = """
start: ldr r0, =0x20200000
 ldr r1, [r0]
 adds r1, #1
 str r1, [r0]
 ldr r2, =0x400F8008
 ldr r3, [r2]
 lsls r4, r1, #2
 str r3, [r0, r4]
 cmp r1, #3
 bhs .
 ldr r0, =0xE000ED0C
 ldr r1, =0x05FA0004
 str r1, [r0]
 b .
"""


def words(machine: UnicornMachine, address: int, count: int) -> list[int]:
    data = machine.read_memory(address, 4 * count)
    return [int.from_bytes(data[4 * i : 4 * i + 4], "little") for i in range(count)]


def test_system_reset_keeps_ram_and_adds_its_cause(make):
    machine = make(RESETTING)
    machine.run_for(0.001)
    assert words(machine, 0x2020_0000, 4) == [3, 0x1, 0x3, 0x3]


def test_power_on_clears_ram_and_causes(make):
    machine = make(RESETTING)
    machine.run_for(0.001)
    machine.power_on()
    machine.run_for(0.001)
    assert words(machine, 0x2020_0000, 4) == [3, 0x1, 0x3, 0x3]


def test_reset_pin_is_told_from_power_on(make):
    machine = make(RESETTING)
    machine.run_for(0.001)
    machine.reset()
    machine.run_for(0.0001)
    assert words(machine, 0x2020_0000, 5)[4] & 0x8


# Lights the LED, lets the watchdog bite in 0.5 s, switches itself off; counts its starts at OCRAM2.
SWITCHES_OFF = """
start: ldr r0, =0x20200000
 ldr r1, [r0]
 adds r1, #1
 str r1, [r0]
 ldr r2, =0x401F80BC
 movs r1, #5
 str r1, [r2, #0x24]
 ldr r2, =0x401B8000
 movw r1, #0x200
 str r1, [r2, #4]
 ldr r2, =0x400B8000
 movs r1, #0x34
 strh r1, [r2]
 ldr r2, =0x400D4000
 ldr r1, [r2, #0x38]
 orr r1, #0x40
 str r1, [r2, #0x38]
2: ldr r1, [r0, #4]
 adds r1, #1
 str r1, [r0, #4]
 b 2b
"""


@pytest.fixture
def off(make):
    machine = make(SWITCHES_OFF)
    machine.run_for(0.001)
    return machine


def test_power_off_by_snvs_stops_the_core_for_good(off):
    rounds = words(off, 0x2020_0004, 1)[0]
    assert rounds < 100
    before = off.instructions
    off.run_for(2)  # a watchdog that still ran would have bitten
    assert off.instructions == before
    assert words(off, 0x2020_0000, 2) == [1, rounds]
    assert off.warnings == ["SNVS: LPCR.TOP switched the board off until power on"]


def test_a_board_that_is_off_drives_no_pin(off):
    assert not off.led


def test_neither_reset_nor_the_user_button_starts_a_board_that_is_off(off):
    off.reset()
    off.press_button(True)
    off.run_for(0.01)
    assert words(off, 0x2020_0000, 1) == [1]


def test_power_on_starts_it_again(off):
    off.power_on()
    assert off.warnings == []
    off.run_for(0.001)
    assert words(off, 0x2020_0000, 1) == [1]
    assert len(off.warnings) == 1


def test_unmodelled_registers_are_one_line_a_block_with_offsets_and_the_first_pc(make):
    machine = make(
        "start: ldr r0, =0x402B4000\n movs r1, #5\n1: str r1, [r0, #0x10]\n ldr r2, [r0]\n b 1b"
    )
    machine.run_for(0.001)
    assert machine.warnings == [
        "PXP: 2 registers not modelled (+ 0x10, + 0x0), first a write of + 0x10 at pc 0x60002400"
    ]


def test_flash_cannot_be_written_by_the_core(make):
    machine = make("start: ldr r0, =0x60002000\n str r0, [r0]\n b .\nhard: b .", {3: "hard"})
    machine.run_for(0.001)
    assert machine.hardware.processor.exceptions.cfsr == 0x8200
    assert words(machine, 0x6000_2000, 1) == [0x2000_1000]


def test_memory_that_is_not_there_is_an_error_from_outside(make):
    machine = make("start: b .")
    with pytest.raises(ValueError, match="0x10000000"):
        machine.read_memory(0x1000_0000, 4)
    with pytest.raises(ValueError, match="0x202C0000"):
        machine.write_memory(0x202B_FFFE, b"1234567890")


def test_gpio_drives_only_pads_that_are_multiplexed_to_it(make):
    # The LED's pad is a JTAG pin after reset (MUX_MODE 0).
    machine = make(
        "start: ldr r0, =0x401B8000\n mov r1, #0x200\n str r1, [r0, #4]\n movs r1, #0\n"
        " str r1, [r0]\n b ."
    )
    machine.run_for(0.001)
    assert not machine.led


def test_camera_can_be_selected_by_the_spi_block_itself(make):
    # SD_B0_01 as LPSPI1_PCS0; two 16-bit frames read the camera's version register (0x40), 100 ms
    # after power, when it answers.
    frame = (
        " ldr r1, =0x4000\n str r1, [r0, #0x64]\n1: ldr r2, [r0, #0x5C]\n lsrs r2, r2, #16\n"
        " beq 1b\n"
    )
    body = (
        "start: ldr r0, =31000000\n2: subs r0, #1\n bne 2b\n"
        " ldr r0, =0x401F81BC\n movs r1, #4\n str r1, [r0]\n str r1, [r0, #4]\n"
        " str r1, [r0, #8]\n str r1, [r0, #12]\n ldr r0, =0x401F84F4\n movs r1, #1\n"
        " str r1, [r0]\n ldr r0, =0x40394000\n movs r1, #18\n str r1, [r0, #0x40]\n"
        " movs r1, #1\n str r1, [r0, #0x24]\n str r1, [r0, #0x10]\n movs r1, #15\n"
        f" str r1, [r0, #0x60]\n{frame} ldr r6, [r0, #0x74]\n{frame} ldr r7, [r0, #0x74]\n b ."
    )
    machine = make(body)
    machine.run_for(0.2)
    core = machine.hardware.processor.core
    assert [core.get("R6") & 0xFF, core.get("R7") & 0xFF] == [0x73, 0x73]


def test_unconnected_pad_follows_its_pull(make):
    # GPIO1.3 with pull-up, pull-down, and the keeper that holds what was there.
    controls = (0x1B0B0, 0x130B0, 0x1B0B0, 0x110B0)
    body = "start: ldr r0, =0x401F82B8\n ldr r1, =0x401B8000\n ldr r2, =0x20000100\n"
    for i, control in enumerate(controls):
        body += f" ldr r3, ={control}\n str r3, [r0]\n ldr r3, [r1, #8]\n str r3, [r2, #{4 * i}]\n"
    machine = make(body + " b .")
    machine.run_for(0.001)
    levels = [word >> 3 & 1 for word in words(machine, 0x2000_0100, 4)]
    assert levels == [1, 0, 1, 1]


def test_variables_are_read_and_written_by_their_names(make, tmp_path: Path):
    machine = make("start: ldr r0, =0x20000100\n ldr r1, =0x11223344\n str r1, [r0]\n b .")
    with pytest.raises(SetupError, match="none was given"):
        machine.read_symbol("presses")
    elf = write_elf(
        tmp_path / "image.elf",
        {"presses": (0x2000_0100, 4, OBJECT), "label": (0x2000_0100, 0, OBJECT)},
    )
    named = UnicornMachine(machine.image, elf)
    named.power_on()
    named.run_for(0.001)
    assert named.read_symbol("presses") == bytes.fromhex("44332211")
    assert named.read_symbol("label", 2) == bytes.fromhex("4433")
    named.write_symbol("presses", b"\x01")
    assert named.read_symbol("presses") == bytes.fromhex("01332211")
    with pytest.raises(ValueError, match="presses must be at most 4 bytes, not 5"):
        named.write_symbol("presses", bytes(5))
    with pytest.raises(SetupError, match="symbol 'label' has no size"):
        named.read_symbol("label")
    with pytest.raises(SetupError, match="there is no symbol 'presse'"):
        named.read_symbol("presse")


def test_led_and_button_are_on_their_pads(make):
    # LED on while the button is pressed: GPIO5.0 low copies to GPIO1.9 low.
    machine = make(
        "start: ldr r0, =0x401F80E0\n movs r1, #5\n str r1, [r0]\n"
        " ldr r0, =0x401B8000\n mov r1, #0x200\n str r1, [r0, #4]\n ldr r2, =0x400C0000\n"
        "1: ldr r3, [r2, #8]\n lsls r3, r3, #9\n str r3, [r0]\n b 1b"
    )
    machine.run_for(0.001)
    assert not machine.led
    machine.press_button(True)
    machine.run_for(0.001)
    assert machine.led
    machine.press_button(False)
    machine.run_for(0.001)
    assert not machine.led


def test_a_machine_that_only_restarts_is_an_error_with_the_cause(make):
    machine = make("start: ldr r0, =0xE000ED0C\n ldr r1, =0x05FA0004\n str r1, [r0]\n b .")
    with pytest.raises(MachineError, match=r"without a word .* \(200 times, cause SYSRESETREQ\)"):
        machine.run_for(0.01)


# Clears line 100 where r6 is 1, then lets interrupts in; the handler counts in r7.
LEFT = """
start: movs r7, #0
 movs r6, #{clears}
 mrs r5, primask
 cbz r6, 1f
 ldr r0, =0xE000E18C
 mov r1, #16
 str r1, [r0]
 ldr r0, =0xE000E28C
 str r1, [r0]
1: cpsie i
 nop
2: b 2b
line: adds r7, #1
 bx lr
"""


@pytest.mark.parametrize(
    ("left", "clears", "counted"), [((), 0, 0), ((100,), 0, 1), ((100,), 1, 0)]
)
def test_lines_that_a_boot_loader_left_pending_come_unless_cleared(tmp_path, left, clears, counted):
    image = boot_image(LEFT.format(clears=clears), {16 + 100: "line"})
    (tmp_path / "a.bin").write_bytes(image)
    board = replace(boards.DEFAULT, left_pending=left)
    machine = UnicornMachine(tmp_path / "a.bin", board=board)
    machine.power_on()
    for _ in range(2):
        machine.run_for(0.001)
        assert (machine.register("R7"), machine.register("R5")) == (counted, int(bool(left)))
        machine.reset()
