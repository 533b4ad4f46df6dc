"""The tab "How good?": the numbers, the nearest training images, and the discriminator's opinion."""

from collections.abc import Callable, Iterator

import gradio as gr

from cgan.ui.controls import class_dropdown, export_menu, figure, scripted, seed_slider, sentence
from cgan.ui.i18n import i18n
from cgan.ui.links import Links
from cgan.ui.showing import show
from cgan.ui.studio import Studio
from cgan.ui.tabs.how_good.report_card import report_card
from cgan.ui.tabs.how_good.service import GENERATED, SOURCES, Evidence
from cgan.ui.web import template

_DRESS, _SEED = 3, 7


def build(
    studio: Studio,
    evidence: Evidence,
    checkpoint: gr.Dropdown,
    own: gr.HTML,
    links: Links,
    tab: gr.Tab,
    bounded: dict,
) -> None:
    """Lay out the tab and wire it. own: the picker of a person's picture. bounded: how long work is queued."""

    def card(checkpoint: str) -> dict:
        return report_card(studio, checkpoint)

    sentence("hint_how_good")
    with gr.Tabs() as steps:
        with gr.Tab(i18n("step_quality"), id="quality"):
            sentence("hint_quality")
            table = scripted("quality", "mountReport", template("how_good", "report"), card(checkpoint.value))
        with gr.Tab(i18n("step_copying"), id="copying") as copying_tab:
            sentence("hint_copying")
            copying_picture, copying = _picture_and_figure("copying")
        with gr.Tab(i18n("step_discriminator"), id="scores") as scores_tab:
            sentence("hint_scores")
            scores_picture, scores = _picture_and_figure("scores")

    export_menu("how-good")
    opened = links.add(
        tab,
        {
            "evidence": steps,
            **dict(zip(("copying-source", "class", "seed"), copying_picture, strict=True)),
            **dict(zip(("scores-source", "scores-class", "scores-seed"), scores_picture, strict=True)),
        },
    )

    checkpoint.change(card, checkpoint, table, queue=False, show_progress="hidden", api_visibility="private")
    # After the first two the controls say what was chosen on other tabs, and the classes of the checkpoint.
    changed = [opened.then, links.checkpoint_changed(tab).then, own.submit]
    for compute, step, controls, shown in (
        (evidence.nearest_images, copying_tab, copying_picture, copying),
        (evidence.discriminator, scores_tab, scores_picture, scores),
    ):
        computed = {_one_output(compute): [control.input for control in controls]}
        show(computed, [checkpoint, *controls, own], [shown], [step.select], changed, bounded)
    gr.api(evidence.nearest, api_name="nearest", **bounded)


def _picture_and_figure(elem_id: str) -> tuple[list, gr.HTML]:
    """The controls that choose a picture, and the figure beside them."""
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=2, min_width=260, elem_classes="cgan-controls"):
            source = gr.Radio(
                [(i18n(f"source_{name}"), name) for name in SOURCES],
                value=GENERATED,
                label=i18n("source"),
                elem_id=f"{elem_id}-source",
            )
            class_index = class_dropdown("class", _DRESS, f"{elem_id}-class")
            seed = seed_slider("seed", _SEED, f"{elem_id}-seed")
        with gr.Column(scale=5, min_width=300, elem_classes="cgan-pictures"):
            shown = figure(elem_id)
    return [source, class_index, seed], shown


def _one_output(compute: Callable[..., Iterator[dict]]) -> Callable[..., Iterator[tuple[dict]]]:
    return lambda *request: ((figure,) for figure in compute(*request))
