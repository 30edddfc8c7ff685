"""The step of action.yml that runs the bench: from its inputs to verdict, JUnit file and summary.

Inputs come as environment variables of their names. Four kinds of checks, each where it is asked
for: what a boot prints, pictures with their labels or counts, a baseline, Robot Framework suites.
"""

import csv
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

from rt1062.files import write_whole
from rtbench.exit_codes import CLAIM_FAILED, PASSED, SETUP_WRONG

SHOWN_PICTURES = 50  # in the summary; all are in the results
LAST_LINES = 60  # of what a command has said


@dataclass
class Check:
    """One line of the verdict; `code` as rtbench's exit codes, `detail` for who reads on."""

    name: str
    code: int
    said: str
    detail: list[str] = field(default_factory=list)


class Inputs:
    """The action's inputs; ValueError, in one line, for those that make no sense."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self.image = self.text("IMAGE") or self.text("ELF")
        self.elf = self.text("ELF") if self.text("IMAGE") else ""
        self.board = self.text("BOARD")
        self.emulator = self.text("EMULATOR") or "unicorn"
        self.app = self.text("APP")
        self.seconds = self.text("SECONDS_LIMIT") or "5"
        self.results = Path(self.text("RESULTS") or "rtbench-results")
        self.expect, self.fail = self.lines("EXPECT"), self.lines("FAIL")
        self.images, self.suites = self.lines("IMAGES"), self.lines("SUITES")
        self.include, self.baseline = self.lines("INCLUDE"), self.text("BASELINE")
        self.scenes = self.text("SCENES") if self.text("SCENES") != "0" else ""
        self.least_accuracy = self.number("LEAST_ACCURACY")
        self.largest_error = self.number("LARGEST_ERROR")
        if not self.image:
            raise ValueError("give the firmware as image or as elf")
        if self.images and self.scenes:
            raise ValueError("images and scenes exclude each other")
        if self.pictures and not self.app:
            raise ValueError("pictures need app: what the firmware speaks, one of `rtbench apps`")
        judged = self.baseline or self.least_accuracy is not None or self.largest_error is not None
        if judged and not self.pictures:
            raise ValueError("least-accuracy, largest-error and baseline need images or scenes")

    def text(self, name: str) -> str:
        """An input, without blanks around it."""
        return self._environment.get(name, "").strip()

    def lines(self, name: str) -> list[str]:
        """An input with a value a line."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def number(self, name: str) -> float | None:
        """An input that is a number, None where it is left out."""
        text = self.text(name)
        try:
            return float(text) if text else None
        except ValueError:
            name = name.lower().replace("_", "-")
            raise ValueError(f"{name} must be a number, not {text!r}") from None

    @property
    def pictures(self) -> bool:
        """Whether the camera is shown something."""
        return bool(self.images or self.scenes)

    @property
    def boots(self) -> bool:
        """Whether a boot is judged by itself: when asked for, or when nothing else is."""
        return bool(self.expect or self.fail) or not (self.pictures or self.suites)


class Action:
    """Runs what is asked for with the bench's own commands."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.checks: list[Check] = []
        self.table: list[tuple[str, str, str, str]] = []  # picture, truth, answer, verdict

    def run(self) -> int:
        """All checks; the exit code."""
        self.inputs.results.mkdir(parents=True, exist_ok=True)
        if self.inputs.boots:
            self._boot()
        if self.inputs.pictures:
            self._pictures()
        if self.inputs.suites:
            self._suites()
        return max(check.code for check in self.checks)

    def _call(self, module: str, *words: object) -> tuple[int, str]:
        """A command's exit code and its last words, which are shown as they come."""
        command = [sys.executable, "-m", module, *map(str, words)]
        print("::group::" + " ".join([module, *map(str, words)]), flush=True)
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as process:
            heard = []
            for line in process.stdout:
                print(line, end="", flush=True)
                heard.append(line.rstrip())
        print("::endgroup::", flush=True)
        code = process.returncode
        return code if code in (PASSED, CLAIM_FAILED) else SETUP_WRONG, "\n".join(
            heard[-LAST_LINES:]
        )

    def _boot(self) -> None:
        inputs, json_file = self.inputs, self.inputs.results / "boot.json"
        words = ["boot", inputs.image, "--seconds", inputs.seconds, "--json", json_file]
        words += ["--emulator", inputs.emulator, "--timeout", "600"]
        words += ["--elf", inputs.elf] if inputs.elf else []
        words += ["--board", inputs.board] if inputs.board else []
        words += [f"--expect={text}" for text in inputs.expect]
        words += [f"--fail={text}" for text in inputs.fail]
        code, heard = self._call("rtbench.cli", *words)
        said = "printed all that was expected" if inputs.expect else "ran"
        if code:
            wrong = [line for line in heard.splitlines() if line.startswith("rtbench")]
            said = wrong[-1] if wrong else heard.splitlines()[-1]
        self.checks.append(Check("boot", code, said, heard.splitlines() if code else []))

    def _pictures(self) -> None:
        inputs, folder = self.inputs, self.inputs.results / "evaluation"
        words = ["evaluate", "--app", inputs.app, "--image", inputs.image, "--out", folder]
        words += ["--fresh", "--emulator", inputs.emulator]
        words += ["--elf", inputs.elf] if inputs.elf else []
        words += ["--scenes", inputs.scenes] if inputs.scenes else ["--data", *inputs.images]
        words += ["--compare", inputs.baseline] if inputs.baseline else []
        code, heard = self._call("rtbench.cli", *words)
        summary = folder / "summary.json"
        if not summary.is_file():
            said = (heard.splitlines() or ["nothing was said"])[-1]
            self.checks.append(Check("pictures", max(code, CLAIM_FAILED), said))
            return
        what = f"every frame was answered{' and the baseline holds' if inputs.baseline else ''}"
        detail = heard.splitlines() if code else []
        said = what if not code else f"not so: {what}"
        self.checks.append(Check("pictures", code, said, detail))
        with (folder / "rows.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        if inputs.least_accuracy is not None:
            self._accuracy(json.loads(summary.read_text(encoding="utf-8")).get("accuracy"))
        if inputs.largest_error is not None:
            self._counts(rows)
        self.table += [_told(row, inputs.largest_error or 0) for row in rows]
        words = ["report", "--run", folder, "--out", inputs.results / "report.html"]
        words += ["--baseline", inputs.baseline] if inputs.baseline else []
        self._call("rtbench.cli", *words)

    def _accuracy(self, found: float | None) -> None:
        least = self.inputs.least_accuracy
        if found is None:
            said = "the pictures have no labels: a label is the name of a picture's folder"
            self.checks.append(Check("accuracy", SETUP_WRONG, said))
            return
        code = PASSED if found >= least else CLAIM_FAILED
        self.checks.append(Check("accuracy", code, f"{found:.4f}, at least {least:g} asked for"))

    def _counts(self, rows: list[dict[str, str]]) -> None:
        most = self.inputs.largest_error
        errors = {row["id"]: _count_error(row) for row in rows}
        known = {name: error for name, error in errors.items() if error is not None}
        if not known:
            said = "the pictures have no counts: a count is the name of a picture's folder"
            self.checks.append(Check("count", SETUP_WRONG, said))
            return
        wrong = [f"{name}: {error} off" for name, error in known.items() if error > most]
        code = CLAIM_FAILED if wrong else PASSED
        said = f"largest error {max(known.values())}, at most {most:g} allowed"
        self.checks.append(Check("count", code, said, wrong))

    def _suites(self) -> None:
        inputs, folder = self.inputs, self.inputs.results / "suites"
        words = [*inputs.suites, "--output", folder, "--variable", f"IMAGE:{inputs.image}"]
        words += ["--variable", f"EMULATOR:{inputs.emulator}"]
        words += ["--variable", f"ELF:{inputs.elf}"] if inputs.elf else []
        words += ["--variable", f"BOARD:{inputs.board}"] if inputs.board else []
        for tag in inputs.include:
            words += ["--include", tag]
        code, heard = self._call("rtbench.robot", *words)
        lines = heard.splitlines() or ["nothing was said"]
        wrong = _failures(lines)
        self.checks.append(Check("suites", code, lines[-1], wrong))

    # What is written.

    def junit(self) -> ElementTree.ElementTree:
        """The checks as a JUnit file; the suites' cases are in suites/xunit.xml."""
        top = ElementTree.Element("testsuite", name="rtbench", tests=str(len(self.checks)))
        top.set("failures", str(sum(check.code == CLAIM_FAILED for check in self.checks)))
        top.set("errors", str(sum(check.code == SETUP_WRONG for check in self.checks)))
        for check in self.checks:
            case = ElementTree.SubElement(top, "testcase", classname="rtbench", name=check.name)
            if check.code:
                kind = "failure" if check.code == CLAIM_FAILED else "error"
                found = ElementTree.SubElement(case, kind, message=check.said)
                found.text = "\n".join(check.detail)
        return ElementTree.ElementTree(top)

    def summary(self) -> str:
        """The job summary, as Markdown."""
        words = {PASSED: "passed", CLAIM_FAILED: "**failed**", SETUP_WRONG: "**set-up is wrong**"}
        lines = [f"### {_escaped(Path(self.inputs.image).name)} on an emulated i.MX RT1062", ""]
        lines += ["| check | verdict | |", "|---|---|---|"]
        for one in self.checks:
            lines.append(f"| {one.name} | {words[one.code]} | {_escaped(one.said)} |")
        for one in self.checks:
            if one.detail:
                text = "\n".join(one.detail).replace("```", "'''")
                lines += ["", f"#### {one.name}", "", "```text", text, "```"]
        if self.table:
            wrong_first = sorted(self.table, key=lambda row: row[3] == "right")
            lines += ["", "| picture | truth | answer | |", "|---|---|---|---|"]
            for row in wrong_first[:SHOWN_PICTURES]:
                lines.append(f"| {' | '.join(map(_escaped, row))} |")
            left = len(self.table) - SHOWN_PICTURES
            lines += [f"\n{left} more are in the results"] if left > 0 else []
            lines += ["", "`report.html` in the artifact shows each picture with its answer."]
        return "\n".join(lines) + "\n"


def _count_error(row: dict[str, str]) -> int | None:
    """How far off a count is; the truth is the scene's, or the number that the folder is named."""
    truth = row.get("true_count") or row.get("truth") or ""
    if not truth.isdecimal():
        return None
    return abs(int(row["count"]) - int(truth)) if row.get("count") else int(truth) or 1


def _failures(lines: list[str]) -> list[str]:
    """The failed cases of a run of suites, each with its message, which stands indented below."""
    found, failed = [], False
    for line in lines:
        failed = line.startswith("FAIL") or (failed and line.startswith("      "))
        found += [line] if failed else []
    return found


def _told(row: dict[str, str], allowed: float) -> tuple[str, str, str, str]:
    """A row of the summary's table."""
    answer = row.get("label") or row.get("count") or row.get("error") or ""
    truth = row.get("true_count") or row.get("truth") or ""
    if not truth or row.get("error"):
        return row["id"], truth, answer, "" if not row.get("error") else "no answer"
    error = _count_error(row) if "count" in row else None
    right = error <= allowed if error is not None else answer == truth
    return row["id"], truth, answer, "right" if right else "wrong"


def _escaped(text: str) -> str:
    """Text in a cell of a Markdown table, which nobody can make anything else of."""
    for sign, safe in (("&", "&amp;"), ("<", "&lt;"), ("|", "&#124;"), ("`", "&#96;")):
        text = text.replace(sign, safe)
    return text.replace("\n", " ")


def annotation(title: str, text: str) -> str:
    """A workflow command that shows an error; its data escaped as GitHub wants them."""
    for sign, safe in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        text = text.replace(sign, safe)
    return f"::error title={title}::{text}"


def _append(variable: str, text: str) -> None:
    path = os.environ.get(variable)
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


def main() -> int:
    """Run the step; the exit code: 0 passed, 1 a claim failed, 2 the set-up is wrong."""
    try:
        inputs = Inputs(dict(os.environ))
    except ValueError as error:
        print(annotation("rtbench", str(error)))
        return SETUP_WRONG
    action = Action(inputs)
    code = action.run()
    results = inputs.results
    action.junit().write(results / "junit.xml", encoding="utf-8", xml_declaration=True)
    write_whole(results / "summary.md", action.summary())
    _append("GITHUB_STEP_SUMMARY", action.summary())
    _append("GITHUB_OUTPUT", f"results={results}\njunit={results / 'junit.xml'}\n"
            f"python={sys.executable}\n")  # fmt: skip
    for check in action.checks:
        if check.code:
            print(annotation(f"rtbench {check.name}", "\n".join([check.said, *check.detail])))
    return code


if __name__ == "__main__":
    sys.exit(main())
