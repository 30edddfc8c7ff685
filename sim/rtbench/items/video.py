"""Videos, through an ffmpeg that is installed: each frame as the camera would see it."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image

from rt1062.errors import SetupError
from rtbench import frames
from rtbench.items.item import Frame, Item, key_of
from rtbench.terminal import printable

VIDEOS = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".mjpeg", ".mjpg")
MOST_FRAMES = 20_000  # of 18 kB each
MOST_HEADER = 64


def video(path: Path) -> list[Item]:
    """A video's frames in order; SetupError without ffmpeg, or with its last words."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise SetupError(
            f"{path}: videos need ffmpeg, which is not installed; a folder of numbered pictures "
            "or an animated GIF needs none"
        )
    name = printable(path.name)
    command = [
        program, "-nostdin", "-loglevel", "error", "-i", str(path.resolve()), "-f", "image2pipe",
        "-vcodec", "ppm", "-",
    ]  # fmt: skip
    items, whole = [], False
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            for number, picture in enumerate(_pictures(path, process.stdout)):
                if number == MOST_FRAMES:
                    raise SetupError(f"{path}: more than {MOST_FRAMES:,} frames: cut it")
                data = frames.to_rgb565(frames.fit(Image.fromarray(picture)))
                one = f"{name}[{number}]"
                items.append(Item(one, key_of(one, data.hex()), frame=Frame(one, data)))
            whole = True
        finally:
            if not whole:  # it may be waiting for somebody to read on
                process.kill()
        words = process.stderr.read().decode(errors="replace").strip().splitlines()
    if process.returncode or not items:
        last = words[-1] if words else f"ended with {process.returncode}"
        raise SetupError(f"{path}: ffmpeg cannot read it: {printable(last)}")
    return items


def _pictures(path: Path, stream: IO[bytes]) -> Iterator[np.ndarray]:
    """The binary PPM pictures (netpbm, "ppm") of a stream, uint8 (height, width, 3)."""
    while header := stream.readline(MOST_HEADER):
        words = header.split()
        while len(words) < 4 and (line := stream.readline(MOST_HEADER)):
            words += line.split()
        if len(words) != 4 or words[0] != b"P6" or words[3] != b"255":
            raise SetupError(f"{path}: ffmpeg gave no picture but {header[:20]!r}")
        width, height = int(words[1]), int(words[2])
        data = stream.read(width * height * 3)
        if len(data) != width * height * 3:
            raise SetupError(f"{path}: ffmpeg's last picture is cut short")
        yield np.frombuffer(data, np.uint8).reshape(height, width, 3)
