"""`rtbench scenes`: draws scenes as pictures, as a contact sheet, and as descriptions in JSON."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from PIL import Image
from rich.progress import track

from rt1062.errors import SetupError
from rt1062.files import whole, write_whole
from rtbench.exit_codes import PASSED
from rtbench.items import truth_of
from rtbench.scenes.contact_sheet import contact_sheet
from rtbench.scenes.render import RenderedScene, render
from rtbench.scenes.scene import SPLITS, Scene
from rtbench.scenes.sequence import sequence
from rtbench.tasks import TASKS, Task

MOST = 400


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Adds `scenes`."""
    parser = subparsers.add_parser(
        "scenes",
        help="draw synthetic camera scenes with their ground truth",
        description="Draws the scenes of an application: a contact sheet for people, pictures for "
        "any camera (in sub-directories named after what they show), descriptions for `rtbench "
        "run --data` and `rtbench evaluate --data`.",
        epilog="Exit codes: 0 drawn, 2 the set-up is wrong. "
        "Examples: rtbench scenes --app classify --scenes 8 --pictures build/scenes; "
        "rtbench scenes --app count --sequence --scenes 40 --json build/walk.jsonl",
    )
    parser.add_argument("--app", choices=tuple(TASKS), default="classify")
    parser.add_argument(
        "--sequence", action="store_true", help="one scene, frame after frame (count)"
    )
    parser.add_argument("--split", choices=SPLITS, default="test", help="default: test")
    parser.add_argument(
        "--scenes", metavar="N", type=int, default=16, help=f"1 to {MOST}, default 16"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the first scene")
    outputs = parser.add_argument_group("outputs")
    outputs.add_argument("--out", metavar="PNG", type=Path, help="the contact sheet")
    outputs.add_argument("--pictures", metavar="DIR", type=Path, help="a picture a scene")
    outputs.add_argument("--json", metavar="FILE", type=Path, help="scene and truth, a line each")
    sheet = parser.add_argument_group("contact sheet")
    sheet.add_argument("--columns", type=int, default=8)
    sheet.add_argument("--zoom", type=int, default=2, help="pixels of the sheet per pixel")
    sheet.add_argument("--boxes", action="store_true", help="draw boxes for classification too")
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """Draws what was asked for; returns the exit code."""
    for name, low, high in (
        ("scenes", 1, MOST), ("seed", 0, 2**32), ("columns", 1, 100), ("zoom", 1, 8),
    ):  # fmt: skip
        value = getattr(chosen, name)
        if not low <= value <= high:
            raise SetupError(f"--{name} must be {low} to {high}, not {value}")
    if not (chosen.out or chosen.pictures or chosen.json):
        raise SetupError("scenes need a place to go: --out PNG, --pictures DIR or --json FILE")
    task = TASKS[chosen.app]
    scenes = _scenes(chosen, task)
    images = [render(scene) for scene in track(scenes, "drawing", transient=True)]
    try:
        _write(chosen, task, scenes, images)
    except (OSError, ValueError) as error:
        names = ", ".join(str(one) for one in (chosen.out, chosen.pictures, chosen.json) if one)
        raise SetupError(f"{names}: cannot be written ({error})") from error
    kind = "a sequence of " if chosen.sequence else ""
    print(f"{len(scenes)} scenes drawn: {kind}{chosen.app}, {chosen.split}")
    return PASSED


def _scenes(chosen: argparse.Namespace, task: Task) -> list[Scene]:
    if chosen.sequence and not task.has_line:
        raise SetupError(f"--sequence means nothing to {task.app}: it follows nobody")
    if chosen.sequence:
        return sequence(chosen.seed, chosen.split, frames=chosen.scenes)
    return [task.scene(chosen.seed + offset, chosen.split) for offset in range(chosen.scenes)]


def _write(
    chosen: argparse.Namespace, task: Task, scenes: list[Scene], images: list[RenderedScene]
) -> None:
    if chosen.out is not None:
        boxes = True if chosen.boxes else None
        with whole(chosen.out) as part:
            contact_sheet(scenes, images, chosen.columns, chosen.zoom, boxes).save(part)
    if chosen.json is not None:
        lines = [
            json.dumps({"scene": json.loads(scene.to_json()), "truth": asdict(image.truth)})
            for scene, image in zip(scenes, images, strict=True)
        ]
        write_whole(chosen.json, "\n".join(lines) + "\n")
    if chosen.pictures is not None:
        for scene, image in zip(scenes, images, strict=True):
            path = chosen.pictures / _name(task, scene, image)
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole(path) as part:
                Image.fromarray(image.image).save(part)


def _name(task: Task, scene: Scene, image: RenderedScene) -> str:
    """In a directory named after the truth; the frames of a sequence stay in their order."""
    if scene.task == "sequence":
        return f"{scene.frame:04d}.png"
    return f"{task.expected(truth_of(image.truth))}/{scene.seed:04d}.png"
