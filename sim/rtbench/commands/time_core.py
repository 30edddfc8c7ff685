"""`rtbench time`: how many cycles the Cortex-M7 takes for what was executed, as an interval."""

import argparse
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from rt1062.errors import SetupError
from rt1062.symbols import Function
from rtbench.commands import interruption, profile
from rtbench.commands.outputs import need_folder
from rtbench.commands.positive import positive_number
from rtbench.cpp_names import readable
from rtbench.evaluation.run_folder import write_json
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, PASSED
from rtbench.timing.estimate import HIGH, LOW, MID, Cause, Estimate, Estimator

SHOWN = 20
UNKNOWN = "?"
NOTE = (
    "An estimate, not measured on silicon, of the core with memory that never waits: stalls of\n"
    "flash, OCRAM and SDRAM and unaligned accesses come on top (docs/timing.md)."
)


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `time` with its options."""
    parser = subparsers.add_parser(
        "time",
        help="cycles of the core for what was executed, estimated, by function",
        description="Runs a firmware as `rtbench boot` does, or an application of the bench over "
        "frames, and estimates how many cycles the Cortex-M7's pipeline takes for it: two issue "
        "slots, a branch predictor, from the code that ran. Memory is taken as never waiting.",
        epilog="Exit codes: 0 told, 1 --fail-over-ms or the run failed, 2 the set-up is wrong, "
        "130 interrupted. Examples: rtbench time build/app.elf --seconds 1; "
        "rtbench time --app classify --scenes 1 --fail-over-ms 60",
    )
    profile.add_subject(parser)
    parser.add_argument("--all", action="store_true", help=f"all functions, not the first {SHOWN}")
    parser.add_argument(
        "--mhz", type=positive_number, default=600.0, help="the core's clock (default: %(default)g)"
    )
    parser.add_argument(
        "--fail-over-ms", type=positive_number, metavar="MS",
        help="fail if even the low end is above (of a frame, with --app); warn if only the high is",
    )  # fmt: skip
    parser.add_argument("--json", metavar="OUT", type=Path, help="write all of it there")
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench time`."""
    need_folder("--json", chosen.json)
    with interruption.noticed() as stop, ExitStack() as stack:
        found = profile.measured(chosen, stop, stack)
        estimator = Estimator(found.executed, found.machine.read_memory)
        estimate = estimator.estimate()
        functions = found.machine.symbols.functions
    if stop:
        return INTERRUPTED
    if not found.executed.passages:
        raise SetupError("nothing was executed")
    runs = found.frames or 1
    per_ms = chosen.mhz * 1000 * runs
    ms = {name: estimate.cycles[one].sum() / per_ms for name, one in ENDS.items()}
    by_function = {name: _by_function(estimate, one, functions) for name, one in ENDS.items()}
    of = f"a frame ({runs} frames)" if found.frames else "in all"
    print(f"{found.title}: {ms['mid']:.3f} ms {of} at {chosen.mhz:g} MHz, "
          f"{ms['low']:.3f} to {ms['high']:.3f}")  # fmt: skip
    _print(by_function, runs, None if chosen.all else SHOWN)
    _print_shares(estimate)
    print(NOTE)
    if chosen.json is not None:
        write_json(chosen.json, _report(found.title, runs, chosen.mhz, estimate, by_function))
    if found.trouble:
        print(f"rtbench time: {found.trouble}", file=sys.stderr)
        return CLAIM_FAILED
    return _judged(ms, chosen.fail_over_ms)


ENDS = {"low": LOW, "mid": MID, "high": HIGH}


def _judged(ms: Mapping[str, float], most: float | None) -> int:
    if most is None or ms["high"] <= most:
        return PASSED
    if ms["low"] > most:
        print(f"rtbench time: {ms['low']:.3f} ms at least, more than {most:g}", file=sys.stderr)
        return CLAIM_FAILED
    print(f"warning: {most:g} ms lies within the interval: neither held nor broken",
          file=sys.stderr)  # fmt: skip
    return PASSED


def _by_function(one: Estimate, corner: int, functions: Sequence[Function]) -> Counter[str]:
    ordered = sorted(functions, key=lambda function: function.start)
    starts = [function.start for function in ordered]
    found: Counter[str] = Counter()
    by_block = one.cycles[corner].sum(axis=(0, 1)).tolist()
    for (start, _), cycles in zip(one.places, by_block, strict=True):
        place = bisect_right(starts, start) - 1
        found[readable(ordered[place].name) if place >= 0 else UNKNOWN] += cycles
    return found


def _print(by_function: Mapping[str, Counter[str]], runs: int, shown: int | None) -> None:
    whole = by_function["mid"].total()
    print(f"{'share':>6} {'cycles':>13} {'low':>13} {'high':>13}  function")
    listed = by_function["mid"].most_common()
    for name, cycles in listed[:shown]:
        low, high = (by_function[end][name] / runs for end in ("low", "high"))
        print(f"{cycles / whole:6.1%} {cycles / runs:13,.0f} {low:13,.0f} {high:13,.0f}  {name}")
    if shown and len(listed) > shown:
        rest = sum(cycles for _, cycles in listed[shown:])
        print(f"{rest / whole:6.1%} {rest / runs:13,.0f} {'':27}  in {len(listed) - shown} more "
              "(--all)")  # fmt: skip


def _print_shares(one: Estimate) -> None:
    print(
        f"mispredicted branches {one.share(Cause.MISPREDICTED):.1%}, instructions that the table "
        f"does not know {one.unknown / one.cycles[MID].sum():.1%}"
    )
    if one.mnemonics:
        print("not known: " + ", ".join(sorted(one.mnemonics)))


def _report(
    title: str,
    runs: int,
    mhz: float,
    estimate: Estimate,
    by_function: Mapping[str, Counter[str]],
) -> dict[str, object]:
    return {
        "title": title,
        "runs": runs,
        "mhz": mhz,
        "cycles": {name: estimate.cycles[one].sum() / runs for name, one in ENDS.items()},
        "mispredictions": estimate.cycles[MID, :, Cause.MISPREDICTED].sum() / runs,
        "unknown": estimate.unknown / runs,
        "unknown_instructions": dict(estimate.mnemonics),
        "functions": {
            name: {end: by_function[end][name] / runs for end in ENDS}
            for name, _ in by_function["mid"].most_common()
        },
    }
