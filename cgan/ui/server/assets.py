"""The files that the page fetches: the worker's script, the engine, the generators, and what is known of them.

They lie under `cgan/` beside the page, in the same order as in the static site (`cgan.ui.site`).
"""

from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from cgan import data
from cgan.data import excerpt
from cgan.engine import ENGINE
from cgan.engine.training import TRAINING_ENGINE
from cgan.engine.transfer import GENERATOR, generator_file, judge_file
from cgan.evaluation.classifiers import JUDGE
from cgan.evaluation.snapshots import load_timeline, snapshots
from cgan.explain.directions import DIRECTIONS, load_directions
from cgan.models.checkpoints import CheckpointError, digest
from cgan.models.classifier import CLASSIFIER
from cgan.ui.server.errors import NOTHING, REASONS, for_api, refuse
from cgan.ui.studio import Studio
from cgan.ui.web import TRAINING_WORKER, WORKER
from cgan.ui.web.bundle import bundle

SCRIPTS = {"worker.js": WORKER, "training-worker.js": TRAINING_WORKER}
FILES = {"engine.wasm": ENGINE, "training.wasm": TRAINING_ENGINE, "excerpt.png": excerpt.path}
JUDGE_FILE = "judge.safetensors"
_MEDIA_TYPES = {".wasm": "application/wasm", ".png": "image/png"}
_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}  # of what has its version in its address
_ASK_AGAIN = {"Cache-Control": "private, no-cache"}


class _File(FileResponse):
    chunk_size = 2**20  # bytes; each piece takes a turn of a thread


def routes(studio: Studio) -> Mount:
    """The routes."""
    scripts = {name: bundle(entry) for name, entry in SCRIPTS.items()}

    def script(request: Request) -> Response:
        content = scripts[request.url.path.rpartition("/")[2]]
        return Response(content, media_type="text/javascript", headers=_ASK_AGAIN)

    def file(request: Request) -> Response:
        return _file(request, FILES[request.url.path.rpartition("/")[2]])

    def judge(request: Request) -> Response:
        """The judge's classifier, as the page's training worker reads it."""
        try:
            version = sha256((JUDGE / CLASSIFIER).read_bytes()).hexdigest()
            return _known(request, version) or _binary(judge_file(), version)
        except (CheckpointError, OSError):
            return _missing()

    def training_images(request: Request) -> Response:
        """Fashion-MNIST's training images or labels, as the data set has them: IDX, perhaps compressed by gzip."""
        files = dict(zip(("images", "labels"), data.local_files("train") or (), strict=False))
        path = files.get(request.path_params["kind"])
        return _file(request, path) if path else _missing()

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
            return _known(request, version) or _binary(generator_file(folder, version), version)
        except (CheckpointError, OSError):  # `card` says what is wrong
            return _missing()

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
        try:
            name = request.path_params["checkpoint"]
            found = load_timeline(studio.folder(name), studio.judge(name))
        except REASONS:
            return _missing()
        return JSONResponse(found, headers=_ASK_AGAIN)

    def moment(request: Request) -> Response:
        """The picture of a step; its version is in the address."""
        folder = folder_of(request)
        path = snapshots(folder).get(request.path_params["step"]) if folder else None
        return _File(path, headers=_FOR_EVER) if path else _missing()

    paths = {
        "/timelines.json": timelines,
        **{f"/{name}": script for name in SCRIPTS},
        **{f"/{name}": file for name in FILES},
        f"/{JUDGE_FILE}": judge,
        "/training-{kind}.idx": training_images,
        f"/checkpoints/{{checkpoint:path}}/{GENERATOR}": generator,
        f"/checkpoints/{{checkpoint:path}}/{DIRECTIONS}": directions,
        "/checkpoints/{checkpoint:path}/card.json": card,
        "/checkpoints/{checkpoint:path}/timeline.json": timeline,
        "/checkpoints/{checkpoint:path}/timeline/{step:int}.png": moment,
    }
    return Mount("/cgan", routes=[Route(path, answer) for path, answer in paths.items()])


def _headers(version: str) -> dict[str, str]:
    return _ASK_AGAIN | {"ETag": f'"{version}"'}


def _known(request: Request, version: str) -> Response | None:
    """Where the browser has this version already: the answer that says so."""
    headers = _headers(version)
    is_known = request.headers.get("if-none-match") == headers["ETag"]
    return Response(status_code=304, headers=headers) if is_known else None


def _binary(content: bytes, version: str) -> Response:
    return Response(content, media_type="application/octet-stream", headers=_headers(version))


def _file(request: Request, path: Path) -> Response:
    """A file whose version is its time and size."""
    stat = path.stat()
    version = f"{stat.st_mtime_ns:x}-{stat.st_size:x}"
    media_type = _MEDIA_TYPES.get(path.suffix, "application/octet-stream")
    return _known(request, version) or _File(path, media_type=media_type, headers=_headers(version))


def _missing() -> Response:
    return refuse(404, NOTHING)
