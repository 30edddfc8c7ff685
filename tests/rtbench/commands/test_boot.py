"""`rtbench boot`: what any firmware does, told as it happens."""

import json
import os
import pty
import select
import subprocess
import sys
import time

import pytest

from rtbench.cli import main
from tests.rt1062.boot_image import boot_image
from tests.rt1062.firmware_files import included, write_elf

UART = {1: 0x4018_4000, 6: 0x4019_8000}
# Connects LPUART1 to AD_B0_12 and 13, LPUART6 to AD_B0_02 and 03 with its input select.
PINS = """start: ldr r0, =0x401F80EC
  movs r1, #2
  str r1, [r0]
  str r1, [r0, #4]
  ldr r0, =0x401F80C4
  str r1, [r0]
  str r1, [r0, #4]
  ldr r0, =0x401F8550
  movs r1, #1
  str r1, [r0]
"""
# Prints a text with a newline and one without, echoes what is typed, lights the LED (GPIO1.9).
TALKS = f"""
{PINS} ldr r4, =0x{{uart:08X}}
  ldr r0, =0x0F00000D
  str r0, [r4, #0x10]
  movs r0, #3
  lsls r0, r0, #18
  str r0, [r4, #0x18]
  ldr r0, =0x401F80E0
  movs r1, #5
  str r1, [r0]
  ldr r0, =0x401B8000
  mov r1, #0x200
  str r1, [r0, #4]
  adr r5, text
next: ldrb r0, [r5], #1
  cbz r0, echo
  bl put
  b next
echo: ldr r0, [r4, #0x14]
  tst r0, #0x200000
  beq echo
  ldr r0, [r4, #0x1C]
  uxtb r0, r0
  bl put
  b echo
put: ldr r1, [r4, #0x14]
  tst r1, #0x800000
  beq put
  str r0, [r4, #0x1C]
  bx lr
text: .asciz "ready 1\\n> "
  .balign 4
"""


@pytest.fixture
def boot(tmp_path, capsys):
    """Boot assembly text; exit code, output, errors."""

    def run(source, *options):
        (tmp_path / "a.bin").write_bytes(boot_image(source))
        code = main(["boot", str(tmp_path / "a.bin"), *map(str, options)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.mark.parametrize("number", [1, 6])
def test_lines_prompt_led_and_typed_text_of_any_uart(boot, number):
    source = TALKS.format(uart=UART[number])
    options = ("--uart", f"lpuart{number}", "--expect", "> ", "--type", "bob", "--seconds", 1)
    code, out, _ = boot(source, *options, "--expect", "bob")
    assert code == 0
    told = [line.split(None, 1)[1] for line in out.splitlines()]
    port = f"LPUART{number}"
    assert f"{port}   ready 1" in told
    assert f"{port}   > bob" in told
    assert "LED       on" in told
    assert out.splitlines()[-1].startswith("core: spinning at 0x")
    assert f"on {port} STAT" in out


def test_a_prompt_without_newline_is_shown_and_kept(boot, tmp_path):
    _, out, _ = boot(TALKS.format(uart=UART[1]), "--seconds", 0.05, "--json", tmp_path / "o.json")
    assert ">  (no end of line)" in out
    kept = json.loads((tmp_path / "o.json").read_text())
    assert kept["unfinished"] == {"LPUART1": "> "}
    assert [one["text"] for one in kept["events"] if "text" in one] == ["ready 1"]
    assert (kept["verdict"], kept["state"]["kind"]) == ("ran", "spinning")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--expect", "never"), "'never' did not come within 0.05 s"),
        (("--fail", "ready"), "'ready' was printed"),
    ],
)
def test_claims_that_do_not_hold_are_exit_code_1(boot, options, said):
    code, _, err = boot(TALKS.format(uart=UART[1]), "--seconds", 0.05, *options)
    assert (code, said in err) == (1, True)


def test_a_terminal_at_another_rate_shows_no_text_and_says_why(boot):
    source = TALKS.format(uart=UART[1])
    _, out, err = boot(source, "--seconds", 0.05)
    assert ("ready 1" in out, "the nearest usual rate" in err) == (True, True)
    _, out, err = boot(source, "--seconds", 0.05, "--baud", 115200)
    assert "ready 1" not in out
    assert "makes 384615 baud of a clock of 80000000 Hz, 233.9% off 115200, the terminal's" in err


def test_the_elf_alone_is_enough_and_gives_symbol_and_line(tmp_path, capsys):
    image = boot_image("start: b start")
    elf = write_elf(tmp_path / "a.elf", included(tmp_path / "a.raw", image))
    assert main(["boot", str(elf), "--seconds", "0.001"]) == 0
    assert "core: running at 0x6000" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--uart", "lpuart9"), "--uart must be one of LPUART1, "),
        (("--pads", "GPIO9.99"), "a pad must be one of the chip such as GPIO1.9 or "),
        (("--json", "/no/such/folder/o.json"), "the directory for --json does not exist"),
    ],
)
def test_a_wrong_setting_is_one_line_and_exit_code_2(boot, options, said):
    code, _, err = boot("start: b start", *options)
    assert (code, said in err, len(err.splitlines())) == (2, True, 1)


@pytest.mark.parametrize(
    "options",
    [
        ("--led-lit", "red"),
        ("--seconds", "nan"),
        ("--timeout", "-1"),
        ("--baud", "0"),
        ("--baud", "9600.5"),
    ],
)
def test_a_value_that_cannot_be_is_refused(boot, options):
    with pytest.raises(SystemExit, match="2"):
        boot("start: b start", *options)


def heard(child: subprocess.Popen, wanted: bytes) -> bytes:
    """What a child says up to `wanted`; it fails rather than waits for ever."""
    said, end = b"", time.monotonic() + 60
    while wanted not in said:
        ready, _, _ = select.select([child.stdout], [], [], max(end - time.monotonic(), 0))
        part = os.read(child.stdout.fileno(), 4096) if ready else b""
        if not part:
            child.kill()
            pytest.fail(f"{wanted!r} did not come, only {said!r}")
        said += part
    return said


def test_the_terminal_is_the_firmwares_until_ctrl_bracket(tmp_path):
    (tmp_path / "a.bin").write_bytes(boot_image(TALKS.format(uart=UART[6])))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "rtbench.cli", "boot", str(tmp_path / "a.bin")]
    with subprocess.Popen(
        [*command, "--console", "lpuart6", "--interactive"],
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0,
    ) as child:  # fmt: skip
        assert b"ready 1\r\n> " in heard(child, b"> ")
        os.write(ours, b"bob")
        heard(child, b"bob")
        os.write(ours, b"\x1d")
        rest = child.stdout.read()
    assert child.returncode == 0
    assert b"core: spinning at 0x6000" in rest
    os.close(ours)
    os.close(theirs)


def test_interactive_without_a_terminal_is_refused(boot, monkeypatch, tmp_path):
    with (tmp_path / "empty").open("wb+") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        code, _, err = boot("start: b start", "--interactive")
    assert (code, "--interactive needs a terminal" in err, len(err.splitlines())) == (2, True, 1)


def test_changes_of_a_fast_led_are_counted_instead_of_shown(boot, tmp_path):
    blink = (
        "start: ldr r0, =0x401F80E0\n movs r1, #5\n str r1, [r0]\n ldr r0, =0x401B8000\n"
        " mov r1, #0x200\n str r1, [r0, #4]\n add r0, #0x8C\n1: str r1, [r0]\n mov r2, #600\n"
        "2: subs r2, #1\n bne 2b\n b 1b"
    )
    _, out, _ = boot(blink, "--seconds", 0.001, "--json", tmp_path / "o.json")
    led = [line.split(None, 2)[2] for line in out.splitlines() if " LED " in line]
    assert led[:2] == ["off", "on"] or led[:2] == ["on", "off"]
    count = sum("pad" in one for one in json.loads((tmp_path / "o.json").read_text())["events"])
    assert 400 < count < 600
    assert led[20:] == [f"{count - 20} more, {count} in all, every 2.0 us"]


def test_a_led_and_a_console_that_are_moved_by_options(boot):
    source = TALKS.format(uart=UART[6]).replace("0x401F80E0", "0x401F8148")
    source = source.replace("0x401B8000", "0x401BC000").replace("#0x200\n", "#8\n")
    moved = ("--console", "lpuart6", "--led", "GPIO2.3", "--led-lit", "high", "--seconds", 0.1)
    code, out, _ = boot(source, *moved, "--expect", "> ", "--type", "x", "--expect", "> x")
    assert (code, "LPUART6   ready 1" in out) == (0, True)
    _, out, _ = boot(source.replace("str r1, [r0, #4]", "str r1, [r0, #4]\n str r1, [r0]"), *moved)
    assert "LED       on" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--console", "lpuart9"), "console must be an LPUART of the chip, not 'LPUART9'"),
        (("--led", "GPIO9.1"), "a pad must be one of the chip"),
        (("--board", "teensy41", "--led", "BUTTON"), "not 'BUTTON'"),
        (("--camera", "lpspi4"), "--camera must be SPI,I2C,SELECT"),
        (("--camera", "lpspi9,lpi2c1,GPIO2.0"), "camera must be on an LPSPI of the chip"),
        (("--board", "no-such.toml"), "no-such.toml"),
    ],
)
def test_a_board_that_cannot_be_is_one_line_and_exit_code_2(boot, options, said):
    code, _, err = boot("start: b start", *options)
    assert (code, said in err, len(err.splitlines())) == (2, True, 1)


def test_every_command_that_boots_shows_the_diagnoses(tmp_path, capsys, monkeypatch):
    source = "start: ldr r0, =0x403DC000\n ldr r1, [r0, #0x10]\n ldr r0, =0x30000000\n ldr r1, [r0]"
    (tmp_path / "a.bin").write_bytes(boot_image(source))
    for command in (["run", "--app", "classify", "--scenes", "1"], ["evaluate", "--scenes", "1"]):
        monkeypatch.chdir(tmp_path)
        assert main([*command, "--image", str(tmp_path / "a.bin")]) == 1
        err = capsys.readouterr().err
        assert "note: PWM1: 1 register not modelled (+ 0x10), first a read" in err
        assert "fault: 0.000" in err
        assert "PRECISERR: access to where there is nothing at 0x30000000" in err
