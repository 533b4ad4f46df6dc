"""6,000 training images as one picture, 600 of each class: what the page's tab "Train" learns from.

python -m cgan.data.excerpt          make the sheet anew, from Fashion-MNIST

Image i of the sheet, row by row, is of class i // 600. In the page: createImageBitmap, then a canvas.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from cgan import data
from cgan.common import images
from cgan.common.command_line import Parser, fail
from cgan.data import NUM_CLASSES

SHEET = Path(__file__).resolve().with_name("excerpt.png")  # 2800 x 1680
PER_CLASS = 600
COLUMNS = 100
_SIDE = 28


def load() -> tuple[np.ndarray, np.ndarray]:
    """The images, uint8 (6000, 28, 28), and their labels, uint8 (6000,)."""
    with Image.open(SHEET) as sheet:
        rows = np.array(sheet).reshape(-1, _SIDE, COLUMNS, _SIDE)
    return rows.swapaxes(1, 2).reshape(-1, _SIDE, _SIDE), np.repeat(np.arange(NUM_CLASSES, dtype=np.uint8), PER_CLASS)


def choose(pictures: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The first 600 images of each class, in the order of the classes."""
    return np.concatenate([pictures[labels == index][:PER_CLASS] for index in range(NUM_CLASSES)])


def main() -> None:
    parser = Parser(
        prog="python -m cgan.data.excerpt", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", metavar="DIR", help="folder of the Fashion-MNIST files")
    try:
        chosen = choose(*data.load("train", parser.parse_args().data_dir))
    except data.DataError as error:
        fail(error)
    images.save_png(SHEET, images.grid(chosen, COLUMNS))
    print(f"{SHEET}: {SHEET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
