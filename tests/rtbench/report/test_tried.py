"""The evidence page of a model that `rtbench try` has run."""

import copy

import pytest

from rtbench import cli
from rtbench.evaluation.run_folder import write_json

NASTY = "<script>alert(1)</script>"
SUMMARY = {
    "kind": "try", "format": 1, "options": "my.tflite --seed 0", "model": f"models/{NASTY}",
    "model_sha256": "11" * 32, "image": "t.bin", "image_sha256": "22" * 32,
    "arena": {"memory": "dtcm", "bytes": 2048, "kept": 0}, "arena_text": "2,048 bytes in DTCM",
    "arena_used": 2000, "arena_reserved": 2048, "memory": {"dtcm": [1000, 4000]},
    "said": ["input: 2 times noise from seed 0"], "frames": 2, "agreed": 2,
    "outputs": [
        {"name": "map", "type": "int8", "shape": [1, 4], "frames": 2, "equal": 2, "wrong": 0,
         "largest": 0.0, "first": "", "verdict": "equal, byte for byte"},
    ],
    "layers": [
        {"layer": 0, "op": "CONV_2D", "shape": [1, 4], "cycles": 900, "verdict": "equal",
         "wrong": False},
        {"layer": 1, "op": "SOFTMAX", "shape": [1, 4], "cycles": None, "verdict": "equal",
         "wrong": False},
    ],
    "classes": {"known": 2, "right": 1, "accuracy": 0.5,
                "confusion": {"dog": {"dog": 1}, "cat": {NASTY: 1}}},
    "answers": [
        {"id": f"noise-0-{number}", "label": None, "error": "", "agrees": True,
         "instructions": 1000 + number, "outputs": [[1, 2, 3, 4]]}
        for number in range(2)
    ],
}  # fmt: skip


def report(tmp_path, summary):
    folder, out = tmp_path / "my", tmp_path / "page.html"
    folder.mkdir()
    write_json(folder / "summary.json", summary)
    code = cli.main(["report", "--run", str(folder), "--out", str(out)])
    return code, out.read_text(encoding="utf-8") if out.is_file() else ""


def test_a_model_that_was_tried_has_its_page(tmp_path):
    code, text = report(tmp_path, SUMMARY)
    assert code == 0
    for part in (
        "2 answers and 2 layers equal TFLM on the host", "equal, byte for byte", "0 CONV_2D",
        "1,000 to 1,001", "0.5000 (1 of 2)", "rtbench try my.tflite --seed 0", "22" * 32,
        "1,000 of 4,000 bytes",
    ):  # fmt: skip
        assert part in text
    assert NASTY not in text


def test_an_answer_that_differs_fails(tmp_path, capsys):
    summary = copy.deepcopy(SUMMARY)
    summary["answers"][1]["agrees"] = False
    summary["answers"][0]["error"] = "broken.jpg: no picture"
    summary["layers"][1] |= {"wrong": True, "verdict": "1 of 4 values differ"}
    code, text = report(tmp_path, summary)
    assert code == 1
    assert "1 of 2 answers differ from TFLM on the host" in text
    assert "layer 1 SOFTMAX: 1 of 4 values differ" in text
    assert "1 of 2 inputs were not answered" in capsys.readouterr().out


def test_rounding_of_floats_is_told(tmp_path):
    summary = copy.deepcopy(SUMMARY)
    summary["outputs"][0] |= {"equal": 0, "verdict": "3e-08 apart at most, float rounding"}
    assert "equal TFLM on the host within the rounding of floats" in report(tmp_path, summary)[1]


@pytest.mark.parametrize("change", [{"format": 0}, {"memory": None}])
def test_a_folder_of_another_release_is_exit_code_2(change, tmp_path, capsys):
    summary = {name: value for name, value in (SUMMARY | change).items() if value is not None}
    assert report(tmp_path, summary)[0] == 2
    assert "of another release of `rtbench try`; make it again" in capsys.readouterr().err
