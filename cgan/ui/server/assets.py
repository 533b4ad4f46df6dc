"""The files that the page fetches: the worker's script, the engine, the generators, and what is known of them.

They lie under `cgan/` beside the page, in the same order as in the static site (`cgan.ui.site`).
"""

from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles

from cgan import data
from cgan.data import excerpt
from cgan.engine import ENGINE
from cgan.engine.training import TRAINING_ENGINE
from cgan.engine.transfer import GENERATOR, generator_file, judge_file
from cgan.evaluation.snapshots import load_timeline, snapshots
from cgan.explain.directions import DIRECTIONS, load_directions
from cgan.models.checkpoints import digest
from cgan.ui.server.errors import NOTHING, REASONS, for_api, refuse
from cgan.ui.studio import Studio
from cgan.ui.web import TRAINING_WORKER, WORKER
from cgan.ui.web.bundle import bundle

SCRIPTS = {"worker.js": WORKER, "training-worker.js": TRAINING_WORKER}
FILES = {"engine.wasm": ENGINE, "training.wasm": TRAINING_ENGINE, "excerpt.png": excerpt.path}
JUDGE_FILE = "judge.safetensors"
_FOR_EVER = "private, max-age=31536000, immutable"  # of what has its version in its address
_ASK_AGAIN = "private, no-cache"
_STATIC = StaticFiles()  # of no folder: it knows what HTTP says of versions

Asset = Path | bytes | str | dict | list | None  # a file, its content, a script, JSON; None where there is nothing


def routes(studio: Studio) -> Mount:
    """The routes."""
    scripts = {name: bundle(entry) for name, entry in SCRIPTS.items()}

    def training_images(kind: str) -> Path | None:
        """Fashion-MNIST's training images or labels, as the data set has them: IDX, perhaps compressed by gzip."""
        return dict(zip(("images", "labels"), data.local_files("train") or (), strict=False)).get(kind)

    def generator(checkpoint: str) -> bytes:
        """The newest generator of a checkpoint, as the page draws with it."""
        folder = studio.folder(checkpoint)
        return generator_file(folder, digest(folder))

    def directions(checkpoint: str) -> dict | None:
        """The directions in z of a checkpoint."""
        found = load_directions(studio.folder(checkpoint))
        return found and asdict(found)

    def timelines() -> list[str]:
        """The checkpoints that have a timeline."""
        return [name for name, folder in studio.folders().items() if snapshots(folder)]

    def timeline(checkpoint: str) -> dict:
        """What is known of a run: its moments, losses, and how good its pictures were."""
        return load_timeline(studio.folder(checkpoint), studio.judge(checkpoint))

    def moment(checkpoint: str, step: int) -> Path | None:
        """The picture of a step; its version is in the address."""
        return snapshots(studio.folder(checkpoint)).get(step)

    assets = {
        "/timelines.json": timelines,
        **{f"/{name}": lambda script=script: script for name, script in scripts.items()},
        **{f"/{name}": lambda file=file: file for name, file in FILES.items()},
        f"/{JUDGE_FILE}": judge_file,
        "/training-{kind}.idx": training_images,
        f"/checkpoints/{{checkpoint:path}}/{GENERATOR}": generator,
        f"/checkpoints/{{checkpoint:path}}/{DIRECTIONS}": directions,
        "/checkpoints/{checkpoint:path}/card.json": studio.card,
        "/checkpoints/{checkpoint:path}/timeline.json": timeline,
    }
    pictures = _route("/checkpoints/{checkpoint:path}/timeline/{step:int}.png", moment, _FOR_EVER)
    return Mount("/cgan", routes=[*(_route(path, find) for path, find in assets.items()), pictures])


def _route(path: str, find: Callable[..., Asset], keep: str = _ASK_AGAIN) -> Route:
    """find: takes the parts of the path that have names. keep: how long a browser may keep what is found."""

    def answer(request: Request) -> Response:
        try:
            found = find(**request.path_params)
            response = refuse(404, NOTHING) if found is None else _response(found)
        except REASONS as error:
            response = refuse(404, for_api(error))
        except OSError:  # a file has just been removed
            response = refuse(404, NOTHING)
        if response.status_code == 200:
            response.headers["Cache-Control"] = keep
            if _STATIC.is_not_modified(response.headers, request.headers):
                return NotModifiedResponse(response.headers)
        return response

    return Route(path, answer)


def _response(found: Asset) -> Response:
    """With its version: of a file its time and size, else a digest."""
    if isinstance(found, Path):
        return FileResponse(found, stat_result=found.stat())
    if isinstance(found, dict | list):
        response = JSONResponse(found)
    else:
        media_type = "text/javascript" if isinstance(found, str) else "application/octet-stream"
        response = Response(found, media_type=media_type)
    response.headers["ETag"] = f'"{sha256(response.body).hexdigest()}"'
    return response
