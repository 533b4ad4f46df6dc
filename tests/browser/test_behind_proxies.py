"""The app behind a real nginx, each time as people have configured theirs."""

import re

import httpx
import numpy as np
import pytest
from playwright.sync_api import expect

from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling.sampler import Sampler
from cgan.ui.page import DEFAULT_CHECKPOINT
from tests.browser.app_page import AppPage
from tests.nginx import nginx

# The location of Gradio's guide to nginx.
GUIDE = """
  location /gan/ {{
    proxy_pass {app}/;
    proxy_buffering off;
    proxy_redirect off;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-Host $host;
    proxy_set_header X-Forwarded-Proto $scheme;
  }}
"""
HOST = "Garments.Example"  # over plain http browsers tell no more of a request than its origin


def at_root(*headers):
    lines = "".join(f"proxy_set_header {header}; " for header in headers)
    return f"{lines} proxy_buffering off; location / {{{{ proxy_pass {{app}}; }}}}"


@pytest.fixture
def proxied(tmp_path, server, browser):
    """Open the app through an nginx with this configuration."""
    pages, proxies = [], []

    def open_page(configuration, path="/", **options):
        proxy = nginx(tmp_path, configuration.format(app=server))
        proxies.append(proxy)
        (port,) = proxy.__enter__()
        pages.append(AppPage(browser, f"http://{HOST.lower()}:{port}{path}", **options))
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()
        assert page.outside == []
    for proxy in proxies:
        proxy.__exit__(None, None, None)


def expect_whole_app(page):
    """Pictures by the page and by the server, a run of Gradio's queue, and the files of a checkpoint."""
    sampler = Sampler(CHECKPOINTS / DEFAULT_CHECKPOINT)
    page.type_number("seed", 3)
    page.expect_cells("#picture canvas", sampler.sample(np.full(16, 3), np.arange(3, 19)), columns=4)
    page.open_tab("Directions")
    expect(page.find("#directions")).to_contain_text("Brightness", timeout=20_000)
    page.open_tab("Inside the network")
    expect(page.find("#inside-picture")).to_contain_text("Cheetah", timeout=60_000)
    assert page.problems == []


@pytest.mark.parametrize(
    "configuration",
    [
        at_root("Host $host"),  # which drops the port
        at_root("Host Garments.EXAMPLE:$server_port"),
        at_root("Host backend", "X-Forwarded-Host '$http_host, inner.example:8080'"),
        at_root("Host backend", "X-Forwarded-Host 'inner.example, $host'"),
    ],
    ids=["no port", "other case", "several hosts", "several hosts without ports"],
)
def test_a_proxy_that_changes_the_host(proxied, configuration):
    expect_whole_app(proxied(configuration, renderer="server"))


@pytest.mark.parametrize("renderer", ["page", "server"])
def test_below_a_path_as_gradios_guide_has_it(proxied, renderer):
    page = proxied(GUIDE, "/gan/", renderer=renderer)
    expect_whole_app(page)
    assert all("/gan/" in url for url in page.requests if url.startswith("http"))
    page.open_tab("Generate")
    page.page.wait_for_url(f"{page.address}?seed=3")


def test_a_host_that_is_lost_is_said_and_pictures_are_drawn_all_the_same(proxied):
    page = proxied(at_root("Connection ''"))  # nginx then sends the app's own address
    page.type_number("seed", 3)
    page.wait_until_painted(3, 3)
    page.open_tab("Inside the network")
    said = page.page.get_by_text("have it pass on the Host header").first
    said.wait_for()
    assert f"--allow-origin {page.address.rstrip('/')}" in said.inner_text()


def test_what_the_server_refuses_to_draw_is_said_under_the_picture(proxied):
    page = proxied(at_root("Connection ''"), renderer="server")
    page.type_number("seed", 3)
    expect(page.find("#picture .cgan-mark")).to_contain_text("Host header")


@pytest.fixture(scope="module")
def rooted(start_app):
    return start_app("--root-path", "/gan", "--auth", "anna:secret")


@pytest.mark.parametrize(
    "location",
    [
        "location /gan/ {{ proxy_pass {app}/; }} location = /gan {{ proxy_pass {app}/; }}",
        "location /gan {{ proxy_pass {app}; }}",
    ],
    ids=["prefix cut off", "prefix kept"],
)
def test_a_root_path_with_and_without_its_slash_behind_a_login(tmp_path, rooted, browser, location):
    text = "proxy_set_header Host $host; absolute_redirect off; " + location.format(app=rooted.address)
    with nginx(tmp_path, text) as (port,):
        page = browser.new_page()
        page.goto(f"http://garments.example:{port}/gan/")
        expect(page.locator("input[type=password]")).to_be_visible()
        page.goto(f"http://garments.example:{port}/gan")
        page.locator("input").first.fill("anna")
        page.locator("input[type=password]").fill("secret")
        page.get_by_role("button", name="Login").click()
        page.locator("#picture[data-renderer=page]").wait_for()
        page.get_by_role("tab", name="Inside the network").click()
        expect(page.locator("#inside-picture")).to_contain_text("Cheetah", timeout=60_000)
        page.close()


def test_a_root_path_is_in_what_the_api_says(rooted):
    with httpx.Client(base_url=rooted.address, auth=("anna", "secret"), timeout=60) as client:
        for prefix in ("", "/gan"):
            call = client.post(f"{prefix}/gradio_api/run/generate", json={"data": [3, 7, 1, 1.0, "r3gan-conv"]})
            url = call.json()["data"][0]["url"]
            assert re.fullmatch(rf"{rooted.address}/gan/gradio_api/file=.*generate.png", url)
            assert client.get(url).content.startswith(b"\x89PNG")
            assert client.get(f"{prefix}/cgan/worker.js").status_code == 200
            assert client.post(f"{prefix}/gradio_api/upload").status_code == 404
            assert client.get(f"{prefix}/gradio_api/file=/etc/passwd").status_code == 404


@pytest.mark.parametrize("path", ["gan", "//gan", "/cgan", "https://example.org/gradio_api/x"])
def test_a_root_path_that_cannot_be_is_refused(expect_refusal_here, path):
    expect_refusal_here("app.py", "--root-path", path, words=["--root-path", path])
