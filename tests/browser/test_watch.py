import urllib.error
import urllib.request

import numpy as np
import pytest
from playwright.sync_api import expect

from cgan.data import NUM_CLASSES
from cgan.evaluation.snapshots import load_pictures, snapshots
from cgan.models.checkpoints import CHECKPOINTS
from cgan.ui.page import DEFAULT_CHECKPOINT

OTHER = "report-mlp"
LEFT, RIGHT = "#watch figure:nth-of-type(1) canvas", "#watch figure:nth-of-type(2) canvas"


def expected(name, step):
    """The pictures of a moment as the page lays them out: a class each column."""
    return (
        load_pictures(snapshots(CHECKPOINTS / name)[step], NUM_CLASSES)
        .reshape(NUM_CLASSES, 4, 28, 28)
        .swapaxes(0, 1)
        .reshape(-1, 28, 28)
    )


def expect_moment(page, canvas, name, step):
    expect(page.find(canvas)).to_have_attribute("data-step", f"{step}", timeout=20_000)
    expect(page.find(canvas)).to_have_attribute("data-checkpoint", name)
    np.testing.assert_array_equal(page.cells(canvas, 4 * NUM_CLASSES, columns=NUM_CLASSES), expected(name, step))


@pytest.fixture(scope="module")
def page(visit_for_all):
    page = visit_for_all(renderer="server")
    page.open_tab("Watch it learn")
    return page


def test_two_runs_are_scrubbed_from_the_end_to_the_start(page):
    for canvas, name in ((LEFT, OTHER), (RIGHT, DEFAULT_CHECKPOINT)):
        expect_moment(page, canvas, name, max(snapshots(CHECKPOINTS / name)))
    page.find("#watch [data-do=scrub]").fill("0")
    for canvas, name in ((LEFT, OTHER), (RIGHT, DEFAULT_CHECKPOINT)):
        expect_moment(page, canvas, name, 0)


def test_playing_goes_through_the_moments_in_order(page):
    page.find(f"{LEFT}[data-step]").wait_for()
    page.find("#watch [data-do=scrub]").fill("500")
    page.record(LEFT, "data-step")
    page.find("#watch [data-do=speed]").select_option("4")
    page.page.get_by_role("button", name="Play").click()
    page.page.wait_for_function(f"recorded.includes({max(snapshots(CHECKPOINTS / OTHER))})", timeout=60_000)
    steps = page.recorded()
    assert steps == sorted(steps) and len(set(steps)) > 3
    expect(page.page.get_by_role("button", name="Play")).to_be_visible()  # it has stopped at the end


def test_a_chart_moves_the_scrubber_and_the_mark_all_charts(page):
    charts = page.find("#watch .cgan-svg-chart")
    expect(charts).to_have_count(4, timeout=20_000)
    chart = charts.nth(2)
    chart.scroll_into_view_if_needed()
    axis = chart.locator(".cgan-chart-grid").first
    box = axis.bounding_box()
    page.page.mouse.click(box["x"] + box["width"] / 2, chart.bounding_box()["y"] + 40)
    assert float(page.find("#watch [data-do=scrub]").input_value()) == pytest.approx(500, abs=10)
    for each in charts.all():
        low, high, mark = each.evaluate(
            """(chart) => {
              const read = (name, end) => Number(chart.querySelector(name).getAttribute(end));
              const [axis, mark] = [".cgan-chart-grid", ".cgan-chart-mark"];
              return [read(axis, "x1"), read(axis, "x2"), read(mark, "x1")];
            }"""
        )
        assert (mark - low) / (high - low) == pytest.approx(0.5, abs=0.02)
    expect(page.find(".cgan-chart-named-right p")).to_contain_text("%")


def test_the_other_run_is_chosen_here_and_this_one_above(page):
    page.find(f"{RIGHT}[data-step]").wait_for()
    page.find("#watch [data-do=other]").select_option(DEFAULT_CHECKPOINT)
    page.choose("checkpoint", OTHER)
    expect(page.find(LEFT)).to_have_attribute("data-checkpoint", DEFAULT_CHECKPOINT, timeout=20_000)
    expect(page.find(RIGHT)).to_have_attribute("data-checkpoint", OTHER, timeout=20_000)


@pytest.mark.parametrize(
    "path",
    [
        "checkpoints/nowhere/timeline.json",
        "checkpoints/..%2F..%2Fetc/timeline.json",
        f"checkpoints/{OTHER}/timeline/5000000.png",
        f"checkpoints/{OTHER}/timeline/-1.png",
        f"checkpoints/{OTHER}/timeline/..%2Fsamples.png",
        f"checkpoints/{OTHER}/timeline/quality.json",
        "checkpoints/nowhere/directions.json",
    ],
)
def test_only_what_is_listed_is_sent(server, path):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{server}/cgan/{path}", timeout=60)
    assert refusal.value.code == 404


def test_pictures_of_moments_may_be_kept(server):
    with urllib.request.urlopen(f"{server}/cgan/checkpoints/{OTHER}/timeline/0.png?1", timeout=60) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.read() == snapshots(CHECKPOINTS / OTHER)[0].read_bytes()
