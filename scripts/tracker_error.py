"""How far the firmware's count of crossings is from the truth, over many drawn sequences.

`make tracks`: each sequence of people walking is drawn,
every frame goes through the people counter's network on the host, and the firmware's own tracker,
compiled for the host from firmware/app/count, follows what it found. A sequence's error is the
sum over both directions of |counted - true|. The firmware has to be right on noise of the network,
so nothing here is ideal but the truth. `--tracker DIR` takes another tracker's sources.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "sim"))

from rt1062.files import write_whole  # noqa: E402
from rtbench.items import frame_of, truth_of  # noqa: E402
from rtbench.scenes.render import render  # noqa: E402
from rtbench.scenes.sequence import sequence  # noqa: E402
from rtbench.tasks.counter_reference import CounterReference  # noqa: E402
from rtbench.tasks.tracking import Line, totals, true_crossings  # noqa: E402

FIRST_SEED = 7000
MIDDLE = Line(48, 96, 48, 0)
FILES = ("tracker.cc", "counting_line.cc")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=100)
    parser.add_argument("--tracker", type=Path, default=ROOT / "firmware", help="with app/count")
    parser.add_argument("--cache", type=Path, help="file for the detections, to be used again")
    chosen = parser.parse_args(arguments)
    seeds = range(FIRST_SEED, FIRST_SEED + chosen.sequences)
    truths = {seed: _truth(seed) for seed in seeds}
    if chosen.cache is None or not chosen.cache.is_file():
        text = _detections(seeds)
        if chosen.cache is not None:
            write_whole(chosen.cache, text)
    else:
        text = chosen.cache.read_text()
    counted = _counted(chosen.tracker, text)
    errors = {
        seed: sum(abs(counted[at][name] - true) for name, true in truths[seed].items())
        for at, seed in enumerate(seeds)
    }
    true = sum(sum(one.values()) for one in truths.values())
    found = sum(sum(one.values()) for one in counted)
    print(
        f"{true} true crossings, {found} counted, error {sum(errors.values())} in "
        f"{len(errors)} sequences, {list(errors.values()).count(0)} without any"
    )
    return 0


def _truth(seed: int) -> dict[str, int]:
    frames = [truth_of(render(scene).truth).persons for scene in sequence(seed, "test")]
    return totals(true_crossings(frames, MIDDLE))


def _detections(seeds: Sequence[int]) -> str:
    lines = []
    with CounterReference(ROOT / "models/people_counting") as counter:
        for seed in seeds:
            lines.append("n")
            for scene in sequence(seed, "test"):
                found = counter.detections(frame_of(scene, "").data)
                lines.append(
                    " ".join(f"{one.score} {' '.join(map(str, one.box))}" for one in found)
                )
    return "\n".join(lines) + "\n"


def _counted(sources: Path, text: str) -> list[dict[str, int]]:
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "track"
        files = [ROOT / "firmware/tests/track.cc", *(sources / "app/count" / f for f in FILES)]
        command = ["g++", "-std=c++17", "-O1", f"-I{sources}", "-o", program, *files]
        subprocess.run(command, check=True)
        out = subprocess.run(
            [program], input=text, capture_output=True, text=True, check=True
        ).stdout
    counted: list[dict[str, int]] = []
    for line in out.splitlines():
        if line == "n":
            counted.append({"left_to_right": 0, "right_to_left": 0})
        else:
            counted[-1][line.split()[2]] += 1
    return counted


if __name__ == "__main__":
    sys.exit(main())
