"""A picture that a person sends: bounded, decoded, and nothing kept of it but its pixels."""

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
SIDE = 256  # pixels, of what is kept
_GARMENT_SIDE = 28
_TURN = threading.Lock()  # to decode: half a gigabyte, where the picture is as large as it may be
_BORDER = 2


class UploadError(Exception):
    """A picture is refused; the message is one line for the user, `reason` one word for who words it himself."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason, message)  # all that is needed to make it anew in another process
        self.reason = reason

    def __str__(self) -> str:
        return self.args[1]


def open_upload(content: bytes) -> Image.Image:
    """The square middle of a picture, RGB of SIDE by SIDE pixels; of a GIF its first frame.

    The camera's orientation is applied and all else that the file says of itself (place, camera, comments) is dropped;
    what is transparent becomes white. Raises UploadError.
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
    except Exception as error:  # whatever a decoder makes of bytes that were never meant for it
        raise UploadError("unreadable", f"no picture that can be read; allowed: {', '.join(FORMATS)}") from error
    on_white = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright).convert("RGB")
    return ImageOps.fit(on_white, (SIDE, SIDE), Image.Resampling.LANCZOS)


def remarks(content: bytes) -> list[str]:
    """What of a picture that `open_upload` takes will not be seen: "animated", "transparent"."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        found = ["animated"] if getattr(image, "n_frames", 1) > 1 else []
        transparent = image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema()[0] < 255
    return [*found, "transparent"] if transparent else found


def to_garment(picture: Image.Image) -> Tensor:
    """A picture as Fashion-MNIST would show it: float (1, 1, 28, 28) in [0, 1], grey, the background black.

    Where the border is brighter than the whole, as in a photograph before a wall, the greys are inverted.
    """
    small = ImageOps.fit(picture.convert("L"), (_GARMENT_SIDE, _GARMENT_SIDE), Image.Resampling.LANCZOS)
    grey = np.array(small, np.float32) / 255
    border = np.ones_like(grey, bool)
    border[_BORDER:-_BORDER, _BORDER:-_BORDER] = False
    return torch.from_numpy(1 - grey if grey[border].mean() > grey.mean() else grey)[None, None]
