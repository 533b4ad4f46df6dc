"""Random requests that no page sends: each is answered with one clear line, and the app goes on as before."""

import json

import httpx
import pytest

from tests.hostile.cases import Api, Request, hostile_requests

_SEED = 8
_TEN_PICTURES = [3, 7, 10, 1.0, "r3gan-conv"]


@pytest.mark.parametrize("count", [250, pytest.param(5000, marks=pytest.mark.slow)])
def test_hostile_requests_get_one_line_each(app, count):
    api = Api(app.client)
    assert api.arguments
    before = app.client.post("/gradio_api/run/generate", json={"data": _TEN_PICTURES}).json()["data"]
    megabytes, statuses = 0.0, {}
    for number, request in enumerate(hostile_requests(api, count, _SEED)):
        if number == count // 2:  # the first ones load the networks that runs look into
            megabytes = app.megabytes
        status = ask(app.client, request)
        statuses[status] = statuses.get(status, 0) + 1
    print(f"answers by status: {dict(sorted(statuses.items()))}")
    app.expect_no_traceback()
    assert app.client.post("/gradio_api/run/generate", json={"data": _TEN_PICTURES}).json()["data"] == before
    assert app.megabytes < megabytes + 200


def ask(client: httpx.Client, request: Request) -> int:
    """Send a request and hold its answer against what is promised; of a stream, the first that it says."""
    try:
        with client.stream(request.method, request.path, content=request.content, headers=request.headers) as response:
            streams = response.headers.get("content-type", "").startswith("text/event-stream")
            text = next(response.iter_text(), "") if streams else response.read().decode(errors="replace")
    except httpx.InvalidURL:
        return 0
    assert response.status_code < 500 or response.status_code == 503, f"{request}: {response.status_code} {text[:300]}"
    assert 'File "' not in text, f"{request}: {text[:500]}"
    assert "root:x:" not in text and "def main()" not in text, f"{request}: a file of ours"
    if request.path.startswith("/gradio_api/call") and response.status_code == 200 and request.method == "POST":
        text = outcome(client, request.path, json.loads(text)["event_id"])
    expect_one_line(request, response.status_code, text)
    return response.status_code


def outcome(client: httpx.Client, path: str, event: str) -> str:
    """The first thing that a queued call says."""
    name = path.split("/")[-1]
    with client.stream("GET", f"/gradio_api/call/{name}/{event}") as response:
        return next(response.iter_text(), "")


def expect_one_line(request: Request, status: int, text: str) -> None:
    if status >= 400 and request.method != "HEAD":
        answer = json.loads(text or "0") or pytest.fail(f"{request}: {status} without a line")
        line = answer.get("error") or answer["detail"]
        assert isinstance(line, str) and line.strip() and "\n" not in line and len(line) <= 400, f"{request}: {text}"
