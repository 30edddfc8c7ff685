"""`rtbench energy`: what it tells of a firmware that sleeps, and what it refuses."""

import json
from pathlib import Path

import pytest
from PIL import Image

from rtbench.cli import main
from rtbench.commands import energy
from rtbench.energy.cycle import CAMERAS, Cycle

FIRMWARE = Path(__file__).resolve().parents[3] / "build/firmware"
CYCLES = {
    "on": Cycle(0.06, 0.02, 0.1, 0.1, 0.06),
    "low-power": Cycle(0.06, 0.02, 0.3, 0.1, 0.26),
    "gated": Cycle(0.08, 0.03, 0.7, 0.1, 0.68),
}
ASKED = ("energy", "--app", "classify", "--period", "10", "--battery", "2000mAh@3.7V")


@pytest.fixture
def call(monkeypatch, capsys):
    """Runs the command with cycles that are known; exit code, what it wrote, what it said."""
    monkeypatch.setattr(energy, "_measured", lambda chosen, plan: CYCLES)

    def run(*words: object) -> tuple[int, str, str]:
        code = main([*ASKED, *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_consumers_the_days_and_what_if(call):
    code, out, _ = call()
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "classify, every 10 s, sleep stop, camera low-power; a battery of 7,400 mWh"
    assert lines[2].split()[0] == "2313.6"
    assert lines[2].endswith("camera, low-power between frames")
    assert "days of battery: 2.6 typical, 2.0 at the high figures, 2.8 at the low ones" in out
    assert "the battery would last 0.2" in out
    assert "cannot be seen here" in out
    assert "not measured on silicon" in out
    for what in ("every 3600 s", "sleep snvs, computed", "camera gated", "core at 132 MHz"):
        assert any(line.endswith(what) for line in lines)


def test_a_mode_that_was_not_run_is_said_to_be_computed(call):
    said = "computed from sleep stop, camera gated: snvs ends in a cold boot"
    assert said in call("--sleep", "snvs")[1]
    assert "computed from" not in call("--sleep", "wait")[1]


def test_a_period_shorter_than_a_frame_is_refused(call):
    code, _, err = call("--period", "0.3")
    assert code == 2
    assert err == (
        "rtbench: --period must be at least 0.360 s, which a frame takes with --sleep stop "
        "--camera low-power, not 0.3 s\n"
    )
    assert call("--period", "1", "--sleep", "snvs")[0] == 0


def test_what_takes_longer_than_a_period_is_no_what_if(call):
    code, out, _ = call("--period", "0.5", "--sleep", "wait")
    assert code == 0
    assert "sleep snvs, computed: a frame takes longer" in out
    assert "camera gated: a frame takes longer" in out


@pytest.mark.parametrize(
    ("least", "code", "said"),
    [("2.0", 0, ""), ("2.7", 0, "warning: 2.7 days lie within the interval"),
     ("2.9", 1, "rtbench energy: 2.8 days at most, less than 2.9")],
)  # fmt: skip
def test_a_life_that_is_too_short_fails(call, least, code, said):
    found, _, err = call("--fail-under-days", least)
    assert found == code
    assert err.startswith(said)
    assert bool(err) == bool(said)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--battery", "plenty", "a battery must be like 2000mAh@3.7V or 7.4Wh, not 'plenty'"),
        ("--period", "0", "must be a positive number, not 0"),
        ("--clock", "700", "must be from 24 to 600 MHz, not 700"),
        ("--sleep", "hibernate", "invalid choice: 'hibernate'"),
        ("--camera", "off", "invalid choice: 'off'"),
    ],
)
def test_what_makes_no_sense_is_refused(capsys, option, value, said):
    with pytest.raises(SystemExit) as ended:
        main([*ASKED, option, value])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_all_of_it_as_json_and_as_a_picture(call, tmp_path):
    assert call("--json", tmp_path / "o.json", "--plot", tmp_path / "o.png")[0] == 0
    told = json.loads((tmp_path / "o.json").read_text())
    assert told["days"]["typical"] == pytest.approx(7400 / told["mwh_a_day"]["typical"])
    assert sum(one["mwh"]["typical"] for one in told["consumers"]) == pytest.approx(
        told["mwh_a_day"]["typical"]
    )
    assert all(one["source"] for one in told["consumers"])
    assert told["what_if"][0]["days"] == told["days"]
    with Image.open(tmp_path / "o.png") as image:
        assert image.format == "PNG"
        colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 16)}
    assert {(0x3B, 0x6F, 0xB6), (0xB6, 0x3B, 0x3B), (0x7A, 0x4F, 0xB0)} <= colours


def test_a_folder_that_is_not_there_is_said_before_anything_runs(call, tmp_path):
    code, out, err = call("--plot", tmp_path / "none" / "o.png")
    assert (code, out) == (2, "")
    assert "the directory for --plot does not exist" in err


@pytest.mark.skipif(not FIRMWARE.is_dir(), reason="`make firmware` has not been run")
def test_the_firmware_of_this_project_sleeps_as_it_is_asked(tmp_path, capsys):
    out = tmp_path / "o.json"
    code = main([*ASKED, "--firmware", str(FIRMWARE), "--json", str(out)])
    assert code == 0, capsys.readouterr().err
    cycles = {name: Cycle(**one) for name, one in json.loads(out.read_text())["cycles"].items()}
    assert tuple(cycles) == CAMERAS
    for one in cycles.values():
        assert 0.066 < one.capturing_s < 0.136
        assert 0.018 < one.run_s < 0.12
        assert 0.018 < one.polled_s < one.run_s
    # The exposure settles over two frames; without supply there is a start of 0.58 s instead.
    awake = {name: one.awake_s for name, one in cycles.items()}
    assert 0.12 < awake["low-power"] - awake["on"] < 0.25
    assert 0.5 < awake["gated"] - awake["on"] < 0.7
