"""Children that set something up once and work on one task after the other."""

import os
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest

from rtbench.evaluation.workers import worked

TASKS = list(range(20))


@contextmanager
def doubling():
    """Answers with the task twice over and the process that did it."""
    count = 0

    def work(task: int) -> bytes:
        nonlocal count
        count += 1
        return f"{2 * task} {os.getpid()} {count}".encode()

    yield work


@contextmanager
def dying():
    """Does not survive task 7."""

    def work(task: int) -> bytes:
        if task == 7:
            os.kill(os.getpid(), signal.SIGKILL)
        return str(task).encode()

    yield work


def children() -> list[int]:
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in path.read_text().split()]


@pytest.mark.parametrize("jobs", [1, 3, 50])
def test_every_task_is_answered_once_by_so_many_processes(jobs) -> None:
    answers = {}
    for index, answer, reason in worked(doubling, TASKS, jobs):
        assert (index not in answers, reason) == (True, "")
        answers[index] = list(map(int, answer.split()))
    assert {index: answer[0] for index, answer in answers.items()} == {i: 2 * i for i in TASKS}
    processes = {answer[1] for answer in answers.values()}
    assert len(processes) <= min(jobs, len(TASKS)) and os.getpid() not in processes
    assert max(answer[2] for answer in answers.values()) >= len(TASKS) / jobs  # set up once


def test_a_large_answer_comes_whole() -> None:
    @contextmanager
    def large():
        yield lambda task: bytes([task]) * 1_000_000

    assert [(i, len(a), a[0]) for i, a, _ in worked(large, [5], 1)] == [(0, 1_000_000, 5)]


def test_a_process_that_dies_costs_its_task_only() -> None:
    outcomes = {index: (answer, reason) for index, answer, reason in worked(dying, TASKS, 2)}
    assert outcomes.pop(7) == (None, "its process was ended by SIGKILL")
    assert outcomes == {i: (str(i).encode(), "") for i in TASKS if i != 7}


def test_a_set_up_that_fails_is_told(capfd) -> None:
    @contextmanager
    def broken():
        raise ValueError("no machine today")
        yield

    outcomes = list(worked(broken, [1], 1))
    assert outcomes == [(0, None, "its process ended with 1")]
    assert "no machine today" in capfd.readouterr().err


def test_nothing_is_begun_once_it_shall_stop() -> None:
    done = []
    for index, _, _ in worked(doubling, TASKS, 2, lambda: len(done) >= 3):
        done.append(index)
    assert 3 <= len(done) <= 5


def test_no_process_is_left_when_nobody_asks_any_more() -> None:
    before = children()
    answers = worked(doubling, TASKS, 3)
    next(answers)
    answers.close()
    assert children() == before
