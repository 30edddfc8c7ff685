"""Say in a few lines, or as Markdown for a GitHub job summary, what the last run in build/ found.

Reads what the make targets leave: pytest's, ctest's and Robot's xUnit files, the decision about
inference, the speed of `make bench`, the figures of `make gate` and those of the models.
"""

import argparse
import json
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

GROUPS = ("instructions", "milliseconds", "memory")  # of an app's figures, shown one by one


@dataclass
class Counts:
    """How many cases of one kind ended how; names of the failed ones."""

    title: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    failures: list[str]

    def line(self) -> str:
        """The form that readers of CI logs count."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read_xunit(title: str, path: Path) -> Counts:
    """Count the cases of an xUnit file, whichever tool wrote it."""
    counts = Counts(title, 0, 0, 0, 0.0, [])
    for case in ElementTree.parse(path).iter("testcase"):
        counts.seconds += float(case.get("time") or 0)
        if case.find("failure") is not None or case.find("error") is not None:
            counts.failed += 1
            counts.failures.append(f"{case.get('classname')}: {case.get('name')}")
        elif case.find("skipped") is not None:
            counts.skipped += 1
        else:
            counts.passed += 1
    return counts


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
        lines += [f"{counts.title}: {name} failed" for name in counts.failures]
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
    failures = [f"- {counts.title}: {name}" for counts in everything for name in counts.failures]
    if failures:
        lines += ["", "#### Failed", "", *failures]
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
    except (ElementTree.ParseError, json.JSONDecodeError, OSError) as error:
        print(f"summary: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
