"""A board's log of cycles beside an estimate."""

import json

import pytest

from rt1062.errors import SetupError
from rtbench.timing.interval import Interval
from rtbench.timing.measured import compared, cycles_of, differences, read_log
from rtbench.timing.waterfall import Part, Waterfall

MEMORY = {name: [1, 2] for name in ("itcm", "dtcm", "ocram", "flash")}


def line(event: str, **keys: object) -> str:
    return json.dumps({"event": event, **keys}, separators=(",", ":"))


BOOT = line(
    "boot", app="classify", version="1", board="b", chip_id="c", reset="pin", reset_count=1,
    core_hz=600_000_000, inference="tflm", memory=MEMORY, model="0123456789ab", arena_reserved=2,
    arena_used=1,
)  # fmt: skip


def result(invoke: int) -> str:
    return line(
        "result", frame=1, label="dog", index=0, output=[1], scores=[0.9], crc32="00000000",
        ms={"capture": 70, "total": 100}, inference="tflm",
        cycles={"preprocess": 120, "invoke": invoke, "postprocess": 5},
    )  # fmt: skip


def profile(layer: int, op: str, cycles: int) -> str:
    return line("profile", frame=1, layer=layer, op=op, cycles=cycles)


LOG = "\r\n".join(
    [
        "Type [C-a] [C-h] to see available commands", f"[12:00:01.5] {BOOT}", result(1000),
        f"[12:00:02] {result(1100)}", profile(0, "CONV_2D", 700), profile(1, "SOFTMAX", 40),
        '{"event":"result","frame":3,"lab', "",
    ]
)  # fmt: skip


def part(label: str, us: float) -> Part:
    ms = us / 1000
    return Part(label, 1, 1, Interval(ms * 0.8, ms, ms * 1.2), ms, 0, 0, 0, 0, 0, 0)


# At 1 GHz a microsecond is a thousand cycles.
FALL = Waterfall(
    "f", 1_000_000_000, 1,
    (
        part("answer", 3), part("preprocessing", 0.12), part("network", 0.05),
        part("0 CONV_2D", 0.77), part("1 SOFTMAX", 0.08), part("post-processing", 0.01),
    ),
)  # fmt: skip


def test_a_log_has_cycles_by_stage_whatever_the_terminal_put_before_them():
    found = read_log(LOG)
    assert found.cycles == {
        "preprocess": [120, 120], "invoke": [1000, 1100], "postprocess": [5, 5],
        "0 CONV_2D": [700], "1 SOFTMAX": [40],
    }  # fmt: skip
    assert [boot.model for boot in found.boots] == ["0123456789ab"]
    assert found.damaged == 1


def test_a_model_s_own_firmware_tells_the_inference_in_a_log_event():
    text = line("log", level="info", message="invoked", cycles=4242)
    assert read_log(text).cycles == {"invoke": [4242]}


@pytest.mark.parametrize("text", ["", "hello\n", BOOT])
def test_a_log_without_cycles_says_what_to_type(text):
    with pytest.raises(SetupError, match="no cycles are in the log: type `infer`"):
        read_log(text)


def test_the_estimate_has_the_names_of_the_firmware_s_figures():
    found = cycles_of(FALL)
    assert {stage: round(one.mid) for stage, one in found.items()} == {
        "preprocess": 120, "invoke": 900, "0 CONV_2D": 770, "1 SOFTMAX": 80, "postprocess": 10,
    }  # fmt: skip


def test_the_error_is_a_share_of_what_was_measured():
    by_stage = {one.stage: one for one in compared(cycles_of(FALL), read_log(LOG))}
    invoke = by_stage["invoke"]
    assert (invoke.measured, invoke.times, invoke.least, invoke.most) == (1050, 2, 1000, 1100)
    assert invoke.error == pytest.approx(900 / 1050 - 1)
    assert invoke.within  # 720 to 1080
    assert by_stage["0 CONV_2D"].error == pytest.approx(0.1)
    assert not by_stage["1 SOFTMAX"].within
    assert by_stage["preprocess"].error == pytest.approx(0)


def test_a_log_of_other_stages_is_refused():
    with pytest.raises(SetupError, match="nothing of one is in the other"):
        compared({"invoke": Interval(1, 2, 3)}, read_log(profile(0, "CONV_2D", 700)))


def test_a_log_of_something_else_is_told():
    boots = read_log(LOG).boots
    assert differences(boots, "0123456789ab", 600_000_000) == []
    said = differences([*boots, *boots], "ffffffffffff", 528_000_000)
    assert len(said) == 2
    assert said[0] == "the log is of model 0123456789ab, the estimate of ffffffffffff"
    assert "600 MHz" in said[1] and "528 MHz" in said[1]
