"""Addresses of the compiled functions, from an object on disk where there is one.

Importing numba and having it find its own compiled functions took half of a start. The object is
named after everything that it is made of: these sources, those with their constants, numba's and
LLVM's version, and the host's CPU.
"""

import contextlib
import ctypes
import functools
import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from rt1062 import checkout
from rt1062.errors import SetupError
from rt1062.files import lock_file
from rt1062.unicorn import machine_code

_FOLDER = checkout.CACHE / "hooks"
_MOST_FILES = 8  # of the last states of the sources
_PACKAGE = Path(__file__).resolve().parent.parent
# Constants in compiled functions come from here, too.
_SOURCES = (
    "hooks/*.py", "*.py", "translator/entry.py", "translator/words.py", "../blocks/lpspi*.py",
    "../registers.py", "../scheduler.py", "../observations.py",
)  # fmt: skip


def _key() -> str:
    found = hashlib.sha256(machine_code.host_cpu().encode())
    numba = importlib.util.find_spec("numba")
    if numba is not None and numba.origin:
        found.update(Path(numba.origin).with_name("_version.py").read_bytes())
    for pattern in _SOURCES:
        for path in sorted(_PACKAGE.glob(pattern)):
            found.update(path.read_bytes())
    return found.hexdigest()[:32]


def _built() -> bytes:
    """The object from a process of its own: numba never gets into this one."""
    if sys.stderr.isatty():
        print(
            "rt1062: compiling what runs inside the emulator, once on this machine: 10 s of CPU",
            file=sys.stderr,
        )
    import subprocess

    root = str(_PACKAGE.parent.parent)
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", f"{__package__}.build"]
    ended = subprocess.run(
        command, check=False, capture_output=True, env={**os.environ, "PYTHONPATH": paths}
    )
    if ended.returncode:
        lines = ended.stderr.decode(errors="replace").splitlines() or [f"exit {ended.returncode}"]
        raise SetupError(f"numba does not compile what runs inside Unicorn: {lines[-1]}")
    return ended.stdout


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Others that want the same wait meanwhile, unless nothing can be written where they meet."""
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):
            _FOLDER.parent.mkdir(parents=True, exist_ok=True)
            lock_file(held.enter_context(_FOLDER.with_name(f"{_FOLDER.name}.lock").open("wb")))
        yield


@functools.cache
def _code() -> machine_code.MachineCode:
    path = _FOLDER / _key()
    contents = machine_code.kept(path)
    if contents is None:
        with _alone():
            contents = machine_code.kept(path)
            if contents is None:
                contents = _built()
                machine_code.keep(path, contents)
                machine_code.remove_oldest(_FOLDER, _MOST_FILES)
    return machine_code.MachineCode(contents)


@functools.cache
def address(name: str) -> int:
    """Where a function is; its name is the one in build.py."""
    return _code().address(name)


@functools.cache
def function(name: str, count: int) -> "ctypes._FuncPointer":
    """A function of so many 64-bit words that returns one, to be called from Python."""
    return ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * count)(address(name))
