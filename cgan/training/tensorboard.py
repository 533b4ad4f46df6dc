"""The history in the format of TensorBoard (`--tensorboard`), for which that package has to be installed."""

from pathlib import Path

import numpy as np

from cgan.training.run_folder import RunError

FOLDER = "tensorboard"
_GROUPS = ("loss", "score", "gradient")  # first words of names in the history; each gets a section


class Board:
    """Writes entries and pictures of a run for `tensorboard --logdir`. A context manager, which closes the file."""

    def __init__(self, run: Path, step: int) -> None:
        """step: the last step of a resumed run; entries beyond it are dropped. Raises RunError without the package."""
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise RunError(
                "--tensorboard: that package is not installed; `pip install tensorboard`, or leave the flag out"
            ) from error
        self._writer = SummaryWriter(str(run / FOLDER), purge_step=step + 1)

    def add(self, entry: dict[str, float]) -> None:
        """Add an entry of the history: one point to the curve of each of its values."""
        for name, value in entry.items():
            kind = name.split("_")[0]
            group = kind if kind in _GROUPS else "progress"
            self._writer.add_scalar(f"{group}/{name}", value, entry["step"])

    def add_picture(self, picture: np.ndarray, step: int) -> None:
        """Add a sample sheet, uint8 (H, W)."""
        self._writer.add_image("samples", picture, step, dataformats="HW")

    def __enter__(self) -> "Board":
        return self

    def __exit__(self, *exception: object) -> None:
        self._writer.close()
