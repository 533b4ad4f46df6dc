"""Long runs: computed step by step in one thread, a step of each in turn, at low priority."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from cgan.ui.server.run_limits import RunLimits, Visitor

Item = TypeVar("Item")

_NICENESS = 10  # of the thread: everything else that wants a core gets it first


class Worker:
    """The thread."""

    def __init__(self, visitor: Callable[[], Visitor] = Visitor) -> None:
        """visitor: returns who asks for a run, in the thread that does."""
        self._visitor = visitor
        self._limits = RunLimits()
        self._thread = ThreadPoolExecutor(1, "runs", _let_others_go_first)

    def steps(self, run: Callable[..., Iterator[Item]], *arguments: object) -> Iterator[Item]:
        """The items of `run(*arguments)`, each computed when it is asked for.

        Raises RefusalError where the visitor, or all visitors together, have too many runs under way.
        """
        with self._limits.entered(self._visitor()):
            iterator = run(*arguments)
            end = object()
            while (item := self._thread.submit(next, iterator, end).result()) is not end:
                yield item


def _let_others_go_first() -> None:
    if sys.platform == "linux":  # where threads have priorities of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
