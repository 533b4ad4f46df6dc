"""Long runs: limited in number, and computed in one thread, a step of each in turn, at low priority."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from cgan.common.validation import RefusalError
from cgan.ui.figures import say

Item = TypeVar("Item")

_NICENESS = 10  # of the thread: everything else that wants a core gets it first
# A page has a few kinds of runs, each of which waits for its own last one. Many people can share an address, behind a
# school's router or a tunnel.
_MAX_BY_PAGE = 4
_MAX_BY_ADDRESS = 16
_MAX = 32


class Visitor(NamedTuple):
    """Who has something computed; None where that is not known."""

    page: str | None = None
    address: str | None = None


class Worker:
    """The thread."""

    def __init__(self, visitor: Callable[[], Visitor] = Visitor) -> None:
        """visitor: returns who asks for a run, in the thread that does."""
        self._visitor = visitor
        self._thread = ThreadPoolExecutor(1, "runs", _let_others_go_first)
        self._lock = threading.Lock()
        self._visitors: list[Visitor] = []  # one for each run that is under way

    def steps(self, run: Callable[..., Iterator[Item]], *arguments: object) -> Iterator[Item]:
        """The items of `run(*arguments)`, each computed when it is asked for.

        Raises RefusalError where the visitor, or all visitors together, have too many runs under way.
        """
        with self._counted(self._visitor()):
            iterator = run(*arguments)
            end = object()
            while (item := self._thread.submit(next, iterator, end).result()) is not end:
                yield item

    @contextmanager
    def _counted(self, visitor: Visitor) -> Iterator[None]:
        """Count a run of this visitor until the `with` block ends."""
        with self._lock:
            if len(self._visitors) >= _MAX:
                raise RefusalError(say("server_busy"))
            of_page = sum(other.page == visitor.page for other in self._visitors if visitor.page is not None)
            of_address = sum(
                other.address == visitor.address for other in self._visitors if visitor.address is not None
            )
            if of_page >= _MAX_BY_PAGE or of_address >= _MAX_BY_ADDRESS:
                raise RefusalError(say("too_many_runs"))
            self._visitors.append(visitor)
        try:
            yield
        finally:
            with self._lock:
                self._visitors.remove(visitor)


def _let_others_go_first() -> None:
    if sys.platform == "linux":  # where threads have priorities of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
