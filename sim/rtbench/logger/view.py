"""What somebody sees who logs: the last frame, counts by label, rate and losses."""

import time
from pathlib import Path

from PIL import Image
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from rt1062.files import whole
from rtbench import frames
from rtbench.logger.collector import Collector
from rtbench.logger.folder import LogFolder
from rtbench.logger.picture_text import half_blocks

EVERY_S = 0.2
ZOOM = 4  # of the preview


class View:
    """Shows a session while it lasts; on a terminal a picture, elsewhere nothing.

    `advice` is shown below; `preview` is a file of the last frame, for who has no such terminal.
    """

    def __init__(self, folder: LogFolder, collector: Collector, preview: Path | None, advice: str):
        self._folder, self._collector = folder, collector
        self._preview, self._advice = preview, advice
        self._console = Console(stderr=True)
        self._live = Live(console=self._console, refresh_per_second=5, transient=True)
        self._begin = self._shown = time.monotonic()
        self._pixels = b""

    def __enter__(self) -> "View":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._show("", force=True)
        self._live.stop()

    def frame(self, pixels: bytes) -> None:
        """A frame has arrived."""
        self._pixels = pixels

    def update(self, label: str) -> None:
        """The label that the next frames get; shows what is to be shown, now and then."""
        self._show(label, force=False)

    def _show(self, label: str, force: bool) -> None:
        now = time.monotonic()
        if not force and now - self._shown < EVERY_S:
            return
        self._shown = now
        if self._pixels and self._preview is not None:
            rgb = frames.from_rgb565(self._pixels)
            with whole(self._preview) as part:
                picture = Image.fromarray(rgb)
                picture.resize((rgb.shape[1] * ZOOM, rgb.shape[0] * ZOOM), 0).save(part)
        if self._console.is_terminal:
            self._live.update(self._picture(label, now))

    def _picture(self, label: str, now: float) -> Group:
        table = Table("label", "frames", show_edge=False)
        for name, count in sorted(self._folder.counts.items()):
            mark = "> " if name == label else "  "
            table.add_row(Text(f"{mark}{name or '(none)'}"), str(count))
        arrived = self._collector.account.arrived
        rate = arrived / max(now - self._begin, 0.001)
        lines = f"{rate:.1f} frames a second at {self._collector.baud} baud\n"
        lines += f"{self._collector.account}\n{self._advice}"
        shown = half_blocks(frames.from_rgb565(self._pixels)) if self._pixels else Text("")
        return Group(shown, table, Text(lines))
