"""`rtbench time`: milliseconds as an interval, for code whose cycles are known; and its stages."""

import json
from pathlib import Path

import pytest

from rtbench.cli import main
from tests.rt1062.boot_image import CODE, boot_image
from tests.rt1062.tiny_elf import FUNCTION, write_elf

FIRMWARE = Path(__file__).resolve().parents[3] / "build/firmware"
# Ten thousand rounds: `smlad; str` never pair, `str; subs` do, a taken branch ends its group. The
# instruction cache is on (CCR.IC), and nothing else.
ROUNDS = 10_000
PROGRAM = f"""start: ldr r0, =0xE000ED14
  ldr r1, [r0]
  orr r1, r1, #0x20000
  str r1, [r0]
  ldr r6, =0x20000000
  movw r7, #{ROUNDS}
  b loop
  .balign 32
loop: smlad r0, r1, r2, r0
  str r3, [r6]
  smlad r0, r1, r2, r0
  str r3, [r6]
  subs r7, #1
  bne loop
  b end
  .balign 32
end: b end
"""


@pytest.fixture
def call(tmp_path, capsys):
    """Runs the command on a program; exit code, what it wrote, what it said."""

    def run(source: str, *words: object) -> tuple[int, dict, str]:
        (tmp_path / "a.bin").write_bytes(boot_image(source))
        symbols = {
            name: (CODE + 32 * at, 32, FUNCTION) for at, name in enumerate(("start", "loop", "end"))
        }
        elf = write_elf(tmp_path / "a.elf", symbols)
        out = tmp_path / "o.json"
        words = (tmp_path / "a.bin", "--elf", elf, "--seconds", "0.0002", "--json", out, *words)
        code = main(["time", *map(str, words)])
        said = capsys.readouterr()
        told = json.loads(out.read_text()) if out.is_file() else {}
        return code, told, said.out + said.err

    return run


def loop_cycles(told):
    """Cycles of a round of the loop: low, mid, high."""
    return [told["functions"]["loop"][end] / ROUNDS for end in ("low", "mid", "high")]


def test_a_loop_costs_its_rounds(call):
    code, told, said = call(PROGRAM)
    assert code == 0
    low, mid, high = loop_cycles(told)
    # smlad, str, smlad, str and subs, bne: five groups, and a bubble of -0.5 to 0; its only line is
    # read from the flash once, and what published figures were off makes the interval wider.
    assert 3.5 < low < 4.5
    assert mid == pytest.approx(4.75, abs=0.1)
    assert 5.0 < high < 6.5
    assert told["unknown"] == 0
    assert "not measured on silicon" in said


def test_the_parts_of_the_middle_make_it_up(call):
    (one,) = call(PROGRAM)[1]["stages"]
    names = ("core", "mispredictions", "unaligned", "flash", "ram", "devices")
    assert sum(one[name] for name in names) == pytest.approx(one["ms"]["mid"])
    assert one["flash"] == 0  # its code lies there, and is in the cache
    assert one["ram"] == one["devices"] == one["waiting"] == 0


def test_without_the_cache_it_waits_for_the_flash(call):
    (cached,) = call(PROGRAM)[1]["stages"]
    (bare,) = call(PROGRAM.replace("#0x20000\n  str", "#0\n  str"))[1]["stages"]
    assert bare["flash"] > cached["ms"]["mid"]
    assert bare["core"] == pytest.approx(cached["core"])


def test_the_same_image_has_the_same_figures(call):
    assert call(PROGRAM)[1] == call(PROGRAM)[1]


def test_more_code_is_not_cheaper(call):
    base = loop_cycles(call(PROGRAM)[1])[1]
    for more in ("nop", "add r5, r5, #1", "udiv r5, r5, r2", "ldr r5, [r6, #4]"):
        longer = PROGRAM.replace("  subs r7, #1", f"  {more}\n  subs r7, #1")
        assert loop_cycles(call(longer)[1])[1] >= base - 0.5


def test_a_branch_that_cannot_be_foreseen_is_dear(call):
    def missed_cycles(source):
        told = call(source)[1]
        return told["stages"][0]["mispredictions"] * told["mhz"] * 1000

    turns = PROGRAM.replace("  subs r7, #1", "  tst r7, #1\n  bne 1f\n  nop\n1: subs r7, #1")
    # Every other time the other way: a counter of two bits is wrong half of the time at least.
    assert missed_cycles(turns) >= 6 * ROUNDS / 2
    assert missed_cycles(PROGRAM) <= 6 * 3 + 0.1


def test_what_the_table_does_not_know_is_told(call):
    _, told, said = call(PROGRAM.replace("  b loop", "  vrintn.f32 s0, s1\n  b loop"))
    assert told["unknown_instructions"] == ["vrintn.f32"]
    assert "does not know: " in said and "(vrintn.f32)" in said


def test_the_least_that_is_too_much_fails_and_the_interval_warns(call):
    ms = call(PROGRAM)[1]["whole"]["ms"]
    assert call(PROGRAM, "--fail-over-ms", ms["low"] * 0.99)[0] == 1
    code, _, said = call(PROGRAM, "--fail-over-ms", ms["mid"])
    assert code == 0
    assert "lies within the interval" in said
    assert "warning" not in call(PROGRAM, "--fail-over-ms", ms["high"] * 1.01)[2]
    # At a quarter of the clock it takes nearly four times as long.
    assert call(PROGRAM, "--fail-over-ms", ms["high"] * 1.01, "--mhz", 150)[0] == 1


def test_the_clock_is_the_machines_unless_another_is_asked_for(call):
    assert call(PROGRAM)[1]["mhz"] == 396  # as the boot ROM leaves it
    assert call(PROGRAM, "--mhz", 150)[1]["mhz"] == 150


@pytest.mark.parametrize(
    ("times", "answer"), [(0.9, "yes"), (1.0, "within the error"), (1.3, "no")]
)
def test_real_time_is_yes_or_no_or_within_the_error(call, times, answer):
    interval = call(PROGRAM)[1]["frames_a_second"]
    rate = {"yes": interval["low"], "no": interval["high"]}.get(answer, interval["mid"])
    assert f"real time at {rate * times:g} fps: {answer}" in call(PROGRAM, "--fps", rate * times)[2]


# Calls of a function that calls another, and waits for the second time itself.
CALLS = """start: mov r4, #3
1: bl outer
  subs r4, #1
  bne 1b
  b end
  .balign 32
outer: push {r4, lr}
  bl inner
  bl inner
  pop {r4, pc}
  .balign 32
inner: mov r0, #100
2: subs r0, #1
  bne 2b
  bx lr
  .balign 32
end: b end
"""


@pytest.fixture
def staged(tmp_path, capsys):
    """The stages of the calls, with these options."""

    def run(*words: object) -> tuple[dict, str]:
        (tmp_path / "a.bin").write_bytes(boot_image(CALLS))
        names = {"start": 0, "outer": 1, "inner": 2, "end": 3}
        symbols = {name: (CODE + 32 * at, 32, FUNCTION) for name, at in names.items()}
        elf = write_elf(tmp_path / "a.elf", symbols)
        out = tmp_path / "o.json"
        words = (tmp_path / "a.bin", "--elf", elf, "--seconds", "0.0001", "--json", out, *words)
        code = main(["time", *map(str, words)])
        said = capsys.readouterr()
        assert code == 0, said.err
        return json.loads(out.read_text()), said.out

    return run


def test_a_function_is_timed_a_call_with_all_that_it_calls(staged):
    told, said = staged("--symbol", "outer")
    (one,) = told["stages"]
    assert (told["runs"], one["times"]) == (3, 1)
    # Two times a hundred rounds of `subs, bne`, and a few besides.
    assert 400 <= one["instructions"] <= 420
    assert "a call (mean of 3)" in said


def test_a_function_within_another_is_told_apart(staged):
    told, _ = staged("--symbol", "outer", "--symbol", "inner")
    outer, inner = told["stages"]
    assert (outer["label"], inner["label"]) == ("outer", "inner")
    assert (outer["times"], inner["times"]) == pytest.approx((1, 2))
    assert outer["instructions"] < 20
    assert inner["instructions"] == pytest.approx(402, abs=4)


def test_between_two_addresses(staged):
    told, _ = staged("--between", hex(CODE + 32), hex(CODE + 64))
    (one,) = told["stages"]
    assert told["runs"] == 3
    assert one["instructions"] < 5  # up to the first call of the inner one


@pytest.mark.skipif(not (FIRMWARE / "hello.elf").is_file(), reason="`make firmware` has not built")
def test_between_two_lines_of_the_console(tmp_path):
    out = tmp_path / "o.json"
    image = str(FIRMWARE / "hello.elf")
    lines = ("--between-lines", '"count":1', '"count":2')
    assert main(["time", image, *lines, "--seconds", "1.2", "--json", str(out)]) == 0
    (one,) = json.loads(out.read_text())["stages"]
    # It says hello each half second, and sleeps until then but for the tick of each millisecond.
    assert one["label"] == """'"count":1' to '"count":2'"""
    assert one["waiting"] == pytest.approx(500, abs=5)
    assert 0 < one["ms"]["mid"] < 5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "one of these is needed: IMAGE, --app APP, --model MODEL.tflite"),
        (("a.bin", "--app", "count"), "one of these is needed"),
        (("--app", "count", "--between-lines", "a", "b"), "--between-lines is of an IMAGE"),
        (("a.bin", "--symbol", "a", "--between", "0", "4"), "stand alone"),
        (("a.bin", "--elf", "a.elf", "--symbol", "iner"), "no function 'iner'; near it: inner"),
        (
            ("a.bin", "--elf", "a.elf", "--symbol", "never", "--seconds", "0.0001"),
            "did not come there",
        ),
        (("a.bin", "--elf", "a.elf", "--between-lines", "x", "y"), "no line with 'x' came"),
    ],
)
def test_what_cannot_be_timed_is_exit_code_2(tmp_path, monkeypatch, capsys, options, said):
    (tmp_path / "a.bin").write_bytes(boot_image(CALLS))
    symbols = {"inner": (CODE + 64, 32, FUNCTION), "never": (CODE + 0x400, 2, FUNCTION)}
    write_elf(tmp_path / "a.elf", symbols)
    monkeypatch.chdir(tmp_path)
    assert main(["time", *options]) == 2
    assert said in capsys.readouterr().err
