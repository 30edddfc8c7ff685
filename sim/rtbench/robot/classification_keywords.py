"""Keywords about what the firmware sees, held against TFLM on the host, byte for byte."""

import hashlib
import zlib
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from robot.api import logger
from robot.api.deco import keyword, library

from rtbench import frames
from rtbench.link.events import Result
from rtbench.robot import picture
from rtbench.robot.patterns import MISTAKES, PATTERNS, pattern
from rtbench.robot.session import SESSION, Fed
from rtbench.scenes.render import render
from rtbench.scenes.sampling import classification_scene
from rtbench.tflite.reference import Reference

SURE = 102  # of an int8 softmax output: a score of 0.9
SEEDS_TRIED = 100


def model_path() -> Path:
    """The model that the firmware shall have been built with."""
    return SESSION.models / "classification" / "model.tflite"


@cache
def reference() -> Reference:
    """TFLM on the host with the model of the project; ends with the process."""
    return Reference(model_path())


def expected_output(frame: bytes) -> tuple[int, ...]:
    """The reference's int8 output for a frame."""
    return _invoke(frames.input_tensor(frame))


@cache
def clear_seed(label: str) -> int:
    """The first test scene of a label that the reference is sure of: firmware is tested here."""
    index = labels().index(label)
    for seed in range(SEEDS_TRIED):
        image = render(classification_scene(seed, "test", label)).image
        if expected_output(frames.to_rgb565(image))[index] >= SURE:
            return seed
    raise AssertionError(f"the reference is sure of no {label} in {SEEDS_TRIED} scenes")


def labels() -> list[str]:
    """The model's labels in the order of its outputs."""
    return model_path().with_name("labels.txt").read_text().split()


def _invoke(tensor: np.ndarray) -> tuple[int, ...]:
    return tuple(int(one) for one in reference().invoke(np.ascontiguousarray(tensor)).ravel())


@library(scope="GLOBAL")
class ClassificationKeywords:
    """The last result is what the `Frame Should ...` keywords speak of."""

    def __init__(self) -> None:
        self._last: tuple[Fed, Result] | None = None

    @property
    def _classified(self) -> tuple[Fed, Result]:
        if self._last is None:
            raise AssertionError("no frame has been classified")
        return self._last

    # Classifying.

    @keyword
    def feed_clear_scene(self, label: str) -> Fed:
        """Put a scene behind the camera that the reference recognises with a score over 0.9."""
        seed = clear_seed(label)
        image = render(classification_scene(seed, "test", label)).image
        fed = Fed(f"{label} {seed} (test)", frames.to_rgb565(image), label)
        SESSION.feed(fed)
        picture.show(fed)
        return fed

    @keyword
    def capture_and_classify(self) -> Result:
        """Have the frame that was fed last captured and classified."""
        fed = SESSION.last_fed
        result = SESSION.firmware.infer()
        captured = SESSION.machine.captured_ids[-1]
        SESSION.check(captured == fed.name, f"captured was {captured!r}, not {fed.name!r}")
        self._last = fed, result
        SESSION.classified.append(self._last)
        logger.info(
            f"{result.label} {result.scores[result.index]:.4f}, output {list(result.output)}, "
            f"cycles {result.cycles}"
        )
        return result

    @keyword
    def frame_should_be_classified_as(self, label: str) -> None:
        """The last result's label; the index, output and scores agree with it."""
        fed, result = self._classified
        SESSION.check(
            result.label == label, f"{fed.name} was taken for {result.label}, expected {label}"
        )
        SESSION.check(
            result.index == int(np.argmax(result.output)),
            f"index {result.index} is not the largest of {result.output}",
        )

    @keyword
    def output_should_match_reference(self) -> None:
        """The last result's int8 output is the reference's for the frame that was fed."""
        fed, result = self._classified
        self._check_frame(fed, result)
        expected = expected_output(fed.frame)
        SESSION.check(
            result.output == expected,
            f"{fed.name}: output is {list(result.output)}, the reference's is {list(expected)}",
        )

    @keyword
    def every_output_should_match_reference(self, at_least: int) -> None:
        """The same for every frame classified since power on, of which there are so many."""
        count = len(SESSION.classified)
        SESSION.check(count >= at_least, f"only {count} frames were classified")
        wrong = [
            fed.name
            for fed, result in SESSION.classified
            if result.output != expected_output(fed.frame)
        ]
        SESSION.check(not wrong, f"{len(wrong)} of {count} outputs differ: {', '.join(wrong)}")

    @keyword
    def frame_should_have_arrived_intact(self) -> None:
        """The CRC of what the firmware read from the FIFO is that of the frame that was fed."""
        self._check_frame(*self._classified)

    def _check_frame(self, fed: Fed, result: Result) -> None:
        crc32 = f"{zlib.crc32(fed.frame):08x}"
        SESSION.check(result.crc32 == crc32, f"{fed.name}: CRC is {result.crc32}, expected {crc32}")

    @keyword
    def scores_should_be_the_output_dequantised(self) -> None:
        """Scores are (output + 128) / 256 with four decimals: softmax's fixed quantisation."""
        _, result = self._classified
        for value, score in zip(result.output, result.scores, strict=True):
            exact = (value + 128) / 256
            SESSION.check(abs(score - exact) <= 0.000051, f"score {score} for the output {value}")

    @keyword
    def same_frame_should_give_the_same_output(self, times: int) -> None:
        """The last frame again and again: inference leaves nothing behind."""
        fed, first = self._classified
        for _ in range(times):
            result = SESSION.firmware.infer(fed.frame, fed.name)
            SESSION.check(result.output == first.output, f"output changed to {result.output}")

    # Many frames.

    @keyword
    def classify_scenes(self, per_label: int, first_seed: int = 0) -> None:
        """Synthetic scenes of every label from seeds never used in training."""
        for label in labels():
            for seed in range(first_seed, first_seed + per_label):
                image = render(classification_scene(seed, "test", label)).image
                fed = Fed(f"{label} {seed} (test)", frames.to_rgb565(image), label)
                SESSION.feed(fed)
                picture.show(fed, picture.SMALL)
                self.capture_and_classify()

    @keyword
    def accuracy_should_be_at_least(self, percent: float) -> None:
        """Over all labelled frames classified since power on; at least one of each label."""
        by_name = {fed.name: (fed, result) for fed, result in SESSION.classified if fed.label}
        labelled = list(by_name.values())  # a scene that was shown twice counts once
        missing = set(labels()) - {fed.label for fed, _ in labelled}
        SESSION.check(not missing, f"no frame of {', '.join(sorted(missing))} was classified")
        wrong = [(fed, result) for fed, result in labelled if fed.label != result.label]
        accuracy = 100 * (1 - len(wrong) / len(labelled))
        listed = "; ".join(f"{fed.name} taken for {result.label}" for fed, result in wrong)
        logger.info(
            f"accuracy {accuracy:.1f} % of {len(labelled)} frames; wrong: {listed or 'none'}"
        )
        SESSION.check(accuracy >= percent, f"accuracy is {accuracy:.1f} %; wrong: {listed}")

    # What the frames can show.

    @keyword
    def patterns_should_tell_apart(self, mistake: str) -> None:
        """At least one test pattern's reference output changes under this mistake."""
        wrong = MISTAKES[mistake]
        telling = [
            name
            for name in PATTERNS
            if _invoke(wrong(pattern(name))) != expected_output(pattern(name))
        ]
        logger.info(f"{mistake} shows in: {', '.join(telling) or 'none'}")
        if not telling:
            raise AssertionError(f"no test pattern would show {mistake}")

    @keyword
    def all_patterns_should_match_reference(self) -> None:
        """Every test pattern through the camera, and its output byte for byte."""
        for name in PATTERNS:
            fed = Fed(f"pattern {name}", pattern(name))
            SESSION.feed(fed)
            picture.show(fed, picture.SMALL)
            self.capture_and_classify()
            self.output_should_match_reference()

    # Pictures on disk.

    @keyword
    def draw_picture_file(self, path: Path, label: str, side: int = 288) -> Path:
        """Write a clear scene, enlarged, as an image file in the format of the path's ending."""
        path.parent.mkdir(parents=True, exist_ok=True)
        scene = classification_scene(clear_seed(label), "test", label)
        image = Image.fromarray(render(scene).image)
        image.resize((side, side), Image.Resampling.NEAREST).save(path)
        return path

    # Figures.

    @keyword
    def firmware_should_carry_the_model(self) -> None:
        """The boot event names the SHA-256 of the project's model."""
        digest = hashlib.sha256(model_path().read_bytes()).hexdigest()[:12]
        found = SESSION.boot.model
        SESSION.check(found == digest, f"the firmware's model is {found}, not {digest}: rebuild it")

    @keyword
    def arena_should_fit_in(self, limit_kib: int) -> None:
        """The tensor arena reserved is at most this, and the model's use of it is a part."""
        boot = SESSION.boot
        used, reserved = boot.arena_used, boot.arena_reserved
        logger.info(f"arena: {used:,} of {reserved:,} bytes used")
        SESSION.check(
            0 < used <= reserved <= limit_kib * 1024,
            f"arena: {used} used of {reserved} reserved, at most {limit_kib} KiB",
        )

    @keyword
    def arena_should_lie_in_its_memory(self, memory: str) -> None:
        """The arena's symbol is as large as reported, and the memory's use counts it."""
        size = SESSION.symbols(SESSION.boot.app).size("g_tensor_arena")
        reserved, used = SESSION.boot.arena_reserved, SESSION.boot.memory[memory].used
        SESSION.check(size == reserved, f"the arena has {size} bytes, {reserved} reported")
        SESSION.check(used >= size, f"{memory} uses {used} bytes, less than the arena's {size}")

    @keyword
    def stages_should_add_up(self) -> None:
        """Each stage took cycles, and the total is their sum but for what lies between."""
        _, result = self._classified
        cycles = result.cycles
        parts = (cycles.capture, cycles.preprocess, cycles.invoke, cycles.postprocess)
        SESSION.check(min(parts) > 0, f"a stage took nothing: {cycles}")
        SESSION.check(
            sum(parts) <= cycles.total <= 1.01 * sum(parts), f"the stages do not add up: {cycles}"
        )

    @keyword
    def classifying_should_take_at_most(self, duration: timedelta) -> None:
        """Cycles of the last result at 600 MHz, the capture left out."""
        _, result = self._classified
        limit = duration.total_seconds() * SESSION.boot.core_hz
        spent = result.cycles.total - result.cycles.capture
        SESSION.check(spent <= limit, f"it took {spent} cycles, expected at most {limit:.0f}")
