"""`rtbench time`: how long the chip takes for what was executed, stage by stage, as intervals."""

import argparse
import sys
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

from rt1062.errors import SetupError
from rt1062.files import write_whole
from rt1062.symbols import Function
from rtbench.commands import (
    boot,
    firmware_files,
    interruption,
    sources,
    time_compare,
    time_what_if,
    timed,
)
from rtbench.commands.outputs import need_folder
from rtbench.commands.positive import positive_number
from rtbench.commands.time_what_if import Outcome
from rtbench.commands.timed import Timed
from rtbench.commands.waterfall_table import print_waterfall
from rtbench.cpp_names import readable
from rtbench.evaluation.run_folder import write_json
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, PASSED
from rtbench.tasks import TASKS
from rtbench.timing import own_stages, plot
from rtbench.timing.estimate import Estimate, Estimator
from rtbench.timing.interval import Interval
from rtbench.timing.waterfall import Waterfall, verdict, waterfall

SHOWN = 20
UNKNOWN = "?"
NOTE = "An estimate, not measured on silicon; docs/timing.md has its errors."


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `time` with its options."""
    parser = subparsers.add_parser(
        "time",
        help="milliseconds on the chip, estimated, stage by stage",
        description="Runs an application's frame, a model, or any firmware as `rtbench boot` does, "
        "and estimates how long the Cortex-M7 takes for it: capture, transfer, preprocessing, each "
        "operator of the network, post-processing, as intervals. An estimate, not measured on "
        "silicon; docs/timing.md has its method and its errors.",
        epilog="Exit codes: 0 told, 1 --fail-over-ms or the run failed, 2 the set-up is wrong, "
        "130 interrupted. Examples: rtbench time --app classify --fps 10; "
        "rtbench time --app count --what-if --plot build/count.png; "
        "rtbench time --app classify --compare board.log; "
        "rtbench time --model model.tflite --fail-over-ms 60; "
        "rtbench time build/app.elf --seconds 1 --symbol decode; "
        "rtbench time build/app.elf --between-lines begin end",
    )
    _add_subject(parser)
    _add_answers(parser)
    parser.set_defaults(handler=run)


def _add_subject(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", metavar="IMAGE", type=Path, nargs="?", help="the firmware")
    parser.add_argument("--elf", metavar="ELF", type=Path, help="symbols of an IMAGE without any")
    parser.add_argument(
        "--app", choices=list(TASKS),
        help="an application of the bench: a frame (default: one drawn scene)",
    )  # fmt: skip
    parser.add_argument(
        "--model", metavar="TFLITE", type=Path,
        help="an inference of this model, in a firmware as `rtbench try` builds it",
    )  # fmt: skip
    parser.add_argument(
        "--firmware", metavar="DIR", type=Path, default=firmware_files.default_directory(),
        help="where that of --app is: <app>.bin and <app>.elf (default: %(default)s)",
    )  # fmt: skip
    group = parser.add_argument_group("what of it")
    group.add_argument(
        "--symbol", metavar="NAME", action="append", default=[],
        help="calls of this function, with all that it calls; more of them are told apart in it",
    )  # fmt: skip
    group.add_argument(
        "--between", metavar="ADDRESS", type=address, nargs=2,
        help="from the instruction at one address to that at another",
    )  # fmt: skip
    group.add_argument(
        "--between-lines", metavar="TEXT", nargs=2,
        help="from the first line of the console with one text to the next with another",
    )  # fmt: skip
    sources.add_options(parser)
    boot.add_run_options(parser)


def _add_answers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--functions", action="store_true", help="the functions besides, the dearest first"
    )
    parser.add_argument("--all", action="store_true", help=f"all functions, not the first {SHOWN}")
    parser.add_argument("--mhz", type=positive_number, help="what if the core ran at this clock")
    parser.add_argument(
        "--fps", metavar="N", type=positive_number,
        help="whether it is done N times a second, waiting included: yes, no, within the error",
    )  # fmt: skip
    parser.add_argument(
        "--fail-over-ms", type=positive_number, metavar="MS",
        help="fail if even the low end of the core's time is above (of a frame, with --app, and "
        "without its waiting); warn if only the high end is",
    )  # fmt: skip
    group = parser.add_argument_group("what if")
    group.add_argument(
        "--what-if", action="store_true",
        help="arena, weights and kernels in other memories, other clocks of core and flash",
    )  # fmt: skip
    group.add_argument(
        "--arena", metavar="NAME",
        help="the variable that the arena is (default: the largest called so)",
    )  # fmt: skip
    group.add_argument(
        "--weights", metavar="NAME",
        help="the variable that the model is (default: the largest with a .tflite in it)",
    )  # fmt: skip
    group = parser.add_argument_group("a board (docs/timing.md says how to take a log)")
    group.add_argument(
        "--export", metavar="OUT", type=Path,
        help="write cycles by the names that the firmware's own figures have there",
    )  # fmt: skip
    group.add_argument(
        "--compare", metavar="LOG", type=Path,
        help="what a board's console printed: its cycles beside the estimate's, and the error",
    )  # fmt: skip
    parser.add_argument(
        "--plot", metavar="OUT", type=picture,
        help="draw the stages, and what --what-if found, there: a .png or a .svg",
    )  # fmt: skip
    parser.add_argument("--json", metavar="OUT", type=Path, help="write all of it there")


def picture(text: str) -> Path:
    """The file of a picture, for argparse."""
    path = Path(text)
    if path.suffix not in (".png", ".svg"):
        raise argparse.ArgumentTypeError(f"must end with .png or .svg, not {text!r}")
    return path


def address(text: str) -> int:
    """An address of code, hexadecimal with 0x or decimal, for argparse."""
    try:
        value = int(text, 0)
    except ValueError:
        value = -1
    if not 0 <= value <= 0xFFFF_FFFF:
        raise argparse.ArgumentTypeError(f"must be an address such as 0x60002400, not {text!r}")
    return value & ~1


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench time`."""
    need_folder("--json", chosen.json)
    need_folder("--plot", chosen.plot)
    need_folder("--export", chosen.export)
    with interruption.noticed() as stop, ExitStack() as stack:
        found = timed.measured(chosen, stop, stack)
        if stop:
            return INTERRUPTED
        recording = found.recording
        if recording.executed is None or not recording.executed.passages:
            raise SetupError("nothing was executed")
        estimator = Estimator(recording.executed, found.machine.read_memory)
        setting = recording.setting
        if chosen.mhz:
            setting = replace(setting, core_hz=round(chosen.mhz * 1e6))
        fall = waterfall(found.title, estimator, setting, recording.windows, found.runs)
        fall = fall.named(lambda label: own_stages.title(label, found.operators))
        functions = functions_of(estimator.estimate(setting), found.machine.symbols.functions)
        what_if, notes = [], []
        if chosen.what_if:
            what_if, notes = time_what_if.outcomes(
                found, estimator, setting, chosen.arena, chosen.weights
            )
    print_waterfall(fall, found.per)
    if chosen.functions or chosen.all or len(fall.parts) == 1:
        _print(functions, found.runs, None if chosen.all else SHOWN)
    if what_if:
        time_what_if.print_outcomes(what_if)
    for note in (*found.notes, *notes):
        print(note)
    print(NOTE)
    if chosen.fps:
        real = verdict(fall.whole.elapsed, chosen.fps)
        print(f"real time at {chosen.fps:g} fps: {real}")
    beside = []
    if chosen.compare is not None:
        beside = time_compare.compare(chosen.compare, fall, found.model)
    if chosen.export is not None:
        time_compare.export(chosen.export, fall, found.model)
    if chosen.plot is not None:
        _plot(chosen.plot, fall, found.per, what_if)
    if chosen.json is not None:
        report = _report(found, fall, functions)
        if beside:
            report["compared"] = time_compare.to_json(beside)
        if what_if:
            report["what_if"] = time_what_if.to_json(what_if)
        write_json(chosen.json, report)
    if found.trouble:
        print(f"rtbench time: {found.trouble}", file=sys.stderr)
        return CLAIM_FAILED
    return _judged(fall.whole.ms, chosen.fail_over_ms)


def _plot(path: Path, fall: Waterfall, per: str, what_if: Sequence[Outcome]) -> None:
    """The waterfall, and the what-ifs below it."""
    drawing = plot.waterfall_picture(fall, per)
    if what_if:
        rows = [(one.case.what, one.case.name, one.fall.whole, one.case.is_own) for one in what_if]
        drawing = drawing.below(plot.what_if_picture(rows))
    write_whole(path, drawing.svg() if path.suffix == ".svg" else drawing.png())


def _judged(ms: Interval, most: float | None) -> int:
    if most is None or ms.high <= most:
        return PASSED
    if ms.low > most:
        print(f"rtbench time: {ms.low:.3f} ms at least, more than {most:g}", file=sys.stderr)
        return CLAIM_FAILED
    print(f"warning: {most:g} ms lies within the interval: neither held nor broken",
          file=sys.stderr)  # fmt: skip
    return PASSED


def functions_of(estimate: Estimate, functions: Sequence[Function]) -> dict[str, Interval]:
    """Cycles by function, the dearest first."""
    ordered = sorted(functions, key=lambda function: function.start)
    starts = [function.start for function in ordered]
    found: dict[str, Interval] = {}
    for (start, _), cycles in estimate.by_block().items():
        place = bisect_right(starts, start) - 1
        name = readable(ordered[place].name) if place >= 0 else UNKNOWN
        found[name] = found.get(name, Interval(0, 0, 0)) + cycles
    return dict(sorted(found.items(), key=lambda one: (-one[1].mid, one[0])))


def _print(functions: Mapping[str, Interval], runs: int, shown: int | None) -> None:
    whole = max(1.0, sum(one.mid for one in functions.values()))
    print(f"{'share':>6} {'cycles':>13} {'low':>13} {'high':>13}  function")
    for name, one in list(functions.items())[:shown]:
        each = one * (1 / runs)
        print(f"{one.mid / whole:6.1%} {each.mid:13,.0f} {each.low:13,.0f} {each.high:13,.0f}  "
              f"{name}")  # fmt: skip
    if shown and len(functions) > shown:
        rest = sum(one.mid for one in list(functions.values())[shown:])
        print(f"{rest / whole:6.1%} {rest / runs:13,.0f} {'':27}  in "
              f"{len(functions) - shown} more (--all)")  # fmt: skip


def _report(found: Timed, fall: Waterfall, functions: Mapping[str, Interval]) -> dict[str, object]:
    return {
        **fall.to_json(),
        "per": found.per,
        "functions": {name: asdict(one * (1 / found.runs)) for name, one in functions.items()},
    }
