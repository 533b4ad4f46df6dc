"""Images as arrays, grids and files: PNG, GIF, WebP."""

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
    """Images, uint8 (N, H, W), in rows without gaps: uint8 (rows * H, columns * W); unused cells are black."""
    count, height, width = images.shape
    rows = -(-count // columns)
    cells = np.zeros((rows * columns, height, width), np.uint8)
    cells[:count] = images
    return cells.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)


def enlarge(images: np.ndarray, factor: int) -> np.ndarray:
    """Enlarge images (..., H, W) by repeating each pixel `factor` times in both directions, without interpolation."""
    return images.repeat(factor, axis=-2).repeat(factor, axis=-1)


def save_png(path: str | Path, image: np.ndarray) -> None:
    """Write a grey image, uint8 (H, W), as PNG; an existing file is replaced atomically. Raises OSError."""
    with replaced(path) as temporary:
        Image.fromarray(image).save(temporary, format="PNG")


def to_gif(frames: np.ndarray, seconds: float) -> bytes:
    """Encode frames as a GIF that repeats for ever; one repetition takes `seconds`.

    frames: grey, uint8 (N, H, W), which GIF keeps without loss, or RGB, uint8 (N, H, W, 3), reduced to 256 colours in
    each frame. GIF counts time in hundredths of a second, so the durations of frames may differ by one hundredth.
    """
    milliseconds = [10 * hundredths for hundredths in _durations(len(frames), 100 * seconds)]
    pictures = (Image.fromarray(frame) for frame in frames)
    if frames.ndim == 4:  # FASTOCTREE is a hundred times faster than Pillow's default
        pictures = (picture.quantize(method=Image.Quantize.FASTOCTREE) for picture in pictures)
    first, *rest = pictures
    file = io.BytesIO()
    first.save(file, format="GIF", save_all=True, append_images=rest, duration=milliseconds, loop=0)
    return file.getvalue()


def to_webp(frames: np.ndarray, seconds: float) -> bytes:
    """Encode frames, uint8 (N, H, W), as a lossless WebP that repeats for ever; one repetition takes `seconds`."""
    first, *rest = (Image.fromarray(frame).convert("RGB") for frame in frames)
    file = io.BytesIO()
    options = {"duration": _durations(len(frames), 1000 * seconds), "loop": 0, "lossless": True, "method": 0}
    first.save(file, format="WEBP", save_all=True, append_images=rest, **options)
    return file.getvalue()


def _durations(count: int, total: float) -> list[int]:
    """`count` whole numbers that differ by at most one; their sum is `total`, rounded."""
    return np.diff(np.rint(np.linspace(0, total, count + 1)).astype(int)).tolist()
