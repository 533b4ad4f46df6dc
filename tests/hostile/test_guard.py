"""What the guard lets in, and what it adds to an answer; where it can be seen in the real app, there."""

import asyncio
import json
import random
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from cgan.ui import command as command_line
from cgan.ui.server import calls, login, security
from cgan.ui.server.security import MAX_BODY, Guard

_SECRETS = ("root:x:0", "def main()", "# What a conditional GAN", "[project]", "safetensors~=")


def asked(app, method="GET", path="/", **options):
    """The answer of an app that is not served, but called in this process."""

    async def ask():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.request(method, path, **options)

    return run(ask())


def run(coroutine):
    """What it returns; in a thread of its own, for Playwright keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def behind_guard(answer):
    return Guard(Starlette(routes=[Route("/", answer, methods=["GET", "POST"])]))


async def size_of_body(request: Request):
    return JSONResponse(len(await request.body()), headers={"access-control-allow-origin": "*"})


def pieces(size, count):
    async def stream():
        for _ in range(count):
            yield bytes(size)

    return stream()


def test_a_body_is_as_long_as_it_may_be_and_no_longer():
    app = behind_guard(size_of_body)
    assert asked(app, "POST", content=bytes(MAX_BODY)).json() == MAX_BODY
    announced = asked(app, "POST", content=bytes(MAX_BODY + 1))
    streamed = asked(app, "POST", content=pieces(2**20, 13))
    assert announced.status_code == streamed.status_code == 413
    assert f"allowed: at most {MAX_BODY}" in streamed.json()["error"]
    assert app._body_bytes == 0


def test_a_body_that_says_nonsense_of_its_length_is_refused():
    for length in ("-1", "1e9", "٣", "", "0x10"):
        headers = [(b"content-length", length.encode())]
        assert asked(behind_guard(size_of_body), "POST", headers=headers).status_code == 400


def test_a_body_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(security, "_BODY_TIMEOUT_S", 0.01)

    async def stalled():
        yield b"a"
        await asyncio.sleep(30)

    async def ask():
        sent = []

        async def receive():
            if sent:
                return await asyncio.sleep(3600)
            return sent.append(1) or {"type": "http.request", "body": b"a", "more_body": True}

        answers = []

        async def send(message):
            answers.append(message)

        scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
        await behind_guard(size_of_body)(scope, receive, send)
        return answers[0]["status"]

    assert run(ask()) == 408


def test_many_large_bodies_at_once_are_refused_before_memory_is_full(monkeypatch):
    monkeypatch.setattr(security, "_MAX_BODIES", 1000)
    answer = asked(behind_guard(size_of_body), "POST", content=bytes(1001))
    assert answer.status_code == 503 and answer.headers["retry-after"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://here"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://evil.example", "sec-fetch-site": "same-origin"}, 200),  # a proxy has changed the host
        ({"origin": "http://here", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://class.example", "x-forwarded-host": "class.example"}, 200),
    ],
)
def test_another_websites_page_may_not_use_the_server(headers, status):
    answer = asked(behind_guard(size_of_body), "POST", headers=headers)
    assert answer.status_code == status


def test_another_websites_page_may_not_read_what_the_server_says():
    """Its own page reads it without such a header."""
    for origin in ("http://evil.example", "http://here"):
        assert (
            "access-control-allow-origin" not in asked(behind_guard(size_of_body), headers={"origin": origin}).headers
        )


def test_what_fails_is_one_line(capfd):
    def fail(request):
        raise RuntimeError("a secret\nand more")

    answer = asked(behind_guard(fail))
    assert answer.status_code == 400 and "secret" not in answer.text
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("GET /: RuntimeError: a secret and more at ")


def test_who_may_frame_the_page(monkeypatch):
    def policy():
        return asked(behind_guard(lambda request: PlainTextResponse("x"))).headers["content-security-policy"]

    assert policy().endswith("frame-ancestors 'self'")
    monkeypatch.setenv("SPACE_ID", "someone/cgan")
    assert policy().endswith("frame-ancestors 'self' https://huggingface.co https://*.hf.space")


@pytest.mark.parametrize(
    "path", ["/", "/config", "/cgan/worker.js", "/cgan/timelines.json", "/gradio_api/info", "/nothing"]
)
def test_every_answer_has_the_headers(app, path):
    headers = app.client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert "'unsafe-inline'" not in policy["script-src"] and policy["object-src"] == "'none'"
    assert not any("http" in sources or "*" in sources for sources in policy.values())


@pytest.mark.parametrize(
    "root", ["/gradio_api/file=", "/gradio_api/file/", "/file=", "/static/", "/assets/", "/cgan/", "/svelte/"]
)
def test_no_file_can_be_read_but_the_pages_own(app, root):
    up = (
        "",
        "../" * 9,
        "..%2f" * 9,
        "%2e%2e/" * 9,
        "%2e%2e%2f" * 9,
        "..%252f" * 9,
        "..%5c" * 9,
        "..%c0%af" * 9,
        "/",
        "//",
    )
    for way in up:
        for target in ("etc/passwd", "app.py", "README.md", "pyproject.toml", "requirements.txt", "cgan/ui/page.py"):
            answer = app.client.get(f"{root}{way}{target}")
            assert not any(secret in answer.text for secret in _SECRETS), answer.url
            assert answer.status_code in (400, 403, 404), answer.url
    for name in ("model.safetensors", "discriminator.safetensors", "config.json", "README.md", "history.jsonl"):
        assert app.client.get(f"/cgan/checkpoints/r3gan-conv/{name}").status_code == 404
    assert app.client.get("/cgan/checkpoints/judge/generator.safetensors").status_code == 404


def test_nothing_can_be_uploaded_as_a_file(app):
    files = {"files": ("a.txt", b"hello")}
    assert app.client.post("/gradio_api/upload", files=files).status_code == 404
    assert app.client.post("/gradio_api/upload/", files=files, follow_redirects=True).status_code == 404


def test_an_api_reaches_no_further_than_the_page(app):
    for checkpoint in ("/etc", "checkpoints/r3gan-conv", "../checkpoints/r3gan-conv", "judge", "r3gan-conv/"):
        answer = app.client.post("/gradio_api/run/generate", json={"data": [3, 7, 1, 1.0, checkpoint]})
        assert answer.status_code == 422 and answer.json()["error"].startswith("checkpoint: ")


def test_too_many_runs_of_one_page_are_refused_at_once(app):
    """Four are computed; the others end with a figure that says why, before any of the four has ended."""
    request = [3, 985, "r3gan-conv", "judge", "generated", "photograph", "cheetah", 3, 7, None]
    visualize = next(
        event["id"] for event in app.client.get("/config").json()["dependencies"] if event["api_name"] == "visualize"
    )
    content = {"fn_index": visualize, "data": request, "session_hash": "eager"}
    for _ in range(6):
        assert app.client.post("/gradio_api/queue/join", json=content).status_code == 200
    ends = []
    with app.client.stream("GET", "/gradio_api/queue/data?session_hash=eager") as stream:
        for line in stream.iter_lines():
            message = json.loads(line.removeprefix("data:")) if line else {}
            if message.get("msg") == "process_completed":
                ends.append(message["output"]["data"][0])
                if len(ends) == 2:
                    break
    assert [[text["key"] for text in figure["caption"]] for figure in ends] == [["too_many_runs"]] * 2
    drawn = app.client.post("/gradio_api/run/generate", json={"data": [3, 7, 1, 1.0, "r3gan-conv"]})
    assert drawn.status_code == 200


def test_a_server_with_too_much_to_do_says_so_at_once(monkeypatch):
    monkeypatch.setattr(calls, "_MAX_WAITING", 0)

    def draw(request, body):
        raise AssertionError("drawn all the same")

    app = Starlette(routes=calls.limited({"pictures": draw}))
    app.auth, app.cookie_id = None, ""
    answer = asked(app, "POST", "/cgan/pictures", headers={"accept-language": "zh"})
    assert answer.status_code == 503 and answer.headers["retry-after"]
    assert answer.json()["error"] == "服务器正忙，请过几秒再试。"


def test_a_wrong_password_takes_its_time(monkeypatch):
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    monkeypatch.setattr(login.asyncio, "sleep", sleep)
    check = login.password_check("anna", "裙子:1")
    assert run(check("anna", "裙子:1")) and waited == []
    for user, password in (("anna", ""), ("", "裙子:1"), ("anna", "裙子:2"), ("anna\0裙子:1", ""), ("\ud800", "x")):
        assert not run(check(user, password))
    assert waited == [login._DELAY_S] * 5


def test_flags_of_any_kind_are_taken_or_refused_in_one_line(capsys):
    draw = random.Random(8)
    values = [
        "",
        "-1",
        "0",
        "65536",
        "nan",
        "1e9",
        "🙂",
        "a" * 5000,
        "../../etc/passwd",
        "user",
        ":",
        "u:p",
        "--",
        "$HOME",
    ]
    flags = ["--checkpoint", "--host", "--port", "--share", "--auth", "--offline", "--nothing", "-x"]
    outcomes = set()
    for _ in range(300):
        words = [draw.choice(draw.choice((flags, values))) for _ in range(draw.randrange(1, 6))]
        try:
            command_line._parser().parse_args(words)
            outcomes.add("taken")
        except SystemExit as end:
            errors = capsys.readouterr().err.strip().splitlines()
            assert end.code == 2 and len(errors) == 1, (words, errors)
            outcomes.add("refused")
    assert outcomes == {"taken", "refused"}


def test_a_stream_that_fails_on_its_way_comes_to_an_end(app):
    """Gradio finds out that it knows no such event when it has already begun to answer."""
    answer = app.client.get("/gradio_api/call/generate/nobody-asked")  # raises where the stream breaks off
    assert answer.text == 'event: error\ndata: "404: Not Found"\n\n'
