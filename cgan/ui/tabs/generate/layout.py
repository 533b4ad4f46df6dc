"""The tab "Generate": one class, many seeds; one seed, all classes."""

import gradio as gr
import numpy as np

from cgan.data import NUM_CLASSES
from cgan.ui.controls import class_dropdown, export_menu, found_chip, scripted, seed_slider, sentence, slider
from cgan.ui.i18n import i18n
from cgan.ui.links import Links
from cgan.ui.studio import MAX_COUNT, Studio, shown
from cgan.ui.web import template

FIRST = {"class": 3, "seed": 7, "truncation": 1.0, "count": 16}


def first_sheet(studio: Studio, checkpoint: str) -> dict:
    """The pictures that the tab opens with, as `mountPicture` takes them."""
    sampler = studio.sampler(checkpoint)
    class_index, seed, truncation, count = FIRST.values()
    pictures = sampler.sample(np.full(count, class_index), np.arange(seed, seed + count), truncation)
    return shown({"checkpoint": checkpoint, **FIRST}, pictures, studio.card(checkpoint))


def first_row(studio: Studio, checkpoint: str) -> dict:
    """The same seed in each class, as `mountAllClasses` takes it."""
    pictures = studio.sampler(checkpoint).sample(np.arange(NUM_CLASSES), np.full(NUM_CLASSES, FIRST["seed"]))
    return shown({"checkpoint": checkpoint, **FIRST}, pictures, studio.card(checkpoint))


def build(studio: Studio, checkpoint: gr.Dropdown, links: Links, tab: gr.Tab) -> None:
    """Lay out the tab and wire it; its first pictures are part of the page, no one waits for them."""
    sentence("hint_generate")
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=2, min_width=260, elem_classes="cgan-controls"):
            class_index = class_dropdown("class", FIRST["class"], "class")
            seed = seed_slider("seed", FIRST["seed"], "seed", info="seed_info")
            found_chip("generate", "seed")
            about = i18n("truncation_info")
            truncation = slider(0, 1, FIRST["truncation"], 0.01, "truncation", "truncation", info=about)
            count = slider(1, MAX_COUNT, FIRST["count"], 1, "count", "count")
        with gr.Column(scale=5, min_width=300, elem_classes="cgan-pictures"):
            sheet, row = first_sheet(studio, checkpoint.value), first_row(studio, checkpoint.value)
            scripted("picture", "mountPicture", template("generate", "picture"), sheet)
            scripted("all-classes", "mountAllClasses", template("generate", "all_classes"), row)
            export_menu("generate")
    links.add(tab, {"class": class_index, "seed": seed, "truncation": truncation, "count": count})
