"""The z that was found in a person's picture, on the other tabs."""

import numpy as np
import pytest
from playwright.sync_api import expect

from cgan.data import CLASS_NAMES, NUM_CLASSES
from cgan.models.checkpoints import resolve
from cgan.sampling.sampler import Sampler
from tests.browser.app_page import largest_difference
from tests.browser.test_export import run_python

BOOT = 93  # of the test images


class Found:
    """A page on which a picture was redrawn, and what its z is in all classes."""

    def __init__(self, page):
        self.page = page
        page.find("#redraw .cgan-inside[data-state=done]").wait_for(timeout=60_000)
        page.find("#onward .cgan-take button").first.wait_for(timeout=60_000)
        self.ten = page.cells("#onward .cgan-ten", NUM_CLASSES, columns=NUM_CLASSES)
        self.class_index = int(page.find("#onward .cgan-altered canvas").get_attribute("data-class"))
        self.garment = self.ten[self.class_index]

    def take(self, words):
        self.page.open_tab("Your picture")
        self.page.find("#onward .cgan-take").get_by_role("button", name=words, exact=True).click()

    def chip(self, tab, seed="seed"):
        return self.page.find(f"#{tab}-{seed}-found .cgan-found")

    def expect_class(self, menu):
        expect(self.page.find(f"#{menu} input")).to_have_value(CLASS_NAMES[self.class_index])

    def expect_first(self, canvas, expected):
        self.page.expect_cells(canvas, expected[None], columns=1)


@pytest.fixture(scope="module", params=["page", "server"])
def found(visit_for_all, request):
    return Found(visit_for_all(renderer=request.param, query=f"?tab=picture&image={BOOT}"))


def test_generate_draws_its_neighbourhood_and_every_class(found, tmp_path):
    found.take("Generate")
    page = found.page
    expect(page.find("#picture")).to_have_attribute("data-seed", "found")
    found.expect_class("class")
    found.expect_first("#picture canvas", found.garment)
    page.expect_cells("#all-classes canvas", found.ten, columns=NUM_CLASSES)
    sheet = run_python(page)["pictures"]
    page.expect_cells("#picture canvas", sheet, columns=4)
    assert 3 < np.abs(sheet[1:].astype(int) - sheet[0]).mean() < 40  # a little changed
    arrays = np.load(page.download("Download NumPy .npz", tmp_path))
    assert "seeds" not in arrays and largest_difference(arrays["images"], sheet) <= page.tolerance
    found.chip("generate").locator("input").fill("0")
    page.expect_cells("#picture canvas", np.stack([found.garment] * 16), columns=4)


def test_a_link_says_that_it_cannot_carry_it_and_the_seed_comes_back(found):
    found.take("Generate")
    page = found.page
    assert "seed" not in page.copied("Copy link")
    expect(page.find("#export-generate")).to_contain_text("A link cannot carry the found z: it shows seed 7")
    found.chip("generate").get_by_role("button", name="Back to the seed").click()
    page.wait_until_painted(found.class_index, 7)
    expect(found.chip("generate")).to_be_hidden()
    expect(page.find("#export-generate")).not_to_contain_text("found z")


def test_a_seed_that_is_chosen_takes_its_place(found):
    found.take("Generate")
    expect(found.page.find("#picture")).to_have_attribute("data-seed", "found")
    found.page.type_number("seed", 12)
    found.page.wait_until_painted(found.class_index, 12)
    expect(found.chip("generate")).to_be_hidden()
    found.page.type_number("seed", 7)


def test_another_checkpoint_knows_nothing_of_it(found):
    found.take("Generate")
    page = found.page
    page.choose("checkpoint", "report-mlp")
    expected = Sampler(resolve("report-mlp")).sample(np.full(16, found.class_index), np.arange(7, 23))
    page.expect_cells("#picture canvas", expected, columns=4)
    expect(found.chip("generate")).to_be_hidden()
    page.choose("checkpoint", "r3gan-conv")
    expect(page.find("#picture")).to_have_attribute("data-seed", "found")
    found.expect_first("#picture canvas", found.garment)


def test_a_walk_begins_and_ends_with_it(found):
    found.take("Interpolate: from")
    page = found.page
    found.expect_class("from-class")
    expect(found.chip("interpolate")).to_be_visible()
    page.type_number("position", 0)
    found.expect_first("#walk .cgan-frame", found.garment)
    expected = run_python(page)["pictures"]
    assert largest_difference(expected[0], found.garment) <= page.tolerance
    page.expect_cells("#walk .cgan-strip", expected[:2], columns=2)
    found.take("Interpolate: to")
    found.expect_class("to-class")
    page.type_number("position", 1)
    found.expect_first("#walk .cgan-frame", found.garment)


def test_it_is_mixed(found):
    found.take("Mix")
    page = found.page
    expect(page.find("#mixture canvas")).to_have_attribute("data-seed", "found")
    expect(page.find("#mixture figcaption")).to_contain_text(f"{CLASS_NAMES[found.class_index]} 50 %")
    page.expect_cells("#mixture canvas", run_python(page)["pictures"], columns=3)


def test_it_moves_along_directions_and_lends_itself_to_other_classes(found):
    found.take("Directions")
    page = found.page
    found.expect_class("directions-class")
    expect(page.find("#moved canvas")).to_have_attribute("data-seed", "found")
    found.expect_first("#moved canvas", found.garment)
    made = run_python(page)
    page.expect_cells("#sheet .cgan-sheet-canvas", made["sheet"], columns=8)
    assert largest_difference(made["sheet"][::8], found.ten) <= page.tolerance
    expect(page.find("#sheet figcaption")).to_contain_text("neighbour 3 of the found z")
