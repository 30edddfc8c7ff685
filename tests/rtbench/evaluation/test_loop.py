"""The one loop: what follows a frame that failed, and what a look at the machine may say."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from rt1062.errors import MachineError, SimError
from rtbench import items
from rtbench.evaluation import loop
from rtbench.evaluation.loop import Policy
from rtbench.link.firmware import Firmware
from rtbench.tasks.classification import CLASSIFICATION
from rtbench.tasks.counting import COUNTING
from tests.rtbench.fake_machine import FakeMachine

ERROR = [{"event": "error", "code": "camera_timeout", "detail": "no frame", "frame": 1}]
CRASH = [
    {
        "event": "fatal", "fault": "bus", "reset_count": 1,
        **dict.fromkeys(("pc", "lr", "cfsr", "hfsr", "mmfar", "bfar"), "0x1"),
    }
]  # fmt: skip


@pytest.fixture
def frames(tmp_path):
    """Three pictures to come."""
    for level in range(3):
        pixels = np.full((96, 96, 3), 80 * level, np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{level}.png")
    return list(enumerate(items.find([tmp_path])))


@pytest.fixture
def firmware():
    """A scripted one, booted; `boots` counts."""
    machine = FakeMachine()
    firmware = Firmware(machine)
    machine.boots = 0
    power_on = machine.power_on

    def counted() -> None:
        machine.boots += 1
        machine._queue.clear()
        power_on()

    machine.power_on = counted
    firmware.boot()
    firmware.camera_ready()
    return firmware


def answers(machine, *given):
    """The answers to `infer`, one after the other; None: what the firmware says of the frame."""
    rest = iter(given)

    def infer():
        answer = next(rest)
        return machine._infer() if answer is None else answer

    machine.answers["infer"] = infer


def taken(machine, answer):
    """An answer after which the frame is not behind the camera any more."""

    def infer():
        machine._queue.pop(0)
        return answer

    return infer


def shown(*arguments, **options):
    """The rows, and what ended the loop."""
    rows = []
    try:
        for row, _ in loop.show_all(*arguments, **options):
            rows.append(row)
    except SimError as error:
        return rows, error
    return rows, None


def test_an_error_that_the_firmware_reports_stops_nothing(firmware, frames):
    machine = firmware.machine
    machine.answers["infer"] = lambda: next(steps)()
    steps = iter([machine._infer, taken(machine, ERROR), machine._infer])
    rows, trouble = shown(firmware, CLASSIFICATION, frames, Policy.STOP)
    assert [row.error for row in rows] == ["", "camera_timeout no frame", ""]
    assert trouble is None
    assert machine.boots == 1


def test_trouble_stops_when_its_row_has_been_given(firmware, frames):
    answers(firmware.machine, None, CRASH)
    rows, trouble = shown(firmware, CLASSIFICATION, frames, Policy.STOP)
    assert [bool(row.error) for row in rows] == [False, True]
    assert "crashed: bus fault" in rows[1].error
    assert '"fatal"' in rows[1].console[-1]
    assert isinstance(trouble, MachineError)
    assert str(trouble).startswith("1.png: the firmware crashed")


def test_restart_boots_anew_after_a_frame_that_failed_and_goes_on(firmware, frames):
    answers(firmware.machine, CRASH, None, ERROR)
    rows, trouble = shown(firmware, CLASSIFICATION, frames, Policy.RESTART)
    assert [bool(row.error) for row in rows] == [True, False, True]
    assert trouble is None
    assert firmware.machine.boots == 3


def test_a_restart_that_fails_ends_the_loop_and_its_row_has_the_console(firmware, frames):
    answers(firmware.machine, CRASH)
    firmware.machine.at_boot = ["no boot event"]
    rows, trouble = shown(firmware, CLASSIFICATION, frames, Policy.RESTART)
    assert len(rows) == 1
    assert rows[0].console[-1].endswith("no boot event")
    assert "after 0.png, the firmware crashed" in str(trouble)


def test_an_answer_of_another_kind_is_trouble(firmware, frames):
    rows, trouble = shown(firmware, COUNTING, frames, Policy.STOP)
    assert rows[0].error == "the answer is a Result, not a Count"
    assert trouble is not None


def test_a_look_may_put_an_error_into_a_row(firmware, frames):
    rows, _ = shown(
        firmware, CLASSIFICATION, frames, Policy.STOP,
        look=lambda row: replace(row, error=f"seen {row.answer.label}"),
    )  # fmt: skip
    assert [row.error for row in rows] == ["seen person"] * 3


def test_no_frame_follows_a_stop(firmware, frames):
    seen = []
    rows, _ = shown(
        firmware, CLASSIFICATION, frames, Policy.STOP,
        look=lambda row: seen.append(row) or row, stop=lambda: len(seen) == 2,
    )  # fmt: skip
    assert len(rows) == 2
