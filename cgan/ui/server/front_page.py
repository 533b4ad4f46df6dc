"""The pages of HTML: what a browser may load and run in them, our own first view in them, and the front page kept."""

import base64
import gzip
import json
import re
from hashlib import sha256
from typing import NamedTuple

from gradio.route_utils import get_root_url
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.routing import get_route_path
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
# Gradio writes its own address into the front page, as the request and its proxies say it. The browser knows it better:
# a proxy may have changed host, port, scheme or path. So the page is made for an address that does not exist, and that
# is replaced by the page's own. What one visitor's request says of the address thus comes to nobody else.
_NOWHERE = (b"host", b"cgan.invalid")
_OWN_ADDRESS = b'document.baseURI.replace(/\\/$/, "")'
_BASE = b'<base href="./"'
_MANIFEST = b'<link rel="manifest" href="/manifest.json" />'
_FILES = b'<link rel="manifest" href="manifest.json"><link rel="icon" href="favicon.ico">'


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

    Gradio takes 30 ms of a core to render the front page, 600 KB, which is the same for everyone. Kept, it takes 1 ms,
    and is compressed only once.
    """

    def __init__(self, app: ASGIApp, language: str, opening: str) -> None:
        """HTML that is put before Gradio's own in a page's body; opening: except where the page asks for a login."""
        self._app = app
        self._language = language.encode()
        self._opening = opening.encode()
        self._kept: dict[bool, _Page] = {}  # for those who have logged in, and for those who have not

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request = Request(scope)
        is_kept = (request.method, get_route_path(scope), scope["query_string"]) == ("GET", "/", b"")
        logged_in = is_logged_in(request)
        page = self._kept.get(logged_in) if is_kept else None
        page = page or await self._render(
            _from_nowhere(scope) if is_kept else scope, receive, send, self._opening if logged_in else b""
        )
        if page is None:
            return
        if is_kept and page.start["status"] == 200 and logged_in not in self._kept:
            page = self._kept[logged_in] = page._replace(compressed=gzip.compress(page.body))
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
        opening = self._language + opening + _GRADIO
        page = _at_own_address(bytes(body), scope).replace(_GRADIO, opening, 1)
        MutableHeaders(scope=start)["Content-Security-Policy"] = policy(page)
        return _Page(start, page)


def _from_nowhere(scope: Scope) -> Scope:
    """The same request, which says nothing of the address that it was sent to."""
    said = [header for header in scope["headers"] if header[0] != b"host" and not header[0].startswith(b"x-")]
    return scope | {"headers": [_NOWHERE, *said]}


def _at_own_address(page: bytes, scope: Scope) -> bytes:
    """Gradio's page, whose scripts take its address from the browser, and whose files lie beneath it."""
    request = Request(scope)
    root = json.dumps(get_root_url(request, "/", request.app.root_path))
    folder = f"{scope['root_path']}/" if scope["root_path"] else "./"
    page = page.replace(root.encode(), _OWN_ADDRESS).replace(_MANIFEST, _FILES)
    return page.replace(_BASE, f'<base href="{folder}"'.encode(), 1)


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
