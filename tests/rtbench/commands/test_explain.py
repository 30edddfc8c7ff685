"""`rtbench explain`: a wrong label, a wrong count, and each step at which a chip may go wrong."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rtbench import cli, frames, host_inference
from rtbench.evaluation.both_sides import BothSides
from rtbench.evaluation.differences import Difference, LayerCheck
from rtbench.items import Frame
from rtbench.report.explanation import cause
from rtbench.report.tensor_picture import DIFFERENT, tensor_picture
from rtbench.tasks.reasoning import of_scores
from tests.rtbench.rows import classified

FIRMWARE = Path(__file__).resolve().parents[3] / "build/firmware"
ELF = FIRMWARE / "classify.elf"
built = pytest.mark.skipif(
    not ELF.is_file() or host_inference.wanted(ELF), reason="no firmware with TFLM is built"
)
# Scenes that the project's networks answer wrongly.
WRONG = {"classify": 24, "count": 21}


def called(*words):
    return cli.main([str(word) for word in ("explain", *words, "--firmware", FIRMWARE)])


@pytest.fixture
def run_of(tmp_path):
    """A run of one frame, the one that the task's network answers wrongly."""

    def run(app):
        folder = tmp_path / f"run-{app}"
        words = ("evaluate", "--app", app, "--scenes", 1, "--seed", WRONG[app], "--out", folder)
        cli.main([str(word) for word in (*words, "--firmware", FIRMWARE)])
        return folder

    return run


@built
def test_a_wrong_label_is_the_network_s_own(run_of, tmp_path, capsys):
    run = run_of("classify")
    frame = f"classification-test-{WRONG['classify']}"
    capsys.readouterr()
    assert called("--run", run, "--frame", frame, "--out", tmp_path / "why") == 0
    out = capsys.readouterr().out
    assert "answer background: wrong, truth dog" in out
    assert "captured whole; input and 29 layers equal TFLM on the host" in out
    assert "the network itself is wrong here" in out
    assert "background is ahead of the truth, dog, by 0.2" in out
    page = (tmp_path / "why/index.html").read_text()
    for words in ("as fed to the camera", "as captured", "the input tensor", "28 SOFTMAX"):
        assert words in page
    assert Image.open(tmp_path / "why/explanation.png").height > 1000


@built
def test_a_wrong_count_shows_the_grid_and_why_somebody_was_missed(run_of, tmp_path, capsys):
    run = run_of("count")
    capsys.readouterr()
    assert called("--app", "count", "--run", run, "--frame", 0, "--out", tmp_path / "why") == 0
    out = capsys.readouterr().out
    assert "answer 2: wrong, truth 3" in out
    assert "missed: person at 55..73 x 33..64: the highest score in it is 0.391" in out
    page = (tmp_path / "why/index.html").read_text()
    for words in ("grid of scores", "every peak&#39;s box", "boxes kept"):
        assert words in page


@built
def test_a_frame_that_is_not_there_is_refused_with_what_is(run_of, tmp_path, capsys):
    assert called("--run", run_of("classify"), "--frame", "nobody") == 2
    assert "no frame 'nobody' in this run (it has 1, classification-test-24 the first)" in (
        capsys.readouterr().err
    )
    assert called("--run", tmp_path, "--frame", "nobody") == 2
    assert "there are no rows" in capsys.readouterr().err


@built
def test_a_wrong_weight_is_red_from_its_layer_on(tmp_path, capsys):
    image = bytearray((FIRMWARE / "classify.bin").read_bytes())
    from tests.rtbench.commands.test_diff import weights

    image[image.find(weights(3))] ^= 0x40
    (tmp_path / "changed.bin").write_bytes(image)
    picture = tmp_path / "a.png"
    Image.effect_noise((96, 96), 80).save(picture)
    words = ("--image", tmp_path / "changed.bin", "--elf", ELF, "--out", tmp_path / "why")
    assert cli.main([str(w) for w in ("explain", "--frame", picture, *words)]) == 1
    assert "layer 3 CONV_2D differs from TFLM on the host" in capsys.readouterr().out
    page = (tmp_path / "why/index.html").read_text()
    assert 'class="bad">' in page


def sides(captured=b"\0" * frames.FRAME_BYTES, wrong_input="", tflm=None):
    """A frame's way with one thing wrong."""
    layer = LayerCheck(3, "ADD", 7, "sum", (1, 2), "int8", tflm, None)
    frame = Frame("f", b"\0" * frames.FRAME_BYTES)
    return BothSides(classified(0, "dog", "car"), frame, captured, {}, {}, wrong_input, [layer])


def test_the_first_step_that_goes_wrong_is_the_cause():
    other = Difference(1, 2, 5.0, (0, 1), 5.0, 0.0)
    assert "memory holds no frame" in cause(sides(captured=None), True)
    damaged = b"\1" * 3 + b"\0" * (frames.FRAME_BYTES - 3)
    everything = sides(damaged, "1 of 9 values differ", other)
    assert cause(everything, True).endswith("on its way from the camera: 3 bytes differ")
    assert cause(sides(wrong_input="one", tflm=other), True).startswith("preprocessing")
    assert cause(sides(tflm=other), True).startswith("layer 3 ADD differs")
    assert cause(sides(), True).endswith("the network itself is wrong here")
    assert cause(sides(), False).endswith("the network itself answers so")


def test_a_tensor_s_picture_marks_what_differs():
    host = np.arange(32, dtype=np.int8).reshape(1, 4, 4, 2)
    chip = host.copy()
    assert not (np.asarray(tensor_picture(chip, host)) == DIFFERENT).all(axis=-1).any()
    chip[0, 1, 2, 1] += 1
    red = (np.asarray(tensor_picture(chip, host)) == DIFFERENT).all(axis=-1)
    assert red.sum() == 12 * 12  # one value of a tile of 48
    assert tensor_picture(np.zeros((1, 1000), np.float32)).width <= 800


def test_a_truth_that_is_no_label_of_the_network_is_said():
    found = of_scores(["dog", "car"], [0.9, 0.1], "dog", "cat")
    assert found.lines[-1] == "the truth, 'cat', is none of the network's labels"
