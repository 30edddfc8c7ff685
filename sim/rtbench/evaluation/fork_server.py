"""A process that does nothing but fork: each of its children goes on from the same state.

Who wants the children draws frames, keeps rows and moves a progress bar meanwhile. When it forked
them itself, each fork took its memory away from it again: it copied 1,600 pages a frame, half of
its time. The server writes to few pages, and does not even know what its children answer.
"""

import contextlib
import gc
import os
import pickle
import socket
import struct
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

from rtbench.evaluation import child

Task = TypeVar("Task")
NUMBER = struct.Struct("<q")
CHUNK = 1 << 16


class ForkServer(Generic[Task]):
    """Children that do `work` on one of `todo` each; they end at the latest with the `with`.

    What this process is when the server begins is what every child begins with.
    """

    def __init__(self, work: Callable[[Task], bytes], todo: Sequence[Task]):
        self._work, self._todo = work, todo
        self._link, link = socket.socketpair()
        gc.freeze()  # a collection in a child would touch, and so copy, every object
        self._pid = child.fork(partial(self._serve, link))
        gc.unfreeze()
        link.close()

    def __enter__(self) -> "ForkServer[Task]":
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()
        child.died(self._pid)

    def start(self, number: int, task: Task | None = None) -> socket.socket:
        """Begin a child: what it answers comes from the socket, up to its end.

        It works on `task` where there is one, and else on `todo[number]`.
        """
        answer, line = socket.socketpair()
        # Of a server or a child that is gone, there is nothing to be read, and `died` says why.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError), line:
            socket.send_fds(self._link, [NUMBER.pack(number)], [line.fileno()])
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            answer.sendall(b"" if task is None else pickle.dumps(task))
            answer.shutdown(socket.SHUT_WR)
        return answer

    def died(self, number: int) -> str:
        """How the child of a number died, "" if it has ended well; waits for its end."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._link.sendall(NUMBER.pack(number))
            if said := self._link.recv(CHUNK):
                return said.decode().rstrip("\n")
        return "the process that was to fork it has ended"

    # In the server.

    def _serve(self, link: socket.socket) -> None:
        self._link.close()
        children: dict[int, int] = {}
        while True:
            message, lines, _, _ = socket.recv_fds(link, NUMBER.size, 1)
            if not message:
                break
            (number,) = NUMBER.unpack(message)
            if lines:
                work = partial(self._answer, link, number, lines[0])
                children[number] = child.fork(work, has_signals=True)
                os.close(lines[0])
            else:
                link.sendall(f"{child.died(children.pop(number))}\n".encode())
        for pid in children.values():
            child.kill(pid)

    # In a child.

    def _answer(self, link: socket.socket, number: int, line: int) -> None:
        link.close()
        given = b""
        while part := os.read(line, CHUNK):
            given += part
        answer = self._work(pickle.loads(given) if given else self._todo[number])
        with os.fdopen(line, "wb") as pipe:
            pipe.write(answer)
