"""Middleware between the network and the app: size limits, cross-site request forgery, response headers, errors.

Gradio leaves gaps here: it reads bodies of any size, takes uploads and serves files that this page has no use for, lets
any website talk to an app in a local network, and answers much that it does not understand with a traceback. This
middleware stands outside all of Gradio, so it covers every endpoint without a list of them.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from gradio.utils import get_upload_folder
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cgan.common import uploads
from cgan.ui.server.errors import BUSY, FAILED, NOTHING, refuse
from cgan.ui.server.front_page import policy
from cgan.ui.server.gradio_hooks import REFUSAL, install
from cgan.ui.server.log import log

MAX_BODY = uploads.MAX_BYTES * 4 // 3 + 2**16  # bytes: an uploaded picture in base64, and the rest of its request
_MAX_BODIES = 8 * MAX_BODY  # bytes in memory at the same moment, of all requests
_BODY_TIMEOUT_S = 20  # between two pieces of a body

# Gradio's endpoints that this app does not use: uploads, a proxy to other hosts, an editor, a debugger, a history.
_CLOSED = (
    *("upload", "process_recording", "stream", "proxy", "custom_component"),
    *("dev", "vibe", "undo-vibe", "run-history", "runs", "deep_link", "profiling"),
)
_CLOSED_AT = (*(f"/gradio_api/{name}" for name in _CLOSED), "/monitoring", "/pwa_icon", "/svelte")
_FILES_AT = "/gradio_api/file"


@asynccontextmanager
async def guarded(app: FastAPI) -> AsyncIterator[None]:
    """The app's lifespan: when the server starts, put the guard around all of it."""
    install(app.get_blocks())
    app.middleware_stack = Guard(app.middleware_stack)
    yield


async def explain_wrong_fields(request: Request, error: RequestValidationError) -> Response:
    """One line for a request with wrong fields. FastAPI would repeat the whole request for each of them."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return refuse(422, f"{place}: {first['msg']}")


class Guard:
    """The middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._frame_ancestors = _frame_ancestors()
        self._body_bytes = 0  # of all requests that are being read or answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request = Request(scope)
        answer = _Answer(request, send, self._frame_ancestors)
        refusal = _refusal(request)
        if refusal:
            return await refusal(scope, receive, answer.send)
        body = _Body(self, receive)
        try:
            await self._app(scope, body.receive, answer.send)
            if answer.is_failure:
                line = scope.get(REFUSAL)
                await answer.replace(refuse(422, line) if line else refuse(500, FAILED, request))
        except _BodyRefusedError as error:
            await answer.replace(refuse(error.status, error.line, request))
        except Exception as error:  # Gradio raised it; errors of our own functions are answered elsewhere
            call = f"{request.method} {request.url.path}"
            log(call, error)
            reason = f": {error}" if isinstance(error, TypeError | ValueError) else ""
            await answer.replace(refuse(400, f"{call}: the request was not understood{reason}"))
        finally:
            self._body_bytes -= body.size

    def count_body(self, size: int) -> bool:
        """Count so many further bytes. Returns whether there is room for them."""
        self._body_bytes += size
        return self._body_bytes <= _MAX_BODIES


def _refusal(request: Request) -> Response | None:
    """The error response to a request that is not passed on to the app."""
    path = request.url.path
    if path.startswith(_CLOSED_AT) or (path.startswith(_FILES_AT) and not _is_in_cache(path)):
        return refuse(404, NOTHING)
    if request.method not in ("GET", "HEAD", "OPTIONS") and _is_cross_site(request):
        return refuse(403, "another website's page may not use this server")
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        return refuse(400, "content-length: a number of bytes expected")
    if int(length) > MAX_BODY:
        return refuse(413, _too_large(int(length)))
    return None


def _is_in_cache(path: str) -> bool:
    """Whether a file route's path names a file of Gradio's cache, where the API's endpoints put their results."""
    file = Path(path.removeprefix(f"{_FILES_AT}="))
    folder = Path(get_upload_folder())
    return file.is_absolute() and ".." not in file.parts and file.is_relative_to(folder)


def _is_cross_site(request: Request) -> bool:
    """Whether another website's page sends it (cross-site request forgery), with its visitor's address and login.

    Browsers say so in `Sec-Fetch-Site`, over https or to the same machine; else `Origin` tells. Programs send neither.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and not _is_same_host(origin, request)


def _is_same_host(origin: str, request: Request) -> bool:
    hosts = (request.headers.get(name) for name in ("host", "x-forwarded-host"))
    return urlsplit(origin).netloc in {host for host in hosts if host}


def _too_large(size: int) -> str:
    return f"body: {size} bytes or more given; allowed: at most {MAX_BODY}"


def _frame_ancestors() -> str:
    """Who may show the page in a frame: itself, and Hugging Face where it is a Space there."""
    return "'self' https://huggingface.co https://*.hf.space" if os.environ.get("SPACE_ID") else "'self'"


class _BodyRefusedError(Exception):
    """A request's body is not read any further."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status = status
        self.line = line


class _Body:
    """A request's body while it is received. The limits hold as well where the request does not say its length."""

    def __init__(self, guard: Guard, receive: Receive) -> None:
        self.size = 0
        self._guard = guard
        self._receive = receive
        self._is_complete = False

    async def receive(self) -> Message:
        if self._is_complete:  # the next message comes when the client disconnects
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), _BODY_TIMEOUT_S)
        except TimeoutError as error:
            raise _BodyRefusedError(408, f"body: nothing came for {_BODY_TIMEOUT_S} seconds") from error
        size = len(message.get("body", b""))
        self.size += size
        self._is_complete = not message.get("more_body", False)
        has_room = self._guard.count_body(size)
        if self.size > MAX_BODY:
            raise _BodyRefusedError(413, _too_large(self.size))
        if not has_room:
            raise _BodyRefusedError(503, BUSY)
        return message


class _Answer:
    """A response while it is sent: headers are added to it, and it is held back where its status is 500."""

    def __init__(self, request: Request, send: Send, frame_ancestors: str) -> None:
        self.is_failure = False
        self._has_started = False
        self._is_unfinished = False  # of no known length, and its end is not sent
        self._request = request
        self._send = send
        self._frame_ancestors = frame_ancestors

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_failure = message["status"] == 500
        if self.is_failure:
            return
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            self._has_started, self._is_unfinished = True, "content-length" not in headers
            self._add_headers(headers)
        elif not message.get("more_body"):
            self._is_unfinished = False
        await self._send(message)

    async def replace(self, response: Response) -> None:
        """Send this response instead. One that has begun is only ended, so that the client does not wait for more."""
        if self._is_unfinished:
            await self._send({"type": "http.response.body"})
        if self._has_started:
            return

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(scope=message))
            await self._send(message)

        await response(self._request.scope, self._request.receive, send)

    def _add_headers(self, headers: MutableHeaders) -> None:
        own = headers.get("content-security-policy") or policy()
        headers["Content-Security-Policy"] = f"{own}; frame-ancestors {self._frame_ancestors}"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        origin = self._request.headers.get("origin")
        if origin is not None and not _is_same_host(origin, self._request):
            for name in [name for name in headers if name.startswith("access-control-")]:
                del headers[name]
