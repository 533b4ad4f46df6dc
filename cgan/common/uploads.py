"""Pictures uploaded by people: limited in size, decoded, and kept without their metadata."""

import io
import threading
from contextlib import suppress
from functools import cache

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from cgan.common.validation import ReasonError

MAX_BYTES = 8 * 2**20
MAX_PIXELS = 64_000_000  # that are decoded; of a JPEG up to 64 times as many, which are scaled then
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF", "BMP", "TIFF", "HEIF")
MIN_SIDE = 8  # pixels
SIDE = 256  # pixels, of the decoded square
_GARMENT_SIDE = 28
_TURN = threading.Lock()  # one decoding at a time, because the largest allowed picture takes half a gigabyte
BORDER = 2  # pixels of a small picture, whose brightness says whether it is inverted
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0  # a tag of TIFF, and its value for what scanners call negative


class UploadError(ReasonError):
    """A picture is refused."""


def decode(content: bytes) -> tuple[Image.Image, list[str]]:
    """Decode an upload: the central square of the picture, RGB, SIDE by SIDE pixels, and remarks.

    The camera's orientation is applied; all other metadata (place, camera, comments) is dropped. Levels of 16 bits are
    scaled to 8. Remarks are keys for translations of what the square does not show: "animated" or "pages" where only
    the first is seen, "transparent" where transparent parts became white. Raises UploadError.
    """
    if len(content) > MAX_BYTES:
        raise UploadError("too_many_bytes", f"the file is larger than {MAX_BYTES // 2**20} MB")
    with _TURN:
        try:
            with Image.open(io.BytesIO(content), formats=formats()) as image:
                return _decode(image)
        except UploadError:
            raise
        except Image.DecompressionBombError as error:
            raise _too_many_pixels() from error
        except Exception as error:  # decoders raise many types of exceptions for damaged files
            allowed = ", ".join(formats())
            raise UploadError("unreadable", f"no picture that can be read; allowed: {allowed}") from error


@cache
def formats() -> tuple[str, ...]:
    """The names of the formats that can be decoded here; HEIF (phones' .heic) with the package pillow-heif."""
    with suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener()
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _decode(image: Image.Image) -> tuple[Image.Image, list[str]]:
    image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is scaled while it is decoded
    if image.width * image.height > MAX_PIXELS:  # before any of them is decoded
        raise _too_many_pixels()
    if min(image.size) < MIN_SIDE:
        raise UploadError("too_small", f"the picture has fewer than {MIN_SIDE} pixels a side")
    remarks = []
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:  # an MPO is a phone's photograph and its preview
        remarks.append("pages" if image.format in ("TIFF", "HEIF") else "animated")
    image.load()  # which also turns a TIFF upright
    whole = _to_8_bits(image)
    side = min(whole.size)
    left, top = (whole.width - side) / 2, (whole.height - side) / 2
    box = (left, top, left + side, top + side)
    square = ImageOps.exif_transpose(whole.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box, reducing_gap=3))
    square = square.convert("RGBA")
    if square.getchannel("A").getextrema()[0] < 255:
        remarks.append("transparent")
    on_white = Image.alpha_composite(Image.new("RGBA", square.size, "white"), square).convert("RGB")
    on_white.info.clear()
    return on_white, remarks


def _to_8_bits(image: Image.Image) -> Image.Image:
    """The same picture in a mode that can be resized, with its metadata. Raises UploadError."""
    if image.mode in ("I", "F"):  # nothing says which number is white
        raise UploadError("unreadable", "a picture of 32-bit numbers given; allowed: 8 or 16 bits a channel")
    if image.mode.startswith("I;16"):  # Pillow's own conversion makes everything above 255 white
        levels = np.array(image)
        if image.format == "TIFF" and image.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:  # Pillow inverts 8 bits alone
            levels = ~levels
        grey = Image.fromarray((levels >> 8).astype(np.uint8))
        key = image.info.get("transparency")
        if isinstance(key, int):
            grey.putalpha(Image.fromarray(np.where(levels == key, 0, 255).astype(np.uint8)))
        grey.info = {name: value for name, value in image.info.items() if name != "transparency"}
        return grey
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _too_many_pixels() -> UploadError:
    return UploadError("too_many_pixels", f"the picture has more than {MAX_PIXELS // 10**6} megapixels")


def to_garment(picture: Image.Image, invert: bool | None = None) -> Tensor:
    """Convert a picture to the format of Fashion-MNIST: grey, black background, float (1, 1, 28, 28) in [0, 1].

    invert: whether to exchange black and white; None: if the border is brighter than the mean of the picture, as in a
    photograph before a white wall.
    """
    small = ImageOps.fit(picture.convert("L"), (_GARMENT_SIDE, _GARMENT_SIDE), Image.Resampling.LANCZOS)
    grey = np.array(small, np.float32) / 255
    border = np.ones_like(grey, bool)
    border[BORDER:-BORDER, BORDER:-BORDER] = False
    if invert is None:
        invert = grey[border].mean() > grey.mean()
    return torch.from_numpy(1 - grey if invert else grey)[None, None]
