"""Rows of both tasks, as short as tests want them."""

from rtbench.items import GroundTruth
from rtbench.link.events import Box, Cycles, Milliseconds
from rtbench.tasks.classification import Label
from rtbench.tasks.counting import People
from rtbench.tasks.row import Row

MS = Milliseconds(capture=10, total=13)
CYCLES = Cycles(preprocess=2, invoke=1000, postprocess=1)
BOOT = {
    "model": "0123456789ab",
    "arena_used": 100,
    "arena_reserved": 200,
    "memory": {"dtcm": {"used": 10, "size": 20}},
}
HEAD = {
    "app": "classify",
    "emulator": "unicorn",
    "inference": "tflm",
    "image_sha256": "00",
    "boot": BOOT,
}


def classified(index, truth, label, score=0.5, error="", axes=None, **others):
    """A frame that shows `truth` and was taken for `label`; None: without a truth, an answer."""
    answer = None if label is None else Label(label, 0, score, (score,), (0,))
    return _row(index, GroundTruth(label=truth, axes=axes or {}), answer, error, others)


def counted(index, true, count, boxes=(), true_boxes=(), error="", **others):
    """A frame with `true` persons of whom `count` were found."""
    answer = None
    if count is not None:
        answer = People(count, tuple(Box(*box) for box in boxes), "0" * 8)
    truth = GroundTruth(
        count=true, boxes=tuple(map(tuple, true_boxes)), identities=tuple(range(len(true_boxes)))
    )
    return _row(index, truth, answer, error, others)


def _row(index, truth, answer, error, others):
    values = {
        "index": index, "id": f"f{index}", "key": f"k{index}", "sha256": f"{index:064}",
        "truth": truth, "error": error, "crc32": "0" * 8, "ms": MS, "cycles": CYCLES,
        "estimated_ms": (1.0, 2.0, 3.0), "time_us": 1.5, "answer": answer,
    }  # fmt: skip
    return Row(**(values | others))
