"""What is asked for in the queue and not allowed: checked, and refused with one line."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from cgan import uploads
from cgan.ui.figures import Text
from cgan.uploads import UploadError


class RefusalError(Exception):
    """What is asked for is not allowed, or does not go together; `text` says so in one line.

    It is shown in the figure: Gradio's own error, raised in a queued event, takes no title in the page's language.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


def checked(name: str, check: Callable, *arguments: object) -> Any:
    """The checked value (`cgan.bounds`). Raises RefusalError."""
    try:
        return check(*arguments)
    except ValueError as error:
        raise RefusalError(f"{name}: {error}") from error


def decoded(content: object) -> bytes:
    """The bytes of a base64 text. Raises UploadError."""
    if not isinstance(content, str):
        raise UploadError("unreadable", "no picture")
    if len(content) > uploads.MAX_BYTES * 4 / 3 + 4:
        raise UploadError("too_many_bytes", "the file is too large")
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise UploadError("unreadable", "not base64") from error
