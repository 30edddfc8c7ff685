"""A command that ends, with all that it has started, with whoever started it.

`Guarded` starts this file as `python guard.py LIFELINE FOLDER COMMAND...`: LIFELINE is the reading
end of a pipe whose other end only the starting process holds, or "-" where it holds none. When that
process is gone, however it went, all that the command has started is killed and FOLDER ("" for
none) is removed: Renode's launcher and the build tools start processes of their own, which a signal
to one of them, or Linux' parent-death signal, would leave. Otherwise the exit code is the
command's, and what the command has left behind ends with it.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

DEATH_LIMIT_S = 10.0
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
PARENT_LOOK_S = 0.1
PARENT = os.getppid()
NOT_STARTED = 126  # exit code, as a shell's


class Guarded(subprocess.Popen):
    """A command, and the guard of what it starts; OSError if even the guard cannot be started.

    A command that cannot be started ends with NOT_STARTED and a line of its output. Windows has no
    such groups: there the command is on its own.
    """

    def __init__(self, command: Sequence[str], folder: Path | None = None, **options: object):
        self._lifeline = -1
        if sys.platform == "win32":
            super().__init__(command, **options)
            return
        lifeline, self._lifeline = os.pipe()
        guard = [
            sys.executable,
            "-I",
            str(Path(__file__).resolve()),
            str(lifeline),
            str(folder or ""),
        ]
        try:
            super().__init__([*guard, *command], pass_fds=[lifeline], process_group=0, **options)
        except OSError:
            os.close(self._lifeline)
            raise
        finally:
            os.close(lifeline)

    def end(self) -> None:
        """Kill all that runs of it and close the streams; may be called twice."""
        if self._lifeline < 0:
            self.kill()
            return
        os.close(self._lifeline)
        self._lifeline = -1
        try:
            self.wait(DEATH_LIMIT_S + 1)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.wait()
        for stream in (self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(OSError):  # what was still to be written has nobody to read it
                if stream:
                    stream.close()


def descendants(of: int) -> list[int]:
    """The running processes that a process has started, and theirs (none without /proc)."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = path.read_text(errors="replace").rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(path.parent.name)] = int(parent)
    found = {of}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found - {of})


def end_descendants() -> None:
    """Kill what this process has started, and what that has, until none is left."""
    deadline = time.monotonic() + DEATH_LIMIT_S
    # Not the group alone: ninja gives each compiler a group of its own.
    while (left := descendants(os.getpid())) and time.monotonic() < deadline:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def wait_for_end(lifeline: str) -> None:
    """Wait until the pipe ends or, for "-", until the process that has started this one is gone."""
    if lifeline == "-":
        while os.getppid() == PARENT:
            time.sleep(PARENT_LOOK_S)
    else:
        while os.read(int(lifeline), 4096):
            pass


def clean_up_at_end(lifeline: str, folder: str, ending: threading.Event) -> None:
    """Wait for the end, then end all that was started and remove the folder."""
    wait_for_end(lifeline)
    ending.set()
    end_descendants()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)  # nobody writes into it any more
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> int:
    """Start the command and wait for it."""
    lifeline, folder, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    if sys.platform == "linux":
        # Whose parent ends becomes our child.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        process = subprocess.Popen(command)
    except OSError as error:
        print(f"cannot start {command[0]}: {error.strerror}", flush=True)
        return NOT_STARTED
    # Only the command talks on these; as long as this process held them, nobody saw their end.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.dup2(null, 2)
    ending = threading.Event()
    cleaner = threading.Thread(target=clean_up_at_end, args=(lifeline, folder, ending), daemon=True)
    cleaner.start()
    code = process.wait()
    if ending.is_set():
        cleaner.join()
    end_descendants()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
