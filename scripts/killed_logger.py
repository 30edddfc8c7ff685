"""Kill `rtbench log` at random points and go on: every frame is there once in the end.

The emulated board is either the logger's own (`--bench`), and is killed with it, or behind a
pseudo-terminal (`--pty`), and outlives it as a board on a desk does. A folder is filled once
without a kill; then others are, where each start is killed (SIGKILL) after a random part of the
time that took, until one ends by itself. After each kill every line of the manifest must have its
picture, pixel for pixel; in the end nothing is missing, nothing double, and nothing in the folder
that the manifest does not know.
"""

import argparse
import contextlib
import hashlib
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rt1062.errors import SimError
from rtbench.frames import load_picture, to_rgb565
from rtbench.logger.entry import MANIFEST, Entry, read_manifest

ROOT = Path(__file__).resolve().parent.parent
RTBENCH = (sys.executable, "-m", "rtbench.cli")
EMULATED = ("--app", "log", "--firmware", str(ROOT / "build/firmware"), "--emulator", "unicorn")
LABELS = ("cat", "dog")
PICTURES = 60  # before the camera of the board at a pseudo-terminal, over and over
LIMIT_S = 600  # for one start to end by itself


def faults(out: Path) -> list[str]:
    """What is wrong with a folder while nobody writes there: a line each."""
    manifest = out / MANIFEST
    entries = read_manifest(manifest) if manifest.is_file() else []
    wrong = []
    for entry in entries:
        if not (out / entry.file).is_file():
            wrong.append(f"{entry.file} is in the manifest and not in the folder")
        elif hashlib.sha256(to_rgb565(load_picture(out / entry.file))).hexdigest() != entry.sha256:
            wrong.append(f"{entry.file} has other pixels than the manifest says")
    frames = Counter((entry.boot_id, entry.session, entry.sequence) for entry in entries)
    files = Counter(entry.file for entry in entries)
    wrong += [f"{name} is there {count} times" for name, count in frames.items() if count > 1]
    return wrong + [f"{name} is named {count} times" for name, count in files.items() if count > 1]


def beside(out: Path, entries: list[Entry]) -> list[str]:
    """Pictures that no line of the manifest knows: a line each."""
    known = {entry.file for entry in entries}
    pictures = (path.relative_to(out).as_posix() for path in out.rglob("*.png"))
    return [f"{name} is not in the manifest" for name in pictures if name not in known]


def content(entries: list[Entry], serial: bool) -> Counter[tuple[str, ...]]:
    """What a full folder holds: of a board behind a port only the labels are known beforehand."""
    if serial:
        return Counter((entry.label,) for entry in entries)
    return Counter((entry.source, entry.label, entry.sha256) for entry in entries)


def command(options: argparse.Namespace, port: str, out: Path) -> list[str]:
    """The logger's command line."""
    if port:
        each = str(options.frames // len(LABELS))
        where = ["--serial", port, "--labels", ",".join(LABELS), "--stop-at", each]
    else:
        where = ["--bench", "--scenes", str(options.frames), *EMULATED]
    return [*RTBENCH, "log", *where, "--rate", "3000000", "--out", str(out)]


def start(words: list[str], kill_after_s: float) -> int | None:
    """The exit code, None if it had to be killed."""
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        return process.wait(kill_after_s)
    except subprocess.TimeoutExpired:
        return None
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def board(folder: Path) -> Iterator[str]:
    """A board behind a pseudo-terminal, up to the port's path."""
    pictures = folder / "pictures"
    drawn = ("scenes", "--scenes", str(PICTURES), "--pictures", str(pictures))
    subprocess.run([*RTBENCH, *drawn], check=True, stdout=subprocess.DEVNULL)
    words = [*RTBENCH, "board", "--pty", *EMULATED, "--images", str(pictures)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        try:
            yield child.stdout.readline().decode().strip()
        finally:
            child.terminate()
            child.wait()


def fill(options: argparse.Namespace, port: str, folder: Path) -> list[str]:
    """Folders with one board until there were enough kills; what was wrong, a line each."""
    draw, wrong, kills, number = random.Random(options.seed), [], 0, 0
    first = folder / "undisturbed"
    begin = time.monotonic()
    if code := start(command(options, port, first), LIMIT_S):
        return [f"the undisturbed run ended with {code}"]
    took = time.monotonic() - begin
    wanted = content(read_manifest(first / MANIFEST), bool(port))
    while kills < options.times:
        number += 1
        out, killed = folder / str(number), 0
        while True:
            after = draw.uniform(0, took) if kills < options.times else LIMIT_S
            begin = time.monotonic()
            code = start(command(options, port, out), after)
            wrong += faults(out)
            if code is not None:
                break
            kills, killed = kills + 1, killed + 1
        if killed == 0:
            took = time.monotonic() - begin  # the machine has become faster
        entries = read_manifest(out / MANIFEST)
        sessions = len({entry.session for entry in entries})
        wrong += beside(out, entries)
        wrong += [f"{out}: the last start ended with {code}"] if code else []
        if content(entries, bool(port)) != wanted:
            wrong.append(f"{out}: {len(entries)} frames, and not those of the undisturbed run")
        print(f"{killed} kills within {took:.1f} s each, {len(entries)} frames of {sessions} "
              f"sessions, {len(wrong)} faults", flush=True)  # fmt: skip
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """0 every frame is there once, 1 one is not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--bench", action="store_true", help="the board is killed with the logger")
    where.add_argument("--pty", action="store_true", help="the board outlives it")
    parser.add_argument("--times", type=int, default=20, help="kills (default: 20)")
    parser.add_argument("--frames", type=int, default=40, help="of a folder (default: 40)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=ROOT / "build/killed")
    options = parser.parse_args(arguments)
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    with board(options.folder) if options.pty else contextlib.nullcontext("") as port:
        try:
            wrong = fill(options, port, options.folder)
        except SimError as error:
            wrong = [str(error)]
    print("\n".join(wrong) or f"{options.times} kills, nothing lost, nothing double")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
