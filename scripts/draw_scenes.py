"""Draw synthetic scenes as picture files named after what they show, for `rtbench run --images`."""

import argparse
import sys
from pathlib import Path

from PIL import Image

from rtbench.scenes import SPLITS, classification_scene, render


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit code is 0 or 2."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the first scene")
    parser.add_argument("--split", choices=SPLITS, default="test", help="default: %(default)s")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    options = parser.parse_args(arguments)
    if options.count < 1 or options.seed < 0:
        print("draw_scenes: --count must be at least 1 and --seed at least 0", file=sys.stderr)
        return 2
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        for seed in range(options.seed, options.seed + options.count):
            scene = classification_scene(seed, options.split)
            picture = Image.fromarray(render(scene).image)
            picture.save(options.out / f"{seed:04d}_{scene.label}.png")
    except OSError as error:
        print(f"draw_scenes: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
