"""The files that the page fetches: the worker's script, the engine, the generators, and what is known of them.

They lie under `cgan/` beside the page, in the same order as in the static site (`cgan.ui.site`).
"""

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from cgan.engine import ENGINE
from cgan.engine.transfer import GENERATOR, generator_file
from cgan.evaluation.snapshots import load_timeline, snapshots
from cgan.explain.directions import DIRECTIONS, load_directions
from cgan.models.checkpoints import CheckpointError, digest
from cgan.ui.server.errors import NOTHING, REASONS, for_api, refuse
from cgan.ui.studio import Studio
from cgan.ui.web import WORKER
from cgan.ui.web.bundle import bundle

_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}  # of what has its version in its address
_ASK_AGAIN = {"Cache-Control": "private, no-cache"}


class _File(FileResponse):
    chunk_size = 2**20  # bytes; each piece takes a turn of a thread


def routes(studio: Studio) -> Mount:
    """The routes."""
    worker_script = bundle(WORKER)

    def worker(request: Request) -> Response:
        return Response(worker_script, media_type="text/javascript", headers=_ASK_AGAIN)

    def engine(request: Request) -> Response:
        return _File(ENGINE, media_type="application/wasm", headers=_ASK_AGAIN)

    def folder_of(request: Request) -> Path | None:
        with suppress(*REASONS):
            return studio.folder(request.path_params["checkpoint"])
        return None

    def generator(request: Request) -> Response:
        """The newest generator of a checkpoint, as the page draws with it."""
        folder = folder_of(request)
        if folder is None:
            return _missing()
        try:
            version = digest(folder)
            headers = _ASK_AGAIN | {"ETag": f'"{version}"'}
            if request.headers.get("if-none-match") == headers["ETag"]:
                return Response(status_code=304, headers=headers)
            content = generator_file(folder, version)
        except (CheckpointError, OSError):  # `card` says what is wrong
            return _missing()
        return Response(content, media_type="application/octet-stream", headers=headers)

    def card(request: Request) -> Response:
        """What the page has to know of a checkpoint that the server draws."""
        try:
            return JSONResponse(studio.card(request.path_params["checkpoint"]), headers=_ASK_AGAIN)
        except REASONS as error:
            return refuse(422, for_api(error))

    def directions(request: Request) -> Response:
        """The directions in z of a checkpoint."""
        folder = folder_of(request)
        found = load_directions(folder) if folder else None
        return JSONResponse(asdict(found), headers=_ASK_AGAIN) if found else _missing()

    def timelines(request: Request) -> Response:
        """The checkpoints that have a timeline."""
        return JSONResponse(
            [name for name, folder in studio.folders().items() if snapshots(folder)], headers=_ASK_AGAIN
        )

    def timeline(request: Request) -> Response:
        """What is known of a run: its moments, losses, and how good its pictures were."""
        folder = folder_of(request)
        return JSONResponse(load_timeline(folder), headers=_ASK_AGAIN) if folder else _missing()

    def moment(request: Request) -> Response:
        """The picture of a step; its version is in the address."""
        folder = folder_of(request)
        path = snapshots(folder).get(request.path_params["step"]) if folder else None
        return _File(path, headers=_FOR_EVER) if path else _missing()

    paths = {
        "/timelines.json": timelines,
        "/worker.js": worker,
        "/engine.wasm": engine,
        f"/checkpoints/{{checkpoint:path}}/{GENERATOR}": generator,
        f"/checkpoints/{{checkpoint:path}}/{DIRECTIONS}": directions,
        "/checkpoints/{checkpoint:path}/card.json": card,
        "/checkpoints/{checkpoint:path}/timeline.json": timeline,
        "/checkpoints/{checkpoint:path}/timeline/{step:int}.png": moment,
    }
    return Mount("/cgan", routes=[Route(path, answer) for path, answer in paths.items()])


def _missing() -> Response:
    return refuse(404, NOTHING)
