"""What a picture of a garment looks like, in a few numbers that a person would have a word for."""

import numpy as np

from cgan.data import CLASS_NAMES, IMAGE_SIZE

_CLOTH = 20  # the grey level from which a pixel is cloth, not background
_MIDDLE = IMAGE_SIZE // 2
_SIDE = 6  # columns at either side, which only sleeves reach
_BETWEEN_LEGS = slice(12, 16)  # columns
_LEGS = [8, 9, 18, 19]

# The classes that a number makes sense for, where it is not all of them.
OF_CLASSES = {
    "sleeves": {CLASS_NAMES.index(name) for name in ("T-shirt/top", "Pullover", "Dress", "Coat", "Shirt")},
    "legs": {CLASS_NAMES.index("Trouser")},
}


def appearance(pictures: np.ndarray) -> dict[str, np.ndarray]:
    """Numbers (N,) of pictures, uint8 (N, 28, 28).

    brightness: mean of the cloth, 0 to 1. width: pixels of cloth in a row that has any. height: rows that have any.
    texture: mean difference of neighbouring pixels of cloth, over the brightness. sleeves: rows of cloth at the sides.
    legs: how much darker it is between the legs than on them, 0 to 1. top, left: the share of the light in the upper
    (left) half less that in the other one, -1 to 1.
    """
    cloth = pictures >= _CLOTH
    light = np.where(cloth, pictures, 0) / 255
    area = np.maximum(cloth.sum(axis=(1, 2)), 1)
    total = np.maximum(light.sum(axis=(1, 2)), 1 / 255)
    brightness = light.sum(axis=(1, 2)) / area
    height = cloth.any(axis=2).sum(axis=1)
    sides = [cloth[:, :, :_SIDE], cloth[:, :, -_SIDE:]]
    lower = light[:, _MIDDLE:]
    return {
        "brightness": brightness,
        "width": cloth.sum(axis=(1, 2)) / np.maximum(height, 1),
        "height": height.astype(float),
        "texture": _roughness(light, cloth) / area / np.maximum(brightness, 1 / 255),
        "sleeves": sum(side.any(axis=2).sum(axis=1) for side in sides) / 2,
        "legs": lower[:, :, _LEGS].mean(axis=(1, 2)) - lower[:, :, _BETWEEN_LEGS].mean(axis=(1, 2)),
        "top": (light[:, :_MIDDLE].sum(axis=(1, 2)) - lower.sum(axis=(1, 2))) / total,
        "left": (light[:, :, :_MIDDLE].sum(axis=(1, 2)) - light[:, :, _MIDDLE:].sum(axis=(1, 2))) / total,
    }


def _roughness(light: np.ndarray, cloth: np.ndarray) -> np.ndarray:
    """The sum of the differences (N,) between neighbours that are both cloth, so that outlines do not count."""
    sums = np.zeros(len(light))
    for axis in (1, 2):
        both = np.minimum(*(np.delete(cloth, end, axis=axis) for end in (0, IMAGE_SIZE - 1)))
        sums += (np.abs(np.diff(light, axis=axis)) * both).sum(axis=(1, 2))
    return sums
