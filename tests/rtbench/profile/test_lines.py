"""Lines of the source that were executed, from the line table of a linked ELF."""

import subprocess
from pathlib import Path

import pytest

from rt1062.errors import SetupError
from rt1062.observations import Block, Executed
from rt1062.symbols import Symbols
from rtbench.cli import main
from rtbench.profile import lines
from tests.rt1062.boot_image import boot_image

HELLO = Path(__file__).resolve().parents[3] / "build/firmware/hello.elf"
BASE = 0x6000_2000
SOURCE = """.syntax unified
.thumb
.cpu cortex-m7
.section .text.kept,"ax"
.global kept
.type kept, %function
kept: movs r0, #3
again: subs r0, #1
 bne again
 cbz r1, out
 nop
out: bx lr
.size kept, .-kept
.section .text.gone,"ax"
.type gone, %function
gone: bx lr
.size gone, .-gone
"""
LINE = {text.split(":")[0].split()[0]: n for n, text in enumerate(SOURCE.splitlines(), 1)}


def link(folder, flags=("-g",)):
    """The source above in an ELF; `gone` is dropped by the linker."""
    (folder / "a.s").write_text(SOURCE)
    for command in (
        ["arm-none-eabi-as", *flags, "-o", "a.o", "a.s"],
        ["arm-none-eabi-ld", "--gc-sections", "-ekept", f"-Ttext={BASE:#x}", "-oa.elf", "a.o"],
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "a.elf"


def block(first, length, runs):
    return Block(BASE + first, length, runs, runs * length // 2, 0)


@pytest.fixture
def found(tmp_path):
    """Coverage of three times around the loop and past the `nop`."""
    elf = link(tmp_path)
    # As the core cuts it: into the loop from above, then from its end; the branch over the `nop`.
    done = Executed((block(0, 6, 1), block(2, 4, 2), block(6, 2, 1), block(10, 2, 1)), ())
    return lines.coverage(elf, Symbols(elf).functions, done), tmp_path


def test_a_line_counts_all_blocks_it_is_in(found):
    (one,) = found[0].values()
    first = LINE["kept"]
    assert one.lines == {first: 1, first + 1: 3, first + 2: 3, first + 3: 1, first + 4: 0,
                         first + 5: 1}  # fmt: skip
    assert one.hit == 5


def test_a_function_has_its_line_and_how_often_it_was_entered(found):
    (one,) = found[0].values()
    assert one.functions == {"kept": (LINE["kept"], 1)}


def test_code_that_the_linker_has_dropped_is_not_there(found):
    (one,) = found[0].values()
    assert LINE["gone"] not in one.lines


def test_the_tracefile_is_lcovs(found):
    report = lines.tracefile(found[0]).splitlines()
    source = (found[1] / "a.s").resolve()
    assert report[:2] == ["TN:", f"SF:{source}"]
    first = LINE["kept"]
    expected = [f"FN:{first},kept", "FNDA:1,kept", "FNF:1", "FNH:1", f"DA:{first},1",
                f"DA:{first + 1},3"]  # fmt: skip
    assert report[2:8] == expected
    assert report[-3:] == ["LF:6", "LH:5", "end_of_record"]


def test_an_elf_without_lines_says_what_to_do(tmp_path):
    elf = link(tmp_path, ())
    with pytest.raises(SetupError, match="no line table in it; compile with -g"):
        lines.coverage(elf, Symbols(elf).functions, Executed((), ()))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--elf", "a.elf"), "a.elf: no line table in it; compile with -g"),
        ((), "symbols are read from the firmware's ELF, and none was given"),
    ],
)
def test_what_is_missing_is_said_before_the_run(tmp_path, monkeypatch, capsys, options, said):
    monkeypatch.chdir(tmp_path)
    link(tmp_path, ())
    (tmp_path / "a.bin").write_bytes(boot_image("start: b start"))
    assert main(["boot", "a.bin", *options, "--coverage", "a.info"]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert "core:" not in told.out
    assert not (tmp_path / "a.info").exists()


@pytest.mark.skipif(not HELLO.is_file(), reason="`make firmware` has not built it")
def test_coverage_of_a_run_of_the_firmware(tmp_path, capsys):
    path = tmp_path / "hello.info"
    assert main(["boot", str(HELLO), "--seconds", "0.6", "--coverage", str(path)]) == 0
    records = path.read_text().split("end_of_record\n")
    of_uart = next(one for one in records if "SF:drivers/lpuart.cc" in one)
    assert "FNDA:1,drivers::Lpuart::Start\n" in of_uart
    assert "FNDA:2,drivers::Lpuart::Write\n" in of_uart  # the boot event and one line
    assert "FNDA:0,drivers::Lpuart::WritePolled\n" in of_uart  # only after a fault
    assert f"lines in {len(records) - 1} files, {path}" in capsys.readouterr().out
