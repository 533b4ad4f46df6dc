"""The tab "Directions": z moved along directions that mean something; and the class of one, the z of another."""

import gradio as gr

from cgan.data import NUM_CLASSES
from cgan.ui.controls import class_dropdown, export_menu, found_chip, scripted, seed_slider, sentence
from cgan.ui.i18n import i18n
from cgan.ui.links import Links, numbers, sigmas
from cgan.ui.studio import SHEET_SEEDS
from cgan.ui.web import template

_DRESS, _SEED, _SCOPE = 3, 7, "class"
_CELL_LINKED = numbers([4, 3], [(0, NUM_CLASSES - 1, 1), (0, SHEET_SEEDS - 1, 1)])  # row, column


def build(links: Links, tab: gr.Tab) -> None:
    """Lay out the tab and wire it. Its scripts draw when it is opened."""
    sentence("hint_directions")
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=3, min_width=300, elem_classes="cgan-controls"):
            scripted("directions", "mountDirections", template("directions", "directions"))
        with gr.Column(scale=3, min_width=300, elem_classes="cgan-pictures"):
            scripted("moved", "mountMoved", template("directions", "moved"))
            class_index = class_dropdown("class", _DRESS, "directions-class")
            seed = seed_slider("seed", _SEED, "directions-seed")
            found_chip("directions", "seed")
            scope = gr.Radio(
                [(i18n("scope_class"), "class"), (i18n("scope_all"), "all")],
                value=_SCOPE,
                label=i18n("scope"),
                elem_id="directions-scope",
            )
    sentence("sheet_title", "h3")
    sentence("hint_sheet")
    scripted("sheet", "mountSheet", template("directions", "sheet"))
    export_menu("directions")
    links.add(
        tab,
        {"class": class_index, "seed": seed, "scope": scope},
        {"sigmas": sigmas(), "cell": _CELL_LINKED},
    )
