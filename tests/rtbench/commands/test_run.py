"""`rtbench run`: every option does what it says for every application, or is refused at once."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

from rt1062 import emulators
from rt1062.errors import SetupError
from rtbench import cli
from rtbench.commands.outputs import Outputs
from rtbench.commands.show_frames import Account
from rtbench.evaluation.table import columns, write_table
from rtbench.frames import FRAME_BYTES
from rtbench.link.events import Box
from rtbench.tasks import TASKS
from rtbench.tasks.counting import COUNTING
from rtbench.tasks.overlay import SEEN, TRUE, WRONG, annotated, captioned
from tests.rtbench.fake_machine import BOOT, FakeMachine
from tests.rtbench.rows import classified, counted

DONE = [{"event": "log", "level": "info", "message": "done"}]


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs the command for an application on a scripted machine that sees one person."""

    def run(app, *arguments):
        image = tmp_path / f"{app}.bin"
        image.write_bytes(b"image")
        machine = FakeMachine(image)
        machine.at_boot[0] = {**BOOT, "app": app}
        machine.answers["line 0 0 96 96"] = DONE
        if app == "count":
            machine.answers["infer"] = lambda: _counted(machine)
        monkeypatch.setattr(emulators, "create", lambda *ignored: machine)
        run.machine = machine
        return cli.main([str(one) for one in ("run", "--app", app, "--image", image, *arguments)])

    return run


def _counted(machine):
    result = machine._infer()[0]
    kept = {name: result[name] for name in ("frame", "crc32", "ms", "cycles", "inference")}
    crossing = {
        "event": "crossing", "frame": result["frame"], "identity": 1, "direction": "left_to_right",
        "left_to_right": result["frame"], "right_to_left": 0,
    }  # fmt: skip
    boxes = [[16, 16, 320, 640, 90, 1]]
    count = {"event": "count", "count": 1, "boxes": boxes, "output_crc32": "0" * 8, **kept}
    return [crossing, count]


@pytest.fixture
def pictures(tmp_path):
    """Two pictures, labelled for both tasks by their directories: a person, and one person."""
    for label, level in (("1", 0), ("person", 200)):
        (tmp_path / "pictures" / label).mkdir(parents=True)
        pixels = np.full((96, 96, 3), level, np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"pictures/{label}/a.png")
    return tmp_path / "pictures"


def results(path):
    return json.loads(path.read_text())["results"]


# Every option for every task.


@pytest.mark.parametrize("app", TASKS)
@pytest.mark.parametrize("option", ["--data", "--images", "--video-frames"])
def test_frames_by_name_are_shown_in_the_order_of_their_names(run, pictures, tmp_path, app, option):
    assert run(app, option, pictures, "--json", tmp_path / "o.json") == 0
    assert [row["id"] for row in results(tmp_path / "o.json")] == ["1/a.png", "person/a.png"]


@pytest.mark.parametrize("app", TASKS)
def test_a_file_of_scenes_and_drawn_scenes_are_the_same_frames(run, tmp_path, app):
    file = tmp_path / "scenes.jsonl"
    words = ("scenes", "--app", app, "--scenes", "2", "--seed", "5", "--json", str(file))
    assert cli.main(list(words)) == 0
    run(app, "--data", file, "--json", tmp_path / "a.json")
    run(app, "--scenes", "2", "--seed", "5", "--json", tmp_path / "b.json")
    assert results(tmp_path / "a.json") == results(tmp_path / "b.json")
    assert results(tmp_path / "a.json")[0]["truth"]["axes"]


@pytest.mark.parametrize("app", TASKS)
def test_limit_leaves_the_first_frames(run, pictures, tmp_path, app):
    assert run(app, "--data", pictures, "--limit", "1", "--json", tmp_path / "o.json") == 0
    assert len(results(tmp_path / "o.json")) == 1


@pytest.mark.parametrize("app", TASKS)
def test_the_csv_has_a_line_a_frame_with_the_answer(run, pictures, tmp_path, app):
    assert run(app, "--data", pictures, "--csv", tmp_path / "o.csv") == 0
    with (tmp_path / "o.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["1/a.png", "person/a.png"]
    assert tuple(rows[0]) == columns(TASKS[app])
    assert rows[0]["instructions_invoke"] == "7"
    answer = {"classify": ("label", "person"), "count": ("count", "1")}[app]
    assert rows[1][answer[0]] == answer[1]


@pytest.mark.parametrize("app", TASKS)
def test_the_overlay_has_a_picture_a_frame_with_the_answer_on_it(run, pictures, tmp_path, app):
    assert run(app, "--data", pictures, "--overlay", tmp_path / "out") == 0
    names = [path.name for path in sorted((tmp_path / "out").iterdir())]
    assert names == ["00000.png", "00001.png"]
    with Image.open(tmp_path / "out/00000.png") as picture:
        below = 60 if app == "count" else 0  # what is what, persons and crossings
        assert picture.size == (384, 384 + below)
        assert len(picture.getcolors(1 << 16)) > 1  # the frame itself is black all over


@pytest.mark.parametrize("app", TASKS)
def test_the_figures_of_known_truths_are_printed(run, pictures, app, capsys):
    assert run(app, "--data", pictures) == 0
    expected = {"classify": "accuracy 0.5000 of the labels", "count": "exact counts 1.0000 of the"}
    assert expected[app] in capsys.readouterr().out.replace("\n", " ")


def test_json_has_the_same_keys_whatever_the_task(run, pictures, tmp_path):
    keys = []
    for app in TASKS:
        assert run(app, "--data", pictures, "--json", tmp_path / "o.json") == 0
        report = json.loads((tmp_path / "o.json").read_text())
        keys.append((set(report), set(report["results"][0])))
    assert keys[0] == keys[1]


def test_a_line_is_told_to_the_counter_and_its_crossings_are_kept(run, pictures, tmp_path):
    words = ("--data", pictures, "--line", 0, 0, 96, 96, "--json", tmp_path / "o.json")
    assert run("count", *words) == 0
    rows = results(tmp_path / "o.json")
    assert [row["answer"]["crossings"] for row in rows] == [["1 left_to_right"]] * 2


# What means nothing is refused in a line, before anything is booted.


@pytest.mark.parametrize(
    ("app", "arguments", "message"),
    [
        (
            "classify",
            ["--data", "{pictures}", "--line", "0", "0", "9", "9"],
            "--line means nothing",
        ),
        ("hello", ["--line", *"0099"], "--line means nothing to hello"),
        ("hello", ["--data", "{pictures}"], "--data means nothing to hello: it is shown no frames"),
        ("hello", ["--scenes", "2"], "--scenes means nothing to hello"),
        ("hello", ["--limit", "2"], "--limit means nothing to hello"),
        ("hello", ["--csv", "o.csv"], "--csv means nothing to hello"),
        ("hello", ["--overlay", "out"], "--overlay means nothing to hello"),
        (
            "classify",
            ["--data", "{pictures}", "--seconds", "1"],
            "--seconds means nothing to",
        ),
        ("count", ["--data", "{pictures}", "--seconds", "1"], "--seconds means nothing to count"),
        (
            "count",
            ["--data", "{pictures}", "--seed", "1"],
            "--seed is of drawn scenes",
        ),
        ("count", ["--scenes", "2", "--seed", "-1"], "--seed must be 0 or more, not -1"),
        ("count", [], "count needs frames: --data PATH, or --scenes N"),
        ("classify", [], "classify needs frames: --data PATH, or --scenes N"),
        ("count", ["--video-frames", "no-such-directory"], "no-such-directory: no such file or"),
        ("count", ["--data", "no-such.json"], "no-such.json: no such file"),
        ("count", ["--data", "{pictures}", "--line", "1", "2", "1", "2"], "two different points"),
        ("count", ["--data", "{pictures}", "--line", "1", "2", "1", "97"], "two different points"),
        (
            "count",
            ["--data", "{pictures}", "--csv", "no/o.csv"],
            "the directory for --csv does not",
        ),
        ("classify", ["--data", "{pictures}", "--json", "no/o.json"], "the directory for --json"),
        ("hello", ["--json", "no/o.json"], "the directory for --json does not"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_line(run, pictures, capsys, app, arguments, message):
    assert run(app, *(one.format(pictures=pictures) for one in arguments)) == 2
    errors = capsys.readouterr().err
    assert message in errors
    assert errors.count("\n") == 1
    assert run.machine.console == []


@pytest.mark.parametrize("command", ["run", "evaluate"])
@pytest.mark.parametrize("app", TASKS)
def test_scenes_is_a_number_everywhere(capsys, command, app):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--app", app, "--scenes", "walk.jsonl"])
    assert ended.value.code == 2
    assert "must be a number of scenes to draw, not walk.jsonl; --data takes" in (
        capsys.readouterr().err
    )


def test_data_and_scenes_exclude_each_other(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "--app", "count", "--scenes", "2", "--data", "a.png"])
    assert ended.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


# The account.


def test_errors_are_over_the_frames_with_a_known_truth():
    rows = [
        counted(0, 2, 2), counted(1, 1, 3), counted(2, None, 4),
        counted(3, 9, None, error="camera_timeout"),
    ]  # fmt: skip
    account = Account(COUNTING, 5, rows)
    assert account.figures() == {
        "exact_share": 0.5, "mean_absolute_error": 1.0, "mean_error": 1.0,
    }  # fmt: skip
    assert account.counts() == {
        "pictures": 5, "fed": 4, "results": 3, "errors": 1, "not_fed": 1,
    }  # fmt: skip


def test_without_any_truth_there_is_no_figure():
    assert Account(COUNTING, 1, [counted(0, None, 2)]).figures() == {}


# The files.


def test_the_table_has_a_line_a_picture(tmp_path):
    row = counted(0, None, 1, boxes=[[1.0, 2.0, 3.5, 4.0, -3, 7]])
    write_table(tmp_path / "rows.csv", [row], COUNTING)
    with (tmp_path / "rows.csv").open(newline="") as file:
        (values,) = csv.DictReader(file)
    assert values["boxes"] == "[[1.0,2.0,3.5,4.0,-3,7]]"
    assert (values["true_count"], values["ms_total"]) == ("", "13")


def test_no_column_of_the_table_is_there_twice():
    for task in TASKS.values():
        assert len(set(columns(task))) == len(columns(task))


def test_outputs_that_cannot_be_written_are_refused_at_once(tmp_path):
    with pytest.raises(SetupError, match="the directory for --csv does not exist"):
        Outputs(csv=tmp_path / "no" / "rows.csv").check()
    Outputs(overlay=tmp_path / "new", csv=tmp_path / "new" / "rows.csv").check()


def test_both_kinds_of_boxes_are_drawn():
    frame = bytes(FRAME_BYTES)
    picture = annotated(frame, [Box(10.0, 20.0, 30.0, 60.0, 100, 1)], [(50.0, 20.0, 70.0, 60.0)])
    assert picture.size == (384, 384)
    assert picture.getpixel((40, 120)) == SEEN
    assert picture.getpixel((200, 120)) == TRUE
    assert picture.getpixel((380, 380)) == (0, 0, 0)


def test_a_label_is_written_in_the_colour_of_right_or_wrong():
    frame = bytes(FRAME_BYTES)
    for right, colour in ((True, TRUE), (False, WRONG)):
        red, green, _ = max((one for _, one in captioned(frame, "dog", right).getcolors()), key=sum)
        assert (green > red) == (colour[1] > colour[0])


def test_a_label_that_is_wrong_says_what_would_have_been_right(tmp_path):
    from rtbench.items import Frame
    from rtbench.tasks.classification import CLASSIFICATION

    row = classified(0, "dog", "car")
    frame = Frame("f", bytes(FRAME_BYTES), row.truth)
    right = CLASSIFICATION.picture(frame, classified(0, "dog", "dog"), None, 4)
    wrong = CLASSIFICATION.picture(frame, row, None, 4)
    assert right.tobytes() != wrong.tobytes()
