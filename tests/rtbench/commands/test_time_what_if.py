"""`rtbench time --what-if`: what moving things and other clocks come to."""

import json
from pathlib import Path

import pytest

from rtbench import host_inference
from rtbench.cli import main
from tests.rt1062.boot_image import CODE, boot_image
from tests.rt1062.tiny_elf import FUNCTION, OBJECT, write_elf

FIRMWARE = Path(__file__).resolve().parents[3] / "build/firmware"
PAGE = Path(__file__).resolve().parents[3] / "docs/timing.md"
# Rows of its table, and what the command calls them.
ROWS = {
    "a frame, from the command to the result": "frame",
    "of it the network (`Invoke`)": "invoke",
    "arena in OCRAM": "arena OCRAM",
    "arena in SDRAM": "arena SDRAM",
    "weights in OCRAM": "weights OCRAM",
    "kernels in flash": "kernels QSPI flash",
    "core at 528 MHz": "core 528 MHz",
    "core at 396 MHz": "core 396 MHz",
    "core at 132 MHz": "core 132 MHz",
    "flash at 60 MHz": "QSPI 60 MHz",
    "flash at 133 MHz": "QSPI 133 MHz",
}
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


def predictions(app: str) -> dict[str, tuple[float, float, float]]:
    """The table of docs/timing.md for an application, by what it is of: mid, low, high."""
    section = PAGE.read_text().partition("\n## Predictions\n")[2]
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    column = rows[0].index(app)
    return {
        row[0]: (float(row[column]), *map(float, row[column + 1].split(" to ")))
        for row in rows[2:]
        if " to " in row[column + 1]
    }


@pytest.mark.skipif(
    not (FIRMWARE / "classify.elf").is_file() or host_inference.wanted(FIRMWARE / "classify.elf"),
    reason="`make firmware` has not built it with TFLM",
)
@pytest.mark.parametrize("app", ["classify", "count"])
def test_a_frame_of_an_application_is_as_predicted(app, tmp_path, capsys):
    event = {"event": "log", "level": "info", "message": "invoked", "cycles": 20_000_000}
    (tmp_path / "board.log").write_text(json.dumps(event, separators=(",", ":")))
    outs = {name: tmp_path / f"{name}.json" for name in ("json", "export")}
    options = ["--app", app, "--firmware", FIRMWARE, "--what-if"]
    options += ["--compare", tmp_path / "board.log"]
    for name, path in outs.items():
        options += [f"--{name}", path]
    assert main(["time", *map(str, options)]) == 0
    told, exported = (json.loads(path.read_text()) for path in outs.values())
    labels = [one["label"] for one in told["stages"]]
    assert {"capture", "transfer", "preprocessing", "post-processing"} <= set(labels)
    by_case = {(one["what"], one["name"]): one["factor"] for one in told["what_if"]}
    assert len(by_case) == 14
    assert 1 < by_case["arena", "OCRAM"] < by_case["arena", "SDRAM"]
    assert by_case["weights", "OCRAM"] < 1 < by_case["kernels", "QSPI flash"]
    # A camera that is waited for, and a network that is not.
    waiting = {one["label"]: one["waiting"] for one in told["stages"]}
    assert waiting["capture"] > 50
    assert waiting["0 CONV_2D"] == pytest.approx(0, abs=1e-9)
    # What a board's own cycles are set beside.
    invoke = exported["cycles"]["invoke"]
    operators = [one for stage, one in exported["cycles"].items() if stage[0].isdigit()]
    assert invoke["mid"] == pytest.approx(sum(one["mid"] for one in operators), rel=0.001)
    (beside,) = told["compared"]
    assert beside["stage"] == "invoke"
    assert beside["error"] == pytest.approx(invoke["mid"] / 20_000_000 - 1)
    # And what docs/timing.md has predicted.
    found = {
        f"{what} {name}": one["whole"]["ms"]
        for (what, name), one in zip(by_case, told["what_if"], strict=True)
    }
    found["frame"] = told["whole"]["ms"]
    found["invoke"] = {end: cycles / 600_000 for end, cycles in invoke.items()}
    written = predictions(app)
    assert written.keys() == ROWS.keys()
    for row, name in ROWS.items():
        now = found[name]
        assert written[row] == pytest.approx((now["mid"], now["low"], now["high"]), rel=0.02), row


def test_a_picture_of_it(cases, tmp_path):
    cases("--plot", tmp_path / "o.svg")
    text = (tmp_path / "o.svg").read_text()
    assert ">132 MHz<" in text and ">all<" in text
    with pytest.raises(SystemExit):
        main(["time", "a.bin", "--plot", str(tmp_path / "o.gif")])
