"""Say in a few lines, or as Markdown for a GitHub job summary, what the last run in build/ found.

Reads what the make targets leave: pytest's, ctest's and Robot's xUnit files, the decision about
inference, the speed of `make bench`, the figures of `make gate` and those of the models.
"""

import argparse
import base64
import html
import io
import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import junitparser
from PIL import Image, UnidentifiedImageError

from rtbench.robot.transcript import file_name

GROUPS = ("instructions", "milliseconds", "memory")  # of an app's figures, shown one by one
CONSOLE_LINES = 20
MOST_TOLD = 10  # failures with message, console and picture; the others by their name
# GitHub takes no picture into a summary but from a server; squares it shows anywhere.
SQUARES = {
    "\u2b1b": (20, 20, 20), "\u2b1c": (235, 235, 235), "\U0001f7e5": (221, 46, 68),
    "\U0001f7e7": (244, 144, 12), "\U0001f7e8": (253, 203, 88), "\U0001f7e9": (120, 177, 89),
    "\U0001f7e6": (85, 172, 238), "\U0001f7ea": (170, 142, 214), "\U0001f7eb": (193, 105, 79),
}  # fmt: skip
MOSAIC = 24  # squares a side
PICTURE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=]+)"')


@dataclass
class Failure:
    """A case that failed: where, which, and what it said."""

    suite: str
    case: str
    message: str
    folder: Path

    @property
    def name(self) -> str:
        """Suite and case."""
        return f"{self.suite}: {self.case}"

    def console(self) -> list[str]:
        """The end of what the firmware printed in it."""
        last = self.suite.rpartition(".")[2]
        path = self.folder / "transcripts" / file_name(last, self.case)
        try:
            return path.read_text("utf-8", "replace").splitlines()[-CONSOLE_LINES:]
        except OSError:
            return []

    def picture(self) -> Image.Image | None:
        """The last that Robot's log shows of it."""
        path = self.folder / "output.xml"
        if not path.is_file():
            return None
        for test in ElementTree.parse(path).iter("test"):
            if test.get("name") == self.case:
                shown = PICTURE.findall("".join(test.itertext()))
                if shown:
                    try:
                        return Image.open(io.BytesIO(base64.b64decode(shown[-1]))).convert("RGB")
                    except (ValueError, UnidentifiedImageError):
                        return None
        return None

    def details(self) -> list[str]:
        """Message, console and picture, to be opened."""
        said = [self.message.strip(), "", *self.console()]
        lines = ["", f"<details><summary>{html.escape(self.name)}</summary>", "", "<pre>"]
        lines += [html.escape("\n".join(said).strip()), "</pre>", ""]
        picture = self.picture()
        if picture is not None:
            lines += [*mosaic(picture), ""]
        return [*lines, "</details>"]


def mosaic(picture: Image.Image) -> list[str]:
    """A picture in coloured squares, a row a line."""
    small = picture.resize((MOSAIC, MOSAIC), Image.Resampling.BOX)
    palette = Image.new("P", (1, 1))
    palette.putpalette([level for colour in SQUARES.values() for level in colour])
    chosen = small.quantize(palette=palette, dither=Image.Dither.NONE)
    signs, indices = list(SQUARES), list(chosen.getdata())
    rows = (indices[at : at + MOSAIC] for at in range(0, len(indices), MOSAIC))
    return ["".join(signs[index % len(signs)] for index in row) + "<br>" for row in rows]


@dataclass
class Counts:
    """How many cases of one kind ended how; the failed ones."""

    title: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    failures: list[Failure]

    def line(self) -> str:
        """The form that readers of CI logs count."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read_xunit(title: str, path: Path) -> Counts:
    """Count the cases of an xUnit file, whichever tool wrote it."""
    counts = Counts(title, 0, 0, 0, 0.0, [])
    for case in cases(junitparser.JUnitXml.fromfile(str(path))):
        counts.seconds += case.time or 0.0
        wrong = [one for one in case.result if not isinstance(one, junitparser.Skipped)]
        if wrong:
            said = "\n".join(one.message or one.text or "" for one in wrong)
            counts.failed += 1
            counts.failures.append(Failure(case.classname or "", case.name, said, path.parent))
        elif case.result:
            counts.skipped += 1
        else:
            counts.passed += 1
    return counts


def cases(suites: junitparser.JUnitXml | junitparser.TestSuite) -> list[junitparser.TestCase]:
    """The cases of a file: of a suite, which knows those of the suites in it, or of several."""
    if isinstance(suites, junitparser.TestSuite):
        return list(suites)
    return [case for suite in suites for case in suite]


def collect(build: Path) -> list[Counts]:
    """All kinds of tests that left a file."""
    found = [
        (title, build / name)
        for title, name in (("Python", "pytest.xml"), ("C++ on the host", "ctest.xml"))
    ]
    found += [
        (f"Robot, {path.parent.relative_to(build / 'robot')}", path)
        for path in sorted((build / "robot").rglob("xunit.xml"))
    ]
    return [read_xunit(title, path) for title, path in found if path.is_file()]


def inference(build: Path) -> str:
    """Where inference ran, as scripts/fetch_tflm.py recorded it."""
    path = build / "inference"
    return path.read_text().strip() if path.is_file() else "not decided"


def plain(build: Path) -> str:
    """The closing lines of a run."""
    lines = [f"inference: {inference(build)}"]
    for counts in collect(build):
        lines += [f"{counts.title}: {one.name} failed" for one in counts.failures]
        lines.append(f"{counts.title}: {counts.line()}")
    return "\n".join(lines)


def figures(path: Path) -> list[str]:
    """A table of the numbers in a JSON file, or nothing."""
    if not path.is_file():
        return []
    content = json.loads(path.read_text())
    for group in GROUPS:
        for name, value in content.pop(group, {}).items():
            content[f"{group}, {name}"] = value
    rows = [
        f"| {name} | {value:,} |" if isinstance(value, int) else f"| {name} | {value:.4g} |"
        for name, value in content.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    return ["| figure | value |", "|---|---:|", *rows] if rows else []


def markdown(build: Path, models: Path) -> str:
    """The job summary."""
    lines = [
        f"### Test bench: inference on `{inference(build)}`",
        "",
        "| tests | passed | failed | skipped | seconds |",
        "|---|---:|---:|---:|---:|",
    ]
    everything = collect(build)
    for counts in everything:
        numbers = f"{counts.passed} | {counts.failed} | {counts.skipped} | {counts.seconds:.1f}"
        lines.append(f"| {counts.title} | {numbers} |")
    failures = [(counts.title, one) for counts in everything for one in counts.failures]
    if failures:
        lines += ["", "#### Failed", ""]
        lines += [f"- {title}: {one.name}" for title, one in failures]
    for _, one in failures[:MOST_TOLD]:
        lines += one.details()
    tables = [("Speed", build / "bench.json")]
    for kind, folder, name in (
        ("App", build / "gate", "summary.json"),
        ("Model", models, "metrics.json"),
    ):
        tables += [
            (f"{kind} {path.parent.name}", path) for path in sorted(folder.glob(f"*/{name}"))
        ]
    for title, path in tables:
        table = figures(path)
        if table:
            lines += ["", f"#### {title}", "", *table]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit code is 0, or 2 for a file that is not what it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=Path("build"), help="where the results are")
    parser.add_argument(
        "--models", type=Path, default=Path("models"), help="where metrics.json are"
    )
    parser.add_argument("--markdown", action="store_true", help="for a GitHub job summary")
    options = parser.parse_args(arguments)
    try:
        print(markdown(options.build, options.models) if options.markdown else plain(options.build))
    except (ElementTree.ParseError, junitparser.JUnitXmlError, ValueError, OSError) as error:
        print(f"summary: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
