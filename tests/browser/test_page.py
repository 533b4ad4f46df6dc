"""What every tab owes: languages, widths, darkness, alternative texts; and how the server starts."""

import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from functools import cache

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from cgan.data import CLASS_NAMES, CLASS_NAMES_ZH
from cgan.models.checkpoints import CHECKPOINTS
from cgan.ui.page import _open_studio
from tests.browser.app_page import TOLERANCE, largest_difference
from tests.processes import ROOT

TABS = {
    "en-US": (
        *("Generate", "Train", "Interpolate", "Mix", "Directions"),
        *("Watch it learn", "Your picture", "Inside the network", "How good?"),
    ),
    "zh-CN": ("生成", "插值", "混合", "方向", "看它学习", "你的图片", "网络内部", "有多好？"),
}


# The levels and the transparency of an image's, or a canvas's, own pixels.
_READ_IMAGE = """async (source) => {
  const { width, height } = source;
  const copy = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
  copy.drawImage(source, 0, 0);
  return [width, ...copy.getImageData(0, 0, width, height).data];
}"""


_WITHOUT_NAME = """(controls) => controls
  .filter((c) => !(c.ariaLabel || c.labels?.[0]?.innerText || c.innerText || c.title || c.placeholder)?.trim())
  .map((control) => control.outerHTML)"""


def options(page):
    return [text.removeprefix("✓").strip() for text in page.page.get_by_role("option").all_inner_texts()]


def visible_text(page):
    return page.find("body").inner_text()


@pytest.fixture(scope="module")
def served(visit_for_all):
    """A page of a language and a width, opened once for all tests."""

    @cache
    def served(language: str = "en-US", wide: bool = True):
        return visit_for_all(renderer="server", language=language, wide=wide)

    return served


def test_english(served):
    page = served()
    text = visible_text(page)
    assert "What a conditional GAN has learned" in text and "Dress, seeds 7 to 22" in text
    assert re.findall("[\u4e00-\u9fff]+", text) == []
    page.find("#class input").click()
    assert options(page) == list(CLASS_NAMES)
    page.page.keyboard.press("Escape")


def test_chinese(visit):
    page = visit(language="zh-TW")
    text = visible_text(page)
    assert "条件 GAN 学到了什么" in text and "连衣裙，种子 7 至 22" in text
    page.find("#class input").click()
    assert options(page) == list(CLASS_NAMES_ZH)
    page.page.keyboard.press("Escape")
    page.open_tab("插值")
    page.page.get_by_text("运动鞋到短靴：全程 0%").wait_for()


def test_other_languages_get_english_and_nothing_else(visit_served):
    text = visible_text(visit_served(language="ja"))
    assert "What a conditional GAN has learned" in text and "Dress, seeds 7 to 22" in text
    assert re.findall("[\u4e00-\u9fff]+", text) == []


@pytest.mark.parametrize(
    ("language", "title", "caption"),
    [
        ("en-US", "What a conditional GAN has learned", "Dress, seeds 7 to 22"),
        ("zh-CN", "条件 GAN 学到了什么", "连衣裙，种子 7 至 22"),
    ],
)
def test_first_pictures_are_seen_before_gradio_is_there(browser, server, language, title, caption):
    context = browser.new_context(locale=language)
    page = context.new_page()
    held, may_come = [], []
    page.route("**/assets/Blocks-*.js", lambda route: route.continue_() if may_come else held.append(route))
    page.goto(server, wait_until="commit")
    first = page.locator("#first-view")
    first.locator("canvas").wait_for()
    assert first.inner_text().split("\n") == [title, caption]
    levels, width = first.locator("canvas").evaluate(_READ_IMAGE), first.locator("canvas").bounding_box()["width"]
    assert page.locator("#picture").count() == 0
    may_come.append(True)
    for route in held:
        route.continue_()
    page.locator("#picture[data-seed]").wait_for()
    assert first.count() == 0
    drawn = page.locator("#picture canvas").evaluate(_READ_IMAGE)  # by the page itself, perhaps
    assert page.locator("#picture canvas").bounding_box()["width"] == width
    assert len(drawn) == len(levels) and largest_difference(np.array(drawn), np.array(levels)) <= TOLERANCE
    context.close()


def test_a_link_to_something_else_does_not_begin_with_the_first_pictures(browser, server):
    page = browser.new_page()
    page.route("**/assets/*.js", lambda route: route.abort())
    page.goto(f"{server}/?seed=9", wait_until="domcontentloaded")
    assert page.locator("gradio-app").count() == 1
    assert page.locator("#first-view").count() == 0
    page.close()


@pytest.mark.parametrize("language", TABS)
@pytest.mark.parametrize("wide", [True, False], ids=["desktop", "phone"])
def test_nothing_sticks_out_sideways(served, language, wide):
    page = served(language, wide)
    for tab in TABS[language]:
        page.open_tab(tab)
        page.page.wait_for_timeout(100)
        page.expect_to_fit()


def test_all_tabs_are_in_view_on_a_phone(served):
    page = served(wide=False)
    tabs = page.find("#tabs > .tab-wrapper [role=tab]:visible").all()
    assert [tab.inner_text() for tab in tabs] == [*TABS["en-US"]]
    for tab in tabs:
        box = tab.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= page.page.viewport_size["width"]


def test_a_phone_keeps_the_picture_in_view_while_the_seed_is_dragged(served):
    page = served(wide=False)
    page.open_tab("Generate")
    page.find("#seed").scroll_into_view_if_needed()
    page.page.mouse.wheel(0, 300)
    page.page.wait_for_timeout(100)
    picture, seed = page.find("#picture canvas").bounding_box(), page.find("#seed input[type=range]").bounding_box()
    assert picture["y"] >= 0 and picture["y"] + picture["height"] <= seed["y"]


def test_dark_follows_the_system(visit_served, served):
    def background(page):
        shade = page.find("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", shade)[:3])) / 3

    assert background(visit_served(dark=True)) < 60 and background(served()) > 200


def test_pictures_and_controls_have_names_for_those_who_cannot_see_them(served):
    page = served()
    for tab in TABS["en-US"]:
        page.open_tab(tab)
        page.page.wait_for_timeout(100)
        expect(page.find("canvas:visible:not([aria-label])")).to_have_count(0, timeout=20_000)
        for canvas in page.find("canvas:visible").all():
            assert canvas.get_attribute("role") == "img" and len(canvas.get_attribute("aria-label")) > 10
        assert page.find("input:visible, button:visible").evaluate_all(_WITHOUT_NAME) == []


def test_the_server_listens_here_only(server):
    port = int(server.rsplit(":", 1)[1])
    addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in addresses - {"127.0.0.1"}:
        with pytest.raises(OSError), socket.create_connection((address, port), timeout=2):
            pass


def test_nobody_can_fill_the_disk_with_uploads(server):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n' + bytes(2**16) + b"\r\n--x--\r\n"
    )
    request = urllib.request.Request(f"{server}/gradio_api/upload", body)
    request.add_header("Content-Type", "multipart/form-data; boundary=x")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=20)
    assert refusal.value.code == 404


def test_a_space_decides_where_it_listens(run_command, monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    assert "(default: 0.0.0.0)" in run_command("app.py", "--help").stdout


def test_a_checkpoint_goes_by_one_name(short_run):
    assert _open_studio("checkpoints/report-mlp", [])[1] == "report-mlp"
    assert _open_studio(f"{CHECKPOINTS / 'report-mlp'}", [])[1] == "report-mlp"
    assert _open_studio(f"{short_run}", [])[1] == f"{short_run}"


def test_the_app_starts_without_what_takes_long_to_import():
    code = """
import sys
from cgan.ui.page import build
from cgan.ui.studio import Studio
build(Studio(), "report-mlp")
print({"captum", "matplotlib", "sympy", "torchvision"} & {*sys.modules})
"""
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).strip() == "set()"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "0"], ["--port", "0", "from 1 to 65535"]),
        (["--port", "web"], ["--port", "web"]),
        (["--auth", "me"], ["--auth", "USER:PASSWORD"]),
        (["--checkpoint", "nowhere"], ["--checkpoint", "nowhere", "report-mlp"]),
        (["--share", "--offline"], ["--share", "--offline"]),
        (["--host", "192.0.2.1"], ["--host", "192.0.2.1"]),
        (["--host", "h" * 70], ["--host"]),
        (["--checkpoint", "c" * 300], ["--checkpoint", "report-mlp"]),
    ],
)
def test_wrong_flags_get_one_line(expect_refusal_here, monkeypatch, arguments, words):
    monkeypatch.setattr(torch, "set_num_threads", lambda number: None)  # which would last for the tests after this one
    expect_refusal_here("app.py", *arguments, words=words)


def test_a_port_in_use_gets_one_line(expect_refusal_here, monkeypatch, server):
    monkeypatch.setattr(torch, "set_num_threads", lambda number: None)
    port = server.rsplit(":", 1)[1]
    expect_refusal_here("app.py", "--port", port, words=["--port", port])
