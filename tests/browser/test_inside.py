import io
import re

import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import expect

from tests.browser.app_page import DESKTOP, PHONE

STEPS = {"saliency": "1 · Saliency", "fooling": "2 · Fooling", "visualization": "3 · Class visualization"}


class Inside:
    """The tab, opened, with its first maps."""

    def __init__(self, page, tab="Inside the network"):
        self.page = page
        page.open_tab(tab)
        self.wait("saliency", "done")

    def figure(self, step):
        return self.page.find(f"#{step} .cgan-inside")

    def wait(self, step, state):
        expect(self.figure(step)).to_have_attribute("data-state", state, timeout=60_000)

    def run(self, step):
        self.page.open_tab(STEPS[step])
        self.figure(step).evaluate("(figure) => (figure.dataset.state = 'asked')")  # it may show a run before
        self.page.find(f"#{step}-run").click()
        self.wait(step, "done")

    def download(self, step, button, folder):
        with self.page.page.expect_download() as download:
            self.figure(step).get_by_role("button", name=button).click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path


OURS = "?tab=inside&network=judge"


@pytest.fixture(scope="module")
def inside(visit_for_all):
    return Inside(visit_for_all(renderer="server", query=OURS))


def test_the_tab_opens_with_a_photograph_that_a_network_of_imagenet_has_looked_at(visit_served):
    page = visit_served()
    assert page.find("#saliency img").count() == 0
    inside = Inside(page)
    assert page.find("#inside-network input").input_value() == "EfficientNet-Lite0 · ImageNet"
    expect(page.find("#inside-picture")).to_contain_text("Cheetah")
    assert inside.figure("saliency").locator("img").count() == 4
    expect(inside.figure("saliency").locator("figcaption")).to_contain_text("Computed beforehand")
    expect(page.find("#inside-class")).to_be_hidden()
    inside.run("saliency")
    assert inside.figure("saliency").locator("img").count() == 4
    expect(inside.figure("saliency").locator("figcaption")).not_to_contain_text("beforehand")
    page.choose("inside-network", "The judge (our classifier)")
    expect(page.find("#inside-class")).to_be_visible()
    expect(inside.figure("saliency").locator("img")).to_have_count(8, timeout=60_000)


def test_a_link_from_before_still_means_the_judge(visit_served):
    page = visit_served(query="?tab=inside&class=bag&seed=12")
    expect(page.find("#inside-picture")).to_contain_text("Bag", timeout=60_000)
    assert page.find("#inside-network input").input_value() == "The judge (our classifier)"


def test_the_first_thing_to_see_are_maps_under_the_judge_and_under_d(inside):
    text = inside.figure("saliency").inner_text()
    assert "What the judge looks at: Dress" in text and "What D looks at: Real" in text
    assert inside.figure("saliency").locator("img").count() == 8
    assert "Why D's map looks like noise" in text
    assert "Dress" in inside.page.find("#inside-picture").inner_text()


def test_going_back_to_the_tab_computes_nothing_again(inside):
    inside.page.open_tab("Generate")
    inside.page.requests.clear()
    inside.page.open_tab("Inside the network")
    inside.page.page.wait_for_timeout(500)
    inside.wait("saliency", "done")
    assert inside.figure("saliency").locator("img").count() == 8


def test_fooling_through_z_is_shown_and_can_be_taken_home(inside, tmp_path):
    inside.page.open_tab(STEPS["fooling"])
    inside.page.choose("fooling-way", "z, through the generator")
    inside.run("fooling")
    text = inside.figure("fooling").inner_text()
    steps = re.search(r"Fooled after (\d+) steps", text)
    assert steps and "Probability of Dress" in text
    with Image.open(inside.download("fooling", "Download PNG", tmp_path)) as png:
        assert png.size == (3 * 224 + 2 * 8, 224)
    with Image.open(inside.download("fooling", "Download GIF", tmp_path)) as gif:
        frames = [np.array(frame.convert("L")) for frame in ImageSequence.Iterator(gif)]
        assert gif.info["loop"] == 0
    assert len(frames) == int(steps[1]) + 1 and frames[0].shape == (224, 448)
    assert np.abs(frames[0].astype(int) - frames[-1]).max() > 100  # a walk, not a picture


def test_what_convinces_a_network_grows_beside_what_convinces_a_person(inside):
    inside.page.open_tab(STEPS["visualization"])
    inside.page.choose("visualization-class", "Bag")
    inside.run("visualization")
    text = inside.figure("visualization").inner_text()
    assert "Convinces the judge" in text and "Convinces a person" in text and "generator's Bag" in text
    assert inside.figure("visualization").locator(".cgan-bars").count() == 2


def test_another_seed_is_looked_at_by_itself(inside):
    before = inside.page.find("#inside-picture img").get_attribute("src")
    inside.page.type_number("inside-seed", 4321)
    expect(inside.page.find("#inside-picture img")).not_to_have_attribute("src", before)
    inside.wait("saliency", "done")


def test_ones_own_picture(inside):
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "darkred").save(file, "JPEG")
    inside.page.page.get_by_label("Your own").first.check()
    expect(inside.figure("inside-picture")).to_contain_text("Choose a picture of your own first.")
    upload = inside.page.find("#inside-upload input[type=file]")
    upload.set_input_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    expect(inside.page.find("#inside-upload")).to_contain_text("This is no picture that can be read.")
    upload.set_input_files({"name": "red.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    expect(inside.page.find("#inside-upload")).to_contain_text("red.jpg")
    inside.page.find("#inside-picture img").wait_for()
    inside.wait("saliency", "done")


def test_a_network_of_imagenet_with_a_photograph_and_a_target(inside):
    inside.page.choose("inside-network", "EfficientNet-Lite0 · ImageNet")
    expect(inside.page.find("#inside-picture")).to_contain_text("Cheetah", timeout=60_000)
    # The maps of the network before may still be there, and done, for a moment.
    expect(inside.figure("saliency").locator("img")).to_have_count(4, timeout=60_000)
    inside.wait("saliency", "done")
    expect(inside.page.find("#inside-class")).to_be_hidden()
    inside.page.choose("inside-photograph", "Lion")
    expect(inside.page.find("#inside-picture")).to_contain_text("Lion", timeout=60_000)
    inside.wait("saliency", "done")
    inside.page.open_tab(STEPS["fooling"])
    inside.page.choose("fooling-way", "Pixels, until it is fooled")
    field = inside.page.find("#fooling-target-imagenet input")
    field.press("Control+a")
    field.press_sequentially("espresso")
    inside.page.page.get_by_role("option", name="Espresso", exact=True).click()
    inside.run("fooling")
    assert re.search(r"Fooled after \d+ steps: Espresso", inside.figure("fooling").inner_text())


def test_a_run_is_watched_and_can_be_stopped(inside):
    inside.page.choose("inside-network", "EfficientNet-Lite0 · ImageNet")
    expect(inside.page.find("#inside-picture")).to_contain_text("Cheetah", timeout=60_000)
    inside.wait("saliency", "done")
    inside.page.open_tab(STEPS["visualization"])
    inside.page.find("#visualization-run").click()
    picture = inside.figure("visualization").locator("img").first
    first = picture.get_attribute("src")
    expect(picture).not_to_have_attribute("src", first)  # it changes as it grows
    with inside.page.page.expect_response("**/gradio_api/cancel"):
        inside.page.find("#visualization-stop").click()
    inside.wait("visualization", "stopped")
    stopped = picture.get_attribute("src")
    inside.page.page.wait_for_timeout(500)
    assert picture.get_attribute("src") == stopped
    inside.page.find("#visualization-run").click()  # and can be started anew
    expect(picture).not_to_have_attribute("src", stopped, timeout=60_000)
    with inside.page.page.expect_response("**/gradio_api/cancel"):
        inside.page.find("#visualization-stop").click()
    inside.wait("visualization", "stopped")


def test_sliders_answer_while_someone_elses_run_is_on(visit_served, inside):
    inside.page.choose("inside-network", "EfficientNet-Lite0 · ImageNet")
    expect(inside.page.find("#inside-picture")).to_contain_text("Cheetah", timeout=60_000)
    inside.wait("saliency", "done")
    inside.page.open_tab(STEPS["visualization"])
    other = visit_served()
    inside.page.find("#visualization-run").click()
    inside.wait("visualization", "running")
    other.type_number("seed", 1234)
    other.wait_until_painted(3, 1234)
    expect(inside.figure("visualization")).to_have_attribute("data-state", "running", timeout=1)


def test_a_network_that_nobody_knows_gets_one_line(inside):
    words = "No classification model of torchvision has this name."
    field = inside.page.find("#inside-network input")
    field.fill("nonsense-9000")
    field.press("Enter")
    expect(inside.figure("inside-picture")).to_contain_text(words, timeout=60_000)


def test_of_two_runs_at_once_the_newer_stays(visit_served):
    shown = visit_served().page.evaluate(
        """() => {
          const element = document.createElement("div");
          element.innerHTML = "<figure class=cgan-inside></figure>";
          const props = {};
          let changed;
          cgan.mountFigure({ element, props, watch: (_, callback) => (changed = callback) });
          return [7, 8, 7, 8].map((run, number) => {
            props.value = { run, rows: [], state: "done", caption: [`${run}, ${number}`] };
            changed();
            return element.querySelector("figcaption").textContent;
          });
        }"""
    )
    assert shown == ["7, 0", "8, 1", "8, 1", "8, 3"]


def test_chinese(visit_served):
    page = visit_served(language="zh-CN", query=OURS)
    Inside(page, "网络内部")
    for tab in ("2 · 欺骗", "3 · 类别可视化", "1 · 显著图"):
        page.open_tab(tab)
        shown = page.find("#inside-picture, [role=tabpanel]:visible").all_inner_texts()
        english = set(re.findall(r"[A-Za-z]{4,}", " ".join(shown)))
        assert english <= {"torchvision", "resnet", "SmoothGrad", "Grad"}


def test_no_step_sticks_out_sideways(visit_served):
    page = visit_served(wide=False, query=OURS)
    inside = Inside(page)
    for step in ("fooling", "visualization"):
        inside.run(step)
    for size in (PHONE, DESKTOP):
        page.page.set_viewport_size(size)
        for tab in STEPS.values():
            page.open_tab(tab)
            page.page.wait_for_timeout(100)
            page.expect_to_fit()
            assert all(page.find("[role=tabpanel] img:visible").evaluate_all("(all) => all.map((image) => image.alt)"))
