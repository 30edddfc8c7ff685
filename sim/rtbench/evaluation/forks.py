"""One child process a frame, forked off a machine that stands still: a snapshot for nothing.

The machine's memory is private and its translated code stays where it is (fork(2), copy on write),
so a child goes on from exactly the parent's state and what one frame does is not seen by another.
"""

import gc
import os
import selectors
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from rt1062.machine import Machine
from rtbench.parent import end_with

CHUNK = 1 << 16
Work = TypeVar("Work")


@dataclass
class _Child:
    pid: int
    index: int
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
    cost: only while all children are busy, so it never keeps them waiting.
    """
    children: dict[int, _Child] = {}
    following = 0
    prepared: list[Work] = []  # the following one, or none
    gc.collect()
    gc.freeze()  # a collection in a child would touch, and so copy, every object
    with selectors.DefaultSelector() as selector:
        try:
            while True:
                while following < len(todo) and len(children) < jobs and not stop():
                    task = prepared.pop() if prepared else todo[following]
                    read, child = _start(work, task, following)
                    children[read] = child
                    selector.register(read, selectors.EVENT_READ)
                    following += 1
                if not children:
                    return
                if following < len(todo) and not prepared and not stop():
                    prepared.append(prepare(todo[following]))
                for key, _ in selector.select():
                    part = os.read(key.fd, CHUNK)
                    if part:
                        children[key.fd].parts.append(part)
                        continue
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    child = children.pop(key.fd)
                    reason = died(os.waitpid(child.pid, 0)[1])
                    yield child.index, None if reason else b"".join(child.parts), reason
        finally:  # a second Ctrl-C, or whoever asked has lost interest
            for read, child in children.items():
                os.kill(child.pid, signal.SIGKILL)
                os.waitpid(child.pid, 0)
                os.close(read)
            gc.unfreeze()


@contextmanager
def beside(work: Callable[[], bytes]) -> Iterator[Callable[[], tuple[bytes | None, str]]]:
    """One child within the `with`, while this process goes on.

    The value waits for it and gives what `work` gave, and how the child died if it gave nothing.
    """
    read, child = _start(lambda _: work(), None, 0)
    parts: list[bytes] = []
    reason: str | None = None

    def result() -> tuple[bytes | None, str]:
        nonlocal reason
        if reason is None:
            while part := os.read(read, CHUNK):
                parts.append(part)
            reason = died(os.waitpid(child.pid, 0)[1])
        return (None if reason else b"".join(parts)), reason

    try:
        yield result
    finally:
        if reason is None:
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)
        os.close(read)


def _start(work: Callable[[Work], bytes], task: Work, index: int) -> tuple[int, _Child]:
    read, write = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        os.close(write)
        return read, _Child(pid, index)
    code = 1
    try:
        begin_child(parent)
        os.close(read)
        with os.fdopen(write, "wb") as pipe:
            pipe.write(work(task))
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)  # nothing of the parent's is flushed or closed twice


def begin_child(parent: int) -> None:
    """Signals for a child that has just been forked; it ends when its parent does."""
    # Ctrl-C is for the parent: a frame that has begun is finished.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with(parent)


def died(status: int) -> str:
    """How a child ended that has not ended well; "" for one that has."""
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return ""
    if code < 0:
        return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended with {code}"
