"""Real images that ship with the app, as sheets of pictures: it works without the data set.

python -m cgan.examples          make both sheets anew, from Fashion-MNIST
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from cgan.common.classes import FASHION_MNIST
from cgan.common.command_line import Parser, fail
from cgan.data import fashion_mnist
from cgan.data.pictures import SIDE, DataError, first_of_each

_FOLDER = Path(__file__).resolve().parent


class Sheet(NamedTuple):
    """The first images of each class of a split, in the order of the classes, row by row in one picture."""

    path: Path
    split: str
    per_class: int
    columns: int

    @property
    def count(self) -> int:
        return self.per_class * FASHION_MNIST.count

    @property
    def labels(self) -> np.ndarray:
        """uint8 (count,)"""
        return np.arange(FASHION_MNIST.count, dtype=np.uint8).repeat(self.per_class)

    def load(self) -> np.ndarray:
        """The images, uint8 (count, 28, 28)."""
        with Image.open(self.path) as sheet:
            rows = np.array(sheet).reshape(-1, SIDE, self.columns, SIDE)
        return rows.swapaxes(1, 2).reshape(-1, SIDE, SIDE)


examples = Sheet(_FOLDER / "examples.png", "test", 10, 10)  # pictures to choose from, and real ones to compare with
excerpt = Sheet(_FOLDER / "excerpt.png", "train", 600, 100)  # the page's tab "Train" learns from it


def main() -> None:
    from cgan.common import images  # imports torch, which reading a sheet does not need

    parser = Parser(prog="python -m cgan.examples", description=__doc__)
    parser.add_argument("--data-dir", metavar="DIR", help="folder of the Fashion-MNIST files")
    arguments = parser.parse_args()
    for sheet in (examples, excerpt):
        try:
            pictures, labels = fashion_mnist.load(sheet.split, arguments.data_dir)
        except DataError as error:
            fail(error)
        images.save_png(sheet.path, images.grid(pictures[first_of_each(labels, sheet.per_class)], sheet.columns))
        print(f"{sheet.path}: {sheet.path.stat().st_size / 1e6:.2f} MB")
