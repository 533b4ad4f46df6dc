"""Where long computations run, so that one person's ascent does not stall everyone's sliders."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import suppress
from typing import TypeVar

from cgan.common.threads import one_core_threads
from cgan.sampling.sampler import SamplerCache
from cgan.ui.server.process_pool import Helpers

Item = TypeVar("Item")

samplers = SamplerCache()  # of the runs, in whichever process they are computed


class Worker:
    """One thread that computes on one core, step by step and for all in turn, and lets the sliders go first."""

    def __init__(self) -> None:
        self._thread = one_core_threads(1, "inside", yielding=True)

    def steps(self, run: Callable[..., Iterator[Item]], *arguments: object) -> Iterator[Item]:
        """What `run(*arguments)` yields; each is computed in the thread. Between two of them others have their turn."""
        iterator = run(*arguments)
        end = object()
        while (item := self._thread.submit(next, iterator, end).result()) is not end:
            yield item


class WorkerProcess(Worker):
    """The same in a process of its own, once it is there; it comes with the first run.

    Until then, and when it is killed, the thread computes. run: a function of a module; what it takes and yields can be
    sent from process to process.
    """

    def __init__(self) -> None:
        super().__init__()
        self._helpers = Helpers(1, yielding=True)
        self._numbers = itertools.count()

    def steps(self, run: Callable[..., Iterator[Item]], *arguments: object) -> Iterator[Item]:
        self._helpers.come()
        if pool := self._helpers.pool:
            with suppress(BrokenExecutor):
                yield from self._steps_there(pool, run, *arguments)
                return
        yield from super().steps(run, *arguments)

    def _steps_there(
        self, pool: ProcessPoolExecutor, run: Callable[..., Iterator[Item]], *arguments: object
    ) -> Iterator[Item]:
        number = next(self._numbers)
        self._helpers.submit(pool, _begin, number, run, *arguments).result()
        try:
            while found := self._helpers.submit(pool, _next, number).result():
                yield found[0]
        finally:
            with suppress(RuntimeError):  # the process has gone, or the server ends
                self._helpers.submit(pool, _end, number)


_runs: dict[int, Iterator] = {}  # under way, in the process that computes them


def _begin(number: int, run: Callable[..., Iterator], *arguments: object) -> None:
    _runs[number] = run(*arguments)


def _next(number: int) -> list:
    """The next item alone, or nothing at the end."""
    return list(itertools.islice(_runs[number], 1))


def _end(number: int) -> None:
    del _runs[number]
