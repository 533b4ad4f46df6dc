"""Pictures in folders, one for each class, or one for each class in a folder `train` and in another one `test`."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from cgan.common import uploads
from cgan.common.uploads import UploadError
from cgan.data.pictures import DataError, Labelled, Pictures, labelled, natural

TRAINING = ("train", "training")
TESTING = ("test", "testing", "val", "valid", "validation")


def subfolders(path: Path) -> list[Path]:
    """In the order in which people sort names, without hidden ones."""
    folders = (entry for entry in path.iterdir() if entry.is_dir() and entry.name[0] not in "._")
    return sorted(folders, key=lambda folder: natural(folder.name))


def read(path: Path, invert: bool | None, quiet: bool) -> Pictures:
    """Decode the pictures of all subfolders, as the tab "Your picture" does, in any format that it takes.

    invert: whether to exchange black and white; None: where the border is the brighter part.
    quiet: no progress, of which there is none either without a terminal.
    Raises DataError.
    """
    try:
        folders = subfolders(path)
        splits = {"train": folders}
        if {folder.name.lower() for folder in folders} <= {*TRAINING, *TESTING}:
            splits = {"test" if folder.name.lower() in TESTING else "train": subfolders(folder) for folder in folders}
        files = {split: [*_files_of(path, classes)] for split, classes in splits.items()}
    except OSError as error:
        raise DataError(f"--data {path}: cannot be read ({error.strerror})") from error
    if not files.get("train"):
        raise DataError(f"--data {path}: no subfolders with pictures; expected: one folder for each class")
    skipped: dict[str, list[str]] = {}
    total = sum(len(of_split) for of_split in files.values())
    with tqdm(total=total, desc="reading pictures", unit="picture", mininterval=1, disable=quiet or None) as progress:
        parts = {split: _decoded(path, of_split, invert, skipped, progress) for split, of_split in files.items()}
    for folder in splits["train"]:
        if folder.name not in parts["train"][1]:
            raise DataError(f"--data {path}: no file in {folder.name} is a picture that can be read")
    return labelled(path, parts["train"], parts.get("test"), skipped=skipped)


def _files_of(path: Path, classes: list[Path]) -> Iterator[tuple[str, Path]]:
    """The name of the class and the path of each file, at whatever depth. Raises DataError for two equal names."""
    known: dict[str, str] = {}
    for folder in classes:
        name = unicodedata.normalize("NFC", folder.name)
        if other := known.get(unicodedata.normalize("NFKC", name).casefold().strip()):
            raise DataError(f"--data {path}: two classes have the same name, {other!r} and {name!r}; join the folders")
        known[unicodedata.normalize("NFKC", name).casefold().strip()] = name
        files = (file for file in folder.rglob("*") if file.is_file() and file.name[0] not in "._")
        yield from ((name, file) for file in sorted(files, key=lambda file: natural(file.relative_to(folder))))


def _decoded(
    path: Path, files: list[tuple[str, Path]], invert: bool | None, skipped: dict[str, list[str]], progress: tqdm
) -> Labelled:
    images, names = [], []
    for name, file in files:
        progress.update()
        try:
            images.append(_picture(file, invert))
            names.append(name)
        except (UploadError, OSError) as error:
            reason = f"{error}" if isinstance(error, UploadError) else f"{error.strerror}"
            skipped.setdefault(reason, []).append(f"{file.relative_to(path)}")
    return np.stack(images) if images else np.zeros((0, 28, 28), np.uint8), np.array(names)


def _picture(file: Path, invert: bool | None) -> np.ndarray:
    """uint8 (28, 28). Raises UploadError, OSError."""
    if file.stat().st_size > uploads.MAX_BYTES:
        raise UploadError("too_many_bytes", f"larger than {uploads.MAX_BYTES // 2**20} MB")
    small = uploads.to_garment(uploads.decode(file.read_bytes())[0], invert)
    return (small[0, 0] * 255).round().byte().numpy()
