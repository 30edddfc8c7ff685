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
from rtbench.items import frame_of  # noqa: E402
from rtbench.scenes.sequence import sequence  # noqa: E402
from rtbench.tasks.counter_reference import CounterReference  # noqa: E402
from rtbench.tasks.tracking import Line, totals, true_crossings  # noqa: E402

FIRST_SEED = 7000
MIDDLE = Line(48, 96, 48, 0)
FILES = ("tracker.cc", "counting_line.cc", "clothes.cc")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=100)
    parser.add_argument("--tracker", type=Path, default=ROOT / "firmware", help="with app/count")
    parser.add_argument("--cache", type=Path, help="file for the detections, to be used again")
    parser.add_argument("--seed", type=int, default=FIRST_SEED, help="of the first sequence")
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.seed, chosen.seed + chosen.sequences)
    truths, pictures = _drawn(seeds)
    if chosen.cache is None or not chosen.cache.is_file():
        text = _detections(pictures)
        if chosen.cache is not None:
            write_whole(chosen.cache, text)
    else:
        text = chosen.cache.read_text()
    counted = _counted(chosen.tracker, text, pictures)
    errors = {
        seed: sum(abs(counted[at][name] - true) for name, true in truths[seed].items())
        for at, seed in enumerate(seeds)
    }
    true = sum(sum(one.values()) for one in truths.values())
    found = sum(sum(one.values()) for one in counted)
    invented = sum(
        max(0, counted[at][name] - true)
        for at, seed in enumerate(seeds)
        for name, true in truths[seed].items()
    )
    error = sum(errors.values())
    print(
        f"{true} true crossings, {found} counted: {error - invented} missed, {invented} invented; "
        f"{list(errors.values()).count(0)} of {len(errors)} sequences without any error"
    )
    return 0


def _drawn(seeds: Sequence[int]) -> tuple[dict[int, dict[str, int]], list[list[bytes]]]:
    """The true crossings of each sequence, and its frames."""
    truths, pictures = {}, []
    for seed in seeds:
        frames = [frame_of(scene, "") for scene in sequence(seed, "test")]
        truths[seed] = totals(true_crossings([one.truth.persons for one in frames], MIDDLE))
        pictures.append([one.data for one in frames])
    return truths, pictures


def _detections(pictures: Sequence[Sequence[bytes]]) -> str:
    lines = []
    with CounterReference(ROOT / "models/people_counting") as counter:
        for frames in pictures:
            lines.append("n")
            for frame in frames:
                found = counter.detections(frame)
                lines.append(
                    " ".join(f"{one.score} {' '.join(map(str, one.box))}" for one in found)
                )
    return "\n".join(lines) + "\n"


def _counted(sources: Path, text: str, pictures: Sequence[Sequence[bytes]]) -> list[dict[str, int]]:
    with tempfile.TemporaryDirectory() as folder:
        program, shown = Path(folder) / "track", Path(folder) / "frames"
        shown.write_bytes(b"".join(frame for frames in pictures for frame in frames))
        files = [ROOT / "firmware/tests/track.cc", *(sources / "app/count" / f for f in FILES)]
        command = ["g++", "-std=c++17", "-O1", f"-I{sources}", "-o", program, *files]
        subprocess.run(command, check=True)
        out = subprocess.run(
            [program, shown], input=text, capture_output=True, text=True, check=True
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
