"""Runs a command in a process group of its own that ends with whoever started it.

`python guard.py LIFELINE FOLDER COMMAND...`: LIFELINE is the reading end of a pipe whose other end
only the starting process holds. When that process is gone, however it went, the pipe ends, the
whole group is killed and FOLDER ("" for none) is removed: Renode's launcher is a script that starts
another process, so a signal to one of them, or Linux' parent-death signal, would leave the other.
Otherwise the exit code is the command's.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time

DEATH_LIMIT_S = 10.0


def clean_up_at_end(lifeline: int, folder: str) -> None:
    """Wait for the end of the pipe, then end this process group and remove the folder."""
    while os.read(lifeline, 4096):
        pass
    group = os.getpgrp()
    if os.fork():
        return  # killed by the child, which is in the group no more
    os.setsid()
    deadline = time.monotonic() + DEATH_LIMIT_S
    try:
        while time.monotonic() < deadline:
            os.killpg(group, signal.SIGKILL)
            time.sleep(0.02)
    except ProcessLookupError:
        pass  # all are gone, and nobody writes into the folder any more
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def main() -> int:
    """Start the command and wait for it."""
    lifeline, folder, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    try:
        process = subprocess.Popen(command)
    except OSError as error:
        print(f"cannot start {command[0]}: {error.strerror}", flush=True)
        return 126
    # Only the command talks on these; as long as this process held them, nobody saw their end.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.dup2(null, 2)
    threading.Thread(target=clean_up_at_end, args=(lifeline, folder), daemon=True).start()
    code = process.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
