"""One hundred real test images, ten of each class, which ship with the app: it works without the data set.

python -m cgan.examples          make the file anew, from Fashion-MNIST
"""

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from cgan import data
from cgan.common import images
from cgan.common.command_line import Parser, fail
from cgan.data import NUM_CLASSES

SHEET = Path(__file__).resolve().with_name("examples.png")  # 280 x 280 pixels, a row for each class
PER_CLASS = 10
COUNT = PER_CLASS * NUM_CLASSES
_SIDE = 28


@cache
def load() -> np.ndarray:
    """The images, uint8 (100, 28, 28); image i has class i // 10."""
    with Image.open(SHEET) as sheet:
        rows = np.array(sheet).reshape(NUM_CLASSES, _SIDE, PER_CLASS, _SIDE)
    return rows.swapaxes(1, 2).reshape(COUNT, _SIDE, _SIDE)


def choose(pictures: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The first ten images of each class, uint8 (100, 28, 28), in the order of the classes."""
    return np.concatenate([pictures[labels == index][:PER_CLASS] for index in range(NUM_CLASSES)])


def main() -> None:
    parser = Parser(prog="python -m cgan.examples", description=__doc__)
    parser.add_argument("--data-dir", metavar="DIR", help="folder of the Fashion-MNIST files")
    try:
        chosen = choose(*data.load("test", parser.parse_args().data_dir))
    except data.DataError as error:
        fail(error)
    images.save_png(SHEET, images.grid(chosen, PER_CLASS))
    print(f"{SHEET}: {SHEET.stat().st_size / 1000:.0f} KB")
