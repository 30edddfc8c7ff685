"""`rtbench scenes`: draws scenes onto a contact sheet, with their descriptions as JSON."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from rich.progress import track

from rt1062.errors import SetupError
from rtbench.scenes.contact_sheet import contact_sheet
from rtbench.scenes.render import render
from rtbench.scenes.sampling import classification_scene, counting_scene
from rtbench.scenes.scene import SPLITS, Scene
from rtbench.scenes.sequence import sequence

LARGEST_SHEET = 400


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Adds `scenes`."""
    parser = subparsers.add_parser(
        "scenes", help="draw synthetic camera scenes with their ground truth"
    )
    parser.add_argument(
        "--task", choices=("classification", "counting", "sequence"), default="classification"
    )
    parser.add_argument("--split", choices=SPLITS, default="test", help="default: test")
    parser.add_argument("--n", type=int, default=16, help=f"1 to {LARGEST_SHEET}, default 16")
    parser.add_argument("--seed", type=int, default=0, help="of the first scene")
    parser.add_argument("--out", type=Path, required=True, help="the contact sheet, a .png")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="also write each scene and its truth, a line each"
    )
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--zoom", type=int, default=2, help="pixels of the sheet per pixel")
    parser.add_argument("--boxes", action="store_true", help="draw boxes for classification too")
    parser.set_defaults(handler=run_scenes)


def run_scenes(options: argparse.Namespace) -> int:
    """Draws the sheet; returns the exit code."""
    for name, low, high in (
        ("n", 1, LARGEST_SHEET), ("seed", 0, 2**32), ("columns", 1, 100), ("zoom", 1, 8),
    ):  # fmt: skip
        value = getattr(options, name)
        if not low <= value <= high:
            raise SetupError(f"--{name} must be {low} to {high}, not {value}")
    scenes = _scenes(options)
    rendered = [render(scene) for scene in track(scenes, "drawing", transient=True)]
    boxes = True if options.boxes else None
    sheet = contact_sheet(scenes, rendered, options.columns, options.zoom, boxes)
    try:
        sheet.save(options.out)
        if options.json is not None:
            lines = [
                json.dumps({"scene": json.loads(scene.to_json()), "truth": asdict(item.truth)})
                for scene, item in zip(scenes, rendered, strict=True)
            ]
            options.json.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except (OSError, ValueError) as error:
        raise SetupError(f"{options.out}: cannot be written ({error}); name a .png") from error
    print(f"{options.out}: {len(scenes)} scenes, {options.task}, {options.split}")
    return 0


def _scenes(options: argparse.Namespace) -> list[Scene]:
    if options.task == "sequence":
        return sequence(options.seed, options.split, frames=options.n)
    sample = classification_scene if options.task == "classification" else counting_scene
    return [sample(options.seed + offset, options.split) for offset in range(options.n)]
