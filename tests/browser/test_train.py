"""The tab "Train": runs in workers of the page, and what becomes of them."""

import gzip
import re
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from cgan import data
from cgan.data import NUM_CLASSES, excerpt
from cgan.models import checkpoints
from cgan.sampling.sampler import Sampler
from cgan.training.config import TrainingConfig

A, B = "#train-sheet", "#train-sheet-b"
READY = "#train-run:enabled"
SECONDS = 20_000


class Training:
    """The tab as its user meets it."""

    def __init__(self, page):
        self.page = page
        page.find(READY).wait_for(timeout=SECONDS)

    def images(self, sheet=A):
        return int(self.page.find(sheet).get_attribute("data-images"))

    def click(self, selector):
        self.page.find(selector).click()

    def choose(self, letter, preset):
        """Choose a preset and wait until its run can begin."""
        self.page.find(f"#train-preset-{letter}").select_option(preset)
        self.page.find(READY).wait_for(timeout=SECONDS)

    def wait_for(self, images, sheet=A):
        self.page.page.wait_for_function(
            "([sheet, images]) => Number(document.querySelector(sheet).dataset.images) >= images", arg=[sheet, images]
        )

    def begin_anew(self):
        self.click("[data-do=anew]")
        for sheet in (A, B):
            expect(self.page.find(sheet)).to_have_attribute("data-images", "0", timeout=SECONDS)
        self.page.find(READY).wait_for(timeout=SECONDS)

    def save(self, button, folder):
        """Save a run after its first step, unpack it as it says, and read it as any checkpoint."""
        with self.page.page.expect_download() as download:
            self.click(button)
        name = Path(download.value.suggested_filename).stem
        expect(self.page.find(".cgan-train-note")).to_contain_text(f"into checkpoints/{name}")
        download.value.save_as(folder / "saved.zip")
        with zipfile.ZipFile(folder / "saved.zip") as archive:
            assert archive.testzip() is None
            archive.extractall(folder / name)
        checkpoints.load_discriminator(folder / name)
        sampler = Sampler(folder / name)
        assert sampler.steps == "1"
        return sampler

    def sheet(self, sheet=A):
        """All garments by four z, uint8 (4 * NUM_CLASSES, 28, 28), row by row."""
        return self.page.cells(f"{sheet} canvas", 4 * NUM_CLASSES, columns=NUM_CLASSES)


@pytest.fixture(scope="module")
def page(visit_for_all):
    return visit_for_all(renderer="server", query="?tab=train")


@pytest.fixture
def training(page):
    """The tab with its first settings, at rest, at the start."""
    if "Train" not in page.page.get_by_role("tab", selected=True).first.inner_text():
        page.open_tab("Train")
    training = Training(page)
    training.choose("a", "first-clothes")
    training.choose("b", "first-clothes.rate-10")
    training.begin_anew()
    return training


def test_both_begin_with_the_same_weights_and_z(training):
    np.testing.assert_array_equal(training.sheet(A), training.sheet(B))
    training.click("[data-do=step]")
    for sheet in (A, B):
        training.wait_for(64, sheet)
        assert training.images(sheet) == 64
    assert (training.sheet(A) != training.sheet(B)).any()  # ten times the learning rate


def test_they_run_on_other_tabs_too_until_they_are_paused(training):
    training.click("#train-run")
    for sheet in (A, B):
        training.wait_for(500, sheet)
    training.page.open_tab("Mix")
    left_at = training.images()
    training.page.page.wait_for_timeout(700)
    training.page.open_tab("Train")
    training.wait_for(left_at + 500)
    training.click("#train-stop")
    training.page.find(READY).wait_for()
    paused_at = training.images()
    training.page.page.wait_for_timeout(500)
    assert training.images() == paused_at
    expect(training.page.find(A)).to_have_attribute("data-accuracy", re.compile(r"0\.\d+"), timeout=SECONDS)


def test_starting_anew_is_the_same_run_again(training):
    before = training.sheet()
    training.click("[data-do=step]")
    training.wait_for(64)
    stepped = training.sheet()
    training.begin_anew()
    np.testing.assert_array_equal(training.sheet(), before)
    training.click("[data-do=step]")
    training.wait_for(64)
    np.testing.assert_array_equal(training.sheet(), stepped)


def test_settings_that_differ_are_marked_and_wrong_ones_refused(training):
    page = training.page
    page.find(".cgan-train-settings").evaluate("(details) => { details.open = true; }")
    row = page.find("tr:has([data-setting=batch_size])")
    expect(row).to_have_attribute("data-differs", "false")
    field = row.locator("[data-run=b]")
    field.fill("0")
    field.press("Tab")
    line = "batch_size: 0 given; allowed: a whole number, 2 to 4096."
    expect(page.find(".cgan-train-refused")).to_have_text(line)
    field.fill("32")
    field.press("Tab")
    expect(page.find(".cgan-train-refused")).to_be_empty()
    expect(row).to_have_attribute("data-differs", "true")
    expect(page.find("[data-run=b] .cgan-train-about")).to_contain_text("batch_size 32 (A: 64)")
    page.find(READY).wait_for(timeout=SECONDS)
    training.click("[data-do=step]")
    training.wait_for(32, B)
    assert training.images(B) == 32


def test_a_run_that_diverges_says_so_and_at_which_step(training):
    page = training.page
    page.page.evaluate("cgan.update({ 'run-b': 'report,learning_rate:10,hidden:32,hidden_d:256-256-256-256-256-256' })")
    page.find(READY).wait_for(timeout=SECONDS)
    training.click("#train-run")
    status = page.find(f"{B} figcaption")
    expect(status).to_have_text(re.compile(r"Diverged at step \d+: "), timeout=SECONDS)
    training.click("#train-stop")
    training.page.find(READY).wait_for()  # the other run can go on


def test_a_step_is_looked_into(training):
    page = training.page
    training.click("#train-inspect")
    inside = page.find(".cgan-train-inside")
    expect(inside.locator("h3")).to_have_text("Run A, step 1: looked into", timeout=SECONDS)
    assert training.images() == 64
    for line in ("images = G(z, classes)", "loss_g.backward()", "real = D(x, labels)", "optimizer_d.step()"):
        expect(inside.locator("pre").filter(has_text=line)).to_have_count(1)
    real = page.cells("[aria-label='Real images of the batch']", 5, columns=5)
    images, labels = excerpt.load(), excerpt.labels
    found = [np.flatnonzero((images == picture).all((1, 2)))[0] for picture in real]  # each is one of the data's
    named = inside.locator(".cgan-train-line:has(pre:has-text('next(batches)')) .cgan-names span").all_inner_texts()
    assert named == [data.CLASS_NAMES[label] for label in labels[found]]


@pytest.mark.parametrize("change", ["", ".no-batchnorm"])
def test_what_is_saved_is_a_checkpoint_that_draws_the_same(training, tmp_path, change):
    training.choose("b", f"first-clothes{change}")
    training.click("[data-do=step]")
    training.wait_for(64, B)
    sampler = training.save("#train-save-b", tmp_path)
    pictures = sampler.sample(np.tile(np.arange(NUM_CLASSES), 4), np.arange(4).repeat(NUM_CLASSES))
    assert np.abs(training.sheet(B).astype(int) - pictures).max() <= 1


def test_it_is_used_and_python_draws_the_same(visit_for_all, tmp_path):
    page = visit_for_all(query="?tab=train&run-a=report&run-b=off")
    training = Training(page)
    training.click("[data-do=step]")
    training.wait_for(64)
    sampler = training.save("#train-save", tmp_path)
    assert checkpoints.load_config(tmp_path / "my-report-64") == TrainingConfig().networks()

    training.click("#train-use")
    expect(page.find("#checkpoint input")).to_have_value("trained here")
    page.open_tab("Generate")
    page.expect_cells("#picture canvas", sampler.sample(np.full(16, 3), np.arange(7, 23)), columns=4)
    expect(page.find("#trained-note")).to_contain_text("a link cannot carry it")
    assert page.copied("Copy link") == f"{page.address}/"
    page.open_tab("Interpolate")
    page.expect_cells("#walk .cgan-frame", sampler.sample(np.array([7]), np.array([7])), columns=1)
    page.open_tab("Directions")
    sheet = sampler.sample(np.arange(NUM_CLASSES).repeat(8), np.tile(np.arange(7, 15), NUM_CLASSES))
    page.expect_cells(".cgan-sheet-canvas", sheet, columns=8)
    page.open_tab("How good?")
    expect(page.find("#trained-note")).to_contain_text("lives in this page alone")
    expect(page.find("#quality .cgan-report p").first).to_contain_text("lives in this page alone", timeout=SECONDS)
    page.choose("checkpoint", "r3gan-conv")
    expect(page.find("#trained-note")).to_be_hidden()


def test_a_link_brings_the_settings(visit_for_all):
    query = "?tab=train&run-a=first-clothes.hinge,penalty:0.5,first_penalty:2,burn_in:5000,seed:3&run-b=off"
    page = visit_for_all(renderer="server", query=query)
    Training(page)
    expect(page.find("#train-preset-a")).to_have_value("first-clothes.hinge")
    for setting, value in {"seed": "3", "penalty": "0.5", "first_penalty": "2", "burn_in": "5000"}.items():
        expect(page.find(f"[data-setting={setting}][data-run=a]")).to_have_value(value)
    expect(page.find(B)).to_be_hidden()
    assert page.copied("Copy link") == f"{page.address}/{query}"


def test_chinese_on_a_phone_with_one_worker(visit_for_all):
    page = visit_for_all(renderer="server", wide=False, language="zh-CN", query="?tab=train")
    training = Training(page)
    assert page.find(".cgan-train-run").count() == 1
    workers = page.page.workers
    training.click("#train-run")
    training.wait_for(200)
    training.click("#train-stop")
    assert len(page.page.workers) == len(workers)
    assert "快速成形" in page.find("#train-preset-a").inner_text()
    assert page.find("html").evaluate("(page) => page.scrollWidth - page.clientWidth") <= 0


def test_all_60000_images_can_be_chosen(training):
    page = training.page
    page.find("[data-do=images]").select_option("60000")
    page.find(READY).wait_for(timeout=SECONDS)
    training.click("[data-do=step]")
    training.wait_for(64)
    expect(page.find(".cgan-train-note")).to_be_empty()
    page.find("[data-do=images]").select_option("6000")


def fetch(address, **headers):
    return urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=60)


def test_the_server_sends_the_training_images_once(server, fashion_mnist):
    for kind, expected in zip(("images", "labels"), fashion_mnist, strict=True):
        with fetch(f"{server}/cgan/training-{kind}.idx") as answer:
            content, version = answer.read(), answer.headers["ETag"]
            assert "no-cache" in answer.headers["Cache-Control"]
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        assert content.endswith(expected.tobytes())
        with pytest.raises(urllib.error.HTTPError) as known:
            fetch(f"{server}/cgan/training-{kind}.idx", **{"If-None-Match": version})
        assert known.value.code == 304


@pytest.mark.parametrize("name", ["training-worker.js", "training.wasm", "excerpt.png", "judge.safetensors"])
def test_what_a_run_needs_is_sent(server, name):
    with fetch(f"{server}/cgan/{name}") as answer:
        assert len(answer.read()) > 10_000


@pytest.mark.parametrize("name", ["training-secrets.idx", "training-.idx", "training-..%2Fimages.idx"])
def test_nothing_else_is_sent(server, name):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        fetch(f"{server}/cgan/{name}")
    assert refusal.value.code == 404
