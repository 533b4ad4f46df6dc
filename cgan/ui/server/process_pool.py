"""Processes that compute for the server.

Python runs one thread of a process at a time. What serves sixty people keeps it busy: drawing in threads beside that
leaves a third of two cores unused, and every slider waits for the turns of a long run in a thread. A helper is as large
as torch, so helpers come when they are first needed.
"""

import math
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext

import torch

from cgan.ui.server.log import log

_PAUSE_S = 60  # before others are asked to come in the place of those who have gone
_SHARED = ["cgan.ui.studio"]  # loaded once for all of them, with torch


class Helpers:
    """So many of them, each on one core."""

    def __init__(self, count: int, yielding: bool = False) -> None:
        """yielding: whatever else wants a core gets it first."""
        self._count = count
        self._yielding = yielding
        self._pool: ProcessPoolExecutor | None = None
        self._next_start = 0.0

    @property
    def pool(self) -> ProcessPoolExecutor | None:
        """Those that are there; None where there are none, or not yet."""
        return self._pool

    def come(self) -> None:
        """Start them in the background, which takes seconds; nothing happens where they are there or on their way."""
        if self._pool is None and time.monotonic() >= self._next_start:
            self._next_start = math.inf  # they are on their way
            threading.Thread(target=self._start).start()

    def submit(self, pool: ProcessPoolExecutor, function: Callable, *arguments: object) -> Future:
        """Have one of them compute. Raises BrokenExecutor, or the future does, where they have gone.

        pool: as it is, or as it was for what this belongs to.
        """
        try:
            future = pool.submit(_compute, function, *arguments)
        except BrokenExecutor as error:
            self._have_gone(pool, error)
            raise
        future.add_done_callback(lambda done: self._check(pool, done))
        return future

    def _start(self) -> None:
        try:
            pool = ProcessPoolExecutor(self._count, _context(), _settle, (self._yielding,))
            pool.submit(int).result()
        except (OSError, NotImplementedError, BrokenExecutor) as error:  # also where a system has no semaphores
            self._have_gone(None, error)
        else:
            self._pool = pool

    def _check(self, pool: ProcessPoolExecutor, done: Future) -> None:
        if not done.cancelled() and isinstance(error := done.exception(), BrokenExecutor):
            self._have_gone(pool, error)

    def _have_gone(self, pool: ProcessPoolExecutor | None, error: Exception) -> None:
        if self._pool is pool:  # the first to learn of it
            log("helpers", error)
            self._pool, self._next_start = None, time.monotonic() + _PAUSE_S


def _context() -> BaseContext:
    """How they are started: on Linux from one process that has loaded everything, whose memory they share."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_SHARED)
    return context


def _settle(yielding: bool) -> None:
    """In a helper: one core, and it ends with the server, but not by the Ctrl-C that the server answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if yielding:
        os.nice(10)
    torch.set_num_threads(1)
    threading.Thread(target=_end_with_server, daemon=True).start()


def _end_with_server() -> None:
    wait([multiprocessing.parent_process().sentinel])
    os._exit(0)


def _compute(function: Callable, *arguments: object) -> object:
    try:
        return function(*arguments)
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # one that cannot be read by the server would have it take all helpers for broken
            raise RuntimeError(f"{type(error).__name__}: {error}") from None
        raise
