"""The folder of one training run: its lock, its checkpoint, its history and its pictures.

Files are replaced atomically, so the folder is consistent at any moment. `training.safetensors` decides where a resumed
run continues; history and snapshots beyond its step are dropped.
"""

import json
import math
import os
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock, Timeout

from cgan.common import images
from cgan.common.files import write_text
from cgan.common.validation import check_integer
from cgan.models import checkpoints
from cgan.sampling import latents

SAMPLES_PER_CLASS = 10
SNAPSHOT_SAMPLES_PER_CLASS = 4
_SNAPSHOT_GROWTH = 1.2
_AVERAGES_SPACING = 50  # from epoch 100 on, kept averages lie about 1/50 of the epochs so far apart

HISTORY = "history.jsonl"
TIMELINE = "timeline"  # the folder of the snapshots
AVERAGES = "averages"  # the folder of the EMA generators after epochs
FINAL_SAMPLES = "samples.png"
_LOCK = ".lock"


class RunError(Exception):
    """A run cannot start or go on; the message is one line for the user."""


class RunFolder:
    """A training run's folder, locked by one process at a time."""

    def __init__(self, path: Path) -> None:
        """Create the folder if needed, and lock it. Raises RunError if it is locked or cannot be written."""
        self.path = path
        try:
            for folder in (path, self._epochs, self._timeline):
                folder.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(path / _LOCK)  # the system releases it with the process, however that ends
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise RunError(f"--out {path}: another training run is writing there; name another folder") from error
        except (OSError, NotImplementedError) as error:  # the second: a network's file system without locks
            reason = getattr(error, "strerror", None) or error
            raise RunError(f"--out {path}: cannot be written ({reason}); name another folder") from error

    @property
    def _epochs(self) -> Path:
        return self.path / "epochs"

    @property
    def _timeline(self) -> Path:
        return self.path / TIMELINE

    @property
    def training_state(self) -> Path:
        return self.path / checkpoints.TRAINING_STATE

    def append_history(self, entry: dict) -> None:
        """Add a line to history.jsonl."""
        with open(self.path / HISTORY, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def sync_history(self) -> None:
        """Flush the history to disk, so that it survives a power cut."""
        if (self.path / HISTORY).exists():
            with open(self.path / HISTORY, "a", encoding="utf-8") as file:
                os.fsync(file.fileno())

    def drop_after(self, step: int) -> None:
        """Delete history entries and snapshots beyond `step`; the run will write them again."""
        history = self.path / HISTORY
        if history.exists():
            lines = history.read_text(encoding="utf-8", errors="replace").splitlines()
            write_text(history, "".join(f"{line}\n" for line in lines if 0 <= _step_of(line) <= step))
        for picture in self._timeline.glob("[0-9]*.png"):
            if picture.stem.isdecimal() and int(picture.stem) > step:
                picture.unlink()

    def save_epoch(self, generator: torch.nn.Module, epoch: int) -> np.ndarray:
        """Save and return the sample sheet of an epoch, uint8 (28 * classes, 280): a row for each class, seeds 0 to 9.

        The newest one is samples.png too.
        """
        picture = draw_classes(generator, SAMPLES_PER_CLASS)
        images.save_png(self._epochs / f"{epoch:04d}.png", picture)
        images.save_png(self.path / FINAL_SAMPLES, picture)
        return picture

    def save_average(self, generator: torch.nn.Module, epoch: int, images_seen: int) -> None:
        """Keep the EMA generator of an epoch for `training.averaging`: of every epoch up to 100, then of fewer."""
        if epoch % max(1, epoch // _AVERAGES_SPACING):
            return
        folder = self.path / AVERAGES
        folder.mkdir(exist_ok=True)
        path = folder / f"{epoch:04d}.safetensors"
        checkpoints.save_tensors(path, generator.state_dict(), {"images": str(images_seen)})

    def save_snapshot(self, generator: torch.nn.Module, step: int) -> None:
        """Save a snapshot of the run: a row for each class, seeds 0 to 3."""
        images.save_png(self._timeline / f"{step:07d}.png", draw_classes(generator, SNAPSHOT_SAMPLES_PER_CLASS))


def _step_of(entry: str) -> int:
    """The step of a line of the history; -1 if a power cut has left the line incomplete."""
    try:
        return check_integer(json.loads(entry)["step"], 0)
    except (ValueError, TypeError, KeyError, RecursionError):
        return -1


def snapshot_steps(last_step: int) -> set[int]:
    """The steps after which a snapshot is saved: every one at first, then each about 1.2 times the one before.

    About 60 for a run of 200,000 steps. Except for the last one they do not depend on the run's length, which may
    change when the run is resumed.
    """
    steps = {0, last_step}
    step = 1
    while step < last_step:
        steps.add(step)
        step = max(step + 1, math.ceil(step * _SNAPSHOT_GROWTH))
    return steps


def draw_classes(generator: torch.nn.Module, samples_per_class: int) -> np.ndarray:
    """A grid of pictures, uint8 (28 * classes, 28 * samples_per_class): a row for each class, seeds from 0 on."""
    was_training = generator.training
    device = next(generator.parameters()).device
    seeds = np.tile(np.arange(samples_per_class), generator.classes)
    labels = np.arange(generator.classes).repeat(samples_per_class)
    z = torch.from_numpy(latents.latents(seeds, generator.latent_dim)).to(device)
    with torch.inference_mode():
        pictures = generator.eval()(z, torch.from_numpy(labels).to(device))
    generator.train(was_training)
    return images.grid(images.to_uint8(pictures), samples_per_class)
