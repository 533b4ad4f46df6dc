"""Long runs: others go first, one that fails fails alone, and nobody has too many. See also `test_inside.py`."""

import os
import sys
import threading

import pytest

from cgan.common.validation import RefusalError
from cgan.ui.server.jobs import Visitor, Worker


def where():
    """Who computes, step by step."""
    while True:
        yield threading.current_thread().name


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux only")
def test_everything_else_goes_first():
    def niceness():
        yield os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert next(Worker().steps(niceness)) > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def failing(error):
    yield 1
    raise error


def test_a_run_that_fails_fails_alone():
    worker = Worker()
    other = worker.steps(where)
    name = next(other)
    with pytest.raises(ZeroDivisionError, match="by hand"):
        list(worker.steps(failing, ZeroDivisionError("by hand")))
    assert next(other) == next(worker.steps(where)) == name


def test_a_page_has_few_runs_at_once_and_the_others_are_not_held_up():
    visitors = iter([Visitor("a", "1"), *[Visitor("b", "1")] * 6, Visitor("c", "2")])
    worker = Worker(lambda: next(visitors))
    of_a, *of_b = [worker.steps(where) for _ in range(6)]
    next(of_a)
    for run in of_b[:4]:
        next(run)
    with pytest.raises(RefusalError) as refusal:
        next(of_b[4])
    assert refusal.value.text["key"] == "too_many_runs"
    of_b[0].close()
    next(worker.steps(where))


@pytest.mark.parametrize(
    ("visitors", "allowed", "key"),
    [
        ([Visitor(f"page{number}", "1") for number in range(20)], 16, "too_many_runs"),
        ([Visitor(f"page{number}", f"{number}") for number in range(40)], 32, "server_busy"),
        ([Visitor()] * 40, 32, "server_busy"),
    ],
    ids=["an address", "all", "nobody knows who"],
)
def test_limits_of_runs(visitors, allowed, key):
    asking = iter(visitors)
    worker = Worker(lambda: next(asking))
    runs = []
    with pytest.raises(RefusalError) as refusal:
        for _ in visitors:
            runs.append(worker.steps(where))
            next(runs[-1])
    assert len(runs) == allowed + 1 and refusal.value.text["key"] == key
