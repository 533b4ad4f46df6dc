"""Generated images as bytes and pictures."""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image


def to_uint8(images: torch.Tensor) -> np.ndarray:
    """Images (N, 1, H, W) in [-1, 1] to uint8 (N, H, W): -1 is 0, 1 is 255, rounded to the nearest grey level."""
    levels = ((images[:, 0] + 1) * 127.5).round().clamp(0, 255)
    return levels.to(torch.uint8).cpu().numpy()


def grid(images: np.ndarray, columns: int) -> np.ndarray:
    """Lay out images, uint8 (N, H, W), row by row without gaps; uint8 (rows * H, columns * W), black where none is."""
    count, height, width = images.shape
    rows = -(-count // columns)
    cells = np.zeros((rows * columns, height, width), np.uint8)
    cells[:count] = images
    return cells.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)


def enlarge(image: np.ndarray, factor: int) -> np.ndarray:
    """Repeat every pixel of an image (H, W) `factor` times in both directions: crisp, no interpolation."""
    return image.repeat(factor, axis=0).repeat(factor, axis=1)
