"""Who may come in, by which door: other websites' pages, programs of other origins, tools of MCP behind a login."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from cgan.ui.server.origins import Access
from tests.hostile.test_guard import asked, behind_guard, size_of_body

mcp = pytest.importorskip("mcp", reason="needs the development packages")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "garments.example", "origin": "http://garments.example:8080"}, 200),  # a proxy has dropped the port
        ({"host": "Garments.Example:8080", "origin": "http://garments.example:8080"}, 200),
        ({"host": "garments.example:80", "origin": "http://garments.example"}, 200),
        ({"host": "garments.example:443", "origin": "https://garments.example"}, 200),
        ({"host": "[::1]:7860", "origin": "http://[::1]:7860"}, 200),
        ({"host": "[::1]", "origin": "http://[::1]:7860"}, 200),
        (
            {"host": "10.0.0.1", "x-forwarded-host": "garments.example, inner", "origin": "https://garments.example"},
            200,
        ),
        ({"host": "10.0.0.1", "x-forwarded-host": "inner,garments.example", "origin": "https://garments.example"}, 200),
        ({"host": "garments.example:8080", "origin": "http://garments.example:9090"}, 403),
        ({"host": "garments.example", "origin": "http://evil.garments.example"}, 403),
        ({"host": "garments.example", "origin": "http://garments.example.evil"}, 403),
        ({"host": "garments.example", "origin": "http://garments.example:port"}, 403),
        ({"host": ":80", "origin": "null"}, 403),
        ({"host": "[::1", "origin": "http://[::1"}, 403),
    ],
)
def test_a_page_is_the_apps_own_where_its_origin_is_where_it_asks(headers, status):
    assert asked(behind_guard(size_of_body), "POST", headers=headers).status_code == status


def test_who_is_refused_is_told_which_address_does_not_fit_and_what_to_do():
    headers = {"host": "10.0.0.1:7860", "origin": "http://garments.example", "accept-language": "fr, zh-HK;q=0.5"}
    chinese = asked(behind_guard(size_of_body), "POST", headers=headers).json()["error"]
    english = asked(behind_guard(size_of_body), "POST", headers=headers | {"accept-language": "de"}).json()["error"]
    for line, word in ((chinese, "其他网站"), (english, "another website's page")):
        assert word in line and "10.0.0.1:7860" in line and "--allow-origin http://garments.example" in line
    long = asked(behind_guard(size_of_body), "POST", headers={"origin": f"http://{'a' * 5000}"}).json()["error"]
    assert len(long) < 400


@pytest.fixture(scope="module")
def opened(start_app):
    """An app that lets pages of another origin call its API, and another website frame its page."""
    flags = ("--allow-origin", "https://Other.example:443/", "--allow-origin", "http://localhost:6274")
    return start_app(
        "--mcp", *flags, "--allow-frame", "https://blog.example", "--allow-frame", "https://*.school.example"
    )


CALL = {"data": [3, 7, 1, 1.0, "r3gan-conv"]}


def test_a_page_of_a_named_origin_may_call_the_api(opened):
    sent = {"origin": "https://other.example", "sec-fetch-site": "cross-site"}
    wish = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    before = opened.client.options("/gradio_api/run/generate", headers=sent | wish)
    assert before.status_code == 200
    assert before.headers["access-control-allow-origin"] == "https://other.example"
    assert "content-type" in before.headers["access-control-allow-headers"]
    answer = opened.client.post("/gradio_api/run/generate", json=CALL, headers=sent)
    assert answer.status_code == 200
    assert answer.headers.get_list("access-control-allow-origin") == ["https://other.example"]
    assert "access-control-allow-credentials" not in answer.headers


def test_a_page_of_any_other_origin_may_neither_call_nor_read(opened):
    sent = {"origin": "https://evil.example"}
    wish = {"access-control-request-method": "POST"}
    assert opened.client.options("/gradio_api/run/generate", headers=sent | wish).status_code == 400
    refused = opened.client.post("/gradio_api/run/generate", json=CALL, headers=sent)
    assert refused.status_code == 403 and "--allow-origin https://evil.example" in refused.json()["error"]
    for answer in (refused, opened.client.get("/", headers=sent), opened.client.get("/config", headers=sent)):
        assert not [name for name in answer.headers if name.startswith("access-control-allow")]


def test_only_named_websites_may_frame_the_page(opened, app):
    assert (
        opened.client.get("/")
        .headers["content-security-policy"]
        .endswith("frame-ancestors 'self' https://blog.example https://*.school.example")
    )
    assert app.client.get("/").headers["content-security-policy"].endswith("frame-ancestors 'self'")


def test_a_space_takes_them_from_variables(monkeypatch):
    monkeypatch.setenv("SPACE_ID", "you/name")
    ancestors = Access(frames=("https://blog.example",)).frame_ancestors()
    assert ancestors == "'self' https://huggingface.co https://*.hf.space https://blog.example"


@pytest.mark.parametrize(
    "value", ["*", "https://", "example.org", "https://a.example/path", "https://a;b", "null", "'self'"]
)
@pytest.mark.parametrize("flag", ["--allow-origin", "--allow-frame"])
def test_what_is_no_origin_is_refused(expect_refusal_here, flag, value):
    expect_refusal_here("app.py", flag, value, words=[flag, value, "https://example.org"])


def test_a_variable_that_names_no_origin_is_refused(expect_refusal_here, monkeypatch):
    monkeypatch.setenv("CGAN_ALLOW_FRAME", "https://blog.example nonsense")
    expect_refusal_here("app.py", words=["CGAN_ALLOW_FRAME", "nonsense"])


def by_mcp(address, work, **headers):
    """What `work(session)` returns, with a session of the protocol's own client."""
    from mcp.client.streamable_http import streamablehttp_client

    async def run():
        async with (
            streamablehttp_client(f"{address}/gradio_api/mcp/", headers=headers) as (read, write, _),
            mcp.ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await work(session)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()


@pytest.fixture(scope="module")
def locked(start_app):
    return start_app("--mcp", "--auth", "anna:裙子:1", "--allow-origin", "https://other.example")


LOGIN = httpx.BasicAuth("anna", "裙子:1")._auth_header


def test_tools_of_mcp_ask_for_the_login(locked):
    with pytest.raises(BaseException) as refused:
        by_mcp(locked.address, lambda session: session.list_tools())
    error = refused.value
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert "401" in f"{error}"
    tools = by_mcp(locked.address, lambda session: session.list_tools(), Authorization=LOGIN).tools
    assert {"generate", "invert"} <= {tool.name for tool in tools}
    call = {"class_name": "dress", "seed": 7}
    drawn = by_mcp(locked.address, lambda session: session.call_tool("generate", call), Authorization=LOGIN)
    assert not drawn.isError and any(part.type == "image" for part in drawn.content)


@pytest.mark.parametrize(
    "path",
    [
        *("/gradio_api/mcp/", "/gradio_api/mcp/schema", "/gradio_api/mcp/sse", "/gradio_api/mcp/messages/"),
        *("/gradio_api/mcp/http/", "/config", "/gradio_api/info", "/gradio_api/openapi.json", "/cgan/engine.wasm"),
        *("/cgan/timelines.json", "/cgan/worker.js", "/cgan/checkpoints/r3gan-conv/timeline.json"),
        *("/cgan/checkpoints/r3gan-conv/generator.safetensors", "/gradio_api/heartbeat/x", "/gradio_api/file=/x"),
        *("/gradio_api/queue/data?session_hash=x", "/no-such-path", "//gradio_api/mcp/", "/login/../config"),
    ],
)
def test_behind_the_login_lies_everything_but_its_page(locked, path):
    locked.client.cookies.clear()
    for method in ("GET", "POST", "DELETE"):
        answer = locked.client.request(method, path)
        assert answer.status_code in (401, 404, 405), (method, answer.status_code)
        assert "tools" not in answer.text and "generate" not in answer.text
    assert locked.client.get("/", follow_redirects=True).status_code == 200


def test_with_auth_nothing_is_told_to_who_has_not_logged_in(locked):
    app = locked
    app.client.cookies.clear()

    def asked_for_all():
        return [
            app.client.get("/config").status_code,
            app.client.get("/cgan/timelines.json").status_code,
            app.client.get("/gradio_api/info").status_code,
            app.client.post("/gradio_api/run/generate", json={"data": [3, 7, 1, 1.0, "r3gan-conv"]}).status_code,
            app.client.get("/cgan/checkpoints/r3gan-conv/card.json").status_code,
            app.client.post("/cgan/checkpoints/r3gan-conv/pictures").status_code,
        ]

    assert asked_for_all() == [401] * 6
    assert "inside-network" not in app.client.get("/").text
    assert app.client.post("/login", data={"username": "anna", "password": "wrong"}).status_code == 400
    assert app.client.post("/login", data={"username": "anna", "password": "裙子:1"}).status_code == 200
    assert asked_for_all() == [200, 200, 200, 200, 200, 422]
    assert "inside-network" in app.client.get("/").text
    app.client.cookies.clear()
    assert "inside-network" not in app.client.get("/").text
    assert "first-view" not in app.client.get("/").text


def test_a_wrong_login_by_basic_is_none_and_a_right_one_opens_the_api_too(locked):
    locked.client.cookies.clear()
    for wrong in (
        "Basic",
        "Basic !!!",
        "Basic YTpi",
        LOGIN.replace("Basic", "Bearer"),
        httpx.BasicAuth("anna", "")._auth_header,
    ):
        assert locked.client.get("/config", headers={"authorization": wrong}).status_code == 401
    assert locked.client.get("/gradio_api/mcp/").headers["www-authenticate"] == "Basic"
    assert "www-authenticate" not in locked.client.get("/config").headers
    assert locked.client.get("/config", headers={"authorization": LOGIN}).status_code == 200
    answer = locked.client.post("/gradio_api/run/generate", json=CALL, headers={"authorization": LOGIN})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert locked.client.get("/config").status_code == 401


def test_a_preflight_needs_no_login(locked):
    locked.client.cookies.clear()
    wish = {"origin": "https://other.example", "access-control-request-method": "POST"}
    wish["access-control-request-headers"] = "authorization"
    assert locked.client.options("/gradio_api/run/generate", headers=wish).status_code == 200
    refused = locked.client.get("/config", headers={"origin": "https://other.example"})
    assert refused.status_code == 401 and refused.headers["access-control-allow-origin"] == "https://other.example"
