"""The tab "Interpolate": a walk from one garment to another, drawn once by the server and played by the page."""

import gradio as gr

from cgan.sampling import MAX_FRAMES, PATHS
from cgan.ui.controls import class_dropdown, live, seed_slider
from cgan.ui.drawing import Studio
from cgan.ui.texts import i18n

_START = {"class": 7, "seed": 7}
_END = {"class": 9, "seed": 21}
_PATH = "slerp"
_FRAMES = 32

_WALK = """
<figure class="cgan-figure">
  <div class="cgan-stage"><canvas class="cgan-frame" role="img"></canvas></div>
  <figcaption></figcaption>
</figure>
@children
<div class="cgan-figure">
  <div class="cgan-buttons">
    <button type="button" class="cgan-button cgan-primary" data-do="play"></button>
    <label class="cgan-check"><input type="checkbox" data-do="loop" checked> <span data-text="loop"></span></label>
    <button type="button" class="cgan-button" data-do="save-gif" data-text="save_gif"></button>
    <button type="button" class="cgan-button" data-do="save-strip" data-text="save_strip"></button>
  </div>
  <div class="cgan-stage"><canvas class="cgan-strip" role="img"></canvas></div>
</div>
"""


def build(studio: Studio, checkpoint: gr.Dropdown) -> None:
    """Lay out the tab and wire it."""

    def walk_gif(request: list) -> str:
        return studio.walk_gif(request)

    ends = [_START["class"], _START["seed"], _END["class"], _END["seed"]]
    gr.Markdown(i18n("hint_interpolate"), elem_classes="cgan-hint")
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=2, min_width=260, elem_classes="cgan-controls"):
            from_class = class_dropdown("from_class", _START["class"], "from-class")
            from_seed = seed_slider("from_seed", _START["seed"], "from-seed")
            to_class = class_dropdown("to_class", _END["class"], "to-class")
            to_seed = seed_slider("to_seed", _END["seed"], "to-seed")
            path = gr.Radio(list(PATHS), value=_PATH, label=i18n("path"), info=i18n("path_info"), elem_id="path")
            frames = gr.Slider(2, MAX_FRAMES, value=_FRAMES, step=1, label=i18n("frames"), buttons=[], elem_id="frames")
        with (
            gr.Column(scale=5, min_width=300, elem_classes="cgan-pictures"),
            gr.HTML(
                studio.interpolate(checkpoint.value, *ends, _PATH, _FRAMES),
                html_template=_WALK,
                js_on_load="cgan.mountWalk(element, props, watch, server)",
                server_functions=[walk_gif],
                apply_default_css=False,
                elem_id="walk",
            ) as walk,
        ):
            position = gr.Slider(0, 1, value=0, step=0.01, label=i18n("position"), buttons=[], elem_id="position")
    position.change(None, position, js="(position) => { cgan.scrub(position); }", api_visibility="private")
    live(
        [checkpoint, from_class, from_seed, to_class, to_seed, path, frames],
        also=[checkpoint.select],
        fn=studio.interpolate,
        outputs=walk,
        api_name="interpolate",
    )
