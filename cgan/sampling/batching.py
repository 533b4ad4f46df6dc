"""Drawing for many people at once: together what arrives together, and not again what was drawn just before.

A seed is the same picture alone or among others (`Sampler` computes in float64), so nobody can tell the difference.
"""

import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cgan.common.threads import one_core_threads
from cgan.sampling.sampler import Sampler

_MOST_TOGETHER = 32  # pictures: more gain nothing, and the next one waits the longer
_PLACES = 2**15  # of kept pictures: 26 MB
_PLACE_STEPS = np.array([1_000_003, 10_007, 1, 7919])  # of (sampler, class, seed, millionths of truncation)


class KeepingSampler(Sampler):
    """A sampler that keeps its pictures in a shared `PictureCache`."""

    def __init__(self, folder: Path, cache: "PictureCache") -> None:
        super().__init__(folder)
        self._cache = cache
        self._number = cache.new_number()

    def sample(self, classes: np.ndarray, seeds: np.ndarray, truncation: float = 1.0) -> np.ndarray:
        number, truncations = np.full(len(seeds), self._number), np.full(len(seeds), truncation)
        keys = np.stack([number, classes, seeds, truncations], axis=1).astype(np.float64)
        pictures, found = self._cache.find(keys)
        if not found.all():
            pictures[~found] = super().sample(classes[~found], seeds[~found], truncation)
            self._cache.keep(keys[~found], pictures[~found])
        return pictures


class SharedSampler(KeepingSampler):
    """One that also draws at a shared `Desk`."""

    def __init__(self, folder: Path, desk: "Desk", cache: "PictureCache") -> None:
        super().__init__(folder, cache)
        self._desk = desk

    def draw(self, z: np.ndarray, class_weights: np.ndarray) -> np.ndarray:
        return self._desk.draw(super().draw, z, class_weights)


class PictureCache:
    """The pictures drawn last. Each has one place where it can be, as in a processor's cache: memory never grows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = 0
        self._keys = np.full((_PLACES, len(_PLACE_STEPS)), -1.0)
        self._pictures = np.full((_PLACES, 28, 28), 0, np.uint8)  # all of its memory from the start

    def new_number(self) -> int:
        """A number for a sampler, under which none has kept pictures so far."""
        with self._lock:
            self._numbers += 1
            return self._numbers

    def find(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """keys (N, 4): sampler, class, seed, truncation. Returns pictures (N, 28, 28), and which are right, (N,)."""
        places = _places(keys)
        with self._lock:
            return self._pictures[places], (self._keys[places] == keys).all(axis=1)

    def keep(self, keys: np.ndarray, pictures: np.ndarray) -> None:
        places = _places(keys)
        with self._lock:
            self._keys[places], self._pictures[places] = keys, pictures


def _places(keys: np.ndarray) -> np.ndarray:
    whole = keys * [1, 1, 1, 1e6]
    return whole.astype(np.int64) @ _PLACE_STEPS % _PLACES


class _Job(NamedTuple):
    run: Callable[[np.ndarray, np.ndarray], np.ndarray]
    z: np.ndarray
    class_weights: np.ndarray
    pictures: Future


class Desk:
    """A thread a core. Each takes what waits for the same generator, and draws it as one batch."""

    def __init__(self) -> None:
        self.cores = os.cpu_count() or 1
        self._threads = one_core_threads(self.cores, "desk")
        self._lock = threading.Lock()
        self.waiting: deque[_Job] = deque()

    def draw(self, run: Callable, z: np.ndarray, class_weights: np.ndarray) -> np.ndarray:
        """What `run(z, class_weights)` returns, computed here, by each core a share."""
        share = -(-len(z) // self.cores)
        parts = [slice(start, start + share) for start in range(0, len(z), share)]
        jobs = [_Job(run, z[part], class_weights[part], Future()) for part in parts]
        with self._lock:
            self.waiting.extend(jobs)
        for _ in jobs:
            self._threads.submit(self._work)
        return np.concatenate([job.pictures.result() for job in jobs])

    def _work(self) -> None:
        jobs = self._take()
        if not jobs:  # another thread has taken them along with its own
            return
        try:
            z, class_weights = (np.concatenate(arrays) for arrays in list(zip(*jobs, strict=True))[1:3])
            pictures = jobs[0].run(z, class_weights)
        except BaseException as error:
            for job in jobs:
                job.pictures.set_exception(error)
            return
        ends = np.cumsum([len(job.z) for job in jobs])
        for job, part in zip(jobs, np.split(pictures, ends[:-1]), strict=True):
            job.pictures.set_result(part)

    def _take(self) -> list[_Job]:
        """The jobs that have waited longest, as many as go together."""
        jobs: list[_Job] = []
        with self._lock:
            while self.waiting:
                size = sum(len(job.z) for job in [*jobs, self.waiting[0]])
                if jobs and (size > _MOST_TOGETHER or self.waiting[0].run != jobs[0].run):
                    break
                jobs.append(self.waiting.popleft())
        return jobs
