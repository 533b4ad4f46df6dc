"""The page itself, kept: Gradio takes 50 ms of a core to write it, and writes the same for everyone at one address."""

from fastapi import FastAPI
from gradio.route_utils import get_root_url
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cgan.ui.server.login import is_logged_in

_KEPT = 8  # addresses under which the app is reached, encodings; the oldest goes


class FrontPage:
    """Middleware: answers for the page from what it has seen of it."""

    def __init__(self, app: ASGIApp, gradio: FastAPI) -> None:
        self._app = app
        self._gradio = gradio
        self._kept: dict[tuple, list[Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["method"], scope["path"], scope["query_string"]) != ("GET", "/", b""):
            return await self._app(scope, receive, send)
        request = Request(scope | {"app": self._gradio})
        root = get_root_url(request, "/", self._gradio.root_path or scope.get("root_path"))
        key = (root, is_logged_in(request), request.headers.get("accept-encoding"))
        if key not in self._kept:
            messages: list[Message] = []

            async def keep(message: Message) -> None:
                messages.append(message)

            await self._app(scope, receive, keep)
            if messages[0]["status"] == 200:
                self._kept[key] = messages
            while len(self._kept) > _KEPT:
                self._kept.pop(next(iter(self._kept)))
        for message in self._kept.get(key) or messages:
            await send(message | {"headers": [*message["headers"]]} if "headers" in message else message)
