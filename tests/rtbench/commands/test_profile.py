"""`rtbench profile`: where a firmware's instructions are."""

import json
from pathlib import Path

import pytest

from rtbench import host_inference
from rtbench.cli import main
from tests.rt1062.boot_image import CODE, STACK, boot_image
from tests.rt1062.tiny_elf import FUNCTION, write_elf

FIRMWARE = Path(__file__).resolve().parents[3] / "build/firmware"
PROGRAM = """start: mov r4, #100
1: bl work
  subs r4, #1
  bne 1b
2: b 2b
  .balign 32
work: push {r0, lr}
  nop
  nop
  pop {r0, pc}
"""


@pytest.fixture
def image(tmp_path):
    """A firmware that works a hundred times, and then turns in a loop."""
    (tmp_path / "a.bin").write_bytes(boot_image(PROGRAM))
    symbols = {
        "_ZN3app5startEv": (CODE, 32, FUNCTION),
        "work": (CODE + 32, 12, FUNCTION),
        "stack_bottom": (STACK - 256, 0, FUNCTION),
        "stack_top": (STACK, 0, FUNCTION),
    }
    return tmp_path / "a.bin", write_elf(tmp_path / "a.elf", symbols)


def test_functions_paths_and_stack(image, tmp_path, capsys):
    files = ("--json", tmp_path / "o.json", "--folded", tmp_path / "o.folded")
    options = ("profile", image[0], "--elf", image[1], "--seconds", "0.00001", *files)
    assert main(list(map(str, options))) == 0
    told = json.loads((tmp_path / "o.json").read_text())
    whole = told["instructions"]
    start, work = told["functions"]
    assert (start["name"], start["calls"], start["with_callees"]) == ("app::start", 1, whole)
    assert (work["name"], work["instructions"], work["calls"]) == ("work", 400, 100)
    assert start["instructions"] == whole - 400
    assert (told["stack"]["used"], told["stack"]["size"]) == (8, 256)
    folded = (tmp_path / "o.folded").read_text()
    assert folded == f"app::start {whole - 400}\napp::start;work 400\n"
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(f"{whole:,} instructions in 0.000010 s of virtual time")
    assert lines[1].split() == ["share", "instructions", "with", "callees", "calls", "function"]
    assert lines[3].split()[1:] == ["400", "400", "100", "work"]
    assert lines[-1] == f"stack: 8 bytes of 256 (3%), 0x{STACK:08X} down to 0x{STACK - 8:08X}"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "one of both is needed: IMAGE, or --app APP with frames"),
        (("a.bin",), "symbols are read from the firmware's ELF"),
        (("a.bin", "--uart", "lpuart9"), "--uart must be one of LPUART1"),
        (("--app", "count", "--firmware", "."), "count.bin: no such firmware"),
    ],
)
def test_what_is_missing_is_exit_code_2(image, monkeypatch, capsys, options, said):
    monkeypatch.chdir(image[0].parent)
    assert main(["profile", *options]) == 2
    assert said in capsys.readouterr().err


def test_a_text_that_does_not_come_is_exit_code_1(image, capsys):
    options = ("profile", image[0], "--elf", image[1], "--seconds", "0.001", "--expect", "ready")
    assert main(list(map(str, options))) == 1
    assert "'ready' did not come within 0.001 s" in capsys.readouterr().out


@pytest.mark.skipif(
    not (FIRMWARE / "classify.elf").is_file() or host_inference.wanted(FIRMWARE / "classify.elf"),
    reason="`make firmware` has not built it with TFLM",
)
def test_frames_of_an_application_with_the_cost_that_it_tells_itself(tmp_path):
    options = ("--app", "classify", "--scenes", "1", "--firmware", FIRMWARE)
    assert main(list(map(str, ("profile", *options, "--json", tmp_path / "p.json")))) == 0
    told = json.loads((tmp_path / "p.json").read_text())
    assert main(list(map(str, ("run", *options, "--json", tmp_path / "r.json")))) == 0
    (row,) = json.loads((tmp_path / "r.json").read_text())["results"]
    by_name = {one["name"]: one for one in told["functions"]}
    invoke = by_name["tflite::MicroInterpreterGraph::InvokeSubgraph"]
    assert invoke["calls"] == 1
    assert invoke["with_callees"] == pytest.approx(row["cycles"]["invoke"], rel=0.001)
    assert 0 < told["stack"]["used"] < told["stack"]["size"]
    assert {one["name"] for one in told["memory"]} >= {"ITCM", "DTCM", "flash"}
