"""The tab "Your picture": the z and class that redraw a picture, and where one can go from there."""

from collections.abc import Iterator

import gradio as gr

from cgan.data import examples
from cgan.ui.controls import (
    class_dropdown,
    export_menu,
    figure,
    run_and_stop,
    scripted,
    seed_slider,
    sentence,
    slider,
)
from cgan.ui.i18n import i18n
from cgan.ui.links import Links, number, sigmas
from cgan.ui.showing import show
from cgan.ui.tabs.picture.picker import FIRST, picker
from cgan.ui.tabs.picture.service import ANY_CLASS, Redrawer
from cgan.ui.web import template

_TO_CLASS, _TO_SEED, _POSITION = 3, 21, 0.5


def build(
    redrawer: Redrawer,
    checkpoint: gr.Dropdown,
    links: Links,
    tab: gr.Tab,
    bounded: dict,
) -> gr.HTML:
    """Lay out the tab and wire it; return its picker. bounded: how long work is queued."""
    sentence("hint_picture")
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=2, min_width=260, elem_classes="cgan-controls"):
            picture = picker("picker")
            about = i18n("find_class_info")
            class_index = class_dropdown("class", ANY_CLASS, "redraw-class", also="find_class", info=about)
            run, stop = run_and_stop("redraw")
        with gr.Column(scale=5, min_width=300, elem_classes="cgan-pictures"):
            shown = figure("redraw", "redraw-stop")
            onward = scripted("onward", "mountOnward", template("picture", "onward"))
            with gr.Row(elem_classes="cgan-onward-controls"):
                position = slider(0, 1, _POSITION, 0.01, "position", "onward-position")
                with gr.Column(min_width=220):
                    to_class = class_dropdown("to_class", _TO_CLASS, "onward-class")
                with gr.Column(min_width=220):
                    to_seed = seed_slider("to_seed", _TO_SEED, "onward-seed")
            export_menu("picture")
            sentence("link_own")
    onward_to = {"onward-class": to_class, "onward-seed": to_seed, "onward-position": position}
    image = number(FIRST["example"], (0, examples.count - 1, 1))
    opened = links.add(tab, {"redrawn-class": class_index, **onward_to}, {"image": image, "onward-sigmas": sigmas()})

    request = [checkpoint, picture, class_index]

    def search(*request: object) -> Iterator:
        for each, found in redrawer.search(*request):
            yield each, found or gr.skip()

    computed = {search: [run.click, picture.submit, class_index.input]}
    changed = [links.checkpoint_changed(tab).then]
    searches = show(computed, request, [shown, onward], [opened.then], changed, bounded)
    stop.click(None, cancels=searches)
    gr.api(redrawer.invert, api_name="invert", **bounded)
    return picture
