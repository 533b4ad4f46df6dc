"""Pictures of one's own with their labels, as all readers hand them on: 28x28, grey, bright on black."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image

from cgan.common.classes import MAX_CLASSES, MIN_CLASSES, Classes

SIDE = 28
MIN_PER_CLASS = 10
HELD_OUT = 7  # where there are no test pictures, each seventh of a class becomes one

Labelled = tuple[np.ndarray, np.ndarray]  # images, uint8 (N, 28, 28), and labels, uint8 (N,)


class DataError(Exception):
    """A data set is missing, damaged or cannot be used; the message is one line for the user."""


@dataclass(frozen=True)
class Pictures:
    """Two disjoint sets of pictures of the same classes. Files that could not be read: `skipped`, by reason."""

    names: list[str]  # of the classes
    train: Labelled
    test: Labelled
    skipped: dict[str, list[str]] = field(default_factory=dict)

    def summary(self) -> str:
        """One line: how many pictures, how many of each class, and what was skipped and why."""
        counts = np.bincount(self.train[1], minlength=len(self.names))
        of_each = ", ".join(f"{name} {count:,}" for name, count in zip(self.names, counts, strict=True))
        line = f"{len(self.names)} classes, {len(self.train[1]):,} training and {len(self.test[1]):,} test pictures"
        skipped = [f"; skipped {len(files)}, such as {files[0]}: {why}" for why, files in self.skipped.items()]
        return f"{line} (for training: {of_each}){''.join(skipped)}"

    def inverted(self) -> "Pictures":
        """The same with black and white exchanged."""
        train, test = ((255 - images, labels) for images, labels in (self.train, self.test))
        return replace(self, train=train, test=test)

    def classes(self) -> Classes:
        """Names, number of training images, and their digest. Raises ValueError for names that may not be."""
        return Classes(tuple(self.names), (), len(self.train[0]), digest(*self.train))


def digest(images: np.ndarray, labels: np.ndarray) -> str:
    """SHA-256 of images and labels, in hexadecimal."""
    total = hashlib.sha256(np.ascontiguousarray(images))
    total.update(labels.astype(np.uint8).tobytes())
    return total.hexdigest()


def labelled(
    path: Path,
    train: Labelled,
    test: Labelled | None,
    names: dict[str, str] | None = None,
    skipped: dict[str, list[str]] | None = None,
) -> Pictures:
    """Pictures of arrays whose labels are any numbers or texts. Raises DataError.

    names: of a label as text, where it is not its own name. Without test pictures each seventh of a class becomes one.
    """
    values = sorted({*train[1].tolist()}, key=natural)
    if not MIN_CLASSES <= len(values) <= MAX_CLASSES:
        raise DataError(f"--data {path}: {len(values)} classes there; allowed: {MIN_CLASSES} to {MAX_CLASSES}")
    place = {value: index for index, value in enumerate(values)}
    if test is not None and (unknown := {*test[1].tolist()} - place.keys()):
        raise DataError(f"--data {path}: only test pictures of the class {min(unknown, key=natural)!r}")

    def by_index(images: np.ndarray, labels: np.ndarray) -> Labelled:
        return images, np.array([place[value] for value in labels.tolist()], np.uint8)

    train, test = (by_index(*train), by_index(*test)) if test else _split(*by_index(*train))
    texts = [(names or {}).get(f"{value}", f"{value}") for value in values]
    for name, count in zip(texts, np.bincount(train[1], minlength=len(texts)), strict=True):
        if count < MIN_PER_CLASS - 1:
            raise DataError(f"--data {path}: too few pictures of the class {name!r}; allowed: {MIN_PER_CLASS} or more")
    return Pictures(texts, train, test, skipped or {})


def _split(images: np.ndarray, labels: np.ndarray) -> tuple[Labelled, Labelled]:
    held_out = np.zeros(len(labels), bool)
    for index in range(int(labels.max()) + 1):
        held_out[np.flatnonzero(labels == index)[HELD_OUT - 1 :: HELD_OUT]] = True
    return (images[~held_out], labels[~held_out]), (images[held_out], labels[held_out])


def first_of_each(labels: np.ndarray, count: int) -> np.ndarray:
    """The places of the first `count` labels of each class, in the order of the classes."""
    return np.concatenate([np.flatnonzero(labels == index)[:count] for index in range(int(labels.max()) + 1)])


def resized(images: np.ndarray) -> np.ndarray:
    """Grey images, uint8 (N, H, W), as uint8 (N, 28, 28)."""
    if images.shape[1:] == (SIDE, SIDE):
        return np.ascontiguousarray(images)
    pictures = (Image.fromarray(np.ascontiguousarray(image)) for image in images)
    return np.stack([np.array(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)) for picture in pictures])


def natural(value: object) -> list:
    """The key by which people sort names: "2" before "10"."""
    parts = re.split(r"(\d+)", f"{value}".casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
