"""A run whose sleeps end in a boot, SUSPEND and SNVS: it goes on, and no boot event is printed.

On Unicorn: the other emulator's SNVS does not count, and the firmware refuses such a run there.
"""

import json
from pathlib import Path

import pytest

from rt1062 import emulators
from rt1062.machine import Machine
from rtbench import host_inference

FIRMWARE = Path(__file__).parents[1] / "build/firmware"
IMAGE, ELF = (FIRMWARE / f"classify.{suffix}" for suffix in ("bin", "elf"))
pytestmark = pytest.mark.skipif(
    not ELF.is_file() or host_inference.wanted(ELF),
    reason="`make firmware` has not built it with TFLM",
)


@pytest.fixture
def machine():
    with emulators.create(IMAGE, ELF, "unicorn") as machine:
        machine.power_on()
        machine.wait_for(lambda line: '"ready"' in line.text, 2)
        yield machine


def told(machine: Machine, event: str) -> list[tuple[float, dict]]:
    """Time and keys of all events of a kind so far."""
    events = [(one.time_us / 1e6, json.loads(one.text)) for one in machine.console if one.text]
    return [(time, keys) for time, keys in events if keys["event"] == event]


@pytest.mark.parametrize(("mode", "camera"), [("suspend", "low-power"), ("snvs", "gated")])
def test_a_run_goes_on_after_each_boot(machine, mode, camera):
    machine.send(f"run 3 3000 sleep {mode} camera {camera}\n")
    machine.wait_for(lambda line: "run done" in line.text, 12)
    results = told(machine, "result")
    assert [keys["frame"] for _, keys in results] == [1, 2, 3]
    assert results[2][0] - results[1][0] == pytest.approx(3, abs=0.07)
    (done,) = [keys for _, keys in told(machine, "log") if keys["message"] == "run done"]
    assert (done["frames"], done["skipped"]) == (3, 0)
    assert len(told(machine, "boot")) == 1
    assert [one.cause.split(",")[0] for one in machine.resets] == [f"wake from {mode.upper()}"] * 2
    # Of two periods all but the frames, 0.7 s each with the camera's start.
    states = machine.states
    assert 4.3 < states.core[mode] / 1e6 < 5.3
    assert sum(states.core.values()) == pytest.approx(machine.time_us)
    rest = {"low-power": "low-power", "gated": "off"}[camera]
    assert states.camera[rest] == pytest.approx(states.core[mode], rel=0.03)
    assert machine.warnings == []
    machine.send("info\n")
    machine.wait_for(lambda line: '"uptime_ms"' in line.text, 1)
    assert told(machine, "log")[-1][1]["reset_count"] == 0


def test_what_is_computed_for_such_a_sleep_is_what_it_takes(machine):
    awake = []
    for mode in ("stop", "snvs"):
        start = len(told(machine, "result"))
        machine.send(f"run 3 3000 sleep {mode} camera gated\n")
        for frame in (2, 3):
            assert machine.wait_until(
                lambda count=start + frame: len(told(machine, "result")) == count, 8
            )
            if frame == 2:
                before = machine.states
        cycle = machine.states.since(before)
        awake.append(cycle.core["run"] + cycle.core["wfi"])
        machine.wait_for(lambda line: "run done" in line.text, 2, len(machine.console) - 1)
    assert awake[1] == pytest.approx(awake[0], rel=0.06)


def test_a_reset_within_the_sleep_ends_the_run(machine):
    machine.send("run 3 5000 sleep suspend\n")
    machine.run_for(2)
    assert machine.core_state().kind == "asleep"
    machine.reset()
    machine.run_for(9)
    (_, (_, boot)) = told(machine, "boot")
    assert (boot["reset"], boot["reset_count"]) == ("pin", 1)
    assert len(told(machine, "result")) == 1
