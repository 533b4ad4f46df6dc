"""The site without a server of ours, on the plainest host there is."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from cgan.data import NUM_CLASSES
from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling.sampler import Sampler
from cgan.ui.page import DEFAULT_CHECKPOINT
from tests.browser.app_page import AppPage
from tests.browser.server import free_port, wait_until_served
from tests.nginx import nginx
from tests.own_pictures import NAMES


@pytest.fixture(scope="module")
def written(tmp_path_factory, run_command):
    out = tmp_path_factory.mktemp("site") / "out"
    finished = run_command("-m", "cgan.ui.site", out, "--full-app", "https://example.org/app")
    assert finished.returncode == 0, finished.stderr
    return out


@pytest.fixture(scope="module")
def site(written):
    out, port = written, free_port()
    process = subprocess.Popen([sys.executable, "-m", "http.server", f"{port}", "--bind", "127.0.0.1"], cwd=out)
    wait_until_served(f"http://127.0.0.1:{port}", process)
    yield f"http://127.0.0.1:{port}/"
    process.terminate()


@pytest.fixture
def visit_site(browser, site):
    visits = []

    def open_page(**options):
        visits.append(AppPage(browser, site, **options))
        return visits[-1]

    yield open_page
    for page in visits:
        page.close()
        assert page.problems == [] and page.outside == []


@pytest.fixture(scope="module")
def sampler():
    return Sampler(CHECKPOINTS / DEFAULT_CHECKPOINT)


def test_it_draws_by_itself(visit_site, sampler, tmp_path):
    page = visit_site()
    page.expect_cells("#picture canvas", sampler.sample(np.full(16, 3), np.arange(7, 23)), columns=4)
    page.slide("seed", 0.6, steps=30)
    seed = int(page.value("seed"))
    page.wait_until_painted(3, seed)
    page.find("#class select").select_option("Bag")
    page.type_number("count", 4)
    page.expect_cells("#picture canvas", sampler.sample(np.full(4, 8), np.arange(seed, seed + 4)), columns=2)
    page.expect_cells(
        "#all-classes canvas", sampler.sample(np.arange(NUM_CLASSES), np.full(NUM_CLASSES, seed)), columns=NUM_CLASSES
    )
    assert Image.open(page.download("Download PNG", tmp_path)).size == (57 * 8, 57 * 8)


def test_it_walks(visit_site, sampler, tmp_path):
    page = visit_site()
    page.open_tab("Interpolate")
    page.type_number("to-seed", 30)
    page.type_number("position", 1)
    page.expect_cells("#walk .cgan-frame", sampler.sample(np.array([9]), np.array([30])), columns=1)
    page.find("#path select").select_option("lerp")
    page.type_number("frames", 5)
    page.expect_cells("#walk .cgan-strip", sampler.walk((7, 9), (7, 30), 5, "lerp"), columns=5)
    with Image.open(page.download("Download GIF", tmp_path)) as gif:
        assert gif.n_frames == 8


def test_a_link_brings_its_view_and_the_other_tab_follows(visit_site, sampler, site):
    page = visit_site(query="?tab=interpolate&class=bag&seed=40&frames=5&position=1&path=lerp")
    page.expect_cells("#walk .cgan-strip", sampler.walk((8, 9), (40, 21), 5, "lerp"), columns=5)
    page.expect_cells("#walk .cgan-frame", sampler.sample(np.array([9]), np.array([21])), columns=1)
    page.open_tab("Generate")
    page.wait_until_painted(8, 40)
    assert page.copied("Copy link") == f"{site}?class=bag&seed=40"


def test_another_checkpoint_is_loaded_when_it_is_chosen(visit_site):
    page = visit_site()
    page.find("#checkpoint select").select_option("report-mlp")
    expected = Sampler(CHECKPOINTS / "report-mlp").sample(np.full(16, 3), np.arange(7, 23))
    page.expect_cells("#picture canvas", expected, columns=4)


def test_a_generator_trained_here_draws(visit_site, own_pictures):
    page = visit_site(query="?tab=train&run-b=off")
    page.find("#train-run:enabled").wait_for(timeout=20_000)
    assert page.find("[data-do=images] option").all_inner_texts() == ["6,000"]
    page.find("[data-do=step]").click()
    expect(page.find("#train-sheet")).to_have_attribute("data-images", "64", timeout=20_000)
    page.find("#train-use").click()
    page.open_tab("Generate")
    expect(page.find("#picture figcaption")).to_contain_text("1 training steps", timeout=20_000)
    expect(page.find("#trained-note")).to_be_visible()
    page.open_tab("Train")
    page.find("input[webkitdirectory]").set_input_files(own_pictures)
    expect(page.find("#train-sheet .cgan-class-names span")).to_have_text(NAMES, timeout=20_000)
    page.find("#train-use:enabled").click()
    page.open_tab("Generate")
    expect(page.find("#class option")).to_have_text(NAMES, timeout=20_000)
    expect(page.find("#all-classes .cgan-class-names span")).to_have_text(NAMES)
    page.find("#checkpoint select").select_option("report-mlp")
    expect(page.find("#trained-note")).to_be_hidden()


def test_what_the_tab_train_trains_with_is_not_fetched_before_it_is_opened(visit_site):
    page = visit_site()
    fetched = {url.rpartition("/")[2] for url in page.requests}
    assert fetched.isdisjoint({"excerpt.png", "training.wasm", "training-worker.js", "judge.safetensors"})


def test_chinese_on_a_phone(visit_site):
    page = visit_site(wide=False, language="zh-CN")
    assert "条件 GAN 学到了什么" in page.find("body").inner_text()
    for tab in ("生成", "训练", "插值"):
        page.open_tab(tab)
        page.page.wait_for_timeout(300)
        assert page.find("html").evaluate("(page) => page.scrollWidth - page.clientWidth") <= 0


def test_the_page_and_all_that_it_draws_with_take_less_than_1_5_mb(visit_site):
    page = visit_site()
    sizes = page.page.evaluate("performance.getEntries().map((entry) => entry.transferSize ?? 0)")
    assert 5e5 < sum(sizes) < 1.5e6


def test_a_folder_in_use_is_refused(expect_refusal_here, tmp_path):
    (tmp_path / "mine.txt").touch()
    expect_refusal_here("-m", "cgan.ui.site", tmp_path, words=[str(tmp_path), "not empty"])


def test_its_number_fields_say_what_is_drawn(visit_site):
    page = visit_site(query="?seed=123456")
    field = page.find("#seed input[type=number]")
    for typed, says in (("", 123456), ("12.7", 13), ("9999999999", 2**32 - 1), ("20000", 20000)):
        field.fill(typed)
        page.page.keyboard.press("Tab")
        assert field.input_value() == f"{says}"
    page.wait_until_painted(3, 20000)
    page.open_tab("Interpolate")
    assert page.find("#from-seed input[type=number]").input_value() == "20000"


STOCK = "location /deep/garden/ { alias SITE/; }"
FEW_TYPES = """
  location /deep/garden/ {
    types { text/html html; text/css css; }
    default_type application/octet-stream;
    add_header X-Content-Type-Options nosniff;
    alias SITE/;
  }
"""


@pytest.mark.parametrize("location", [STOCK, FEW_TYPES], ids=["stock", "few media types"])
@pytest.mark.parametrize("path", ["", "index.html", "index.html?seed=7#top"])
def test_from_nginx_in_a_subfolder_by_any_of_its_addresses(browser, written, tmp_path, sampler, location, path):
    served = tmp_path / "site"
    shutil.copytree(written, served)
    with nginx(tmp_path, location.replace("SITE", f"{served}")) as (port,):
        page = AppPage(browser, f"http://127.0.0.1:{port}/deep/garden", query=path)
        page.find("#picture[data-renderer=page]").wait_for()
        page.find("#class select").select_option("Bag")
        page.expect_cells("#picture canvas", sampler.sample(np.full(16, 8), np.arange(7, 23)), columns=4)
        assert all(f":{port}/deep/garden/" in url for url in page.requests if url.startswith("http"))
        page.close()
        assert page.problems == []


def test_a_host_that_answers_everything_with_its_page_is_not_called_a_browser_without_webassembly(browser, site):
    page = browser.new_page()
    body = "<!doctype html><title>Home</title>"
    page.route("**/engine.wasm", lambda route: route.fulfill(content_type="text/html", body=body))
    page.goto(site)
    page.locator("#seed input[type=number]").fill("8")
    mark = page.locator("#picture .cgan-mark")
    expect(mark).to_contain_text("engine.wasm")
    expect(mark).to_contain_text("something else")
    assert "WebAssembly" not in mark.inner_text()
    page.close()


def test_a_browser_without_simd_is_told_so(browser, site):
    page = browser.new_page()
    page.add_init_script("WebAssembly.validate = () => false")
    page.goto(site)
    page.locator("#seed input[type=number]").fill("8")
    expect(page.locator("#picture .cgan-mark")).to_contain_text("has no SIMD")
    page.close()


def test_from_a_disk_it_says_what_to_do(browser, written):
    page = browser.new_page()
    page.goto(f"file://{written}/index.html")
    page.locator("#seed input[type=number]").fill("8")
    expect(page.locator("#picture .cgan-mark")).to_contain_text("python -m http.server")
    page.close()
