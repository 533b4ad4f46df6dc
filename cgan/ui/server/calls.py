"""The routes by which the page has the server compute: bytes in, bytes or JSON out.

They keep no session, and refuse at once where too many calls are under way. The calls are computed by one thread a
core, each with one thread of torch. Micro-batching, a cache of pictures and a pool of drawing processes were measured
(`benchmarks.load`, 60 people) and gained nothing over that in float32.
"""

import os
from collections.abc import Callable

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cgan.ui.own_picture import open_upload
from cgan.ui.server.errors import BUSY, FAILED, REASONS, for_api, refuse
from cgan.ui.server.log import log
from cgan.ui.studio import Studio, animation

_MAX_WAITING = 256  # for a thread; at several hundred a second the last of them waits about half a second

Compute = Callable[[Request, bytes], Response]


def routes(studio: Studio) -> list[Route]:
    def pictures(request: Request, inputs: bytes) -> Response:
        drawn = studio.draw(request.path_params["checkpoint"], inputs)
        return Response(drawn.tobytes(), media_type="application/octet-stream")

    def webp(request: Request, frames: bytes) -> Response:
        return Response(animation(frames), media_type="image/webp")

    def upload(request: Request, file: bytes) -> Response:
        return JSONResponse(open_upload(file))

    paths = {"checkpoints/{checkpoint:path}/pictures": pictures, "animation.webp": webp, "upload": upload}
    return limited(paths)


def limited(paths: dict[str, Compute]) -> list[Route]:
    """Routes beneath `cgan/` that share the threads and the limit of calls."""
    threads = CapacityLimiter(os.cpu_count())

    def route(path: str, compute: Compute) -> Route:
        async def answer(request: Request) -> Response:
            body = await request.body()
            if threads.statistics().tasks_waiting >= _MAX_WAITING:
                return refuse(503, BUSY, request)
            try:
                return await to_thread.run_sync(compute, request, body, limiter=threads)
            except REASONS as error:
                return refuse(422, for_api(error))
            except Exception as error:
                log(request.url.path, error)
                return refuse(500, FAILED, request)

        return Route(f"/cgan/{path}", answer, methods=["POST"])

    return [route(path, compute) for path, compute in paths.items()]
