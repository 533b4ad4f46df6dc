"""Where long computations run, so that one person's ascent does not stall everyone's sliders."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

Item = TypeVar("Item")


class Worker:
    """One thread that computes on one core, step by step and for all in turn; the other cores stay with the sliders.

    With two threads of its own on two busy cores each step would also wait, at every layer, for a core that is not
    free: then it takes many times longer, not half as long.
    """

    def __init__(self) -> None:
        threads = torch.get_num_threads()
        self._thread = ThreadPoolExecutor(1, "inside")
        self._thread.submit(torch.get_num_threads).result()  # torch sets up a thread when it is first asked there
        self._thread.submit(torch.set_num_threads, 1).result()
        torch.set_num_threads(threads)  # for the last number given also holds in threads that are yet to come

    def steps(self, iterator: Iterator[Item]) -> Iterator[Item]:
        """The same items; each is computed in the thread. Between two of them others have their turn."""
        end = object()
        while (item := self._thread.submit(next, iterator, end).result()) is not end:
            yield item
