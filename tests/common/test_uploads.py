import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from cgan.common import uploads
from cgan.common.uploads import UploadError


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def refusal(content):
    with pytest.raises(UploadError) as refused:
        uploads.open_upload(content)
    assert "\n" not in str(refused.value)
    return refused.value.reason


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_allowed_formats_become_a_square(kind):
    picture = uploads.open_upload(encoded(Image.new("RGB", (400, 300), "navy"), kind))
    assert (picture.size, picture.mode) == ((256, 256), "RGB")
    assert np.abs(np.array(picture, int)[100, 100] - [0, 0, 128]).max() < 6


def test_orientation_is_applied_and_all_else_about_the_camera_is_dropped():
    image = Image.new("RGB", (200, 200), "black")
    image.paste("white", (0, 0, 200, 100))  # white above
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    exif[0x010F] = "a camera"
    picture = uploads.open_upload(encoded(image, "JPEG", exif=exif))
    assert np.array(picture)[40, 128].max() < 40 and np.array(picture)[216, 128].min() > 215
    assert not picture.getexif() and "exif" not in picture.info


def test_what_is_transparent_becomes_white():
    picture = uploads.open_upload(encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "PNG"))
    assert np.array(picture).min() == 255


def test_of_a_gif_the_first_frame():
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("lime", "red")]
    picture = uploads.open_upload(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert np.array(picture)[9, 9].tolist() == [0, 255, 0]


@pytest.mark.parametrize("content", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", bytes(1000)])
def test_what_is_no_picture_is_refused(content):
    assert refusal(content) == "unreadable"


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM"])
def test_other_formats_are_refused(kind):
    assert refusal(encoded(Image.new("RGB", (64, 64)), kind)) == "unreadable"


def test_half_a_file_is_refused():
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8)
    for kind in ("PNG", "JPEG", "WEBP"):
        content = encoded(Image.fromarray(noise), kind)
        assert refusal(content[: len(content) // 2]) == "unreadable"


def test_too_many_bytes():
    assert refusal(bytes(uploads.MAX_BYTES + 1)) == "too_many_bytes"


@pytest.mark.parametrize("side", [7_000, 60_000])
def test_a_small_file_of_a_huge_picture_is_refused_before_it_is_decoded(side):
    """A PNG of a few hundred bytes that says it is side by side pixels; 60,000 is beyond Pillow's own limit."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    assert refusal(bomb) == "too_many_pixels"


def test_a_garment_before_a_bright_wall_is_inverted_and_one_on_black_is_not():
    wall = Image.new("L", (256, 256), 240)
    wall.paste(20, (80, 40, 176, 216))
    for picture in (wall, Image.eval(wall, lambda level: 255 - level)):
        garment = uploads.to_garment(picture.convert("RGB"))
        assert garment.shape == (1, 1, 28, 28)
        assert garment[0, 0, 14, 14] > 0.8 and garment[0, 0, 0, 0] < 0.1
