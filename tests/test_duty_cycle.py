"""A firmware that does not sleep as it was asked to: which case of the suite finds it."""

import shutil
import subprocess

import pytest

from robot_tests import __main__ as suites
from tests.changed_firmware import BUILT, CAN_BUILD, changed

pytestmark = pytest.mark.skipif(not CAN_BUILD, reason="`make firmware` has not built it")

SERVICE, LOW_POWER = "app/vision/service.cc", "drivers/low_power.cc"
ARDUCAM, BOARD = "drivers/arducam.cc", "boards/mimxrt1060_evk/board.cc"
# Mistake: the file, its change, the case that finds it and words of why.
MISTAKES = {
    "the camera stays on": (
        SERVICE, {"  Source().PowerDown(run_.rest);\n": ""},
        "Camera Saves Power While The Core Sleeps", "the camera was 0.0000 s in low-power",
    ),
    "no wait for the exposure": (
        ARDUCAM, {"status == Status::kOk ? sensor_.WaitUntilSettled() : status": "status"},
        "Exposure Settles After Each Sleep", "are not as they were fed",
    ),
    "WAIT where STOP was asked for": (
        LOW_POWER, {"mode == SleepMode::kWait ? kWait : kStop": "kWait"},
        "Core Sleeps In The Mode That Is Asked For", "the core was 0.0000 s in stop",
    ),
    "a timer that stands still in STOP": (
        LOW_POWER, {"Cr::Frr::kMask | Cr::Stopen::kMask |": "Cr::Frr::kMask |"},
        "Firmware Touches Only Registers That Exist", "while it counts to an interrupt",
    ),
    "the sleep is not added to the time": (
        BOARD, {"  clock.Resume(slept);\n": "  clock.Resume(slept / 2);\n"},
        "Frames Keep Their Period Over A Sleep", "s apart, expected 3 s",
    ),
    "a queue of the console that is cut off": (
        SERVICE, {"  if (board::console.Flush() != Status::kOk) {": "  if (false) {"},
        "Firmware Touches Only Registers That Exist", "LPUART1: its clock stops in STOP mode",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_duty_cycle_that_is_wrong_is_found(mistake, tmp_path, monkeypatch, capsys):
    source, changes, case, said = MISTAKES[mistake]
    elf = changed("classify", source, changes, tmp_path)
    subprocess.run(
        ["arm-none-eabi-objcopy", "-O", "binary", elf, elf.with_suffix(".bin")], check=True
    )
    for path in BUILT.glob("*.bin"):
        for file in (path, path.with_suffix(".elf")):
            if not (tmp_path / file.name).exists():
                shutil.copy(file, tmp_path)
    options = ("duty_cycle", "--emulator", "unicorn", "--firmware", tmp_path,
               "--output", tmp_path / "out", "--test", case)  # fmt: skip
    if case == "Firmware Touches Only Registers That Exist":
        options = (*options, "--test", "Frames Keep Their Period Over A Sleep")
    monkeypatch.setattr("sys.argv", ["robot_tests", *map(str, options)])
    assert suites.main() == 1
    out = capsys.readouterr().out
    assert f"FAIL  Duty Cycle: {case}" in out
    assert said in out
