import re

import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import expect

from cgan.models import checkpoints
from cgan.sampling.sampler import Sampler
from cgan.ui.page import DEFAULT_CHECKPOINT
from tests.browser.app_page import largest_difference

FRAME, STRIP = "#walk .cgan-frame", "#walk .cgan-strip"


@pytest.fixture(scope="module")
def walk():
    """The frames that the tab opens with."""
    return Sampler(checkpoints.CHECKPOINTS / DEFAULT_CHECKPOINT).walk((7, 9), (7, 21), 32, "slerp")


def open_interpolate(visit, renderer):
    page = visit(renderer=renderer)
    page.open_tab("Interpolate")
    page.find(FRAME).wait_for()
    return page


@pytest.fixture(scope="module", params=["page", "server"])
def page(visit_for_all, request):
    return open_interpolate(visit_for_all, request.param)


def frame(page):
    return int(page.find(FRAME).get_attribute("data-frame"))


def test_a_walk_is_there_at_once(page, walk):
    page.expect_cells(FRAME, walk[:1], columns=1)
    columns = (page.find(STRIP).evaluate("(canvas) => canvas.width") + 1) // 29
    page.expect_cells(STRIP, walk, columns=columns)


def test_scrubbing_needs_no_server(page, walk):
    def frame_at(page):
        """The exact point of the way where the page draws, else the nearest frame."""
        position = page.value("position")
        if page.renderer == "server":
            return walk[round(position * 31)][None]
        sampler = Sampler(checkpoints.CHECKPOINTS / DEFAULT_CHECKPOINT)
        return sampler.walk((7, 9), (7, 21), 101, "slerp")[round(position * 100)][None]  # the slider's steps

    page.requests.clear()
    seen = []
    for position in (0.1, 0.35, 0.6, 1.0, 0.0):
        page.slide("position", position, steps=20)
        page.expect_cells(FRAME, frame_at(page), columns=1)
        seen.append(frame(page))
    assert seen[3:] == [31, 0] and len(set(seen)) == 5
    assert page.requests == []


def test_playing_moves_on_turns_at_the_end_and_stops_where_it_is(page):
    page.record(FRAME, "data-frame")
    page.page.get_by_role("button", name="Play").click()
    page.page.wait_for_function(
        "recorded.includes(31) && recorded.lastIndexOf(0) > recorded.indexOf(31)", timeout=60_000
    )
    frames = page.recorded()
    there = frames[: frames.index(31)]
    assert there == sorted(there) and len(set(there)) > 8
    page.page.get_by_role("button", name="Pause").click()
    expect(page.page.get_by_role("button", name="Play")).to_be_visible()
    stopped = frame(page)
    page.page.wait_for_timeout(300)
    assert frame(page) == stopped
    page.type_number("position", 0)


def test_what_is_typed_into_the_position_stays_on_the_walk(page):
    page.find("#position input[type=number]").fill("5")
    expect(page.find(FRAME)).to_have_attribute("data-frame", "31")
    page.type_number("position", 0)


def test_downloaded_gif_goes_there_and_back_for_ever(page, walk, tmp_path):
    path = page.download("Download GIF", tmp_path)
    assert path.name == f"{DEFAULT_CHECKPOINT}-sneaker-7-ankle-boot-21.gif"
    with Image.open(path) as gif:
        frames = [np.array(image.convert("L")) for image in ImageSequence.Iterator(gif)]
        assert gif.info["loop"] == 0
        seconds = sum(image.info["duration"] for image in ImageSequence.Iterator(gif)) / 1000
    assert seconds == 5
    assert len(frames) == 62 and frames[0].shape == (224, 224)
    for index, expected in ((0, walk[0]), (31, walk[31]), (32, walk[30]), (61, walk[1])):
        assert largest_difference(frames[index][4::8, 4::8], expected) <= page.tolerance


def test_downloaded_strip_is_the_frames_side_by_side(page, walk, tmp_path):
    pixels = np.array(Image.open(page.download("Download PNG strip", tmp_path)))[4::8, 4::8, 0]
    assert largest_difference(pixels, np.concatenate(walk, axis=1)) <= page.tolerance


def test_ends_path_and_number_of_frames(page):
    sampler = Sampler(checkpoints.CHECKPOINTS / DEFAULT_CHECKPOINT)
    page.choose("from-class", "Bag")
    page.type_number("from-seed", 100)
    page.choose("to-class", "Coat")
    page.type_number("to-seed", 200)
    page.type_number("frames", 5)
    page.expect_cells(STRIP, sampler.walk((8, 4), (100, 200), 5, "slerp"), columns=5)
    page.page.get_by_label("lerp", exact=True).check()
    page.expect_cells(STRIP, sampler.walk((8, 4), (100, 200), 5, "lerp"), columns=5)
    page.type_number("frames", 64)
    page.find(f"{STRIP}[aria-label*='64']").wait_for()


@pytest.mark.parametrize("renderer", ["page", "server"])
def test_playing_without_loop_ends_on_the_last_frame_after_its_time(visit, renderer):
    page = open_interpolate(visit, renderer)
    page.page.get_by_label("Loop").uncheck()
    page.page.clock.install()
    page.page.clock.pause_at(page.page.evaluate("Date.now() + 1000"))
    for _ in range(3):  # from the start, then from the end, where it starts anew
        page.page.get_by_role("button", name="Play").press("Enter")
        page.page.clock.run_for(1250)
        expect(page.find(FRAME)).to_have_attribute("data-frame", re.compile("1[456]"))
        page.page.clock.run_for(1350)
        expect(page.find(FRAME)).to_have_attribute("data-frame", "31")
        expect(page.page.get_by_role("button", name="Play")).to_be_visible()
