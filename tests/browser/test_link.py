"""A link brings another person to the very thing that one sees, and no link does anything else."""

import re
import shutil
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from cgan.data import NUM_CLASSES, examples
from cgan.explain.directions import load_directions
from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling.latents import latents, one_hot
from cgan.sampling.sampler import Sampler
from cgan.ui.page import DEFAULT_CHECKPOINT

SHEET, FRAME, STRIP = "#picture canvas", "#walk .cgan-frame", "#walk .cgan-strip"


@pytest.fixture
def follow(visit, server):
    """Copy the link to what a page shows, and open it in a browser profile that has never been here."""

    def follow(page, **options):
        link = page.copied("Copy link")
        assert link.startswith(f"{server}/")
        return visit(query=link.removeprefix(f"{server}/"), **options)

    return follow


def query(link):
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query, strict_parsing=True).items()}


def sampler(checkpoint=DEFAULT_CHECKPOINT):
    return Sampler(CHECKPOINTS / checkpoint)


def test_generate(visit, follow):
    page = visit()
    page.choose("class", "Bag")
    page.type_number("seed", 1234)
    page.type_number("truncation", 0.5)
    page.type_number("count", 5)
    expected = sampler().sample(np.full(5, 8), np.arange(1234, 1239), truncation=0.5)
    page.expect_cells(SHEET, expected, columns=3)
    link = page.copied("Copy link")
    assert query(link) == {"class": "bag", "seed": "1234", "truncation": "0.5", "count": "5"}
    other = follow(page)
    other.expect_cells(SHEET, expected, columns=3)
    assert other.copied("Copy link") == link


@pytest.mark.parametrize("renderer", ["page", "server"])
def test_interpolate(visit, follow, renderer):
    page = visit(renderer=renderer)
    page.open_tab("Interpolate")
    page.choose("to-class", "Coat")
    page.type_number("to-seed", 300)
    page.type_number("from-seed", 40)
    page.page.get_by_label("lerp", exact=True).check()
    page.type_number("frames", 5)
    page.slide("position", 0.5, steps=5)
    at = page.value("position")
    other = follow(page, renderer=renderer)
    other.expect_cells(STRIP, sampler().walk((7, 4), (40, 300), 5, "lerp"), columns=5)
    nearest = at if renderer == "page" else round(4 * at) / 4
    other.expect_cells(FRAME, sampler().between((7, 4), (40, 300), np.array([nearest]), "lerp"), columns=1)
    assert query(other.copied("Copy link")) == {
        **{"tab": "interpolate", "seed": "40", "to-class": "coat", "to-seed": "300"},
        **{"path": "lerp", "frames": "5", "position": f"{at:g}"},
    }


def test_a_walk_that_was_played_is_reproduced_where_it_stopped(visit, follow):
    page = visit()
    page.open_tab("Interpolate")
    page.page.get_by_role("button", name="Play").click()
    page.page.wait_for_function("document.querySelector('#walk .cgan-frame').dataset.frame > 3")
    page.page.get_by_role("button", name="Pause").click()
    expect(page.find(FRAME)).to_have_attribute("data-position", f"{page.value('position'):g}")
    shown = page.cells(FRAME, 1, columns=1)
    other = follow(page)
    other.tolerance = 0
    other.expect_cells(FRAME, shown, columns=1)


def test_inside_the_network(visit, follow):
    page = visit()
    page.open_tab("Inside the network")
    page.choose("inside-network", "D, the checkpoint's discriminator")
    page.choose("inside-class", "Coat")
    page.type_number("inside-seed", 12)
    other = follow(page)
    wanted = {"tab": "inside", "network": "discriminator", "class": "coat", "seed": "12"}
    assert query(other.copied("Copy link")) == wanted

    def maps(visited):
        for figure in ("#inside-picture", "#saliency"):
            expect(visited.find(f"{figure} .cgan-inside")).to_have_attribute("data-state", "done", timeout=60_000)
        return visited.find("#inside-picture img, #saliency img").evaluate_all("(all) => all.map((image) => image.src)")

    for _ in range(60):  # each change was looked at anew, and only the last of them is what the other visit sees
        if len(maps(page)) == 9 and maps(page) == maps(other):
            return
        page.page.wait_for_timeout(500)
    assert maps(page) == maps(other)


def test_a_step_inside_and_what_is_chosen_there(visit):
    page = visit(query="?tab=inside&step=fooling&way=z&target=8")
    expect(page.find("#fooling-run")).to_be_visible()
    assert page.find("#fooling-way input").input_value() == "z, through the generator"
    assert page.find("#fooling-target input").input_value() == "Bag"


def test_mix(visit, follow):
    page = visit()
    page.open_tab("Mix")
    page.find("#mix-weights [data-do=to]").select_option("Bag")
    page.find("#mix-weights summary").click()
    page.page.get_by_label("Coat", exact=True).fill("0.25")
    page.type_number("mix-seed", 50)
    page.page.get_by_label("Corner 4: class").select_option("Bag")
    page.page.get_by_label("Corner 4: seed").fill("77")
    page.find(".cgan-pad").press("ArrowRight")
    weights = np.array([0.5, 0, 0, 0, 0.25, 0, 0, 0, 0.5, 0])
    square = np.array([0, 3, 7, 8]), np.array([7, 21, 7, 77]), [[0.52, 0.167]]
    other = follow(page)
    for visited in (page, other):
        visited.expect_cells("#mixture canvas", sampler().mix(weights, np.arange(50, 59)), columns=3)
        visited.expect_cells("#blend .cgan-blend-picture", sampler().blend(*square), columns=1)
    link = other.copied("Copy link")
    assert "weights=0.5,0,0,0,0.25,0,0,0,0.5,0" in link
    assert query(link) == {
        **{"tab": "mix", "seed": "50", "weights": "0.5,0,0,0,0.25,0,0,0,0.5,0"},
        **{"corners": "0,7,3,21,7,7,8,77", "place": "0.52,0.167"},
    }
    assert other.page.get_by_label("Coat", exact=True).input_value() == "0.25"


def test_directions(visit, follow):
    page = visit()
    page.choose("class", "Bag")
    page.type_number("seed", 12)
    page.open_tab("Directions")
    page.page.get_by_role("radio", name="all classes").check()
    sliders = page.find("#directions input[type=range]")
    expect(page.find("#moved canvas")).to_have_attribute("data-seed", "12", timeout=20_000)
    sliders.nth(1).fill("-1.5")
    sliders.nth(4).fill("2.2")
    page.find(".cgan-cells").press("ArrowDown")
    sigmas = np.array([[0] * 6, [0, -1.5, 0, 0, 2.2, 0]])
    z = latents(np.array([12]), 64) + sigmas @ load_directions(CHECKPOINTS / DEFAULT_CHECKPOINT).vectors("all")
    expected = sampler().draw(z.astype(np.float32), one_hot(np.full(2, 8), NUM_CLASSES))
    page.expect_cells("#moved canvas", expected, columns=2)
    other = follow(page)
    other.expect_cells("#moved canvas", expected, columns=2)
    for visited in (page, other):
        expect(visited.find("#sheet .cgan-triple")).to_have_attribute("data-class", "5", timeout=20_000)
    assert query(other.copied("Copy link")) == {
        **{"tab": "directions", "class": "bag", "seed": "12", "scope": "all"},
        **{"sigmas": "0,-1.5,0,0,2.2,0", "cell": "5,3"},
    }


def test_sigmas_of_a_class_are_those_of_its_directions(visit):
    page = visit(query="?tab=directions&class=coat&sigmas=1,0,0,0,0,-3")
    expect(page.find("#moved canvas")).to_have_attribute("data-sigmas", "1 0 0 0 0 -3", timeout=20_000)
    page.choose("directions-class", "Bag")
    expect(page.find("#moved canvas")).to_have_attribute("data-sigmas", "0 0 0 0 0 0", timeout=20_000)
    page.choose("directions-class", "Coat")
    expect(page.find("#moved canvas")).to_have_attribute("data-sigmas", "1 0 0 0 0 -3", timeout=20_000)


def test_watch_it_learn(visit, follow):
    page = visit()
    page.open_tab("Watch it learn")
    left, right = "#watch figure:nth-of-type(1) canvas", "#watch figure:nth-of-type(2) canvas"
    expect(page.find(f"{left}[data-step]")).to_be_visible(timeout=20_000)
    page.find("#watch [data-do=other]").select_option(DEFAULT_CHECKPOINT)
    page.choose("checkpoint", "report-mlp")
    page.find("#watch [data-do=scrub]").fill("650")
    expect(page.find(left)).to_have_attribute("data-checkpoint", DEFAULT_CHECKPOINT, timeout=20_000)
    expect(page.find(right)).to_have_attribute("data-checkpoint", "report-mlp", timeout=20_000)
    other = follow(page)
    other.tolerance = 0
    for canvas in (left, right):
        other.expect_cells(canvas, page.cells(canvas, 4 * NUM_CLASSES, columns=NUM_CLASSES), columns=NUM_CLASSES)
        assert other.find(canvas).get_attribute("data-step") == page.find(canvas).get_attribute("data-step") != "0"
    assert other.find("#watch [data-do=other]").input_value() == DEFAULT_CHECKPOINT
    assert query(other.copied("Copy link")) == {
        **{"tab": "watch", "checkpoint": "report-mlp", "other": DEFAULT_CHECKPOINT, "moment": "0.65"}
    }


def test_a_test_image_redrawn_and_where_one_went_from_it(visit, follow):
    page = visit()
    page.open_tab("Your picture")
    redrawn = "#redraw .cgan-inside"
    expect(page.find(redrawn)).to_have_attribute("data-state", "done", timeout=90_000)
    page.find("#picker .cgan-examples").press("ArrowDown")
    page.choose("redraw-class", "Coat")
    page.choose("onward-class", "Bag")
    page.type_number("onward-seed", 99)
    page.type_number("onward-position", 0.25)
    link = page.copied("Copy link")
    other = follow(page)
    for visited in (page, other):
        expect(visited.find(redrawn)).to_contain_text("as: Coat", timeout=90_000)
        expect(visited.find(redrawn)).to_have_attribute("data-state", "done", timeout=90_000)
        expect(visited.find("#onward figure")).to_have_attribute("data-position", "0.25", timeout=20_000)
    seen = [visited.find("#redraw img").first.get_attribute("src") for visited in (page, other)]
    assert seen[0] == seen[1]
    other.tolerance = 0
    other.expect_cells("#onward .cgan-frame", page.cells("#onward .cgan-frame", 1, columns=1), columns=1)
    assert (
        query(link)
        == query(other.copied("Copy link"))
        == {
            **{"tab": "picture", "image": f"{20 + examples.per_class}", "redrawn-class": "coat"},
            **{"onward-class": "bag", "onward-seed": "99", "onward-position": "0.25"},
        }
    )


@pytest.mark.parametrize(("step", "heading"), [("copying", "Is it copying?"), ("scores", "What D thinks")])
def test_a_step_of_how_good(visit_served, follow, step, heading):
    page = visit_served()
    page.open_tab("How good?")
    page.open_tab(heading)
    page.choose(f"{step}-class", "Bag")
    page.type_number(f"{step}-seed", 31)
    other = follow(page, renderer="server")
    images = []
    for visited in (page, other):
        figure = visited.find(f"#{step} .cgan-inside")
        expect(figure).to_contain_text("Bag, seed 31", timeout=90_000)
        expect(figure).to_have_attribute("data-state", "done", timeout=90_000)
        images.append(figure.locator("img").evaluate_all("(images) => images.map((image) => image.src)"))
    assert images[0] == images[1] and len(images[0]) >= 3
    prefix = "" if step == "copying" else "scores-"
    expected = {"tab": "how-good", "evidence": step, f"{prefix}class": "bag", f"{prefix}seed": "31"}
    assert query(other.copied("Copy link")) == expected


def test_another_checkpoint(visit, follow):
    page = visit()
    page.choose("checkpoint", "report-mlp")
    expected = sampler("report-mlp").sample(np.full(16, 3), np.arange(7, 23))
    page.expect_cells(SHEET, expected, columns=4)
    other = follow(page)
    other.expect_cells(SHEET, expected, columns=4)
    assert query(other.copied("Copy link")) == {"checkpoint": "report-mlp"}


def test_a_run_that_came_after_the_server_started(visit):
    folder = shutil.copytree(CHECKPOINTS / "report-mlp", CHECKPOINTS / "my-linked-run")
    try:
        page = visit(query=f"?checkpoint={folder.name}")
        page.expect_cells(SHEET, Sampler(folder).sample(np.full(16, 3), np.arange(7, 23)), columns=4)
    finally:
        shutil.rmtree(folder)


def test_the_link_to_what_the_page_shows_at_first_is_its_address(visit, server):
    page = visit()
    assert page.copied("Copy link") == f"{server}/"


def test_the_address_follows_and_says_no_more_of_itself(visit, server):
    page = visit(query="?__theme=dark&seed=5")
    page.wait_until_painted(3, 5)
    page.type_number("seed", 6)
    page.page.wait_for_url(f"{server}/?__theme=dark&seed=6")
    page.page.reload()
    page.wait_until_painted(3, 6)
    assert page.copied("Copy link") == f"{server}/?seed=6"


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"seed": "<img src=x onerror='window.broken = 1'>", "checkpoint": "${window.broken = 1}"}, ""),
        ({"tab": "mix", "place": "0.5,${window.broken = 1}"}, "?tab=mix"),
    ],
)
def test_what_a_link_may_not_say_is_a_line_of_text(visit_served, server, query, kept):
    page = visit_served(query=f"?{urlencode(query)}")
    note = page.find("#link-note").inner_text()
    for name in query.keys() - {"tab"}:
        assert f"The link says {name}: {query[name][:40]}" in note and "Allowed: " in note
    assert page.find("#link-note *").count() == 0
    assert page.page.evaluate("window.broken") is None
    assert page.copied("Copy link") == f"{server}/{kept}"


def test_a_link_full_of_nonsense_is_a_page_like_any_other(visit_served, server):
    nonsense = {"tab": "interpolate", "path": "${1}", "to-class": "hat", "frames": "x", "position": "2", "other": "<b>"}
    page = visit_served(query=f"?{urlencode(nonsense)}")
    page.expect_cells(STRIP, sampler().walk((7, 9), (7, 21), 32, "slerp"), columns=16)
    assert len(re.findall("The link says", page.find("#link-note").inner_text())) == 4
    assert page.copied("Copy link") == f"{server}/?tab=interpolate"


def test_what_is_chosen_on_one_tab_is_chosen_on_all(visit):
    page = visit()
    page.choose("class", "Bag")
    page.type_number("seed", 42)
    page.open_tab("Interpolate")
    page.expect_cells(FRAME, sampler().sample(np.array([8]), np.array([42])), columns=1)
    assert page.find("#to-class input").input_value() == "Ankle boot" and page.value("to-seed") == 21
    page.choose("from-class", "Coat")
    page.type_number("from-seed", 43)
    page.open_tab("Inside the network")
    page.choose("inside-network", "The judge (our classifier)")
    expect(page.find("#inside-picture")).to_contain_text("Coat", timeout=60_000)
    assert page.find("#inside-class input").input_value() == "Coat" and page.value("inside-seed") == 43
    page.find("#inside-seed-dice").click()
    page.page.wait_for_function("document.querySelector('#inside-seed input[type=range]').value !== '43'")
    seed = int(page.value("inside-seed"))
    page.open_tab("Generate")
    page.wait_until_painted(4, seed)


def test_a_tab_that_nothing_was_chosen_for_begins_as_it_is(visit):
    page = visit()
    page.open_tab("Interpolate")
    page.expect_cells(FRAME, sampler().sample(np.array([7]), np.array([7])), columns=1)
    page.open_tab("Generate")
    assert page.painted() == (3, 7)


def test_on_a_space_the_link_is_that_of_the_page_around(browser, server):
    around = "https://huggingface.co/spaces/me/garments"
    frame = f"<iframe src='{server}/?class=bag' allow='clipboard-write' width=1200 height=900></iframe>"
    script = "<script>said = []; onmessage = (event) => said.push(event.data.queryString)</script>"

    def on_a_space(route):
        """The app as a Space serves it: Gradio knows the Space's name from the environment."""
        page = route.fetch().text()
        assert page.count('"space_id":null') == 1
        route.fulfill(content_type="text/html", body=page.replace('"space_id":null', '"space_id":"me/garments"'))

    page = browser.new_page(permissions=["clipboard-read", "clipboard-write"])
    page.route(around, lambda route: route.fulfill(content_type="text/html", body=script + frame))
    page.route(f"{server}/?class=bag", on_a_space)
    page.goto(around)
    app = page.frame_locator("iframe")
    app.locator("#picture[data-class='8']").wait_for()
    app.locator("#seed input[type=number]").fill("99")
    page.wait_for_function("said.includes('class=bag&seed=99')")
    app.get_by_role("button", name="Copy link").click()
    app.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{around}?class=bag&seed=99"
    page.close()
