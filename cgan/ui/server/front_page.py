"""The front page as Gradio renders it, completed once: our first view, its address, what a browser may load and run."""

import base64
import gzip
import json
import re
from hashlib import sha256

from gradio.route_utils import get_root_url
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
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


class FrontPage:
    """Middleware: completes Gradio's front page, and answers for it from memory, whatever the query.

    Gradio takes 30 ms of a core to render the page, 600 KB, which is the same for everyone. Kept, it takes 1 ms, and is
    compressed only once.
    """

    def __init__(self, app: ASGIApp, language: str, opening: str) -> None:
        """language, opening: HTML put before Gradio's in the body; the login page has `language` alone."""
        self._app = app
        self._language = language.encode()
        self._opening = opening.encode()
        self._kept: dict[bool, dict[str, Response]] = {}  # for those who have logged in, and for those who have not

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["method"], get_route_path(scope)) != ("GET", "/"):
            return await self._app(scope, receive, send)
        request = Request(scope)
        logged_in = is_logged_in(request)
        if logged_in not in self._kept:
            opening = self._language + (self._opening if logged_in else b"")
            self._kept[logged_in] = await self._render(_from_nowhere(scope), receive, opening)
        encoding = "gzip" if "gzip" in request.headers.get("accept-encoding", "") else "identity"
        await self._kept[logged_in][encoding](scope, receive, send)

    async def _render(self, scope: Scope, receive: Receive, opening: bytes) -> dict[str, Response]:
        """The page by its encoding."""
        sent: list[Message] = []

        async def collect(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, collect)
        page = _at_own_address(b"".join(message.get("body", b"") for message in sent), scope)
        page = page.replace(_GRADIO, opening + _GRADIO, 1)
        headers = {"Content-Security-Policy": policy(page), "Vary": "Accept-Encoding"}
        compressed = HTMLResponse(gzip.compress(page), headers=headers | {"Content-Encoding": "gzip"})
        return {"identity": HTMLResponse(page, headers=headers), "gzip": compressed}


def _from_nowhere(scope: Scope) -> Scope:
    """The request for the plain front page, which says nothing but who has logged in."""
    cookies = [header for header in scope["headers"] if header[0] == b"cookie"]
    return scope | {"headers": [_NOWHERE, *cookies], "query_string": b""}


def _at_own_address(page: bytes, scope: Scope) -> bytes:
    """Gradio's page, whose scripts take its address from the browser, and whose files lie beneath it."""
    request = Request(scope)
    root = json.dumps(get_root_url(request, "/", request.app.root_path))
    folder = f"{scope['root_path']}/" if scope["root_path"] else "./"
    page = page.replace(root.encode(), _OWN_ADDRESS).replace(_MANIFEST, _FILES)
    return page.replace(_BASE, f'<base href="{folder}"'.encode(), 1)
