"""Figures that are what they say: shares with their counts, and costs by their own name."""

import unicodedata
from dataclasses import replace

import pytest
from PIL import Image

from rtbench import items
from rtbench.commands.label_table import label_table
from rtbench.evaluation.summary import summarise
from rtbench.items import Frame
from rtbench.link.events import Result
from rtbench.tasks.classification import CLASSIFICATION
from rtbench.tasks.counting import COUNTING
from rtbench.tasks.shares import Share
from tests.rtbench.rows import CYCLES, HEAD, MS, classified, counted

DATA = {"name": "frames", "frames": 1, "sha256": "11"}


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [  # by hand from Wilson's formula with z = 1.959964
        (Share(0, 10), 0.0, 0.2775),
        (Share(10, 10), 0.7225, 1.0),
        (Share(8, 10), 0.4902, 0.9433),
        (Share(475, 500), 0.9273, 0.9659),
        (Share(0, 0), 0.0, 1.0),
    ],
)
def test_a_share_has_wilson_s_interval(share, low, high):
    assert share.interval == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_precision_recall_and_f1_of_each_label_are_those_of_the_confusion():
    pairs = [("dog", "dog"), ("dog", "car"), ("dog", "dog"), ("car", "car"), ("cat", "dog")]
    rows = [classified(at, truth, said) for at, (truth, said) in enumerate(pairs)]
    rows.append(classified(5, "car", None, error="camera_timeout"))
    summary = summarise(HEAD, rows, DATA, [])
    assert summary["shares"]["class_accuracy"] == {"dog": [2, 3], "car": [1, 2], "cat": [0, 1]}
    assert summary["shares"]["precision"] == {"dog": [2, 3], "car": [1, 2], "cat": [0, 0]}
    assert summary["precision"] == {"dog": 0.6667, "car": 0.5, "cat": 0.0}
    assert summary["f1"] == {"dog": 0.6667, "car": 0.5, "cat": 0.0}
    assert summary["mean_f1"] == round((2 / 3 + 1 / 2 + 0) / 3, 4)
    assert summary["shares"]["accuracy"] == [3, 6]
    accuracy = CLASSIFICATION.figures[0]
    assert accuracy.line(summary["accuracy"], summary["shares"]["accuracy"]) == (
        "accuracy 0.5000 of the labels right (3 of 6, 95 % interval 0.188 to 0.812)"
    )


def test_persons_found_are_held_against_the_true_boxes():
    rows = [
        counted(
            0, 2, 2, true_boxes=[[0, 0, 10, 30], [40, 0, 50, 30]],
            boxes=[[0, 0, 10, 30, 90, 1], [80, 0, 90, 30, 90, 2]],
        ),
        counted(1, 0, 1, boxes=[[0, 0, 10, 30, 90, 1]]),
        counted(2, 3, 1, boxes=[[0, 0, 10, 30, 90, 1]]),  # a picture: its boxes are not known
    ]  # fmt: skip
    summary = summarise(HEAD | {"app": "count"}, rows, DATA, [])
    assert summary["shares"]["recall"] == [1, 2]
    assert summary["shares"]["precision"] == [1, 3]
    assert summary["f1"] == 0.4


def test_a_board_counts_cycles_and_an_emulator_instructions():
    rows = [classified(0, "dog", "dog")]
    here = summarise(HEAD, rows, DATA, [])
    board = summarise(HEAD | {"emulator": "board"}, rows, DATA, [])
    assert here["instructions"]["invoke"] == board["cycles"]["invoke"] == CYCLES.invoke
    assert here["cycles"] is None
    assert board["instructions"] is None


def test_a_label_is_the_same_however_its_umlaut_is_composed(tmp_path):
    apart = unicodedata.normalize("NFD", "Köter")
    (tmp_path / apart).mkdir()
    Image.new("RGB", (96, 96)).save(tmp_path / apart / "a.png")
    item = items.find([tmp_path])[0]
    event = Result(1, apart, 0, (9,), (0.5,), "0" * 8, MS, CYCLES, "tflm")
    answer = CLASSIFICATION.answer(event, ())
    assert CLASSIFICATION.said(answer) == CLASSIFICATION.expected(item.draw().truth) == "Köter"


def test_the_table_shows_counts_and_keeps_a_label_from_the_terminal(capsys):
    from rich.console import Console

    rows = [classified(0, "[red]do\x1b[31mg", "car"), classified(1, "car", "car")]
    Console(width=100).print(label_table(CLASSIFICATION, summarise(HEAD, rows, DATA, [])))
    out = capsys.readouterr().out
    assert "\x1b[31m" not in out
    assert "[red]do\\x1b[31mg" in out
    assert "0.5000 1/2" in out


def test_crossings_are_held_against_the_true_ones_of_a_sequence():
    def frame(index, said, true):
        row = counted(index, 1, 1)
        truth = replace(row.truth, crossings=true)
        return replace(row, truth=truth, answer=replace(row.answer, crossings=said))

    rows = [
        frame(0, ("1 left_to_right",), ("7 left_to_right",)), frame(1, ("2 left_to_right",), ()),
        frame(2, (), ("8 right_to_left",)),
    ]  # fmt: skip
    summary = summarise(HEAD | {"app": "count"}, rows, DATA, [])
    assert summary["crossings"] == {"counted": 2, "true": 2, "error": 2}
    assert COUNTING.cells(rows[0])[3:] == ("1 left_to_right", "7 left_to_right")
    picture = COUNTING.picture(Frame("f", b"\0" * 18432), rows[0], None, 4)
    assert picture.height > 4 * 96  # what is what stands below
    stills = [counted(0, 1, 1)]  # of which nobody knows who crosses
    assert summarise(HEAD | {"app": "count"}, stills, DATA, [])["crossings"] is None
