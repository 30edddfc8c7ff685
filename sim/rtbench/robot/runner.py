"""Suites side by side, each in a process of its own, and one verdict over all of them.

Not pabot, which splits suites as well: a suite whose process is killed is one failed case there,
not a set-up that is wrong; it writes its notes into the current folder and listens on a port.
"""

import json
import queue
import subprocess
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rt1062.errors import SetupError
from rtbench import cpus
from rtbench.exit_codes import CLAIM_FAILED, PASSED, SETUP_WRONG
from rtbench.robot import output_folder, processes, results
from rtbench.robot.processes import Forked, Started, Template
from rtbench.robot.progress import MARK
from rtbench.robot.selection import Choice, Suite, select
from rtbench.robot.telling import Telling
from rtbench.robot.tracebacks import Tracebacks

MAX_ERROR_LINES = 100  # a failure shows the last console lines, a template several of them
Process = subprocess.Popen | Forked
POLL_S, END_S = 0.5, 2.0  # wall time


@dataclass(frozen=True)
class Plan:
    """A run: these suite files, in this order, results into `output`, `jobs` at a time.

    `libraries` are modules that most of the suites import.
    """

    suites: Sequence[Path]
    output: Path
    jobs: int = field(default_factory=cpus.count)
    choice: Choice = field(default_factory=Choice)
    variables: Mapping[str, object] = field(default_factory=dict)
    pythonpath: Sequence[Path] = ()
    name: str = "Suites"
    metadata: Sequence[str] = ()
    libraries: Sequence[str] = ()


def run(plan: Plan) -> int:
    """Run the plan and tell of it.

    0 passed, 1 a case failed, 2 a suite has no result that can be believed. SetupError where
    nothing can be run at all: a folder in use, a name that matches no case.
    """
    before = results.last_time(plan.output)
    with output_folder.taken(plan.output) as lock:
        begin, telling = datetime.now(), Telling()
        with _starter(plan, lock) as starter:
            suites = select(plan.suites, plan.choice)
            telling.say(f"{len(suites)} suites, {plan.jobs} at a time{before}")
            broken = _Run(plan, telling, starter).all(suites)
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


def _starter(plan: Plan, lock: int) -> Started | Template:
    """What starts the suites. Who writes into the folder holds its lock."""
    if len(plan.suites) > plan.jobs and processes.can_fork():
        return Template(lock, plan.libraries)
    return Started(lock)


def _result(plan: Plan, suite: Suite) -> Path:
    same = [path for path in plan.suites if path.stem == suite.path.stem]
    number = same.index(suite.path)
    return plan.output / "suites" / f"{suite.path.stem}{f'-{number}' if number else ''}.xml"


class _Run:
    """The processes while they run; none is left when `all` is left."""

    def __init__(self, plan: Plan, telling: Telling, starter: Started | Template) -> None:
        self._plan = plan
        self._telling = telling
        self._starter = starter
        self._processes: dict[Suite, Process] = {}
        self._tracebacks: dict[Suite, Tracebacks] = defaultdict(Tracebacks)
        self._said_all: set[Suite] = set()
        self._heard: queue.Queue[tuple[Suite, str | None]] = queue.Queue()

    def all(self, suites: Sequence[Suite]) -> list[Suite]:
        """Run them; those without a result that can be believed."""
        waiting, broken = list(suites), []
        try:
            while waiting or self._processes:
                while waiting and len(self._processes) < max(1, self._plan.jobs):
                    self._start(waiting.pop(0))
                self._listen()
                for suite in [one for one, p in self._processes.items() if p.poll() is not None]:
                    if not self._finish(suite):
                        broken.append(suite)
        finally:
            self._end()
        return broken

    def _start(self, suite: Suite) -> None:
        process = self._starter.start(_arguments(self._plan, suite, self._starter.parent))
        self._processes[suite] = process
        self._telling.starts(suite.name)
        threading.Thread(target=self._read, args=(suite, process), daemon=True).start()

    def _read(self, suite: Suite, process: Process) -> None:
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
            self._said_all.add(suite)
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

    def _finish(self, suite: Suite) -> bool:
        """Judge what an ended process has left; whether it can be believed."""
        # Its last lines may still be on their way; whoever it left behind may hold the pipe open.
        while suite not in self._said_all and self._listen(0.05):
            pass
        process = self._processes.pop(suite)
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


def _arguments(plan: Plan, suite: Suite, parent: int) -> list[str]:
    """For Robot in a process of its own, silent but for our listener."""
    options = {
        "outputdir": plan.output,
        "output": _result(plan, suite).relative_to(plan.output),
        "log": "NONE",
        "report": "NONE",
        "console": "none",
        "maxerrorlines": MAX_ERROR_LINES,
        "listener": f"rtbench.robot.progress.Progress:{parent}",
    }
    words: list[str] = []
    for name, value in options.items():
        words += [f"--{name}", str(value)]
    for folder in plan.pythonpath:
        words += ["--pythonpath", str(folder)]
    for name, value in plan.variables.items():
        words += ["--variable", f"{name}:{value}"]
    choice = plan.choice
    chosen = {"test": choice.tests, "include": choice.include, "exclude": choice.exclude}
    for name, values in chosen.items():
        for value in values:
            words += [f"--{name}", value]
    return [*words, str(suite.path)]
