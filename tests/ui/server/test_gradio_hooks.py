"""Gradio's inside: what is replaced is there; and where it is not, the app serves on and says so in one line."""

import gradio as gr
import httpx
import pytest
from gradio.context import LocalContext

from cgan.common import images
from cgan.common.validation import RefusalError
from cgan.ui.server import gradio_hooks
from cgan.ui.server.origins import Access
from cgan.ui.server.run_limits import Visitor
from cgan.ui.server.security import guarded


def half(number: int) -> int:
    if number % 2:
        raise RefusalError(f"number: {number} given; allowed: even ones")
    return number // 2


def broken(number: int) -> int:
    return images.grid(number, 3)


@pytest.fixture
def serve():
    """Serve the two functions by Gradio, guarded as the app is; returns a client."""
    with gr.Blocks() as page:
        gr.api(half)
        gr.api(broken)

    def start():
        launched = {"quiet": True, "prevent_thread_lock": True, "app_kwargs": {"lifespan": guarded(Access())}}
        _, address, _ = page.launch(**launched)
        return httpx.Client(base_url=address)

    yield start
    page.close()


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


def test_without_what_is_replaced_the_app_serves_on(serve, monkeypatch, capfd):
    """As where a later Gradio names its parameters otherwise, and keeps the request elsewhere."""
    process_api = gr.Blocks.process_api

    async def other(self, *arguments, **named):
        return await process_api(self, *arguments, **named)

    monkeypatch.setattr(gr.Blocks, "process_api", other)
    monkeypatch.setattr(gradio_hooks, "context", object())
    client = serve()
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith(f"Gradio {gr.__version__}: ")]
    assert len(lines) == 2 and "process_api" in lines[0] and "LocalContext.request" in lines[1]
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
