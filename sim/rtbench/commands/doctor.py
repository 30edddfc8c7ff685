"""`rtbench doctor`: what is installed, and what a run would use."""

import argparse
import platform
import shutil
import subprocess
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from rt1062 import boards, checkout, images
from rt1062.boards.board import Board
from rt1062.errors import SimError
from rtbench import __version__
from rtbench.commands import board_options, firmware_files
from rtbench.exit_codes import PASSED, SETUP_WRONG

PACKAGES = (
    "unicorn",
    "numba",
    "numpy",
    "pillow",
    "tflite-micro",
    "pyelftools",
    "rich",
    "robotframework",
)
TOOLS = ("arm-none-eabi-gcc", "cmake", "ninja")  # for `make firmware` only
NEEDED_FOR_APPS = ("numpy", "PIL", "tflite")  # without them even the table cannot be read
TOOL_SECONDS = 10


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `doctor` with its options."""
    parser = subparsers.add_parser(
        "doctor",
        help="what is installed, and what a run would use",
        description="Says what is installed in which version, which emulator a run would take, "
        "and where the inference of the firmware that is built would run.",
        epilog="Exit codes: 0 `rtbench run` has all it needs, 2 it has not. "
        "Example: rtbench doctor --firmware build/firmware",
    )
    firmware_files.add_options(parser)
    board_options.add_options(parser)
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """Print everything, then one line for each thing that is missing."""
    missing: list[str] = []
    rows = [("rtbench", __version__), ("Python", platform.python_version())]
    rows += [(name, _package(name, missing)) for name in PACKAGES]
    rows += [(name, _tool(name)) for name in TOOLS]
    rows.append(("clone", str(checkout.ROOT or "none, this is an installed package")))
    rows.append(("boards", ", ".join(boards.BOARDS)))
    image = chosen.image or chosen.elf
    if image is not None:
        rows.append(("image", _image(image, chosen.elf, board_options.find(chosen), missing)))
    rows.append(("emulator", _emulator(chosen.emulator, missing)))
    rows.append(("second tier", _tier()))
    if all(find_spec(name) for name in NEEDED_FOR_APPS):
        from rtbench.tasks import APPS, TASKS

        for app in APPS:
            found = _firmware(chosen, app, app in TASKS, missing)
            rows.append((f"firmware {app}", found))
    width = max(len(name) for name, _ in rows)
    for name, found in rows:
        print(f"{name:{width}}  {found}")
    for line in missing:
        print(f"missing: {line}")
    return SETUP_WRONG if missing else PASSED


def _package(name: str, missing: list[str]) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        missing.append(f"the Python package {name}; `make setup` installs it")
        return "not installed"


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        return "not installed (needed for `make firmware` only)"
    try:
        answer = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=TOOL_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{path} does not run: {error}"
    return (answer.stdout.splitlines() or ["(says no version)"])[0]


def _emulator(asked: str, missing: list[str]) -> str:
    from rt1062 import emulators

    try:
        chosen = emulators.choose(asked)
        renode = emulators.find_renode()
    except SimError as error:
        missing.append(str(error))
        return f"{asked}: {error}"
    if chosen == "renode" and renode is None:
        missing.append("Renode; `make renode` installs it, RENODE= names one")
    return f"{chosen} (asked for {asked}; Renode: {renode or 'not installed'})"


def _tier() -> str:
    from rt1062 import emulators

    why_not = emulators.without_second_tier()
    return f"off: {why_not}" if why_not else "hot code is translated (RTBENCH_TIER=0: off)"


def _image(image: Path, elf: Path | None, board: Board, missing: list[str]) -> str:
    """What --image is, and whether the boot ROM of the board starts it."""
    try:
        found = images.read(image, board.flash, elf)
        plan = found.plan(found.data, board.flash, board.quad_enabled)
    except SimError as error:
        missing.append(str(error).splitlines()[0])
        return f"{image}, which does not boot"
    how = "without a boot header, as the ROM would not" if found.without_rom else "by the boot ROM"
    symbols = found.elf or "no ELF, so without symbols"
    return f"{image}, {len(found.data):,} bytes, starts at 0x{plan.entry & ~1:08X} {how}; {symbols}"


def _firmware(chosen: argparse.Namespace, app: str, has_network: bool, missing: list[str]) -> str:
    from rtbench import host_inference

    image = chosen.firmware / f"{app}.bin"
    if not image.is_file():
        where = "" if checkout.ROOT else " in a clone"
        missing.append(f"{image}; `make firmware`{where} builds it, --firmware names a folder")
        return "not built"
    elf = image.with_suffix(".elf")
    try:
        host = elf.is_file() and host_inference.wanted(elf)
    except SimError as error:
        missing.append(str(error))
        return f"{image}, with an ELF that cannot be read"
    where = "none" if not has_network else "host" if host else "tflm"
    return f"{image}, {image.stat().st_size:,} bytes, inference {where}"
