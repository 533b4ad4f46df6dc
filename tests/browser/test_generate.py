import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from cgan.data import NUM_CLASSES
from cgan.models import checkpoints
from cgan.sampling.sampler import Sampler
from cgan.ui.page import DEFAULT_CHECKPOINT
from tests.browser.app_page import DESKTOP, TOLERANCE, largest_difference

PICTURE, ALL_CLASSES = "#picture canvas", "#all-classes canvas"


@pytest.fixture(scope="module")
def sampler():
    return Sampler(checkpoints.CHECKPOINTS / DEFAULT_CHECKPOINT)


@pytest.fixture(scope="module", params=["page", "server"])
def page(visit_for_all, request):
    return visit_for_all(renderer=request.param)


def test_pictures_are_there_before_anyone_touches_anything(page, sampler):
    assert page.painted() == (3, 7)
    page.expect_cells(PICTURE, sampler.sample(np.full(16, 3), np.arange(7, 23)), columns=4)
    page.expect_cells(ALL_CLASSES, sampler.sample(np.arange(NUM_CLASSES), np.full(NUM_CLASSES, 7)), columns=NUM_CLASSES)


def test_pictures_follow_a_drag_and_end_on_its_last_value(page, sampler):
    page.record("#picture", "data-seed")
    page.slide("seed", 0.8, steps=120)
    last = int(page.value("seed"))
    assert last > 6000
    page.wait_until_painted(3, last)
    page.page.wait_for_timeout(300)  # nothing older may come in late
    assert page.painted() == (3, last)
    page.expect_cells(PICTURE, sampler.sample(np.full(16, 3), np.arange(last, last + 16)), columns=4)
    assert len(set(page.recorded())) > 3  # it followed, not only at the end
    described = f"seeds {last} to {last + 15}"
    expect(page.find("#picture figcaption")).to_contain_text(described)
    assert described in page.find(PICTURE).get_attribute("aria-label")


def test_a_number_may_be_typed_letter_by_letter(page, sampler):
    field = page.find("#seed input[type=number]")
    field.click()
    for key in ("Control+a", *"12345"):
        page.page.keyboard.press(key)
        page.page.wait_for_timeout(50)
    page.wait_until_painted(3, 12345)
    for key in ("Control+a", *"42"):
        page.page.keyboard.press(key)
        page.page.wait_for_timeout(50)
    page.wait_until_painted(3, 42)
    page.expect_cells(PICTURE, sampler.sample(np.full(16, 3), np.arange(42, 58)), columns=4)
    assert page.find(".toast-body").count() == 0


def test_class_truncation_and_count(page, sampler):
    page.type_number("seed", 7)
    page.choose("class", "Sneaker")
    page.wait_until_painted(7, 7)
    page.type_number("count", 5)
    page.expect_cells(PICTURE, sampler.sample(np.full(5, 7), np.arange(7, 12)), columns=3)
    page.type_number("truncation", 0.5)
    page.expect_cells(PICTURE, sampler.sample(np.full(5, 7), np.arange(7, 12), truncation=0.5), columns=3)
    page.expect_cells(
        ALL_CLASSES,
        sampler.sample(np.arange(NUM_CLASSES), np.full(NUM_CLASSES, 7), truncation=0.5),
        columns=NUM_CLASSES,
    )


@pytest.fixture(scope="module")
def opened(visit_for_all):
    return visit_for_all()


@pytest.fixture
def first(opened):
    """A page that shows what it showed at first."""
    opened.page.set_viewport_size(DESKTOP)
    opened.page.mouse.wheel(0, -1000)
    opened.type_number("count", 16)
    opened.type_number("seed", 7)
    opened.wait_until_painted(3, 7)
    opened.wait_until_count(16)
    return opened


def test_arrow_keys_number_field_and_dice_change_the_seed(first):
    page = first
    slider = page.find("#seed input[type=range]")
    slider.focus()
    for _ in range(5):
        page.page.keyboard.press("ArrowRight")
    page.wait_until_painted(3, 12)
    page.page.keyboard.press("ArrowLeft")
    page.wait_until_painted(3, 11)

    page.type_number("seed", 4321)
    page.wait_until_painted(3, 4321)

    page.find("#seed-dice").click()
    page.page.wait_for_function("document.querySelector('#picture').dataset.seed !== '4321'")
    page.wait_until_painted(3, int(page.value("seed")))


def test_the_keyboard_alone_reaches_and_moves_everything(visit):
    page = visit()
    reached = set()
    for _ in range(40):
        page.page.keyboard.press("Tab")
        reached.add(
            page.page.evaluate("document.activeElement.closest('[id]:not([id^=range]):not([id^=html])')?.id ?? ''")
        )
    assert {"checkpoint", "class", "seed", "seed-dice", "truncation", "count", "export-generate"} <= reached
    page.find("#class input").focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.page.keyboard.press(key)
    page.page.wait_for_function("document.querySelector('#picture').dataset.class !== '3'")


def test_each_grey_level_is_a_crisp_square(first):
    page = first
    canvas = page.find(PICTURE)
    assert canvas.evaluate("(canvas) => getComputedStyle(canvas).imageRendering") == "pixelated"
    for count, height in ((16, 900), (64, 900), (16, 640), (1, 640)):
        page.page.set_viewport_size({"width": 1280, "height": height})
        page.type_number("count", count)
        page.wait_until_count(count)
        scale = canvas.evaluate("(canvas) => canvas.getBoundingClientRect().width / canvas.width")
        assert scale == round(scale) and scale >= 2, (count, height)


@pytest.mark.parametrize(
    ("height", "columns", "scale"), [(900, 4, 4), (720, 6, 3), (640, 8, 3)], ids=["tall", "usual", "low"]
)
def test_a_low_window_has_more_columns_so_that_pictures_stay_large(visit, sampler, height, columns, scale):
    page = visit()
    page.page.set_viewport_size({"width": 1280, "height": height})
    page.page.reload()
    page.wait_for_renderer("page")
    page.expect_cells(PICTURE, sampler.sample(np.full(16, 3), np.arange(7, 23)), columns=columns)
    size = page.find(PICTURE).evaluate("(canvas) => canvas.getBoundingClientRect().width / canvas.width")
    assert size == scale


def test_the_wheel_over_a_seed_scrolls_the_page(first):
    page = first
    page.page.set_viewport_size({"width": 1280, "height": 500})
    field = page.find("#seed input[type=number]")
    field.click()
    page.page.mouse.wheel(0, 200)
    page.page.wait_for_function("window.scrollY > 0")
    assert field.input_value() == "7" and page.painted() == (3, 7)


def test_downloaded_png_is_the_pictures_enlarged(first, sampler, tmp_path):
    page = first
    path = page.download("Download PNG", tmp_path)
    assert path.name == f"{DEFAULT_CHECKPOINT}-dress-seed-7-count-16.png"
    pixels = np.array(Image.open(path))
    assert pixels.shape == (115 * 8, 115 * 8, 4)
    small = pixels[4::8, 4::8, 0]
    first, last = sampler.sample(np.array([3, 3]), np.array([7, 22]))
    assert largest_difference(small[:28, :28], first) <= TOLERANCE
    assert largest_difference(small[-28:, -28:], last) <= TOLERANCE


def test_a_run_appears_while_it_trains_and_choosing_it_again_shows_its_newest_state(visit, own_run):
    page = visit()
    own_run.copy_weights("generator-raw.safetensors")
    page.choose("checkpoint", own_run.folder.name)
    page.expect_cells(PICTURE, Sampler(own_run.folder).sample(np.full(16, 3), np.arange(7, 23)), columns=4)

    own_run.copy_weights("model.safetensors")
    page.choose("checkpoint", own_run.folder.name)
    page.expect_cells(PICTURE, Sampler(own_run.folder).sample(np.full(16, 3), np.arange(7, 23)), columns=4)
