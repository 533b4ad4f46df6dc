"""The tab "Train" learns from a folder of a person's own pictures, chosen or dropped; then its generator is used."""

import shutil

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from cgan.data import NUM_CLASSES
from cgan.data.dataset import load_own
from tests.browser.test_train import READY, SECONDS, A, Training
from tests.own_pictures import NAMES, write_folders

LINES = [NAMES[:6], NAMES[6:]]  # of a sheet
SEEDS = np.arange(4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Twelve classes, a file that is no picture, and one that is hidden."""
    folder = write_folders(tmp_path_factory.mktemp("given") / "pictures")
    (folder / "C++" / "notes.txt").write_text("no picture")
    (folder / "C++" / ".hidden.png").write_text("no picture")
    return folder


@pytest.fixture(scope="module")
def opened(visit_for_all):
    return visit_for_all(renderer="server", query="?tab=train&run-b=off")


@pytest.fixture
def page(opened):
    """The tab with a run that can begin."""
    Training(opened)
    return opened


def choose(page, folder):
    page.find("input[webkitdirectory]").set_input_files(folder)


def expect_learning(page):
    """The summary of `folder`, and a run that can begin."""
    about = page.find(".cgan-train-own")
    expect(about).to_contain_text("12 classes, 288 training images", timeout=SECONDS)
    expect(about).to_contain_text("Skipped 1, such as pictures/C++/notes.txt: No picture")
    expect(page.find(f"{A} .cgan-class-names span")).to_have_text(NAMES, timeout=SECONDS)
    page.find(READY).wait_for(timeout=SECONDS)


def step(page):
    page.find("[data-do=step]").click()
    expect(page.find(A)).to_have_attribute("data-images", "64", timeout=SECONDS)


def expect_sheet(page, sampler):
    for line, names in enumerate(LINES):
        classes = np.tile([NAMES.index(name) for name in names], len(SEEDS))
        pictures = sampler.sample(classes, SEEDS.repeat(len(names)))
        page.expect_cells(f"{A} .cgan-stage:nth-of-type({line + 1}) canvas", pictures, columns=len(names))


def test_a_chosen_folder_is_learned_from_and_used(page, folder, tmp_path, run_command):
    choose(page, folder)
    expect_learning(page)
    summary = load_own(folder).summary  # "... (for training: 2 24, ...); skipped 1, ..."
    assert summary.split("training: ")[1].split(")")[0] in page.find(".cgan-train-own").inner_text()
    expect(page.find(f"{A} .cgan-train-facts dt")).to_have_count(2)  # no accuracy
    expect(page.find(".cgan-train-accuracy")).to_be_hidden()
    step(page)
    sampler = Training(page).save("#train-save", tmp_path)
    expect_sheet(page, sampler)
    assert sampler.classes.names == tuple(NAMES) and sampler.classes.images == 288

    saved = tmp_path / "my-first-clothes-64"
    finished = run_command(
        *("-m", "cgan.sampling", "--checkpoint", saved, "--class", "永", "--seed", 7, "--count", 16),
        *("--out", tmp_path / "grid.png"),
    )
    assert finished.returncode == 0 and Image.open(tmp_path / "grid.png").size > (100, 100), finished.stderr
    flags = ["--data", folder, "--start-from", saved, "--steps", 1, "--out", tmp_path / "further"]
    finished = run_command("train.py", *flags)
    assert finished.returncode == 0, finished.stderr

    page.find("#train-use").click()
    expect(page.find("#checkpoint input")).to_have_value("trained here")
    assert "training-images" not in page.copied("Copy link")
    page.open_tab("Generate")
    page.choose("class", "永")
    page.expect_cells("#picture canvas", sampler.sample(np.full(16, 9), np.arange(7, 23)), columns=4)
    expect(page.find("#all-classes .cgan-class-names span")).to_have_text(NAMES)
    page.open_tab("Train")


def test_its_pictures_are_those_of_train_py(page, folder):
    choose(page, folder)
    expect_learning(page)
    page.find("#train-inspect").click()
    expect(page.find(".cgan-train-inside h3")).to_contain_text("step", timeout=SECONDS)
    line = page.find(".cgan-train-line:has(pre:has-text('next(batches)'))")
    names = line.locator(".cgan-names span").all_inner_texts()
    images, labels = load_own(folder).load("train")
    for name, picture in zip(names, page.cells("[aria-label='Real images of the batch']", 5, columns=5), strict=True):
        theirs = images[labels == NAMES.index(name)].astype(int)
        assert np.abs(theirs - picture).mean((1, 2)).min() < 3  # grey levels: browser and Pillow scale differently


def test_a_dropped_folder_is_learned_from_until_the_garments_are_chosen(page, folder):
    page.find("[data-do=images]").select_option("6000")
    expect(page.find(f"{A} .cgan-class-names span")).to_have_count(NUM_CLASSES, timeout=SECONDS)
    box = page.find(".cgan-train .cgan-sticky").bounding_box()
    devtools = page.context.new_cdp_session(page.page)
    for kind in ("dragEnter", "dragOver", "drop"):
        data = {"items": [], "files": [f"{folder}"], "dragOperationsMask": 1}
        where = {"x": box["x"] + 5, "y": box["y"] + 5}
        devtools.send("Input.dispatchDragEvent", {"type": kind, "data": data, **where})
    expect_learning(page)
    page.find("[data-do=images]").select_option("6000")
    expect(page.find(f"{A} .cgan-class-names span")).to_have_count(NUM_CLASSES, timeout=SECONDS)
    expect(page.find(".cgan-train-own")).to_be_hidden()
    expect(page.find(".cgan-train-accuracy")).to_be_visible()


def change(folder, tmp_path, names):
    """A copy with other folders: names, by those that they have in `folder`."""
    for old, new in names.items():
        shutil.copytree(folder / old, tmp_path / "other" / new)
    return tmp_path / "other"


@pytest.mark.parametrize(
    ("names", "line"),
    [
        ({"A": "A"}, "Classes there: 1; allowed: 2 to 100"),
        ({"A": "A", "big B": "a"}, "Two classes have the same name"),
        ({"A": ".A", "big B": "_B"}, "No pictures in subfolders there"),
        ({"A": "A", "big B": "B" * 61}, "is no name of a class: 1 to 60 printable characters."),
        ({"A": "A", "big B": "B", "C": "C/C"}, None),  # at any depth
    ],
)
def test_what_cannot_be_learned_from_is_said_in_a_line(page, folder, tmp_path, names, line):
    choose(page, change(folder, tmp_path, names))
    if line:
        expect(page.find(".cgan-train-note")).to_contain_text(line, timeout=SECONDS)
        expect(page.find(".cgan-train-own")).to_be_hidden()  # it learns from what it learned from
    else:
        expect(page.find(".cgan-train-own")).to_contain_text("3 classes, 72 training images", timeout=SECONDS)


def test_too_few_pictures_of_a_class(page, tmp_path):
    choose(page, write_folders(tmp_path / "few", per_class=9))
    expected = "Too few pictures of the class 2: 9; allowed: 10 or more."
    expect(page.find(".cgan-train-note")).to_contain_text(expected, timeout=SECONDS)
