"""Where the results of a run go besides the console: the options, and the files."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rt1062.errors import SetupError
from rt1062.files import whole
from rtbench.evaluation.run_folder import write_json
from rtbench.evaluation.table import write_table
from rtbench.items import Frame
from rtbench.tasks import Task
from rtbench.tasks.figure import counted
from rtbench.tasks.overlay import ZOOM
from rtbench.tasks.row import Row
from rtbench.tasks.tracking import Line


@dataclass(frozen=True)
class Outputs:
    """None: nowhere."""

    overlay: Path | None = None
    csv: Path | None = None
    json: Path | None = None

    def check(self) -> None:
        """SetupError, before anything is booted, if one of them cannot be written."""
        if self.overlay is not None:  # first, as the others may be meant to lie in it
            try:
                self.overlay.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise SetupError(f"{self.overlay}: cannot be made ({error.strerror})") from error
        for option, path in (("--csv", self.csv), ("--json", self.json)):
            need_folder(option, path)

    def keep_picture(self, task: Task, frame: Frame, row: Row, line: Line | None) -> None:
        """The frame with what was said of it, named by its place in the run."""
        if self.overlay is None:
            return
        path = self.overlay / f"{row.index:05}.png"
        with whole(path) as part:
            task.picture(frame, row, line, ZOOM).save(part)

    def write(self, rows: Sequence[Row], task: Task, report: Mapping[str, object]) -> None:
        """The table and the report."""
        if self.csv is not None:
            write_table(self.csv, rows, task, counted(str(report["emulator"])))
        if self.json is not None:
            write_json(self.json, report)


def need_folder(option: str, path: Path | None) -> None:
    """SetupError if the file that an option names has no directory to lie in."""
    if path is not None and not path.resolve().parent.is_dir():
        raise SetupError(f"{path}: the directory for {option} does not exist")


def add_options(parser: argparse.ArgumentParser) -> None:
    """--overlay, --csv and --json."""
    group = parser.add_argument_group("outputs")
    group.add_argument(
        "--overlay", metavar="DIR", type=Path,
        help="write each frame there with what was said of it drawn on it",
    )  # fmt: skip
    group.add_argument("--csv", metavar="FILE", type=Path, help="write a line a frame there")
    group.add_argument("--json", metavar="FILE", type=Path, help="write the results there")


def of(chosen: argparse.Namespace) -> Outputs:
    """What the options name."""
    return Outputs(chosen.overlay, chosen.csv, chosen.json)
