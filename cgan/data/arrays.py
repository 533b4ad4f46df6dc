"""Pictures in an .npz of numpy arrays: `images` and `labels`, or the names that Keras and MedMNIST give them."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from cgan.data.pictures import DataError, Labelled, Pictures, labelled, resized

# Images and labels for training, then for tests.
_NAMES = (
    ("images", "labels", "test_images", "test_labels"),
    ("train_images", "train_labels", "test_images", "test_labels"),
    ("x_train", "y_train", "x_test", "y_test"),
)
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as Pillow's mode L


def read(path: Path) -> Pictures:
    """images: uint8 (N, H, W) or (N, H, W, 1 or 3). labels: integers or texts, (N,) or (N, 1). Raises DataError."""
    try:
        with np.load(path, allow_pickle=False) as file:
            known = next((names for names in _NAMES if {*names[:2]} <= {*file.files}), None)
            if known is None:
                raise DataError(f"--data {path}: has {', '.join(file.files) or 'nothing'}; expected: images and labels")
            pairs = [(file[images], file[labels]) for images, labels in (known[:2], known[2:]) if images in file.files]
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise DataError(f"--data {path}: cannot be read ({error})") from error
    train, *test = (_checked(path, *pair) for pair in pairs)
    return labelled(path, train, test[0] if test else None)


def _checked(path: Path, images: np.ndarray, labels: np.ndarray) -> Labelled:
    is_colour = images.ndim == 4 and images.shape[3] in (1, 3)
    if images.dtype != np.uint8 or not (images.ndim == 3 or is_colour) or 0 in images.shape:
        raise DataError(f"--data {path}: images are {images.dtype} {images.shape}; allowed: uint8 (N, height, width)")
    if labels.shape not in ((len(images),), (len(images), 1)) or labels.dtype.kind not in "uiU":
        raise DataError(
            f"--data {path}: labels are {labels.dtype} {labels.shape}; allowed: a whole number or a text "
            f"for each of the {len(images)} images"
        )
    if is_colour:
        images = images[..., 0] if images.shape[3] == 1 else (images @ _LUMA).round().astype(np.uint8)
    return resized(images), labels.reshape(-1)
