"""Where long computations run, so that one person's ascent does not stall everyone's sliders."""

from collections.abc import Iterator
from typing import TypeVar

from cgan.one_core import one_core_threads

Item = TypeVar("Item")


class Worker:
    """One thread that computes on one core, step by step and for all in turn, and lets the sliders go first."""

    def __init__(self) -> None:
        self._thread = one_core_threads(1, "inside", yielding=True)

    def steps(self, iterator: Iterator[Item]) -> Iterator[Item]:
        """The same items; each is computed in the thread. Between two of them others have their turn."""
        end = object()
        while (item := self._thread.submit(next, iterator, end).result()) is not end:
            yield item
