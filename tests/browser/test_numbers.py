"""Number fields: whatever a person does to one, field, slider, picture and link say the same."""

import numpy as np
import pytest
from playwright.sync_api import expect

from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling.sampler import Sampler
from cgan.ui.page import DEFAULT_CHECKPOINT

PICTURE = "#picture canvas"
BEYOND_SLIDER, LAST = 123_456, 2**32 - 1


@pytest.fixture(scope="module")
def sampler():
    return Sampler(CHECKPOINTS / DEFAULT_CHECKPOINT)


@pytest.fixture(scope="module")
def page(visit_for_all):
    """A page that each test leaves on the tab "Generate", with 16 pictures."""
    return visit_for_all()


def expect_number(page, name, value, slider=None):
    expect(page.find(f"#{name} input[type=number]")).to_have_value(f"{value}")
    expect(page.find(f"#{name} input[type=range]")).to_have_value(f"{value if slider is None else slider}")


def test_a_field_that_was_cleared_says_what_is_drawn(page):
    page.type_number("seed", 100)
    page.wait_until_painted(3, 100)
    page.find("#seed input[type=number]").fill("")
    assert page.value("seed") == 100  # the slider has not jumped
    page.page.keyboard.press("Tab")
    expect_number(page, "seed", 100)
    assert page.painted() == (3, 100)
    assert "seed=100" in page.copied("Copy link")


@pytest.mark.parametrize(("name", "typed", "says"), [("seed", 12.7, 13), ("count", 2.4, 2), ("count", 99, 64)])
def test_a_field_says_the_number_that_is_drawn(page, name, typed, says):
    page.type_number(name, typed)
    expect_number(page, name, says)
    page.page.wait_for_function(f"document.querySelector({PICTURE!r}).ariaLabel.includes('seed')")
    assert f"{name}={says}" in page.copied("Copy link")
    page.type_number("count", 16)


def test_a_field_takes_seeds_beyond_its_slider(page, sampler):
    page.type_number("seed", BEYOND_SLIDER)
    expect_number(page, "seed", BEYOND_SLIDER, slider=9999)
    page.expect_cells(PICTURE, sampler.sample(np.full(16, 3), np.arange(BEYOND_SLIDER, BEYOND_SLIDER + 16)), columns=4)
    page.find("#seed input[type=number]").press("ArrowUp")
    page.wait_until_painted(3, BEYOND_SLIDER + 1)
    page.open_tab("Interpolate")
    expect_number(page, "from-seed", BEYOND_SLIDER + 1, slider=9999)
    page.open_tab("Generate")


@pytest.mark.parametrize("renderer", ["page", "server"])
def test_a_link_has_every_seed_that_there_is(visit, sampler, renderer):
    page = visit(query=f"?class=ankle-boot&seed={LAST}&count=1", renderer=renderer)
    page.expect_cells(PICTURE, sampler.sample(["短靴"], [LAST]), columns=1)
    expect_number(page, "seed", LAST, slider=9999)
    page.type_number("count", 2)
    expect(page.find("#picture .cgan-mark")).to_contain_text(f"{LAST} to {LAST + 1} wanted; allowed: 0 to {LAST}")


def test_the_server_computes_for_seeds_beyond_the_slider(visit_served):
    page = visit_served(query=f"?tab=how-good&evidence=copying&seed={BEYOND_SLIDER}")
    expect(page.find("#copying")).to_contain_text(f"{BEYOND_SLIDER}", timeout=60_000)
    page.type_number("copying-seed", LAST)
    expect(page.find("#copying")).to_contain_text(f"{LAST}", timeout=60_000)


def test_a_corners_seed_says_what_is_drawn(page):
    page.open_tab("Mix")
    field = page.find(".cgan-corners input[type=number]").first
    for typed, says in (("", "7"), ("12.7", "13"), (f"{LAST}", f"{LAST}")):
        field.fill(typed)
        page.page.keyboard.press("Tab")
        expect(field).to_have_value(says)
