"""What the page fetches: the worker's scripts, onnxruntime-web, the generators, and what is known of them.

They lie under `cgan/` beside the page, in the same order as in a site without a server (`cgan.ui.site`).
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from cgan.evaluation.snapshots import load_timeline, moments
from cgan.explain.directions import DIRECTIONS, load_directions
from cgan.ui.server.errors import LOG_IN, NOTHING, REASONS, refuse
from cgan.ui.server.login import is_logged_in
from cgan.ui.studio import Studio
from cgan.ui.web import WORKER
from cgan.ui.web.bundle import bundle
from cgan.web import runtime
from cgan.web.export import MODEL
from cgan.web.runtime import Runtime

_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}  # of what has its version in its address
_ASK_AGAIN = {"Cache-Control": "private, no-cache"}


class _File(FileResponse):
    chunk_size = 2**20  # bytes; each piece takes a turn of a thread


def routes(studio: Studio, onnxruntime: Runtime, charts: Runtime) -> Mount:
    """The routes, for those whom Gradio's login lets in."""

    def offer(request: Request) -> Response:
        """Which checkpoints the page may draw from, and the folders of its packages, null where there is none (yet)."""
        return JSONResponse(
            {
                "runtime": runtime.VERSION if onnxruntime.folder else None,
                "pending": onnxruntime.pending,
                "charts": charts.package.version if charts.folder else None,
                "generators": {name: asdict(card) for name, card in studio.cards().items()},
            },
            headers=_ASK_AGAIN,
        )

    worker_script = bundle(WORKER)

    def worker(request: Request) -> Response:
        return Response(worker_script, media_type="text/javascript", headers=_ASK_AGAIN)

    def file_of(package: Runtime) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            name = request.path_params["name"]
            if package.folder is None or name not in runtime.file_names(package.package):
                return _missing()
            return _File(package.folder / name, headers=_FOR_EVER)

        return answer

    def folder_of(request: Request) -> Path | None:
        with suppress(*REASONS):
            return studio.folder(request.path_params["checkpoint"])
        return None

    def generator(request: Request) -> Response:
        folder = folder_of(request)
        is_there = folder is not None and (folder / MODEL).is_file()
        return _File(folder / MODEL, headers=_FOR_EVER) if is_there else _missing()

    def directions(request: Request) -> Response:
        """The directions in z of a checkpoint."""
        folder = folder_of(request)
        found = load_directions(folder) if folder else None
        return JSONResponse(asdict(found), headers=_ASK_AGAIN) if found else _missing()

    def timelines(request: Request) -> Response:
        """The checkpoints that have a timeline."""
        return JSONResponse([name for name, folder in studio.folders().items() if moments(folder)], headers=_ASK_AGAIN)

    def timeline(request: Request) -> Response:
        """What is known of a run: its moments, losses, and how good its pictures were."""
        folder = folder_of(request)
        return JSONResponse(load_timeline(folder), headers=_ASK_AGAIN) if folder else _missing()

    def moment(request: Request) -> Response:
        """The picture of a step; its version is in the address."""
        folder = folder_of(request)
        path = moments(folder).get(request.path_params["step"]) if folder else None
        return _File(path, headers=_FOR_EVER) if path else _missing()

    paths = {
        "/generators.json": offer,
        "/timelines.json": timelines,
        "/worker.js": worker,
        f"/{runtime.VERSION}/{{name}}": file_of(onnxruntime),
        f"/uplot-{charts.package.version}/{{name}}": file_of(charts),
        f"/checkpoints/{{checkpoint:path}}/{MODEL}": generator,
        f"/checkpoints/{{checkpoint:path}}/{DIRECTIONS}": directions,
        "/checkpoints/{checkpoint:path}/timeline.json": timeline,
        "/checkpoints/{checkpoint:path}/timeline/{step:int}.png": moment,
    }
    return Mount("/cgan", routes=[Route(path, _behind_login(answer)) for path, answer in paths.items()])


def _behind_login(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """As Gradio's own routes: with --auth, only for those who have logged in."""

    def guarded(request: Request) -> Response:
        return answer(request) if is_logged_in(request) else refuse(401, LOG_IN)

    return guarded


def _missing() -> Response:
    return refuse(404, NOTHING)
