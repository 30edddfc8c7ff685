"""`rtbench log`: frames into a folder, from the bench and from a board."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rt1062.errors import SetupError
from rt1062.unicorn.machine import UnicornMachine
from rtbench import cli, items
from rtbench.commands import sources
from rtbench.link.frame_record import FrameRecord
from rtbench.logger.begin import begin
from rtbench.logger.bench_source import BenchSource
from rtbench.logger.collector import Arrival, Collector, Wish
from rtbench.logger.folder import LogFolder, Session
from rtbench.logger.line import BenchLine
from rtbench.logger.serial_line import SerialLine
from rtbench.tasks import TASKS
from tests import failing_writes
from tests.rt1062.renode.real import renode

FIRMWARE = Path(__file__).resolve().parents[3] / "build/firmware"
built = pytest.mark.skipif(
    not (FIRMWARE / "log.elf").is_file(), reason="`make firmware` has not built it"
)


def log(*arguments: object) -> int:
    return cli.main(["log", *(str(one) for one in arguments)])


def bench(out: Path, *arguments: object) -> int:
    place = ("--firmware", FIRMWARE, "--emulator", "unicorn", "--out", out)
    return log("--bench", *place, *arguments)


def manifest(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]


def check(out: Path, scenes: int) -> None:
    """Each scene is there once, in order, pixel for pixel, in its label's folder."""
    drawn = items.draw_scenes(TASKS["classify"].scene, scenes, 0, "test")
    entries = manifest(out)
    assert [entry["source"] for entry in entries] == [item.id for item in drawn]
    pictures, _ = items.picture_files(out)
    assert {str(path.relative_to(out)) for path in pictures} == {one["file"] for one in entries}
    read = {item.id: item.draw() for item in items.find([out])}
    for entry, item in zip(entries, drawn, strict=True):
        frame = item.draw()
        assert read[entry["file"]].data == frame.data
        assert read[entry["file"]].truth.label == frame.truth.label == entry["label"]


@built
@pytest.mark.parametrize("rate", [115_200, 921_600, 3_000_000])
def test_every_scene_is_a_picture(rate, tmp_path, capsys):
    assert bench(tmp_path, "--scenes", 9, "--rate", rate) == 0
    said = capsys.readouterr()
    assert "9 frames are new in" in said.out
    assert "0 asked for again" in said.out
    assert "note:" not in said.err
    check(tmp_path, 9)
    assert [entry["sequence"] for entry in manifest(tmp_path)] == list(range(1, 10))


@built
def test_a_folder_is_gone_on_with(tmp_path, capsys):
    assert bench(tmp_path, "--scenes", 3, "--rate", 3_000_000) == 0
    assert bench(tmp_path, "--scenes", 5, "--rate", 3_000_000) == 0
    assert "3 of 5 frames are there already" in capsys.readouterr().err
    check(tmp_path, 5)


@built
@pytest.mark.parametrize(
    ("emulator", "scenes", "seed"), [("unicorn", 12, 1), ("unicorn", 12, 2), ("renode", 5, 1)]
)
def test_a_bad_line_loses_nothing_and_every_loss_is_named(emulator, scenes, seed, tmp_path, capsys):
    if emulator == "renode":
        renode()  # or skip
    faults = ("--line-faults", "0.00005", "--line-seed", seed)  # one a frame
    where = ("--rate", 3_000_000, "--emulator", emulator)
    assert bench(tmp_path, "--scenes", scenes, *where, *faults) == 0
    said = capsys.readouterr().out.splitlines()
    check(tmp_path, scenes)
    named = [line for line in said if line.startswith("boot ")]
    again = int(next(line for line in said if "arrived" in line).split(", ")[1].split()[0])
    assert len(named) == again > 3


@built
def test_pictures_that_were_there_before_are_told_when_a_folder_is_gone_on_with(tmp_path, capsys):
    first, second, out = (tmp_path / name for name in ("first", "second", "log"))
    assert cli.main(["scenes", "--scenes", "3", "--pictures", str(first)]) == 0
    assert bench(out, "--images", first, "--rate", 3_000_000) == 0
    assert "much like" not in capsys.readouterr().out
    _, other, third = sorted(first.rglob("*.png"))
    (second / "dog").mkdir(parents=True)
    shutil.copy(other, second / "dog/copy.png")
    with Image.open(third) as picture:
        Image.fromarray(np.asarray(picture) // 2 + 60).save(second / "dog/paler.png")
    assert bench(out, "--images", second, "--rate", 3_000_000) == 0
    said = capsys.readouterr().out
    files = [entry["file"] for entry in manifest(out)]
    assert f"{files[3]}: the same pixels as {files[1]}" in said
    assert f"1 frames are much like one before, {files[4]} like {files[2]}" in said
    assert [entry["duplicate_of"] for entry in manifest(out)] == ["", "", "", files[1], ""]


@built
def test_persons_boxes_become_a_coco_file(tmp_path):
    options = ("--task", "count", "--scenes", 3, "--rate", 3_000_000)
    assert bench(tmp_path, *options) == 0
    drawn = items.draw_scenes(TASKS["count"].scene, 3, 0, "test")
    boxes = [[list(map(float, box)) for box in item.draw().truth.boxes] for item in drawn]
    table = json.loads((tmp_path / "annotations.json").read_text())
    assert [one["file_name"] for one in table["images"]] == [e["file"] for e in manifest(tmp_path)]
    found = [[] for _ in drawn]
    for one in table["annotations"]:
        left, top, width, height = one["bbox"]
        found[one["image_id"] - 1].append([left, top, left + width, top + height])
    assert found == boxes
    assert sum(map(len, boxes)) > 0


@built
@failing_writes.NEEDED
def test_a_full_disk_is_one_line(tmp_path):
    preload = failing_writes.build(tmp_path)
    out = tmp_path / "log"
    place = {"LD_PRELOAD": str(preload), "AT_UNDER": str(out), "AT_CHANGE": "9"}
    command = [
        sys.executable, "-m", "rtbench.cli", "log", "--bench", "--firmware", str(FIRMWARE),
        "--emulator", "unicorn", "--scenes", "4", "--rate", "3000000", "--out", str(out),
    ]  # fmt: skip
    done = subprocess.run(command, env=os.environ | place, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "No space left on device" in done.stderr
    assert bench(out, "--scenes", 4, "--rate", 3_000_000) == 0
    check(out, 4)


@built
def test_a_reset_in_the_middle_of_a_frame_mixes_nothing(tmp_path):
    drawn = items.draw_scenes(TASKS["classify"].scene, 14, 0, "test")
    with UnicornMachine(FIRMWARE / "log.bin") as machine:
        machine.power_on()
        line = BenchLine(machine)
        begin(line, reset=False)
        source = BenchSource(machine)
        collector = Collector(line, 0, 3_000_000, source.restarted)
        for item in drawn:
            collector.wish(source.wish(item, str(item.draw().truth.label)))
        arrivals = []
        while collector.waiting:
            arrivals += collector.step(0.01)
            if len(arrivals) == 5 and not collector.account.restarts and not machine.resets[1:]:
                machine.run_for(0.02)  # within the next record
                machine.reset()
    by_id = {item.id: item.draw() for item in drawn}
    assert sorted(one.wish.source for one in arrivals) == sorted(by_id)
    for one in arrivals:
        assert one.record.pixels == by_id[one.wish.source].data
        assert one.record.label == one.wish.label == by_id[one.wish.source].truth.label
    assert len({one.record.boot_id for one in arrivals}) == 2
    assert collector.account.restarts == 1


@built
def test_the_logger_goes_on_after_a_kill(tmp_path):
    for wait_s in (0.3, 0.9, 1.7):
        child = subprocess.Popen([
            sys.executable, "-m", "rtbench.cli", "log", "--bench", "--firmware", str(FIRMWARE),
            "--emulator", "unicorn", "--scenes", "40", "--rate", "3000000", "--out", str(tmp_path),
        ])  # fmt: skip
        before = len(manifest(tmp_path)) if (tmp_path / "manifest.jsonl").is_file() else 0
        end = time.monotonic() + 120
        while time.monotonic() < end:
            time.sleep(0.02)
            if (tmp_path / "manifest.jsonl").is_file():
                lines = (tmp_path / "manifest.jsonl").read_text().count("\n")
                if lines > before:
                    break
        time.sleep(wait_s)
        child.kill()
        child.wait()
    killed = len(manifest(tmp_path))
    scenes = killed + 2
    assert bench(tmp_path, "--scenes", scenes, "--rate", 3_000_000) == 0
    check(tmp_path, scenes)
    assert len({entry["session"] for entry in manifest(tmp_path)}) == 4


@built
def test_the_classifier_answers_a_logged_set_as_the_pictures_that_it_is_of(tmp_path, capsys):
    pictures = tmp_path / "pictures"
    assert cli.main(["scenes", "--scenes", "6", "--pictures", str(pictures)]) == 0
    assert bench(tmp_path / "log", "--images", pictures, "--rate", 3_000_000) == 0
    answers = []
    for data in (pictures, tmp_path / "log"):
        report = tmp_path / f"{data.name}.json"
        place = ("--firmware", str(FIRMWARE), "--emulator", "unicorn", "--json", str(report))
        assert cli.main(["run", "--data", str(data), *place]) == 0
        results = json.loads(report.read_text())["results"]
        answers.append({row["sha256"]: (row["answer"], row["truth"]["label"]) for row in results})
    assert answers[0] == answers[1]
    assert len(answers[0]) == 6


def test_a_split_of_a_logged_folder_can_be_evaluated(tmp_path, capsys):
    session = Session("20260101T000000", "log", "0x2642", "test")
    folder = LogFolder(tmp_path, session)
    folder.add(Arrival(Wish("dog"), FrameRecord(bytes(18432))))
    folder.close()
    parser = argparse.ArgumentParser()
    sources.add_options(parser)
    task = TASKS["classify"]
    chosen = parser.parse_args(["--data", str(tmp_path), "--split", "test"])
    (item,) = sources.find(chosen, task).items
    assert item.label == "dog"
    for place, said in ((tmp_path, "no frame in this split"), (tmp_path / "dog", "--split is of")):
        chosen = parser.parse_args(["--data", str(place), "--split", "train"])
        with pytest.raises(SetupError, match=said):
            sources.find(chosen, task)


def test_the_bench_needs_frames(tmp_path, capsys):
    assert bench(tmp_path) == 2
    assert "--bench needs frames: --scenes N or --images PATH" in capsys.readouterr().err


# What can be wrong: one line each, exit code 2.


def said_once(capsys) -> str:
    lines = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert len(lines) == 1, lines
    return lines[0]


def test_a_port_that_is_not_there(tmp_path, capsys):
    assert log("--serial", "/dev/ttyNONE", "--stop-at", 1, "--out", tmp_path / "log") == 2
    assert "/dev/ttyNONE: cannot be opened as a serial port" in said_once(capsys)


def test_options_of_the_bench_mean_nothing_to_a_board(tmp_path, capsys):
    assert log("--serial", "/dev/ttyNONE", "--scenes", 1, "--out", tmp_path) == 2
    assert "--scenes is of --bench" in said_once(capsys)


@contextmanager
def pty(*arguments: object):
    """`rtbench board --pty` with the logger in it, up to its path."""
    command = [
        sys.executable, "-m", "rtbench.cli", "board", "--pty", "--app", "log",
        "--firmware", str(FIRMWARE), "--emulator", "unicorn", *map(str, arguments),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        try:
            yield child.stdout.readline().decode().strip()
            child.send_signal(signal.SIGINT)
            assert child.wait(60) == 0
        finally:
            child.kill()


@built
def test_a_board_at_a_port_is_logged_label_after_label(tmp_path):
    pictures = tmp_path / "pictures"
    assert cli.main(["scenes", "--scenes", "9", "--pictures", str(pictures)]) == 0
    with pty("--images", pictures) as path:
        out = tmp_path / "log"
        options = ("--labels", "cat,dog", "--stop-at", 4, "--rate", 921_600, "--out", out)
        assert log("--serial", path, *options) == 0
        seen = {item.draw().data for item in items.find([pictures])}
        logged = items.find([out])
        assert [item.label for item in logged] == ["cat"] * 4 + ["dog"] * 4
        assert all(item.draw().data in seen for item in logged)
        assert len({item.draw().data for item in logged}) == 8
        # Another session goes on where this one ended, and finds the board as it was.
        assert log("--serial", path, "--labels", "cat,dog", "--stop-at", 5, "--out", out) == 0
        assert [entry["label"] for entry in manifest(out)][-2:] == ["cat", "dog"]
        wrong_rate(path)


@contextmanager
def at_a_terminal(*arguments: object):
    """`rtbench log` with a terminal of its own: its process and what presses its keys."""
    keyboard, terminal = os.openpty()
    command = [sys.executable, "-m", "rtbench.cli", "log", *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=terminal, stdout=subprocess.PIPE, stderr=terminal, text=True
    ) as child:
        os.close(terminal)
        shown = bytearray()

        def watch() -> None:
            with suppress(OSError):  # it is gone with the process
                while data := os.read(keyboard, 65_536):
                    shown.extend(data)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield child, lambda keys: os.write(keyboard, keys), shown
        finally:
            child.kill()
            child.wait()
            watcher.join()
            os.close(keyboard)


@built
def test_keys_label_capture_take_back_and_end(tmp_path):
    out, drawn = tmp_path / "log", items.draw_scenes(TASKS["classify"].scene, 9, 0, "test")

    def until(files: int) -> None:
        end = time.monotonic() + 60
        while not (out / "manifest.jsonl").is_file() or len(manifest(out)) != files:
            assert time.monotonic() < end, shown[-2000:]
            time.sleep(0.05)

    pictures = tmp_path / "pictures"
    assert cli.main(["scenes", "--scenes", "9", "--pictures", str(pictures)]) == 0
    options = ("--labels", "cat,dog", "--rate", 921_600, "--out", out, "--preview", out / "p.png")
    with (
        pty("--images", pictures) as path,
        at_a_terminal("--serial", path, *options) as (child, press, shown),
    ):
        until(0)
        press(b" 2 ")  # at once: the first with the label that was there before
        until(2)
        press(b"s ")
        until(3)
        press(b"u")
        until(2)
        press(b"2 q")
        said = child.communicate(timeout=60)[0]
        assert child.returncode == 0
    assert "3 frames are new in" in said
    assert [entry["label"] for entry in manifest(out)] == ["cat", "dog", "dog"]
    assert "\u2580".encode() in shown  # the picture in the terminal
    assert b"1-9 label, space capture" in shown
    seen = {item.draw().data for item in drawn}
    assert all(item.draw().data in seen for item in items.find([out / "cat", out / "dog"]))


def wrong_rate(path: str) -> None:
    """Whoever listens at another rate hears no text; on a busy machine, nothing yet."""
    line = SerialLine(path, 9600)
    said = "and no line of text: does the firmware speak another|no answer within .* s at"
    with pytest.raises(SetupError, match=said):
        begin(line, reset=True)
    line.close()


@built
def test_no_camera(tmp_path, capsys, monkeypatch):
    power_on = UnicornMachine.power_on

    def without_a_camera(machine: UnicornMachine) -> None:
        power_on(machine)
        machine.set_fault("absent")

    monkeypatch.setattr(UnicornMachine, "power_on", without_a_camera)
    assert bench(tmp_path, "--scenes", 1) == 2
    assert "unicorn: no camera: camera_absent (no answer on SPI and SCCB)" in said_once(capsys)
