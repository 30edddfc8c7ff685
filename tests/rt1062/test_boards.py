"""rt1062.boards: what a board says of itself fits the chip."""

import dataclasses

import pytest

from rt1062 import boards, emulators
from rt1062.boards.board import CameraBus, Pin
from rt1062.chip import memory_map
from rt1062.errors import SetupError
from tests.rt1062.boot_image import boot_image

EVK = boards.find("mimxrt1060-evk")


def test_pins_are_on_the_pads_that_the_manual_names():
    assert str(EVK.led) == "GPIO1.9"
    assert EVK.led.pad == "GPIO_AD_B0_09"
    assert EVK.button.pad == "WAKEUP"
    assert EVK.camera.select.pad == "GPIO_SD_B0_01"


@pytest.mark.parametrize("board", boards.BOARDS.values(), ids=lambda one: one.name)
def test_memory_of_a_board_lies_in_the_chip_s_windows(board):
    for region, window in ((board.flash, memory_map.FLASH), (board.sdram, memory_map.SDRAM)):
        if region is not None:
            assert window.base <= region.base and region.end <= window.end


@pytest.mark.parametrize("place", [(1, 32), (6, 0), (3, 28)])
def test_a_pin_without_a_pad_is_refused(place):
    with pytest.raises(ValueError, match="pin must be on a pad of the chip, not GPIO"):
        Pin(*place)


def test_a_block_that_the_chip_has_not_is_refused():
    with pytest.raises(ValueError, match="console must be an LPUART of the chip, not 'LPUART9'"):
        dataclasses.replace(EVK, console="LPUART9")
    with pytest.raises(ValueError, match="camera must be on an LPSPI of the chip, not 'LPSPI5'"):
        CameraBus("LPSPI5", "LPI2C1", Pin(3, 13))


def test_an_unknown_board_is_named_with_those_there_are():
    with pytest.raises(SetupError, match="board must be one of mimxrt1060-evk, .*, not 'evk'"):
        boards.find("evk")


OWN = """
name = "my-board"
console = "LPUART3"
left_pending = [100, 20]
[flash]
bytes = 4194304
part = "W25Q32JV"
[psram]
bytes = 8388608
[led]
pin = "GPIO2.3"
idle = false
[camera]
spi = "LPSPI4"
i2c = "LPI2C3"
select = "GPIO2.0"
select_mode = 3
pull_ups = false
[pins]
D7 = "GPIO2.17"
[wires]
LPUART3_TX = "GPIO_AD_B1_06"
"""


def test_a_board_from_a_file(tmp_path):
    (tmp_path / "my.toml").write_text(OWN)
    board = boards.find(str(tmp_path / "my.toml"))
    assert (board.name, board.title, board.console) == ("my-board", "my", "LPUART3")
    assert (board.flash.base, board.flash.size, board.sdram) == (0x6000_0000, 4 << 20, None)
    assert (board.psram.base, board.psram.size) == (0x7000_0000, 8 << 20)
    assert (board.led, board.button) == (Pin(2, 3, idle=False), None)
    assert board.camera == CameraBus("LPSPI4", "LPI2C3", Pin(2, 0), 3, pull_ups=False)
    assert board.wires == {"LPUART3_TX": "GPIO_AD_B1_06"}
    assert board.pins == {"D7": Pin(2, 17)}
    assert board.left_pending == (100, 20)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"LPUART3"', '"LPUART9"', "console must be an LPUART of the chip, not 'LPUART9'"),
        ('"LPUART3"', '"GPIO1"', "console must be an LPUART of the chip, not 'GPIO1'"),
        ('"LPUART3"', "3", "console must be a text, not 3"),
        ('name = "my-board"', "", "name must be a text, not None"),
        ('"my-board"', '"my board!"', "name must be letters, digits"),
        ("4194304", "5", "flash.bytes must be a multiple of 4096 up to"),
        ("4194304", "true", "flash.bytes must be a multiple of 4096 up to"),
        ("4194304", '"4M"', "flash.bytes must be a multiple of 4096 up to 528482304, not '4M'"),
        ("[flash]\nbytes = 4194304", "[flush]\nbytes = 1", "a key must be button, camera, .*flush"),
        (
            'part = "W25Q32JV"',
            'parts = "W25Q32JV"',
            "a key of .flash. must be bytes, part, quad_enabled, not",
        ),
        (
            'part = "W25Q32JV"',
            "quad_enabled = 0",
            "flash.quad_enabled must be true or false, not 0",
        ),
        ('"GPIO2.3"', '"GPIO9.3"', "led.pin must be a pin that has a pad on the chip, not"),
        ('"GPIO2.3"', '"D13"', "led.pin must be a pin such as GPIO1.9, not 'D13'"),
        ("idle = false", "idle = 0", "led.idle must be true or false, not 0"),
        ('"LPSPI4"', '"LPI2C1"', "camera must be on an LPSPI of the chip, not 'LPI2C1'"),
        ("select_mode = 3", "select_mode = 16", "camera.select_mode must be a MUX_MODE"),
        ('D7 = "GPIO2.17"', "D7 = 7", "pins.D7 must be a pin such as GPIO1.9, not 7"),
        ("pull_ups = false", "pull_ups = 0", "camera.pull_ups must be true or false, not 0"),
        ("AD_B1_06", "AD_B1_07", "LPUART3_TX must be on GPIO_EMC_13 or .*, not 'GPIO_AD_B1_07'"),
        ("LPUART3_TX", "TX3", "a wire must be of a signal such as LPUART1_TX, not 'TX3'"),
        ("[100, 20]", "100", "left_pending must be a list of interrupt lines, not 100"),
        ("[100, 20]", "[true]", "left_pending must be a list of interrupt lines, not"),
        ("[100, 20]", "[158]", "left_pending must be lines of the NVIC, 0 to 157, not 158"),
        ("[pins]", "[pins", "not a TOML file"),
    ],
)
def test_a_wrong_value_in_a_file_is_named(tmp_path, old, new, said):
    assert old in OWN
    (tmp_path / "my.toml").write_text(OWN.replace(old, new))
    with pytest.raises(SetupError, match=said):
        boards.find(str(tmp_path / "my.toml"))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[" * 30_000, b"x" * 100_000])
def test_garbage_is_no_board(tmp_path, content):
    (tmp_path / "my.toml").write_bytes(content)
    with pytest.raises(SetupError, match="my.toml: (not a TOML file|larger than any)"):
        boards.find(str(tmp_path / "my.toml"))


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(SetupError, match="none.toml: cannot be read .No such file"):
        boards.find(str(tmp_path / "none.toml"))


# Lights the LED of a Teensy (pin 13, GPIO2.3) through the fast GPIO7 and says so on Serial1.
TEENSY = """
start: ldr r0, =0x400AC06C
 mov r1, #-1
 str r1, [r0]
 ldr r0, =0x401F8148
 movs r1, #5
 str r1, [r0]
 ldr r0, =0x42004000
 movs r1, #8
 str r1, [r0, #4]
 str r1, [r0]
 ldr r0, =0x401F80C4
 movs r1, #2
 str r1, [r0]
 ldr r4, =0x40198000
 ldr r0, =0x0F00000D
 str r0, [r4, #0x10]
 movs r0, #1
 lsls r0, r0, #19
 str r0, [r4, #0x18]
 movs r0, #10
 str r0, [r4, #0x1C]
99: b 99b
"""


@pytest.mark.parametrize("name", ["teensy40", "teensy41", "teensy-micromod"])
def test_a_teensy_has_its_led_its_console_and_its_flash(tmp_path, name):
    (tmp_path / "a.bin").write_bytes(boot_image(TEENSY))
    board = boards.find(name)
    with emulators.create(tmp_path / "a.bin", board=board) as machine:
        machine.power_on()
        assert not machine.led
        machine.run_for(0.001)
        assert machine.led
        assert [line.text for line in machine.console] == [""]
        last = board.flash.end - 1
        assert machine.read_memory(last, 1) == b"\xff"
        with pytest.raises(ValueError, match="address must be in RAM or flash"):
            machine.read_memory(last + 1, 1)
        with pytest.raises(SetupError, match=f"{board.title} has no user button"):
            machine.press_button(True)


def test_a_board_without_led_or_camera_says_so(tmp_path):
    (tmp_path / "a.bin").write_bytes(boot_image(TEENSY))
    bare = dataclasses.replace(EVK, led=None, camera=None)
    with emulators.create(tmp_path / "a.bin", board=bare) as machine:
        machine.power_on()
        machine.run_for(0.001)
        with pytest.raises(SetupError, match="NXP MIMXRT1060-EVK has no user LED"):
            assert machine.led
        for use in (
            lambda: machine.feed_frame(b"x"),
            lambda: machine.set_fault("absent"),
            lambda: machine.frames_queued,
            lambda: machine.captured_ids,
        ):
            with pytest.raises(SetupError, match="NXP MIMXRT1060-EVK has no camera"):
                use()


def test_renode_refuses_a_board_that_it_has_not(tmp_path, monkeypatch):
    (tmp_path / "a.bin").write_bytes(boot_image(TEENSY))
    monkeypatch.setattr(emulators, "find_renode", lambda: "/somewhere/renode")
    with pytest.raises(SetupError, match="Renode has mimxrt1060-evk only, not teensy41"):
        emulators.create(tmp_path / "a.bin", emulator="renode", board=boards.find("teensy41"))
