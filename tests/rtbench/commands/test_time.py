"""`rtbench time`: cycles of the core, as an interval, for code whose cycles are known."""

import json

import pytest

from rtbench.cli import main
from tests.rt1062.boot_image import CODE, boot_image
from tests.rt1062.tiny_elf import FUNCTION, write_elf

# A thousand rounds: `smlad; str` never pair, `str; subs` do, and a taken branch ends its group.
ROUNDS = 1000
PROGRAM = f"""start: ldr r6, =0x20000000
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
        words = (tmp_path / "a.bin", "--elf", elf, "--seconds", "0.00002", "--json", out, *words)
        code = main(["time", *map(str, words)])
        said = capsys.readouterr()
        told = json.loads(out.read_text()) if out.is_file() else {}
        return code, told, said.out + said.err

    return run


def test_a_loop_costs_its_rounds(call):
    code, told, said = call(PROGRAM)
    assert code == 0
    low, mid, high = (told["functions"]["loop"][end] / ROUNDS for end in ("low", "mid", "high"))
    # smlad, str, smlad, str and subs, bne: five groups, and a bubble of -0.5 to 0.
    assert low == pytest.approx(4.5, abs=0.05)
    assert mid == pytest.approx(4.75, abs=0.05)
    assert high == pytest.approx(5.0, abs=0.05)
    assert told["unknown"] == 0
    assert "not measured on silicon" in said


def test_the_same_image_has_the_same_figures(call):
    assert call(PROGRAM)[1] == call(PROGRAM)[1]


def test_more_code_is_not_cheaper(call):
    base = call(PROGRAM)[1]["functions"]["loop"]["mid"]
    for more in ("nop", "add r5, r5, #1", "udiv r5, r5, r2", "ldr r5, [r6, #4]"):
        longer = PROGRAM.replace("  subs r7, #1", f"  {more}\n  subs r7, #1")
        assert call(longer)[1]["functions"]["loop"]["mid"] >= base - 0.5 * ROUNDS


def test_a_branch_that_cannot_be_foreseen_is_dear(call):
    turns = PROGRAM.replace("  subs r7, #1", "  tst r7, #1\n  bne 1f\n  nop\n1: subs r7, #1")
    _, told, _ = call(turns)
    # Every other time the other way: a counter of two bits is wrong half of the time at least.
    assert told["mispredictions"] >= 6 * ROUNDS / 2
    assert call(PROGRAM)[1]["mispredictions"] <= 6 * 3


def test_what_the_table_does_not_know_is_told(call):
    _, told, said = call(PROGRAM.replace("  b loop", "  vrintn.f32 s0, s1\n  b loop"))
    assert told["unknown_instructions"] == {"vrintn.f32": 1}
    assert "not known: vrintn.f32" in said


def test_the_least_that_is_too_much_fails_and_the_interval_warns(call):
    low = call(PROGRAM)[1]["cycles"]["low"] / 600_000
    high = call(PROGRAM)[1]["cycles"]["high"] / 600_000
    assert call(PROGRAM, "--fail-over-ms", low * 0.99)[0] == 1
    code, _, said = call(PROGRAM, "--fail-over-ms", (low + high) / 2)
    assert code == 0
    assert "lies within the interval" in said
    assert "warning" not in call(PROGRAM, "--fail-over-ms", high * 1.01)[2]
    # At half the clock it takes twice as long.
    assert call(PROGRAM, "--fail-over-ms", high * 1.01, "--mhz", 300)[0] == 1
