"""Keywords about what the camera sees, and how it fails, for any firmware."""

from pathlib import Path

from robot.api.deco import keyword, library

from rtbench import frames
from rtbench.items import Frame
from rtbench.robot import picture
from rtbench.robot.bench import BENCH
from rtbench.robot.patterns import pattern


@library(scope="GLOBAL")
class PictureKeywords:
    """Pictures behind the camera's registers: each capture of the firmware takes the oldest."""

    @keyword(tags=["picture"])
    def feed_picture(self, path: Path) -> None:
        """An image file of any format, turned upright, cropped and scaled to the sensor's size."""
        data = frames.to_rgb565(frames.load_picture(Path(path)))
        self._feed(Frame(Path(path).name, data))

    @keyword(tags=["picture"])
    def feed_pattern(self, name: str) -> None:
        """A test pattern: colour bars, gradient, noise, dark noise, black or white."""
        self._feed(Frame(f"pattern {name}", pattern(name)))

    @keyword
    def feed_frame_bytes(self, content: bytes) -> None:
        """A frame as it is, 18,432 bytes or any other number that the firmware shall notice."""
        BENCH.machine.feed_frame(content, f"{len(content)} bytes")

    def _feed(self, frame: Frame) -> None:
        BENCH.machine.feed_frame(frame.data, frame.id)
        picture.show(frame)

    @keyword
    def pictures_waiting_should_be(self, count: int) -> None:
        """So many pictures are fed and not captured."""
        found = BENCH.machine.frames_queued
        BENCH.check(found == count, f"{found} pictures wait, expected {count}")

    @keyword
    def captured_pictures(self) -> list[str]:
        """The names of the pictures that were captured, the oldest first."""
        return BENCH.machine.captured_ids

    @keyword
    def break_camera(self, fault: str, value: int | None = None) -> None:
        """Switch on a fault: absent, dead_spi, capture_never_done, late_frame, short_fifo, ...

        All names are in ``rt1062.camera_faults``; another name is an error that lists them.
        """
        BENCH.machine.set_fault(fault, value)

    @keyword
    def mend_camera(self) -> None:
        """The camera works again."""
        BENCH.machine.clear_faults()
