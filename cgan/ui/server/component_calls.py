"""The route by which a component's script calls its functions on the server, in place of Gradio's own for the same.

It checks the whole request, keeps no session, and refuses at once where too many calls are under way. The calls are
computed by one thread a core, each with one thread of torch. Micro-batching, a cache of pictures and a pool of drawing
processes were measured (`benchmarks.load`, 60 people) and gained nothing over that in float32.
"""

import asyncio
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import gradio as gr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cgan.ui.server.errors import BUSY, FAILED, REASONS, for_api, refuse
from cgan.ui.server.log import log

_MAX_CALLS = 256  # under way; at several hundred a second the last of them waits about half a second


def routes() -> list[Route]:
    """They answer every function of every component that is marked as one for scripts (`server_functions=`)."""
    threads = ThreadPoolExecutor(os.cpu_count(), "component-calls")
    under_way = 0

    async def call(request: Request) -> Response:
        nonlocal under_way
        try:
            content = json.loads(await request.body())
            function = _function(request.app.get_blocks(), content)
        except (ValueError, RecursionError) as error:
            return refuse(422, f"{error}")
        if under_way >= _MAX_CALLS:
            return refuse(503, BUSY, request)
        under_way += 1
        try:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(threads, _answer, function, content.get("data"))
        except REASONS as error:
            return refuse(422, for_api(error))
        except Exception as error:
            log(request.url.path, error)
            return refuse(500, FAILED, request)
        finally:
            under_way -= 1
        return Response(answer, media_type="application/json")

    paths = ("/gradio_api/component_server", "/gradio_api/component_server/")
    return [Route(path, call, methods=["POST"]) for path in paths]


def _answer(function: Callable[[object], object], data: object) -> bytes:
    return json.dumps(function(data)).encode()


def _function(blocks: gr.Blocks, content: object) -> Callable[[object], object]:
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
