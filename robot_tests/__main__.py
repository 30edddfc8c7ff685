"""Runs the project's own suites on its firmware; `python -m rtbench.robot` runs anybody's."""

import argparse
import os
import sys
from pathlib import Path

from rt1062 import emulators
from rt1062.errors import SetupError
from rt1062.files import write_whole
from rtbench import compare, ending, host_inference
from rtbench.exit_codes import CLAIM_FAILED, PASSED
from rtbench.robot import runner
from rtbench.robot.options import add_choice, choice
from rtbench.tasks import APPS, TASKS

HERE = Path(__file__).resolve().parent
# The longest, so that no process is left alone at the end; not both counts side by side, of which
# each would translate the network where that has not been done before.
FIRST = ("counting", "logging", "counting_sequences", "camera", "boot")
HOST_ONLY = "host_inference"
# What most suites import, besides the emulator.
KEYWORDS = ("machine_keywords", "camera_keywords", "classification_keywords", "counting_keywords")
LIBRARIES = (*(f"rtbench.robot.{one}" for one in KEYWORDS), "elftools.elf.elffile")
ONLY_IF_NAMED = ("counting_long",)  # takes minutes
EVIDENCE = HERE.parent / "build/report/index.html"  # what `make report` writes


def main() -> int:
    """Parse the command line and run; the exit code."""
    chosen = _parser().parse_args()
    return ending.run("robot_tests", lambda: _run(chosen), sys.argv[1:])


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
    parser.set_defaults(forks=True)
    add_choice(parser)
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
    print(f"emulator {emulator}, inference {inference}, firmware {chosen.firmware}", flush=True)
    if banner:
        print(_framed(banner))
    code = runner.run(_plan(chosen, emulator, inference, banner))
    if banner:
        print(_framed(banner))
    return code


def _plan(chosen: argparse.Namespace, emulator: str, inference: str, banner: str) -> runner.Plan:
    variables = {
        "EMULATOR": emulator,
        "INFERENCE": chosen.inference,
        "FIRMWARE": chosen.firmware.resolve(),
        "MODELS": chosen.models.resolve(),
    }
    if not chosen.forks:
        variables["FORKS"] = "no"
    return runner.Plan(
        suites=_suites(chosen.suites, inference),
        output=chosen.output,
        jobs=chosen.jobs,
        choice=choice(chosen),
        variables=variables | dict(chosen.variable),
        pythonpath=(HERE.parent,),
        name="RT1062 vision bench",
        libraries=(*LIBRARIES, f"rt1062.{emulator}.machine"),
        metadata=(
            f"Emulator:{emulator}",
            f"Inference:*{banner or inference}*",
            f"Evidence:[{os.path.relpath(EVIDENCE, chosen.output)}|the page of the evaluations], "
            "made by ``make report``",
        ),
    )


def _run_both(chosen: argparse.Namespace) -> int:
    """The suites on each emulator, then what the firmware said on one against the other."""
    both = [emulators.choose(emulator) for emulator in compare.EMULATORS]
    (chosen.output / "comparison.txt").unlink(missing_ok=True)
    codes = []
    for emulator in both:
        # Without forks: a child's console is its own, and it has not seen the frames before.
        own = {"emulator": emulator, "output": chosen.output / emulator, "forks": False}
        codes.append(_run(argparse.Namespace(**(vars(chosen) | own))))
    comparison = compare.compare_folders(
        *(chosen.output / emulator / "transcripts" for emulator in both)
    )
    text = comparison.text()
    write_whole(chosen.output / "comparison.txt", text + "\n")
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


def _framed(text: str) -> str:
    line = "!" * 79
    return f"{line}\n!! {text}\n{line}"


if __name__ == "__main__":
    sys.exit(main())
