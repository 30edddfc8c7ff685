"""The firmware's rooms: who includes whom; its linker scripts, held to the chip's memory map."""

import re
import subprocess
from pathlib import Path

import pytest

from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.chip import memory_map
from rt1062.chip.block_table import BLOCKS

FIRMWARE = Path(__file__).parents[1] / "firmware"
BOARD = FIRMWARE / "boards" / "mimxrt1060_evk"
# Each room and what it may include beside itself; "board" is the board that the build chose.
ROOMS = {
    "chip": (),
    "drivers": ("chip",),
    "start": ("chip", "drivers"),
    "boards/mimxrt1060_evk": ("chip", "drivers", "start", "board"),
    "app/console": ("chip", "drivers", "start", "board"),
    "app/vision": ("chip", "drivers", "board", "model", "app/console"),
    "app/hello": ("drivers", "board", "app/console"),
    "app/log": ("drivers", "board", "app/console", "app/vision"),
    "app/classify": ("drivers", "board", "model", "app/console", "app/vision"),
    "app/count": ("drivers", "board", "model", "app/console", "app/vision"),
    "app/tensors": ("drivers", "board", "model", "app/console", "app/vision"),
}
GENERATED = {"model_data.hpp", "model_decoding.hpp", "op_resolver.hpp"}
CORE_BLOCKS = {  # Armv7-M, the same on every chip
    "DWT": 0xE000_1000,
    "SYSTICK": 0xE000_E010,
    "NVIC": 0xE000_E100,
    "SCB": 0xE000_ED00,
    "MPU": 0xE000_ED90,
    "DEBUG": 0xE000_EDF0,
    "CACHE": 0xE000_EF50,
}


def _regions() -> dict[str, tuple[int, int]]:
    text = (FIRMWARE / "chip/memory.ld").read_text() + (BOARD / "flash.ld").read_text()
    found = re.findall(r"(\w+)\s*\(\w+\)\s*: ORIGIN = (\w+), LENGTH = (\d+)K", text)
    return {name: (int(origin, 16), int(kib) * 1024) for name, origin, kib in found}


def _flexram_banks() -> list[int]:
    word = re.search(r"=(0x[0-9A-F]{8})", (FIRMWARE / "start/startup.cc").read_text())
    assert word is not None
    return [int(word[1], 16) >> 2 * bank & 3 for bank in range(memory_map.FLEXRAM_BANKS)]


def test_linker_regions_are_the_chips():
    regions = _regions()
    assert regions.keys() == {"FLASH", "ITCM", "DTCM", "OCRAM2"}
    for region in (MIMXRT1060_EVK.flash, memory_map.OCRAM2):
        assert regions[region.name] == (region.base, region.size)


def test_the_sdram_of_the_linker_is_the_boards():
    text = (BOARD / "sdram.ld").read_text()
    (found,) = re.findall(r"SDRAM \(rw\) : ORIGIN = (\w+), LENGTH = (\d+)K", text)
    sdram = MIMXRT1060_EVK.sdram
    assert (int(found[0], 16), int(found[1]) * 1024) == (sdram.base, sdram.size)


def test_tcm_regions_are_what_the_start_up_code_sets():
    regions, banks = _regions(), _flexram_banks()
    for name, kind in (("ITCM", memory_map.FLEXRAM_ITCM), ("DTCM", memory_map.FLEXRAM_DTCM)):
        size = banks.count(kind) * memory_map.FLEXRAM_BANK_BYTES
        assert regions[name] == (getattr(memory_map, name).base, size)
    assert memory_map.FLEXRAM_UNUSED not in banks


def test_peripherals_are_where_the_chip_has_them():
    text = (FIRMWARE / "chip/peripherals.ld").read_text()
    found = {name: int(at, 16) for name, at in re.findall(r"^(\w+)\s*= (0x\w+);", text, re.M)}
    assert found
    for name, base in found.items():
        expected = CORE_BLOCKS[name] if name in CORE_BLOCKS else BLOCKS[name].base
        assert base == expected, name


def sources() -> dict[str, str]:
    """Every C++ file of the firmware but its tests, by its path in `firmware`."""
    return {
        str(path.relative_to(FIRMWARE)): path.read_text()
        for path in sorted(FIRMWARE.rglob("*"))
        if path.suffix in (".cc", ".hpp") and FIRMWARE / "tests" not in path.parents
    }


def room_of(path: str) -> str:
    """The room that a file or an included path lies in."""
    if path in GENERATED:
        return "model"
    return path.rpartition("/")[0] or "board"


def offences(files: dict[str, str]) -> list[str]:
    """Includes that lead up or sideways, one line each."""
    found = []
    for name, text in files.items():
        room = room_of(name)
        if room not in ROOMS:
            found.append(f"{name} is in no room")
            continue
        for path in re.findall(r'^#include "([^"]+)"', text, re.MULTILINE):
            own = room_of(path) in (room, *ROOMS[room])
            if not own and not path.startswith("tensorflow/"):
                found.append(f"{name} includes {path}")
    return found


def test_includes_lead_down():
    assert offences(sources()) == []


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("app/vision/service.hpp", "app/count/tracker.hpp", "includes app/count/tracker.hpp"),
        ("app/classify/scores.cc", "app/count/box.hpp", "includes app/count/box.hpp"),
        ("app/console/events.cc", "app/vision/crc32.hpp", "includes app/vision/crc32.hpp"),
        ("drivers/arducam.cc", "board.hpp", "includes board.hpp"),
        ("chip/lpuart.hpp", "drivers/status.hpp", "includes drivers/status.hpp"),
        ("app/attic.cc", "chip/gpio.hpp", "app/attic.cc is in no room"),
    ],
)
def test_an_include_that_leads_up_is_found(name, line, said):
    files = sources()
    files[name] = files.get(name, "") + f'#include "{line}"\n'
    assert any(said in one for one in offences(files))


def code(text: str) -> str:
    """Without comments."""
    return re.sub(r"//.*", "", text)


def test_applications_know_no_camera_part_and_no_size_of_its_pictures():
    part = re.compile(r"arducam|ov2640|\b(96|18432|9216)\b", re.IGNORECASE)
    found = [
        f"{name}: {match[0]}"
        for name, text in sources().items()
        if name.startswith("app/") and (match := part.search(code(text)))
    ]
    assert found == []


def test_words_of_one_application_are_in_its_own_room():
    words = re.compile(r'[{(]"(line|reset counts|boxes|crossing|count|label|classify)"')
    found = [
        f"{name}: {match[0]}"
        for name, text in sources().items()
        if not name.startswith(("app/count/", "app/classify/", "app/hello/"))
        and (match := words.search(code(text)))
    ]
    # A fatal event says in which line of which file.
    assert [one for one in found if one != 'app/console/fault.cc: ("line"'] == []


def test_parts_of_a_board_are_named_in_its_room_only():
    part = re.compile(r"IS25WP|MIMXRT|\bEVK\b|AD_B0_|SD_B0_")
    files = {name: text for name, text in sources().items() if not name.startswith("boards/")}
    files |= {str(path): path.read_text() for path in FIRMWARE.glob("*/*.ld")}
    assert [name for name, text in files.items() if part.search(text)] == []


def test_no_generated_header_has_the_name_of_a_written_one():
    listed = subprocess.run(
        ["git", "-C", FIRMWARE, "ls-files", "*.hpp"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {Path(name).name for name in listed} & {*GENERATED, "decoding_vectors.hpp"}
