"""Child processes that each set something up once and then work on one task after the other.

For machines that cannot be forked: each child has one of its own. Commands and answers go through
pipes, length first. A child that dies costs the task it was on, and another takes its place.
"""

import contextlib
import os
import selectors
import signal
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TypeVar

from rtbench.evaluation.child import died, fork

Task = TypeVar("Task")
Work = Callable[[Task], bytes]
SIZE = struct.Struct("<Q")
CHUNK = 1 << 16


@dataclass
class _Child:
    pid: int
    ask: int  # pipe ends of the parent
    answers: int
    index: int | None = None  # of the task it is on
    data: bytearray = field(default_factory=bytearray)

    def give(self, index: int) -> None:
        self.index = index
        os.write(self.ask, SIZE.pack(index))

    def take(self) -> bytes | None:
        """The answer, once it is complete."""
        if len(self.data) < SIZE.size:
            return None
        (size,) = SIZE.unpack_from(self.data)
        if len(self.data) < SIZE.size + size:
            return None
        answer = bytes(self.data[SIZE.size :])
        self.data.clear()
        return answer

    def close(self) -> str:
        """Let it end; how it died, "" if it did not."""
        os.close(self.ask)
        os.close(self.answers)
        return died(self.pid)


def worked(
    set_up: Callable[[], AbstractContextManager[Work]],
    todo: Sequence[Task],
    jobs: int,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[int, bytes | None, str]]:
    """Each task by a child that has called `set_up`, at most `jobs` of them, as they end.

    Yields what `forks.forked` yields. Once `stop` is true no new task is begun.
    """
    children: list[_Child] = []
    following = 0
    with selectors.DefaultSelector() as selector:

        def give_next(child: _Child) -> None:
            nonlocal following
            if following < len(todo) and not stop():
                child.give(following)
                following += 1

        def start() -> None:
            child = _start(set_up, todo, children)
            children.append(child)
            selector.register(child.answers, selectors.EVENT_READ, child)
            give_next(child)

        try:
            for _ in range(min(jobs, len(todo))):
                start()
            while any(child.index is not None for child in children):
                for key, _ in selector.select():
                    child: _Child = key.data
                    part = os.read(child.answers, CHUNK)
                    child.data += part
                    index = child.index
                    if not part:
                        selector.unregister(child.answers)
                        children.remove(child)
                        reason = child.close()
                        if index is not None:
                            yield index, None, reason or "its process has ended"
                            if following < len(todo) and not stop():
                                start()
                    elif (answer := child.take()) is not None:
                        child.index = None
                        yield index, answer, ""
                        give_next(child)
        finally:  # the end of its commands ends a child; who is on a task is not waited for
            for child in children:
                if child.index is not None:
                    os.kill(child.pid, signal.SIGTERM)
                child.close()


def _start(
    set_up: Callable[[], AbstractContextManager[Work]],
    todo: Sequence[Task],
    others: Sequence[_Child],
) -> _Child:
    commands, ask = os.pipe()
    answers, give = os.pipe()

    def body() -> None:
        for end in (ask, answers, *(end for one in others for end in (one.ask, one.answers))):
            os.close(end)
        with contextlib.suppress(BrokenPipeError):  # nobody asks any more
            _serve(set_up, todo, commands, give)

    pid = fork(body)
    os.close(commands)
    os.close(give)
    return _Child(pid, ask, answers)


def _serve(
    set_up: Callable[[], AbstractContextManager[Work]],
    todo: Sequence[Task],
    commands: int,
    give: int,
) -> None:
    with set_up() as work, os.fdopen(give, "wb") as pipe:
        while command := os.read(commands, SIZE.size):
            answer = work(todo[SIZE.unpack(command)[0]])
            pipe.write(SIZE.pack(len(answer)) + answer)
            pipe.flush()
