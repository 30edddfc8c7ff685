"""Runs a command in a process group of its own that ends with whoever started it.

`python guard.py LIFELINE COMMAND...`: LIFELINE is the reading end of a pipe whose other end only
the starting process holds. When that process is gone, however it went, the pipe ends and the whole
group is killed: Renode's launcher is a script that starts another process, so a signal to one of
them, or Linux' parent-death signal, would leave the other. Otherwise the exit code is the
command's.
"""

import os
import signal
import subprocess
import sys
import threading


def kill_group_at_end(lifeline: int) -> None:
    """Wait for the end of the pipe, then kill this process group."""
    while os.read(lifeline, 4096):
        pass
    os.killpg(0, signal.SIGKILL)


def main() -> int:
    """Start the command and wait for it."""
    lifeline = int(sys.argv[1])
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    try:
        process = subprocess.Popen(sys.argv[2:])
    except OSError as error:
        print(f"cannot start {sys.argv[2]}: {error.strerror}", flush=True)
        return 126
    # Only the command talks on these; as long as this process held them, nobody saw their end.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.dup2(null, 2)
    threading.Thread(target=kill_group_at_end, args=(lifeline,), daemon=True).start()
    code = process.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
