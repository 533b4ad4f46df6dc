"""What a person shows the networks: one of the test images that ship, a drawing, or a file."""

import base64

import numpy as np

from cgan.common import uploads
from cgan.common.uploads import UploadError
from cgan.common.validation import RefusalError, check_integer, checked
from cgan.data import IMAGE_SIZE, examples
from cgan.ui import figures
from cgan.ui.figures import say

_FAINTEST = 8  # grey levels between the darkest and the brightest: with less there is nothing on the picture


def read(value: object) -> np.ndarray:
    """A picker's value as the networks see it: uint8 (28, 28), the background black.

    {"example": 0 to 99}, {"drawn": base64 of 784 grey levels} or {"upload": base64 of a file}.
    Raises RefusalError, UploadError.
    """
    if not isinstance(value, dict) or len(value) != 1:
        raise RefusalError(say("no_picture"))
    ((kind, content),) = value.items()
    if kind == "example":
        return examples.load()[checked("example", check_integer, content, 0, examples.count - 1)]
    if kind == "drawn":
        return _not_blank(_drawing(content))
    if kind == "upload":
        return from_file(content)
    raise RefusalError(say("no_picture"))


def from_file(content: object) -> np.ndarray:
    """A file, in base64, as the networks see it: uint8 (28, 28). Raises RefusalError, UploadError."""
    return _not_blank(figures.pixels(uploads.to_garment(uploads.decode(decoded(content))[0])))


def open_upload(file: bytes) -> dict:
    """A file as the page keeps it.

    Returns {"picture": base64 of a PNG, "remarks": texts}, or {"problem": a text}.
    """
    try:
        picture, remarks = uploads.decode(file)
    except UploadError as error:
        return {"problem": say(f"upload_{error.reason}")}
    encoded = figures.encode(np.array(picture)).partition(",")[2]
    return {"picture": encoded, "remarks": [say(f"upload_{remark}") for remark in remarks]}


def decoded(content: object) -> bytes:
    """The bytes of a base64 text, which may have line breaks and begin as a data URL. Raises UploadError."""
    if not isinstance(content, str):
        raise UploadError("unreadable", "a file in base64 expected")
    content = "".join(content.partition("base64,")[2].split() if content.startswith("data:") else content.split())
    if len(content) > uploads.MAX_BYTES * 4 / 3 + 4:
        raise UploadError("too_many_bytes", f"the file is larger than {uploads.MAX_BYTES // 2**20} MB")
    try:
        return base64.b64decode(content, validate=True)
    except ValueError as error:
        raise UploadError("unreadable", "a file in base64 expected") from error


def _drawing(content: object) -> np.ndarray:
    levels = np.frombuffer(decoded(content), np.uint8)
    if len(levels) != IMAGE_SIZE**2:
        raise UploadError("unreadable", f"{len(levels)} grey levels given; allowed: {IMAGE_SIZE**2}")
    return levels.reshape(IMAGE_SIZE, IMAGE_SIZE)


def _not_blank(picture: np.ndarray) -> np.ndarray:
    if int(picture.max()) - int(picture.min()) < _FAINTEST:
        raise RefusalError(say("picture_blank"))
    return picture
