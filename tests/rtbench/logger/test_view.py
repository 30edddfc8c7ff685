"""What is seen of a session: a file of the last frame, a picture on a terminal."""

import io

import numpy as np
from PIL import Image
from rich.console import Console

from rtbench import frames, items
from rtbench.link.frame_record import FrameRecord
from rtbench.logger.collector import Arrival, Collector, Wish
from rtbench.logger.folder import LogFolder, Session
from rtbench.logger.view import ZOOM, View
from rtbench.tasks import TASKS
from tests.rtbench.logger.fake_board import FakeBoard


def logged(folder: LogFolder, view: View, number: int, label: str) -> np.ndarray:
    (item,) = items.draw_scenes(TASKS["classify"].scene, 1, number, "test")
    pixels = item.draw().data
    folder.add(Arrival(Wish(label), FrameRecord(pixels, label=label)))
    view.frame(pixels)
    return frames.from_rgb565(pixels)


def test_the_preview_is_the_last_frame_enlarged(tmp_path):
    folder = LogFolder(tmp_path / "log", Session("20260101T000000", "log", "0x2642"))
    with View(folder, Collector(FakeBoard()), tmp_path / "last.png", "") as view:
        logged(folder, view, 0, "cat")
        last = logged(folder, view, 1, "dog")
    folder.close()
    with Image.open(tmp_path / "last.png") as picture:
        shown = np.asarray(picture)
    assert shown.shape == (96 * ZOOM, 96 * ZOOM, 3)
    assert np.array_equal(shown[ZOOM // 2 :: ZOOM, ZOOM // 2 :: ZOOM], last)
    assert {path.name for path in tmp_path.iterdir()} == {"log", "last.png"}


def test_a_terminal_shows_the_frame_counts_rate_and_losses(tmp_path):
    folder = LogFolder(tmp_path / "log", Session("20260101T000000", "log", "0x2642"))
    collector = Collector(FakeBoard())
    view = View(folder, collector, None, "q end")
    rgb = logged(folder, view, 0, "cat")
    logged(folder, view, 0, "dog")
    collector.account.damaged = 3
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=120)
    console.print(view._picture("dog", 0.0))
    shown = console.file.getvalue()
    folder.close()
    assert shown.count("\u2580") == 48 * 24  # two pixels of four a character
    mean = rgb[:2, :2].reshape(-1, 3).mean(axis=0)
    red, green, blue = (int(part) for part in shown.split("38;2;")[1].split("m")[0].split(";")[:3])
    assert np.abs(np.array([red, green, blue]) - mean).max() <= 1
    text = Console(file=io.StringIO(), width=120)
    text.print(view._picture("dog", 0.0))
    said = text.file.getvalue()
    assert "  cat" in said
    assert "> dog" in said
    assert "frames a second at 115200 baud" in said
    assert "3 records damaged" in said
    assert "q end" in said
