import numpy as np
import pytest
from playwright.sync_api import expect

from cgan.data import CLASS_NAMES, NUM_CLASSES
from cgan.explain.directions import load_directions
from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling.latents import latents, one_hot
from cgan.sampling.sampler import Sampler
from cgan.ui.page import DEFAULT_CHECKPOINT

FOLDER = CHECKPOINTS / DEFAULT_CHECKPOINT
MOVED, SHEET, TRIPLE = "#moved canvas", "#sheet .cgan-sheet-canvas", "#sheet .cgan-triple"


@pytest.fixture(scope="module")
def sampler():
    return Sampler(FOLDER)


@pytest.fixture(scope="module", params=["page", "server"])
def page(visit_for_all, request):
    page = visit_for_all(renderer=request.param)
    page.open_tab("Directions")
    return page


def moved(sampler, class_index, seed, scope, sigmas):
    """The pictures by the formula: z + sigma times direction."""
    z = latents(np.array([seed]), sampler.latent_dim) + np.array(sigmas) @ load_directions(FOLDER).vectors(scope)
    return sampler.draw(z.astype(np.float32), one_hot(np.full(len(z), class_index), NUM_CLASSES))


def test_a_cell_has_the_class_of_its_row_and_the_z_of_its_column(page, sampler):
    seeds = np.tile(np.arange(7, 15), NUM_CLASSES)
    sheet = sampler.sample(np.arange(NUM_CLASSES).repeat(8), seeds)
    page.expect_cells(SHEET, sheet, columns=8)
    cells = page.find(".cgan-cells")
    cells.scroll_into_view_if_needed()
    box = cells.bounding_box()
    page.page.mouse.click(box["x"] + box["width"] * 2.5 / 8, box["y"] + box["height"] * 8.5 / NUM_CLASSES)
    cells.press("ArrowRight")
    expect(page.find(TRIPLE)).to_have_attribute("data-seed", "10")
    expect(page.find(TRIPLE)).to_have_attribute("data-class", f"{CLASS_NAMES.index('Bag')}")
    shown = page.cells(TRIPLE, 3, columns=3, gap=4)
    expected = sampler.sample(np.array([8, 3, 8]), np.array([7, 10, 10]))
    assert np.abs(shown.astype(int) - expected).max() <= page.tolerance


def test_the_names_come_with_what_was_measured(page):
    page.page.get_by_text("Where the names come from").click()
    lines = page.find("#directions tbody tr")
    expect(lines).to_have_count(6)
    direction = load_directions(FOLDER).scopes["3"][0]
    assert f"{100 * direction.share:.1f} %" in lines.first.inner_text()


def test_sliders_move_the_picture_along_directions(page, sampler):
    first = np.zeros((7, 6))
    first[:, 0] = np.arange(-3, 4)
    strip = "#directions .cgan-slider:first-child canvas"
    page.find(strip).wait_for()
    page.expect_cells(strip, moved(sampler, 3, 7, "3", first), columns=7)
    page.find("#directions input[type=range]").nth(0).fill("-1.5")
    page.find("#directions input[type=range]").nth(2).fill("2")
    sigmas = [-1.5, 0, 2, 0, 0, 0]
    page.expect_cells(MOVED, moved(sampler, 3, 7, "3", [[0] * 6, sigmas]), columns=2)
    expect(page.find("#moved figcaption")).to_contain_text("−1.5 σ")
    page.page.get_by_role("radio", name="all classes").check()
    page.type_number("directions-seed", 50)
    page.find("#directions input[type=range]").nth(1).fill("3")
    page.expect_cells(MOVED, moved(sampler, 3, 50, "all", [[0] * 6, [0, 3, 0, 0, 0, 0]]), columns=2)
    page.page.get_by_role("button", name="All back to 0").click()
    page.expect_cells(MOVED, sampler.sample(np.array([3, 3]), np.array([50, 50])), columns=2)


def test_a_checkpoint_without_directions_says_how_to_make_them(visit):
    page = visit(renderer="server")
    page.page.route("**/directions.json", lambda route: route.fulfill(status=204))
    page.open_tab("Directions")
    expect(page.find("#directions [role=status]")).to_contain_text("python -m cgan.directions --checkpoint")
    expect(page.find("#directions input")).to_have_count(0)
