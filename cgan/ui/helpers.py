"""Processes that draw for a crowd.

Python runs one thread of a process at a time, and what serves sixty people keeps it busy: drawing in threads beside
that leaves a third of two cores unused. A helper is as large as torch, so they come when the first crowd does.
"""

import math
import multiprocessing
import os
import signal
import sys
import threading
import time
from asyncio import get_running_loop
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext

import orjson
import torch

from cgan.ui.drawing import Studio, answer
from cgan.ui.log import log

_MOST = 4  # a request takes the server about 0.8 ms, and a helper 2.5 ms
_PAUSE_S = 60  # before others are asked to come in the place of those who have gone


class Helpers:
    """As many as there are cores, each on one."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._next_start = 0.0

    def come(self) -> None:
        """Start them in the background, which takes seconds; nothing happens where they are there or on their way."""
        if self._pool is None and time.monotonic() >= self._next_start:
            self._next_start = math.inf  # they are on their way
            threading.Thread(target=self._start, daemon=True).start()

    def can(self, draw: Callable | None) -> bool:
        """Whether they are there, and would do this: what a studio draws."""
        return self._pool is not None and isinstance(getattr(draw, "__self__", None), Studio)

    async def answer(self, draw: Callable, call: bytes) -> bytes:
        """What `drawing.answer` returns, as JSON. Raises BrokenExecutor where they have gone.

        call: JSON as it came, with the request under "data"; what was read from it can be too deep to be sent on.
        """
        pool = self._pool
        try:
            return await get_running_loop().run_in_executor(pool, _answer, draw, call)
        except BrokenExecutor as error:
            if self._pool is pool:  # the first to learn of it
                self._have_gone(error)
            raise

    def _start(self) -> None:
        try:
            pool = ProcessPoolExecutor(min(os.cpu_count() or 1, _MOST), _context(), _settle)
            pool.submit(int).result()
        except (OSError, NotImplementedError, BrokenExecutor) as error:  # also where a system has no semaphores
            self._have_gone(error)
        else:
            self._pool = pool

    def _have_gone(self, error: Exception) -> None:
        log("helpers", error)
        self._pool, self._next_start = None, time.monotonic() + _PAUSE_S


def _context() -> BaseContext:
    """How they are started: on Linux from one process that has loaded everything, whose memory they share."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _settle() -> None:
    """In a helper: one core, and it ends with the server, but not by the Ctrl-C that the server answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    threading.Thread(target=_end_with_server, daemon=True).start()


def _end_with_server() -> None:
    wait([multiprocessing.parent_process().sentinel])
    os._exit(0)


def _answer(draw: Callable, call: bytes) -> bytes:
    try:
        return orjson.dumps(answer(draw, orjson.loads(call).get("data")))
    except Exception as error:  # not every exception can be sent on as it is
        raise RuntimeError(f"{type(error).__name__}: {error}") from None
