"""`rtbench run` for every application with a task: frame after frame on one machine, in order."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace

from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from rt1062.errors import SetupError, SimError
from rt1062.machine import Machine
from rtbench import frames
from rtbench.commands import interruption, tables
from rtbench.commands.outputs import Outputs
from rtbench.commands.subject import Subject, described, running
from rtbench.evaluation import loop
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, PASSED
from rtbench.items import Item
from rtbench.link.events import Log
from rtbench.tasks import Task
from rtbench.tasks.figure import Evidence, counted, counts_of
from rtbench.tasks.row import Row
from rtbench.tasks.tracking import MIDDLE_ENDS, Line, Watch
from rtbench.terminal import printable


@dataclass
class Account:
    """Frames and what became of them; nothing is lost between the columns."""

    task: Task
    frames: int
    rows: list[Row] = field(default_factory=list)
    interrupted: bool = False
    trouble: SimError | None = None  # that ended the run

    def counts(self) -> dict[str, int]:
        """The account for a report."""
        errors = sum(bool(row.error) for row in self.rows)
        return {
            "pictures": self.frames,
            "fed": len(self.rows),
            "results": len(self.rows) - errors,
            "errors": errors,
            "not_fed": self.frames - len(self.rows),
        }

    def figures(self) -> dict[str, object]:
        """How good the answers are, where the truth is known."""
        evidence = Evidence(self.rows, {})
        found = {figure.name: figure.of(evidence) for figure in self.task.figures}
        return {name: value for name, value in found.items() if value is not None}

    def shares(self) -> dict[str, object]:
        """Of which counts the figures are shares."""
        return counts_of(self.task.figures, Evidence(self.rows, {}))


def run(
    create: Callable[[], Machine],
    task: Task,
    items: Sequence[Item],
    line: Line | None,
    outputs: Outputs,
) -> int:
    """Show the frames, print the table; the exit code."""
    outputs.check()
    account = Account(task, len(items))
    with interruption.noticed() as stop:
        items = _with_pictures(items, stop)
        with running(create, task.app) as subject:
            subject.firmware.ready_for_frames()
            if line is not None:
                subject.firmware.command(f"line {line.x0:g} {line.y0:g} {line.x1:g} {line.y1:g}")
                subject.firmware.expect(Log)
            try:
                _show(subject, items, stop, account, line, outputs)
            except SimError as error:
                account.trouble = error
            account.interrupted = bool(stop)
            _print(account, subject)
            outputs.write(account.rows, task, _report(account, subject))
    if account.trouble is not None:
        raise account.trouble
    if account.interrupted:
        return INTERRUPTED
    return PASSED if account.counts()["results"] == account.frames else CLAIM_FAILED


def _with_pictures(items: Sequence[Item], stop: interruption.Interruption) -> list[Item]:
    """All pictures are read before the boot: one that cannot be is a row with its reason, but
    there must be one that can.
    """
    read: list[Item] = []
    wrong: list[SetupError] = []
    for item in items:
        try:
            read.append(item if item.picture is None or stop else item.ready())
        except SetupError as error:
            wrong.append(error)
            read.append(item)
    if len(wrong) == len(items):
        raise wrong[0]
    return read


def _show(
    subject: Subject,
    items: Sequence[Item],
    stop: interruption.Interruption,
    account: Account,
    line: Line | None,
    outputs: Outputs,
) -> None:
    watches: dict[int, Watch] = {}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(account.task.app, total=account.frames)
        for row, frame in loop.show_all(
            subject.firmware,
            account.task,
            list(enumerate(items)),
            loop.Policy.STOP,
            stop=lambda: bool(stop),
        ):
            row = _with_crossings(row, items[row.index], line, watches)
            account.rows.append(row)
            outputs.keep_picture(account.task, frame, row, line)
            progress.advance(bar)


def _with_crossings(row: Row, item: Item, line: Line | None, watches: dict[int, Watch]) -> Row:
    """The row with who truly crosses the line in its frame, where it is of a sequence; `watches`
    are those of the sequences so far, by seed.
    """
    scene = item.scene
    if scene is None or scene.task != "sequence":
        return row
    if scene.frame == 0 or scene.seed not in watches:
        watches[scene.seed] = Watch(line or Line(*MIDDLE_ENDS))
    found = watches[scene.seed].next(row.truth.persons)
    crossings = tuple(f"{identity} {direction}" for identity, direction in found)
    return replace(row, truth=replace(row.truth, crossings=crossings))


def _print(account: Account, subject: Subject) -> None:
    """The table, the account, the figures, and how it was done."""
    task, head = account.task, subject.head
    on_chip = head["inference"] == "tflm"
    columns = [
        *task.columns,
        *([f"inference, {counted(str(head['emulator']))}"] if on_chip else []),
    ]
    table = tables.new_table(*columns, "file", right=range(1, len(columns)))
    for row in account.rows:
        if row.error:
            blanks = [""] * len(columns)
            table.add_row(*blanks, Text(printable(f"{row.id}: {row.error}"), style="red"))
            continue
        cost = [f"{row.cycles.invoke:,}"] if on_chip else []
        cells = [Text(printable(cell)) for cell in task.cells(row)]
        table.add_row(*cells, *cost, Text(printable(row.id)))
    console = Console()
    tables.show(console, table)
    counts, figures = account.counts(), account.figures()
    lines = [
        f"{counts['pictures']} pictures, {counts['fed']} fed, {counts['results']} results, "
        f"{counts['errors']} errors, {counts['not_fed']} not fed"
        + (" (interrupted)" if account.interrupted else ""),
        f"{described(head)}; pictures: {frames.METHOD}",
    ]
    shares = account.shares()
    lines += [
        figure.line(figures[figure.name], shares.get(figure.name))
        for figure in task.figures
        if figure.name in figures
    ]
    for text in lines:
        console.print(text, highlight=False, markup=False)


def _report(account: Account, subject: Subject) -> dict[str, object]:
    return {
        **subject.head,
        "method": frames.METHOD,
        "interrupted": account.interrupted,
        "counts": account.counts(),
        "figures": account.figures(),
        "shares": account.shares(),
        "results": [asdict(row) for row in account.rows],
    }
