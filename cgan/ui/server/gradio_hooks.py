"""What Gradio makes of a call of a function: one line where it is refused or fails, and only so many runs at a time."""

from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import gradio as gr
from fastapi import HTTPException

from cgan.common.validation import one_line
from cgan.ui.server.checks import REASONS, for_programs
from cgan.ui.server.log import log
from cgan.ui.server.refusals import BUSY, FAILED, TOO_MANY_RUNS, said
from cgan.ui.texts import TEXTS

REFUSAL = "cgan.refusal"  # under which a request's scope says in one line why its call is refused

# Runs that are under way or wait. A page has a few kinds, each of which waits for its own last one; many people can
# share an address, by a school's router or a tunnel.
_MOST_BY_PAGE = 4
_MOST_BY_ADDRESS = 16
_MOST = 32


def refuse_in_one_line(blocks: gr.Blocks) -> None:
    """From now on have this app answer a wrong value, or a failure, with one line and no traceback."""
    preprocess, process = blocks.preprocess_data, blocks.process_api

    async def preprocess_data(block_fn: Any, inputs: list, *more: object, **named: object) -> list:
        try:
            return await preprocess(block_fn, inputs, *more, **named)
        except gr.Error:
            raise
        except Exception as error:  # whatever a component makes of a value that its page never sends
            name = block_fn.api_name or "this event"
            reason = f"{error}".strip().partition("\n")[0]
            raise gr.Error(f"{name}: these inputs do not fit its parameters: {one_line(reason)}") from error

    async def process_api(block_fn: Any, *arguments: object, request: Any = None, **named: object) -> dict:
        try:
            if block_fn.fn is None:
                raise gr.Error(f"{block_fn.api_name}: this event is one of the page's own scripts")
            return await refusing(process(block_fn, *arguments, request=request, **named))
        except gr.Error as error:
            error.print_exception, error.title = False, f"{error.title}"
            if isinstance(request, gr.Request):
                request.request.scope[REFUSAL] = one_line(error.message)
            raise
        except Exception as error:
            log(f"{block_fn.api_name}", error)
            raise gr.Error(" ".join(TEXTS[FAILED]), print_exception=False) from error

    async def refusing(answer: Awaitable[dict]) -> dict:
        try:
            return await answer
        except REASONS as error:
            raise gr.Error(for_programs(error)) from error

    blocks.preprocess_data, blocks.process_api = preprocess_data, process_api


def limit_runs(blocks: gr.Blocks) -> None:
    """Refuse a run, which is any event in the queue, where its page, its address or all together have too many."""
    queue = blocks._queue
    push, send = queue.push, queue.send_message

    def send_if_there(event: Any, message: Any) -> None:
        with suppress(KeyError):  # a page that has gone meanwhile
            send(event, message)

    async def push_if_few(body: Any, request: Any, username: str | None) -> tuple:
        function = blocks.fns.get(body.fn_index)
        if function is None:
            raise HTTPException(404, f"fn_index: {body.fn_index} given; there is no such function")
        if function.queue:
            queues = [events.queue for events in queue.event_queue_per_concurrency_id.values()]
            runs = [run for runs in (*queues, *filter(None, queue.active_jobs)) for run in runs if run.fn.queue]
            if len(runs) >= _MOST:
                raise _refusal(BUSY, request)
            of_page = sum(run.session_hash == body.session_hash for run in runs)
            of_address = sum(_address(run.request) == _address(request) for run in runs)
            if of_page >= _MOST_BY_PAGE or of_address >= _MOST_BY_ADDRESS:
                raise _refusal(TOO_MANY_RUNS, request)
        return await push(body=body, request=request, username=username)

    queue.push, queue.send_message = push_if_few, send_if_there


def _refusal(key: str, request: Any) -> HTTPException:
    """With a status of which Gradio's page shows the text; for 503 it has its own, in English."""
    return HTTPException(429, said(key, request.headers), {"Retry-After": "5"})


def _address(request: Any) -> str | None:
    return request.client and request.client.host
