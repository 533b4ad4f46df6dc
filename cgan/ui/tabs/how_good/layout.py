"""The tab "How good?": the numbers, the nearest training images, and the discriminator's opinion."""

from collections.abc import Callable, Iterator

import gradio as gr

from cgan.ui.controls import class_dropdown, export_menu, figure, scripted, seed_slider, sentence
from cgan.ui.i18n import i18n
from cgan.ui.links import Links
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
    settled = [opened, links.checkpoint_changed(tab)]
    _show(evidence.nearest_images, settled, copying_tab, checkpoint, copying_picture, own, copying, bounded)
    _show(evidence.discriminator, settled, scores_tab, checkpoint, scores_picture, own, scores, bounded)
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


def _show(
    compute: Callable[..., Iterator[dict]],
    settled: list[gr.events.Dependency],
    step: gr.Tab,
    checkpoint: gr.Dropdown,
    controls: list,
    own: gr.HTML,
    shown: gr.HTML,
    bounded: dict,
) -> None:
    """Compute a figure when its step is opened, and again whenever what it shows has changed since.

    settled: after them the controls say what was chosen on other tabs, and the classes of the checkpoint.
    """
    request = [checkpoint, *controls, own]
    seen = gr.State(None)  # the request that is shown, once the step was opened

    def show(*request: object) -> Iterator:
        for each in compute(*request):
            yield each, [*request]

    def show_if_new(seen: list | None, *request: object) -> Iterator:
        if seen == [*request]:
            yield gr.skip(), gr.skip()
        else:
            yield from show(*request)

    def show_if_opened(seen: list | None, *request: object) -> Iterator:
        yield from show_if_new(seen if seen is not None else [*request], *request)

    quietly = {"show_progress": "hidden", "api_visibility": "private", **bounded}
    wired = {"outputs": [shown, seen], "trigger_mode": "always_last", **quietly}
    gr.on([control.input for control in controls], show, request, **wired)
    step.select(show_if_new, [seen, *request], **wired)
    for event in settled:
        event.then(show_if_opened, [seen, *request], **wired)
    own.submit(show_if_opened, [seen, *request], **wired)
