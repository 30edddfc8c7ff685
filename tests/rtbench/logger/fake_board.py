"""A board that logs, in Python: what the firmware does with the logger's commands.

Time passes while somebody reads the line; `lose(line)` may take lines away or change them.
"""

import json
import zlib
from collections import deque
from collections.abc import Callable

from rtbench.link import record_line
from rtbench.link.frame_record import FrameRecord
from rtbench.logger.line import Line

KEPT = 8
FRAME_S = 0.09


class FakeBoard(Line):
    """`pixels(sequence)` are what the camera sees; `typed` is every command that came."""

    name = "fake"

    def __init__(self, pixels: Callable[[int], bytes] = lambda sequence: bytes(18432)) -> None:
        self.pixels = pixels
        self.typed: list[str] = []
        self.lose_out: Callable[[bytes], bytes | None] = lambda line: line
        self.lose_in: Callable[[str], str | None] = lambda text: text
        self.boots = 0
        self.rates = [115_200]  # the host's
        self._now = 0.0
        self._out: deque[bytes] = deque()
        self._begin()

    def _begin(self) -> None:
        self.boot_id = 0x1000 + self.boots
        self.sequence = 0
        self.queue: deque[list] = deque()  # [frames, label]
        self.kept: dict[int, bytes] = {}
        self.its_baud = 115_200
        self.heard = self._now

    def reset(self) -> None:
        self.boots += 1
        self._begin()
        memory = {"itcm": [1, 2]}
        self.say(
            event="boot", app="log", version="1", board="fake", chip_id="1", reset="pin",
            reset_count=self.boots, core_hz=600_000_000, inference="none", memory=memory,
        )  # fmt: skip
        self.say(
            event="camera", status="ready", revision="0x73", sensor="0x2642", width=96, height=96
        )

    @property
    def now(self) -> float:
        return self._now

    def set_baud(self, baud: int) -> None:
        self.rates.append(baud)
        self.baud = baud

    def say(self, **keys: object) -> None:
        text = json.dumps(keys, separators=(",", ":"))
        if keys["event"] == "logging":
            text = f'{text[:-1]},"crc32":"{zlib.crc32(text[:-1].encode()):08x}"}}'
        self.put(text.encode())

    def put(self, line: bytes) -> None:
        got = self.lose_out(line)
        if got is not None and self.rates[-1] == self.its_baud:
            self._out.append(got)

    def state(self, status: str) -> None:
        left = sum(frames for frames, _ in self.queue)
        self.say(
            event="logging", status=status, sequence=self.sequence, left=left, overruns=0,
            boot_id=f"{self.boot_id:08x}",
        )  # fmt: skip

    def write(self, text: str) -> None:
        for line in text.splitlines():
            got = self.lose_in(line)
            if got is not None and self.rates[-1] == self.its_baud:
                self.typed.append(got)
                self._obey(got)

    def _obey(self, text: str) -> None:
        words = text.split()
        self.heard = self._now
        if text in ("log stop", "log state"):
            if text == "log stop":
                self.queue.clear()
            self.state("stopped" if text == "log stop" else "state")
        elif words[:1] == ["log"]:
            left = sum(frames for frames, _ in self.queue)
            if int(words[3]) != self.sequence + left + 1:
                self.say(event="error", code="log_order", detail=text)
                return
            label = text.partition(" label ")[2]
            self.queue.append([int(words[1]), label])
            self.state("asked")
        elif words[:1] == ["resend"]:
            record = self.kept.get(int(words[1]))
            if record is None:
                self.say(event="error", code="resend_gone", detail=text)
            else:
                self.put(record)
        elif words[:1] == ["baud"]:
            self.say(event="baud", status="changing", rate=int(words[1]))
            self.its_baud = int(words[1])
        elif text == "reset":
            self.reset()
        elif text not in ("ack", ""):
            self.say(event="error", code="unknown_command", detail=text)

    def read(self, seconds: float) -> list[bytes]:
        if not self._out:
            self._now += FRAME_S
            self._frame()
            if self.its_baud != 115_200 and self._now - self.heard > 2:
                self.queue.clear()
                self.its_baud = 115_200
                self.say(event="baud", status="fallen_back", rate=self.its_baud)
        lines = list(self._out)
        self._out.clear()
        return lines

    def _frame(self) -> None:
        if not self.queue:
            return
        self.sequence += 1
        label = self.queue[0][1]
        record = FrameRecord(
            self.pixels(self.sequence), self.sequence, label, self.boot_id, int(self._now * 1000)
        )
        line = record_line.encode(record.encode())[1:-1]
        self.kept[self.sequence] = line
        self.kept.pop(self.sequence - KEPT, None)
        self.queue[0][0] -= 1
        if not self.queue[0][0]:
            self.queue.popleft()
        self.put(line)
        if not self.queue:
            self.state("done")
