"""docs/board.md and its picture, held to the board's data, the chip's routes and the firmware."""

import re
from pathlib import Path

from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.chip.pads import GPIO_OF
from rt1062.chip.routes import _TABLE

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/board.md").read_text(encoding="utf-8")
PICTURE = (ROOT / "docs/board.svg").read_text(encoding="utf-8")
PINS = (ROOT / "firmware/boards/mimxrt1060_evk/pins.cc").read_text(encoding="utf-8")
CAMERA = MIMXRT1060_EVK.camera


def wires() -> list[list[str]]:
    """The rows of the table of wires: header, Arduino's name, pad, signal, camera's name."""
    table = PAGE.split("| header | Arduino |")[1].split("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]


def test_every_wire_of_the_cameras_buses_is_in_the_table():
    signals = {signal for _, _, _, signal, _ in wires()}
    assert signals == {
        *(f"{CAMERA.spi}_{name}" for name in ("SCK", "SDO", "SDI")),
        *(f"{CAMERA.i2c}_{name}" for name in ("SCL", "SDA")),
        str(CAMERA.select),
        "ground",
        "3.3 V",
    }


def test_every_pad_of_the_table_carries_its_signal_on_the_chip():
    routes = {line.split()[0]: line for line in _TABLE.splitlines() if line}
    for _, _, pad, signal, _ in wires():
        if pad == "-":
            continue
        if signal.startswith("GPIO"):
            port, number = re.fullmatch(r"GPIO(\d)\.(\d+)", signal).groups()
            assert GPIO_OF[f"GPIO_{pad}"] == (int(port), int(number))
        else:
            assert f" {pad}/" in routes[signal], signal


def test_every_pad_of_the_table_is_set_up_so_by_the_firmware():
    for _, _, pad, signal, _ in wires():
        if pad != "-":
            assert f"// {pad} {signal}" in PINS


def test_the_picture_shows_the_table():
    texts = re.findall(r"<text x=\"\d+\" y=\"\d+\">([^<]*)</text>", PICTURE)
    for header, arduino, pad, signal, camera in wires():
        shown = ["" if pad == "-" else pad, signal, header, arduino, camera]
        assert any(texts[i : i + 5] == shown for i in range(len(texts))), shown


def test_the_page_says_the_led_and_the_console():
    assert f"console is {MIMXRT1060_EVK.console}" in PAGE
    assert f"({MIMXRT1060_EVK.led})" in PAGE
