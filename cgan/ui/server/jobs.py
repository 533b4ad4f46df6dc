"""Long runs: computed step by step in a process of their own, so that one person's run does not stall all sliders.

Python runs one thread of a process at a time, so in a thread of the server a run makes every slider wait. Measured with
four runs and 60 people (`benchmarks.load`): with the process 387 pictures a second and 260 ms at the 95th percentile,
with a thread 209 and 468 ms. The process has torch loaded anew, so it starts with the first run.
"""

import itertools
import math
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import wait
from typing import TypeVar

import torch

from cgan.sampling.sampler import newest_sampler  # noqa: F401 (the runs draw with them)
from cgan.ui.server.log import log
from cgan.ui.server.run_limits import RunLimits, Visitor

Item = TypeVar("Item")

_RESTART_PAUSE_S = 60  # a process that was killed for want of memory would be killed again
_NICENESS = 10  # of what computes runs: everything else that wants a core gets it first


class Worker:
    """One thread that computes the runs of all visitors, a step of each in turn."""

    def __init__(self, visitor: Callable[[], Visitor] = Visitor) -> None:
        """visitor: returns who asks for a run, in the thread that does."""
        self._visitor = visitor
        self._limits = RunLimits()
        self._thread = ThreadPoolExecutor(1, "runs", _yield_cores_in_thread)

    def steps(self, run: Callable[..., Iterator[Item]], *arguments: object) -> Iterator[Item]:
        """The items of `run(*arguments)`, each computed when it is asked for.

        Raises RefusalError where the visitor, or all visitors together, have too many runs under way.
        """
        with self._limits.entered(self._visitor()):
            yield from self._steps(run, *arguments)

    def _steps(self, run: Callable[..., Iterator[Item]], *arguments: object) -> Iterator[Item]:
        iterator = run(*arguments)
        end = object()
        while (item := self._thread.submit(next, iterator, end).result()) is not end:
            yield item


class WorkerProcess(Worker):
    """The same in a process of its own.

    It starts with the first run. Until it is there, and when it has been killed, the thread computes.
    A run is a function of a module; its arguments and its items can be pickled.
    """

    def __init__(self, visitor: Callable[[], Visitor] = Visitor) -> None:
        super().__init__(visitor)
        self._pool: ProcessPoolExecutor | None = None  # of one process
        self._lock = threading.Lock()
        self._next_start = 0.0
        self._numbers = itertools.count()

    def _steps(self, run: Callable[..., Iterator[Item]], *arguments: object) -> Iterator[Item]:
        pool = self._pool
        if pool is None:
            self._start_in_background()
        else:
            try:
                yield from self._steps_in(pool, run, *arguments)
                return
            except BrokenExecutor as error:
                self._has_gone(pool, error)
        yield from super()._steps(run, *arguments)

    def _steps_in(
        self, pool: ProcessPoolExecutor, run: Callable[..., Iterator[Item]], *arguments: object
    ) -> Iterator[Item]:
        number = next(self._numbers)
        pool.submit(_begin, number, run, *arguments).result()
        try:
            while found := pool.submit(_next, number).result():
                yield found[0]
        finally:
            with suppress(RuntimeError):  # the process has gone, or the server ends
                pool.submit(_end, number)

    def _start_in_background(self) -> None:
        """Starting takes seconds. Nothing happens while the process is on its way, or was killed a moment ago."""
        with self._lock:
            is_due = time.monotonic() >= self._next_start
            self._next_start = math.inf if is_due else self._next_start
        if is_due:
            threading.Thread(target=self._start).start()

    def _start(self) -> None:
        try:
            pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _settle)
            pool.submit(int).result()
        except (OSError, NotImplementedError, BrokenExecutor) as error:  # also where a system has no semaphores
            self._has_gone(None, error)
        else:
            self._pool = pool

    def _has_gone(self, pool: ProcessPoolExecutor | None, error: Exception) -> None:
        with self._lock:
            if self._pool is pool:  # the first run to notice
                log("the process for long runs", error)
                self._pool, self._next_start = None, time.monotonic() + _RESTART_PAUSE_S


def _yield_cores_in_thread() -> None:
    if sys.platform == "linux":  # where threads have priorities of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _settle() -> None:
    """In the process: one core, at a low priority. It ends with the server, but not by the Ctrl-C that ends that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):  # Windows has no such priorities
        os.nice(_NICENESS)
    torch.set_num_threads(1)
    threading.Thread(target=_end_with_server, daemon=True).start()


def _end_with_server() -> None:
    wait([multiprocessing.parent_process().sentinel])
    os._exit(0)


_runs: dict[int, Iterator] = {}  # under way, in the process


def _begin(number: int, run: Callable[..., Iterator], *arguments: object) -> None:
    _runs[number] = run(*arguments)


def _next(number: int) -> list:
    """The next item alone, or nothing at the end."""
    return list(itertools.islice(_runs[number], 1))


def _end(number: int) -> None:
    del _runs[number]
