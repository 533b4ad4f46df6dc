import numpy as np
import pytest
from playwright.sync_api import expect

from cgan.data import NUM_CLASSES
from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling.sampler import Sampler
from cgan.ui.page import DEFAULT_CHECKPOINT

MIXTURE, PICTURE, MAP = "#mixture canvas", "#blend .cgan-blend-picture", "#blend .cgan-blend-map"
_IS_AT = """([canvas, ...wanted]) => {
  const at = document.querySelector(canvas).dataset.position?.split(" ");
  return at && wanted.every((place, axis) => Math.abs(place - at[axis]) < 0.01);
}"""
CLASSES, SEEDS = np.array([0, 3, 7, 9]), np.array([7, 21, 7, 21])  # that the corners open with


@pytest.fixture(scope="module")
def sampler():
    return Sampler(CHECKPOINTS / DEFAULT_CHECKPOINT)


def weights(**shares):
    result = np.zeros(NUM_CLASSES)
    for name, share in shares.items():
        result[int(name.removeprefix("c"))] = share
    return result


@pytest.fixture(scope="module", params=["page", "server"])
def page(visit_for_all, request):
    page = visit_for_all(renderer=request.param)
    page.open_tab("Mix")
    return page


def test_classes_are_mixed(page, sampler):
    page.expect_cells(MIXTURE, sampler.mix(weights(c0=0.5, c3=0.5), np.arange(7, 16)), columns=3)
    page.find("#mix-weights [data-do=to]").select_option("Bag")
    page.find("#mix-weights [data-do=way]").fill("0.2")
    page.expect_cells(MIXTURE, sampler.mix(weights(c0=0.8, c8=0.2), np.arange(7, 16)), columns=3)
    expect(page.find("#mixture figcaption")).to_have_text("T-shirt/top 80 % · Bag 20 %")
    page.type_number("mix-seed", 100)
    page.find("#mix-weights summary").click()
    page.page.get_by_role("slider", name="Coat").fill("1")
    page.expect_cells(MIXTURE, sampler.mix(weights(c0=0.8, c8=0.2, c4=1), np.arange(100, 109)), columns=3)
    expect(page.find("#mixture figcaption")).to_have_text("Coat 50 % · T-shirt/top 40 % · Bag 10 %")
    for name in ("Coat", "T-shirt/top", "Bag"):
        page.page.get_by_role("slider", name=name, exact=True).fill("0")
    expect(page.find("#mix-weights [role=status]")).to_have_text("All are at zero, so all count the same.")
    page.expect_cells(MIXTURE, sampler.mix(np.zeros(NUM_CLASSES), np.arange(100, 109)), columns=3)


def test_four_garments_are_blended_by_hand_and_by_keys(page, sampler):
    places = np.linspace(0, 1, 7)
    grid = [[x, y] for y in places for x in places]
    page.expect_cells(MAP, sampler.blend(CLASSES, SEEDS, grid), columns=7)

    def expect_position(x, y):
        page.page.wait_for_function(_IS_AT, arg=[PICTURE, x, y])
        shown = page.find(PICTURE).get_attribute("data-position")
        page.expect_cells(
            PICTURE, sampler.blend(CLASSES, SEEDS, [[float(place) for place in shown.split()]]), columns=1
        )

    pad = page.find(".cgan-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    expect_position(0.5, 0.5)
    page.page.mouse.move(box["x"] + box["width"] + 50, box["y"] + 1)  # beyond the edge it stays on it
    page.page.mouse.up()
    expect(page.find(PICTURE)).to_have_attribute("data-position", "1 0", timeout=20_000)
    page.expect_cells(PICTURE, sampler.sample(CLASSES[1:2], SEEDS[1:2]), columns=1)
    pad.press("ArrowLeft")
    pad.press("ArrowDown")
    expect(page.find(PICTURE)).to_have_attribute("data-position", "0.98 0.02", timeout=20_000)
    expect_position(0.98, 0.02)
    expect(page.find("#blend figcaption")).to_contain_text("Dress 96 %")


def test_a_finger_moves_the_handle_and_another_garment_its_corner(visit, sampler):
    page = visit(wide=False)
    page.open_tab("Mix")
    page.page.get_by_label("Corner 1: class").select_option("Bag")
    page.page.get_by_label("Corner 1: seed").fill("33")
    page.find(".cgan-pad").tap(position={"x": 2, "y": 2})
    page.expect_cells(PICTURE, sampler.sample(np.array([8]), np.array([33])), columns=1)
