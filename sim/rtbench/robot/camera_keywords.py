"""Keywords about the camera: frames fed, captures asked for, faults switched on and off."""

import zlib
from datetime import timedelta
from pathlib import Path

import numpy as np
from robot.api.deco import keyword, library

from rtbench import frames
from rtbench.items import Frame, GroundTruth
from rtbench.link.events import CameraReady, Capture, ErrorEvent
from rtbench.link.firmware import FirmwareError
from rtbench.robot import picture
from rtbench.robot.classification_keywords import scene_frame
from rtbench.robot.patterns import pattern
from rtbench.robot.session import SESSION

STUCK, FLIPPED = "stuck_bytes", "flipped_bytes"


@library(scope="GLOBAL")
class CameraKeywords:
    """A frame is named, so that what is captured can be told from what was fed."""

    def __init__(self) -> None:
        self._sent_at_us = 0.0
        self._answer: Capture | None = None

    # Feeding.

    @keyword(tags=["picture"])
    def feed_frame(self, name: str) -> Frame:
        """Put one of the test patterns behind the camera."""
        return self._feed(Frame(f"pattern {name}", pattern(name)))

    @keyword(tags=["picture"])
    def feed_scene(self, label: str, seed: int, split: str = "test") -> Frame:
        """Put a synthetic scene with its label behind the camera."""
        return self._feed(scene_frame(label, seed, split))

    @keyword(tags=["picture"])
    def feed_picture(self, path: Path, label: str | None = None) -> Frame:
        """Put an image file behind the camera, made fit as `rtbench run` does."""
        data = frames.to_rgb565(frames.load_picture(path))
        return self._feed(Frame(path.name, data, GroundTruth(label=label)))

    @keyword
    def feed_bytes(self, length: int) -> Frame:
        """Put a frame of another length than the sensor's behind the camera."""
        return self._feed(Frame(f"{length} bytes", (pattern("noise") * 2)[:length]))

    def _feed(self, frame: Frame) -> Frame:
        SESSION.feed(frame)
        if len(frame.data) == frames.FRAME_BYTES:
            picture.show(frame)
        return frame

    @keyword
    def frames_waiting_should_be(self, count: int) -> None:
        """So many frames are fed and not captured."""
        queued = SESSION.machine.frames_queued
        SESSION.check(queued == count, f"{queued} frames are waiting, expected {count}")

    # Capturing.

    @keyword
    def capture_frame(self) -> Capture:
        """Ask for a capture and wait for it."""
        self._sent_at_us = SESSION.machine.time_us
        self._answer = SESSION.firmware.capture()
        return self._answer

    @keyword
    def captured_frame_should_be_intact(self, bytes_read: int | None = None) -> None:
        """What the firmware read is the frame that was fed last, or its first bytes."""
        crc32 = f"{zlib.crc32(SESSION.last_fed.data[:bytes_read]):08x}"
        self._check_bytes(crc32)

    @keyword
    def captured_frame_should_be_damaged_by(self, fault: str, value: int) -> None:
        """What the firmware read is the fed frame with exactly this fault's damage."""
        data = np.frombuffer(SESSION.last_fed.data, np.uint8).copy()
        if fault == STUCK:
            data[value:] = data[value]
        elif fault == FLIPPED:
            data[value - 1 :: value] ^= 1
        else:
            raise ValueError(f"fault must be {STUCK} or {FLIPPED}, not {fault!r}")
        self._check_bytes(f"{zlib.crc32(data.tobytes()):08x}")

    def _check_bytes(self, crc32: str) -> None:
        answer = self._answer
        if answer is None:
            raise AssertionError("nothing has been captured")
        SESSION.check(answer.crc32 == crc32, f"the frame's CRC is {answer.crc32}, expected {crc32}")
        last = SESSION.machine.captured_ids[-1]
        SESSION.check(
            last == SESSION.last_fed.id,
            f"the camera put out {last!r}, expected {SESSION.last_fed.id!r}",
        )

    @keyword
    def capture_should_have_taken(self, at_least: timedelta, at_most: timedelta) -> None:
        """Virtual time from the command to the captured event."""
        taken = (self._answer.time_us - self._sent_at_us) / 1_000_000
        SESSION.check(
            at_least.total_seconds() <= taken <= at_most.total_seconds(),
            f"the capture took {taken * 1000:.3f} ms, expected {at_least} to {at_most}",
        )

    @keyword
    def capture_should_fail_with(
        self, code: str, detail: str | None = None, command: str = "capture"
    ) -> ErrorEvent:
        """Ask for a capture (or `infer`); it ends in this error."""
        self._sent_at_us = SESSION.machine.time_us
        try:
            getattr(SESSION.firmware, command)()
        except FirmwareError as error:
            event = error.event
        else:
            raise AssertionError(f"{command} worked, expected the error {code}")
        SESSION.check(
            isinstance(event, ErrorEvent) and event.code == code, f"{event} instead of {code}"
        )
        if detail is not None:
            SESSION.check(detail in event.detail, f"detail {event.detail!r} without {detail!r}")
        return event

    # The camera itself.

    @keyword
    def set_camera_fault(self, fault: str, value: int | None = None) -> None:
        """Switch on a fault (rt1062.camera_faults)."""
        SESSION.machine.set_fault(fault, value)

    @keyword
    def clear_camera_faults(self) -> None:
        """The camera works again."""
        SESSION.machine.clear_faults()

    @keyword
    def restore_camera(self) -> None:
        """No faults any more, and no frame left that an earlier capture did not take."""
        SESSION.machine.clear_faults()
        for _ in range(SESSION.machine.frames_queued):
            SESSION.firmware.capture()

    @keyword
    def camera_should_work(self) -> None:
        """A frame that is fed now is captured whole; frames that wait are thrown away first."""
        self.restore_camera()
        self.feed_frame("noise")
        self.capture_frame()
        self.captured_frame_should_be_intact()

    @keyword
    def camera_should_get_ready(self, within: timedelta) -> CameraReady:
        """The firmware says that it has found the camera, without being asked."""
        return SESSION.firmware.expect(CameraReady, timeout_s=within.total_seconds())

    @keyword
    def camera_should_be_identified_as(self, revision: str, sensor: str) -> None:
        """What the camera's ready event said when the firmware started."""
        ready = [one for one in SESSION.firmware.events if isinstance(one, CameraReady)]
        SESSION.check(bool(ready), "the camera has never been ready")
        found = ready[-1]
        SESSION.check(
            (found.revision, found.sensor, found.width, found.height)
            == (revision, sensor, frames.FRAME_WIDTH, frames.FRAME_HEIGHT),
            f"the camera is {found}",
        )
