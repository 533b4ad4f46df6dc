"""Pictures uploaded by people: limited in size, decoded, and kept without their metadata."""

import io
import threading

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

MAX_BYTES = 8 * 2**20
MAX_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MIN_SIDE = 8  # pixels
SIDE = 256  # pixels, of the decoded square
_GARMENT_SIDE = 28
_TURN = threading.Lock()  # one decoding at a time, because the largest allowed picture takes half a gigabyte
_BORDER = 2


class UploadError(Exception):
    """A picture is refused. The message is one line for the user; `reason` is a key for translations."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason, message)  # both, so that the exception can be pickled
        self.reason = reason

    def __str__(self) -> str:
        return self.args[1]


def open_upload(content: bytes) -> Image.Image:
    """Decode an upload: the central square of the picture, RGB, SIDE by SIDE pixels; of an animation the first frame.

    The camera's orientation is applied; all other metadata (place, camera, comments) is dropped. Transparent parts
    become white. Raises UploadError.
    """
    if len(content) > MAX_BYTES:
        raise UploadError("too_many_bytes", f"the file is larger than {MAX_BYTES // 2**20} MB")
    with _TURN:
        return _square(content)


def _square(content: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:  # before any of them is decoded
                raise UploadError("too_many_pixels", f"the picture has more than {MAX_PIXELS // 10**6} megapixels")
            if min(image.size) < MIN_SIDE:
                raise UploadError("too_small", f"the picture has fewer than {MIN_SIDE} pixels a side")
            image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG need not be decoded in full
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except UploadError:
        raise
    except Image.DecompressionBombError as error:
        raise UploadError("too_many_pixels", f"the picture has more than {MAX_PIXELS // 10**6} megapixels") from error
    except Exception as error:  # decoders raise many types of exceptions for damaged files
        raise UploadError("unreadable", f"no picture that can be read; allowed: {', '.join(FORMATS)}") from error
    on_white = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright).convert("RGB")
    return ImageOps.fit(on_white, (SIDE, SIDE), Image.Resampling.LANCZOS)


def remarks(content: bytes) -> list[str]:
    """Properties of a valid upload that the decoded picture does not show: "animated", "transparent"."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        found = ["animated"] if getattr(image, "n_frames", 1) > 1 else []
        transparent = image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema()[0] < 255
    return [*found, "transparent"] if transparent else found


def to_garment(picture: Image.Image, invert: bool | None = None) -> Tensor:
    """Convert a picture to the format of Fashion-MNIST: grey, black background, float (1, 1, 28, 28) in [0, 1].

    invert: whether to exchange black and white; None: if the border is brighter than the mean of the picture, as in a
    photograph before a white wall.
    """
    small = ImageOps.fit(picture.convert("L"), (_GARMENT_SIDE, _GARMENT_SIDE), Image.Resampling.LANCZOS)
    grey = np.array(small, np.float32) / 255
    border = np.ones_like(grey, bool)
    border[_BORDER:-_BORDER, _BORDER:-_BORDER] = False
    if invert is None:
        invert = grey[border].mean() > grey.mean()
    return torch.from_numpy(1 - grey if invert else grey)[None, None]
