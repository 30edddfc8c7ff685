"""`rtbench try` on ten networks of ten shapes: equal to the host, and the arena as estimated."""

import json
import shutil

import pytest

pytest.importorskip("tflite_micro", reason="TFLM on the host is for x86-64 Linux only")

from rt1062 import checkout
from rtbench import cli
from rtbench.tflite.arena import arena_use
from rtbench.tflite.tflite_file import read_model
from tests.rtbench.tflite.all_sorts import ALL_SORTS
from tests.rtbench.tflite.own_shapes import SHAPES, larger_than_the_chip

pytestmark = pytest.mark.skipif(
    shutil.which("arm-none-eabi-gcc") is None or not (checkout.CACHE / "tflm/lib").is_dir(),
    reason="no compiler, or `make firmware INFERENCE=tflm` has not fetched TFLM",
)


def flat(values):
    return (
        [one for value in values for one in flat(value)] if isinstance(values, list) else [values]
    )


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_of_our_own_is_equal_to_the_host(name, tmp_path, capsys):
    path = tmp_path / f"{name}.tflite"
    path.write_bytes(SHAPES[name]())
    assert cli.main(["try", str(path), "--build", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert "agreement: 4 of 4 answers equal TFLM on the host" in out
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    # The network says something: not the same value everywhere.
    assert len(set(flat([one["outputs"] for one in summary["answers"]]))) > 2
    use = arena_use(read_model(path))
    assert summary["arena_used"] == use.used
    assert summary["arena"]["bytes"] - use.needed in range(1024)


def test_what_the_chip_cannot_hold_lies_in_the_sdram_of_the_board(tmp_path, capsys):
    path = tmp_path / "large.tflite"
    path.write_bytes(larger_than_the_chip())
    assert cli.main(["try", str(path), "--build", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert "agreement: 4 of 4 answers equal TFLM on the host" in out
    assert "arena 1,230,848 bytes in SDRAM, 1,229,972 bytes used" in out


@pytest.mark.parametrize("name", ALL_SORTS)
def test_the_kernels_take_of_the_arena_what_the_table_says(name, tmp_path, capsys):
    path = tmp_path / f"{name}.tflite"
    path.write_bytes(ALL_SORTS[name]())
    assert cli.main(["try", str(path), "--build", str(tmp_path / "out")]) == 0
    assert "agreement: 4 of 4 answers equal TFLM on the host" in capsys.readouterr().out
    used = json.loads((tmp_path / "out/summary.json").read_text())["arena_used"]
    assert used <= arena_use(read_model(path)).used <= 1.01 * used
