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


def test_every_figure_of_the_table_is_measured_and_nothing_else(bench, tmp_path, monkeypatch):
    """With measurements that give one number at once; those that give several keep their keys."""
    several = {
        "measure_capture": ("transfer_cpu_seconds", "capture_cpu_seconds"),
        "measure_ratios": ("emulation_ratio", "translated_ratio"),
    }
    for name in [name for name in vars(bench) if name.startswith("measure_")]:
        if name != "measure_renode":
            value = dict.fromkeys(several[name], 1.0) if name in several else 1.0
            monkeypatch.setattr(bench, name, lambda *words, value=value, **options: value)
    # Another process would measure: what stands in for it here is not there.
    monkeypatch.setattr(bench, "alone", lambda measure, folder: measure(folder))
    monkeypatch.setattr(bench.emulators, "find_renode", lambda: "renode")
    monkeypatch.setattr(bench, "Symbols", lambda path: type("", (), {"address": lambda *_: 1})())
    for name in ("hello", "log", "classify", "count"):
        for ending in ("bin", "elf"):
            (tmp_path / f"{name}.{ending}").touch()
    monkeypatch.setattr(
        "sys.argv", ["bench", "--firmware", str(tmp_path), "--out", str(tmp_path / "bench.json")]
    )
    assert bench.main() == 0
    measured = json.loads((tmp_path / "bench.json").read_text())
    assert set(measured) == {key for key, *_ in bench.FIGURES}
