"""One child process a frame, forked off a machine that stands still: a snapshot for nothing.

The machine's memory is private and its translated code stays where it is (fork(2), copy on write),
so a child goes on from exactly the parent's state and what one frame does is not seen by another.
"""

import os
import selectors
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from rt1062.machine import Machine
from rtbench.evaluation import child
from rtbench.evaluation.fork_server import CHUNK, ForkServer

Work = TypeVar("Work")


@dataclass
class _Running:
    number: int
    parts: list[bytes] = field(default_factory=list)


def can_fork(machine: Machine) -> bool:
    """Whether a machine lives in this process whole; Renode is a process of its own."""
    return machine.name == "unicorn"


def forked(
    work: Callable[[Work], bytes],
    todo: Sequence[Work],
    jobs: int,
    stop: Callable[[], bool] = lambda: False,
    prepare: Callable[[Work], Work] = lambda task: task,
) -> Iterator[tuple[int, bytes | None, str]]:
    """`work` on each, in children, at most `jobs` at a time, as they end.

    Yields the index, what `work` gave, and how the child died if it gave nothing. Once `stop` is
    true no new child starts; those that run end first. Call it without threads of your own.
    `prepare` may do here what a child, in which every page is touched first, does at twice the
    cost: only while all children are busy, so it never keeps them waiting. Its value is pickled,
    unless it is the task itself.
    """
    running = 0
    following = 0
    prepared: list[Work] = []  # the following one, or none
    with ForkServer(work, todo) as server, selectors.DefaultSelector() as selector:
        try:
            while True:
                while following < len(todo) and running < jobs and not stop():
                    task = prepared.pop() if prepared else todo[following]
                    # What nobody has made anything of the children have, and it may be anything.
                    answer = server.start(following, None if task is todo[following] else task)
                    selector.register(answer, selectors.EVENT_READ, _Running(following))
                    running += 1
                    following += 1
                if not running:
                    return
                if following < len(todo) and not prepared and not stop():
                    prepared.append(prepare(todo[following]))
                for key, _ in selector.select():
                    if part := _received(key.fileobj):
                        key.data.parts.append(part)
                        continue
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                    running -= 1
                    number = key.data.number
                    reason = server.died(number)
                    yield number, None if reason else b"".join(key.data.parts), reason
        finally:  # a second Ctrl-C, or whoever asked has lost interest
            for key in list(selector.get_map().values()):
                key.fileobj.close()


def _received(answer: socket.socket) -> bytes:
    try:
        return answer.recv(CHUNK)
    except ConnectionResetError:  # it died before it had read its task
        return b""


@contextmanager
def beside(work: Callable[[], bytes]) -> Iterator[Callable[[], tuple[bytes | None, str]]]:
    """One child within the `with`, while this process goes on.

    The value waits for it and gives what `work` gave, and how the child died if it gave nothing.
    """
    read, write = os.pipe()

    def answer() -> None:
        os.close(read)
        with os.fdopen(write, "wb") as pipe:
            pipe.write(work())

    pid = child.fork(answer)
    os.close(write)
    parts: list[bytes] = []
    reason: str | None = None

    def result() -> tuple[bytes | None, str]:
        nonlocal reason
        if reason is None:
            while part := os.read(read, CHUNK):
                parts.append(part)
            reason = child.died(pid)
        return (None if reason else b"".join(parts)), reason

    try:
        yield result
    finally:
        if reason is None:
            child.kill(pid)
        os.close(read)
