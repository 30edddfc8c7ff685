"""scripts/bench.py: no minute of silence."""

import importlib.util
import json
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/bench.py"


@pytest.fixture
def bench():
    spec = importlib.util.spec_from_file_location("bench", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_measurement_is_told_with_what_it_took_last_time(bench, tmp_path, capsys):
    file = tmp_path / "new/took.json"
    assert bench.Timed(file)("frames", lambda one: one + 1, 2) == 3
    assert capsys.readouterr().err == "measuring frames\n"
    assert 0 <= json.loads(file.read_text())["frames"] < 1
    file.write_text(json.dumps({"frames": 42.3, "counting": 7}))
    bench.Timed(file)("frames", lambda: None)
    assert capsys.readouterr().err == "measuring frames (last time 42 s)\n"
    assert json.loads(file.read_text())["counting"] == 7
