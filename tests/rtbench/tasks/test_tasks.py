"""Tasks, rows and figures: what is said once is everywhere, and a row survives its way."""

import json
from dataclasses import fields, replace

import pytest

from rtbench import cli
from rtbench.evaluation import baseline
from rtbench.evaluation.run_folder import RunFolder, write_json
from rtbench.evaluation.summary import summarise
from rtbench.items import GroundTruth
from rtbench.report.content import load
from rtbench.scenes.scene import STREAMS
from rtbench.tasks import APPS, TASKS
from rtbench.tasks.classification import CLASSIFICATION, Label
from rtbench.tasks.counting import COUNTING
from rtbench.tasks.figure import Better, Evidence, Figure
from rtbench.tasks.row import Row
from tests.rtbench.rows import HEAD, classified, counted

DATA = {"name": "frames", "frames": 1, "sha256": "11"}
ROWS = {
    "classify": classified(3, "dog", "car", score=0.25, axes={"light": 1.5, "style": "seen"}),
    "count": counted(
        4, 2, 1, boxes=[[1.5, 2, 31, 41, -90, 1]], true_boxes=[[1, 2, 30, 40], [50, 2, 60, 40]]
    ),
}


# Rows.


@pytest.mark.parametrize("app", TASKS)
def test_a_row_survives_json_with_its_types(app):
    row = ROWS[app]
    again = Row.from_json(row.to_json(), TASKS[app].answer_type)
    assert again == row
    assert type(again.answer) is TASKS[app].answer_type
    assert again.truth.persons == row.truth.persons


@pytest.mark.parametrize("app", TASKS)
def test_a_row_without_an_answer_survives_as_well(app):
    row = replace(ROWS[app], answer=None, cycles=None, error="gone", console=("a", "b"))
    assert Row.from_json(row.to_json(), TASKS[app].answer_type) == row


def test_rows_of_all_tasks_have_the_same_keys():
    keys = [list(json.loads(row.to_json())) for row in ROWS.values()]
    assert keys[0] == keys[1] == [field.name for field in fields(Row)]


@pytest.mark.parametrize("line", ["", "[]", "{}", "null", ROWS["count"].to_json()])
def test_another_line_is_no_row(line):
    with pytest.raises(ValueError, match="row|JSON|Expecting"):
        Row.from_json(line, Label)


# Tasks.


def test_every_application_is_in_the_table_and_hello_has_no_task(capsys):
    assert APPS == ("hello", "log", "classify", "count")
    assert cli.main(["apps"]) == 0
    assert capsys.readouterr().out.split() == list(APPS)
    assert cli.main(["apps", "--with-task"]) == 0
    assert capsys.readouterr().out.split() == list(TASKS)


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.app)
def test_a_task_draws_scenes_of_its_own_stream(task):
    assert task.scene(3, "test").task == task.scenes
    assert task.scenes in STREAMS
    assert task.scene(3, "test") == task.scene(3, "test")


def test_what_is_right_is_the_label_or_the_number():
    assert CLASSIFICATION.is_right(classified(0, "dog", "dog")) is True
    assert CLASSIFICATION.is_right(classified(0, "dog", "car")) is False
    assert COUNTING.is_right(counted(0, 2, 2)) is True
    assert COUNTING.is_right(counted(0, 2, 3)) is False
    for task, row in ((CLASSIFICATION, ROWS["classify"]), (COUNTING, ROWS["count"])):
        assert task.is_right(replace(row, truth=GroundTruth())) is None
        assert task.is_right(replace(row, error="damaged")) is False


# Figures.


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.app)
def test_figures_have_names_of_their_own_and_can_be_shown(task):
    names = [figure.name for figure in task.all_figures]
    assert len(set(names)) == len(names)
    for figure in task.all_figures:
        counts = "cycles" if figure.name == "cycles" else "instructions"
        value = figure.of(Evidence([ROWS[task.app]], HEAD["boot"], counts))
        assert figure.unit in figure.text(value)


@pytest.mark.parametrize("app", TASKS)
def test_a_figure_added_in_one_place_is_summarised_printed_gated_and_shown(
    app, monkeypatch, tmp_path, capsys
):
    figure = Figure(
        "longest_wait", "longest wait", "microseconds", ".1f", Better.LESS, "0.5",
        lambda evidence: max(row.time_us for row in evidence.rows),
    )  # fmt: skip
    task = TASKS[app]
    monkeypatch.setattr(type(task), "figures", (*task.figures, figure))

    def summary(time_us):
        rows = [replace(ROWS[app], time_us=time_us)]
        return rows, summarise({**HEAD, "app": app}, rows, DATA, [])

    rows, now = summary(3.5)
    assert now["longest_wait"] == 3.5  # summarised

    from rtbench.commands import evaluate

    evaluate._print(task, now, 1, tmp_path, "emulator unicorn")
    assert "longest wait 3.5 microseconds" in capsys.readouterr().out  # printed

    old = baseline.make(summary(2.5)[1])
    assert old["tolerances"]["longest_wait"] == "0.5"
    failed = [change.name for change in baseline.compare(old, now) if change.failed]
    assert failed == ["longest_wait"]  # gated

    folder = RunFolder(tmp_path / "run", task)
    folder.resume({**HEAD, "app": app}, fresh=True)
    folder.add(rows[0], b"\x84\x10" * 9216)
    folder.finish(rows)
    folder.close()
    write_json(tmp_path / "run/summary.json", now)
    page = load(tmp_path / "run", {app: old}, [], [], 10)
    assert ("longest wait", "3.5 microseconds") in page.figures  # shown
    assert any("longest_wait" in reason for reason in page.verdict.failed)
