"""Which Renode is used, and how the pinned one comes into the project's cache.

`python -m rt1062.renode.installation` (`make renode`) says which Renode the bench finds and which
version it is, and installs the pinned portable release if there is none.
"""

import functools
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rt1062 import checkout
from rt1062.errors import SetupError, SimError
from rt1062.files import lock_file
from rt1062.renode.monitor import PINNED_VERSION

CACHE = checkout.CACHE / "renode"
RENODE_RUN = Path(".config", "renode")  # below the home directory; renode-run's own default

RELEASE = f"https://github.com/renode/renode/releases/download/v{PINNED_VERSION}/"
VERSION_LIMIT_S = 60


@dataclass(frozen=True)
class Archive:
    """A portable release: file name below RELEASE, and its SHA-256."""

    name: str
    sha256: str


ARCHIVES = {
    "x86_64": Archive(
        f"renode-{PINNED_VERSION}.linux-portable-dotnet.tar.gz",
        "00e113cdbd0f5354cf2f64bbe3f5a070d8958409542fca66e45ac97d982938c0",
    ),
    "aarch64": Archive(
        f"renode-{PINNED_VERSION}.linux-arm64-portable-dotnet.tar.gz",
        "fff3a098c96ed0a4ffbdff3f028c9c5fde432db09587c7bd7c99406180f90007",
    ),
}


@dataclass(frozen=True)
class Found:
    """A Renode: the program, and what named it."""

    path: str
    by: str


def find() -> str | None:
    """The Renode that would be used, None without one."""
    found = look()
    return found.path if found else None


def look() -> Found | None:
    """RENODE= as it is; else what has the pinned version: cache, renode-run's, PATH."""
    if named := os.environ.get("RENODE"):
        path = Path(named)
        return Found(str(path / "renode" if path.is_dir() else path), "RENODE=")
    cached = CACHE / PINNED_VERSION / "renode"
    if _executable(cached):
        return Found(str(cached), "the project's cache")
    if path := _installed_by_renode_run():
        return Found(str(path), "renode-run")
    on_path = shutil.which("renode")
    if on_path and _version_or_none(on_path) == PINNED_VERSION:
        return Found(on_path, "PATH")
    return None


def version(path: str) -> str:
    """The version a Renode says it is; SetupError if that cannot be learnt."""
    found, said = _ask_version(path)
    if found is None:
        raise SetupError(f"{path} is no Renode that runs here: {said}")
    return found


def _executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _installed_by_renode_run() -> Path | None:
    """Its settings name folders with their versions (renode_run/utils.py)."""
    try:
        settings = json.loads((Path.home() / RENODE_RUN / "renode-run.json").read_text())
        installations = settings["installations"].items()
        folders = [
            Path(name) for name, facts in installations if facts["version"] == PINNED_VERSION
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        return None  # not there, or of another format
    return next((folder / "renode" for folder in folders if _executable(folder / "renode")), None)


def _version_or_none(path: str) -> str | None:
    return _ask_version(path)[0]


def _ask_version(path: str) -> tuple[str | None, str]:
    try:
        status = Path(path).stat()
    except OSError as error:
        return None, str(error.strerror)
    return _run_version(path, status.st_mtime_ns, status.st_size)


@functools.lru_cache
def _run_version(path: str, _modified: int, _size: int) -> tuple[str | None, str]:
    """(version, None without one; what it printed)."""
    try:
        # A group of its own: the launcher is a script, and its child must end with it.
        with subprocess.Popen(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        ) as process:
            try:
                output, _ = process.communicate(timeout=VERSION_LIMIT_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return None, f"it does not tell its version in {VERSION_LIMIT_S} s"
    except OSError as error:
        return None, str(error.strerror)
    text = " ".join(output.decode("utf-8", "replace").split())
    found = re.search(r"Renode,? v(?:ersion )?(\d+\.\d+\.\d+)", text)
    return (found[1] if found else None), text[:200] or f"exit code {process.returncode}"


# Installing.


def install(cache: Path = CACHE, release: str = RELEASE, archive: Archive | None = None) -> Path:
    """Download, check and unpack the pinned release; the program's path.

    Safe to interrupt at any moment: a part of the archive is gone on with next time, and the
    folder appears whole or not at all.
    """
    archive = archive or _archive_for_this_machine()
    program = cache / PINNED_VERSION / "renode"
    if _executable(program):
        return program
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with (cache / "lock").open("w") as lock:
            lock_file(lock)  # another process may be at it
            if not _executable(program):
                _unpack(_download(cache, release, archive), cache / PINNED_VERSION)
    except OSError as error:
        raise SetupError(f"Renode cannot be installed in {cache}: {error}") from error
    return program


def _archive_for_this_machine() -> Archive:
    system, machine = platform.system(), platform.machine()
    if system != "Linux" or machine not in ARCHIVES:
        raise SetupError(
            f"no portable Renode {PINNED_VERSION} for {system} on {machine}: install it and name "
            "it with RENODE="
        )
    return ARCHIVES[machine]


def _download(cache: Path, release: str, archive: Archive) -> Path:
    # Only here: the machine itself needs neither library.
    import pooch
    import requests

    from rt1062.renode.resuming import ResumingDownloader

    part = cache / f"{archive.name}.part"
    pooch.get_logger().setLevel("WARNING")
    try:
        path = pooch.retrieve(
            url=release + archive.name,
            known_hash=f"sha256:{archive.sha256}",
            fname=archive.name,
            path=cache,
            downloader=ResumingDownloader(part),
        )
    except requests.RequestException as error:
        kept = f"; {part.stat().st_size} bytes are kept" if part.exists() else ""
        reason = " ".join(str(error).split())
        raise SetupError(f"{release}{archive.name}: not downloaded{kept}: {reason}") from error
    except ValueError as error:  # what pooch raises for another hash
        raise SetupError(
            f"{release}{archive.name}: not the file that was released, its SHA-256 is another; it "
            "has been deleted"
        ) from error
    return Path(path)


def _unpack(archive: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="unpacking-") as directory:
        try:
            with tarfile.open(archive) as tar:
                # Debian's 3.11.2 has no filters; there the pinned hash alone answers for the files.
                tar.extraction_filter = getattr(tarfile, "data_filter", None)
                tar.extractall(directory)
        except tarfile.TarError as error:
            raise SetupError(f"{archive} cannot be unpacked: {error}") from error
        inside = [path.parent for path in Path(directory).glob("*/renode") if _executable(path)]
        if len(inside) != 1:
            raise SetupError(f"{archive} has no folder with the program `renode` in it")
        inside[0].rename(folder)
    archive.unlink()


def main() -> int:
    """Say which Renode is used; install the pinned one if there is none."""
    try:
        found = look()
        if found is None:
            print(f"installing Renode {PINNED_VERSION} in {CACHE}", flush=True)
            found = Found(str(install()), "the project's cache")
        number = version(found.path)
        if number != PINNED_VERSION:
            raise SetupError(
                f"{found.path} ({found.by}) is Renode {number}, this project needs {PINNED_VERSION}"
            )
        print(f"Renode {number}: {found.path} ({found.by})")
    except SimError as error:
        print(f"renode: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("renode: interrupted; the next run goes on from here", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
