"""A request is refused: one line that says why, with the right status, and in two languages where a page shows it."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse

from cgan.common.validation import one_line
from cgan.ui.texts import TEXTS

LOG_IN, NOTHING = "log in first", "there is nothing here"
# Keys of TEXTS.
BUSY, FAILED, TOO_MANY_RUNS = "server_busy", "server_failed", "too_many_runs"
_RETRY_AFTER_S = {429: "5", 503: "1"}


def refuse(status: int, line: str, request: Request | None = None) -> JSONResponse:
    """An answer that says no. line: what to say, or the key of a text, which is said in the language of `request`.

    Gradio's page shows what it finds under "detail", its clients what is under "error".
    """
    line = said(line, request.headers) if line in TEXTS and request else one_line(line)
    headers = {"Retry-After": _RETRY_AFTER_S[status]} if status in _RETRY_AFTER_S else None
    return JSONResponse({"error": line, "detail": line}, status, headers)


def said(key: str, headers: Headers) -> str:
    """A text in the language that the browser asks for first."""
    return TEXTS[key][headers.get("accept-language", "").strip().lower().startswith("zh")]
