"""A board from a TOML file, for boards of one's own.

name = "my-board"
title = "My board, revision B"
console = "LPUART3"
left_pending = []  # interrupt lines that a boot loader leaves enabled and pending; none if left out

[flash]
bytes = 4194304
part = "W25Q32JV"
quad_enabled = true  # QE in its status register as the part is bought; true if left out

[sdram]            # only if there is one
bytes = 33554432

[psram]            # likewise: an APS6404L or its like on FlexSPI2
bytes = 8388608

[led]              # GPIO1.9; `idle` is its level while nothing drives it, the LED being dark
pin = "GPIO1.9"
idle = true

[button]
pin = "GPIO5.0"

[camera]           # an ArduCAM; `select_mode` is the MUX_MODE in which its select is PCS0
spi = "LPSPI1"
i2c = "LPI2C1"
select = "GPIO3.13"
select_mode = 4
pull_ups = true    # of SCL and SDA, on the module or the board; true where nothing is said

[pins]
D7 = "GPIO2.17"

[wires]            # the pads that are connected; a signal that is not listed may be on any
LPUART3_TX = "GPIO_AD_B1_06"
"""

import re
import tomllib
from pathlib import Path

from rt1062.boards.board import Board, CameraBus, Pin
from rt1062.chip.memory_map import FLASH, FLEXSPI2, SDRAM, Region
from rt1062.errors import SetupError

MOST_BYTES = 1 << 16  # of the file
KEYS = {
    "": {
        "name",
        "title",
        "console",
        "flash",
        "sdram",
        "psram",
        "led",
        "button",
        "camera",
        "pins",
        "wires",
        "left_pending",
    },
    "flash": {"bytes", "part", "quad_enabled"},
    "sdram": {"bytes"},
    "psram": {"bytes"},
    "led": {"pin", "idle"},
    "button": {"pin", "idle"},
    "camera": {"spi", "i2c", "select", "select_mode", "pull_ups"},
}
PSRAM = 16 << 20  # the largest part on a port of FlexSPI2
PAGE = 4096  # the emulated memory's, and the smallest sector's of such a flash


def read(path: Path) -> Board:
    """The board that a file describes; SetupError with file, key, value and what is expected."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SetupError(f"{path}: larger than any description of a board")
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SetupError(f"{path}: not a TOML file ({error})") from error
    return _Reader(path, content).board()


class _Reader:
    """Values of a board's file, each checked."""

    def __init__(self, path: Path, content: dict[str, object]) -> None:
        self.path = path
        self.content = content

    def refuse(self, key: str, found: object, expected: str) -> SetupError:
        return SetupError(f"{self.path}: {key} must be {expected}, not {found!r}")

    def board(self) -> Board:
        self.only("", self.content)
        flash, sdram, camera = self.table("flash"), self.table("sdram"), self.table("camera")
        psram = self.table("psram")
        if flash is None:
            raise self.refuse("[flash]", None, "there, with bytes and part")
        try:
            return Board(
                name=self.text("name", self.content, re.compile(r"[\w.-]{1,40}")),
                title=self.text("title", self.content, default=self.path.stem),
                flash=Region("FLASH", FLASH.base, self.size("flash", flash, FLASH.size)),
                flash_part=self.text("part", flash, default="unknown"),
                quad_enabled=self.flag("flash.quad_enabled", flash.get("quad_enabled", True)),
                sdram=sdram and Region("SDRAM", SDRAM.base, self.size("sdram", sdram, SDRAM.size)),
                psram=psram and Region("PSRAM", FLEXSPI2.base, self.size("psram", psram, PSRAM)),
                console=self.text("console", self.content),
                left_pending=self.lines("left_pending"),
                led=self.pin_of("led"),
                button=self.pin_of("button"),
                camera=camera and self.camera(camera),
                pins={
                    name: self.pin(f"pins.{name}", value)
                    for name, value in (self.table("pins") or {}).items()
                },
                wires={
                    signal: self.text(signal, self.table("wires") or {})
                    for signal in self.table("wires") or {}
                },
            )
        except ValueError as error:
            raise SetupError(f"{self.path}: {error}") from error

    def only(self, name: str, table: dict[str, object]) -> None:
        unknown = sorted(set(table) - KEYS[name])
        if unknown:
            known = ", ".join(sorted(KEYS[name]))
            raise self.refuse(f"a key of [{name}]" if name else "a key", unknown[0], known)

    def table(self, name: str) -> dict[str, object] | None:
        table = self.content.get(name)
        if table is None:
            return None
        if not isinstance(table, dict):
            raise self.refuse(name, table, f"a table [{name}]")
        if name in KEYS:
            self.only(name, table)
        return table

    def text(
        self,
        key: str,
        table: dict[str, object],
        form: re.Pattern[str] | None = None,
        default: str | None = None,
    ) -> str:
        value = table.get(key, default)
        if not isinstance(value, str) or not value.isprintable():
            raise self.refuse(key, value, "a text")
        if form is not None and not form.fullmatch(value):
            raise self.refuse(key, value, "letters, digits, `.`, `_` and `-`, 40 at most")
        return value

    def size(self, name: str, table: dict[str, object], most: int) -> int:
        value = table.get("bytes")
        good = isinstance(value, int) and not isinstance(value, bool)
        if not good or not 0 < value <= most or value % PAGE:
            raise self.refuse(f"{name}.bytes", value, f"a multiple of {PAGE} up to {most}")
        return value

    def lines(self, key: str) -> tuple[int, ...]:
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(type(one) is int for one in value):
            raise self.refuse(key, value, "a list of interrupt lines")
        return tuple(value)

    def flag(self, key: str, value: object) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(key, value, "true or false")
        return value

    def pin_of(self, name: str) -> Pin | None:
        table = self.table(name)
        if table is None:
            return None
        idle = self.flag(f"{name}.idle", table.get("idle", True))
        return self.pin(f"{name}.pin", table.get("pin"), idle)

    def pin(self, key: str, value: object, idle: bool = True) -> Pin:
        found = re.fullmatch(r"GPIO(\d{1,2})\.(\d{1,2})", value) if isinstance(value, str) else None
        if found is None:
            raise self.refuse(key, value, "a pin such as GPIO1.9")
        try:
            return Pin(int(found[1]), int(found[2]), idle)
        except ValueError as error:
            raise self.refuse(key, value, "a pin that has a pad on the chip") from error

    def camera(self, table: dict[str, object]) -> CameraBus:
        mode = table.get("select_mode")
        whole = isinstance(mode, int) and not isinstance(mode, bool)
        if mode is not None and not (whole and 0 <= mode <= 15):
            raise self.refuse("camera.select_mode", mode, "a MUX_MODE from 0 to 15")
        return CameraBus(
            self.text("spi", table),
            self.text("i2c", table),
            self.pin("camera.select", table.get("select")),
            mode,
            self.flag("camera.pull_ups", table.get("pull_ups", True)),
        )
