"""Fashion-MNIST, and the real test images that ship with the app."""

from cgan.data.fashion_mnist import (
    CLASS_NAMES,
    CLASS_NAMES_ZH,
    CLASSES,
    IMAGE_SIZE,
    NUM_CLASSES,
    DataError,
    find,
    load,
    local_files,
    local_test_images,
)

__all__ = [
    "CLASSES",
    "CLASS_NAMES",
    "CLASS_NAMES_ZH",
    "IMAGE_SIZE",
    "NUM_CLASSES",
    "DataError",
    "find",
    "load",
    "local_files",
    "local_test_images",
]
