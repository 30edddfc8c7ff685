"""`rtbench run --app count`: every picture through the camera, persons counted and followed."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from rt1062.errors import SetupError
from rtbench import frames, overlay
from rtbench.commands import CLAIM_FAILED, INTERRUPTED, PASSED, interruption
from rtbench.commands.booted import Booted, booted
from rtbench.evaluation.frame import Row, show
from rtbench.evaluation.items import Item
from rtbench.evaluation.run_folder import write_json
from rtbench.link.events import Box, Crossing, Log
from rtbench.link.firmware import Firmware
from rtbench.tracking import Line

COLUMNS = ("number", "file", "error", "count", "true_count", "boxes", "true_boxes", "crossings",
           "crc32", "capture", "preprocess", "invoke", "postprocess", "total")  # fmt: skip


@dataclass(frozen=True)
class Outputs:
    """Where the results go besides the console; None: nowhere."""

    pictures: Path | None = None
    csv: Path | None = None
    json: Path | None = None

    def check(self) -> None:
        """SetupError, before anything is booted, if one of them cannot be written."""
        if self.pictures is not None:  # first, as the others may be meant to lie in it
            try:
                self.pictures.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise SetupError(f"{self.pictures}: cannot be made ({error.strerror})") from error
        for path in (self.csv, self.json):
            if path is not None and not path.resolve().parent.is_dir():
                raise SetupError(f"{path}: the directory for it does not exist")


@dataclass
class Account:
    """What became of the pictures."""

    pictures: int
    rows: list[Row] = field(default_factory=list)
    interrupted: bool = False

    @property
    def errors(self) -> int:
        """Pictures that were shown and not counted."""
        return sum(bool(row["error"]) for row in self.rows)

    def accuracy(self) -> dict[str, float] | None:
        """Mean absolute error and exact rate where the truth is known; None without any."""
        wrong = [
            abs(row["count"] - row["true_count"])
            for row in self.rows
            if not row["error"] and row["true_count"] is not None
        ]
        if not wrong:
            return None
        return {
            "frames": len(wrong),
            "mae": sum(wrong) / len(wrong),
            "exact_rate": wrong.count(0) / len(wrong),
        }

    def counts(self) -> dict[str, int]:
        """The account for a report; nothing is lost between the columns."""
        return {
            "pictures": self.pictures,
            "fed": len(self.rows),
            "results": len(self.rows) - self.errors,
            "errors": self.errors,
            "not_fed": self.pictures - len(self.rows),
        }


def run(
    image: Path,
    elf: Path | None,
    emulator: str,
    items: Sequence[Item],
    line: Line | None,
    outputs: Outputs,
) -> int:
    """Count the persons in the pictures, in order, on one machine; the exit code."""
    outputs.check()
    account = Account(len(items))
    with interruption.noticed() as stop, booted(image, elf, "count", emulator) as session:
        session.firmware.camera_ready()
        if line is not None:
            session.firmware.command(f"line {line.x0:g} {line.y0:g} {line.x1:g} {line.y1:g}")
            session.firmware.expect(Log)
        _count(session.firmware, items, stop, account, line, outputs.pictures)
        account.interrupted = bool(stop)
        _print(account, session)
        if outputs.csv is not None:
            _write_csv(outputs.csv, account.rows)
        if outputs.json is not None:
            write_json(outputs.json, _report(account, session))
    if account.interrupted:
        return INTERRUPTED
    return PASSED if account.counts()["results"] == account.pictures else CLAIM_FAILED


def _count(
    firmware: Firmware,
    items: Sequence[Item],
    stop: interruption.Interruption,
    account: Account,
    line: Line | None,
    pictures: Path | None,
) -> None:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("counting", total=account.pictures)
        for number, item in enumerate(items):
            if stop:
                return
            before = len(firmware.events)
            row, frame = show(firmware, number, item)
            row["crossings"] = [
                f"{one.identity} {one.direction}"
                for one in firmware.events[before:]
                if isinstance(one, Crossing)
            ]
            account.rows.append(row)
            if pictures is not None:
                boxes = [Box(*box) for box in row.get("boxes", ())]
                picture = overlay.annotated(frame, boxes, row["true_boxes"], line)
                _save(picture, pictures / f"{number:05}.png")
            progress.advance(task)


def _save(picture: Image.Image, path: Path) -> None:
    try:
        picture.save(path)
    except OSError as error:
        raise SetupError(f"{path}: cannot be written ({error.strerror})") from error


def _print(account: Account, session: Booted) -> None:
    console = Console()
    table = Table("file", "persons", "true", "who", "crossings")
    table.columns[0].overflow = "fold"
    for column in table.columns[1:3]:
        column.justify = "right"
    for row in account.rows:
        true = "" if row["true_count"] is None else str(row["true_count"])
        who = " ".join(str(box[5] or "?") for box in row.get("boxes", ()))
        seen = Text(row["error"], style="red") if row["error"] else Text(str(row["count"]))
        table.add_row(Text(row["id"]), seen, true, who, ", ".join(row["crossings"]))
    console.print(table)
    counts = account.counts()
    lines = [
        f"{counts['pictures']} pictures, {counts['fed']} fed, {counts['results']} results, "
        f"{counts['errors']} errors, {counts['not_fed']} not fed"
        + (" (interrupted)" if account.interrupted else ""),
        f"emulator {session.head['emulator']}, inference {session.head['inference']}; "
        f"pictures: {frames.METHOD}",
    ]
    accuracy = account.accuracy()
    if accuracy:
        lines.append(
            f"mean absolute error {accuracy['mae']:.4f}, exact count "
            f"{accuracy['exact_rate']:.1%} of {accuracy['frames']} frames with known truth"
        )
    for text in lines:
        console.print(text, highlight=False)


def _write_csv(path: Path, rows: Sequence[Row]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for number, row in enumerate(rows):
                value = {**row, **row.get("cycles", {}), "number": number, "file": row["id"]}
                for name in ("boxes", "true_boxes", "crossings"):
                    value[name] = json.dumps(row.get(name, ()), separators=(",", ":"))
                writer.writerow([_cell(value.get(name)) for name in COLUMNS])
    except OSError as error:
        raise SetupError(f"{path}: cannot be written ({error.strerror})") from error


def _cell(value: object) -> object:
    return "" if value is None else value


def _report(account: Account, session: Booted) -> dict[str, object]:
    return {
        **session.head,
        "method": frames.METHOD,
        "interrupted": account.interrupted,
        "counts": account.counts(),
        "accuracy": account.accuracy(),
        "results": account.rows,
    }
