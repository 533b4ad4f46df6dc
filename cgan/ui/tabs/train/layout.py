"""The tab "Train": two training runs of the MLP pair, side by side in the page."""

import gradio as gr

from cgan import data
from cgan.ui.controls import export_menu, scripted, sentence
from cgan.ui.links import Links, choice, training_run
from cgan.ui.web import template

EXCERPT, ALL = "6000", "60000"  # training images to choose from
_FIRST, _SECOND = "first-clothes", "first-clothes.rate-10"


def build(links: Links, tab: gr.Tab) -> gr.HTML:
    """Lay out the tab; return the element that triggers `submit` when a generator is to be used on other tabs."""
    sentence("hint_train")
    trained = scripted("train", "mountTrain", template("train", "train"), event="submit")
    export_menu("train")
    images = [EXCERPT, ALL] if data.local_files("train") else [EXCERPT]
    links.add(
        tab,
        {},
        {
            "run-a": training_run(_FIRST),
            "run-b": training_run(_SECOND, optional=True),
            "training-images": choice(images),
        },
    )
    return trained
