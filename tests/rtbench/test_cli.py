"""`rtbench` accounts for every picture, says what is wrong in one line and ends with a code."""

import json
import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rt1062 import emulators
from rt1062.errors import MachineError, SetupError
from rtbench import cli, frames, items
from rtbench.commands import interruption
from rtbench.tasks import APPS
from tests.rt1062.tiny_elf import OBJECT, write_elf
from tests.rtbench.fake_machine import BOOT, FakeMachine

PROJECT = Path(__file__).resolve().parents[2]
ERROR = {"event": "error", "code": "camera_timeout", "detail": "no capture in 1000 ms", "frame": 2}


@pytest.fixture
def machine(monkeypatch) -> FakeMachine:
    machine = FakeMachine()
    monkeypatch.setattr(
        emulators, "create", lambda image, elf, emulator, board: _with(machine, image, elf)
    )
    monkeypatch.setenv("COLUMNS", "120")
    return machine


def _with(machine: FakeMachine, image: Path, elf: Path | None) -> FakeMachine:
    machine.image, machine.elf = image, elf
    return machine


@pytest.fixture
def firmware(tmp_path) -> Path:
    directory = tmp_path / "firmware"
    directory.mkdir()
    for app in APPS:
        (directory / f"{app}.bin").write_bytes(b"image")
    write_elf(directory / "classify.elf", {"main": (0, 4, OBJECT)})
    return directory


@pytest.fixture
def photos(tmp_path) -> Path:
    directory = tmp_path / "photos"
    directory.mkdir()
    for number, level in enumerate((0, 100, 200)):
        pixels = np.full((50, 70, 3), level, np.uint8)
        Image.fromarray(pixels).save(directory / f"{number}.png")
    return directory


def rtbench(*arguments: object) -> int:
    return cli.main([str(one) for one in arguments])


# Classify.


def test_a_directory_is_classified_in_order(machine, firmware, photos, tmp_path, capsys):
    machine.classify = lambda frame: frame[0] % 5
    code = rtbench("run", "--images", photos, "--firmware", firmware, "--json", tmp_path / "o.json")
    assert code == 0
    report = json.loads((tmp_path / "o.json").read_text())
    assert [row["id"] for row in report["results"]] == ["0.png", "1.png", "2.png"]
    expected = [frames.to_rgb565(np.full((96, 96, 3), level, np.uint8)) for level in (0, 100, 200)]
    assert [row["crc32"] for row in report["results"]] == [
        f"{zlib.crc32(one):08x}" for one in expected
    ]
    assert [row["answer"]["output_index"] for row in report["results"]] == [
        one[0] % 5 for one in expected
    ]
    assert report["counts"] == {"pictures": 3, "fed": 3, "results": 3, "errors": 0, "not_fed": 0}
    assert report["method"] == frames.METHOD
    assert report["boot"]["memory"]["itcm"] == {"used": 1000, "size": 131072}
    shown = capsys.readouterr().out
    assert "3 pictures, 3 fed, 3 results, 0 errors, 0 not fed" in shown
    assert frames.METHOD in shown.replace("\n", " ")
    assert machine.closed


def test_a_picture_named_twice_is_shown_twice(machine, firmware, photos, tmp_path):
    picture = photos / "1.png"
    code = rtbench(
        "run", "--images", picture, picture, "--firmware", firmware, "--json", tmp_path / "o.json"
    )
    assert code == 0
    assert json.loads((tmp_path / "o.json").read_text())["counts"]["results"] == 2


def test_a_frame_that_failed_is_a_row_and_exit_code_1(machine, firmware, photos, tmp_path, capsys):
    answers = iter([machine._infer, lambda: [machine._queue.pop(0), ERROR][1:], machine._infer])
    machine.answers["infer"] = lambda: next(answers)()
    code = rtbench("run", "--images", photos, "--firmware", firmware, "--json", tmp_path / "o.json")
    assert code == 1
    report = json.loads((tmp_path / "o.json").read_text())
    assert report["counts"] == {"pictures": 3, "fed": 3, "results": 2, "errors": 1, "not_fed": 0}
    assert report["results"][1]["error"] == "camera_timeout no capture in 1000 ms"
    assert report["results"][1]["answer"] is None
    assert "camera_timeout" in capsys.readouterr().out


def test_a_frame_that_was_never_taken_ends_the_run(machine, firmware, photos, tmp_path, capsys):
    machine.answers["infer"] = [ERROR]
    code = rtbench("run", "--images", photos, "--firmware", firmware, "--json", tmp_path / "o.json")
    assert code == 1
    assert "0.png: the firmware did not take the frame" in capsys.readouterr().err
    report = json.loads((tmp_path / "o.json").read_text())
    assert report["counts"] == {"pictures": 3, "fed": 1, "results": 0, "errors": 1, "not_fed": 2}


def test_a_damaged_frame_is_no_result(machine, firmware, photos, tmp_path):
    feed = machine.feed_frame
    machine.feed_frame = lambda frame, frame_id: feed(b"\x55" + frame[1:], frame_id)
    code = rtbench("run", "--images", photos, "--firmware", firmware, "--json", tmp_path / "o.json")
    assert code == 1
    rows = json.loads((tmp_path / "o.json").read_text())["results"]
    assert all(row["error"].startswith("frame damaged: CRC ") for row in rows)


def test_a_result_of_another_frame_is_told(machine, firmware, photos, capsys):
    machine.feed_frame(b"\1" * 18432, "somebody else's")
    assert rtbench("run", "--images", photos, "--firmware", firmware) == 1
    assert "0.png: the firmware's answer belongs to another frame" in capsys.readouterr().err


def test_a_crash_keeps_what_was_done(machine, firmware, photos, tmp_path, capsys):
    fatal = dict.fromkeys(("pc", "lr", "cfsr", "hfsr", "mmfar", "bfar"), "0x1")
    fatal = {"event": "fatal", "fault": "bus", **fatal, "reset_count": 1}
    answers = iter([machine._infer, lambda: [fatal]])
    machine.answers["infer"] = lambda: next(answers)()
    code = rtbench("run", "--images", photos, "--firmware", firmware, "--json", tmp_path / "o.json")
    assert code == 1
    assert "the firmware crashed: bus fault at pc 0x00000001" in capsys.readouterr().err
    counts = json.loads((tmp_path / "o.json").read_text())["counts"]
    assert counts == {"pictures": 3, "fed": 2, "results": 1, "errors": 1, "not_fed": 1}


def test_ctrl_c_keeps_what_was_done(machine, firmware, photos, tmp_path, capsys):
    def infer() -> list:
        os.kill(os.getpid(), signal.SIGINT)
        return machine._infer()

    machine.answers["infer"] = infer
    code = rtbench("run", "--images", photos, "--firmware", firmware, "--json", tmp_path / "o.json")
    assert code == 130
    report = json.loads((tmp_path / "o.json").read_text())
    assert report["interrupted"] is True
    assert report["counts"] == {"pictures": 3, "fed": 1, "results": 1, "errors": 0, "not_fed": 2}
    assert "(interrupted)" in capsys.readouterr().out


def test_host_inference_is_said_loudly(machine, firmware, photos, tmp_path, capsys):
    machine.at_boot[0] = {**BOOT, "inference": "host"}
    base = 0x2020_0000
    machine.memory[base] = bytearray(64)
    write_elf(firmware / "classify.elf", {"inference_mailbox": (base, 32, OBJECT)})
    assert rtbench("run", "--images", photos, "--firmware", firmware) == 0
    captured = capsys.readouterr()
    assert "INFERENCE=host: there is no TFLM in this firmware" in captured.err
    assert "inference host" in captured.out
    assert machine.services == []

    (firmware / "classify.elf").unlink()
    assert rtbench("run", "--images", photos, "--firmware", firmware) == 2
    assert "needs the ELF too" in capsys.readouterr().err


# Hello.


def test_a_firmware_of_plain_text_is_shown_by_run(machine, firmware, tmp_path, capsys):
    machine.at_boot = ["*** My Vision App v1.2 ***", "temp=23.5\u00b0C"]
    options = ("--firmware", firmware, "--json", tmp_path / "o.json", "--seconds", "0.2")
    assert rtbench("run", "--app", "hello", *options) == 0
    assert capsys.readouterr().out.splitlines() == [
        "    0.000000 *** My Vision App v1.2 ***",
        "    0.000100 temp=23.5\u00b0C",
    ]
    report = json.loads((tmp_path / "o.json").read_text())
    assert (report["app"], report["inference"], report["boot"]) == ("hello", None, {})


def test_a_firmware_that_throws_frames_away_is_understood(machine, firmware, photos):
    def infer():
        answer = machine._infer()
        machine._captured += ["", ""]  # two more that nobody is told of
        return answer

    machine.answers["infer"] = infer
    assert rtbench("run", "--images", photos, "--firmware", firmware) == 0


def test_a_firmware_that_answers_the_frame_before_is_asked_again(
    machine, firmware, photos, tmp_path
):
    answers = [machine._infer()]
    machine.frames, machine._captured = 0, []

    def infer():
        answers.append(machine._infer() if machine._queue else answers[-1])
        return answers[-2]

    machine.answers["infer"] = infer
    options = ("--images", photos, "--firmware", firmware, "--json", tmp_path / "o.json")
    assert rtbench("run", *options) == 0
    assert json.loads((tmp_path / "o.json").read_text())["counts"]["results"] == 3


def test_hello_prints_its_console_with_virtual_times(machine, firmware, tmp_path, capsys):
    line = {"event": "log", "level": "info", "message": "hello"}
    machine.at_boot = [{**BOOT, "app": "hello", "inference": "none"}, line]
    options = ("--firmware", firmware, "--seconds", "0.25", "--json", tmp_path / "o.json")
    assert rtbench("run", "--app", "hello", *options) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == '    0.000100 {"event":"log","level":"info","message":"hello"}'
    assert machine.time_us == pytest.approx(250_000)
    assert len(json.loads((tmp_path / "o.json").read_text())["console"]) == 2


# What is wrong in the set-up: exit code 2 and one line.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--images", "{photos}", "--firmware", "nowhere"], "nowhere/classify.bin: no such firm"),
        (["--images", "{photos}", "--image", "none.bin"], "none.bin: no such file"),
        (["--images", "{photos}", "--elf", "none.elf"], "none.elf: no such file"),
        (["--firmware", "{firmware}"], "classify needs frames: --data PATH"),
        (["--images", "nothing", "--firmware", "{firmware}"], "nothing: no such file or directory"),
        (["--images", "{firmware}", "--firmware", "{firmware}"], "no pictures in this directory"),
        (["--images", "{bad}", "--firmware", "{firmware}"], "bad.png: not a picture"),
        (["--images", "{photos}", "--firmware", "{firmware}", "--json", "a/b.json"], "a/b.json"),
        (["--app", "hello", "--firmware", "{firmware}"], "this is the firmware 'classify'"),
    ],
)
def test_setup_errors(machine, firmware, photos, tmp_path, capsys, arguments, message: str):
    (tmp_path / "bad.png").write_text("no picture")
    places = {"photos": photos, "firmware": firmware, "bad": tmp_path / "bad.png"}
    assert rtbench("run", *(one.format(**places) for one in arguments)) == 2
    errors = capsys.readouterr().err
    assert message in errors
    assert errors.count("\n") == 1


def test_a_bad_picture_is_a_row_with_its_reason_and_the_others_go_on(
    machine, firmware, photos, capsys
):
    good = len(list(photos.iterdir()))
    (photos / "9.png").write_text("no picture")
    assert rtbench("run", "--images", photos, "--firmware", firmware) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert f"{good} results, 1 errors" in out
    assert "it is of no format" in out


def test_nothing_but_bad_pictures_is_told_before_the_boot(machine, firmware, tmp_path, capsys):
    (tmp_path / "9.png").write_text("no picture")
    assert rtbench("run", "--images", tmp_path / "9.png", "--firmware", firmware) == 2
    assert machine.console == []


def test_usage_errors_are_exit_code_2(capsys):
    for wrong in (["run", "--seconds", "0"], ["sing"], [], ["run", "--seconds", "nan"]):
        with pytest.raises(SystemExit) as ended:
            rtbench(*wrong)
        assert ended.value.code == 2


def test_other_errors_of_the_bench_are_exit_code_1_without_a_traceback(
    machine, firmware, photos, capsys
):
    def die() -> None:
        raise MachineError("lockup\n  at once\n  last words")

    machine.power_on = die
    assert rtbench("run", "--images", photos, "--firmware", firmware) == 1
    assert capsys.readouterr().err == "rtbench: lockup last words\n"


# Pictures.


def test_directories_are_searched_below_and_hidden_files_left_out(tmp_path):
    for name in ("b/2.JPG", "b/1.png", ".hidden/3.png", "a.png", "notes.txt", "b/.4.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found, others = items.picture_files(tmp_path)
    assert [str(one.relative_to(tmp_path)) for one in found] == ["a.png", "b/1.png", "b/2.JPG"]
    assert others == [(tmp_path / "notes.txt", "pillow reads no .txt files")]


def test_a_named_file_is_taken_whatever_its_ending(tmp_path):
    (tmp_path / "frame.dat").write_bytes(b"")
    assert [one.picture for one in items.find([tmp_path / "frame.dat"])] == [tmp_path / "frame.dat"]
    with pytest.raises(SetupError, match="no such file or directory"):
        items.find([tmp_path / "none.png"])


# The process.


def test_the_second_ctrl_c_interrupts_at_once():
    with interruption.noticed() as stop:
        signal.raise_signal(signal.SIGINT)
        assert stop
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_help_loads_nothing_heavy():
    code = "import sys, rtbench.cli\ntry: rtbench.cli.main(['--help'])\nexcept SystemExit: pass\n"
    code += "assert not sys.modules.keys() & {'numpy', 'rich', 'PIL', 'unicorn'}, sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT, capture_output=True)


def test_doctor_names_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(emulators, "find_renode", lambda: None)
    assert rtbench("doctor", "--firmware", tmp_path, "--emulator", "unicorn") == 2
    shown = capsys.readouterr().out
    assert "unicorn (asked for unicorn" in shown
    for app in APPS:
        assert f"missing: {tmp_path}/{app}.bin; `make firmware` builds it" in shown


def test_doctor_finds_the_firmware_and_its_inference(firmware, monkeypatch, capsys):
    monkeypatch.setattr(emulators, "find_renode", lambda: None)
    assert rtbench("info", "--firmware", firmware, "--emulator", "unicorn") == 0
    assert "classify.bin, 5 bytes, inference tflm" in capsys.readouterr().out
    write_elf(firmware / "classify.elf", {"inference_mailbox": (0, 32, OBJECT)})
    assert rtbench("doctor", "--firmware", firmware, "--emulator", "unicorn") == 0
    assert "inference host" in capsys.readouterr().out


def test_doctor_tells_a_broken_elf(firmware, monkeypatch, capsys):
    monkeypatch.setattr(emulators, "find_renode", lambda: None)
    (firmware / "classify.elf").write_text("text")
    assert rtbench("doctor", "--firmware", firmware, "--emulator", "unicorn") == 2
    assert "missing: " in capsys.readouterr().out


# The last door.


def child(*arguments: object, code: str = "", **environment: str) -> subprocess.CompletedProcess:
    program = f"import sys\n{code}\nfrom rtbench import cli\nsys.exit(cli.main())"
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


BUG = "import rtbench.commands.apps as apps\napps.run = lambda chosen: {}['x\\nyou']\n"


def test_an_uncaught_exception_is_a_bug_of_the_bench_and_no_verdict(tmp_path):
    done = child("apps", code=BUG, TMPDIR=str(tmp_path))
    assert done.returncode == 2 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "a bug of the bench: KeyError" in line and "please report it with" in line
    (report,) = tmp_path.iterdir()
    assert str(report) in line
    assert "Traceback" in report.read_text() and "command: 'apps'" in report.read_text()


def test_a_bug_where_nothing_can_be_written_shows_its_traceback_and_the_line():
    done = child("apps", code=f"{BUG}import tempfile\ntempfile.tempdir = '/no/such'")
    assert done.returncode == 2
    assert "Traceback" in done.stderr and "a bug of the bench" in done.stderr.splitlines()[-1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_under_the_console_is_one_line():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "rtbench.cli", "apps"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "rtbench: No space left on device\n")


def test_odd_names_reach_the_terminal_as_escapes():
    name = b"no\xff\x1b[31m.bin"
    done = subprocess.run(
        [sys.executable, "-m", "rtbench.cli", "boot", name],
        env={**os.environ, "LC_ALL": "C"}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert rb"no\xff\x1b[31m.bin" in line


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGHUP])
def test_a_terminated_command_puts_everything_away(way: signal.Signals, tmp_path):
    code = (
        "import pathlib, signal, time, rtbench.commands.apps as apps\n"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"  # whoever runs us may ignore it
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        "def run(chosen):\n"
        "    try:\n        (here / 'begun').touch()\n        time.sleep(60)\n"
        "    finally:\n        (here / 'put away').touch()\n"
        "apps.run = run\n"
    )
    program = f"import sys\n{code}\nfrom rtbench import cli\nsys.exit(cli.main(['apps']))"
    process = subprocess.Popen([sys.executable, "-c", program])
    while not (tmp_path / "begun").exists():
        assert process.poll() is None
    process.send_signal(way)
    assert process.wait(30) == 143
    assert (tmp_path / "put away").exists()
