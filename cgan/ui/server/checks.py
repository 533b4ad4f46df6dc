"""Why there can be no answer, in one line: for the page in its language, for programs in English."""

import base64

from cgan.common import uploads
from cgan.common.uploads import UploadError
from cgan.common.validation import RefusalError
from cgan.data import DataError
from cgan.models.checkpoints import CheckpointError
from cgan.ui.figures import Text, in_english, say

REASONS = (RefusalError, UploadError, CheckpointError, DataError)  # why there can be no figure


def worded(error: Exception) -> Text:
    """One of REASONS as one line of the page."""
    if isinstance(error, RefusalError):
        return error.text
    if isinstance(error, UploadError):
        return say(f"upload_{error.reason}")
    return say("no_data") if isinstance(error, DataError) else str(error)


def for_programs(error: Exception) -> str:
    """One of REASONS as one line for a program."""
    line = in_english(error.text) if isinstance(error, RefusalError) else str(error)
    return f"picture: {line}" if isinstance(error, UploadError) else line


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
