"""The measurements of a run between two entries of its history."""

import time

import torch
from torch import Tensor

from cgan.training.distributed import ProcessGroup

_NAMES = ("loss_g", "loss_d", "score_real", "score_fake")


class Meter:
    """Adds up losses and scores, and measures the time of training."""

    def __init__(self, device: torch.device) -> None:
        self.sums = torch.zeros(len(_NAMES), device=device)  # since the last entry
        self.logged_step, self.logged_seconds = 0, 0.0  # of the last entry
        self._seconds = 0.0
        self._clock = time.perf_counter()

    def add(self, values: Tensor) -> None:
        """values (4,): loss_g, loss_d, score_real, score_fake of one step, where scores are the discriminator's."""
        self.sums += values

    def seconds(self) -> float:
        """Seconds of training so far, over all sessions of the run."""
        now = time.perf_counter()
        self._seconds += now - self._clock
        self._clock = now
        return self._seconds

    def pop_means(self, step: int, group: ProcessGroup) -> tuple[dict[str, float], float]:
        """Means since the last entry, over all processes, and the seconds since then; starts the next entry."""
        group.all_reduce_mean([self.sums])
        means = (self.sums / (step - self.logged_step)).tolist()
        seconds = self.seconds()
        passed = seconds - self.logged_seconds
        self.sums.zero_()
        self.logged_step, self.logged_seconds = step, seconds
        return dict(zip(_NAMES, means, strict=True)), passed

    def metadata(self) -> dict[str, str]:
        """The state besides `sums`, as strings."""
        return {
            "seconds": repr(self.seconds()),
            "logged_step": str(self.logged_step),
            "logged_seconds": repr(self.logged_seconds),
        }

    def load_metadata(self, metadata: dict[str, str]) -> None:
        """Raises KeyError or ValueError."""
        self._seconds = float(metadata["seconds"])
        self.logged_step, self.logged_seconds = int(metadata["logged_step"]), float(metadata["logged_seconds"])
