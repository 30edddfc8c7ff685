"""Keywords about what the firmware sees, held against TFLM on the host, byte for byte."""

import hashlib
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from robot.api import logger
from robot.api.deco import keyword, library

from rtbench import frames, items
from rtbench.items import Frame
from rtbench.robot import picture
from rtbench.robot.patterns import MISTAKES, PATTERNS, pattern
from rtbench.robot.session import SESSION
from rtbench.scenes.render import render
from rtbench.scenes.sampling import classification_scene
from rtbench.tasks.classification import CLASSIFICATION
from rtbench.tasks.row import Row
from rtbench.tflite.reference import Reference

SURE = 102  # of an int8 softmax output: a score of 0.9
SEEDS_TRIED = 100


def model_path() -> Path:
    """The model that the firmware shall have been built with."""
    return SESSION.network(CLASSIFICATION) / "model.tflite"


@cache
def reference() -> Reference:
    """TFLM on the host with the model of the project; ends with the process."""
    return Reference(model_path(), kept=True)


def expected_output(frame: bytes) -> tuple[int, ...]:
    """The reference's int8 output for a frame."""
    return _invoke(frames.input_tensor(frame))


@cache
def clear_seed(label: str) -> int:
    """The first test scene of a label that the reference is sure of: firmware is tested here."""
    index = labels().index(label)
    for seed in range(SEEDS_TRIED):
        if expected_output(scene_frame(label, seed).data)[index] >= SURE:
            return seed
    raise AssertionError(f"the reference is sure of no {label} in {SEEDS_TRIED} scenes")


def scene_frame(label: str, seed: int, split: str = "test") -> Frame:
    """A synthetic scene of a label."""
    scene = classification_scene(seed, split, label)
    return items.frame_of(scene, f"{label} {seed} ({split})")


def labels() -> list[str]:
    """The model's labels in the order of its outputs."""
    return model_path().with_name("labels.txt").read_text().split()


def _invoke(tensor: np.ndarray) -> tuple[int, ...]:
    return tuple(int(one) for one in reference().invoke(np.ascontiguousarray(tensor)).ravel())


@library(scope="GLOBAL")
class ClassificationKeywords:
    """The frame that was answered last is what the `Frame Should ...` keywords speak of."""

    # Classifying.

    @keyword(tags=["picture"])
    def feed_clear_scene(self, label: str) -> Frame:
        """Put a scene behind the camera that the reference recognises with a score over 0.9."""
        frame = scene_frame(label, clear_seed(label))
        SESSION.feed(frame)
        picture.show(frame)
        return frame

    @keyword
    def capture_and_classify(self) -> Row:
        """Have the frame that was fed last captured and classified."""
        row = SESSION.ask()
        answer = row.answer
        logger.info(
            f"{answer.label} {answer.score:.4f}, output {list(answer.output)}, cycles {row.cycles}"
        )
        return row

    @keyword
    def frame_should_be_classified_as(self, label: str) -> None:
        """The last answer's label; the index, output and scores agree with it."""
        row, _ = SESSION.last_answered
        answer = row.answer
        SESSION.check(
            answer.label == label, f"{row.id} was taken for {answer.label}, expected {label}"
        )
        SESSION.check(
            answer.output_index == int(np.argmax(answer.output)),
            f"index {answer.output_index} is not the largest of {answer.output}",
        )

    @keyword
    def output_should_match_reference(self) -> None:
        """The last answer's int8 output is the reference's for the frame that was fed."""
        row, frame = SESSION.last_answered
        found = SESSION.difference(row, frame)
        SESSION.check(not found, f"{row.id}: {found}")

    @keyword
    def every_output_should_match_reference(self, at_least: int) -> None:
        """The same for every frame classified since power on, of which there are so many."""
        count = len(SESSION.answered)
        SESSION.check(count >= at_least, f"only {count} frames were classified")
        wrong = [row.id for row, frame in SESSION.answered if SESSION.difference(row, frame)]
        SESSION.check(not wrong, f"{len(wrong)} of {count} outputs differ: {', '.join(wrong)}")

    @keyword
    def frame_should_have_arrived_intact(self) -> None:
        """The CRC of what the firmware read from the FIFO is that of the frame that was fed."""
        row, _ = SESSION.last_answered
        SESSION.check(not row.error, f"{row.id}: {row.error}")

    @keyword
    def scores_should_be_the_output_dequantised(self) -> None:
        """Scores are (output + 128) / 256 with four decimals: softmax's fixed quantisation."""
        row, _ = SESSION.last_answered
        for value, score in zip(row.answer.output, row.answer.scores, strict=True):
            exact = (value + 128) / 256
            SESSION.check(abs(score - exact) <= 0.000051, f"score {score} for the output {value}")

    @keyword
    def same_frame_should_give_the_same_output(self, times: int) -> None:
        """The last frame again and again: inference leaves nothing behind."""
        first, frame = SESSION.last_answered
        for _ in range(times):
            SESSION.feed(frame)
            output = SESSION.ask().answer.output
            SESSION.check(output == first.answer.output, f"output changed to {output}")

    # Many frames.

    @keyword
    def classify_scenes(self, per_label: int, first_seed: int = 0) -> None:
        """Synthetic scenes of every label from seeds never used in training."""
        for label in labels():
            for seed in range(first_seed, first_seed + per_label):
                frame = scene_frame(label, seed)
                SESSION.feed(frame)
                picture.show(frame, picture.SMALL)
                self.capture_and_classify()

    @keyword
    def accuracy_should_be_at_least(self, percent: float) -> None:
        """Over all labelled frames classified since power on; at least one of each label."""
        by_name = {row.id: row for row, _ in SESSION.answered if row.truth.label}
        labelled = list(by_name.values())  # a scene that was shown twice counts once
        missing = set(labels()) - {row.truth.label for row in labelled}
        SESSION.check(not missing, f"no frame of {', '.join(sorted(missing))} was classified")
        wrong = [row for row in labelled if not CLASSIFICATION.is_right(row)]
        accuracy = 100 * (1 - len(wrong) / len(labelled))
        listed = "; ".join(f"{row.id} taken for {row.answer.label}" for row in wrong)
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
            frame = Frame(f"pattern {name}", pattern(name))
            SESSION.feed(frame)
            picture.show(frame, picture.SMALL)
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
    def classifying_should_take_at_most(self, duration: timedelta) -> None:
        """Cycles of the last answer at the core's clock, the capture left out."""
        row, _ = SESSION.last_answered
        limit = duration.total_seconds() * SESSION.boot.core_hz
        spent = row.cycles.preprocess + row.cycles.invoke + row.cycles.postprocess
        SESSION.check(spent <= limit, f"it took {spent} cycles, expected at most {limit:.0f}")
