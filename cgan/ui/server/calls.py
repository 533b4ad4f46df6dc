"""The routes by which the page has the server compute: bytes in, bytes or JSON out.

They keep no session, and refuse at once where too many calls are under way. The calls are computed by one thread a
core, each with one thread of torch. Micro-batching, a cache of pictures and a pool of drawing processes were measured
(`benchmarks.load`, 60 people) and gained nothing over that in float32.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cgan.ui.own_picture import open_upload
from cgan.ui.server.errors import BUSY, FAILED, REASONS, for_api, refuse
from cgan.ui.server.log import log
from cgan.ui.studio import Studio, animation

_MAX_CALLS = 256  # under way; at several hundred a second the last of them waits about half a second

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
    threads = ThreadPoolExecutor(os.cpu_count(), "calls")
    under_way = 0

    async def answer(compute: Compute, request: Request) -> Response:
        nonlocal under_way
        body = await request.body()
        if under_way >= _MAX_CALLS:
            return refuse(503, BUSY, request)
        under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, compute, request, body)
        except REASONS as error:
            return refuse(422, for_api(error))
        except Exception as error:
            log(request.url.path, error)
            return refuse(500, FAILED, request)
        finally:
            under_way -= 1

    def route(path: str, compute: Compute) -> Route:
        async def endpoint(request: Request) -> Response:
            return await answer(compute, request)

        return Route(f"/cgan/{path}", endpoint, methods=["POST"])

    return [route(path, compute) for path, compute in paths.items()]
