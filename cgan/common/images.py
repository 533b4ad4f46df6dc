"""Generated images as bytes and pictures."""

import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from cgan.common.files import replaced


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


def enlarge(images: np.ndarray, factor: int) -> np.ndarray:
    """Repeat every pixel of images (..., H, W) `factor` times in both directions: crisp, no interpolation."""
    return images.repeat(factor, axis=-2).repeat(factor, axis=-1)


def save_png(path: Path, image: np.ndarray) -> None:
    """Write a grey image, uint8 (H, W), beside `path`, then put it in its place."""
    with replaced(path) as temporary:
        Image.fromarray(image).save(temporary, format="PNG")


def to_gif(frames: np.ndarray, seconds: float) -> bytes:
    """Encode frames, uint8 (N, H, W), as an endless GIF; the 256 grey levels are its palette, so nothing is lost.

    Colours, uint8 (N, H, W, 3), are reduced to 256 a frame, which is all that a GIF holds.

    A round takes `seconds`. GIF counts in hundredths: frames differ by one where that makes the sum right.
    """
    milliseconds = [10 * hundredths for hundredths in _durations(len(frames), 100 * seconds)]
    pictures = (Image.fromarray(frame) for frame in frames)
    if frames.ndim == 4:  # by the method that is a hundred times faster than Pillow's default
        pictures = (picture.quantize(method=Image.Quantize.FASTOCTREE) for picture in pictures)
    first, *rest = pictures
    file = io.BytesIO()
    first.save(file, format="GIF", save_all=True, append_images=rest, duration=milliseconds, loop=0)
    return file.getvalue()


def to_webp(frames: np.ndarray, seconds: float) -> bytes:
    """Encode frames, uint8 (N, H, W), as an endless animated WebP, without loss; a round takes `seconds`."""
    first, *rest = (Image.fromarray(frame).convert("RGB") for frame in frames)
    file = io.BytesIO()
    options = {"duration": _durations(len(frames), 1000 * seconds), "loop": 0, "lossless": True, "method": 0}
    first.save(file, format="WEBP", save_all=True, append_images=rest, **options)
    return file.getvalue()


def _durations(count: int, total: float) -> list[int]:
    """Whole numbers, one a frame, as equal as can be, whose sum is `total`, rounded."""
    return np.diff(np.rint(np.linspace(0, total, count + 1)).astype(int)).tolist()
