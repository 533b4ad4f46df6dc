"""What is learned from: Fashion-MNIST or pictures of one's own (`dataset`), and test images that ship with the app."""

from cgan.data.fashion_mnist import (
    CLASS_NAMES,
    CLASS_NAMES_ZH,
    CLASSES,
    IMAGE_SIZE,
    NUM_CLASSES,
    find,
    load,
    local_files,
    local_test_images,
)
from cgan.data.pictures import DataError
from cgan.data.sheets import examples, excerpt

__all__ = [
    "CLASSES",
    "CLASS_NAMES",
    "CLASS_NAMES_ZH",
    "IMAGE_SIZE",
    "NUM_CLASSES",
    "DataError",
    "examples",
    "excerpt",
    "find",
    "load",
    "local_files",
    "local_test_images",
]
