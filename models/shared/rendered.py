"""Rendered scenes, kept on disk under a name that changes whenever the drawing code does.

The pictures have gone through the camera's RGB565 already, so that training sees what the chip
sees.
"""

import hashlib
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from rich.progress import track

import rtbench.scenes
from rtbench.frames import from_rgb565, to_rgb565
from rtbench.scenes import SPLITS, classification_scene, counting_scene, render
from rtbench.scenes.contact_sheet import contact_sheet

CACHE = Path(".cache/scenes")
CHUNK = 250
_SAMPLERS = {"classification": classification_scene, "counting": counting_scene}


@dataclass(frozen=True)
class Samples:
    """Pictures as uint8 (n, 96, 96, 3) and, beside each, what is known about it.

    A truth is a dict with `label`, `objects` (`kind`, `box`, `visible_fraction`, ...) and `axes`.
    """

    images: np.ndarray
    truths: list[dict]

    def __len__(self) -> int:
        return len(self.images)


def split_seeds(dataset: object) -> dict[str, str]:
    """What metrics.json says about where the samples of each split came from."""
    seeds = {}
    for split in SPLITS:
        samples = getattr(dataset, split)
        drawn = bool(samples.truths[0]["axes"])
        seeds[split] = f"{split} 0..{len(samples) - 1}" if drawn else f"{len(samples)} own pictures"
    return seeds


def through_camera(image: np.ndarray) -> np.ndarray:
    """A picture as the camera hands it over: RGB565 and back, by the bench's own code."""
    return from_rgb565(to_rgb565(image))


def rendered_samples(task: str, split: str, count: int, workers: int = 2) -> Samples:
    """The scenes with seeds 0 to `count` - 1 of a split; drawn once, then read from the cache."""
    CACHE.mkdir(parents=True, exist_ok=True)
    base = CACHE / f"{task}-{split}-{count}-{_drawing_code()}"
    images_path, truths_path = base.with_suffix(".npy"), base.with_suffix(".jsonl")
    if not truths_path.exists():  # written last
        _render_all(task, split, count, workers, images_path, truths_path)
    truths = [json.loads(line) for line in truths_path.read_text(encoding="utf-8").splitlines()]
    return Samples(np.load(images_path, mmap_mode="r"), truths)


def draw_sheet(task: str, path: Path, number: int = 40) -> None:
    """The first test scenes with their labels, so that one sees what the figures are about."""
    scenes = [_SAMPLERS[task](seed, "test") for seed in range(number)]
    contact_sheet(scenes, [render(scene) for scene in scenes]).save(path)


def _render_all(
    task: str, split: str, count: int, workers: int, images_path: Path, truths_path: Path
) -> None:
    partial_path = images_path.with_suffix(".partial.npy")
    images = np.lib.format.open_memmap(
        partial_path, mode="w+", dtype=np.uint8, shape=(count, 96, 96, 3)
    )
    starts = range(0, count, CHUNK)
    lines: list[str] = []
    with ProcessPoolExecutor(workers) as pool:
        chunks = pool.map(partial(_render_chunk, task, split, count), starts)
        for start, (pictures, truths) in zip(
            starts, track(chunks, f"drawing {task} {split}", total=len(starts)), strict=True
        ):
            images[start : start + len(pictures)] = pictures
            lines.extend(truths)
    images.flush()
    partial_path.rename(images_path)
    truths_path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _render_chunk(task: str, split: str, count: int, start: int) -> tuple[np.ndarray, list[str]]:
    pictures, truths = [], []
    for seed in range(start, min(start + CHUNK, count)):
        drawn = render(_SAMPLERS[task](seed, split))
        pictures.append(through_camera(drawn.image))
        truths.append(json.dumps(asdict(drawn.truth)))
    return np.stack(pictures), truths


def _drawing_code() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(rtbench.scenes.__file__).parent.glob("*.py")):
        if path.name not in ("cli.py", "contact_sheet.py", "sequence.py"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
