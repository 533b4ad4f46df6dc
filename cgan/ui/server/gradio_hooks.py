"""The only file that reaches inside Gradio. Tested with Gradio 6.31.0, to which `requirements.txt` keeps it.

1. `Blocks.process_api` is replaced: a wrong value or a failure is answered with one line. Without that Gradio says
   nothing to the client, and prints a traceback for each.
2. `Queue.send_message` is replaced: where Gradio does not keep messages for the caller, it does from now on. It looks
   for those of a caller with an empty `session_hash` under another name, and forgets the oldest of 2,000 callers even
   while their events wait. Without that it prints a traceback, and the event is not computed.
3. `LocalContext.request` is read: whose run it is, for `jobs`.

Where one of them is missing, the app serves on without it, and the log says so.
"""

import asyncio
import inspect
import traceback
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import context

import cgan
from cgan.common.validation import one_line
from cgan.ui.server.errors import FAILED, REASONS, for_api
from cgan.ui.server.jobs import Visitor
from cgan.ui.server.log import log
from cgan.ui.texts import TEXTS

REFUSAL = "cgan.refusal"  # key in a request's scope, of the line that says why its call is refused

_PACKAGE = Path(cgan.__file__).parent


def install(blocks: gr.Blocks) -> None:
    """Replace what can be replaced, and say in the log what cannot."""
    if _has_parameters(getattr(blocks, "process_api", None), "block_fn", "request"):
        _refuse_in_one_line(blocks)
    else:
        _say_missing("Blocks.process_api(block_fn, request)", "errors are not explained to clients")
    queue = getattr(blocks, "_queue", None)
    sends = _has_parameters(getattr(queue, "send_message", None), "event", "event_message")
    if sends and hasattr(queue, "pending_messages_per_session"):
        _keep_messages(queue)
    else:
        _say_missing("Queue.send_message(event, event_message)", "an event can be dropped, with a traceback")
    if not hasattr(getattr(context, "LocalContext", None), "request"):
        _say_missing("LocalContext.request", "long runs are not limited by page and by address")


def visitor() -> Visitor:
    """Whose call is computed in this thread."""
    variable = getattr(getattr(context, "LocalContext", None), "request", None)
    request = variable and variable.get(None)
    client = getattr(request, "client", None)
    return Visitor(getattr(request, "session_hash", None), client and client.host)  # a tool of MCP has no session


def _refuse_in_one_line(blocks: gr.Blocks) -> None:
    process = blocks.process_api

    async def process_api(block_fn: Any, *arguments: object, request: Any = None, **named: object) -> dict:
        try:
            if block_fn.fn is None:
                raise gr.Error(f"{block_fn.api_name}: this event is one of the page's own scripts")
            return await process(block_fn, *arguments, request=request, **named)
        except Exception as error:
            refusal = _refusal(block_fn.api_name or "this event", error)
            refusal.print_exception, refusal.title = False, f"{refusal.title}"
            if isinstance(request, gr.Request) and not _is_failure(error):
                request.request.scope[REFUSAL] = one_line(refusal.message)
            raise refusal from error

    blocks.process_api = process_api


def _keep_messages(queue: Any) -> None:
    send, kept = queue.send_message, queue.pending_messages_per_session

    def send_message(event: Any, event_message: Any) -> None:
        event.session_hash = event.data.session_hash  # Gradio takes the event's own id in place of an empty one
        if event.alive and event.session_hash not in kept:
            kept[event.session_hash] = asyncio.Queue()
        send(event, event_message)

    queue.send_message = send_message


def _refusal(name: str, error: Exception) -> gr.Error:
    """The error that Gradio tells the client."""
    if isinstance(error, gr.Error):
        return error
    if isinstance(error, REASONS):
        return gr.Error(for_api(error))
    if _is_failure(error):
        log(name, error)
        return gr.Error(" ".join(TEXTS[FAILED]))
    reason = f"{error}".strip().partition("\n")[0]
    return gr.Error(f"{name}: these inputs do not fit its parameters: {one_line(reason)}")


def _is_failure(error: Exception) -> bool:
    """Whether our own code failed. An error that Gradio raises by itself is about the values that it was sent."""
    if isinstance(error, (gr.Error, *REASONS)):
        return False
    files = {frame.filename for frame in traceback.extract_tb(error.__traceback__)} - {__file__}
    return any(Path(file).is_relative_to(_PACKAGE) for file in files)


def _has_parameters(function: object, *names: str) -> bool:
    return callable(function) and inspect.signature(function).parameters.keys() >= {*names}


def _say_missing(name: str, consequence: str) -> None:
    log(f"Gradio {gr.__version__}", AttributeError(f"there is no {name}: {consequence}"))
