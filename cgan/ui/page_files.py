"""What the page fetches to draw by itself: the worker's scripts, onnxruntime-web, the generators.

They lie under `cgan/` beside the page, in the same order as in a site without a server (`cgan.web.site`).
"""

from collections.abc import Callable
from dataclasses import asdict

import gradio as gr
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from cgan.ui.drawing import Studio
from cgan.ui.login import is_logged_in
from cgan.ui.refusals import LOG_IN, NOTHING, refuse
from cgan.web import WEB, WORKER_SCRIPTS, runtime
from cgan.web.export import MODEL
from cgan.web.runtime import Runtime

_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}  # of what has its version in its address
_ASK_AGAIN = {"Cache-Control": "private, no-cache"}


class _File(FileResponse):
    chunk_size = 2**20  # bytes; each piece takes a turn of a thread


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
        return _File(WEB / name, headers=_ASK_AGAIN) if name in WORKER_SCRIPTS else _missing()

    def runtime_file(request: Request) -> Response:
        name = request.path_params["name"]
        if onnxruntime.folder is None or name not in runtime.file_names():
            return _missing()
        return _File(onnxruntime.folder / name, headers=_FOR_EVER)

    def generator(request: Request) -> Response:
        try:
            path = studio.folder(request.path_params["checkpoint"]) / MODEL
        except gr.Error:
            return _missing()
        return _File(path, headers=_FOR_EVER) if path.is_file() else _missing()

    paths = {
        "/generators.json": offer,
        "/{name}": script,
        f"/{runtime.VERSION}/{{name}}": runtime_file,
        f"/checkpoints/{{checkpoint:path}}/{MODEL}": generator,
    }
    return Mount("/cgan", routes=[Route(path, _behind_login(answer)) for path, answer in paths.items()])


def _behind_login(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """As Gradio's own routes: with --auth, only for those who have logged in."""

    def guarded(request: Request) -> Response:
        return answer(request) if is_logged_in(request) else refuse(401, LOG_IN)

    return guarded


def _missing() -> Response:
    return refuse(404, NOTHING)
