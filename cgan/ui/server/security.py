"""Middleware between the network and the app: size limits, cross-site request forgery, response headers, errors.

Gradio leaves gaps here: it reads bodies of any size, takes uploads and serves files that this page has no use for, lets
any website talk to an app in a local network, and answers much that it does not understand with a traceback. This
middleware stands outside all of Gradio, so it covers every endpoint without a list of them.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from gradio.utils import get_upload_folder
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import get_route_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cgan.common import uploads
from cgan.ui.server.errors import BUSY, FAILED, LOG_IN, NOTHING, OTHER_WEBSITE, refuse
from cgan.ui.server.front_page import policy
from cgan.ui.server.gradio_hooks import REFUSAL, install
from cgan.ui.server.log import log
from cgan.ui.server.login import basic_cookie, is_logged_in, is_open
from cgan.ui.server.origins import Access, asked_hosts, is_cross_site

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
_TOOLS_AT = "/gradio_api/mcp"


def guarded(access: Access) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The app's lifespan: when the server starts, put the guard around all of it.

    Around the guard is what tells browsers which origins may call the API, in place of Gradio's own.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        install(app.get_blocks())
        guard = Guard(app.middleware_stack, access)
        allowed = {"allow_methods": ["*"], "allow_headers": ["*"], "expose_headers": ["*"]}
        app.middleware_stack = CORSMiddleware(guard, allow_origins=access.origins, **allowed)
        yield

    return lifespan


async def explain_wrong_fields(request: Request, error: RequestValidationError) -> Response:
    """One line for a request with wrong fields. FastAPI would repeat the whole request for each of them."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return refuse(422, f"{place}: {first['msg']}")


class Guard:
    """The middleware."""

    def __init__(self, app: ASGIApp, access: Access = Access()) -> None:  # noqa: B008 (it cannot be changed)
        self._app = app
        self._access = access
        self._frame_ancestors = access.frame_ancestors()
        self._basic_token = secrets.token_urlsafe()
        self._body_bytes = 0  # of all requests that are being read or answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        scope = _under_root_path(scope)
        request = Request(scope, lambda: asyncio.wait_for(receive(), _BODY_TIMEOUT_S))
        answer = _Answer(request, send, self._frame_ancestors)
        refusal = _refusal(request, self._access.origins) or await self._ask_for_login(request)
        if refusal:
            return await refusal(scope, receive, answer.send)
        body = bytearray()
        try:
            if refusal := await self._read(request, body):
                return await answer.replace(refusal)
            await self._app(scope, _replayed(bytes(body), receive), answer.send)
            if answer.is_failure:
                line = scope.get(REFUSAL)
                await answer.replace(refuse(422, line) if line else refuse(500, FAILED, request))
        except Exception as error:  # Gradio raised it; errors of our own functions are answered elsewhere
            call = f"{request.method} {get_route_path(scope)}"
            log(call, error)
            reason = f": {error}" if isinstance(error, TypeError | ValueError) else ""
            await answer.replace(refuse(400, f"{call}: the request was not understood{reason}"))
        finally:
            self._body_bytes -= len(body)

    async def _ask_for_login(self, request: Request) -> Response | None:
        """With --auth: the error response to whoever has not logged in. A right Basic login gets Gradio's cookie."""
        path = get_route_path(request.scope)
        app = request.scope.get("app")
        if getattr(app, "auth", None) is None or is_open(path) or is_logged_in(request):
            return None
        cookie = await basic_cookie(request, self._basic_token)
        if cookie is None:
            refusal = refuse(401, LOG_IN, request)
            if path.startswith(_TOOLS_AT):  # elsewhere a browser would ask with a window of its own
                refusal.headers["WWW-Authenticate"] = "Basic"
            return refusal
        request.scope["headers"].append((b"cookie", cookie))
        return None

    async def _read(self, request: Request, body: bytearray) -> Response | None:
        """Read a request's body, also where it does not say its length; the error response where it is too much."""
        try:
            async for piece in request.stream():
                body += piece
                self._body_bytes += len(piece)
                if len(body) > MAX_BODY:
                    return refuse(413, _too_large(len(body)))
                if self._body_bytes > _MAX_BODIES:
                    return refuse(503, BUSY, request)
        except TimeoutError:
            return refuse(408, f"body: nothing came for {_BODY_TIMEOUT_S} seconds")
        return None


def _under_root_path(scope: Scope) -> Scope:
    """The scope as ASGI has it: its path begins with the root path (--root-path), whether or not a proxy has cut that.

    Where it does not, Starlette finds no route that is mounted.
    """
    root = urlsplit(scope.get("root_path", "")).path.rstrip("/")
    path = scope["path"]
    if path == root:
        path += "/"
    return scope | {
        "root_path": root,
        "path": path if path.startswith(f"{root}/") else root + path,
        "headers": [*scope["headers"]],  # the guard may add one
    }


def _refusal(request: Request, allowed: tuple[str, ...]) -> Response | None:
    """The error response to a request that is not passed on to the app. allowed: origins that may send it."""
    path = get_route_path(request.scope)
    if path.startswith(_CLOSED_AT) or (path.startswith(_FILES_AT) and not _is_in_cache(path)):
        return refuse(404, NOTHING)
    if request.method not in ("GET", "HEAD", "OPTIONS") and is_cross_site(request, allowed):
        sender = request.headers.get("origin", "another website")
        return refuse(403, OTHER_WEBSITE, request, origin=sender, host=" ".join(asked_hosts(request)))
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


def _too_large(size: int) -> str:
    return f"body: {size} bytes or more given; allowed: at most {MAX_BODY}"


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A body that has been read, for the app to read it, and then what else comes of the client."""
    messages: list[Message] = [{"type": "http.request", "body": body}]

    async def next_message() -> Message:
        return messages.pop() if messages else await receive()

    return next_message


class _Answer:
    """A response while it is sent: headers are added to it, and it is held back where its status is 500."""

    def __init__(self, request: Request, send: Send, frame_ancestors: str) -> None:
        self.is_failure = False
        self._is_replaced = False
        self._has_started = False
        self._is_unfinished = False  # of no known length, and its end is not sent
        self._request = request
        self._send = send
        self._frame_ancestors = frame_ancestors

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_failure = message["status"] == 500 and not self._is_replaced
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
        if not self._has_started:
            self._is_replaced = True
            await response(self._request.scope, self._request.receive, self.send)

    def _add_headers(self, headers: MutableHeaders) -> None:
        own = headers.get("content-security-policy") or policy()
        headers["Content-Security-Policy"] = f"{own}; frame-ancestors {self._frame_ancestors}"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        target = urlsplit(headers.get("location", ""))
        if target.netloc in asked_hosts(self._request):  # a proxy may have cut off its port
            headers["Location"] = target._replace(scheme="", netloc="").geturl() or "/"
        for name in [name for name in headers if name.startswith("access-control-")]:
            del headers[name]  # Gradio's; the page needs none of them, and for others `guarded` decides
