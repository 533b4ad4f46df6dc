"""A small data set that is not Fashion-MNIST: letters and digits as Pillow draws them, in folders with odd names."""

import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

# Of each class the name, and the character on its pictures. Names are digits, letters and Chinese, as people have them.
CLASSES = {"2": "2", "3": "3", "5": "5", "10": "X", "A": "A", "big B": "B", "水": "W", "永": "Y", "火": "M", "花": "H"}
CLASSES |= {"C": "C", "C++": "J"}
NAMES = ["2", "3", "5", "10", "A", "big B", "C", "C++", "水", "永", "火", "花"]  # in the order of people
PER_CLASS = 28  # of which each seventh is for tests


def write_folders(out: Path, per_class: int = PER_CLASS, side: int = 40) -> Path:
    """Black on white, one folder a class."""
    chance = random.Random(0)
    for name, character in CLASSES.items():
        (out / name).mkdir(parents=True)
        for number in range(per_class):
            picture = Image.new("RGB", (side, side), "white")
            font = ImageFont.load_default(chance.uniform(0.6, 0.8) * side)
            place = (side / 2 + chance.uniform(-2, 2), side / 2 + chance.uniform(-2, 2))
            ImageDraw.Draw(picture).text(place, character, "black", font, anchor="mm")
            picture.save(out / name / f"{number}.png")
    return out
