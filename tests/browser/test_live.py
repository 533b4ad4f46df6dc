"""The generator in the page: the same numbers, the same pictures, and the server wherever it cannot be had."""

import re
import urllib.error
import urllib.request

import numpy as np
import pytest
from playwright.sync_api import expect

from cgan.data import NUM_CLASSES
from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling.sampler import Sampler
from cgan.ui.page import DEFAULT_CHECKPOINT
from tests.browser.app_page import GENERATORS, TOLERANCE, largest_difference

SHIPPED = ("r3gan-conv", "report-mlp")
ENGINE = "**/cgan/engine.wasm"


@pytest.mark.parametrize("seeds", [100, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("checkpoint", SHIPPED)
def test_a_seed_is_the_servers_picture_to_a_grey_level(visit_for_all, checkpoint, seeds):
    page = visit_for_all()
    page.page.evaluate("(checkpoint) => cgan.prepare(checkpoint)", checkpoint)
    # As text of Latin-1: a list of so many numbers takes long to hand over.
    text = page.page.evaluate(
        """async ([checkpoint, count]) => {
          let text = "";
          for (let seed = 0; seed < count; seed += 100) {
            const seeds = Array.from({ length: 100 }, (_, i) => seed + i);
            const classes = seeds.map((seed) => seed % cgan.config.garments.en.length);
            const pixels = await cgan.sampleHere(checkpoint, classes, seeds, 1);
            for (let i = 0; i < pixels.length; i += 784) text += String.fromCharCode(...pixels.subarray(i, i + 784));
          }
          return text;
        }""",
        [checkpoint, seeds],
    )
    pictures = np.frombuffer(text.encode("latin-1"), np.uint8).reshape(-1, 28, 28)
    expected = Sampler(CHECKPOINTS / checkpoint).sample(np.arange(seeds) % NUM_CLASSES, np.arange(seeds))
    assert pictures.shape == expected.shape
    worst = largest_difference(pictures, expected)
    off = np.count_nonzero(pictures != expected)
    print(
        f"\n{checkpoint}: {len(pictures):,} pictures, worst pixel {worst} grey level off, {off:,} of {pictures.size:,}"
    )
    assert worst <= TOLERANCE


def test_dragging_asks_the_server_for_nothing(visit):
    page = visit()
    while not any("/run/predict" in url for url in page.requests):  # Gradio's last request
        page.page.wait_for_timeout(20)
    page.requests.clear()
    page.slide("seed", 0.9, steps=50)
    page.wait_until_painted(3, int(page.value("seed")))
    page.open_tab("Interpolate")
    page.slide("to-seed", 0.5, steps=20)
    page.page.get_by_role("button", name="Play").click()
    page.page.wait_for_function("document.querySelector('#walk .cgan-frame').dataset.frame > 3")
    assert page.find("#walk .cgan-mark").get_attribute("data-renderer") == "page"
    assert page.requests == []


def test_a_mark_says_who_draws_and_how_fast(visit):
    for renderer, start in (("page", "Drawn in this page · "), ("server", "Drawn by the server")):
        page = visit(renderer=renderer)
        mark = page.find("#picture .cgan-mark")
        expect(mark).to_have_text(re.compile(start))
        page.type_number("seed", 70)
        page.wait_until_painted(3, 70)
        expect(mark).to_have_text(re.compile(f"{start}.*[0-9] ms$"))


def test_a_run_is_drawn_in_the_page_with_its_newest_weights(visit, own_run):
    page = visit()
    for weights in ("model.safetensors", "generator-raw.safetensors"):
        own_run.copy_weights(weights)
        page.choose("checkpoint", own_run.folder.name)
        page.wait_for_renderer("page")
        expected = Sampler(own_run.folder).sample(np.full(16, 3), np.arange(7, 23))
        page.expect_cells("#picture canvas", expected, columns=4)
        page.choose("checkpoint", DEFAULT_CHECKPOINT)


def server_goes_on(page):
    page.type_number("seed", 77)
    page.wait_until_painted(3, 77)
    assert page.find("#picture").get_attribute("data-renderer") == "server"
    expected = Sampler(CHECKPOINTS / DEFAULT_CHECKPOINT).sample(np.full(16, 3), np.arange(77, 93))
    page.expect_cells("#picture canvas", expected, columns=4)


def test_without_webassembly_the_server_draws(visit):
    page = visit(renderer="server")
    page.page.unroute_all(behavior="wait")
    page.page.add_init_script("delete window.WebAssembly")
    address = page.page.url
    page.page.goto("about:blank")  # what the page before still asks for does not count
    page.requests.clear()
    page.page.goto(address)
    page.wait_for_renderer("server")
    server_goes_on(page)
    assert {url.rpartition("/")[2] for url in page.requests if "/cgan/" in url} == {"card.json", "pictures"}


@pytest.mark.parametrize(
    ("file", "reason"), [(GENERATORS, "not a whole safetensors file"), (ENGINE, "something else under this name")]
)
def test_what_cannot_be_drawn_with_is_left_to_the_server(visit, file, reason):
    page = visit(renderer="server")
    page.page.unroute_all(behavior="wait")
    page.page.route(file, lambda route: route.fulfill(body=b"damaged"))
    with page.page.expect_console_message(lambda message: reason in message.text):
        page.page.reload()
    server_goes_on(page)


def test_a_picture_drawn_a_moment_ago_is_not_drawn_again(visit):
    """Of sixteen consecutive seeds the next ones share fifteen."""
    page = visit()
    page.page.evaluate(
        """() => {
          window.asked = [];
          const post = Worker.prototype.postMessage;
          Worker.prototype.postMessage = function (message, ...more) {
            if (message.kind === "draw") window.asked.push(message.count);
            return post.call(this, message, ...more);
          };
        }"""
    )
    page.type_number("seed", 8)
    page.wait_until_painted(3, 8)
    assert page.page.evaluate("asked[0]") == 1
    expected = Sampler(CHECKPOINTS / DEFAULT_CHECKPOINT).sample(np.full(16, 3), np.arange(8, 24))
    page.expect_cells("#picture canvas", expected, columns=4)


def test_a_worker_that_dies_is_replaced_by_the_server(visit):
    page = visit()
    page.page.workers[0].evaluate("() => self.close()")
    page.page.clock.install()
    page.type_number("seed", 76)
    page.page.clock.fast_forward(9_000)
    assert page.painted() == (3, 7)
    page.page.clock.fast_forward(2_000)
    page.wait_for_renderer("server")
    server_goes_on(page)


@pytest.mark.parametrize(
    "path",
    [
        "renderer.js",
        "..%2Fpage.py",
        "checkpoints/judge/generator.safetensors",
        "checkpoints/..%2F..%2F/generator.safetensors",
    ],
)
def test_nothing_else_is_given_to_anyone(server, path):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{server}/cgan/{path}", timeout=20)
    assert refusal.value.code == 404
