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


def open_upload(content):
    return uploads.decode(content)[0]


def refusal(content):
    with pytest.raises(UploadError) as refused:
        open_upload(content)
    assert "\n" not in str(refused.value)
    return refused.value.reason


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF", "BMP", "TIFF"])
def test_allowed_formats_become_a_square(kind):
    picture = open_upload(encoded(Image.new("RGB", (400, 300), "navy"), kind))
    assert (picture.size, picture.mode) == ((256, 256), "RGB")
    assert np.abs(np.array(picture, int)[100, 100] - [0, 0, 128]).max() < 6


def test_orientation_is_applied_and_all_else_about_the_camera_is_dropped():
    image = Image.new("RGB", (200, 200), "black")
    image.paste("white", (0, 0, 200, 100))  # white above
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    exif[0x010F] = "a camera"
    picture = open_upload(encoded(image, "JPEG", exif=exif))
    assert np.array(picture)[40, 128].max() < 40 and np.array(picture)[216, 128].min() > 215
    assert not picture.getexif() and "exif" not in picture.info


def test_what_is_transparent_becomes_white():
    picture = open_upload(encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "PNG"))
    assert np.array(picture).min() == 255


RAMP = np.tile(np.linspace(0, 2**16 - 1, 64).astype(np.uint16), (64, 1))  # black at the left, white at the right
GREY = Image.fromarray((RAMP >> 8).astype(np.uint8))
COLOUR = GREY.convert("RGB")
NEGATIVE = {"tiffinfo": {262: 0}}
# The same ramp as phones, scanners and programs write it.
RAMPS = {
    "16-bit PNG": (Image.fromarray(RAMP), "PNG", {}),
    "16-bit PNG, black transparent": (Image.fromarray(RAMP), "PNG", {"transparency": 0}),
    "16-bit TIFF": (Image.fromarray(RAMP), "TIFF", {}),
    "16-bit negative": (Image.fromarray(~RAMP), "TIFF", NEGATIVE),
    "8-bit negative": (GREY, "TIFF", NEGATIVE),
    "grey JPEG": (GREY, "JPEG", {}),
    "grey with alpha": (GREY.convert("LA"), "PNG", {}),
    "palette": (GREY.quantize(128), "PNG", {}),
    "palette BMP": (GREY.quantize(128), "BMP", {}),
    "CMYK JPEG": (COLOUR.convert("CMYK"), "JPEG", {"quality": 95}),
    "CMYK TIFF": (COLOUR.convert("CMYK"), "TIFF", {}),
    "LZW TIFF": (COLOUR, "TIFF", {"compression": "tiff_lzw"}),
    "progressive JPEG": (COLOUR, "JPEG", {"progressive": True}),
    "a phone's JPEG with a preview": (COLOUR, "MPO", {"save_all": True, "append_images": [COLOUR.resize((16, 16))]}),
}


@pytest.mark.parametrize("name", RAMPS)
def test_the_picture_is_right_as_phones_and_scanners_make_it(name):
    image, kind, options = RAMPS[name]
    picture, remarks = uploads.decode(encoded(image, kind, **options))
    row = np.array(picture.convert("L"), int)[128]
    expected = np.interp(np.arange(256), 4 * np.arange(64) + 1.5, np.array(GREY)[0])
    assert np.abs(row - expected)[8:-8].max() < 8
    assert remarks == (["transparent"] if "transparent" in name else [])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_every_format_is_turned_upright(kind):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: left is up
    picture = np.array(open_upload(encoded(COLOUR, kind, exif=exif)).convert("L"), int)
    assert picture[5].max() < 20 and picture[-5].min() > 235


def test_scans_of_one_bit():
    image = Image.new("1", (200, 200))
    image.paste(1, (100, 0, 200, 200))
    for kind, options in (("PNG", {}), ("TIFF", {"compression": "group4"}), ("BMP", {})):
        picture = np.array(open_upload(encoded(image, kind, **options)))
        assert picture[:, :120].max() < 5 and picture[:, 136:].min() > 250


def test_a_photograph_of_48_megapixels_is_scaled_while_it_is_decoded():
    content = encoded(COLOUR.resize((8064, 6048)), "JPEG", quality=50)
    row = np.array(open_upload(content).convert("L"), int)[128]
    assert row[0] < 45 and 120 < row[128] < 136 and row[-1] > 210  # its central square


@pytest.mark.parametrize("levels", [np.int32, np.float32])
def test_numbers_without_a_white_are_refused(levels):
    assert refusal(encoded(Image.fromarray(RAMP.astype(levels)), "TIFF")) == "unreadable"


def test_of_several_pages_the_first():
    content = encoded(COLOUR, "TIFF", save_all=True, append_images=[Image.new("RGB", (64, 64), "red")])
    picture, remarks = uploads.decode(content)
    assert np.array(picture)[128, 128].tolist() == [128] * 3 and remarks == ["pages"]


def test_a_phones_heic():
    pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    uploads.formats()
    row = np.array(open_upload(encoded(COLOUR, "HEIF")).convert("L"), int)[128]
    assert row[4] < 8 and abs(row[128] - 128) < 4 and row[250] > 247


def test_of_a_gif_the_first_frame():
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("lime", "red")]
    picture = open_upload(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert np.array(picture)[9, 9].tolist() == [0, 255, 0]


@pytest.mark.parametrize("content", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", bytes(1000)])
def test_what_is_no_picture_is_refused(content):
    assert refusal(content) == "unreadable"


@pytest.mark.parametrize("kind", ["ICO", "PPM", "JPEG2000"])
def test_other_formats_are_refused(kind):
    assert refusal(encoded(Image.new("RGB", (64, 64)), kind)) == "unreadable"


def test_half_a_file_is_refused():
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8)
    for kind in ("PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF"):
        content = encoded(Image.fromarray(noise), kind)
        assert refusal(content[: len(content) // 2]) == "unreadable"


def test_too_many_bytes():
    assert refusal(bytes(uploads.MAX_BYTES + 1)) == "too_many_bytes"


@pytest.mark.parametrize("side", [9_000, 60_000])
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
