"""What is asked for in the queue and not allowed: checked, and refused with one line."""

import base64
from collections.abc import Callable
from typing import Any

import gradio as gr

from cgan import uploads
from cgan.checkpoints import CheckpointError
from cgan.data import DataError
from cgan.ui.figures import Text, in_english, say
from cgan.uploads import UploadError


class RefusalError(Exception):
    """What is asked for is not allowed, or does not go together; `text` says so in one line.

    It is shown in the figure: Gradio's own error, raised in a queued event, takes no title in the page's language.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


REASONS = (RefusalError, UploadError, CheckpointError, DataError)  # why there can be no figure


def worded(error: Exception) -> Text:
    """One of REASONS as one line of the page."""
    if isinstance(error, RefusalError):
        return error.text
    if isinstance(error, UploadError):
        return say(f"upload_{error.reason}")
    return say("no_data") if isinstance(error, DataError) else str(error)


def as_api_error(error: Exception) -> gr.Error:
    """One of REASONS as one line for a program."""
    line = in_english(error.text) if isinstance(error, RefusalError) else str(error)
    return gr.Error(f"picture: {line}" if isinstance(error, UploadError) else line, print_exception=False)


def checked(name: str, check: Callable, *arguments: object) -> Any:
    """The checked value (`cgan.bounds`). Raises RefusalError."""
    try:
        return check(*arguments)
    except ValueError as error:
        raise RefusalError(f"{name}: {error}") from error


def decoded(content: object) -> bytes:
    """The bytes of a base64 text. Raises UploadError."""
    if not isinstance(content, str):
        raise UploadError("unreadable", "a file in base64 expected")
    if len(content) > uploads.MAX_BYTES * 4 / 3 + 4:
        raise UploadError("too_many_bytes", f"the file is larger than {uploads.MAX_BYTES // 2**20} MB")
    try:
        return base64.b64decode(content, validate=True)
    except ValueError as error:
        raise UploadError("unreadable", "a file in base64 expected") from error
