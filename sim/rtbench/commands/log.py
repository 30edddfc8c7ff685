"""`rtbench log`: labelled frames from a board, or from the bench, into a folder; none lost."""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from rt1062.errors import SetupError
from rtbench import host_inference, items
from rtbench.commands import diagnoses, interruption, line_faults, target
from rtbench.commands.sources import positive
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, PASSED
from rtbench.items import Item
from rtbench.link.firmware import BAUD, OTHER_BAUDS
from rtbench.logger.begin import Started, begin
from rtbench.logger.bench_source import BenchSource
from rtbench.logger.collector import Collector
from rtbench.logger.folder import LogFolder, Session, check_label, new_session
from rtbench.logger.keys import Keys, keys
from rtbench.logger.line import BenchLine
from rtbench.logger.logging_session import log
from rtbench.logger.operator import HELP, LabelOperator, ListOperator
from rtbench.logger.view import View
from rtbench.scenes.scene import SPLITS
from rtbench.tasks import CAMERA_APPS, TASKS

RATES = (BAUD, *OTHER_BAUDS)
OF_BENCH = ("scenes", "images", "line_faults", "image", "elf")
OF_BOARD = ("labels", "stop_at")


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `log` with its options."""
    parser = subparsers.add_parser(
        "log",
        help="collect labelled frames from a board's camera, or from the bench; none lost",
        description="Asks a board with our firmware for frames and keeps each as a picture, in a "
        "folder named after its label, with a line about it in manifest.jsonl. A folder that is "
        "there already is gone on with. What is damaged or lost on the line is fetched again. "
        f"Keys, on a terminal with --serial: {HELP}.",
        epilog="Exit codes: 0 every frame is there, 1 one is not, 2 the set-up is wrong, 130 "
        "interrupted. Example: rtbench log --serial /dev/ttyACM0 --labels cat,dog --stop-at 500 "
        "--out frames",
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--serial", metavar="PORT", help="a board at this port")
    where.add_argument("--bench", action="store_true", help="the emulated board")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True)
    parser.add_argument("--rate", metavar="BAUD", type=int, choices=RATES, default=BAUD,
                        help=f"of the records: {', '.join(map(str, RATES))}")  # fmt: skip
    parser.add_argument("--period", metavar="MS", type=positive, help="of the frames")
    parser.add_argument("--raw", action="store_true", help="keep RGB565 instead of pictures")
    parser.add_argument("--split", choices=SPLITS, help="of this session (default: by its name)")
    parser.add_argument("--preview", metavar="PNG", type=Path, help="a file of the last frame")
    board = parser.add_argument_group("frames of --serial")
    board.add_argument("--labels", metavar="A,B,C", type=_labels, help="default: no label")
    board.add_argument("--stop-at", metavar="N", type=positive, help="frames of each label")
    frames = parser.add_argument_group("frames of --bench")
    frames.add_argument("--scenes", metavar="N", type=positive, help="draw N scenes")
    frames.add_argument("--task", choices=tuple(TASKS), default="classify", help="of the scenes")
    frames.add_argument("--seed", type=int, default=0, help="of the first scene")
    frames.add_argument("--images", metavar="PATH", type=Path, nargs="+",
                        help="pictures, directories of them, files of scenes")  # fmt: skip
    line_faults.add_options(parser)
    parser.add_argument("--app", choices=CAMERA_APPS, default="log", help="of the firmware")
    target.add_emulated_options(parser)
    parser.set_defaults(handler=run)


def _labels(text: str) -> list[str]:
    labels = [one.strip() for one in text.split(",")]
    try:
        for label in labels:
            check_label(label)
    except SetupError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if len(set(labels)) < len(labels) or "" in labels:
        raise argparse.ArgumentTypeError(f"must be different words with commas between, not {text}")
    return labels


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench log`."""
    wrong = OF_BOARD if chosen.bench else OF_BENCH
    for name in wrong:
        if getattr(chosen, name) is not None:
            other = "--serial" if chosen.bench else "--bench"
            raise SetupError(f"--{name.replace('_', '-')} is of {other}")
    return _run_bench(chosen) if chosen.bench else _run_board(chosen)


def _run_board(chosen: argparse.Namespace) -> int:
    from rtbench.logger.serial_line import SerialLine

    with (
        interruption.noticed() as stop,
        closing(SerialLine(chosen.serial)) as line,
        closing(_folder(chosen, begin(line, reset=True))) as folder,
        keys() as pressed,
    ):
        by_hand = pressed.are_there
        if not by_hand and chosen.stop_at is None:
            raise SetupError("without a terminal nobody can press q: --stop-at N ends it")
        collector = Collector(line, chosen.period or 0, chosen.rate)
        labels = chosen.labels or []
        operator = LabelOperator(labels, chosen.stop_at or 0, folder.counts, by_hand)
        with View(folder, collector, chosen.preview, HELP if by_hand else "") as view:
            log(collector, folder, operator, view, pressed, lambda: bool(stop))
        collector.close()
        return _told(collector, folder, bool(stop))


def _run_bench(chosen: argparse.Namespace) -> int:
    found = _items(chosen)
    with (
        interruption.noticed() as stop,
        _bench(chosen) as line,
        closing(_folder(chosen, begin(line, reset=False))) as folder,
    ):
        source = BenchSource(line.machine)
        collector = Collector(line, chosen.period or 0, chosen.rate, source.restarted)
        done = {entry.source for entry in folder.entries}
        wanted = [item for item in found if item.id not in done]
        if len(wanted) < len(found):
            there = f"{len(found) - len(wanted)} of {len(found)} frames are there already"
            print(f"rtbench: {there}", file=sys.stderr)
        wishes = (source.wish(item, check_label(_label(chosen, item))) for item in wanted)
        with View(folder, collector, chosen.preview, "") as view:
            operator, nobody = ListOperator(wishes), Keys(are_there=False)
            log(collector, folder, operator, view, nobody, lambda: bool(stop))
        collector.close()
        return _told(collector, folder, bool(stop))


def _told(collector: Collector, folder: LogFolder, stopped: bool) -> int:
    """Say what there is and what was lost; the exit code."""
    account, mine = collector.account, folder.session.name
    for loss in account.losses:
        print(loss)
    new = [entry for entry in folder.entries if entry.session == mine]
    for entry in new:
        if entry.duplicate_of:
            print(f"{entry.file}: the same pixels as {entry.duplicate_of}")
    near = [entry for entry in new if entry.near and not entry.duplicate_of]
    if near:
        print(f"{len(near)} frames are much like one before, {near[0].file} like {near[0].near}")
    print(account)
    print(f"{len(new)} frames are new in {folder.path}, {len(folder.entries)} in all")
    if stopped:
        return INTERRUPTED
    return PASSED if account.gone == 0 else CLAIM_FAILED


@contextmanager
def _bench(chosen: argparse.Namespace) -> Iterator[BenchLine]:
    with (
        target.emulated(chosen)() as machine,
        host_inference.attached(machine),
        diagnoses.told(machine),
    ):
        machine.console_baud = BAUD
        machine.power_on()
        line_faults.put(chosen, machine)
        yield BenchLine(machine)


def _items(chosen: argparse.Namespace) -> list[Item]:
    if (chosen.scenes is None) == (chosen.images is None):
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
    name = new_session(time.strftime("%Y%m%dT%H%M%S"), chosen.out)
    session = Session(name, firmware, started.camera.sensor, chosen.split or "")
    return LogFolder(chosen.out, session, chosen.raw)
