"""Errors as one line each: for the page in its language, for API clients in English, with the right HTTP status."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse

from cgan.common.uploads import UploadError
from cgan.common.validation import RefusalError, one_line
from cgan.data import DataError
from cgan.models.checkpoints import CheckpointError
from cgan.ui.figures import Text, in_english, say
from cgan.ui.texts import TEXTS

REASONS = (RefusalError, UploadError, CheckpointError, DataError)  # errors whose message is meant for the user

NOTHING = "there is nothing here"
# Keys of TEXTS.
BUSY, FAILED, LOG_IN, OTHER_WEBSITE = "server_busy", "server_failed", "log_in", "other_website"
_RETRY_AFTER_S = 1


def worded(error: Exception) -> Text:
    """One of REASONS as one line of the page."""
    if isinstance(error, RefusalError):
        return error.text
    if isinstance(error, UploadError):
        return say(f"upload_{error.reason}")
    return say("no_data") if isinstance(error, DataError) else str(error)


def for_api(error: Exception) -> str:
    """One of REASONS as one line for an API client."""
    line = in_english(error.text) if isinstance(error, RefusalError) else str(error)
    return f"picture: {line}" if isinstance(error, UploadError) else line


def refuse(status: int, line: str, request: Request | None = None, **values: str) -> JSONResponse:
    """An error response. line: the message, or the key of a text, which is given in the language of `request`.

    values: fill the {names} of the text. Gradio's page shows the field "detail", its clients the field "error".
    """
    if line in TEXTS and request:
        line = TEXTS[line][_prefers_chinese(request.headers)].format(**values)
    line = one_line(line)
    headers = {"Retry-After": f"{_RETRY_AFTER_S}"} if status == 503 else None
    return JSONResponse({"error": line, "detail": line}, status, headers)


def _prefers_chinese(headers: Headers) -> bool:
    """Whether the browser names Chinese before English, as the page itself chooses (`web/language.js`)."""
    languages = [item.strip().lower()[:2] for item in headers.get("accept-language", "").split(",")]
    return next((language for language in languages if language in ("en", "zh")), "en") == "zh"
