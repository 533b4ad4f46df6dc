"""Gradio's inside: what is replaced is there; and where it is not, the app serves on and says so in one line."""

import threading
import time

import gradio as gr
import httpx
import pytest
from gradio.context import LocalContext
from gradio.queueing import Queue

from cgan.common import images
from cgan.common.validation import RefusalError
from cgan.ui.server import gradio_hooks
from cgan.ui.server.jobs import Visitor
from cgan.ui.server.origins import Access
from cgan.ui.server.security import guarded


def half(number: int) -> int:
    if number % 2:
        raise RefusalError(f"number: {number} given; allowed: even ones")
    return number // 2


def broken(number: int) -> int:
    return images.grid(number, 3)


@pytest.fixture
def page():
    """The two functions by Gradio."""
    with gr.Blocks() as page:
        gr.api(half)
        gr.api(broken)
    yield page
    page.close()


@pytest.fixture
def serve(page):
    """Serve the page, guarded as the app is; returns a client."""

    def start():
        launched = {"quiet": True, "prevent_thread_lock": True, "app_kwargs": {"lifespan": guarded(Access())}}
        _, address, _ = page.launch(**launched)
        return httpx.Client(base_url=address)

    return start


def call(client, name, *data):
    return client.post(f"/gradio_api/run/{name}", json={"data": data})


def test_errors_of_all_kinds_are_one_line(serve, capfd):
    client = serve()
    capfd.readouterr()
    assert call(client, "half", 8).json()["data"] == [4]
    for name, data, status, line in (
        ("half", [7], 422, "number: 7 given; allowed: even ones"),
        ("half", [], 422, "half: these inputs do not fit its parameters: "),
        ("broken", [8], 500, "The server could not do that; its log says why."),
    ):
        answer = call(client, name, *data)
        assert answer.status_code == status and answer.json()["error"].startswith(line)
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("broken: AttributeError: ")


@pytest.mark.parametrize("session", ["", "page"])
def test_an_event_is_answered_though_its_callers_messages_are_no_longer_kept(serve, page, monkeypatch, capfd, session):
    """Gradio never finds those of a caller without a name, and forgets the others' after 2,000 further callers."""
    client = serve()
    may_end = threading.Event()
    monkeypatch.setattr(page.fns[0], "fn", lambda number: may_end.wait(60) and number // 2)
    joined = client.post("/gradio_api/queue/join", json={"fn_index": 0, "data": [8], "session_hash": session})
    assert joined.status_code == 200
    page._queue.pending_messages_per_session.clear()
    may_end.set()
    while page._queue.event_ids_to_events:  # those that are not yet answered
        time.sleep(0.01)
    answer = client.get("/gradio_api/call/half/" + joined.json()["event_id"])
    assert answer.text.startswith("event: complete\ndata: [4]\n")
    assert "Traceback" not in capfd.readouterr().err


def test_without_what_is_replaced_the_app_serves_on(serve, monkeypatch, capfd):
    """As where a later Gradio names parameters otherwise, and keeps the request elsewhere."""
    process_api, send_message = gr.Blocks.process_api, Queue.send_message

    async def other(self, *arguments, **named):
        return await process_api(self, *arguments, **named)

    monkeypatch.setattr(gr.Blocks, "process_api", other)
    monkeypatch.setattr(Queue, "send_message", lambda self, *arguments: send_message(self, *arguments))
    monkeypatch.setattr(gradio_hooks, "context", object())
    client = serve()
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith(f"Gradio {gr.__version__}: ")]
    assert len(lines) == 3
    assert "process_api" in lines[0] and "send_message" in lines[1] and "LocalContext.request" in lines[2]
    assert call(client, "half", 8).json()["data"] == [4]
    assert call(client, "half", 7).status_code == 500
    assert gradio_hooks.visitor() == Visitor(None, None)


def test_whose_call_it_is():
    assert gradio_hooks.visitor() == Visitor(None, None)
    token = LocalContext.request.set(gr.Request(session_hash="page", client={"host": "10.0.0.9"}))
    try:
        assert gradio_hooks.visitor() == Visitor("page", "10.0.0.9")
    finally:
        LocalContext.request.reset(token)
