"""Suites side by side, each in a process of its own, and one verdict over all of them.

Not pabot, which splits suites as well: a suite whose process is killed is one failed case there,
not a set-up that is wrong; it writes its notes into the current folder and listens on a port.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rt1062.errors import SetupError
from rtbench import cpus
from rtbench.exit_codes import CLAIM_FAILED, PASSED, SETUP_WRONG
from rtbench.robot import output_folder, results
from rtbench.robot.progress import MARK
from rtbench.robot.selection import Choice, Suite, select
from rtbench.robot.telling import Telling
from rtbench.robot.tracebacks import Tracebacks

MAX_ERROR_LINES = 100  # a failure shows the last console lines, a template several of them
POLL_S, DRAIN_S, END_S = 0.5, 2.0, 2.0  # wall time


@dataclass(frozen=True)
class Plan:
    """A run: these suite files, in this order, results into `output`, `jobs` at a time."""

    suites: Sequence[Path]
    output: Path
    jobs: int = field(default_factory=cpus.count)
    choice: Choice = field(default_factory=Choice)
    variables: Mapping[str, object] = field(default_factory=dict)
    pythonpath: Sequence[Path] = ()
    name: str = "Suites"
    metadata: Sequence[str] = ()


def run(plan: Plan) -> int:
    """Run the plan and tell of it.

    0 passed, 1 a case failed, 2 a suite has no result that can be believed. SetupError where
    nothing can be run at all: a folder in use, a name that matches no case.
    """
    before = results.last_time(plan.output)
    with output_folder.taken(plan.output) as lock:
        begin, telling = datetime.now(), Telling()
        suites = select(plan.suites, plan.choice)
        telling.say(f"{len(suites)} suites, {plan.jobs} at a time{before}")
        broken = _Run(plan, telling, lock).all(suites)
        if not output_folder.still_ours(plan.output, lock):
            names = ", ".join(suite.name for suite in suites)
            raise SetupError(
                f"{plan.output} was removed while its suites ran ({names}): no result can be "
                "believed; run them again"
            )
        files = [_result(plan, one) for one in suites]
        code = results.merge(plan.output, plan.name, plan.metadata, begin, files)
        telling.total(plan.output / "log.html")
        if broken:
            return SETUP_WRONG
        return CLAIM_FAILED if code else PASSED


def _result(plan: Plan, suite: Suite) -> Path:
    same = [path for path in plan.suites if path.stem == suite.path.stem]
    number = same.index(suite.path)
    return plan.output / "suites" / f"{suite.path.stem}{f'-{number}' if number else ''}.xml"


class _Run:
    """The processes while they run; none is left when `all` is left."""

    def __init__(self, plan: Plan, telling: Telling, lock: int) -> None:
        self._plan = plan
        self._telling = telling
        self._lock = lock
        self._processes: dict[Suite, subprocess.Popen] = {}
        self._tracebacks: dict[Suite, Tracebacks] = defaultdict(Tracebacks)
        self._heard: queue.Queue[tuple[Suite, str | None]] = queue.Queue()

    def all(self, suites: Sequence[Suite]) -> list[Suite]:
        """Run them; those without a result that can be believed."""
        waiting, broken = list(suites), []
        try:
            while waiting or self._processes:
                self._start_more(waiting)
                self._listen()
                ended = {one: p for one, p in self._processes.items() if p.poll() is not None}
                for suite in ended:
                    del self._processes[suite]
                self._start_more(waiting)  # first, so that no core waits for the judgement
                for suite, process in ended.items():
                    if not self._believe(suite, process):
                        broken.append(suite)
        finally:
            self._end()
        return broken

    def _start_more(self, waiting: list[Suite]) -> None:
        while waiting and len(self._processes) < max(1, self._plan.jobs):
            self._start(waiting.pop(0))

    def _start(self, suite: Suite) -> None:
        process = subprocess.Popen(
            _command(self._plan, suite),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            # Who writes into the folder holds its lock.
            **({} if sys.platform == "win32" else {"pass_fds": (self._lock,)}),
        )
        self._processes[suite] = process
        self._telling.starts(suite.name)
        threading.Thread(target=self._read, args=(suite, process), daemon=True).start()

    def _read(self, suite: Suite, process: subprocess.Popen) -> None:
        for line in process.stdout:
            self._heard.put((suite, line.rstrip("\n")))
        self._heard.put((suite, None))

    def _listen(self, limit_s: float = POLL_S) -> bool:
        """Take one line; False once there is none, or a suite's output has ended."""
        try:
            suite, line = self._heard.get(timeout=limit_s)
        except queue.Empty:
            self._telling.silence()
            return False
        if line is None:
            process = self._processes.get(suite)
            if process is not None:
                process.wait()
            return False
        if not line.startswith(MARK):
            for one in self._tracebacks[suite].take(line):
                self._telling.say(f"      {suite.name}: {one}" if one else "")
            return True
        said = json.loads(line.removeprefix(MARK))
        if "begins" in said:
            self._telling.begins(suite.name, said["begins"])
        else:
            case, status = said["ended"], said["status"]
            self._telling.ended(suite.name, case, status, said["seconds"], said["message"])
        return True

    def _believe(self, suite: Suite, process: subprocess.Popen) -> bool:
        """Judge what an ended process has left; whether it can be believed."""
        # Its last lines may still be on their way; whoever it left behind may hold the pipe open.
        while self._listen(0.05):
            pass
        xml = _result(self._plan, suite)
        reason = results.trouble(suite, xml, process.returncode)
        if not reason:
            self._telling.suite_ended(suite.name)
            return True
        self._telling.suite_broke(suite.name, reason)
        xml.parent.mkdir(parents=True, exist_ok=True)
        results.stand_in(suite, reason, xml)
        return False

    def _end(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _command(plan: Plan, suite: Suite) -> list[str]:
    """Robot in a process of its own, silent but for our listener."""
    options = {
        "outputdir": plan.output,
        "output": _result(plan, suite).relative_to(plan.output),
        "log": "NONE",
        "report": "NONE",
        "console": "none",
        "maxerrorlines": MAX_ERROR_LINES,
        "listener": f"rtbench.robot.progress.Progress:{os.getpid()}",
    }
    command = [sys.executable, "-m", "robot"]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    for folder in plan.pythonpath:
        command += ["--pythonpath", str(folder)]
    for name, value in plan.variables.items():
        command += ["--variable", f"{name}:{value}"]
    choice = plan.choice
    words = {"test": choice.tests, "include": choice.include, "exclude": choice.exclude}
    for name, values in words.items():
        for value in values:
            command += [f"--{name}", value]
    return [*command, str(suite.path)]
