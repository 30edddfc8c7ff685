"""The page and the comparison: an edited file of results is refused in a line, or says the same."""

import json
import shutil

import pytest
from hypothesis import given, settings

from rtbench import cli
from tests.fuzz.mutated import as_text, changed
from tests.rtbench.report.test_report import make_run
from tests.rtbench.report.test_tried import SUMMARY as TRIED
from tests.rtbench.rows import HEAD, classified, counted

# A page is written for each.
fewer = settings(max_examples=max(10, settings.default.max_examples // 2))
DIFFERENCE = {
    "image_sha256": HEAD["image_sha256"],
    "frames": [
        {
            "frame": "f",
            "input": "",
            "layers": [
                {
                    "index": 7,
                    "operator": "ADD",
                    "name": "sum",
                    "tflm": {"count": 3, "elements": 9, "index": [0, 1], "chip": 4, "host": 5},
                },
                {"index": 8, "operator": "ADD", "name": "sum", "tflm": None},
            ],
        }
    ],
}
PROFILE = {
    "image_sha256": HEAD["image_sha256"],
    "title": "classify",
    "functions": [{"name": "f", "instructions": 10}, {"name": "g", "instructions": 1}],
    "memory": [{"name": "ITCM", "used": 10, "code": 5, "budget": 20}],
    "symbols": [{"name": "a", "memory": "DTCM", "size": 3}],
    "stack": {"used": 3, "size": 10},
}
JUDGED = {"baseline": {"figures": 3, "failed": []}, "reference": {"frames": 2, "wrong": 0}}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Runs of both tasks."""
    folder = tmp_path_factory.mktemp("made")
    make_run(folder / "classify", [classified(0, "dog", "dog"), classified(1, "car", "dog")])
    make_run(folder / "count", [counted(0, 2, 1), counted(1, 0, 0)], app="count")
    return folder


@pytest.fixture
def attacked(made, tmp_path_factory, capsys):
    """Writes a file beside the runs and calls the command with it; exit code and what it said."""

    def attack(name, value, *words):
        folder = tmp_path_factory.mktemp("attacked")
        shutil.copytree(made, folder, dirs_exist_ok=True)
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(as_text(value))
        code = cli.main([word.format(folder) for word in words])
        said = capsys.readouterr().err
        shutil.rmtree(folder)
        assert "a bug of the bench" not in said
        if code == 2:
            assert len(said.splitlines()) == 1, said
        return code, said

    return attack


PAGE = ("report", "--out", "{0}/page.html", "--run")


def good(made, name):
    return json.loads((made / name).read_text())


@pytest.mark.parametrize("app", ["classify", "count"])
@pytest.mark.parametrize("file", ["summary.json", "head.json"])
def test_an_edited_run_passes_only_with_the_figures_of_its_rows(made, attacked, app, file):
    name = f"{app}/{file}"
    right = good(made, name)
    if file == "summary.json":
        right["judged"] = JUDGED

    @fewer
    @given(changed(right))
    def hold(value):
        code, said = attacked(name, value, *PAGE, f"{{0}}/{app}")
        assert code in (0, 1, 2)
        if code == 2:
            assert f"{app}/" in said
        elif file == "summary.json":
            # What the rows do not give is of the right kind, which is all that can be asked of it.
            for key in right.keys() - {"judged", "data", "layers", "estimate"}:
                assert value[key] == right[key]

    hold()


@pytest.mark.parametrize(("word", "value"), [("--diff", DIFFERENCE), ("--profile", PROFILE)])
def test_an_edited_file_of_another_command_is_refused_or_shown(attacked, word, value):
    @fewer
    @given(changed(value))
    def hold(edited):
        attacked("d.json", edited, *PAGE, "{0}/classify", word, "{0}/d.json")

    assert attacked("d.json", value, *PAGE, "{0}/classify", word, "{0}/d.json")[0] in (0, 1)
    hold()


def test_an_edited_trial_is_refused_or_shown(attacked):
    assert attacked("tried/summary.json", TRIED, *PAGE, "{0}/tried")[0] == 0

    @fewer
    @given(changed(TRIED))
    def hold(edited):
        attacked("tried/summary.json", edited, *PAGE, "{0}/tried")

    hold()


def test_an_edited_head_is_refused_or_compared(made, attacked):
    @fewer
    @given(changed(good(made, "classify/head.json")))
    def hold(edited):
        attacked("other/head.json", edited, "compare", "{0}/classify", "{0}/classify")
        attacked("classify/head.json", edited, "compare", "{0}/classify", "{0}/classify")

    hold()
