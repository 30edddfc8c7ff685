"""A board on a serial line: the emulated one behind a pseudo-terminal, and what can go wrong."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import tty
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import serial

from rt1062.errors import SetupError
from rt1062.line_faults import LineFaults
from rtbench import cli, host_inference, serial_board
from rtbench.link.firmware import Firmware
from rtbench.serial_board import SerialBoard

FIRMWARE = Path(__file__).resolve().parents[2] / "build/firmware"
on_the_chip = pytest.mark.skipif(
    (FIRMWARE / "classify.elf").is_file() and host_inference.wanted(FIRMWARE / "classify.elf"),
    reason="a board has its own inference, and this firmware was built with INFERENCE=host",
)
built = pytest.mark.skipif(
    not (FIRMWARE / "classify.elf").is_file(), reason="`make firmware` has not built it"
)
START_LIMIT_S = 60


@contextmanager
def bridged(app: str):
    """`rtbench board --pty` in a process of its own, up to the path that it prints."""
    command = [
        sys.executable, "-m", "rtbench.cli", "board", "--pty", "--app", app,
        "--firmware", str(FIRMWARE), "--emulator", "unicorn",
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        try:
            yield child.stdout.readline().strip()
            child.send_signal(signal.SIGINT)
            assert child.wait(START_LIMIT_S) == 0, child.stderr.read()
        finally:
            child.kill()


@pytest.fixture(scope="module")
def classify():
    with bridged("classify") as path:
        yield path


def rtbench(*arguments: object) -> int:
    return cli.main([str(one) for one in arguments])


def on_emulator(*arguments: object) -> int:
    return rtbench(*arguments, "--firmware", FIRMWARE, "--emulator", "unicorn")


def comparable(path: Path) -> list[dict]:
    """What must be the same on a board: all but the times."""
    results = json.loads(path.read_text())["results"]
    for row in results:
        del row["time_us"], row["ms"]
    return results


@built
@on_the_chip
def test_run_on_a_board_answers_as_on_the_emulator(classify, tmp_path, capsys):
    frames = ("--scenes", 2, "--seed", 7)
    assert rtbench("run", "--serial", classify, *frames, "--json", tmp_path / "board.json") == 0
    assert f"board at {classify}, inference tflm" in capsys.readouterr().out
    assert on_emulator("run", *frames, "--json", tmp_path / "emulator.json") == 0
    assert rtbench("compare", tmp_path / "emulator.json", tmp_path / "board.json") == 0
    assert "2 frames in both: the same answers, byte for byte" in capsys.readouterr().out
    board, emulator = (comparable(tmp_path / f"{one}.json") for one in ("board", "emulator"))
    for one, other in zip(board, emulator, strict=True):
        cycles = one.pop("cycles"), other.pop("cycles")
        assert abs(cycles[0]["invoke"] - cycles[1]["invoke"]) < 0.001 * cycles[1]["invoke"]
    assert board == emulator


@built
@on_the_chip
def test_evaluate_on_a_board_gives_the_emulators_rows_and_goes_on(classify, tmp_path, capsys):
    options = ("--scenes", 2, "--reference")
    assert rtbench("evaluate", "--serial", classify, *options, "--out", tmp_path / "board") == 0
    assert "2 of 2 answers are the same, byte for byte" in capsys.readouterr().out
    assert on_emulator("evaluate", *options, "--out", tmp_path / "emulator") == 0
    capsys.readouterr()
    rows = [
        [json.loads(line)["answer"] for line in (tmp_path / one / "rows.jsonl").open()]
        for one in ("board", "emulator")
    ]
    assert rows[0] == rows[1]
    assert rtbench("compare", tmp_path / "emulator", tmp_path / "board") == 0
    assert rtbench("evaluate", "--serial", classify, *options, "--out", tmp_path / "board") == 0
    assert "2 of 2 frames were done before" in capsys.readouterr().err


@built
def test_a_frame_that_is_damaged_on_its_way_is_sent_again(classify, monkeypatch):
    real, sent = serial_board.frame_record.typed, []

    def damaged(record: bytes) -> bytes:
        sent.append(record)
        return real(bytes([*record[:-1], record[-1] ^ 1]) if len(sent) == 1 else record)

    monkeypatch.setattr(serial_board.frame_record, "typed", damaged)
    with SerialBoard(classify) as board:
        firmware = Firmware(board)
        firmware.boot()
        firmware.camera_ready()  # a program that starts its camera reads its console late
        answer = firmware.infer(bytes(18432), "black")
        assert board.captured_ids == ["black"]
        assert board.frames_queued == 0
    assert len(sent) == 2
    assert answer.frame == 1


@built
def test_a_frame_comes_over_a_bad_line_and_each_damage_is_told(classify, monkeypatch):
    with SerialBoard(classify) as board:
        firmware = Firmware(board)
        firmware.boot()
        firmware.camera_ready()  # a program that starts its camera reads its console late
        way, send = LineFaults(0.00005, seed=1).of_terminal(), board.send  # the third comes
        monkeypatch.setattr(board, "send", lambda data: send(b"".join(map(way.carry, data))))
        noise = np.random.default_rng(1).integers(0, 256, 18432, np.uint8)
        board.feed_frame(noise.tobytes(), "noise")
        texts = [line.text for line in board.console]
    assert sum('"message":"frame received"' in text for text in texts) == 1
    assert sum('"event":"error","code":"frame_' in text for text in texts) == 2


@built
def test_another_program_may_come_after_one_that_left_in_the_middle(classify):
    for _ in range(3):
        with serial.Serial(classify, 115200, timeout=5) as port:
            port.write(b"frame\n\n\x02AAAA\nrun 0\n")
            port.read(100)
    with serial.Serial(classify, 115200, timeout=5) as port:
        port.write(b"stop\ninfo\n")
        end = time.monotonic() + 10
        while b'"message":"info"' not in (line := port.readline()):
            assert time.monotonic() < end, line


@built
def test_a_program_that_never_reads_and_one_that_floods_do_not_end_it(classify):
    descriptor = os.open(classify, os.O_RDWR | os.O_NOCTTY)
    os.write(descriptor, b"run 0\n")
    time.sleep(1)
    os.close(descriptor)
    with serial.Serial(classify, 115200, timeout=0.2, write_timeout=30) as port:
        port.write(b"stop\n" + b"x" * 20_000 + b"\n")
        time.sleep(0.1)
    with SerialBoard(classify) as board:
        assert Firmware(board).boot().app == "classify"


@built
def test_the_wrong_application_is_exit_code_2(classify, capsys):
    assert rtbench("run", "--app", "count", "--serial", classify, "--scenes", 1) == 2
    assert f"{classify}: this is the firmware 'classify', not 'count'" in capsys.readouterr().err


# What is no board of ours.


@contextmanager
def played(play):
    """A port behind which `play(descriptor)` runs in a thread."""
    master, slave = os.openpty()
    tty.setraw(slave)
    thread = threading.Thread(target=play, args=(master,), daemon=True)
    thread.start()
    try:
        yield os.ttyname(slave)
    finally:
        os.close(slave)
        thread.join(5)
        os.close(master)


def saying(*texts: bytes):
    """Waits for the first command, says the texts, and takes whatever comes until hang-up."""

    def play(master: int) -> None:
        try:
            os.read(master, 4096)
            for text in texts:
                os.write(master, text)
            while os.read(master, 4096):
                pass
        except OSError:
            pass

    return play


BOOT = (
    b'{"event":"boot","app":"classify","version":"0.1.0","board":"mimxrt1060-evk",'
    b'"chip_id":"0123456789abcdef","reset":"system","reset_count":1,"core_hz":600000000,'
    b'"inference":"tflm","memory":{}}\n'
)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ((), "no answer within 0.3 s at 115200 baud"),
        ((b"\x80\xfe\x00\x1c" * 20,), "80 bytes came within 0.3 s and no line of text"),
        ((b"Zephyr 3.7\r\nuart:~$ \r\n",), "2 lines came within 0.3 s and no boot event"),
    ],
)
def test_no_firmware_of_ours_is_exit_code_2_in_one_line(monkeypatch, capsys, texts, said):
    monkeypatch.setattr(serial_board, "BOOT_LIMIT_S", 0.3)
    with played(saying(*texts)) as port:
        assert rtbench("run", "--serial", port, "--scenes", 1) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_port_that_is_not_there_is_exit_code_2_in_one_line(tmp_path, capsys):
    for path in (tmp_path / "ttyACM9", tmp_path):
        assert rtbench("evaluate", "--serial", path, "--scenes", 1, "--out", tmp_path / "o") == 2
        error = capsys.readouterr().err
        assert f"{path}: cannot be opened as a serial port" in error
        assert error.count("\n") == 1


def test_a_port_that_is_in_use_says_so():
    with played(saying(BOOT)) as port, SerialBoard(port) as board:
        board.power_on()
        with pytest.raises(SetupError, match="another program has it open"):
            SerialBoard(port).power_on()


def test_what_came_before_the_boot_event_is_not_the_boards():
    play = saying(b'\x00garb{"event":"log"', BOOT, b"more\n")
    with played(play) as port, SerialBoard(port) as board:
        board.power_on()
        board.run_for(0.1)
        assert [line.text for line in board.console] == [BOOT.decode().strip(), "more"]
        assert board.console[0].time_us == 0


def test_a_board_that_restarts_while_a_frame_is_sent_is_exit_code_1(capsys):
    def restarting(master: int) -> None:
        try:
            os.read(master, 4096)
            os.write(master, BOOT)
            heard = b""
            while b"\x02" not in heard or not heard.endswith(b"\n"):
                heard += os.read(master, 4096)
            os.write(master, b"\n" + BOOT)
            while os.read(master, 4096):
                pass
        except OSError:
            pass

    with played(restarting) as port:
        assert rtbench("run", "--serial", port, "--scenes", 1) == 1
        error = capsys.readouterr().err
    assert f"{port}: the board restarted while a frame was sent" in error
    assert len(error.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--baud", "9600"), "--baud is of a board"),
        (("--serial", "x", "--image", "a.bin"), "--image means nothing to a board"),
        (("--serial", "x", "--elf", "a.elf"), "--elf means nothing to a board"),
    ],
)
def test_options_that_do_not_go_together_are_exit_code_2(capsys, options, said):
    assert rtbench("run", "--scenes", 1, *options) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "what",
    [
        lambda board: board.reset(),
        lambda board: board.read_memory(0, 1),
        lambda board: board.led,
        lambda board: board.set_fault("no_answer"),
    ],
)
def test_what_only_an_emulator_can_do_is_a_set_up_error(what):
    with pytest.raises(SetupError, match="port: a board on a serial line cannot"):
        what(SerialBoard("port"))
