"""`rtbench boot` with a plain-text firmware: every kind of file, every peripheral elsewhere."""

import json

import pytest

from rtbench.cli import main
from tests.rt1062.c_program import build, converted

# The program's places: registers of the chip, offsets of pads and input selects in IOMUXC.
EVK = {
    "UART": "0x40184000u",  # LPUART1 on AD_B0_12 and 13
    "SPI": "0x40394000u",  # LPSPI1 on SD_B0_00, 02 and 03
    "PADS": "pad(0xEC,2,0,0);pad(0xF0,2,0,0);"
    "pad(0x1BC,4,0x4F0,1);pad(0x1C4,4,0x4F8,1);pad(0x1C8,4,0x4F4,1);",
    "LED_PORT": 1, "LED_PIN": 9, "LED_MUX": 0xE0, "LED_LIT": 0,
    "SELECT_PORT": 3, "SELECT_PIN": 13, "SELECT_MUX": 0x1C0,
}  # fmt: skip
# LPUART3 on AD_B1_06 and 07, LPSPI4 on B0_01 to 03, a LED on B1_00 that is lit when high, and the
# select on AD_B1_12.
MOVED = {
    "UART": "0x4018C000u",
    "SPI": "0x403A0000u",
    "PADS": "pad(0x114,2,0x53C,0);pad(0x118,2,0x538,0);"
    "pad(0x148,3,0x520,0);pad(0x144,3,0x528,0);pad(0x140,3,0x524,0);",
    "LED_PORT": 2, "LED_PIN": 16, "LED_MUX": 0x17C, "LED_LIT": 1,
    "SELECT_PORT": 1, "SELECT_PIN": 28, "SELECT_MUX": 0x12C,
}  # fmt: skip
OPTIONS = (
    "--console", "lpuart3", "--led", "GPIO2.16", "--led-lit", "high",
    "--camera", "lpspi4,lpi2c1,GPIO1.28",
)  # fmt: skip
BOARD = """
name = "moved"
console = "LPUART3"
[flash]
bytes = 8388608
part = "IS25WP064"
[led]
pin = "GPIO2.16"
idle = false
[camera]
spi = "LPSPI4"
i2c = "LPI2C1"
select = "GPIO1.28"
[wires]
LPUART3_TX = "GPIO_AD_B1_06"
LPUART3_RX = "GPIO_AD_B1_07"
LPSPI4_SCK = "GPIO_B0_03"
LPSPI4_SDO = "GPIO_B0_02"
LPSPI4_SDI = "GPIO_B0_01"
"""
TALK = ("--expect", "login: ", "--type", "bob", "--expect", "hello bob", "--expect", "> ")


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The ELF files: for the EVK's places, and for others."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("evk", "moved")}
    return {
        "evk": build(folders["evk"], "own", EVK),
        "moved": build(folders["moved"], "own", MOVED),
    }


@pytest.fixture
def boot(capsys):
    """Boot a file; exit code, output, errors."""

    def run(path, *options):
        code = main(["boot", str(path), *map(str, options)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def columns(out: str) -> list[tuple[str, str]]:
    """Source and text of what was told, without times."""
    told = [line.split(None, 2)[1:] for line in out.splitlines() if line[:12].strip()[:1].isdigit()]
    return [(one[0], one[1] if len(one) > 1 else "") for one in told]


def check_talk(told: tuple[int, str, str], port: str, tmp_path) -> None:
    """Prompt, typed line, camera and LED, without a diagnosis."""
    code, out, err = told
    assert (code, err) == (0, "")
    lines = [text for source, text in columns(out) if source == port]
    assert lines[1:4] == [
        "*** My Vision App v1.2 ***",
        "[\x1b[32m OK \x1b[0m] temp=23.5°C",
        "camera test register 0x55",
    ]
    assert "login: bob" in lines
    assert "hello bob" in lines
    assert {source for source, _ in columns(out)} <= {port, "LED"}


@pytest.mark.parametrize("suffix", [".bin", ".hex", ".s19", ".elf"])
@pytest.mark.parametrize("place", ["evk", "options", "file"])
def test_every_kind_of_file_talks_blinks_and_has_its_camera(
    programs, boot, tmp_path, suffix, place
):
    image = converted(programs["evk" if place == "evk" else "moved"], suffix)
    (tmp_path / "moved.toml").write_text(BOARD)
    where = {"evk": (), "options": OPTIONS, "file": ("--board", tmp_path / "moved.toml")}[place]
    port = "LPUART1" if place == "evk" else "LPUART3"
    check_talk(boot(image, *where, *TALK), port, tmp_path)
    report = tmp_path / "o.json"
    code, out, err = boot(image, *where, "--seconds", 0.25, "--json", report)
    assert (code, err) == (0, "")
    assert "login:  (no end of line)" in out
    assert [text for source, text in columns(out) if source == "LED"][:3] == ["on", "off", "on"]
    assert out.splitlines()[-1].startswith("core: running at 0x6000")
    assert ("(reset_handler + 0x" in out) == (suffix == ".elf")
    kept = json.loads(report.read_text())
    assert (kept["warnings"], kept["faults"], kept["verdict"]) == ([], [], "ran")
    assert kept["unfinished"] == {port: "login: "}


@pytest.mark.parametrize("place", ["evk", "moved"])
def test_exit_codes_of_claims_on_it(programs, boot, place):
    where = OPTIONS if place == "moved" else ()
    late, unwanted = ("--expect", "never"), ("--fail", "Vision")
    assert boot(programs[place], *where, *late, "--seconds", 0.01)[0] == 1
    assert boot(programs[place], *where, *unwanted, "--seconds", 0.01)[0] == 1
    assert boot(programs[place], *where, "--uart", "lpuart9")[0] == 2


def test_on_the_board_as_it_is_a_moved_program_is_heard_but_sees_no_camera(programs, boot):
    """Every port is shown, whatever the board's console; the camera is not where it looks."""
    code, out, err = boot(programs["moved"], "--seconds", 0.3)
    assert (code, err) == (0, "")
    assert ("LPUART3", "camera test register 0xFF") in columns(out)
    assert "LED" not in [source for source, _ in columns(out)]


def test_the_end_comes_at_the_microsecond_even_between_two_ticks(programs, boot):
    """An instruction is less than a microsecond: what is left of the last one is no time to run."""
    code, _, err = boot(programs["evk"], "--seconds", 0.2301234, "--timeout", 20)
    assert (code, err) == (0, "")
