"""A Machine without a chip: a scripted firmware answers commands; for unit tests of the bench."""

import json
import zlib
from collections.abc import Callable
from pathlib import Path

from rt1062 import camera_faults
from rt1062.errors import SetupError
from rt1062.machine import ConsoleLine, Machine

BOOT = {
    "event": "boot",
    "app": "classify",
    "version": "0.1.0",
    "board": "mimxrt1060-evk",
    "chip_id": "0123456789abcdef",
    "reset": "power_on",
    "reset_count": 0,
    "core_hz": 600_000_000,
    "inference": "tflm",
    "model": "0123456789ab",
    "arena_reserved": 200_000,
    "arena_used": 150_000,
    "memory": {"itcm": [1000, 131072], "dtcm": [2, 393216], "ocram": [3, 524288], "flash": [4, 9]},
}
READY = {
    "event": "camera",
    "status": "ready",
    "revision": "0x73",
    "sensor": "0x2642",
    "width": 96,
    "height": 96,
}
LABELS = ["background", "person", "bicycle", "car", "dog"]


class FakeMachine(Machine):
    """Answers like the firmware, at once; `answers` replaces or adds commands (line -> events)."""

    name = "fake"

    def __init__(self, image: Path | None = None, elf: Path | None = None):
        super().__init__(image or Path("classify.bin"), elf)
        self.at_boot: list[dict | str] = [BOOT, READY]
        self.answers: dict[str, list[dict | str] | Callable[[], list[dict | str]]] = {}
        self.classify: Callable[[bytes], int] = lambda frame: 1
        self.memory: dict[int, bytearray] = {}
        self.closed = False
        self.reset_count = 0
        self.frames = 0
        self._queue: list[tuple[bytes, str]] = []
        self._captured: list[str] = []
        self._console: list[ConsoleLine] = []
        self._time_us = 0.0
        self._faults: dict[str, int | None] = {}

    def say(self, *events: dict | str) -> None:
        """Put events on the console; text goes there as it is."""
        for event in events:
            text = event if isinstance(event, str) else json.dumps(event, separators=(",", ":"))
            self._console.append(ConsoleLine(self._time_us, text))
            self._time_us += 100.0

    def power_on(self) -> None:
        self._console, self._time_us, self.frames = [], 0.0, 0
        self.say(*self.at_boot)

    def reset(self) -> None:
        self.reset_count += 1
        self.say({**BOOT, "reset": "pin", "reset_count": self.reset_count}, READY)

    def close(self) -> None:
        self.closed = True

    def save(self, path: Path) -> None:
        raise SetupError("the fake machine has no state")

    def load(self, path: Path) -> None:
        raise SetupError("the fake machine has no state")

    @property
    def time_us(self) -> float:
        return self._time_us

    @property
    def instructions(self) -> int:
        return round(self._time_us * 600)

    def _run(self, microseconds: int) -> None:
        self._time_us += microseconds

    @property
    def console(self) -> list[ConsoleLine]:
        return list(self._console)

    def send(self, text: str) -> None:
        for line in text.splitlines():
            answer = self.answers.get(line)
            if answer is None:
                answer = self._infer() if line == "infer" else self._unknown(line)
            self.say(*(answer() if callable(answer) else answer))

    def _unknown(self, line: str) -> list[dict]:
        return [{"event": "error", "code": "unknown_command", "detail": line}]

    def _infer(self) -> list[dict]:
        frame, frame_id = self._queue.pop(0) if self._queue else (bytes(18432), "")
        self._captured.append(frame_id)
        self.frames += 1
        index = self.classify(frame)
        output = [127 if one == index else -128 for one in range(5)]
        return [
            {
                "event": "result",
                "frame": self.frames,
                "label": LABELS[index],
                "index": index,
                "output": output,
                "scores": [(one + 128) / 256 for one in output],
                "crc32": f"{zlib.crc32(frame):08x}",
                "ms": {"capture": 7, "total": 8},
                "cycles": dict.fromkeys(("preprocess", "invoke", "postprocess"), 7),
                "inference": "tflm",
            }
        ]

    def feed_frame(self, frame: bytes, frame_id: str = "") -> None:
        self._queue.append((frame, frame_id))

    @property
    def frames_queued(self) -> int:
        return len(self._queue)

    @property
    def captured_ids(self) -> list[str]:
        return list(self._captured)

    def set_fault(self, name: str, value: int | None = None) -> None:
        self._faults[name] = camera_faults.checked(name, value)

    def clear_faults(self) -> None:
        self._faults.clear()

    @property
    def led(self) -> bool:
        return False

    def press_button(self, pressed: bool) -> None:
        pass

    def _place(self, address: int, length: int) -> tuple[bytearray, int]:
        for base, block in self.memory.items():
            if base <= address and address + length <= base + len(block):
                return block, address - base
        raise ValueError(f"address must be in memory, not 0x{address:08x}")

    def read_memory(self, address: int, length: int) -> bytes:
        block, offset = self._place(address, length)
        return bytes(block[offset : offset + length])

    def write_memory(self, address: int, data: bytes) -> None:
        block, offset = self._place(address, len(data))
        block[offset : offset + len(data)] = data

    @property
    def warnings(self) -> list[str]:
        return []
