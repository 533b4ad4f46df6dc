"""IDX, the file format of MNIST and its successors, and the layouts in which they are handed out.

A set is a pair of files, `PREFIXtrain-images-idx3-ubyte` and `PREFIXtrain-labels-idx1-ubyte`, mostly with a second pair
for tests (`t10k` or `test`). They are found in the folder or up to three levels below it, as torchvision, Kaggle and
the authors of MNIST, KMNIST, EMNIST and QMNIST lay them out, compressed (.gz) or not.
"""

import gzip
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from cgan.common.files import why_unreadable
from cgan.data.pictures import DataError, Pictures, labelled, resized

# Type code to numpy type: the values are big-endian.
_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_NAME = re.compile(r"(?P<prefix>.*?)(?P<split>train|t10k|test)-(?P<what>images|labels)[-.]idx\d-\w+?(?:\.gz)?$", re.I)
_DEPTH = 3


def decode(content: bytes | bytearray) -> np.ndarray:
    """The array of an IDX file: bytes 0, 0, type, rank, then big-endian sizes, then the values. Raises ValueError."""
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _TYPES:
        raise ValueError("no IDX file")
    rank, kind = content[3], np.dtype(_TYPES[content[2]])
    shape = np.frombuffer(content, ">u4", rank, 4).astype(int)
    size = int(np.prod(shape)) * kind.itemsize
    if len(content) != 4 + 4 * rank + size:
        raise ValueError(f"truncated: {len(content)} bytes, its head asks for {4 + 4 * rank + size}")
    return np.frombuffer(content, kind, offset=4 + 4 * rank).reshape(shape)


def sets(path: Path) -> dict[str, dict[str, dict[str, Path]]]:
    """The sets beneath a folder, or of names that begin with `path`: prefix -> split ("train", "test") -> part -> file.

    Parts are "images" and "labels". A set without training images and labels does not count.
    """
    folder, start = (path, "") if path.is_dir() else (path.parent, path.name)
    found: dict[str, dict[str, dict[str, Path]]] = {}
    for file in files(folder):
        match = _NAME.match(file.name)
        if match and match["prefix"].startswith(start):
            split = "train" if match["split"].lower() == "train" else "test"
            found.setdefault(match["prefix"], {}).setdefault(split, {}).setdefault(match["what"].lower(), file)
    return {name: splits for name, splits in found.items() if len(splits.get("train", {})) == 2}


def files(folder: Path) -> Iterator[Path]:
    """Those in a folder and up to three levels below it, but for hidden folders; none where it cannot be read."""
    with suppress(ValueError):  # a zero byte in its name
        for parent, folders, names in os.walk(folder):
            is_deepest = len(Path(parent).relative_to(folder).parts) == _DEPTH
            folders[:] = [] if is_deepest else sorted(name for name in folders if not name.startswith("."))
            yield from (Path(parent, name) for name in sorted(names))


def read(path: Path) -> Pictures:
    """The one set that `sets` finds there; its classes are called as their labels. Raises DataError."""
    found = sets(path)
    if len(found) != 1:
        several = ", ".join(f"{path / prefix.rstrip('-')}" for prefix in found)
        raise DataError(f"--data {path}: holds {len(found)} data sets; name one of {several}")
    ((prefix, splits),) = found.items()
    turned = prefix.lower().startswith("emnist")  # whose files have columns in the place of rows
    parts = {split: _pair(files, turned) for split, files in splits.items() if len(files) == 2}
    return labelled(path, parts["train"], parts.get("test"), _letters(path, prefix))


def _pair(files: dict[str, Path], turned: bool) -> tuple[np.ndarray, np.ndarray]:
    images, labels = (_decode_file(files[part]) for part in ("images", "labels"))
    if images.ndim != 3 or images.dtype != np.uint8:
        raise DataError(f"{files['images']}: {images.dtype} {images.shape} given; allowed: uint8 (N, height, width)")
    labels = labels[:, 0] if labels.ndim == 2 else labels  # QMNIST's have seven more columns
    if len(labels) != len(images):
        raise DataError(f"{files['labels']}: {len(labels)} labels for {len(images)} images")
    return resized(images.swapaxes(1, 2) if turned else images), labels.astype(np.int64)


def content(path: Path) -> bytearray:
    """The bytes of a file, decompressed where its name ends in .gz. Raises DataError."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as stream:
            return bytearray(stream.read())  # not bytes: numpy's array of it is then writable, which torch requires
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: {why_unreadable(path, error)}") from error


def _decode_file(path: Path) -> np.ndarray:
    try:
        return decode(content(path))
    except ValueError as error:
        raise DataError(f"{path}: cannot be read ({error})") from error


def _letters(path: Path, prefix: str) -> dict[str, str]:
    """The name of each label as EMNIST's mapping file has it, by codes of characters; empty where there is none."""
    folder = path if path.is_dir() else path.parent
    names = {}
    for file in files(folder):
        if file.name == f"{prefix}mapping.txt":
            for line in file.read_text(encoding="ascii", errors="replace").splitlines():
                label, *codes = line.split()
                names[label] = "".join(chr(int(code)) for code in codes)
    return names
