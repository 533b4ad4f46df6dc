"""Attributes of a picture of a garment: brightness, width, sleeves and others, each one number."""

import numpy as np

from cgan.data import IMAGE_SIZE

_CLOTH = 20  # pixels of this grey level or more are cloth, others background
_MIDDLE = IMAGE_SIZE // 2
_SIDE = 6  # columns at the left and right border, which only sleeves reach
_BETWEEN_LEGS = slice(12, 16)  # columns
_LEGS = [8, 9, 18, 19]  # columns

# Attributes that exist for classes of these names only.
OF_CLASSES = {"sleeves": {"T-shirt/top", "Pullover", "Dress", "Coat", "Shirt"}, "legs": {"Trouser"}}


def attributes(pictures: np.ndarray) -> dict[str, np.ndarray]:
    """The attributes, each (N,), of pictures, uint8 (N, 28, 28).

    brightness: mean of the cloth's pixels, 0 to 1.
    width: mean number of cloth pixels in the rows with cloth. height: number of these rows.
    texture: mean difference of neighbouring pixels of cloth, divided by the brightness.
    sleeves: number of rows with cloth at the border, mean of the left and right border.
    legs: mean brightness on the legs minus that between them.
    top, left: share of the light in the upper (left) half minus that in the other half, -1 to 1.
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
    """The sum of differences (N,) between neighbours that are both cloth; outlines do not count."""
    sums = np.zeros(len(light))
    for axis in (1, 2):
        both = np.minimum(*(np.delete(cloth, end, axis=axis) for end in (0, IMAGE_SIZE - 1)))
        sums += (np.abs(np.diff(light, axis=axis)) * both).sum(axis=(1, 2))
    return sums
