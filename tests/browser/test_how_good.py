import json
import re
from itertools import product

import pytest
from playwright.sync_api import expect

from cgan.data import NUM_CLASSES
from cgan.evaluation import metrics
from cgan.models.checkpoints import resolve
from tests.browser.app_page import DESKTOP, PHONE

SECONDS = 60_000
STEPS = {"copying": "Is it copying?", "scores": "What D thinks"}


def shown(page, step):
    figure = page.find(f"#{step} .cgan-inside")
    expect(figure).to_have_attribute("data-state", "done", timeout=SECONDS)
    return figure


@pytest.fixture(scope="module")
def page(visit_for_all):
    page = visit_for_all(renderer="server")
    page.open_tab("How good?")
    return page


def test_nearest_training_images_of_another_seed(page):
    page.open_tab(STEPS["copying"])
    figure = shown(page, "copying")
    assert figure.locator("img").count() == 13
    expect(figure.locator(".cgan-plot .cgan-svg-chart")).to_have_count(2)
    assert "Of real test images of this class" in figure.inner_text()
    before = figure.locator("img").first.get_attribute("src")
    page.type_number("copying-seed", 4321)
    expect(figure.locator("img").first).not_to_have_attribute("src", before, timeout=SECONDS)


def test_d_on_a_persons_own_picture(page):
    page.open_tab(STEPS["scores"])
    figure = shown(page, "scores")
    assert figure.locator("img").count() == 3
    expect(figure.locator(".cgan-plot .cgan-svg-chart")).to_have_count(1)
    assert "Only differences mean something" in figure.inner_text()
    before = figure.locator("img").first.get_attribute("src")
    page.find("#scores-source").get_by_label("From the tab").check()
    expect(figure.locator("img").first).not_to_have_attribute("src", before, timeout=SECONDS)


def test_the_numbers_are_those_of_the_chosen_checkpoint(page):
    page.open_tab("Quality")
    for name in ("r3gan-conv", "report-mlp"):
        page.choose("checkpoint", name)
        report = page.find("#quality .cgan-report")
        expect(report).to_have_attribute("data-checkpoint", name)
        measured = json.loads((resolve(name) / metrics.METRICS).read_text())
        columns = 3 if name == "r3gan-conv" else 2
        shown = {
            "Recall": measured["recall"],
            "Recall, random features": measured["random_features"]["recall"],
            "Told from real ones": measured["two_sample"]["accuracy"]["mean"],
            "Told from real ones, in pairs": measured["two_sample"]["auc"]["mean"],
        }
        for title, value in shown.items():
            row = report.locator("tr", has=page.page.get_by_text(title, exact=True))
            cells = row.locator("td").all_inner_texts()
            assert cells[0] == f"{value:.1%}" and len(cells) == columns and "–" not in cells
        assert report.locator(".cgan-classes > div").count() == NUM_CLASSES
        report.locator("select").select_option("Recall")
        of_dress = report.locator(".cgan-classes > div", has_text="Dress").locator(".cgan-bar").first
        expect(of_dress).to_have_text(f"{100 * measured['per_class']['Dress']['recall']:.0f} %")


def test_it_fits_and_is_chinese_where_the_browser_is(visit_served):
    page = visit_served(wide=False, language="zh-CN")
    page.open_tab("有多好？")
    steps = {"quality": "质量", "copying": "是照抄吗？", "scores": "判别器怎么看"}
    for size, step in product((PHONE, DESKTOP), steps):
        page.page.set_viewport_size(size)
        page.open_tab(steps[step])
        if step != "quality":
            shown(page, step)
        page.expect_to_fit()
        text = " ".join(page.find("[role=tabpanel]:visible").all_inner_texts())
        for name in ("r3gan-conv", "report-mlp", "GAN-train", "GAN-test", "R3GAN"):
            text = text.replace(name, "")
        assert re.findall(r"[A-Za-z]{4,}", text) == []
