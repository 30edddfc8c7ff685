"""Frames, forks, rows, figures and the gate, without a chip."""

import csv
import json
import os
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from PIL import Image

from rt1062.errors import SetupError
from rtbench import items
from rtbench.evaluation import baseline
from rtbench.evaluation.forks import beside, forked
from rtbench.evaluation.run_folder import RunFolder, read_rows
from rtbench.evaluation.summary import along, summarise
from rtbench.scenes import classification_scene
from rtbench.tasks import TASKS
from rtbench.tasks.classification import CLASSIFICATION
from rtbench.tasks.figure import Better
from tests.rtbench.rows import CYCLES, HEAD, MS, classified, counted

DATA = {"name": "frames", "sha256": "11"}


# Frames.


def test_a_folder_s_sub_directories_are_the_labels(tmp_path):
    for name in ("dog/b.png", "car/a.png", "loose.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (96, 96), "red").save(tmp_path / name)
    (tmp_path / "dog/notes.txt").write_text("no picture")
    found = items.find([tmp_path])
    assert [(one.id, one.label) for one in found] == [
        ("car/a.png", "car"), ("dog/b.png", "dog"), ("loose.png", None),
    ]  # fmt: skip
    assert found[0].draw().data == b"\xf8\x00" * 9216


def test_a_folder_named_by_a_number_gives_a_count(tmp_path):
    (tmp_path / "3").mkdir()
    Image.new("RGB", (96, 96)).save(tmp_path / "3/a.png")
    assert items.find([tmp_path])[0].draw().truth.count == 3


def test_a_file_of_scenes_gives_the_scenes_drawn_anew(tmp_path):
    file = tmp_path / "scenes.jsonl"
    scenes = [classification_scene(seed, "test") for seed in (3, 4)]
    file.write_text("".join(f'{{"scene":{scene.to_json()},"truth":{{}}}}\n' for scene in scenes))
    found = items.find([file])
    assert found == items.draw_scenes(classification_scene, 2, 3, "test")
    assert found[0].draw().truth.label == scenes[0].label
    assert set(found[0].draw().truth.axes) >= {"light", "blur", "scale"}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"scene": 3}', "not json"])
def test_a_file_without_a_scene_is_refused_with_its_line(tmp_path, text):
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(SetupError, match=r"s\.json:1: not a scene|no scene in it"):
        items.find([tmp_path / "s.json"])


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(SetupError, match="no such file or directory"):
        items.find([tmp_path / "none"])
    with pytest.raises(SetupError, match="no pictures"):
        items.find([tmp_path])


def test_a_changed_picture_has_another_key(tmp_path):
    file = tmp_path / "a.png"
    Image.new("RGB", (96, 96), "red").save(file)
    before = items.find([file])[0].key
    Image.new("RGB", (96, 96), "blue").save(file)
    assert items.find([file])[0].key != before


# Forks.


def test_each_child_starts_from_the_parent_s_state():
    state = [0]

    def work(task):
        state[0] += task
        return str(state[0]).encode()

    answers = sorted(forked(work, [1, 2, 3], jobs=2))
    assert answers == [(0, b"1", ""), (1, b"2", ""), (2, b"3", "")]
    assert state == [0]


def test_the_next_task_is_prepared_while_all_children_are_busy():
    here = []

    def prepare(task):
        here.append(task)
        return 10 * task

    answers = list(forked(lambda task: str(task).encode(), [1, 2, 3], 1, prepare=prepare))
    assert answers == [(0, b"1", ""), (1, b"20", ""), (2, b"30", "")]
    assert here == [2, 3]


def test_a_task_that_nobody_prepares_may_be_anything():
    tasks = [lambda: b"a", lambda: b"b", lambda: b"c"]  # what cannot be pickled, too
    answers = list(forked(lambda task: task(), tasks, 1))
    assert answers == [(0, b"a", ""), (1, b"b", ""), (2, b"c", "")]


def test_a_large_answer_comes_whole():
    assert next(forked(lambda task: b"x" * 1_000_000, [0], 1)) == (0, b"x" * 1_000_000, "")


def test_a_child_that_dies_is_said_to_have_died(capfd):
    def work(task):
        if task == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        raise RuntimeError("wrong")

    died = {index: how for index, _, how in forked(work, ["killed", "raises"], 2)}
    assert died == {0: "its process was ended by SIGKILL", 1: "its process ended with 1"}
    assert "RuntimeError: wrong" in capfd.readouterr().err


def test_one_child_beside_the_others_is_waited_for():
    with beside(lambda: b"y" * 1_000_000) as result:
        assert next(forked(lambda task: b"x", [0], 1)) == (0, b"x", "")
        assert result() == result() == (b"y" * 1_000_000, "")


def test_one_child_beside_that_dies_is_said_to_have_died():
    with beside(lambda: os.kill(os.getpid(), signal.SIGKILL)) as result:
        assert result() == (None, "its process was ended by SIGKILL")


def test_one_child_beside_ends_when_nobody_wants_its_answer(tmp_path):
    def work():
        (tmp_path / str(os.getpid())).touch()
        return signal.pause() or b""

    with beside(work):
        while not (begun := list(tmp_path.iterdir())):
            time.sleep(0.001)
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun[0].name), 0)


def test_a_stop_lets_what_runs_end_and_starts_no_more():
    seen = []
    for index, _, _ in forked(lambda task: b"", range(9), 2, stop=lambda: bool(seen)):
        seen.append(index)
    assert sorted(seen) in ([0, 1], [0, 1, 2])


def test_children_end_when_nobody_wants_their_answers(tmp_path):
    def work(task):
        for pid in (os.getpid(), os.getppid()):
            (tmp_path / str(pid)).touch()
        return signal.pause() or b"" if task else b""

    answers = forked(work, [0, 1], 2)
    next(answers)
    while len(list(tmp_path.iterdir())) < 3:  # two, and the server that forks them
        time.sleep(0.001)
    answers.close()
    for path in tmp_path.iterdir():
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.name), 0)


def test_a_large_prepared_task_comes_whole():
    tasks = [b"", b"x", b"y"]
    answers = sorted(forked(bytes, tasks, 1, prepare=lambda task: 5_000_000 * task))
    assert answers == [(0, b"", ""), (1, 5_000_000 * b"x", ""), (2, 5_000_000 * b"y", "")]


@pytest.mark.skipif(sys.platform != "linux", reason="a child is told of its parent's end on Linux")
def test_every_task_is_answered_for_where_the_server_dies():
    def work(task):
        os.kill(os.getppid(), signal.SIGKILL)
        return signal.pause() or b""

    answers = list(forked(work, [0, 1, 2], 2, prepare=lambda task: b"x" * 1_000_000))
    why = "the process that was to fork it has ended"
    assert sorted(answers) == [(0, None, why), (1, None, why), (2, None, why)]


# Rows on disk.


def test_rows_are_taken_up_again_only_for_the_same_firmware(tmp_path):
    folder = RunFolder(tmp_path, CLASSIFICATION)
    assert folder.resume({"image": "a"}, fresh=False) == {}
    folder.add(classified(0, "dog", "dog"), b"frame")
    folder.close()
    for head, fresh, keys in (
        ({"image": "a"}, False, ["k0"]), ({"image": "b"}, False, []),
    ):  # fmt: skip
        folder = RunFolder(tmp_path, CLASSIFICATION)
        assert list(folder.resume(head, fresh)) == keys
        folder.close()


def test_fresh_forgets_what_was_done(tmp_path):
    for fresh in (False, True):
        folder = RunFolder(tmp_path, CLASSIFICATION)
        assert folder.resume({}, fresh) == {}
        folder.add(classified(0, "dog", "dog"), b"frame")
        folder.close()


def test_a_smaller_run_loses_no_row_of_a_larger_one(tmp_path):
    both = [classified(0, "dog", "dog"), classified(1, "dog", "dog")]
    for asked in (both, both[:1], both):
        folder = RunFolder(tmp_path, CLASSIFICATION)
        old = folder.resume({}, False)
        assert old == {} or len(old) == 2
        folder.finish(asked)
        folder.close()
        assert len(read_rows(tmp_path / "rows.jsonl", CLASSIFICATION)) == len(asked)


def test_a_frame_that_failed_is_tried_again(tmp_path):
    folder = RunFolder(tmp_path, CLASSIFICATION)
    folder.resume({}, False)
    folder.finish([classified(0, "dog", "dog"), classified(1, "dog", None, error="killed")])
    folder.close()
    folder = RunFolder(tmp_path, CLASSIFICATION)
    assert list(folder.resume({}, False)) == ["k0"]
    folder.close()


def test_a_row_cut_short_by_a_crash_is_done_again(tmp_path):
    folder = RunFolder(tmp_path, CLASSIFICATION)
    folder.resume({}, False)
    folder.add(classified(0, "dog", "dog"), b"frame")
    folder.close()
    with (tmp_path / "rows.jsonl").open("a") as stream:
        stream.write('{"index":1,"id"')
    folder = RunFolder(tmp_path, CLASSIFICATION)
    assert list(folder.resume({}, False)) == ["k0"]
    folder.add(classified(1, "dog", "dog"), b"frame")
    folder.close()
    assert [one.key for one in read_rows(tmp_path / "rows.jsonl", CLASSIFICATION)] == ["k0", "k1"]


def test_two_runs_do_not_share_a_folder(tmp_path):
    folder = RunFolder(tmp_path, CLASSIFICATION)
    with pytest.raises(SetupError, match="another evaluation writes there"):
        RunFolder(tmp_path, CLASSIFICATION)
    folder.close()


def test_the_table_has_a_row_a_frame_and_no_formula(tmp_path):
    folder = RunFolder(tmp_path, CLASSIFICATION)
    folder.resume({}, False)
    folder.finish([classified(0, "dog", "car", id="=1+1"), classified(1, "dog", "dog")])
    folder.close()
    rows = list(csv.DictReader((tmp_path / "rows.csv").open()))
    assert [one["label"] for one in rows] == ["car", "dog"]
    assert rows[0]["id"] == "'=1+1"
    assert rows[0]["instructions_invoke"] == "1000"
    assert rows[0]["ms_capture"] == "10"


# Figures.


def test_an_error_counts_as_wrong_and_unknown_truth_not_at_all():
    rows = [
        classified(0, "dog", "dog"), classified(1, "dog", "car"), classified(2, None, "car"),
        classified(3, "dog", "dog", error="camera_timeout"),
    ]  # fmt: skip
    summary = summarise(HEAD, rows, DATA, [])
    assert [CLASSIFICATION.is_right(one) for one in rows] == [True, False, None, False]
    assert summary["accuracy"] == round(1 / 3, 4)
    assert summary["errors"] == 1
    assert summary["instructions"] == asdict(CYCLES)
    assert summary["milliseconds"] == asdict(MS)
    assert summary["memory"] == {"dtcm": 10}


def test_counting_error_is_broken_down_by_the_true_count():
    summary = summarise(
        HEAD | {"app": "count"}, [counted(0, 2, 2), counted(1, 2, 3), counted(2, 4, 2)], DATA, []
    )
    assert summary["mean_absolute_error"] == 1.0
    assert summary["exact_share"] == 0.3333
    assert summary["by_true_count"]["4"] == {
        "frames": 1, "mean_absolute_error": 2.0, "mean_error": -2.0,
    }  # fmt: skip


def test_an_axis_is_cut_where_the_training_s_report_cuts_it():
    rows = [
        classified(i, "dog", "dog" if i < 4 else "car", axes={"blur": 0.1 + 0.2 * i})
        for i in range(8)
    ]
    assert along(CLASSIFICATION, rows, "blur") == [
        ("0..0.3", 1, 1.0), ("0.3..0.6", 2, 1.0), ("0.6..1", 2, 0.5), ("1..2", 3, 0.0),
    ]  # fmt: skip


def test_equal_values_stay_in_one_bin_and_empty_ones_are_left_out():
    rows = [classified(i, "dog", "dog", axes={"clutter": min(i, 2)}) for i in range(8)]
    assert along(CLASSIFICATION, rows, "clutter") == [
        ("0..1", 1, 1.0), ("1..2", 1, 1.0), ("2..3", 6, 1.0),
    ]  # fmt: skip


def test_names_are_bins_of_their_own_and_unknown_truths_in_none():
    rows = [
        classified(0, "dog", "car", axes={"style": "seen"}),
        classified(1, "dog", "dog", axes={"style": "held_out"}),
        classified(2, None, "dog", axes={"style": "seen"}),
    ]
    assert along(CLASSIFICATION, rows, "style") == [("held_out", 1, 1.0), ("seen", 1, 0.0)]


# The gate.


def figures(**changed):
    return {**summarise(HEAD, [classified(0, "dog", "dog")], DATA, []), **changed}


def figures_of_milliseconds():
    return figures()["milliseconds"]


def failed(**changed):
    old = json.loads(json.dumps(baseline.make(figures())))
    return [change.name for change in baseline.compare(old, figures(**changed)) if change.failed]


def test_the_same_figures_pass_and_better_ones_too():
    assert failed() == []
    assert failed(arena_used=50, instructions={**asdict(CYCLES), "invoke": 1}) == []


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("accuracy", 0.98),
        ("class_accuracy", {"dog": 0.9}),
        ("arena_used", 101),
        ("errors", 1),
        ("memory", {"dtcm": 10 + 1025}),
        ("instructions", {**asdict(CYCLES), "invoke": 1011}),
        ("milliseconds", {**figures_of_milliseconds(), "capture": 1e6}),
    ],
)
def test_a_figure_that_got_worse_than_its_tolerance_fails(figure, value):
    assert [one.split(" ")[0] for one in failed(**{figure: value})] == [figure]


# Which way each figure gets worse, by what it means and not by what it says of itself.
WORSE = {
    "accuracy": -1, "class_accuracy": -1, "exact_share": -1, "mean_absolute_error": 1,
    "precision": -1, "recall": -1, "f1": -1, "mean_f1": -1, "cycles": 1,
    "errors": 1, "arena_used": 1, "arena_reserved": 1, "memory": 1, "instructions": 1,
    "milliseconds": 1, "estimated_ms": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("task", "figure"),
    [(task, figure) for task in TASKS.values() for figure in task.all_figures if figure.tolerance],
    ids=lambda one: getattr(one, "app", None) or one.name,
)
def test_each_figure_fails_in_its_wrong_direction_and_in_no_other(task, figure):
    head = {**HEAD, "app": task.app, "emulator": "board" if figure.name == "cycles" else "unicorn"}
    boxes = [[2, 2, 31, 41, 90, 1], [50, 2, 71, 41, 90, 2]]
    persons = counted(0, 2, 2, boxes=boxes, true_boxes=[box[:4] for box in boxes])
    row = classified(0, "dog", "dog") if task is CLASSIFICATION else persons
    summary = summarise(head, [row], DATA, [])
    old = json.loads(json.dumps(baseline.make(summary)))

    def moved(value, direction):
        tolerance = float(figure.tolerance.rstrip("%")) or 1.0
        share = value / 100 if figure.tolerance.endswith("%") else 1.0
        return value + 2 * direction * tolerance * share

    def gate(direction):
        value = summary[figure.name]
        changed = (
            {part: moved(one, direction) for part, one in value.items()}
            if isinstance(value, dict)
            else moved(value, direction)
        )
        changes = baseline.compare(old, {**summary, figure.name: changed})
        return {change.figure.name for change in changes if change.failed}

    assert gate(WORSE[figure.name]) == {figure.name}
    assert gate(-WORSE[figure.name]) == set()


def test_a_figure_about_zero_gets_worse_on_both_sides():
    assert Better.NEARER_TO_ZERO.worse_by(-0.1, 0.3) == pytest.approx(0.2)
    assert Better.NEARER_TO_ZERO.worse_by(0.1, -0.3) == pytest.approx(0.2)
    assert Better.NEARER_TO_ZERO.worse_by(-0.3, 0.1) < 0


def test_a_tolerance_of_no_figure_is_refused(tmp_path):
    file = tmp_path / "b.json"
    file.write_text(json.dumps(baseline.make(figures(), {"acuracy": "1"})))
    with pytest.raises(SetupError, match="no figure 'acuracy'"):
        baseline.read(file)


def test_within_its_tolerance_a_figure_may_get_worse():
    assert (
        failed(
            accuracy=0.99, memory={"dtcm": 1034}, instructions={**asdict(CYCLES), "invoke": 1010}
        )
        == []
    )


def test_other_frames_are_not_compared():
    with pytest.raises(SetupError, match="other frames"):
        failed(data={"name": "x", "sha256": "22"})
    with pytest.raises(SetupError, match="inference"):
        failed(inference="host")


def test_times_of_another_emulator_are_not_compared():
    others = {"instructions": {**asdict(CYCLES), "invoke": 2000}, "milliseconds": {"total": 99}}
    assert failed(emulator="renode", **others) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "rtbench evaluation 0"}'])
def test_a_file_that_is_no_baseline_is_refused(tmp_path, text):
    file = Path(tmp_path / "b.json")
    file.write_text(text)
    with pytest.raises(SetupError, match="baseline"):
        baseline.read(file)


def test_a_tolerance_that_is_no_number_is_refused(tmp_path):
    file = tmp_path / "b.json"
    file.write_text(json.dumps(baseline.make(figures(), {"accuracy": "some"})))
    with pytest.raises(SetupError, match="tolerance of accuracy must be a number"):
        baseline.read(file)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"accuracy": float("nan")}, "accuracy must be a number, not nan"),
        ({"accuracy": float("inf")}, "accuracy must be a number, not inf"),
        ({"accuracy": "good"}, "accuracy must be a number, not 'good'"),
        ({"errors": True}, "errors must be a number, not True"),
        ({"memory": {"dtcm": "few"}}, "memory dtcm must be a number, not 'few'"),
        ({"frames": "1"}, "frames must be a number, not '1'"),
        ({"data": []}, r"data must be an object, not \[\]"),
        ({"data": "scenes"}, "data must be an object, not 'scenes'"),
        ({"data": [1]}, r"data must be an object, not \[1\]"),
        ({"data": {"name": "x"}}, "data.sha256 must be a text, not None"),
        ({"tolerances": []}, r"tolerances must be an object, not \[\]"),
        ({"tolerances": {"accuracy": "nan"}}, "tolerance of accuracy must be a number"),
        ({"tolerances": {"accuracy": "inf"}}, "tolerance of accuracy must be a number"),
        ({"tolerances": {"accuracy": -1}}, "tolerance of accuracy must be a number"),
    ],
)
def test_a_baseline_with_a_wrong_value_is_refused_with_key_and_value(tmp_path, change, said):
    file = tmp_path / "b.json"
    file.write_text(json.dumps({**baseline.make(figures()), **change}))
    with pytest.raises(SetupError, match=f"b.json: {said}"):
        baseline.read(file)


def test_a_baseline_that_compares_nothing_is_refused():
    old = baseline.make(figures())
    for figure in CLASSIFICATION.all_figures:
        old.pop(figure.name, None)
    with pytest.raises(SetupError, match="nothing would be compared"):
        baseline.compare(old, figures())


@pytest.mark.parametrize(
    ("figure", "value", "named"),
    [("accuracy", None, "accuracy"), ("memory", {}, "memory dtcm"), ("instructions", {}, "invoke")],
)
def test_a_figure_that_this_run_lacks_cannot_have_held(figure, value, named):
    with pytest.raises(SetupError, match=rf"{named}.*, which this run lacks"):
        failed(**{figure: value})


def test_a_figure_that_the_baseline_does_not_know_is_told_and_not_gated():
    old = json.loads(json.dumps(baseline.make(figures())))
    del old["accuracy"], old["memory"]["dtcm"]
    assert baseline.not_in(old, figures()) == ["accuracy", "memory dtcm"]
    assert not any(change.failed for change in baseline.compare(old, figures(accuracy=0.1)))


@pytest.mark.parametrize("app", TASKS)
def test_the_projects_own_baselines_are_read(app):
    folder = Path(baseline.__file__).parent / "baselines"
    for path in folder.glob(f"{app}*.json"):
        assert baseline.read(path)["app"] == app
