"""What can be exported: files that other programs read, and Python that draws the same pictures."""

import base64
import io
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageSequence

from cgan.data import NUM_CLASSES
from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler
from cgan.ui import figures
from cgan.ui.page import DEFAULT_CHECKPOINT
from tests.browser.app_page import TOLERANCE, largest_difference


@pytest.fixture(scope="module")
def sampler():
    return Sampler(CHECKPOINTS / DEFAULT_CHECKPOINT)


def run_python(page):
    """What the lines that a page gives for its pictures leave behind when they are run."""
    page.open_menu()
    code = page.copied("Copy code")
    assert code.strip() == page.find(".cgan-menu pre:visible").inner_text().strip()
    namespace = {}
    exec(code, namespace)
    return namespace


@pytest.mark.parametrize("renderer", ["page", "server"])
def test_a_sheet_as_numbers(visit, sampler, tmp_path, renderer):
    page = visit(query="?class=bag&seed=100&count=5&truncation=0.5", renderer=renderer)
    expected = sampler.sample(np.full(5, 8), np.arange(100, 105), truncation=0.5)
    page.expect_cells("#picture canvas", expected, columns=3)
    path = page.download("Download NumPy .npz", tmp_path)
    assert path.name == f"{DEFAULT_CHECKPOINT}-bag-seed-100-count-5.npz" and zipfile.ZipFile(path).testzip() is None
    arrays = np.load(path)
    assert arrays["images"].dtype == np.uint8 and largest_difference(arrays["images"], expected) <= page.tolerance
    assert arrays["labels"].tolist() == [8] * 5 and arrays["seeds"].tolist() == [*range(100, 105)]
    z = latents.latents(np.arange(100, 105), sampler.latent_dim, 0.5)
    np.testing.assert_allclose(arrays["z"], z, rtol=1e-6, atol=1e-6)
    drawn_again = sampler.draw(arrays["z"], latents.one_hot(arrays["labels"], NUM_CLASSES))
    assert largest_difference(drawn_again, expected) <= 1


def test_a_sheet_pixel_by_pixel(visit, sampler, tmp_path):
    page = visit()
    pixels = np.array(Image.open(page.download("Download PNG, 1 pixel each", tmp_path)))
    assert pixels.shape == (115, 115, 4)
    first = sampler.sample(np.array([3]), np.array([7]))[0]
    assert largest_difference(pixels[:28, :28, 0], first) <= TOLERANCE


@pytest.mark.parametrize("renderer", ["page", "server"])
def test_the_python_for_a_sheet_draws_it(visit, renderer):
    page = visit(query="?checkpoint=report-mlp&class=coat&seed=9&count=4&truncation=0.7", renderer=renderer)
    pictures = Sampler(CHECKPOINTS / "report-mlp").sample(np.full(4, 4), np.arange(9, 13), truncation=0.7)
    page.expect_cells("#picture canvas", pictures, columns=2)
    np.testing.assert_array_equal(run_python(page)["pictures"], pictures)


def test_the_python_follows_what_is_shown(visit):
    page = visit()
    page.open_menu()
    page.type_number("seed", 500)
    page.page.get_by_text("np.arange(500, 516)").wait_for()


def test_a_walk_as_animation_and_as_numbers(visit, sampler, tmp_path):
    page = visit(query="?tab=interpolate&frames=6&path=lerp")
    walk = sampler.walk((7, 9), (7, 21), 6, "lerp")
    page.expect_cells("#walk .cgan-strip", walk, columns=6)
    with Image.open(page.download("Download WebP", tmp_path)) as webp:
        frames = [np.array(image.convert("L")) for image in ImageSequence.Iterator(webp)]
        assert webp.info["loop"] == 0
    assert len(frames) == 10
    there_and_back = np.concatenate([walk, walk[-2:0:-1]])
    for frame, expected in zip(frames, there_and_back, strict=True):
        assert largest_difference(frame[::8, ::8], expected) <= page.tolerance
    arrays = np.load(page.download("Download NumPy .npz", tmp_path))
    assert largest_difference(arrays["images"], walk) <= page.tolerance
    np.testing.assert_allclose(arrays["positions"], np.linspace(0, 1, 6), atol=1e-6)
    assert largest_difference(sampler.draw(arrays["z"], arrays["class_weights"]), walk) <= 1
    strip = np.array(Image.open(page.download("Download PNG strip, 1 pixel each", tmp_path)))
    assert largest_difference(strip[:, :, 0], np.concatenate(walk, axis=1)) <= page.tolerance


def test_the_python_for_a_walk_draws_it(visit):
    page = visit(query="?tab=interpolate&class=bag&seed=3&to-seed=4&frames=5&position=0.37")
    page.page.locator("#walk .cgan-frame[data-position='0.37']").wait_for()
    made = run_python(page)
    page.expect_cells("#walk .cgan-strip", made["pictures"], columns=5)
    page.expect_cells("#walk .cgan-frame", made["picture"][None], columns=1)


def test_the_python_for_a_mixture_and_a_blend_draws_them(visit, tmp_path):
    page = visit(query="?tab=mix&seed=40&weights=0,0.5,0,1,0,0,0,0.25,0,0&corners=8,1,3,2,4,3,9,4&place=0.3,0.8")
    page.page.locator("#blend .cgan-blend-picture[data-position='0.3 0.8']").wait_for()
    made = run_python(page)
    page.expect_cells("#mixture canvas", made["pictures"], columns=3)
    page.expect_cells("#blend .cgan-blend-picture", made["picture"][None], columns=1)
    pixels = np.array(Image.open(page.download("Download PNG of the mixture", tmp_path)))
    assert largest_difference(pixels[: 8 * 28 : 8, : 8 * 28 : 8, 0], made["pictures"][0]) <= page.tolerance


def test_the_python_for_a_move_and_for_the_sheet_draws_them(visit, tmp_path):
    page = visit(query="?tab=directions&class=coat&seed=40&sigmas=0,-2,0,0.5,0,0")
    page.page.locator("#moved canvas[data-sigmas='0 -2 0 0.5 0 0']").wait_for()
    made = run_python(page)
    page.expect_cells("#moved canvas", made["pictures"], columns=2)
    page.expect_cells("#sheet .cgan-sheet-canvas", made["sheet"], columns=8)
    pixels = np.array(Image.open(page.download("Download PNG, before and after", tmp_path)))
    assert largest_difference(pixels[: 8 * 28 : 8, -8 * 28 :: 8, 0], made["pictures"][1]) <= page.tolerance


@pytest.mark.parametrize("network", ["judge", "discriminator"])
def test_the_python_for_a_saliency_map_makes_it(visit, network):
    page = visit(query=f"?tab=inside&class=coat&seed=12&network={network}")
    page.find("#saliency .cgan-inside[data-state=done]").wait_for(timeout=60_000)
    source = page.find("#saliency img").first.get_attribute("src")  # the chosen network's row is the first
    shown = np.array(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))))
    made = figures.heat(run_python(page)["gradient"][0])
    assert np.abs(shown.astype(int) - made).mean() < 1


def test_where_a_page_may_not_use_the_clipboard_copying_still_works(visit, server):
    page = visit(query="?seed=8")
    page.wait_until_painted(3, 8)
    page.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.page.evaluate("document.addEventListener('copy', ({ target }) => (window.taken = target.value))")
    page.page.get_by_role("button", name="Copy link").click()
    page.page.get_by_role("button", name="Copied").wait_for()
    assert page.page.evaluate("taken") == f"{server}/?seed=8"


def test_a_download_that_fails_says_why(visit, tmp_path):
    page = visit(query="?tab=interpolate")
    page.find("#walk .cgan-mark[data-renderer=page]").wait_for()
    page.page.route("**/cgan/animation.webp", lambda route: route.abort())
    page.open_menu()
    page.page.get_by_role("button", name="Download WebP").click()
    page.page.get_by_text("That did not work").wait_for()
    page.problems.clear()  # the browser's own complaint
