"""Runs the suites, several at a time, and makes one log, report and xUnit file of them."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rt1062 import emulators
from rt1062.errors import SetupError
from rtbench import compare, host_inference
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, PASSED, SETUP_WRONG
from rtbench.tasks import APPS, TASKS

HERE = Path(__file__).resolve().parent
# The longest, so that no process is left alone at the end.
FIRST = ("counting_sequences", "counting", "classification", "camera")
HOST_ONLY = "host_inference"
ONLY_IF_NAMED = ("counting_long",)  # takes minutes
MOST_FAILURES = 250  # Robot's exit codes above this are no numbers of failed tests
MAX_ERROR_LINES = 100  # a failure shows the last console lines, a template several of them
EVIDENCE = HERE.parent / "build/report/index.html"  # what `make report` writes


def main() -> int:
    """Parse the command line and run; the exit code."""
    chosen = _parser().parse_args()
    try:
        return _run(chosen)
    except SetupError as error:
        print(f"robot_tests: {error}", file=sys.stderr)
        return SETUP_WRONG
    except KeyboardInterrupt:
        print("robot_tests: interrupted", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m robot_tests", description="Run the Robot Framework suites."
    )
    environment = os.environ
    parser.add_argument("--emulator", default=environment.get("EMULATOR") or "auto")
    parser.add_argument(
        "--inference",
        choices=("auto", "tflm", "host"),
        default=environment.get("INFERENCE") or "auto",
        help="where the firmware must have its inference (default: INFERENCE, or auto)",
    )
    parser.add_argument("--firmware", metavar="DIR", type=Path, default=Path("build/firmware"))
    parser.add_argument("--models", metavar="DIR", type=Path, default=host_inference.MODELS)
    parser.add_argument("--output", metavar="DIR", type=Path, default=Path("build/robot"))
    parser.add_argument("--jobs", metavar="N", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--test", metavar="NAME", action="append", default=[])
    parser.set_defaults(forks=True)
    parser.add_argument(
        "suites", metavar="SUITE", nargs="*", help=f"suite names (default: all but {ONLY_IF_NAMED})"
    )
    return parser


def _run(chosen: argparse.Namespace) -> int:
    if chosen.emulator == "both":
        return _run_both(chosen)
    emulator = emulators.choose(chosen.emulator)
    inference = _inference(chosen)
    banner = host_inference.BANNER if inference == "host" else ""
    print(f"emulator {emulator}, inference {inference}, firmware {chosen.firmware}")
    if banner:
        print(_framed(banner))
    for name in ("suites", "transcripts", "images"):
        shutil.rmtree(chosen.output / name, ignore_errors=True)
    (chosen.output / "suites").mkdir(parents=True, exist_ok=True)
    begin = time.perf_counter()
    with ThreadPoolExecutor(max(1, chosen.jobs)) as pool:
        runs = [
            pool.submit(_run_suite, suite, chosen, emulator)
            for suite in _suites(chosen.suites, inference)
        ]
        codes = [run.result() for run in runs]
    code = _merge(chosen.output, emulator, inference, banner)
    if max(codes) > MOST_FAILURES:
        code = SETUP_WRONG
    print(f"{time.perf_counter() - begin:.1f} s; log: {chosen.output / 'log.html'}")
    if banner:
        print(_framed(banner))
    return code


def _run_both(chosen: argparse.Namespace) -> int:
    """The suites on each emulator, then what the firmware said on one against the other."""
    both = [emulators.choose(emulator) for emulator in compare.EMULATORS]
    codes = []
    for emulator in both:
        # Without forks: a child's console is its own, and it has not seen the frames before.
        own = {"emulator": emulator, "output": chosen.output / emulator, "forks": False}
        codes.append(_run(argparse.Namespace(**(vars(chosen) | own))))
    comparison = compare.compare_folders(
        *(chosen.output / emulator / "transcripts" for emulator in both)
    )
    text = comparison.text()
    (chosen.output / "comparison.txt").write_text(text + "\n", encoding="utf-8")
    print(text)
    return max(*codes, CLAIM_FAILED if comparison.differences else PASSED)


def _inference(chosen: argparse.Namespace) -> str:
    """Where the firmware that is built has its inference; SetupError if not where asked."""
    for app in APPS:
        for suffix in (".bin", ".elf"):
            path = (chosen.firmware / app).with_suffix(suffix)
            if not path.is_file():
                raise SetupError(f"{path}: no such firmware; `make firmware` builds it")
    elfs = [chosen.firmware / f"{app}.elf" for app in TASKS]
    found = "host" if any(map(host_inference.wanted, elfs)) else "tflm"
    if chosen.inference not in ("auto", found):
        raise SetupError(
            f"INFERENCE={chosen.inference}, but {chosen.firmware} was built with {found}; "
            f"`make firmware INFERENCE={chosen.inference}` builds it anew"
        )
    return found


def _suites(names: list[str], inference: str) -> list[Path]:
    """The suite files, the longest first; the mailbox's only where there is one."""
    files = {path.stem: path for path in sorted(HERE.glob("*.robot"))}
    if inference != "host":
        del files[HOST_ONLY]
    unknown = set(names) - files.keys()
    if unknown:
        raise SetupError(f"no suite {', '.join(sorted(unknown))}; there are {', '.join(files)}")
    wanted = [files[name] for name in (names or files) if names or name not in ONLY_IF_NAMED]
    last = len(FIRST)
    return sorted(wanted, key=lambda path: FIRST.index(path.stem) if path.stem in FIRST else last)


def _run_suite(suite: Path, chosen: argparse.Namespace, emulator: str) -> int:
    """Robot in a process of its own; its console output in one piece, its exit code."""
    options = {
        "outputdir": chosen.output,
        "output": f"suites/{suite.stem}.xml",
        "log": "NONE",
        "report": "NONE",
        "consolecolors": "off",
        "maxerrorlines": MAX_ERROR_LINES,
        "pythonpath": HERE.parent,
    }
    variables = {
        "EMULATOR": emulator,
        "INFERENCE": chosen.inference,
        "FIRMWARE": chosen.firmware.resolve(),
        "MODELS": chosen.models.resolve(),
    }
    command = [sys.executable, "-m", "robot"]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    for name, value in variables.items():
        command += ["--variable", f"{name}:{value}"]
    if not chosen.forks:
        command += ["--variable", "FORKS:no"]
    for name in chosen.test:
        command += ["--test", name]
    if chosen.test:
        command.append("--runemptysuite")
    done = subprocess.run([*command, str(suite)], capture_output=True, text=True, check=False)
    print(done.stdout + done.stderr, end="", flush=True)
    return done.returncode


def _merge(output: Path, emulator: str, inference: str, banner: str) -> int:
    """log.html, report.html, output.xml and xunit.xml of all suites; 0 or 1."""
    from robot import rebot

    results = sorted((output / "suites").glob("*.xml"))
    if not results:
        raise SetupError("Robot Framework has written no result, see above")
    code = rebot(
        *map(str, results),
        name="RT1062 vision bench",
        metadata=[
            f"Emulator:{emulator}",
            f"Inference:*{banner or inference}*",
            f"Evidence:[{os.path.relpath(EVIDENCE, output)}|the page of the evaluations], "
            "made by ``make report``",
        ],
        outputdir=str(output),
        output="output.xml",
        xunit="xunit.xml",
        processemptysuite=True,
        stdout=_Quiet(),
    )
    if code > MOST_FAILURES:
        return SETUP_WRONG
    return CLAIM_FAILED if code else PASSED


class _Quiet:
    """Takes what rebot prints: the paths, which are ours already."""

    def write(self, text: str) -> None:
        pass

    def flush(self) -> None:
        pass


def _framed(text: str) -> str:
    line = "!" * 79
    return f"{line}\n!! {text}\n{line}"


if __name__ == "__main__":
    sys.exit(main())
