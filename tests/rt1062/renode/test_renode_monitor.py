"""The driver of Renode's monitor: the recorded conversation, and everything that can go wrong."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rt1062.errors import MachineError, SetupError
from rt1062.guard import Guarded
from rt1062.renode.monitor import MEMBERS_S, Monitor, RenodeError

STANDIN = Path(__file__).parent / "standin.py"
SIM = Path(__file__).parents[3] / "sim"


def launcher(directory: Path, mode: str) -> str:
    """A script that starts another process, as Renode's own launcher is."""
    script = directory / "renode"
    script.write_text(f'#!/bin/sh\n"{sys.executable}" "{STANDIN}" {mode} "$@"\n')
    script.chmod(0o755)
    return str(script)


@pytest.fixture
def start(tmp_path):
    """Starts a monitor on a stand-in of some mode; none is left behind."""
    monitors = []

    def start(mode: str, **limits) -> Monitor:
        monitors.append(Monitor([launcher(tmp_path, mode)], **limits))
        return monitors[-1]

    yield start
    for monitor in monitors:
        monitor.close()


def alive(process: int) -> bool:
    """True while a process runs; a zombie does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def wait_until_gone(*processes: int) -> None:
    end = time.monotonic() + 20
    while any(alive(one) for one in processes):
        assert time.monotonic() < end, f"still there: {[p for p in processes if alive(p)]}"
        time.sleep(0.02)


def group_of(monitor: Monitor) -> int:
    return monitor._process.pid


def members(group: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] not in "ZX":
            found.append(int(path.parent.name))
    return found


def is_gone(group: int) -> bool:
    """Whether all of a group are gone, or soon will be: a busy machine buries its dead late."""
    end = time.monotonic() + 5
    while members(group):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


# The recording of a real Renode 1.16.1.


def test_the_recorded_session(start) -> None:
    monitor = start("replay")
    assert monitor.version == "1.16.1"
    monitor.do('mach create "rt1062"')
    assert monitor._process.poll() is None
    assert monitor.attempt('echo "<<1>>"') == "<<1>>"
    monitor.do("include @Rt1062.cs")
    monitor.do("include @ArducamOv2640.cs")
    monitor.do("machine LoadPlatformDescription @rt1062.repl")
    monitor.do("sysbus LoadBinary @probe.bin 0x60000000")
    assert monitor.ask_number("sysbus ReadDoubleWord 0x60001000") == 0x4120_00D1
    assert monitor.attempt("nosuch thing") == "No such command or device: nosuch"
    assert monitor.attempt("sysbus.lpspi1.camera NoSuch") == (
        "There was an error executing command 'sysbus.lpspi1.camera NoSuch'\n"
        "sysbus.lpspi1.camera does not provide a field, method or property NoSuch."
    )
    assert monitor.ask_number("sysbus.lpspi1.camera QueuedFrames") == 0
    monitor.do('emulation RunFor "0.001"')
    assert monitor.ask_number("cpu PC") == 0
    assert "File does not exist: missing.cs" in monitor.attempt("include @missing.cs")
    refused = monitor.attempt("machine LoadPlatformDescription @missing.repl")
    assert refused.endswith("Could not find file 'missing.repl'.")
    group = group_of(monitor)
    monitor.close()
    assert members(group) == []


def test_what_renode_costs_is_asked_of_its_own_processes(start, monkeypatch) -> None:
    monitor = start("machine")
    looked, glob = [], Path.glob
    monkeypatch.setattr(Path, "glob", lambda path, what: looked.append(path) or glob(path, what))
    begin = time.monotonic()
    costs = [monitor.cpu_seconds]
    while costs[-1] == costs[0] and time.monotonic() < begin + 20:
        monitor.attempt('echo "busy"')
        costs.append(monitor.cpu_seconds)
    assert costs == sorted(costs)
    assert costs[0] < costs[-1]
    assert len(looked) <= 1 + (time.monotonic() - begin) / MEMBERS_S


@pytest.mark.parametrize(
    "command",
    [
        "nosuch thing",
        "sysbus.lpspi1.camera NoSuch",
        "include @missing.cs",
        "machine LoadPlatformDescription @missing.repl",
    ],
)
def test_every_recorded_refusal_is_seen_as_one(command) -> None:
    import json

    from rt1062.renode.monitor import FAILURES

    for line in (STANDIN.parent / "monitor-1.16.1.raw.jsonl").read_text().splitlines():
        record = json.loads(line or "{}")
        if record.get("send") == command + "\n":
            assert FAILURES.search(record["receive"])
            return
    pytest.fail("not in the recording")


# Misfortunes.


def test_a_renode_that_is_not_there() -> None:
    with pytest.raises(RenodeError, match="/no/such/renode"):
        Monitor(["/no/such/renode"])


def test_another_version(start) -> None:
    with pytest.raises(RenodeError, match=r"is Renode 1\.15\.3, this platform needs 1\.16\.1"):
        start("old")


def test_another_program(start) -> None:
    with pytest.raises(RenodeError, match="is no Renode.*\n.*Welcome to something else"):
        start("not-renode")


def test_one_that_dies_at_start(start) -> None:
    with pytest.raises(RenodeError, match="ended with exit code 134(.|\n)*DllNotFoundException"):
        start("dies-at-start")


def test_one_that_never_greets(start) -> None:
    with pytest.raises(RenodeError, match="Renode hangs, its prompt not done in 0.3 s"):
        start("silent", start_limit_s=0.3)


def test_one_that_dies_in_a_command(start) -> None:
    monitor = start("dies")
    with pytest.raises(RenodeError) as caught:
        monitor.do('emulation RunFor "1.0"')
    assert "ended with exit code 134" in str(caught.value)
    assert "Fatal error: something in Renode broke" in str(caught.value)
    with pytest.raises(RenodeError, match="exit code 134"):
        monitor.do("cpu PC")


def test_one_that_hangs(start) -> None:
    monitor = start("hangs", command_limit_s=0.3)
    group = group_of(monitor)
    with pytest.raises(RenodeError, match=r"Renode hangs, .*RunFor.* not done in 0\.3 s"):
        monitor.do('emulation RunFor "1.0"')
    assert members(group) == []


def test_a_core_that_aborts_is_shown_before_the_limit(start, tmp_path) -> None:
    log = tmp_path / "log"
    monitor = start("aborts", log=log, command_limit_s=60)
    monitor.do(f"logFile @{log} true")
    begin = time.monotonic()
    with pytest.raises(RenodeError, match=r"CPU abort \[PC=0x10000000\]"):
        monitor.do('emulation RunFor "1.0"')
    assert time.monotonic() - begin < 30


def test_an_answer_that_is_no_number(start) -> None:
    monitor = start("nonsense")
    monitor.do('mach create "rt1062"')
    with pytest.raises(RenodeError, match="Renode answered 'banana' to 'cpu ExecutedInstructions'"):
        monitor.ask_number("cpu ExecutedInstructions")


def test_a_command_that_says_something_it_should_not(start) -> None:
    monitor = start("machine")
    with pytest.raises(RenodeError, match="Renode refuses 'nosuch thing': No such command"):
        monitor.do("nosuch thing")


def test_a_question_that_is_refused(start) -> None:
    monitor = start("machine")
    with pytest.raises(RenodeError, match="refuses 'nosuch thing'"):
        monitor.ask("nosuch thing")


def test_the_error_is_both_kinds(start) -> None:
    # rtbench ends with 2 for it, and whoever catches what a machine raises gets it too.
    assert issubclass(RenodeError, SetupError)
    assert issubclass(RenodeError, MachineError)


@pytest.mark.parametrize("command", ["one\ntwo", "naïve"])
def test_a_command_that_the_monitor_cannot_read(start, command) -> None:
    monitor = start("machine")
    with pytest.raises(ValueError, match="must be one line of ASCII"):
        monitor.do(command)


# Nothing is left behind.


def test_close_ends_all_processes_and_may_be_called_twice(start, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("STANDIN_CHILD", str(tmp_path / "child"))
    monitor = start("orphan")
    child = int((tmp_path / "child").read_text())
    assert alive(child)
    group = group_of(monitor)
    assert len(members(group)) >= 3  # guard, launcher's child, its child
    monitor.close()
    monitor.close()
    wait_until_gone(child)
    assert members(group) == []
    with pytest.raises(RenodeError, match="has been closed"):
        monitor.do("cpu PC")


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_a_driver_that_is_killed(tmp_path, way) -> None:
    code = f"""
import sys, time
sys.path.insert(0, {str(SIM)!r})
from pathlib import Path
from rt1062.renode.monitor import Monitor
folder = Path({str(tmp_path / "private")!r})
folder.mkdir()
(folder / "flash").write_bytes(bytes(1 << 20))
monitor = Monitor([{launcher(tmp_path, "orphan")!r}], folder=folder)
print(monitor._process.pid, flush=True)
time.sleep(60)
"""
    environment = dict(os.environ, STANDIN_CHILD=str(tmp_path / "child"))
    driver = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=environment,
    )  # fmt: skip
    group = int(driver.stdout.readline())
    child = int((tmp_path / "child").read_text())
    everybody = members(group)
    assert child in everybody
    driver.send_signal(way)
    driver.communicate(timeout=20)
    wait_until_gone(*everybody)
    end = time.monotonic() + 5
    while (tmp_path / "private").exists():
        assert time.monotonic() < end, "its folder is still there"
        time.sleep(0.02)


def test_the_launchers_exit_code_is_the_guards() -> None:
    process = Guarded(["sh", "-c", "exit 7"])
    assert process.wait() == 7
    process.end()


def test_the_log_shows_no_network_port() -> None:
    from rt1062.renode.monitor import ARGUMENTS

    assert not any(re.search("port|server", argument) for argument in ARGUMENTS)
