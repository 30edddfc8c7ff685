"""The process that suites are forked off: what each of them imports is imported here, once.

The runner starts it, `python -m rtbench.robot.template RUNNER SOCKET MODULE ...`, and asks in JSON,
a message each (robot/processes.py): [number, "run", Robot's arguments], with the descriptor of the
output; the answer is the suite's process. [number, "ended", process]; the answer is its exit code,
null while it runs. Answers have the number in front. It ends with its link, every suite with it.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys

from robot import run_cli

from rtbench.parent import end_with

MOST_BYTES = 1 << 17  # of a message


def main() -> int:
    """In the template 0; in a suite, which begins in here, Robot's exit code."""
    runner, link = int(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
    end_with(runner)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the suites, and for the runner
    for module in sys.argv[3:]:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # a suite that looks for garbage need not look, and so copy, through all of it
    arguments = _serve(link)
    return 0 if arguments is None else run_cli(arguments, exit=False)


def _serve(link: socket.socket) -> list[str] | None:
    """Answer until the link is closed; what is to be run where this is the suite's process."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(link, MOST_BYTES, 1)
        if not message:
            return None
        number, what, subject = json.loads(message)
        if what == "run":
            answer = os.fork()
            if answer == 0:
                link.close()
                _begin(*descriptors)
                return subject
            for one in descriptors:
                os.close(one)
        else:
            pid, status = os.waitpid(subject, os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        link.send(json.dumps([number, answer]).encode())


def _begin(output: int) -> None:
    """A suite's process, as if it had just been started."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)


if __name__ == "__main__":
    sys.exit(main())
