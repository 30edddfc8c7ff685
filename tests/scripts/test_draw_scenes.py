"""scripts/draw_scenes.py: pictures named after what is on them, the same each time."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

SCRIPT = Path(__file__).parents[2] / "scripts" / "draw_scenes.py"


def draw(*options):
    """Run the script."""
    return subprocess.run(
        [sys.executable, SCRIPT, *options], capture_output=True, text=True, timeout=60
    )


def test_scenes_are_pictures_of_the_cameras_size_and_the_same_each_time(tmp_path):
    for folder in ("one", "two"):
        done = draw("--count", "3", "--seed", "7", "--out", tmp_path / folder)
        assert done.returncode == 0, done.stderr
    first, second = (sorted((tmp_path / folder).iterdir()) for folder in ("one", "two"))
    assert [path.name[:5] for path in first] == ["0007_", "0008_", "0009_"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert Image.open(first[0]).size == (96, 96)


def test_no_scene_at_all_is_refused(tmp_path):
    done = draw("--count", "0", "--out", tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
