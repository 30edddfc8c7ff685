"""`rtbench log`: labelled frames from a board, or from the bench, into a folder; none lost."""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from rt1062.errors import SetupError
from rtbench import host_inference, items
from rtbench.commands import diagnoses, interruption, target
from rtbench.commands.sources import positive
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, PASSED
from rtbench.items import Item
from rtbench.link.firmware import BAUD
from rtbench.logger.begin import Started, begin
from rtbench.logger.bench_source import BenchSource
from rtbench.logger.collector import Collector
from rtbench.logger.folder import LogFolder, check_label
from rtbench.logger.line import BenchLine
from rtbench.tasks import TASKS

LOGGERS = ("log", *TASKS)
RATES = (BAUD, 921_600, 3_000_000)


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `log` with its options."""
    parser = subparsers.add_parser(
        "log",
        help="collect labelled frames from a board's camera, or from the bench; none lost",
        description="Asks a board with our firmware for frames and keeps each as a picture, in a "
        "folder named after its label, with a line about it in manifest.jsonl. A folder that is "
        "there already is gone on with. What is damaged or lost on the line is fetched again.",
        epilog="Exit codes: 0 every frame is there, 1 one is not, 2 the set-up is wrong, 130 "
        "interrupted. Example: rtbench log --bench --scenes 20 --out build/frames",
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--bench", action="store_true", help="the emulated board")
    parser.add_argument("--app", choices=LOGGERS, default="log", help="of the firmware")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True)
    parser.add_argument("--rate", metavar="BAUD", type=int, choices=RATES, default=BAUD,
                        help=f"of the records: {', '.join(map(str, RATES))}")  # fmt: skip
    parser.add_argument("--period", metavar="MS", type=int, default=0, help="of the frames")
    frames = parser.add_argument_group("frames of --bench")
    frames.add_argument("--scenes", metavar="N", type=positive, help="draw N scenes")
    frames.add_argument("--task", choices=tuple(TASKS), default="classify", help="of the scenes")
    frames.add_argument("--seed", type=int, default=0, help="of the first scene")
    frames.add_argument("--images", metavar="PATH", type=Path, nargs="+", default=[],
                        help="pictures, directories of them, files of scenes")  # fmt: skip
    target.add_emulated_options(parser)
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench log`."""
    return _run_bench(chosen)


def _run_bench(chosen: argparse.Namespace) -> int:
    found = _items(chosen)
    with (
        interruption.noticed() as stop,
        _bench(chosen) as line,
        closing(_folder(chosen, begin(line, reset=False))) as folder,
    ):
        source = BenchSource(line.machine)
        collector = Collector(line, chosen.period, chosen.rate, source.restarted)
        done = {entry.source for entry in folder.entries}
        wanted = [item for item in found if item.id not in done]
        if len(wanted) < len(found):
            print(f"rtbench: {len(found) - len(wanted)} of {len(found)} frames are there already",
                  file=sys.stderr)  # fmt: skip
        for item in wanted:
            collector.wish(source.wish(item, check_label(_label(chosen, item))))
        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("log", total=len(wanted))
            while collector.waiting and not stop:
                for arrival in collector.step():
                    folder.add(arrival)
                    progress.advance(bar)
        collector.close()
    for loss in collector.account.losses:
        print(loss)
    print(f"{len(found)} frames wanted, {len(folder.entries)} in {chosen.out}")
    print(collector.account)
    if stop:
        return INTERRUPTED
    return PASSED if collector.account.arrived == len(wanted) else CLAIM_FAILED


@contextmanager
def _bench(chosen: argparse.Namespace) -> Iterator[BenchLine]:
    with (
        target.emulated(chosen)() as machine,
        host_inference.attached(machine),
        diagnoses.told(machine),
    ):
        machine.console_baud = BAUD
        machine.power_on()
        yield BenchLine(machine)


def _items(chosen: argparse.Namespace) -> list[Item]:
    if (chosen.scenes is None) == (not chosen.images):
        raise SetupError("--bench needs frames: --scenes N or --images PATH, one of them")
    if chosen.scenes is None:
        return items.find(chosen.images)
    return items.draw_scenes(TASKS[chosen.task].scene, chosen.scenes, chosen.seed, "test")


def _label(chosen: argparse.Namespace, item: Item) -> str:
    if item.label is not None:
        return item.label
    expected = TASKS[chosen.task].expected(item.draw().truth)
    return "" if expected is None else str(expected)


def _folder(chosen: argparse.Namespace, started: Started) -> LogFolder:
    boot = started.boot
    firmware = f"{boot.app} {boot.version} on {boot.board} {boot.chip_id}"
    session = time.strftime("%Y%m%dT%H%M%S")
    return LogFolder(chosen.out, session, firmware, started.camera.sensor)
