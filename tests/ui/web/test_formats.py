"""Files that the page writes, as other programs read them."""

import base64
import io
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageSequence

FRAMES = np.random.default_rng(0).integers(
    0, 256, (3, 28, 28), np.uint8
)  # noise fills the table of codes again and again
FRAMES[1] = 7  # and one colour makes the longest strings


def test_gif_is_what_pillow_reads(evaluate):
    content = evaluate(
        {"encoding/gif.js": "encodeGif", "encoding/base64.js": "decode, encode"},
        "(frames) => encode(encodeGif(decode(frames), 28, 8, 1))",
        base64.b64encode(FRAMES.tobytes()).decode(),
    )
    with Image.open(io.BytesIO(base64.b64decode(content))) as gif:
        images = [(np.array(image.convert("L")), image.info["duration"]) for image in ImageSequence.Iterator(gif)]
        assert gif.info["loop"] == 0
    np.testing.assert_array_equal([image for image, _ in images], FRAMES.repeat(8, 1).repeat(8, 2))
    assert [duration for _, duration in images] == [330, 340, 330]


def test_npz_is_what_numpy_reads(evaluate):
    content = evaluate(
        {"encoding/npz.js": "npz", "encoding/base64.js": "decode, encode"},
        """async (frames) => encode(await npz({
          images: [decode(frames), 3, 28, 28],
          seeds: [Uint32Array.of(0, 7, 4294967295), 3],
          z: [Float32Array.of(0.5, -1.25, 3e-8, 4, 5, 6), 3, 2],
        }))""",
        base64.b64encode(FRAMES.tobytes()).decode(),
    )
    file = io.BytesIO(base64.b64decode(content))
    assert zipfile.ZipFile(file).testzip() is None
    file.seek(0)
    arrays = np.load(file)
    np.testing.assert_array_equal(arrays["images"], FRAMES)
    np.testing.assert_array_equal(arrays["seeds"], np.array([0, 7, 2**32 - 1], np.uint32))
    np.testing.assert_array_equal(arrays["z"], np.array([[0.5, -1.25], [3e-8, 4], [5, 6]], np.float32))
    assert [arrays[name].dtype.str for name in ("images", "seeds", "z")] == ["|u1", "<u4", "<f4"]


@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_base64_there_and_back(evaluate, size):
    text = base64.b64encode(np.arange(size).astype(np.uint8).tobytes()).decode()
    assert evaluate({"encoding/base64.js": "decode, encode"}, "(text) => encode(decode(text))", text) == text
