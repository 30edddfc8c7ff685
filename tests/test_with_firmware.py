"""The firmware that is built, on the Unicorn machine: what a user sees of `rtbench run`."""

import dataclasses
import json
from pathlib import Path

import pytest
from PIL import Image

from rt1062 import boards
from rt1062.unicorn.machine import UnicornMachine
from rtbench import cli, frames, host_inference
from rtbench.link.firmware import Firmware
from rtbench.robot.patterns import pattern
from rtbench.robot.transcript import Transcript
from rtbench.tflite.reference import Reference

FIRMWARE = Path(__file__).resolve().parents[1] / "build/firmware"
MODEL = host_inference.MODELS / "classification/model.tflite"

pytestmark = pytest.mark.skipif(
    not (FIRMWARE / "classify.elf").is_file(), reason="`make firmware` has not built it"
)


def rtbench(*arguments: object) -> int:
    options = ("--emulator", "unicorn", "--firmware", FIRMWARE)
    return cli.main([str(one) for one in (*arguments, *options)])


def test_hello_says_its_line_every_half_second(tmp_path, capsys):
    assert rtbench("run", "--app", "hello", "--seconds", "1.1", "--json", tmp_path / "o.json") == 0
    console = json.loads((tmp_path / "o.json").read_text())["console"]
    events = [json.loads(line["text"]) for line in console]
    assert [event["event"] for event in events] == ["boot", "log", "log"]
    assert [event["count"] for event in events[1:]] == [1, 2]
    assert [round(line["time_us"] / 1e6, 2) for line in console[1:]] == [0.5, 1.0]
    assert capsys.readouterr().out.count("\n") == 3


def test_a_new_flash_whose_qe_is_0_boots():
    new = dataclasses.replace(boards.DEFAULT, quad_enabled=False)
    with UnicornMachine(FIRMWARE / "hello.bin", board=new) as machine:
        machine.power_on()
        machine.run_for(0.1)
        assert json.loads(machine.console[0].text)["event"] == "boot"
        assert machine.warnings == []


def test_run_gives_the_reference_s_output_for_each_picture(tmp_path, capsys):
    files = []
    for name in ("noise", "gradient"):
        files.append(tmp_path / f"{name}.png")
        Image.fromarray(frames.from_rgb565(pattern(name))).save(files[-1])
    assert rtbench("run", "--images", *files, "--json", tmp_path / "o.json") == 0
    report = json.loads((tmp_path / "o.json").read_text())
    assert report["counts"]["results"] == 2
    with Reference(MODEL) as reference:
        for row, file in zip(report["results"], files, strict=True):
            tensor = frames.input_tensor(frames.to_rgb565(frames.load_picture(file)))
            assert row["answer"]["output"] == reference.invoke(tensor).ravel().tolist()
    assert "2 pictures, 2 fed, 2 results" in capsys.readouterr().out


def transcript(path: Path) -> str:
    pages = Transcript()
    image, elf = FIRMWARE / "classify.bin", FIRMWARE / "classify.elf"
    with UnicornMachine(image, elf) as machine, host_inference.attached(machine):
        firmware = Firmware(machine)
        pages.follow(machine, image.name)
        firmware.boot()
        firmware.camera_ready()
        firmware.infer(pattern("noise"))
        machine.set_fault("length_zero")
        machine.send("capture\ninfo\nnonsense\n")
        machine.run_for(0.3)
        machine.clear_faults()
        firmware.pull_reset()
        firmware.camera_ready()
        firmware.capture(pattern("gradient"))
        pages.write(path)
    return path.read_text()


def test_the_same_commands_give_the_same_transcript_to_the_byte(tmp_path):
    first, second = transcript(tmp_path / "1.log"), transcript(tmp_path / "2.log")
    assert first == second
    assert first.count("\n") >= 9
    assert '"reset":"pin"' in first


# The table of the sensor's settings is in the image; each mistake changes one entry of it.
SET_UP = bytes.fromhex("DA08C20E")  # IMAGE_MODE and CTRL0


def with_camera_mistake(tmp_path, mistake) -> tuple[list[str], list[str]]:
    """What the firmware says to `infer` with a changed table, and the machine's warnings."""
    image = bytearray((FIRMWARE / "classify.bin").read_bytes())
    start = image.index(SET_UP)
    mistake(image, start)
    (tmp_path / "changed.bin").write_bytes(image)
    machine = UnicornMachine(tmp_path / "changed.bin", FIRMWARE / "classify.elf")
    with machine, host_inference.attached(machine):
        firmware = Firmware(machine)
        firmware.boot()
        firmware.camera_ready()
        machine.feed_frame(pattern("noise"), "noise")
        machine.send("infer\n")
        machine.run_for(0.5)
        events = [json.loads(line.text) for line in machine.console]
        return [event.get("code", event["event"]) for event in events], machine.warnings


def test_a_sensor_set_to_yuv422_is_noticed(tmp_path):
    def mistake(image, start):
        image[start + 1] = 0x00

    said, warnings = with_camera_mistake(tmp_path, mistake)
    assert said[-1] == "result"
    assert len(warnings) == 1
    assert "OV2640: IMAGE_MODE is 0x00: YUV422 comes out, not RGB565, since " in warnings[0]


def test_a_sensor_never_set_up_is_noticed(tmp_path):
    def mistake(image, start):
        """All of the table but the width, which the driver reads back, selects a bank."""
        first = image.rindex(bytes.fromhex("FF002CFF"), 0, start)
        for place in range(first, image.index(bytes.fromhex("E51FE000"), start) + 4, 2):
            if image[place] != 0x5A or image[place + 1] != 0x18:
                image[place : place + 2] = b"\xff\x00"

    said, warnings = with_camera_mistake(tmp_path, mistake)
    assert said[-1] == "camera_length"
    assert len(warnings) == 1
    assert "OV2640: R_BYPASS is 0x01: raw data of 1600x1200 come out past the DSP" in warnings[0]
