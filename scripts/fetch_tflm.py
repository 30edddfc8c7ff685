"""Fetch the pinned TensorFlow Lite Micro library for the Cortex-M7 into the build cache.

The library is NXP's build from the MCUXpresso SDK. TFLM_DIR names one that is there already;
otherwise the repository is cloned without its history's files and only what the firmware needs is
checked out. Prints the library's directory; exit code 2 and one line when it cannot be had.

With `--record DIR` it also decides where inference runs (`--inference`) and leaves the decision in
DIR/inference (`tflm` or `host`) and DIR/tflm_directory for the build. `auto` takes the host only
when TFLM_DIR is unset and the repository cannot be cloned; a library that is there and is not the
recorded one is an error in any case.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

URL = "https://github.com/nxp-mcuxpresso/mcuxsdk-middleware-tensorflow"
COMMIT = "a24297280e81070a7c9f0cda92381974bd666760"
LIBRARY = Path("lib/cm7/armgcc/libtflm.a")
LIBRARY_SHA256 = "6fa64b65e03d77fdcd3abf67bb6c835f42df6288e3f5eba910a261815b829dd1"
HEADER = Path("tensorflow/lite/micro/micro_interpreter.h")
WANTED = (
    "/LICENSE",
    "/lib/cm7/armgcc/",
    "/signal/**/*.h",
    "/tensorflow/**/*.h",
    "/third_party/**/*.h",
)
REACH_SECONDS = 20  # a host that has not answered by then is taken for unreachable
FETCH_SECONDS = 600


class FetchError(Exception):
    """The library cannot be had; the message is one line that says why."""


class UnreachableError(FetchError):
    """The repository cannot be cloned: the only case in which `auto` does without."""


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def complaint(directory: Path, expected: str) -> str | None:
    """What is wrong with the library in `directory`, or None."""
    for path in (LIBRARY, HEADER):
        if not (directory / path).is_file():
            return f"{directory} has no {path}"
    found = sha256(directory / LIBRARY)
    if found != expected:
        return f"{directory / LIBRARY} has SHA-256 {found}, expected {expected}"
    return None


def git(*arguments: str, seconds: float, progress: bool = False) -> None:
    """Run git and its helpers for at most so long, without ever asking the user anything."""
    command = arguments[2] if arguments[0] == "-C" else arguments[0]
    environment = os.environ | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=10",
        "GIT_HTTP_LOW_SPEED_LIMIT": "1000",
        "GIT_HTTP_LOW_SPEED_TIME": "20",
        "GIT_ADVICE": "0",
    }
    try:
        process = subprocess.Popen(
            ["git", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if progress else subprocess.PIPE,
            text=True,
            start_new_session=True,  # a transfer is several processes; they end together
        )
    except FileNotFoundError as error:
        raise UnreachableError("git is not installed") from error
    try:
        _, stderr = process.communicate(timeout=seconds)
    except BaseException as error:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            raise UnreachableError(f"git {command} took more than {seconds:.0f} s") from error
        raise
    if process.returncode != 0:
        lines = (stderr or "").strip().splitlines() or [f"exit code {process.returncode}"]
        raise UnreachableError(f"git {command}: {lines[-1]}")


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file; a second run waits for the first and then finds its work done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another run that holds {path}", file=sys.stderr)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def clone(url: str, commit: str, into: Path, seconds: float) -> None:
    """Clone what the firmware needs of one commit; files arrive only as the checkout asks."""
    end = time.monotonic() + seconds

    def left() -> float:
        return max(1.0, end - time.monotonic())

    git("ls-remote", url, "HEAD", seconds=min(REACH_SECONDS, left()))
    progress = sys.stderr.isatty()
    loud = ["--progress"] if progress else []
    git(
        "clone", "--quiet", *loud, "--no-checkout", "--filter=blob:none", url, str(into),
        seconds=left(), progress=progress,
    )  # fmt: skip
    inside = ("-C", str(into))
    git(*inside, "sparse-checkout", "set", "--no-cone", *WANTED, seconds=left())
    git(*inside, "checkout", "--quiet", *loud, commit, seconds=left(), progress=progress)


def fetch(into: Path, url: str, commit: str, expected: str, seconds: float) -> Path:
    """The library's directory: `into`, filled if it is not whole yet."""
    with locked(into.with_name(into.name + ".lock")):
        for leftover in into.parent.glob(into.name + ".part-*"):  # of an interrupted run
            shutil.rmtree(leftover)
        if into.exists():
            wrong = complaint(into, expected)
            if wrong is None:
                return into
            print(f"fetching TFLM again: {wrong}", file=sys.stderr)
        else:
            print(f"fetching TFLM {commit[:12]} from {url}", file=sys.stderr)
        part = Path(tempfile.mkdtemp(prefix=into.name + ".part-", dir=into.parent))
        try:
            clone(url, commit, part, seconds)
            wrong = complaint(part, expected)
            if wrong is not None:
                raise FetchError(wrong)
            part.chmod(0o755)
            shutil.rmtree(into, ignore_errors=True)
            part.rename(into)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return into


def library(options: argparse.Namespace) -> Path:
    """The library's directory, from TFLM_DIR or fetched."""
    given = os.environ.get("TFLM_DIR")
    if not given:
        return fetch(
            options.into.absolute(), options.url, options.commit, options.sha256, options.timeout
        )
    directory = Path(given).absolute()
    wrong = complaint(directory, options.sha256)
    if wrong is not None:
        raise FetchError(f"TFLM_DIR: {wrong}; unset it to have the library fetched")
    return directory


def banner(reason: str) -> str:
    """What nobody can overlook: inference does not run on the emulated chip."""
    bar = "#" * 96
    lines = (
        "INFERENCE=host: TENSORFLOW LITE MICRO DOES NOT RUN ON THE EMULATED CHIP IN THIS RUN",
        "The firmware hands its tensors to the bench, and TFLM on the host answers.",
        "Cases about the arena, memory and cycles are skipped. INFERENCE=tflm makes this an error.",
        f"Reason: {reason}",
    )
    return "\n".join((bar, *(f"##  {line}" for line in lines), bar))


def record(directory: Path, inference: str, tflm: Path | None) -> None:
    """Leave the decision where the build looks for it, touching nothing that stays the same."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in (("inference", inference), ("tflm_directory", str(tflm or ""))):
        path = directory / name
        if not path.is_file() or path.read_text() != text + "\n":
            path.write_text(text + "\n")


def decide(options: argparse.Namespace) -> Path | None:
    """Where inference runs, said and recorded; the library's directory if on the chip."""
    reason, tflm = "INFERENCE=host was asked for", None
    if options.inference != "host":
        try:
            tflm = library(options)
        except UnreachableError as error:
            if options.inference == "tflm" or not options.record:
                raise
            reason = f"{options.url} cannot be cloned: {error}"
    if tflm is None:
        print(banner(reason), file=sys.stderr)
    if options.record:
        record(options.record, "tflm" if tflm else "host", tflm)
    return tflm


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit code is 0 or 2."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, default=Path(".cache/tflm"), help="where to put it")
    parser.add_argument("--url", default=URL, help="repository to clone")
    parser.add_argument("--commit", default=COMMIT, help="commit to check out")
    parser.add_argument("--sha256", default=LIBRARY_SHA256, help="the library must have this one")
    parser.add_argument("--timeout", type=float, default=FETCH_SECONDS, help="seconds in all")
    parser.add_argument(
        "--inference", default="tflm", help="tflm, host or auto; the last two with --record"
    )
    parser.add_argument("--record", type=Path, help="leave the decision in this directory")
    options = parser.parse_args(arguments)
    try:
        if options.inference not in ("tflm", "host", "auto"):
            raise FetchError(f"INFERENCE must be tflm, host or auto, not {options.inference!r}")
        tflm = decide(options)
    except (FetchError, OSError) as error:
        print(f"fetch_tflm: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("fetch_tflm: interrupted; the next run starts clean", file=sys.stderr)
        return 2
    print(tflm or "host")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    sys.exit(main())
