"""A Renode process that leaves nothing behind: its private folder, settings and environment."""

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rt1062 import checkout
from rt1062.errors import SetupError
from rt1062.files import lock_file
from rt1062.renode.monitor import ARGUMENTS, Monitor

PLATFORM = Path(__file__).parent
BOARD = Path("boards", "mimxrt1060_evk.repl")
MODELS = sorted(path.name for path in PLATFORM.glob("*.cs"))
CACHE = checkout.CACHE / "renode"

# Read by ConfigurationManager.cs. The log is written at once, so that it can be read between two
# commands; compiled models are kept, so that they keep their names and a saved state finds them.
CONFIGURATION = """\
[general]
history-path = {directory}/history
use-synchronous-logging = True
compiler-cache-enabled = True
"""


class Process:
    """Renode with the models compiled, the log on and nothing loaded; `directory` is its own.

    `take` and `give_back` rather than making and closing one: Renode starts in 2 s, and is empty
    again in 0.1 s.
    """

    def __init__(self, renode: str, start_limit_s: float, command_limit_s: float):
        self.renode = renode
        self.owner = os.getpid()
        self._log_read = 0  # bytes of the log that belong to machines before
        # Not called renode-*: any other Renode removes such folders as leavings of its kind. And no
        # TemporaryDirectory: a forked process that ends would take the folder of this one along.
        # Where nobody comes to `close`, the guard removes it.
        self.directory = Path(tempfile.mkdtemp(prefix="rtbench-renode-"))
        if not str(self.directory).isascii():
            self._remove()
            raise SetupError(f"TMPDIR must be ASCII for Renode's monitor, not {self.directory}")
        self.log = self.directory / "renode.log"
        self._write_files()
        home = user_directory(renode)
        try:
            with first_compilation(home):
                self.monitor = Monitor(
                    [renode, *ARGUMENTS, "--config", str(self.directory / "renode.config")],
                    self._environment(home),
                    self.log,
                    start_limit_s,
                    command_limit_s,
                    self.directory,
                )
                self.monitor.do(f"logFile {self.token('renode.log')} true")
                models = " ".join(self.token("platform", name) for name in MODELS)
                self.monitor.do(f"include {models}")
        except SetupError:
            self._remove()
            raise

    def token(self, *parts: str) -> str:
        """A path in the private folder as the monitor takes it."""
        return "@" + str(self.directory.joinpath(*parts)).replace(" ", "\\ ")

    @property
    def log_text(self) -> str:
        """What was logged since Renode was empty."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(self._log_read)
            return file.read().decode("utf-8", "replace")

    def empty(self) -> None:
        """Forget the machine and all it wrote; RenodeError if that cannot be done."""
        self.monitor.do("Clear")
        for path in (*self.directory.glob("lpuart*"), *self.directory.glob("gpio*")):
            path.unlink()
        self._log_read = self.log.stat().st_size

    def close(self) -> None:
        """End Renode and remove its folder; may be called twice."""
        self.monitor.close()
        self._remove()

    def _remove(self) -> None:
        if os.getpid() == self.owner:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _write_files(self) -> None:
        # Copies: the project may lie where the monitor's input has no letters for it.
        platform = self.directory / "platform"
        (platform / "boards").mkdir(parents=True)
        for path in (*PLATFORM.glob("*.cs"), *PLATFORM.glob("**/*.repl")):
            shutil.copyfile(path, platform / path.relative_to(PLATFORM))
        (self.directory / "tmp").mkdir()
        settings = CONFIGURATION.format(directory=self.directory)
        (self.directory / "renode.config").write_text(settings)

    def _environment(self, home: Path) -> dict[str, str]:
        environment = dict(os.environ)
        environment.pop("STARTUP_COMMAND", None)  # Renode would run it
        environment["XDG_CONFIG_HOME"] = str(home)
        environment["TMPDIR"] = str(self.directory / "tmp")
        environment["DOTNET_EnableDiagnostics"] = "0"  # no socket in TMPDIR
        return environment


_idle: list[Process] = []  # one at most


def take(renode: str, start_limit_s: float, command_limit_s: float) -> Process:
    """An empty Renode: the one that was given back last, or a new one."""
    if _idle and _idle[0].owner == os.getpid():
        process = _idle.pop()
        if process.renode == renode and process.monitor.alive:
            process.monitor.command_limit_s = command_limit_s
            return process
        process.close()
    return Process(renode, start_limit_s, command_limit_s)


def give_back(process: Process) -> None:
    """Keep a Renode that is well for the next machine; end any other."""
    if process.monitor.alive and not _idle:
        try:
            process.empty()
        except SetupError:
            pass  # it has ended itself
        else:
            _idle.append(process)
            return
    process.close()


@atexit.register
def close_idle() -> None:
    """End the Renode that is kept; a forked process leaves that to the one that started it."""
    while _idle:
        process = _idle.pop()
        if process.owner == os.getpid():
            process.close()


def user_directory(renode: str) -> Path:
    """Where a Renode keeps what it compiled; one for each Renode, as code fits only its own."""
    real = Path(shutil.which(renode) or renode).resolve()
    status = real.stat() if real.exists() else None
    key = f"{real} {status.st_size if status else 0} {status.st_mtime_ns if status else 0}"
    return CACHE / f"user-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


@contextmanager
def first_compilation(home: Path) -> Iterator[None]:
    """Let only one process at a time fill the cache of compiled models.

    Two would overwrite each other's file while it is in use (SimpleFileCache.cs); once it is
    filled nobody waits.
    """
    sources = b"".join((PLATFORM / name).read_bytes() for name in MODELS)
    done = home / f"compiled-{hashlib.sha256(sources).hexdigest()[:16]}"
    if done.exists():
        yield
        return
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        lock_file(lock)
        yield
        done.touch()
