"""Two emulators' transcripts held against each other."""

import json

import pytest

from rtbench.compare import Comparison, compare_texts, main, read
from rtbench.exit_codes import CLAIM_FAILED, PASSED, SETUP_WRONG

RESULT = {
    "event": "result", "frame": 1, "label": "person", "index": 1, "output": [-128, 127],
    "scores": [0.0, 0.9961], "crc32": "0badcafe",
    "ms": {"capture": 90, "total": 132},
    "cycles": {"preprocess": 200, "invoke": 100_000, "postprocess": 10},
    "inference": "tflm",
}  # fmt: skip
CAPTURED = {
    "event": "camera", "status": "captured", "frame": 2, "bytes": 18432, "crc32": "00000000",
    "ms": 90,
}  # fmt: skip
LOG = {"event": "log", "level": "info", "message": "info", "frames": 3, "uptime_ms": 77}
FATAL = {
    "event": "fatal", "fault": "memory", "pc": "0x60003000", "lr": "0x60003001",
    "cfsr": "0x00000082", "hfsr": "0x00000000", "mmfar": "0x200003f0", "bfar": "0x00000000",
    "reset_count": 0,
}  # fmt: skip
PROFILE = {"event": "profile", "frame": 1, "layer": 0, "op": "CONV_2D", "cycles": 9}


def line(time_s: float, event: dict) -> str:
    return f"{time_s:12.6f} {json.dumps(event, separators=(',', ':'))}\n"


def page(*events: dict, start: float = 0.001) -> str:
    return "--- power on, classify.bin\n" + "".join(
        line(start + number, event) for number, event in enumerate(events)
    )


def compared(left: str, right: str) -> Comparison:
    comparison = Comparison()
    compare_texts(comparison, "a.log", left, right)
    return comparison


def with_costs(**costs: int) -> dict:
    """The result with other costs: those of "ms" and of "cycles" have names of their own."""
    return RESULT | {
        key: {name: costs.get(name, cost) for name, cost in RESULT[key].items()}
        for key in ("ms", "cycles")
    }


def test_times_up_time_and_the_cost_of_waiting_are_each_emulators_own() -> None:
    left = page(RESULT, CAPTURED, LOG, PROFILE)
    others = with_costs(capture=91), CAPTURED | {"ms": 89}, LOG | {"uptime_ms": 8}
    comparison = compared(left, page(*others, PROFILE | {"cycles": 1}, start=5))
    assert comparison.differences == []
    assert (comparison.events, comparison.frames) == (4, 1)


@pytest.mark.parametrize(
    ("event", "change", "keys"),
    [
        (RESULT, {"output": [-128, 126]}, "output"),
        (RESULT, {"label": "no_person", "index": 0}, "label, index"),
        (RESULT, {"crc32": "0badcaff"}, "crc32"),
        (RESULT, {"frame": 2}, "frame"),
        (CAPTURED, {"bytes": 1}, "bytes"),
        (LOG, {"frames": 4}, "frames"),
        (LOG, {"errors": 0}, "errors"),
        (PROFILE, {"op": "ADD"}, "op"),
    ],
)
def test_what_must_be_the_same(event, change, keys) -> None:
    (difference,) = compared(page(LOG, event), page(LOG, event | change)).differences
    assert difference.startswith(f"a.log: not the same in {keys}\n  unicorn {{")
    assert "\n  renode  {" in difference


def test_what_follows_a_difference_is_compared_too() -> None:
    left, right = page(LOG, RESULT, LOG), page(LOG, PROFILE, RESULT, LOG | {"frames": 4})
    comparison = compared(left, right)
    assert [line.partition("\n")[0] for line in comparison.differences] == [
        "a.log: not the same", "a.log: not the same in frames",
    ]  # fmt: skip
    assert (comparison.events, comparison.frames) == (3, 1)


def test_an_event_that_only_one_has() -> None:
    (difference,) = compared(page(LOG, LOG), page(LOG)).differences
    assert difference.endswith("\n  renode  nothing")
    (difference,) = compared(page(LOG), page(LOG) + page(LOG)).differences
    assert difference.endswith("\n  renode  --- power on, classify.bin")


@pytest.mark.parametrize(("cfsr", "allowed"), [("0x00000082", False), ("0x00000092", True)])
def test_the_faulting_address_counts_unless_stacking_has_failed(cfsr, allowed) -> None:
    fatal = FATAL | {"cfsr": cfsr}
    comparison = compared(page(fatal), page(fatal | {"mmfar": "0x200003fc"}))
    assert (comparison.differences == []) == allowed


@pytest.mark.parametrize(
    ("stage", "cost", "allowed"),
    [
        ("invoke", 99_900, True),
        ("invoke", 100_100, True),
        ("invoke", 99_899, False),
        ("preprocess", 201, False),
        ("postprocess", 110, True),
        ("postprocess", 111, False),
        ("capture", 160, True),
        ("capture", 161, False),
        ("total", 62, True),
        ("total", 61, False),
    ],
)
def test_how_far_the_costs_of_a_stage_may_part(stage, cost, allowed) -> None:
    comparison = compared(page(RESULT), page(with_costs(**{stage: cost})))
    assert (comparison.differences == []) == allowed
    if not allowed:
        (difference,) = comparison.differences
        unit = "ms" if stage in RESULT["ms"] else "cycles"
        assert difference.startswith(f"a.log: {stage} of frame 1, {unit}: ")


def test_a_capture_without_an_answer_is_held_to_a_frame_too() -> None:
    assert compared(page(CAPTURED), page(CAPTURED | {"ms": 160})).differences == []
    (difference,) = compared(page(CAPTURED), page(CAPTURED | {"ms": 161})).differences
    assert difference.startswith("a.log: capture of frame 2, ms: 90 on unicorn, 161 on")


def test_a_stage_that_parts_is_told_with_its_limit() -> None:
    assert compared(page(RESULT), page(with_costs(invoke=99_899))).differences == [
        "a.log: invoke of frame 1, cycles: 100,000 on unicorn, 99,899 on renode, "
        "101 apart, 100 allowed"
    ]


def test_the_time_of_the_hosts_inference_mean_nothing() -> None:
    left, right = RESULT | {"inference": "host"}, with_costs(invoke=7) | {"inference": "host"}
    assert compared(page(left), page(right)).differences == []


def test_costs_are_listed_stage_by_stage() -> None:
    left = page(RESULT, RESULT)
    comparison = compared(left, page(with_costs(capture=45), with_costs(postprocess=11)))
    text = comparison.text().splitlines()
    assert text[0] == "2 events, 2 classified frames on both emulators"
    assert [line.split() for line in text[1:4]] == [
        ["ms,", "cycles", "unicorn", "renode", "apart", "largest", "of", "a", "frame"],
        ["capture", "180", "135", "25.000%", "50.000%"],
        ["total", "264", "264", "0.000%", "0.000%"],
    ]
    assert text[6].split() == ["postprocess", "20", "21", "4.762%", "9.091%"]


def test_a_line_that_a_reset_cut_short_is_left_out() -> None:
    whole = line(0.3, LOG).strip().partition(" ")[2]
    cut = f"    0.200000 \n    0.250000 {whole[:20]}\n    0.300000 {whole[:9]}{whole}\n"
    assert compared(cut, page(LOG).partition("\n")[2]).differences == []
    assert len(read(cut)) == 1


# Folders.


@pytest.fixture
def folders(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "boot.log").write_text(page(LOG))
    return tmp_path / "one", tmp_path / "other"


def run(folders, *options: str) -> int:
    return main([str(folder) for folder in folders] + list(options))


def test_the_same(folders, capsys) -> None:
    assert run(folders) == PASSED
    assert "1 events, 0 classified frames" in capsys.readouterr().out


def test_a_test_that_only_one_has(folders, capsys) -> None:
    (folders[0] / "extra.log").write_text(page(LOG))
    assert run(folders, "--names", "this", "that") == CLAIM_FAILED
    assert "extra.log: not on that" in capsys.readouterr().out


def test_a_folder_without_transcripts(folders, tmp_path, capsys) -> None:
    assert run((folders[0], tmp_path / "none")) == SETUP_WRONG
    assert "none: no transcripts" in capsys.readouterr().err
