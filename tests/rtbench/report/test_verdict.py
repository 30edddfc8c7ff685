"""Verdicts that judge: each way in which a page could say passed over what did not hold."""

import json

import pytest

from rtbench import cli
from rtbench.evaluation import baseline
from rtbench.evaluation.run_folder import write_json
from rtbench.report.verdict import Standing, judge, of_all
from rtbench.tasks.classification import CLASSIFICATION
from tests.rtbench.report.test_report import make_run
from tests.rtbench.rows import HEAD, classified

EQUAL = {"index": 0, "operator": "ADD", "name": "sum", "tflm": None}
ONE = {"count": 1, "elements": 9, "largest": 2, "index": [0, 1], "chip": 4, "host": 5}
OTHER = {**EQUAL, "tflm": ONE}
HELD = {"frames": 10, "wrong": 0, "model": "44"}


@pytest.fixture
def run(tmp_path):
    """A run of one right answer of ten: 10 % accuracy, every frame answered."""
    rows = [classified(index, "dog", "dog" if index == 0 else "car") for index in range(10)]
    make_run(tmp_path / "run", rows)
    return tmp_path / "run"


@pytest.fixture
def judged(run, tmp_path):
    """Reports on the run, `of_run` and `of_evaluate` put into its summary; code and page."""

    def report(*arguments, of_run=None, of_evaluate=None):
        summary = json.loads((run / "summary.json").read_text()) | (of_run or {})
        if of_evaluate:
            summary["judged"] = of_evaluate
        write_json(run / "summary.json", summary)
        page = tmp_path / "page.html"
        words = ("report", "--run", run, "--out", page, *arguments)
        code = cli.main([str(word) for word in words])
        return code, page.read_text() if page.is_file() else ""

    return report


def file_of(tmp_path, value, name="given.json"):
    (tmp_path / name).write_text(json.dumps(value))
    return tmp_path / name


def differences(*frames, image=HEAD["image_sha256"]):
    frames = [{"frame": f"f{n}", "input": "", "layers": [one]} for n, one in enumerate(frames)]
    return {"image_sha256": image, "frames": frames}


def old_of(run, **changes):
    return {**baseline.make(json.loads((run / "summary.json").read_text())), **changes}


def test_one_right_answer_of_ten_is_not_passed_when_nothing_was_asked(judged):
    code, page = judged()
    assert code == 0
    assert "Answered, not judged" in page
    assert "<strong>Passed" not in page


def test_what_was_asked_and_held_is_passed(judged, run, tmp_path):
    code, page = judged(
        "--baseline", file_of(tmp_path, old_of(run), "b.json"),
        "--diff", file_of(tmp_path, differences(EQUAL, EQUAL)),
        of_evaluate={"reference": HELD},
    )  # fmt: skip
    assert code == 0
    assert "<strong>Passed" in page
    assert "10 answers equal TFLM on the host" in page
    assert "1 layers equal TFLM on the host in 2 frames" in page


def test_nine_answers_that_differ_from_the_host_fail(judged):
    code, page = judged(of_evaluate={"reference": {**HELD, "wrong": 9}})
    assert code == 1
    assert "9 of 10 answers differ from TFLM on the host" in page


def test_a_reference_that_compared_no_answer_fails(judged):
    code, page = judged(of_evaluate={"reference": {**HELD, "frames": 0}})
    assert code == 1
    assert "no answer could be compared" in page


def test_a_layer_that_differs_in_the_last_frame_alone_fails(judged, tmp_path):
    code, page = judged("--diff", file_of(tmp_path, differences(EQUAL, EQUAL, OTHER)))
    assert code == 1
    assert "f2: layer 0 ADD differs from TFLM on the host" in page


def test_a_baseline_that_evaluate_found_broken_fails_the_page_as_well(judged):
    broken = {"file": "mine.json", "figures": 12, "failed": ["accuracy"]}
    code, page = judged(of_evaluate={"baseline": broken})
    assert code == 1
    assert "worse than the baseline allows: accuracy" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"accuracy": float("nan")}, "accuracy must be a number, not nan"),
        ({"accuracy": float("inf")}, "accuracy must be a number, not inf"),
        ({"app": "count"}, "of 'count', and no run is: it would judge nothing"),
        ({"data": {"name": "others", "sha256": "99"}}, "the baseline is of other frames"),
        ({"class_accuracy": {"cat": 1.0}}, "class_accuracy cat, which this run lacks"),
        (
            dict.fromkeys(figure.name for figure in CLASSIFICATION.all_figures),
            "nothing would be compared",
        ),
    ],
)  # fmt: skip
def test_a_baseline_that_cannot_judge_is_refused(judged, run, tmp_path, capsys, changes, said):
    file = file_of(tmp_path, old_of(run, **changes))
    assert judged("--baseline", file) == (2, "")
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("accuracy", [float("nan"), 0.99, None, [1], {"dog": 1.0}])
def test_a_run_whose_figures_are_not_those_of_its_rows_is_refused(judged, run, capsys, accuracy):
    assert judged(of_run={"accuracy": accuracy})[0] == 2
    said = capsys.readouterr().err
    assert f"accuracy must be 0.1, as the rows give it, not {accuracy!r}" in said


def test_layers_of_another_firmware_judge_nothing_and_are_refused(judged, tmp_path, capsys):
    file = file_of(tmp_path, differences(EQUAL, image="ff"))
    assert judged("--diff", file) == (2, "")
    assert "of another firmware than any run's" in capsys.readouterr().err


def test_layers_of_no_frame_have_not_held(judged, tmp_path):
    code, page = judged("--diff", file_of(tmp_path, differences()))
    assert code == 1
    assert "no layer could be compared" in page


def test_a_figure_that_the_baseline_does_not_know_is_told(judged, run, tmp_path):
    old = old_of(run)
    del old["accuracy"]
    code, page = judged("--baseline", file_of(tmp_path, old))
    assert code == 0
    assert "Not in the baseline, gated from the next one on: accuracy" in page


def test_a_baseline_does_not_keep_what_was_judged(judged, run):
    judged(of_evaluate={"reference": HELD})
    assert "judged" not in old_of(run)


def test_of_several_runs_each_must_have_passed():
    fine = {"frames": 1, "errors": 0, "data": {}}
    answered = judge(fine, None, None)
    passed = judge({**fine, "judged": {"reference": HELD}}, None, None)
    broken = judge({**fine, "errors": 1, "judged": {"reference": HELD}}, None, None)
    assert of_all([passed, passed]) is Standing.PASSED
    assert of_all([passed, answered]) is Standing.NOT_JUDGED
    assert of_all([passed, broken]) is Standing.FAILED
