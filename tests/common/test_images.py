import io

import numpy as np
import torch
from PIL import Image

from cgan.common import images


def test_to_uint8_maps_the_range_and_rounds_to_the_nearest_level():
    levels = torch.arange(256, dtype=torch.float64)
    exact = (levels / 127.5 - 1).view(-1, 1, 1, 1)
    assert np.array_equal(images.to_uint8(exact).ravel(), np.arange(256))
    nudged = ((levels + 0.49) / 127.5 - 1).view(-1, 1, 1, 1)
    assert np.array_equal(images.to_uint8(nudged).ravel(), np.arange(256))


def test_grid_goes_row_by_row_and_leaves_the_rest_black():
    pictures = np.stack([np.full((2, 3), level, np.uint8) for level in (1, 2, 3)])
    assert images.grid(pictures, columns=2).tolist() == [
        [1, 1, 1, 2, 2, 2],
        [1, 1, 1, 2, 2, 2],
        [3, 3, 3, 0, 0, 0],
        [3, 3, 3, 0, 0, 0],
    ]


def test_enlarge_repeats_pixels():
    assert images.enlarge(np.array([[1, 2]]), 2).tolist() == [[1, 1, 2, 2], [1, 1, 2, 2]]


def test_gif_keeps_every_grey_level_of_every_frame():
    frames = np.stack(
        [np.arange(256, dtype=np.uint8).reshape(16, 16), np.arange(256, dtype=np.uint8)[::-1].reshape(16, 16)]
    )
    gif = Image.open(io.BytesIO(images.to_gif(frames, 0.5)))
    assert gif.n_frames == 2 and gif.info["loop"] == 0 and gif.info["duration"] == 250
    for index, frame in enumerate(frames):
        gif.seek(index)
        assert np.array_equal(np.array(gif.convert("L")), frame)


def test_webp_keeps_every_grey_level_of_every_frame_and_the_time():
    frames = np.stack([np.roll(np.arange(256, dtype=np.uint8), shift).reshape(16, 16) for shift in range(3)])
    webp = Image.open(io.BytesIO(images.to_webp(frames, 1)))
    assert webp.format == "WEBP" and webp.n_frames == 3 and webp.info["loop"] == 0
    durations = []
    for index, frame in enumerate(frames):
        webp.seek(index)
        assert np.array_equal(np.array(webp.convert("L")), frame)
        durations.append(webp.info["duration"])
    assert sum(durations) == 1000 and max(durations) - min(durations) <= 1


def test_png_is_lossless(tmp_path):
    picture = np.arange(256, dtype=np.uint8).reshape(8, 32)
    images.save_png(tmp_path / "picture.png", picture)
    assert np.array_equal(np.array(Image.open(tmp_path / "picture.png")), picture)
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]
