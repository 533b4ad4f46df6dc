"""What the page fetches: the worker's scripts, onnxruntime-web, the generators, and what is known of them.

They lie under `cgan/` beside the page, in the same order as in a site without a server (`cgan.web.site`).
"""

from collections.abc import Callable
from dataclasses import asdict

import gradio as gr
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from cgan.directions import DIRECTIONS
from cgan.ui.drawing import Studio
from cgan.web import WEB, WORKER_SCRIPTS, runtime
from cgan.web.export import MODEL
from cgan.web.runtime import Runtime

_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}  # of what has its version in its address
_ASK_AGAIN = {"Cache-Control": "private, no-cache"}


def routes(studio: Studio, onnxruntime: Runtime) -> Mount:
    """The routes, for those whom Gradio's login lets in."""

    def offer(request: Request) -> Response:
        """Which checkpoints the page may draw from, and the runtime's folder, null where there is none (yet)."""
        return JSONResponse(
            {
                "runtime": runtime.VERSION if onnxruntime.folder else None,
                "pending": onnxruntime.pending,
                "generators": {name: asdict(card) for name, card in studio.cards().items()},
            },
            headers=_ASK_AGAIN,
        )

    def script(request: Request) -> Response:
        name = request.path_params["name"]
        return FileResponse(WEB / name, headers=_ASK_AGAIN) if name in WORKER_SCRIPTS else _missing()

    def runtime_file(request: Request) -> Response:
        name = request.path_params["name"]
        if onnxruntime.folder is None or name not in runtime.file_names():
            return _missing()
        return FileResponse(onnxruntime.folder / name, headers=_FOR_EVER)

    def generator(request: Request) -> Response:
        try:
            path = studio.folder(request.path_params["checkpoint"]) / MODEL
        except gr.Error:
            return _missing()
        return FileResponse(path, headers=_FOR_EVER) if path.is_file() else _missing()

    def directions(request: Request) -> Response:
        """The directions in z of a checkpoint."""
        try:
            found = studio.directions(request.path_params["checkpoint"])
        except gr.Error:
            return _missing()
        return JSONResponse(asdict(found), headers=_ASK_AGAIN) if found else _missing()

    paths = {
        "/generators.json": offer,
        "/{name}": script,
        f"/{runtime.VERSION}/{{name}}": runtime_file,
        f"/checkpoints/{{checkpoint:path}}/{MODEL}": generator,
        f"/checkpoints/{{checkpoint:path}}/{DIRECTIONS}": directions,
    }
    return Mount("/cgan", routes=[Route(path, _behind_login(answer)) for path, answer in paths.items()])


def _behind_login(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """As Gradio's own routes: with --auth, only for those who have logged in."""

    def guarded(request: Request) -> Response:
        app = request.app
        tokens = (request.cookies.get(f"access-token-{kind}{app.cookie_id}") for kind in ("", "unsecure-"))
        if app.auth is not None and not any(token in app.tokens for token in tokens):
            return Response(status_code=401)
        return answer(request)

    return guarded


def _missing() -> Response:
    return Response(status_code=404)
