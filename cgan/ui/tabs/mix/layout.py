"""The tab "Mix": several classes in one picture, and a square between four garments."""

import gradio as gr

from cgan.data import NUM_CLASSES
from cgan.sampling.latents import MAX_SEED
from cgan.ui.controls import export_menu, found_chip, scripted, seed_slider, sentence
from cgan.ui.links import Links, numbers
from cgan.ui.web import template

_SEED = 7
_WEIGHTS_LINKED = numbers([0.5, 0, 0, 0.5, *[0] * 6], [(0, 1, 0.01)] * NUM_CLASSES)
_CORNERS_LINKED = numbers([0, 7, 3, 21, 7, 7, 9, 21], [(0, NUM_CLASSES - 1, 1), (0, MAX_SEED, 1)] * 4)  # class, seed
_PLACE_LINKED = numbers([0.5, 0.167], [(0, 1, 0.001)] * 2)  # in the square: from the left, from the top


def build(links: Links, tab: gr.Tab) -> None:
    """Lay out the tab and wire it. Its scripts draw when it is opened."""
    sentence("hint_mix")
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=2, min_width=260, elem_classes="cgan-controls"):
            scripted("mix-weights", "mountWeights", template("mix", "weights"))
            seed = seed_slider("seed", _SEED, "mix-seed")
            found_chip("mix", "seed")
        with gr.Column(scale=5, min_width=300, elem_classes="cgan-pictures"):
            scripted("mixture", "mountMixture", template("mix", "mixture"))
    sentence("blend_title", "h3")
    sentence("hint_blend")
    scripted("blend", "mountBlend", template("mix", "blend"))
    export_menu("mix")
    links.add(tab, {"seed": seed}, {"weights": _WEIGHTS_LINKED, "corners": _CORNERS_LINKED, "place": _PLACE_LINKED})
