"""The figures of a counter: count errors, and average precision at half overlap."""

from collections.abc import Sequence

import numpy as np

from models.people_counting.targets import person_boxes
from rtbench.boxes import overlap
from rtbench.tasks.counting import mean_absolute_error
from rtbench.tflite.decoding import Detection

OVERLAP = 0.5
LOWEST_SCORE = -115  # 5 %: below it a detection changes the average precision by nothing


def counts(detections: Sequence[Sequence[Detection]], threshold: int) -> np.ndarray:
    """How many persons are reported in each picture, given detections at a lower threshold.

    Peaks and the dropping of overlaps go from the surest down, so the detections at a higher
    threshold are the first of those at a lower one.
    """
    return np.array([sum(item.score >= threshold for item in found) for found in detections])


def true_counts(truths: Sequence[dict]) -> np.ndarray:
    """How many persons there are."""
    return np.array([len(person_boxes(truth)[0]) for truth in truths])


def best_threshold(detections: Sequence[Sequence[Detection]], truths: Sequence[dict]) -> int:
    """The score from which a detection counts: least error, then most exact counts."""
    truth = true_counts(truths)

    def quality(threshold: int) -> tuple[float, float]:
        error = counts(detections, threshold) - truth
        return mean_absolute_error(error.tolist()), -float((error == 0).mean())

    return min(range(-100, 100), key=quality)


def average_precision(detections: Sequence[Sequence[Detection]], truths: Sequence[dict]) -> float:
    """The area under precision over recall, with the precision made to fall (all-point).

    A detection on a person too hidden to count is neither right nor wrong.
    """
    ranked: list[tuple[int, bool]] = []
    total = 0
    for found, truth in zip(detections, truths, strict=True):
        count, ignore = person_boxes(truth)
        total += len(count)
        taken: set[int] = set()
        for item in found:
            best, place = 0.0, -1
            for number, box in enumerate(count):
                share = overlap(item.pixels, box)
                if number not in taken and share > best:
                    best, place = share, number
            if best >= OVERLAP:
                taken.add(place)
                ranked.append((item.score, True))
            elif not any(overlap(item.pixels, box) >= OVERLAP for box in ignore):
                ranked.append((item.score, False))
    if not ranked or not total:
        return 0.0
    ranked.sort(key=lambda entry: -entry[0])
    right = np.cumsum([hit for _, hit in ranked])
    precision = right / np.arange(1, len(ranked) + 1)
    recall = right / total
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * falling))
