"""`rtbench diff`: layers of the chip against the host's, right firmware and wrong ones."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import tflite
from PIL import Image

from rt1062.errors import MachineError, SetupError
from rt1062.symbols import Symbols
from rtbench import cli, frames, host_inference
from rtbench.evaluation.differences import describe_input, difference, host_layers
from rtbench.robot.patterns import pattern
from rtbench.tflite.tflite_file import read_model

FIRMWARE = Path(__file__).resolve().parents[3] / "build/firmware"
ELF = FIRMWARE / "classify.elf"
MODEL = host_inference.MODELS / "classification/model.tflite"
built = pytest.mark.skipif(
    not ELF.is_file() or host_inference.wanted(ELF), reason="no firmware with TFLM is built"
)


@pytest.fixture
def diff(tmp_path):
    """Runs the command, on the firmware that is built or on an image changed by `change`."""
    picture = tmp_path / "noise.png"
    Image.fromarray(frames.from_rgb565(pattern("noise"))).save(picture)

    def run(change=None, *arguments):
        image = bytearray((FIRMWARE / "classify.bin").read_bytes())
        if change:
            change(image)
        (tmp_path / "changed.bin").write_bytes(image)
        words = ("diff", "--image", tmp_path / "changed.bin", "--elf", ELF, "--frame", picture)
        return cli.main([str(word) for word in (*words, *arguments)])

    return run


def weights(operator):
    """The bytes of an operator's weights."""
    data = MODEL.read_bytes()
    model = tflite.Model.GetRootAs(bytearray(data), 0)
    graph = model.Subgraphs(0)
    tensor = graph.Tensors(graph.Operators(operator).Inputs(1))
    return model.Buffers(tensor.Buffer()).DataAsNumpy().tobytes()


@built
def test_every_layer_of_the_firmware_equals_the_host_s(diff, tmp_path, capsys):
    assert diff(None, "--json", tmp_path / "o.json") == 0
    out = capsys.readouterr().out
    assert "input tensor: equal, byte for byte" in out
    count = len(read_model(MODEL).operators)
    assert f"{count} layers equal, byte for byte" in out
    found = json.loads((tmp_path / "o.json").read_text())
    assert len(found["frames"]) == 1
    assert [layer["tflm"] for layer in found["frames"][0]["layers"]] == [None] * count


@built
def test_several_frames_are_compared_each_for_itself(tmp_path, capsys):
    words = ("diff", "--scene", 3, "--frames", 2, "--json", tmp_path / "o.json")
    assert cli.main([*map(str, words), "--firmware", str(FIRMWARE)]) == 0
    found = json.loads((tmp_path / "o.json").read_text())["frames"]
    assert [one["frame"] for one in found] == ["classification-test-3", "classification-test-4"]
    assert capsys.readouterr().out.count("input tensor: equal") == 2


@built
def test_a_wrong_weight_is_named_by_its_layer(diff, capsys):
    operators = read_model(MODEL).operators
    convolution = [one.index for one in operators if one.name == "CONV_2D"][2]

    def change(image):
        at = image.find(weights(convolution))
        assert at > 0
        image[at] ^= 0x40

    assert diff(change) == 1
    out = capsys.readouterr().out
    assert f"first layer that differs: {convolution} CONV_2D, tensor " in out
    assert "values differ, by " in out
    assert "the first at [0, " in out


@built
def test_a_wrong_kernel_is_named_by_its_layer(diff, capsys):
    softmax = len(read_model(MODEL).operators) - 1

    def change(image):
        at = Symbols(ELF).flash_address("arm_softmax_s8") - 0x6000_0000
        image[at : at + 2] = b"\x70\x47"  # bx lr: it returns without having done anything

    assert diff(change) == 1
    assert f"first layer that differs: {softmax} SOFTMAX" in capsys.readouterr().out


@built
def test_wrong_preprocessing_is_named_by_its_pixel(diff, capsys, monkeypatch):
    right = frames.input_tensor

    def wrong(frame):
        tensor = right(frame).copy()
        tensor[0, 5, 7, 2] ^= 1
        return tensor

    monkeypatch.setattr(frames, "input_tensor", wrong)
    assert diff() == 1
    assert "input tensor: 1 of 27,648 values differ, by 1 at most; the first at [0, 5, 7, 2]" in (
        out := capsys.readouterr().out
    )
    assert "pixel x 7, y 5, blue, RGB565 0x" in out


@built
def test_another_model_than_the_firmware_s_is_refused(diff, tmp_path, capsys):
    other = tmp_path / "other.tflite"
    other.write_bytes(MODEL.read_bytes() + b"\0")
    assert diff(None, "--model", other) == 2
    assert "name its file" in capsys.readouterr().err


@built
def test_renode_is_refused_in_words(diff, capsys, monkeypatch):
    from rt1062.unicorn.machine import UnicornMachine

    monkeypatch.delattr(UnicornMachine, "watched")  # as on a machine that has none
    assert diff() == 2
    assert "code is watched on the unicorn machine" in capsys.readouterr().err


def test_another_emulator_is_refused_before_it_is_started(diff, capsys, monkeypatch):
    from rt1062 import emulators

    monkeypatch.setattr(emulators, "find_renode", lambda: "/no/such/renode")
    assert diff(None, "--emulator", "renode") == 2
    assert "code is watched on the unicorn machine only" in capsys.readouterr().err


def test_equal_tensors_have_no_difference():
    one = np.arange(6, dtype=np.int8).reshape(1, 2, 3)
    assert difference(one, one.copy()) is None


def test_a_difference_has_count_index_values_and_the_largest_step():
    chip = np.zeros((1, 2, 3), np.int8)
    host = chip.copy()
    host[0, 1, 0], host[0, 1, 2] = 1, -100
    assert str(difference(chip, host)) == (
        "2 of 6 values differ, by 100 at most; the first at [0, 1, 0]: chip 0, host 1"
    )


def test_other_types_do_not_compare():
    with pytest.raises(SetupError, match="int8 on the chip and int16 on the host"):
        difference(np.zeros(1, np.int8), np.zeros(1, np.int16))


def test_a_difference_of_the_input_names_the_pixel():
    frame = pattern("noise")
    values = frames.input_tensor(frame)
    other = values.copy()
    other[0, 0, 1, 0] ^= 1
    word = int.from_bytes(frame[2:4], "big")
    text = describe_input(difference(values, other), frame)
    assert text.endswith(f"pixel x 1, y 0, red, RGB565 0x{word:04x}")


def test_both_references_give_every_layer():
    model = read_model(MODEL)
    values = frames.input_tensor(pattern("noise"))
    one, other = (host_layers(kind, model, [values]) for kind in ("tflm", "litert"))
    assert sorted(one) == sorted(other) == sorted(op.outputs[0] for op in model.operators)


def test_a_host_that_dies_is_said_to_have_died(tmp_path):
    file = tmp_path / "cut.tflite"
    file.write_bytes(MODEL.read_bytes())
    model = read_model(file)
    assert model.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    with pytest.raises(MachineError, match=r"tflm on the host ended with -?\d+"):
        host_layers("tflm", model, [np.zeros((1, 3), np.int8)])
