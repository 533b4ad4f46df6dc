import re
from itertools import product

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from cgan.data import NUM_CLASSES, examples
from cgan.models.checkpoints import resolve
from cgan.sampling.sampler import Sampler
from tests.browser.app_page import DESKTOP, PHONE, TOLERANCE, largest_difference

SECONDS = 60_000


class Picture:
    """The tab, opened, with its first picture redrawn."""

    def __init__(self, page, tab="Your picture"):
        self.page = page
        page.open_tab(tab)
        self.wait()

    @property
    def figure(self):
        return self.page.find("#redraw .cgan-inside")

    def wait(self, state="done"):
        expect(self.figure).to_have_attribute("data-state", state, timeout=SECONDS)
        expect(self.page.find("#onward figure")).to_have_attribute("data-seed", re.compile(r"\d+"), timeout=SECONDS)

    def after(self, act):
        """What the network sees after something was done, and its redrawing is there."""
        before = self.figure.locator("img").first.get_attribute("src")
        act()
        expect(self.figure.locator("img").first).not_to_have_attribute("src", before, timeout=SECONDS)
        self.wait()
        return self.seen()

    def seen(self):
        source = self.figure.locator("img").first.get_attribute("src")
        levels = self.page.page.evaluate(
            """async (source) => {
              const image = await createImageBitmap(await (await fetch(source)).blob());
              const context = new OffscreenCanvas(28, 28).getContext("2d", {willReadFrequently: true});
              context.drawImage(image, 0, 0);
              return Array.from(context.getImageData(0, 0, 28, 28).data.filter((_, byte) => byte % 4 === 0));
            }""",
            source,
        )
        return np.array(levels, np.uint8).reshape(28, 28)

    def choose_file(self, path):
        self.page.find("#picker input[type=file]").set_input_files(path)


@pytest.fixture(scope="module")
def picture(visit_for_all):
    return Picture(visit_for_all())


def test_nothing_is_searched_before_the_tab_is_opened(visit):
    page = visit()
    page.page.wait_for_timeout(300)
    assert page.find("#redraw img").count() == 0


def test_a_test_image_is_redrawn_beside_its_difference(picture):
    np.testing.assert_array_equal(picture.seen(), examples.load()[20])
    assert picture.figure.locator("img").count() == 3
    assert re.search(r"Redrawn as: .+ times smaller than", picture.figure.inner_text())
    sheet = picture.page.find("#picker .cgan-examples")
    box = sheet.bounding_box()
    at = {"x": box["width"] * 0.35, "y": box["height"] * 0.95}
    np.testing.assert_array_equal(picture.after(lambda: sheet.click(position=at)), examples.load()[93])
    np.testing.assert_array_equal(picture.after(lambda: sheet.press("ArrowLeft")), examples.load()[92])


def test_the_walk_ends_at_the_seed_and_follows_the_hand(picture):
    onward = picture.page.find("#onward figure")
    picture.page.choose("onward-class", "Sneaker")
    picture.page.type_number("onward-seed", 1234)
    picture.page.type_number("onward-position", 1)
    expect(onward).to_have_attribute("data-seed", "1234")
    expect(onward).to_have_attribute("data-position", "1")
    expect(onward).to_have_attribute("data-class", "7")
    end = Sampler(resolve("r3gan-conv")).sample(np.array([7]), np.array([1234]))
    picture.page.expect_cells("#onward .cgan-frame", end, 1)
    assert picture.page.find("#onward figure .cgan-mark").get_attribute("data-renderer") == "page"


def test_a_found_garment_moves_along_directions_and_so_it_does_for_a_link(picture, visit):
    page = picture.page
    canvas = page.find("#onward .cgan-altered canvas")
    sliders = page.find("#onward input[type=range]")
    expect(canvas).to_have_attribute("data-sigmas", "0 0 0 0 0 0")
    sliders.nth(0).fill("2.5")
    sliders.nth(1).fill("-1")
    expect(canvas).to_have_attribute("data-sigmas", "2.5 -1 0 0 0 0")
    before, after = page.cells("#onward .cgan-altered canvas", 2, columns=2)
    garment = int(canvas.get_attribute("data-class"))
    assert (
        largest_difference(before, page.cells("#onward .cgan-ten", NUM_CLASSES, columns=NUM_CLASSES)[garment])
        <= TOLERANCE
    )
    assert largest_difference(after, before) > 50
    link = page.copied("Copy link")
    assert "onward-sigmas=2.5,-1,0,0,0,0" in link
    other = visit(renderer="server", query=link[link.index("?") :])
    other.tolerance = TOLERANCE
    other.expect_cells("#onward .cgan-altered canvas", np.stack([before, after]), columns=2, seconds=60)
    page.find("#onward [data-do=reset]").click()
    page.expect_cells("#onward .cgan-altered canvas", np.stack([before, before]), columns=2)


def test_a_search_can_be_stopped_and_started_anew(picture):
    with picture.page.page.expect_response("**/gradio_api/cancel"):  # until then Gradio takes no further click
        # In the page, for a search may be over before a mouse has come to the button.
        picture.page.page.evaluate("""() => {
          const figure = document.querySelector("#redraw .cgan-inside");
          new MutationObserver((_, observer) => {
            if (figure.dataset.state !== "running") return;
            observer.disconnect();
            document.querySelector("#redraw-stop").click();
          }).observe(figure, {attributeFilter: ["data-state"]});
          document.querySelector("#redraw-run").click();
        }""")
    picture.wait("stopped")
    picture.page.page.wait_for_timeout(300)
    picture.wait("stopped")
    picture.page.find("#redraw-run").click()
    picture.wait()


def test_a_drawing_is_redrawn_as_the_class_that_is_asked_for(picture):
    picture.page.find("#picker [data-mode=drawn]").click()
    picture.page.choose("redraw-class", "Trouser")
    pad = picture.page.find("#picker canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    mouse = picture.page.page.mouse

    def stroke():
        mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.1)
        mouse.down()
        mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.9, steps=5)
        mouse.up()

    picture.after(stroke)
    expect(picture.figure).to_contain_text("as: Trouser", timeout=SECONDS)
    picture.wait()
    seen = picture.seen()
    assert seen[5:24, 13:15].min() > 150 and seen[:, :8].max() == 0


def test_bad_files_get_one_line_and_good_ones_are_seen(picture, tmp_path):
    picture.page.find("#picker [data-mode=upload]").click()
    line = picture.page.find("#picker [role=status]")
    Image.new("L", (4, 4)).save(tmp_path / "tiny.png")
    Image.new("RGBA", (50, 50)).save(tmp_path / "blank.png")
    (tmp_path / "notes.png").write_bytes(b"not a picture")
    (tmp_path / "huge.png").write_bytes(bytes(8 * 2**20 + 1))
    photograph = np.full((200, 200), 240, np.uint8)
    photograph[40:160, 70:130] = 30
    Image.fromarray(photograph).save(tmp_path / "shirt.png")
    for name, words in (
        ("notes.png", "This is no picture that can be read."),
        ("tiny.png", "fewer than 8 pixels"),
        ("huge.png", "larger than 8 MB"),
    ):
        picture.choose_file(tmp_path / name)
        expect(line).to_contain_text(words)
    seen = picture.after(lambda: picture.choose_file(tmp_path / "shirt.png"))
    assert seen[0, 0] < 30 and seen[14, 14] > 200  # inverted
    scan = tmp_path / "scan.bmp"
    Image.fromarray(photograph).convert("RGB").resize((2000, 2000)).save(scan)
    assert scan.stat().st_size > 8 * 2**20
    seen = picture.after(lambda: picture.choose_file(scan))  # which the page makes smaller
    assert seen[0, 0] < 30 and seen[14, 14] > 200
    picture.choose_file(tmp_path / "blank.png")
    expect(line).to_contain_text("what is transparent becomes white")
    expect(picture.figure).to_contain_text("There is nothing on this picture")


def test_where_the_page_cannot_draw_the_server_does(visit):
    picture = Picture(visit(renderer="server"))
    picture.page.type_number("onward-position", 1)
    end = Sampler(resolve("r3gan-conv")).sample(np.array([3]), np.array([21]))
    picture.page.expect_cells("#onward .cgan-frame", end, 1)
    assert picture.page.find("#onward figure .cgan-mark").get_attribute("data-renderer") == "server"


def test_it_fits_and_is_chinese_where_the_browser_is(visit):
    picture = Picture(visit(wide=False, language="zh-CN"), "你的图片")
    for size, mode in product((PHONE, DESKTOP), ("drawn", "upload", "example")):
        picture.page.page.set_viewport_size(size)
        picture.page.find(f"#picker [data-mode={mode}]").click()
        picture.page.expect_to_fit()
        shown = picture.page.find("[role=tabpanel]:visible").all_inner_texts()
        assert set(re.findall(r"[A-Za-z]{4,}", " ".join(shown))) <= {"JPEG", "WebP", "AVIF", "TIFF"}
