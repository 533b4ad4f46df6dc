"""The pages of HTML: what a browser may load and run in them, our own first view in them, and the front page kept."""

import base64
import gzip
import re
from hashlib import sha256
from typing import NamedTuple

from gradio.route_utils import get_root_url
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cgan.ui.server.login import is_logged_in

# Gradio's page makes functions of the texts in its configuration, so it needs 'unsafe-eval'; and it writes styles into
# its elements. Pictures and GIFs are data: or blob: addresses.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'{scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'"
)
_GRADIO = b"<gradio-app"
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc\s*=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_KEPT = 8  # addresses under which the app is reached; the oldest is dropped


def policy(page: bytes = b"") -> str:
    """The Content-Security-Policy of a response.

    page: its HTML. Inline scripts are allowed by their hashes, so none can be slipped in.
    """
    digests = [base64.b64encode(sha256(script).digest()).decode() for script in _INLINE_SCRIPT.findall(page)]
    return _POLICY.format(scripts="".join(f" 'sha256-{digest}'" for digest in dict.fromkeys(digests)))


class _Page(NamedTuple):
    start: Message  # http.response.start, with its final headers
    body: bytes
    compressed: bytes | None = None


class FrontPage:
    """Middleware: completes each page of HTML, and answers for the front page from memory.

    Gradio takes 30 ms of a core to render the front page, 600 KB, which is the same for everyone at one address. Kept,
    it takes 1 ms, and is compressed only once.
    """

    def __init__(self, app: ASGIApp, opening: str) -> None:
        """opening: HTML that is put before Gradio's own in a page's body, except where the page asks for a login."""
        self._app = app
        self._opening = opening.encode()
        self._kept: dict[tuple, _Page] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request = Request(scope)
        is_front = (scope["method"], scope["path"], scope["query_string"]) == ("GET", "/", b"")
        logged_in = is_logged_in(request)
        key = (get_root_url(request, "/", request.app.root_path or scope.get("root_path")), logged_in)
        page = (is_front and self._kept.get(key)) or await self._render(
            scope, receive, send, self._opening if logged_in else b""
        )
        if page is None:
            return
        if is_front and page.start["status"] == 200 and key not in self._kept:
            page = self._kept[key] = page._replace(compressed=gzip.compress(page.body))
            while len(self._kept) > _KEPT:
                self._kept.pop(next(iter(self._kept)))
        await _send(page, request, send)

    async def _render(self, scope: Scope, receive: Receive, send: Send, opening: bytes) -> _Page | None:
        """The app's response where it is HTML; any other is sent on as it comes, and None returned."""
        start: Message | None = None
        body = bytearray()

        async def read(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                if MutableHeaders(scope=message).get("content-type", "").startswith("text/html"):
                    start = message
                    return
            elif start is not None:
                body.extend(message.get("body", b""))
                return
            await send(message)

        await self._app(scope, receive, read)
        if start is None:
            return None
        page = bytes(body).replace(_GRADIO, opening + _GRADIO, 1)
        MutableHeaders(scope=start)["Content-Security-Policy"] = policy(page)
        return _Page(start, page)


async def _send(page: _Page, request: Request, send: Send) -> None:
    body = page.body
    headers = MutableHeaders(raw=[*page.start["headers"]])
    if page.compressed:
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"], body = "gzip", page.compressed
    headers["Content-Length"] = f"{len(body)}"
    await send(page.start | {"headers": headers.raw})
    await send({"type": "http.response.body", "body": body})
