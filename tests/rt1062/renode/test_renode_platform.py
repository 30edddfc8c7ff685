"""rt1062.repl and the EVK's file say what sim/rt1062/chip and sim/rt1062/blocks say.

Registers are compared on a real Renode; every test there shows that it takes the files at all.
"""

import inspect
import re
from pathlib import Path

import pytest

from rt1062 import boot_rom
from rt1062.blocks.ccm import Ccm
from rt1062.blocks.ccm_analog import CcmAnalog
from rt1062.blocks.dcdc import Dcdc
from rt1062.blocks.gpc import Gpc
from rt1062.blocks.iomuxc import Iomuxc, IomuxcSnvs
from rt1062.blocks.iomuxc_gpr import IomuxcGpr, IomuxcSnvsGpr
from rt1062.blocks.ocotp import Ocotp
from rt1062.blocks.snvs import Snvs
from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.chip.block_table import BLOCKS, NVIC_INTERRUPTS, NVIC_PRIORITY_BITS
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.chip.clock_limits import LIMITS_IN_USE
from rt1062.chip.pads import GPIO_OF
from rt1062.devices.ov2640 import ADDRESS
from rt1062.renode import machine, process, routes
from rt1062.scheduler import Scheduler
from tests.rt1062.renode import repl
from tests.rt1062.renode.image import flash_image
from tests.rt1062.renode.real import Chip
from tests.rt1062.renode.twins import offsets

FOLDER = Path(machine.__file__).parent
CHIP = repl.read(FOLDER / "rt1062.repl")
EVK = repl.read(FOLDER / process.BOARD)
BUS = {name: entry for name, entry in CHIP.items() if ("sysbus" in dict(entry.registrations))}

# Entries that are memory or the core's own, and not blocks of the chip's table.
MEMORY = {region.name.lower(): region for region in machine.MEMORY}
CORE = {"nvic", "cpu", "dwt"}
BLOCK_ENTRIES = {name: e for name, e in BUS.items() if name not in MEMORY.keys() | CORE}
TAGS = {
    words[3].strip('"'): (int(words[1].strip("<,"), 0), int(words[2].strip(">"), 0))
    for words in CHIP["sysbus"].init
}
# Outputs of an entry, named as the chip's table names the interrupts.
LINES = {
    "LowIRQ": "{}_COMBINED_0_15",
    "HighIRQ": "{}_COMBINED_16_31",
    **{f"INT{i}": f"{{}}_INT{i}" for i in range(8)},
}
# Interrupts of blocks whose models here never raise them.
SILENT = {
    "DCDC", "CCM_1", "CCM_2", "PMU_EVENT", "TEMP_LOW_HIGH", "TEMP_PANIC", "GPC", "SRC", "GPR_IRQ",
    "SNVS_HP_WRAPPER", "SNVS_HP_WRAPPER_TZ", "SNVS_LP_WRAPPER", "RTWDOG", "GPIO6_7_8_9",
}  # fmt: skip


def test_the_parser_sees_all(tmp_path) -> None:
    names = re.findall(r"^(\w+):", (FOLDER / "rt1062.repl").read_text(), re.MULTILINE)
    assert list(CHIP) == names
    assert len(EVK) == len(CHIP) + 3


@pytest.mark.parametrize("name", BLOCK_ENTRIES)
def test_a_block_lies_where_the_chip_has_it(name) -> None:
    block = BLOCKS[name.upper()]
    assert BLOCK_ENTRIES[name].address == block.base
    if "size" in BLOCK_ENTRIES[name].settings:
        assert int(BLOCK_ENTRIES[name].settings["size"], 0) == block.size


def test_the_limits_of_clock_roots_are_the_chips() -> None:
    given = {f"{root}Limit": str(hz) for root, hz in LIMITS_IN_USE.items()}
    assert {key: CHIP["ccm"].settings[key] for key in given} == given


def test_a_serial_block_knows_its_name() -> None:
    named = {
        n: e.settings["block"]
        for n, e in CHIP.items()
        if n.startswith(("lpuart", "lpspi", "lpi2c"))
    }
    assert named == {name: name.upper() for name in named}
    assert len(named) == 16


def test_the_routes_are_those_of_the_chip_on_the_board() -> None:
    lines = routes.text(MIMXRT1060_EVK).splitlines()
    assert "LPUART1_TX GPIO_AD_B0_12 236 2 -1 0 732" in lines  # 0xEC, 0x2DC
    assert "LPSPI1_SDI GPIO_SD_B0_03 456 4 1268 1 952" in lines  # 0x1C8, 0x4F4, 0x3B8
    assert not any(line.startswith("LPSPI1_SDI GPIO_EMC_29") for line in lines)  # not wired
    assert sum(line.startswith("LPUART3_TX ") for line in lines) == 3


@pytest.mark.parametrize("name", BLOCK_ENTRIES)
def test_a_blocks_interrupts_are_the_chips(name) -> None:
    block = BLOCKS[name.upper()]
    wired = {}
    for output, receiver, number in BLOCK_ENTRIES[name].wires:
        if receiver == "nvic":
            line = LINES.get(output, "{}").format(block.name)
            wired[line] = number
    expected = {line: n for line, n in block.interrupts.items() if line not in SILENT}
    assert wired == expected
    assert all(0 <= number < NVIC_INTERRUPTS for number in wired.values())


@pytest.mark.parametrize(
    "name", [name for name, e in BLOCK_ENTRIES.items() if "fifoSize" in e.settings]
)
def test_a_blocks_fifo_is_as_deep_as_the_chips(name) -> None:
    assert int(BLOCK_ENTRIES[name].settings["fifoSize"]) == BLOCKS[name.upper()].fifo_words


def test_every_block_with_a_fifo_that_is_modelled_says_its_depth() -> None:
    # LPI2C and FlexSPI have theirs built in.
    told = {name for name, entry in BLOCK_ENTRIES.items() if "fifoSize" in entry.settings}
    assert told == {name for name in BLOCK_ENTRIES if name.startswith(("lpuart", "lpspi"))}


def test_every_block_of_the_chip_is_modelled_or_named_as_absent() -> None:
    assert set(TAGS) | {name.upper() for name in BLOCK_ENTRIES} == set(BLOCKS)
    assert not set(TAGS) & {name.upper() for name in BLOCK_ENTRIES}
    for name, (first, last) in TAGS.items():
        assert (first, last + 1) == (BLOCKS[name].base, BLOCKS[name].end), name


@pytest.mark.parametrize("name", MEMORY)
def test_memory(name) -> None:
    entry = CHIP[name]
    assert entry.kind == "Memory.MappedMemory"
    assert (entry.address, int(entry.settings["size"], 0)) == (MEMORY[name].base, MEMORY[name].size)


def test_there_is_no_other_memory() -> None:
    found = {name for name, entry in CHIP.items() if entry.kind.startswith("Memory.")}
    assert found == MEMORY.keys()


def test_the_flash_is_erased_where_no_image_is() -> None:
    assert CHIP["flash"].init == [["SetRange", "0x0", f"0x{MIMXRT1060_EVK.flash.size:X}", "0xFF"]]


def test_the_core() -> None:
    cpu, nvic, dwt = CHIP["cpu"], CHIP["nvic"], CHIP["dwt"]
    assert cpu.settings["cpuType"] == "cortex-m7"
    assert cpu.settings["numberOfMPURegions"] == "16"
    assert int(cpu.settings["PerformanceInMips"]) * 1_000_000 == TICKS_PER_SECOND
    assert int(nvic.settings["systickFrequency"]) == TICKS_PER_SECOND
    assert int(dwt.settings["frequency"]) == TICKS_PER_SECOND
    assert int(nvic.settings["priorityMask"], 0) == (0xFF << (8 - NVIC_PRIORITY_BITS)) & 0xFF
    assert (nvic.address, dwt.address) == (0xE000_E000, 0xE000_1000)


def test_watchdogs_reset_by_way_of_src() -> None:
    inputs = {name: CHIP[name].wires for name in ("wdog1", "wdog2")}
    assert [("Timeout", "src", i) in wires for i, wires in enumerate(inputs.values())] == [True] * 2


# Registers after the boot ROM.


FILES = {
    "ccm": Ccm,
    "ccm_analog": CcmAnalog,
    "dcdc": Dcdc,
    "gpc": Gpc,
    "iomuxc": Iomuxc,
    "iomuxc_snvs": IomuxcSnvs,
    "iomuxc_gpr": IomuxcGpr,
    "iomuxc_snvs_gpr": IomuxcSnvsGpr,
    "ocotp": Ocotp,
    "snvs": Snvs,
}
TOGGLING = {"PFD_480": 0x4040_4040, "PFD_528": 0x4040_4040}  # STABLE: changes with every write
NO_TWIN = {"rtwdog"}  # says at once what whoever unlocks it waits for


def settled(name: str) -> object:
    """The Python block some time after the boot ROM, whose accesses to it have been made."""
    scheduler = Scheduler()
    kind = FILES[name]
    wanted = inspect.signature(kind).parameters.values()
    named = [one.name for one in wanted if one.kind is one.POSITIONAL_OR_KEYWORD]
    model = kind(**{name: scheduler if name == "scheduler" else nobody for name in named})
    model.reset()
    base = BLOCKS[name.upper()].base
    for access in boot_rom.load(flash_image(), MIMXRT1060_EVK.flash).rom:
        if 0 <= access.address - base < 0x4000 and access.operation == "write":
            model.write(access.address - base, access.width, access.value)
    scheduler.advance(TICKS_PER_SECOND // 10)
    return model


def nobody(*said: object) -> None:
    """Whom the block tells: lines, listeners."""


@pytest.fixture(scope="module")
def chip(tmp_path_factory):
    chip = Chip(tmp_path_factory.mktemp("chip"))
    yield chip
    chip.close()


REGISTER_FILES = ("Rt1062.RegisterFile", "Rt1062.Ccm", "Rt1062.Iomuxc")


def test_every_register_file_is_compared() -> None:
    found = {n for n, e in CHIP.items() if e.kind in REGISTER_FILES}
    assert found == FILES.keys() | NO_TWIN


@pytest.mark.parametrize("name", FILES)
def test_a_register_file_starts_as_the_python_block(chip, name) -> None:
    model = settled(name)
    differences = []
    for register, offset in offsets(model).items():
        here, there = chip.read(name, offset), model.read(offset, 4)
        if (here ^ there) & ~TOGGLING.get(register, 0):
            differences.append(f"{register} +0x{offset:X}: 0x{here:08X} not 0x{there:08X}")
    assert differences == []


@pytest.mark.parametrize(
    ("name", "offset", "written", "read"),
    [
        ("ccm", 0x08, 0xFFFF_FFFF, 0x0000_0030),  # CSR: read only
        ("gpc", 0x22C, 0x1, 0x0),  # cleared by one
        ("dcdc", 0x00, 0x0000_0001, 0x8000_0001),  # always settled
        ("ccm_analog", 0x10, 0x0000_1000, 0x8000_1000),  # locked while it has power
        ("ccm_analog", 0x14, 0x0000_0002, 0x8000_1002),  # the alias that sets
        ("ccm_analog", 0x18, 0x0000_1000, 0x0000_0002),  # the one that clears: power is off
        ("ccm_analog", 0x1C, 0x0000_0003, 0x0000_0001),  # the one that toggles
        ("ccm_analog", 0x154, 0x0001_0000, 0x0401_8080),  # OSC_XTALOK is there when asked for
        ("iomuxc_gpr", 0x10, 0x0000_0001, 0x0001_0001),  # a request is acknowledged
        ("snvs", 0x100, 0x1234_5678, 0x1234_5678),  # LPGPR0
    ],
)
def test_what_a_register_file_does_by_itself(chip, name, offset, written, read) -> None:
    chip.write(name, offset, written)
    register = offset & ~0xC if name == "ccm_analog" else offset
    assert chip.read(name, register) == read


def test_snvs_keeps_its_registers_over_a_reset(chip) -> None:
    chip.write("snvs", 0x104, 7)
    chip.write("dcdc", 0x08, 7)
    chip.reset()
    assert (chip.read("snvs", 0x104), chip.read("dcdc", 0x08)) == (7, 0x4009)


# The board.


def test_the_board() -> None:
    board = MIMXRT1060_EVK
    camera, led, button = EVK["camera"], EVK["led"], EVK["button"]
    assert camera.registrations == [
        (board.camera.spi.lower(), "0"),
        (board.camera.i2c.lower(), f"0x{ADDRESS:02X}"),
    ]
    for pin, device in ((board.camera.select, "camera"), (board.led, "led")):
        assert (str(pin.number), device, 0) in EVK[f"gpio{pin.port}"].wires
    assert button.wires == [("IRQ", f"gpio{board.button.port}", board.button.number)]
    assert led.settings["invert"] == button.settings["invert"] == "true"
    scl, sda = (GPIO_OF[board.wires[f"{board.camera.i2c}_{line}"]] for line in ("SCL", "SDA"))
    assert (str(scl[1]), "camera", 1) in EVK[f"gpio{scl[0]}"].wires
    assert camera.wires == [("Sda", f"gpio{sda[0]}", sda[1])]
    pulled_up = dict.fromkeys((1, 3, 5), 0)
    for port, number in (scl, sda):
        pulled_up[port] |= 1 << number
    for pin in (board.led, board.camera.select, board.button):
        pulled_up[pin.port] |= pin.idle << pin.number
    for port, mask in pulled_up.items():
        assert int(EVK[f"gpio{port}"].settings["PullUps"], 0) == mask
    assert f"sysbus.{board.camera.spi.lower()}.camera" == machine.CAMERA
    assert f"sysbus.gpio{board.led.port}.led" == machine.LED
    assert f"sysbus.gpio{board.button.port}.button" == machine.BUTTON


def test_the_script_for_work_by_hand_does_what_the_driver_does() -> None:
    script = (FOLDER / process.BOARD).with_suffix(".resc").read_text()
    included = re.search(r"^include (.*)$", script, re.MULTILINE)[1].split()
    assert sorted(Path(name).name for name in included) == process.MODELS
    assert f"LoadPlatformDescription $ORIGIN/{process.BOARD.name}" in script
    assert f"sysbus LoadBinary $image 0x{MIMXRT1060_EVK.flash.base:X}" in script
    assert f'SetGlobalQuantum "{machine.QUANTUM_S}"' in script
