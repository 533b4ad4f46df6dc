"""Find, verify and decode Fashion-MNIST (Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747).

The four IDX files are searched in the folder that the user gives (`--data-dir` or `FASHION_MNIST_DIR`), or else in
`data/` and in the folder of Debian's package `dataset-fashion-mnist`; if they are nowhere, they are downloaded into
`data/`. `python -m cgan.data` does the same and prints the folder.

Files may be compressed (.gz) or not. The checksum is that of the decompressed content, because Debian compresses the
files again, with other bytes.
"""

import hashlib
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cgan.common.classes import FASHION_MNIST
from cgan.common.command_line import fail
from cgan.common.files import user_path, why_unreadable
from cgan.common.places import PROJECT
from cgan.data import idx
from cgan.data.pictures import DataError

CLASS_NAMES, CLASS_NAMES_ZH = FASHION_MNIST.names, FASHION_MNIST.names_zh
CLASSES, NUM_CLASSES = FASHION_MNIST.pairs, FASHION_MNIST.count
IMAGE_SIZE = 28

ENVIRONMENT_VARIABLE = "FASHION_MNIST_DIR"
DOWNLOAD_FOLDER = PROJECT / "data"
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")


class _IdxFile(NamedTuple):
    name: str
    sha256: str  # of the decompressed bytes


_FILES = {
    "train": (
        _IdxFile("train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        _IdxFile("train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
    ),
    "test": (
        _IdxFile("t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        _IdxFile("t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ),
}


def load(split: str = "train", data_dir: str | os.PathLike | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return (images, labels) of `split` ("train": N = 60,000, "test": N = 10,000).

    images: uint8 (N, 28, 28), 0 is background; labels: uint8 (N,), 0 to 9.
    Raises DataError if the files are missing, unreadable, truncated or altered.
    """
    folder = find(data_dir) or _download()
    images, labels = (_read_verified(folder, file) for file in _FILES[split])
    return images, labels


def find(data_dir: str | os.PathLike | None = None) -> Path | None:
    """Return the first folder that holds the data set, or None if it has to be downloaded.

    If the user gives a folder, only that one is searched; DataError if it holds none of the files. Any other folder has
    to hold all four files, so an interrupted download is repeated and not reported as damage.
    """
    named = data_dir or os.environ.get(ENVIRONMENT_VARIABLE)
    for folder in [user_path(named)] if named else [DOWNLOAD_FOLDER, DEBIAN_FOLDER]:
        found = [_locate(folder, file) for files in _FILES.values() for file in files]
        if all(found) or (named and any(found)):
            return folder
    if named:
        source = "--data-dir" if data_dir else ENVIRONMENT_VARIABLE
        raise DataError(
            f"{source} {named}: no Fashion-MNIST files there; "
            f"expected {_FILES['train'][0].name} and three more, with or without .gz"
        )
    return None


def local_files(split: str) -> tuple[Path, Path] | None:
    """The files of `split`, images and labels in the format IDX, perhaps with .gz; their content is not checked.

    None where the data set is not on this machine.
    """
    with suppress(DataError):
        folder = find()
        paths = [folder and _locate(folder, file) for file in _FILES[split]]
        return (paths[0], paths[1]) if all(paths) else None
    return None


@cache
def local_test_images() -> tuple[np.ndarray, np.ndarray]:
    """`load("test")`, without a download: DataError where the data set is not on this machine."""
    if find() is None:
        raise DataError("not on this machine")
    return load("test")


def _locate(folder: Path, file: _IdxFile) -> Path | None:
    """The file in a folder or beneath it, the nearest one; of equally near ones that called Fashion.

    So torchvision, Kaggle and the authors lay them out: `FashionMNIST/raw/`, a folder for each file, `data/fashion/`.
    """
    names = {file.name, file.name.replace("-idx", ".idx")}
    found = [path.relative_to(folder) for path in idx.files(folder) if path.name.removesuffix(".gz") in names]
    nearest = min(found, key=lambda path: (len(path.parts), "fashion" not in f"{path}".lower(), path), default=None)
    return nearest and folder / nearest


def _read_verified(folder: Path, file: _IdxFile) -> np.ndarray:
    path = _locate(folder, file)
    if path is None:
        raise DataError(f"{folder / file.name}: missing, with and without .gz; {_remedy(folder)}")
    try:
        content = idx.content(path)
        if hashlib.sha256(content).hexdigest() != file.sha256:
            reason = why_unreadable(path, "truncated or altered, its SHA-256 is not Fashion-MNIST's")
            raise DataError(f"{path}: {reason}")
    except DataError as error:
        raise DataError(f"{error}; {_remedy(path.parent)}") from error
    return idx.decode(content)


def _remedy(folder: Path) -> str:
    if DOWNLOAD_FOLDER in (folder, *folder.parents):
        return f"delete {folder} to have it downloaded again"
    return "name a folder with the original files by --data-dir"


def _download() -> Path:
    from torchvision.datasets import FashionMNIST  # 2 s to import, so only for a download

    print(f"Fashion-MNIST is not on this machine: downloading 30 MB into {DOWNLOAD_FOLDER}/")
    try:
        FashionMNIST(str(DOWNLOAD_FOLDER), download=True)
    except (OSError, RuntimeError) as error:
        raise DataError(
            f"Fashion-MNIST could not be downloaded ({error}); "
            "on Debian `apt-get install dataset-fashion-mnist` brings it, elsewhere name its folder by --data-dir"
        ) from error
    return DOWNLOAD_FOLDER


def main() -> None:
    """The command `python -m cgan.data`."""
    try:
        for split in _FILES:
            load(split)
        print(f"Fashion-MNIST is in {find()}")
    except DataError as error:
        fail(error)
