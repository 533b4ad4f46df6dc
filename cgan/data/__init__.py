"""Fashion-MNIST, and the real test images that ship with the app."""

from cgan.data.fashion_mnist import (
    CLASS_NAMES,
    CLASS_NAMES_ZH,
    IMAGE_SIZE,
    NUM_CLASSES,
    DataError,
    find,
    load,
    local_files,
    local_test_images,
    parse_class,
)

__all__ = [
    "CLASS_NAMES",
    "CLASS_NAMES_ZH",
    "IMAGE_SIZE",
    "NUM_CLASSES",
    "DataError",
    "find",
    "load",
    "local_files",
    "local_test_images",
    "parse_class",
]
