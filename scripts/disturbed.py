"""Disturb a command and run it again: the results must be those of an undisturbed run.

For each command: one run that nobody disturbs; then `--times` rounds in an emptied folder: start
it, SIGKILL after a random part of the time it took (the process alone or all of its group, by
turns), see that no process of it is left, run it again, and compare every file of its results
byte for byte. With `--disk` the folder and the temporary files lie on a disk (tmpfs, as root) with
so many KiB left instead: the command ends well, or with exit code 2 and a line that says what is
full; once the disk has grown, it ends as ever. With `--environments` nothing is killed: locale,
time zone, hash seed, terminal and load are others each time, and the results the same. Robot's
files tell the time of day: their verdicts are compared.
"""

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import uuid
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = str(ROOT / ".venv/bin/python")
RTBENCH = str(ROOT / ".venv/bin/rtbench")
MARK = "RTBENCH_DISTURBED"  # in the environment of a round's processes, so that all are found
END_S = 10.0  # for what was killed to be gone
TIMED = ("output.xml", "log.html", "report.html", "xunit.xml")  # Robot's, and suites/*.xml


@dataclass(frozen=True)
class Trial:
    """A command, `{out}` its folder; what of the folder is its result; what it needs before."""

    command: tuple[str, ...]
    results: tuple[str, ...] = ("**/*",)
    before: tuple[tuple[str, ...], ...] = ()
    made: str = ""  # what the command makes within {out}, if the rest may stay for the next round

    def line(self, words: tuple[str, ...], out: Path) -> list[str]:
        """The words with the folder in its place."""
        return [word.format(out=out) for word in words]


def _shown(app: str) -> Trial:
    """Three scenes through an application, with all that `rtbench run` writes."""
    return Trial(
        (
            *(RTBENCH, "run", "--app", app, "--scenes", "3", "--emulator", "unicorn"),
            *("--overlay", "{out}/pictures", "--csv", "{out}/rows.csv"),
            *("--json", "{out}/rows.json"),
        ),
    )


EVALUATE = (RTBENCH, "evaluate", "--app", "classify", "--scenes", "24", "--emulator", "unicorn")
CLONED = (("git", "clone", "--quiet", str(ROOT), "{out}"),)
SET_UP = (*CLONED, ("make", "-C", "{out}", "setup"))
TRIALS = {
    "evaluate": Trial((*EVALUATE, "--out", "{out}")),
    "report": Trial(
        (
            "env",
            "SOURCE_DATE_EPOCH=0",
            RTBENCH,
            "report",
            "--run",
            "{out}/run",
            "--out",
            "{out}/index.html",
        ),
        before=((*EVALUATE, "--out", "{out}/run"),),
    ),
    "try": Trial(
        (
            *(RTBENCH, "try", str(ROOT / "models/classification/model.tflite")),
            *("--scenes", "2", "--build", "{out}"),
        ),
        results=("*.bin", "*.elf", "*.json", "*.jsonl", "*.csv"),
    ),
    "run": _shown("classify"),
    "run-count": _shown("count"),
    "scenes": Trial(
        (
            *(RTBENCH, "scenes", "--out", "{out}/sheet.png", "--pictures", "{out}/pictures"),
            *("--json", "{out}/scenes.jsonl", "--scenes", "100"),
        ),
    ),
    "inspect": Trial(
        (
            *(RTBENCH, "model", "inspect", str(ROOT / "models/classification/model.tflite")),
            *("--json", "{out}/findings.json"),
        ),
    ),
    "boot": Trial(
        (
            *(RTBENCH, "boot", "build/firmware/hello.elf", "--seconds", "0.2"),
            *("--json", "{out}/boot.json"),
        ),
    ),
    "diff": Trial(
        (RTBENCH, "diff", "--app", "classify", "--scene", "0", "--json", "{out}/diff.json"),
    ),
    "sim-test": Trial(
        (
            PYTHON,
            "-m",
            "robot_tests",
            "--emulator",
            "unicorn",
            "--output",
            "{out}",
            "boot",
            "console",
        )
    ),
    "firmware": Trial(
        ("make", "-C", "{out}", "firmware"),
        ("build/firmware/*.bin", "build/firmware/*.elf"),
        SET_UP,
        made="build/firmware",
    ),
    "setup": Trial(
        ("make", "-C", "{out}", "setup"),
        (".venv/.installed", ".venv/lib/**/METADATA"),
        CLONED,
        made=".venv",
    ),
}


def digest(trial: Trial, out: Path) -> dict[str, str]:
    """The name of each file of the results, and what it holds."""
    found = {}
    for pattern in trial.results:
        for path in out.glob(pattern):
            if not path.is_file() or path.name == ".lock":
                continue
            name = str(path.relative_to(out))
            if path.name in TIMED or path.parent.name == "suites":
                content = verdicts(path) if path.name == "xunit.xml" else b""
            else:
                content = path.read_bytes()
            found[name] = hashlib.sha256(content).hexdigest()
    return found


def verdicts(path: Path) -> bytes:
    """The cases of an xUnit file and how each ended."""
    cases = ElementTree.parse(path).iter("testcase")
    lines = [
        f"{one.get('classname')} {one.get('name')} {[part.tag for part in one]}" for one in cases
    ]
    return "\n".join(lines).encode()


def alive(token: str) -> list[str]:
    """The processes that have this round's mark: number and command line."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal() or folder.name == str(os.getpid()):
            continue
        with contextlib.suppress(OSError):
            if f"{MARK}={token}".encode() in (folder / "environ").read_bytes():
                line = (
                    (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
                found.append(f"{folder.name} {line.strip()}")
    return found


def fresh(trial: Trial, out: Path) -> None:
    """An empty folder, and in it what the command needs."""
    if trial.made and out.is_dir():
        shutil.rmtree(out / trial.made, ignore_errors=True)
        return
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for words in trial.before:
        subprocess.run(trial.line(words, out), check=True, stdout=subprocess.DEVNULL)


def undisturbed(trial: Trial, out: Path) -> tuple[int, str]:
    """Run the command to its end; exit code and what it said last."""
    done = subprocess.run(
        trial.line(trial.command, out), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT
    )
    said = done.stdout.decode(errors="replace").strip().splitlines()
    return done.returncode, said[-1] if said else ""


class NoMeasure(Exception):
    """The undisturbed run has not ended well: there is nothing to compare with."""


def first_run(name: str, out: Path) -> tuple[dict[str, str], float]:
    """What the command writes when nobody disturbs it, and how many seconds it takes."""
    trial = TRIALS[name]
    fresh(trial, out)
    begin = time.monotonic()
    code, said = undisturbed(trial, out)
    took = time.monotonic() - begin
    expected = digest(trial, out)
    if code or not expected:
        raise NoMeasure(f"{name}: the undisturbed run ended with {code}: {said}")
    return expected, took


def killed(trial: Trial, out: Path, after_s: float, whole_group: bool) -> list[str]:
    """Start the command and kill it; the processes of it that are left."""
    token = uuid.uuid4().hex
    process = subprocess.Popen(
        trial.line(trial.command, out),
        env={**os.environ, MARK: token},
        cwd=ROOT,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(after_s)
    # What make started ends with its terminal's group, not with make.
    if whole_group or trial.command[0] == "make":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    end = time.monotonic() + END_S
    while (left := alive(token)) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def full(trial: Trial, out: Path, size: int) -> tuple[int, str]:
    """Run the command with `size` KiB left on the disk, then let that grow; how it ended."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2g", "tmpfs", out], check=True)
    for words in trial.before:
        subprocess.run(trial.line(words, out), check=True, stdout=subprocess.DEVNULL)
    used = sum(path.lstat().st_blocks * 512 for path in out.rglob("*"))
    subprocess.run(["mount", "-o", f"remount,size={used // 1024 + size}k", out], check=True)
    done = subprocess.run(
        trial.line(trial.command, out),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(out)},
    )
    subprocess.run(["mount", "-o", "remount,size=2g", out], check=True)
    return done.returncode, done.stdout.decode(errors="replace").strip()


def try_disks(name: str, sizes: list[int], folder: Path) -> list[str]:
    """The command on a disk of each size; what was wrong, a line each."""
    trial, out, wrong = TRIALS[name], folder / name, []
    expected, _ = first_run(name, out)
    for size in sizes:
        ended, said = full(trial, out, size)
        try:
            last = said.splitlines()[-1] if said else ""
            moment = f"{name} with {size} KiB left"
            print(f"{moment}: {ended}: {last}", flush=True)
            if "Traceback" in said or "a bug of the bench" in said or ended not in (0, 2):
                wrong.append(f"{moment}: ended with {ended}: {said[-600:]}")
            again, said = undisturbed(trial, out)
            found = digest(trial, out)
            if again:
                wrong.append(f"{moment}: the run after it ended with {again}: {said}")
            wrong += differences(moment, expected, found)
        finally:
            subprocess.run(["umount", "-l", out], check=True)
    return wrong


def elsewhere(trial: Trial, out: Path, draw: random.Random) -> tuple[dict[str, str], int, str]:
    """Run the command in drawn surroundings; what they were, how it ended and what it said last."""
    drawn = {
        "LC_ALL": draw.choice(("C", "C.UTF-8", "POSIX", "tr_TR.UTF-8", "de_DE.ISO-8859-1")),
        "TZ": draw.choice(("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia")),
        "PYTHONHASHSEED": str(draw.randrange(2**32)),
        "COLUMNS": draw.choice(("20", "80", "400")),
        "TERM": draw.choice(("dumb", "xterm-256color", "")),
        "PYTHONOPTIMIZE": draw.choice(("", "1")),
    }
    load = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(draw.choice((0, 0, 1, 3)))
    ]
    try:
        done = subprocess.run(
            trial.line(trial.command, out),
            capture_output=True,
            cwd=ROOT,
            env={**os.environ, **drawn},
        )
    finally:
        for one in load:
            one.kill()
            one.wait()
    said = (done.stdout + done.stderr).decode(errors="replace").strip()
    return drawn | {"load": str(len(load))}, done.returncode, said[-300:]


def try_environments(name: str, times: int, draw: random.Random, folder: Path) -> list[str]:
    """The command in many surroundings; what was wrong, a line each."""
    trial, out, wrong = TRIALS[name], folder / name, []
    expected, _ = first_run(name, out)
    for _ in range(times):
        fresh(trial, out)
        drawn, ended, said = elsewhere(trial, out, draw)
        moment = f"{name}: {' '.join(f'{key}={value}' for key, value in drawn.items())}"
        wrong += [f"{moment}: ended with {ended}: {said}"] if ended else []
        wrong += differences(moment, expected, digest(trial, out))
    print(f"{name}: {times} surroundings, {len(wrong)} faults", flush=True)
    return wrong


def differences(moment: str, expected: dict[str, str], found: dict[str, str]) -> list[str]:
    """Files that are not what they should be, in one line; none if all are."""
    names = sorted(
        path for path in expected.keys() | found if expected.get(path) != found.get(path)
    )
    return [f"{moment}: {len(names)} files differ: {', '.join(names[:5])}"] if names else []


def try_one(name: str, times: int, draw: random.Random, folder: Path) -> list[str]:
    """All rounds of one command; what was wrong, a line each."""
    trial, out, wrong = TRIALS[name], folder / name, []
    expected, took = first_run(name, out)
    for number in range(times):
        fresh(trial, out)
        after = draw.uniform(0, took)
        left = killed(trial, out, after, whole_group=bool(number % 2))
        again, said = undisturbed(trial, out)
        found = digest(trial, out)
        moment = f"{name}: killed after {after:.2f} of {took:.2f} s"
        wrong += [f"{moment}: left alive: {line}" for line in left]
        if again:
            wrong.append(f"{moment}: the run after it ended with {again}: {said}")
        differ = differences(moment, expected, found)
        wrong += differ
        print(f"{moment}: {'wrong' if left or again or differ else 'the same'}", flush=True)
    print(f"{name}: {times} kills, {len(wrong)} faults, {len(expected)} files compared", flush=True)
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """0 all the same, 1 something was lost, believed or left alive."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=9, help="of each command (default: 9)")
    parser.add_argument(
        "--disk", type=int, nargs="+", metavar="KIB", help="no kills: a disk with so much left"
    )
    parser.add_argument(
        "--environments", action="store_true", help="no kills: other surroundings each time"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=ROOT / "build/disturbed")
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help=f"of {', '.join(TRIALS)}")
    options = parser.parse_args(arguments)
    if unknown := set(options.commands) - TRIALS.keys():
        parser.error(f"no command {', '.join(sorted(unknown))}; there are {', '.join(TRIALS)}")
    wrong = []
    for name in options.commands or TRIALS:
        draw = random.Random(f"{options.seed} {name}")
        try:
            if options.disk:
                wrong += try_disks(name, options.disk, options.folder)
            elif options.environments:
                wrong += try_environments(name, options.times, draw, options.folder)
            else:
                wrong += try_one(name, options.times, draw, options.folder)
        except NoMeasure as error:
            wrong.append(str(error))
    print("\n".join(wrong) or "nothing lost, nothing left alive")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
