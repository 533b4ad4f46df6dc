"""The history once more, for TensorBoard, where that package is installed."""

from pathlib import Path

import numpy as np

from cgan.training.run_folder import RunError

FOLDER = "tensorboard"
_GROUPS = ("loss", "score", "gradient")  # what the names of the history begin with


class Board:
    """Writes a run's entries and pictures into the folder that `tensorboard --logdir` reads. Close it by `with`."""

    def __init__(self, run: Path, step: int) -> None:
        """What an interrupted run had written beyond `step` is dropped. Raises RunError without the package."""
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise RunError(
                "--tensorboard: that package is not installed; `pip install tensorboard`, or leave the flag out"
            ) from error
        self._writer = SummaryWriter(str(run / FOLDER), purge_step=step + 1)

    def add(self, entry: dict[str, float]) -> None:
        """An entry of the history: a curve for each of its values, those that belong together side by side."""
        for name, value in entry.items():
            kind = name.split("_")[0]
            group = kind if kind in _GROUPS else "progress"
            self._writer.add_scalar(f"{group}/{name}", value, entry["step"])

    def add_picture(self, picture: np.ndarray, step: int) -> None:
        """The grid of all classes, uint8 (H, W)."""
        self._writer.add_image("samples", picture, step, dataformats="HW")

    def __enter__(self) -> "Board":
        return self

    def __exit__(self, *exception: object) -> None:
        self._writer.close()
