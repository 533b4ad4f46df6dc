"""The Content-Security-Policy: what a browser lets our page load and run."""

import base64
import re
from hashlib import sha256

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio's page makes functions of the texts in its configuration, so it needs 'unsafe-eval'; and it writes styles into
# its elements. Pictures and GIFs are data: or blob: addresses.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'{scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'"
)
_GRADIO = b"<gradio-app"
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc\s*=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def policy(page: bytes = b"") -> str:
    """Of an answer, and for a page of HTML its scripts: each by its hash, so that none can be slipped in between."""
    digests = [base64.b64encode(sha256(script).digest()).decode() for script in _INLINE_SCRIPT.findall(page)]
    return _POLICY.format(scripts="".join(f" 'sha256-{digest}'" for digest in dict.fromkeys(digests)))


class ContentPolicy:
    """Middleware, inside of what compresses: reads each page of HTML as a whole and says which scripts are its own."""

    def __init__(self, app: ASGIApp, head: str, opening: str) -> None:
        """head: what Gradio's own script puts into the page's head; the scripts in it may run as well.

        opening: HTML that is put before Gradio's own in the page's body.
        """
        self._app = app
        self._head = head.encode()
        self._opening = opening.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
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
                if message.get("more_body", False):
                    return
                page = bytes(body).replace(_GRADIO, self._opening + _GRADIO, 1)
                headers = MutableHeaders(scope=start)
                headers["Content-Security-Policy"] = policy(page + self._head)
                headers["Content-Length"] = f"{len(page)}"
                await send(start)
                message = {"type": "http.response.body", "body": page}
                start = None
            await send(message)

        await self._app(scope, receive, read if scope["type"] == "http" else send)
