"""`rtbench time --what-if`: what moving things and other clocks come to."""

import json
from pathlib import Path

import pytest

from rtbench import host_inference
from rtbench.cli import main
from tests.rt1062.boot_image import CODE, boot_image
from tests.rt1062.tiny_elf import FUNCTION, OBJECT, write_elf

FIRMWARE = Path(__file__).resolve().parents[3] / "build/firmware"
ARENA = 0x2000_4000
# Reads 64 KB of the arena word by word, caches off, and a constant beside it.
PROGRAM = f"""start: ldr r6, ={ARENA:#x}
  mov r7, #0x4000
1: ldr r0, [r6], #4
  subs r7, #1
  bne 1b
  b end
  .balign 64
weights: .word 28
  .ascii "TFL3"
  .space 1024
end: b end
"""


@pytest.fixture
def cases(tmp_path, capsys):
    """The cases of the program by what and name; what was said."""
    (tmp_path / "a.bin").write_bytes(boot_image(PROGRAM))
    symbols = {
        "start": (CODE, 64, FUNCTION),
        "g_tensor_arena": (ARENA, 0x1_0000, OBJECT),
        "arena_size": (ARENA + 0x1_0000, 4, OBJECT),
        "a_model": (CODE + 64, 1032, OBJECT),
    }
    elf = write_elf(tmp_path / "a.elf", symbols)

    def run(*words):
        out = tmp_path / "o.json"
        words = (tmp_path / "a.bin", "--elf", elf, "--seconds", "0.0001", "--json", out, *words)
        assert main(["time", "--what-if", *map(str, words)]) == 0
        told = json.loads(out.read_text())["what_if"]
        return {(one["what"], one["name"]): one for one in told}, capsys.readouterr().out

    return run


def test_slower_memory_and_clocks_take_longer(cases):
    found, said = cases()

    def ms(what, name):
        return found[what, name]["whole"]["ms"]["mid"]

    assert ms("arena", "DTCM") < ms("arena", "OCRAM") < ms("arena", "SDRAM")
    assert ms("core", "600 MHz") < ms("core", "528 MHz") < ms("core", "132 MHz")
    clocks = [name for what, name in found if what == "QSPI"]
    in_order = [
        ms("QSPI", name) for name in sorted(clocks, key=lambda name: float(name.split()[0]))
    ]
    assert in_order == sorted(in_order, reverse=True)
    assert in_order[0] > in_order[-1]
    for one in found.values():
        interval = one["whole"]["ms"]
        assert interval["low"] <= interval["mid"] <= interval["high"]
    assert "not measured on silicon" in said


def test_what_the_machine_has_is_marked_and_nothing_twice(cases):
    found, said = cases()
    own = [(what, name) for (what, name), one in found.items() if one["as_it_is"]]
    assert own[:3] == [
        ("arena", "DTCM"), ("weights", "QSPI flash"), ("kernels", "QSPI flash"),
    ]  # fmt: skip
    assert ("core", "396 MHz") in own and len(own) == 5
    assert {one["factor"] for one in found.values() if one["as_it_is"]} == {1.0}
    assert said.count("as it is") == 5


def test_the_code_in_itcm_does_not_wait_for_the_flash(cases):
    found, _ = cases()
    assert found["kernels", "QSPI flash"]["whole"]["flash"] > 0
    assert found["kernels", "ITCM"]["whole"]["flash"] == 0


def test_another_arena_can_be_named(cases):
    found, _ = cases("--arena", "arena_size")
    assert found["arena", "SDRAM"]["factor"] == 1.0  # nothing reads it


def test_what_is_not_there_is_said(tmp_path, capsys):
    (tmp_path / "a.bin").write_bytes(boot_image("start: b start"))
    elf = write_elf(tmp_path / "a.elf", {"start": (CODE, 4, FUNCTION)})
    words = ("time", tmp_path / "a.bin", "--elf", elf, "--seconds", "0.00001", "--what-if")
    assert main([*map(str, words)]) == 0
    said = capsys.readouterr().out
    assert "arena not found: --arena names the variable" in said
    assert "weights not found: --weights names the variable" in said
    assert "core" in said


@pytest.mark.skipif(
    not (FIRMWARE / "classify.elf").is_file() or host_inference.wanted(FIRMWARE / "classify.elf"),
    reason="`make firmware` has not built it with TFLM",
)
def test_a_frame_of_an_application(tmp_path, capsys):
    options = ("--app", "classify", "--firmware", FIRMWARE, "--what-if")
    assert main(list(map(str, ("time", *options, "--json", tmp_path / "o.json")))) == 0
    told = json.loads((tmp_path / "o.json").read_text())
    labels = [one["label"] for one in told["stages"]]
    assert {"capture", "transfer", "preprocessing", "post-processing"} <= set(labels)
    assert "0 CONV_2D" in labels and labels[-2] == "28 SOFTMAX"
    assert sum(one["whole"]["ms"]["mid"] > 0 for one in told["what_if"]) == 14
    by_case = {(one["what"], one["name"]): one["factor"] for one in told["what_if"]}
    assert 1 < by_case["arena", "OCRAM"] < by_case["arena", "SDRAM"]
    assert by_case["weights", "OCRAM"] < 1 < by_case["kernels", "QSPI flash"]
    # A camera that is waited for, and a network that is not.
    waiting = {one["label"]: one["waiting"] for one in told["stages"]}
    assert waiting["capture"] > 50
    assert waiting["0 CONV_2D"] == pytest.approx(0, abs=1e-9)
    network = sum(one["instructions"] for one in told["stages"] if one["label"][0].isdigit())
    assert network == pytest.approx(25_110_000, rel=0.02)


def test_a_picture_of_it(cases, tmp_path):
    cases("--plot", tmp_path / "o.svg")
    text = (tmp_path / "o.svg").read_text()
    assert ">132 MHz<" in text and ">all<" in text
    with pytest.raises(SystemExit):
        main(["time", "a.bin", "--plot", str(tmp_path / "o.gif")])
