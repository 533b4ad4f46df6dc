"""A checkpoint of other classes beside the garments: menus, pictures, links, and what needs a judge."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from playwright.sync_api import expect

from cgan.data import CLASS_NAMES, NUM_CLASSES
from cgan.evaluation import snapshots
from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling.sampler import Sampler
from cgan.ui.page import DEFAULT_CHECKPOINT
from tests.browser.app_page import AppPage
from tests.browser.conftest import visits
from tests.browser.server import free_port, wait_until_served
from tests.own_pictures import NAMES

OWN = "my-twelve-classes"
ROW = "#all-classes .cgan-stage:nth-of-type({}) canvas"  # of two lines


@pytest.fixture(scope="module")
def own(twelve_run):
    folder = shutil.copytree(twelve_run, CHECKPOINTS / OWN)
    yield Sampler(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def judged(serve, own, twelve_judge):
    with serve("--judge", f"{twelve_judge}") as address:
        yield address


@pytest.fixture
def visit(browser, judged):
    with visits(browser, judged) as visit:
        yield visit


def options(page, name="class"):
    menu = page.find(f"#{name} input")
    menu.click()
    offered = page.find(f"#{name}").get_by_role("option")
    expect(offered.first).to_be_visible()
    found = offered.all_inner_texts()
    page.page.keyboard.press("Escape")
    menu.blur()  # it opens when it gets the focus
    return [text.removeprefix("✓").strip() for text in found]


def expect_sheet(page, sampler, index, seed=7):
    page.expect_cells("#picture canvas", sampler.sample(np.full(16, index), np.arange(seed, seed + 16)), columns=4)


def expect_row(page, sampler, seed=7):
    drawn = sampler.sample(np.arange(len(NAMES)), np.full(len(NAMES), seed))
    for line, of_line in enumerate((drawn[:6], drawn[6:])):
        page.expect_cells(ROW.format(line + 1), of_line, columns=6)
    names = page.find("#all-classes .cgan-class-names span").all_inner_texts()
    assert names == NAMES


@pytest.mark.parametrize("renderer", ["page", "server"])
def test_switching_to_other_classes_and_back_to_the_garments(visit, own, renderer):
    garments = Sampler(CHECKPOINTS / DEFAULT_CHECKPOINT)
    page = visit(renderer=renderer)
    assert options(page) == list(CLASS_NAMES)
    page.choose("class", "Ankle boot")
    expect_sheet(page, garments, 9)
    page.choose("checkpoint", OWN)
    expect_sheet(page, own, 9)
    assert options(page) == NAMES
    expect(page.find("#picture figcaption")).to_contain_text("永, seeds 7 to 22")
    expect_row(page, own)
    page.choose("class", "花")
    expect_sheet(page, own, 11)
    page.choose("checkpoint", DEFAULT_CHECKPOINT)  # which has no twelfth class, so the tab begins anew
    expect_sheet(page, garments, 3)
    expect(page.find("#class input")).to_have_value("Dress")
    assert options(page) == list(CLASS_NAMES)
    row = garments.sample(np.arange(NUM_CLASSES), np.full(NUM_CLASSES, 7))
    page.expect_cells("#all-classes canvas", row, columns=NUM_CLASSES)


def test_every_tab_has_its_classes(visit, own):
    page = visit(query=f"?checkpoint={OWN}&class=10")
    expect_sheet(page, own, 3)
    page.open_tab("Interpolate")
    assert options(page, "to-class") == NAMES
    page.choose("to-class", "花")
    page.expect_cells("#walk .cgan-frame", own.sample(np.array([3]), np.array([7])), columns=1)
    page.type_number("position", 1)
    page.expect_cells("#walk .cgan-frame", own.sample(np.array([11]), np.array([21])), columns=1)
    page.open_tab("Mix")
    assert page.find("#mix-weights [data-do=to] option").all_inner_texts() == NAMES
    page.find("#mix-weights [data-do=to]").select_option("花")
    weights = np.zeros(len(NAMES))
    weights[[0, 11]] = 0.5
    page.expect_cells("#mixture canvas", own.mix(weights, np.arange(7, 16)), columns=3)
    page.find("#blend .cgan-corners select").first.select_option("火")
    corner = own.blend(np.array([10, 3, 7, 9]), np.array([7, 21, 7, 21]), [[0, 0]])
    page.find(".cgan-pad").click(position={"x": 3, "y": 3})
    page.expect_cells("#blend .cgan-blend-picture", corner, columns=1)
    page.open_tab("Directions")
    sheet = own.sample(np.arange(len(NAMES)).repeat(8), np.tile(np.arange(7, 15), len(NAMES)))
    page.expect_cells("#sheet .cgan-sheet-canvas", sheet, columns=8)
    expect(page.find("#directions [role=status]")).to_contain_text(f"python -m cgan.directions --checkpoint {OWN}")
    page.open_tab("Watch it learn")
    last = [*snapshots.snapshots(CHECKPOINTS / OWN).values()][-1]
    rows = snapshots.load_pictures(last, len(NAMES)).reshape(len(NAMES), 4, 28, 28).swapaxes(0, 1)
    for line in (0, 1):
        drawn = rows[:, 6 * line : 6 * line + 6].reshape(-1, 28, 28)
        canvas = f"#watch figure:nth-of-type(2) .cgan-stage:nth-of-type({line + 1}) canvas"
        page.expect_cells(canvas, drawn, columns=6)
    assert page.find("#watch figure:nth-of-type(1) canvas").count() == 1  # the report's garments
    command = f"python -m cgan.timeline --checkpoint {OWN} --data PATH --judge DIR"
    expect(page.find("#watch .cgan-chart").last).to_contain_text(command)
    page.problems[:] = [line for line in page.problems if "404" not in line]  # it has no directions yet


def test_what_needs_a_judge_has_it(visit):
    page = visit(query=f"?tab=inside&network=judge&checkpoint={OWN}&class=%E8%8A%B1", renderer="server")
    expect(page.find("#saliency [data-state=done]")).to_be_visible(timeout=60_000)
    bars = page.find("#inside-picture .cgan-bars li").all_inner_texts()
    assert len(bars) == 5 and all(bar.splitlines()[0] in NAMES for bar in bars)
    page.open_tab("How good?")
    expect(page.find("#quality")).to_contain_text("--data PATH --judge DIR")
    page.open_tab("Is it copying?")
    expect(page.find("#copying [data-state=done]")).to_be_visible(timeout=60_000)
    page.open_tab("What D thinks")
    expect(page.find("#scores [data-state=done]")).to_contain_text("of the real and", timeout=60_000)
    page.open_tab("Your picture")
    expect(page.find("#redraw [data-state=done]")).to_be_visible(timeout=90_000)
    expect(page.find("#onward .cgan-class-names span")).to_have_text(NAMES)
    page.problems[:] = [line for line in page.problems if "404" not in line]  # it has no directions yet


def test_without_a_judge_the_tabs_say_which_command_makes_it(browser, server, own):
    with visits(browser, server) as visit:
        page = visit(query=f"?tab=inside&network=judge&checkpoint={OWN}", renderer="server")
        make = "python -m cgan.classifier --data PATH --out DIR"
        expect(page.find("#inside-picture figcaption")).to_contain_text(make, timeout=60_000)
        page.open_tab("How good?")
        expect(page.find("#quality")).to_contain_text(make)
        page.open_tab("Is it copying?")
        expect(page.find("#copying figcaption")).to_contain_text(make, timeout=60_000)
        page.open_tab("What D thinks")
        expect(page.find("#scores [data-state=done]")).to_contain_text("of the generated ones", timeout=60_000)


def test_a_link_of_a_garment_says_that_there_is_none(visit, own):
    page = visit(query=f"?checkpoint={OWN}&class=ankle-boot", renderer="server")
    expect(page.find("#link-note")).to_contain_text("ankle-boot")
    expect_sheet(page, own, 3)
    page.choose("class", "火")
    expect_sheet(page, own, 10)
    assert page.copied("Copy link").endswith(f"/?checkpoint={OWN}&class=%E7%81%AB")


def test_the_site_without_a_server_has_them_too(browser, own, tmp_path, run_command):
    finished = run_command("-m", "cgan.ui.site", tmp_path / "site", "--checkpoint", OWN)
    assert finished.returncode == 0, finished.stderr
    port = free_port()
    command = [sys.executable, "-m", "http.server", f"{port}", "--bind", "127.0.0.1"]
    process = subprocess.Popen(command, cwd=tmp_path / "site")
    try:
        wait_until_served(f"http://127.0.0.1:{port}", process)
        page = AppPage(browser, f"http://127.0.0.1:{port}/", wide=False, language="zh-CN")
        page.find("#checkpoint select").select_option(OWN)
        expect_sheet(page, own, 3)
        expect_row(page, own)
        assert page.find("#class option").all_inner_texts() == NAMES
        page.find("#class select").select_option("花")
        expect_sheet(page, own, 11)
        page.find("#checkpoint select").select_option(DEFAULT_CHECKPOINT)
        expect(page.find("#class select")).to_have_value("3")
        expect_sheet(page, Sampler(CHECKPOINTS / DEFAULT_CHECKPOINT), 3)
        page.close()
        assert page.problems == [] and page.outside == []
    finally:
        process.terminate()
