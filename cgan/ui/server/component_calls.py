"""How a component's script calls its functions in the server: the short way, before Gradio's own route for the same.

It checks the whole request, keeps no session, and says at once when there is more to do than can be done soon.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import gradio as gr
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cgan.ui.server.checks import REASONS, for_programs
from cgan.ui.server.log import log
from cgan.ui.server.login import is_logged_in
from cgan.ui.server.process_pool import Helpers
from cgan.ui.server.refusals import BUSY, FAILED, LOG_IN, refuse
from cgan.ui.studio import Studio, answer_json

_AT_ONCE = 256  # calls under way; at several hundred a second the last of them waits about half a second
_CROWD = 8  # calls under way; fewer are drawn here about as fast as by helpers
_MOST_HELPERS = 4  # a request takes the server about 0.8 ms, and a helper 2.5 ms
_THREADS = 32  # that wait for what the drawing threads draw together


def routes() -> list[Route]:
    """They answer every function of every component that is marked as one for scripts (`server_functions=`)."""
    threads = ThreadPoolExecutor(_THREADS, "server-functions")
    helpers = Helpers(min(os.cpu_count() or 1, _MOST_HELPERS))
    under_way = 0

    async def call(request: Request) -> Response:
        nonlocal under_way
        if not is_logged_in(request):
            return refuse(401, LOG_IN)
        try:
            body = await request.body()
            content = orjson.loads(body)
            function = _function(request.app.get_blocks(), content)
        except ValueError as error:
            return refuse(422, f"{error}")
        if under_way >= _AT_ONCE:
            return refuse(503, BUSY, request)
        under_way += 1
        if under_way > _CROWD:
            helpers.come()
        try:
            answer = await answered(function, content.get("data"), body)
        except REASONS as error:
            return refuse(422, for_programs(error))
        except Exception as error:
            log(request.url.path, error)
            return refuse(500, FAILED, request)
        finally:
            under_way -= 1
        return Response(answer, media_type="application/json")

    async def answered(function: Callable, data: object, body: bytes) -> bytes:
        draw = getattr(function, "draw", None)
        pool = helpers.pool
        if pool and isinstance(getattr(draw, "__self__", None), Studio):
            with suppress(BrokenExecutor):  # sent as it came; what was read from it can be too deep to be sent on
                return await asyncio.wrap_future(helpers.submit(pool, answer_json, draw, body))
        return orjson.dumps(await asyncio.get_running_loop().run_in_executor(threads, function, data))

    paths = ("/gradio_api/component_server", "/gradio_api/component_server/")
    return [Route(path, call, methods=["POST"]) for path in paths]


def _function(blocks: gr.Blocks, content: object) -> Any:
    """The function that a request names. Raises ValueError."""
    if not isinstance(content, dict):
        raise ValueError("the request is no JSON object with component_id, fn_name and data")
    number, name = content.get("component_id"), content.get("fn_name")
    component = blocks.blocks.get(number) if type(number) is int else None
    if component is None:
        raise ValueError(f"component_id: {number!r:.40} given; allowed: the number of a component of the page")
    function = getattr(component, name, None) if isinstance(name, str) else None
    if not getattr(function, "_is_server_fn", False):
        raise ValueError(f"fn_name: {name!r:.40} given; allowed: a function that the component offers to scripts")
    return function
