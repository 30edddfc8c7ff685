"""What a board refuses, the bench refuses: mistakes in the firmware, by command and by suite."""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from rtbench.cli import main
from rtbench.robot.__main__ import main as run_suites
from tests.changed_firmware import BUILT, CAN_BUILD, ROOT, changed
from tests.mistakes import BOOTS, FAULTS, MISTAKES, REFUSED, SILENT

pytestmark = pytest.mark.skipif(not CAN_BUILD, reason="`make firmware` has not built it")

SECONDS = {"hello": 0.05, "classify": 0.5}  # of virtual time, until all blocks were used
BOOT_EVENT = '"event":"boot"'
# Exit code, and what is said besides the diagnosis.
ENDS = {
    BOOTS: (0, ""),
    FAULTS: (1, "'fatal' was printed"),
    SILENT: (1, f"{BOOT_EVENT!r} did not come"),
    REFUSED: (2, "boot image refused: "),
}
SUITE = """*** Settings ***
Resource    rtbench/robot/board.resource
Test Template    Nothing Should Be Wrong
*** Test Cases ***
{cases}
*** Keywords ***
Nothing Should Be Wrong
    [Arguments]    ${{image}}    ${{duration}}
    Start Board    ${{image}}
    Run For    ${{duration}}
    Warnings Should Be None
"""
# One of each kind.
IN_A_SUITE = (
    "gate of LPI2C1", "no pad for LPUART1", "flash too small",
    "core voltage not raised", "IPG too fast", "CLPCR.LPM left at WAIT", "FPU never enabled",
    "VTOR out of line", "console with bit 7 first",
)  # fmt: skip


@pytest.fixture(scope="module")
def firmware(tmp_path_factory):
    """The ELF with a mistake in it, built once."""
    built = {}

    def make(name):
        if name not in built:
            one = MISTAKES[name]
            folder = tmp_path_factory.mktemp("changed")
            built[name] = changed(one.app, one.source, one.changes, folder)
        return built[name]

    return make


@pytest.mark.parametrize("name", MISTAKES)
def test_a_command_says_what_a_board_refuses(firmware, capsys, tmp_path, name):
    one = MISTAKES[name]
    options = ["--seconds", str(SECONDS[one.app]), "--fail", "fatal", "--baud", "115200"]
    if one.ends == SILENT:
        options += ["--expect", BOOT_EVENT]
    if one.board:
        (tmp_path / "board.toml").write_text(one.board)
        options += ["--board", str(tmp_path / "board.toml")]
    code = main(["boot", str(firmware(name)), *options])
    said = capsys.readouterr().err
    assert one.said in said
    expected, verdict = ENDS[one.ends]
    assert verdict in said
    assert code == expected


@pytest.mark.parametrize("app", ["hello", "classify"])
def test_the_firmware_as_it_is_is_refused_nothing(capsys, app):
    code = main(["boot", str(BUILT / f"{app}.elf"), "--seconds", "0.6", "--expect", BOOT_EVENT])
    assert (code, capsys.readouterr().err) == (0, "")


def test_a_suite_fails_by_itself(firmware, tmp_path, capfd):
    images = {name: (firmware(name), MISTAKES[name].app) for name in IN_A_SUITE}
    images["good firmware"] = (BUILT / "hello.elf", "hello")
    cases = "\n".join(
        f"{name}    {image}    {SECONDS[app]} s" for name, (image, app) in images.items()
    )
    (tmp_path / "own.robot").write_text(SUITE.format(cases=cases))
    code = run_suites([str(tmp_path / "own.robot"), "--output", str(tmp_path / "out")])
    assert code == 1
    tests = ElementTree.parse(tmp_path / "out/output.xml").iter("test")
    status = {one.get("name").lower(): one.find("status") for one in tests}
    assert status.pop("good firmware").get("status") == "PASS"
    assert len(status) == len(IN_A_SUITE)
    for name in IN_A_SUITE:
        found = status[name.lower()]
        assert (found.get("status"), MISTAKES[name].said in found.text) == ("FAIL", True), name


def test_a_suite_of_our_own_fails_too(tmp_path):
    one = MISTAKES["IPG too fast"]
    for file in (*BUILT.glob("*.elf"), *BUILT.glob("*.bin")):
        shutil.copy(file, tmp_path)
    changed("classify", one.source, one.changes, tmp_path)
    command = ["arm-none-eabi-objcopy", "-O", "binary", "--gap-fill", "0xFF", "classify.elf"]
    subprocess.run([*command, "classify.bin"], cwd=tmp_path, check=True)
    done = subprocess.run(
        [sys.executable, "-m", "robot_tests", "boot", "--emulator", "unicorn",
         "--test", "Firmware Touches Only Registers That Exist",
         "--firmware", tmp_path, "--output", tmp_path / "out"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, one.said in done.stdout) == (1, True), done.stdout
