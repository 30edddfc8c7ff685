"""`rtbench run --app classify`: every picture through the camera, every answer accounted for."""

import sys
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from rt1062.errors import MachineError, SimError
from rtbench import frames
from rtbench.commands import CLAIM_FAILED, INTERRUPTED, PASSED, interruption, pictures
from rtbench.commands.booted import Booted, booted
from rtbench.evaluation.run_folder import write_json
from rtbench.link.events import ErrorEvent
from rtbench.link.firmware import Firmware, FirmwareError


@dataclass(frozen=True)
class Row:
    """What became of one picture; `error` is empty if it was classified."""

    file: str
    error: str = ""
    frame: int | None = None
    label: str = ""
    index: int | None = None
    score: float | None = None
    scores: tuple[float, ...] = ()
    output: tuple[int, ...] = ()
    crc32: str = ""
    cycles: dict[str, int] = field(default_factory=dict)
    time_us: float | None = None


@dataclass
class Account:
    """Pictures and what became of them; nothing is lost between the columns."""

    pictures: int
    rows: list[Row] = field(default_factory=list)
    interrupted: bool = False
    trouble: SimError | None = None

    @property
    def results(self) -> int:
        """Pictures that were classified."""
        return sum(not row.error for row in self.rows)

    @property
    def errors(self) -> int:
        """Pictures that were shown and not classified."""
        return len(self.rows) - self.results

    def counts(self) -> dict[str, int]:
        """The account for a report."""
        return {
            "pictures": self.pictures,
            "fed": len(self.rows),
            "results": self.results,
            "errors": self.errors,
            "not_fed": self.pictures - len(self.rows),
        }


def run(
    image: Path, elf: Path | None, emulator: str, paths: Sequence[Path], json: Path | None
) -> int:
    """Classify the pictures, print the table; the exit code."""
    files, others = pictures.find(paths)
    if others:
        print(f"rtbench: left out {others} files that are no pictures", file=sys.stderr)
    account = Account(len(files))
    with interruption.noticed() as stop:
        # All pictures are read before the boot: a bad one shall not end a run half way.
        shown = [(file, _frame(file)) for file in files if not stop]
        with booted(image, elf, "classify", emulator) as session:
            session.firmware.camera_ready()
            _classify(session.firmware, shown, stop, account)
            account.interrupted = bool(stop)
            _print(account, session)
            if json is not None:
                write_json(json, _report(account, session))
    if account.trouble is not None:
        raise account.trouble
    if account.interrupted:
        return INTERRUPTED
    return PASSED if account.results == account.pictures else CLAIM_FAILED


def _frame(file: Path) -> bytes:
    return frames.to_rgb565(frames.load_picture(file))


def _classify(
    firmware: Firmware,
    shown: Sequence[tuple[Path, bytes]],
    stop: interruption.Interruption,
    account: Account,
) -> None:
    """Fill the account; trouble that ends the run is kept in it with what was done."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("classifying", total=account.pictures)
        for number, (file, frame) in enumerate(shown):
            if stop:
                return
            try:
                account.rows.append(_show(firmware, file, frame, f"{number} {file}"))
            except SimError as error:
                account.rows.append(Row(str(file), error=str(error).splitlines()[0]))
                account.trouble = error
                return
            progress.advance(task)


def _show(firmware: Firmware, file: Path, frame: bytes, frame_id: str) -> Row:
    """Show one picture; a camera or inference error is a row, a crash is raised."""
    board = firmware.machine
    try:
        result = firmware.infer(frame, frame_id)
    except FirmwareError as error:
        if not isinstance(error.event, ErrorEvent):
            raise
        if board.frames_queued:
            raise MachineError(f"{file}: the firmware did not take the frame: {error}") from error
        return Row(str(file), error=f"{error.event.code} {error.event.detail}".strip())
    if board.captured_ids[-1:] != [frame_id] or board.frames_queued:
        raise MachineError(f"{file}: the firmware's answer belongs to another frame")
    crc32 = f"{zlib.crc32(frame):08x}"
    return Row(
        file=str(file),
        error="" if result.crc32 == crc32 else f"frame damaged: CRC {result.crc32}, not {crc32}",
        frame=result.frame,
        label=result.label,
        index=result.index,
        score=result.scores[result.index],
        scores=result.scores,
        output=result.output,
        crc32=result.crc32,
        cycles=asdict(result.cycles),
        time_us=result.time_us,
    )


def _print(account: Account, session: Booted) -> None:
    """The table, the account, and how it was done."""
    console = Console()
    table = Table("file", "label", "score", "inference, instructions")
    on_chip = session.head["inference"] == "tflm"
    table.columns[0].overflow = "fold"
    for column in table.columns[2:]:
        column.justify = "right"
    for row in account.rows:
        score = "" if row.score is None else f"{row.score:.4f}"
        cost = f"{row.cycles['invoke']:,}" if on_chip and row.cycles else ""
        label = Text(row.error, style="red") if row.error else Text(row.label)
        table.add_row(Text(row.file), label, score, cost)
    console.print(table)
    counts = account.counts()
    console.print(
        f"{counts['pictures']} pictures, {counts['fed']} fed, {counts['results']} results, "
        f"{counts['errors']} errors, {counts['not_fed']} not fed"
        + (" (interrupted)" if account.interrupted else ""),
        highlight=False,
    )
    head = session.head
    console.print(
        f"emulator {head['emulator']}, inference {head['inference']}; pictures: {frames.METHOD}",
        highlight=False,
    )


def _report(account: Account, session: Booted) -> dict[str, object]:
    return {
        **session.head,
        "method": frames.METHOD,
        "interrupted": account.interrupted,
        "counts": account.counts(),
        "results": [asdict(row) for row in account.rows],
    }
