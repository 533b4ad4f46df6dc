"""What a command line names as its data: Fashion-MNIST, or pictures of one's own (`--data PATH`)."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cgan.common.classes import FASHION_MNIST, Classes
from cgan.data import arrays, fashion_mnist, idx, labelled_folders
from cgan.data.pictures import DataError, Labelled, Pictures, digest

DEFAULT = "fashion-mnist"
_INVERT = {"auto": None, "yes": True, "no": False}


class Dataset(NamedTuple):
    """Pictures of some classes, bright on black. load: takes "train" or "test". summary: a line about them, or none."""

    classes: Classes
    load: Callable[[str], Labelled]
    summary: str = ""


def add_flags(parser: argparse._ActionsContainer) -> None:
    """The flags that `from_flags` reads."""
    parser.add_argument(
        "--data",
        default=DEFAULT,
        metavar="PATH",
        help="your own pictures: a folder with one subfolder for each class, a folder of IDX files as MNIST's, or an "
        ".npz with images and labels (default: %(default)s)",
    )
    parser.add_argument(
        "--class-names", type=Path, metavar="FILE", help="with --data: names of the classes, one a line, in their order"
    )
    parser.add_argument(
        "--invert",
        choices=[*_INVERT],
        default="auto",
        help="with --data: exchange black and white, for the networks learn bright on black; auto: a picture in a "
        "folder whose border is brighter than the rest (default: %(default)s)",
    )
    parser.add_argument(
        "--data-dir", metavar="DIR", help="folder of the Fashion-MNIST files (default: found or downloaded)"
    )


def from_flags(arguments: argparse.Namespace, quiet: bool = False) -> Dataset:
    """The data that the flags name; own pictures are decoded now, Fashion-MNIST when it is needed. Raises DataError."""
    if arguments.data == DEFAULT:
        if arguments.class_names or arguments.invert != "auto":
            raise DataError("--class-names and --invert are for pictures of your own; name them by --data")
        return Dataset(FASHION_MNIST, partial(fashion_mnist.load, data_dir=arguments.data_dir))
    if arguments.data_dir:
        raise DataError("--data-dir is the folder of Fashion-MNIST; leave it out, or --data")
    return load_own(Path(arguments.data).expanduser(), arguments.class_names, _INVERT[arguments.invert], quiet)


def load_own(path: Path, class_names: Path | None = None, invert: bool | None = None, quiet: bool = True) -> Dataset:
    """Pictures of one's own, decoded. Raises DataError with one line.

    path: see `add_flags`. class_names: a text file. invert: exchange black and white; None: where the border of a
    picture in a folder says so, and never for arrays.
    """
    pictures = _read(path, invert, quiet)
    if class_names:
        pictures = replace(pictures, names=_names(class_names, len(pictures.names)))
    try:
        classes = pictures.classes()
    except ValueError as error:
        raise DataError(f"--data {path}: {error}; --class-names gives other names") from error
    return Dataset(classes, {"train": pictures.train, "test": pictures.test}.__getitem__, pictures.summary())


def _read(path: Path, invert: bool | None, quiet: bool) -> Pictures:
    if path.is_file():
        found = arrays.read(path)
    elif idx.sets(path):
        found = idx.read(path)
    elif path.is_dir():
        return labelled_folders.read(path, invert, quiet)
    else:
        raise DataError(f"--data {path}: there is no such folder or file")
    return found.inverted() if invert else found


def _names(path: Path, count: int) -> list[str]:
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"--class-names {path}: cannot be read ({error})") from error
    names = [line for line in lines if line]
    if len(names) != count:
        raise DataError(f"--class-names {path}: {len(names)} names for {count} classes; expected: one a line")
    return names


def with_digest(classes: Classes, train: Labelled) -> Classes:
    """The classes with what is known of these training images."""
    return Classes(classes.names, classes.names_zh, len(train[0]), digest(*train))
