"""The tab "Interpolate": a walk from one garment to another, scrubbed and played."""

import gradio as gr

from cgan.sampling.sampler import MAX_FRAMES, PATHS
from cgan.ui.controls import class_dropdown, seed_slider, sentence, slider, take_along
from cgan.ui.i18n import i18n
from cgan.ui.links import Links
from cgan.ui.studio import Studio, for_page

FIRST = (_FROM_CLASS, _FROM_SEED, _TO_CLASS, _TO_SEED, _PATH, _FRAMES) = (7, 7, 9, 21, "slerp", 32)

WALK = """
<figure class="cgan-figure">
  <div class="cgan-stage"><canvas class="cgan-frame" role="img"></canvas></div>
  <figcaption></figcaption>
  <small class="cgan-mark"></small>
</figure>
@children
<div class="cgan-figure">
  <div class="cgan-buttons">
    <button type="button" class="cgan-button cgan-primary" data-do="play"></button>
    <label class="cgan-check"><input type="checkbox" data-do="loop" checked> <span data-text="loop"></span></label>
    <label class="cgan-check"><span data-text="speed"></span> <select data-do="speed">
      <option value="0.25">¼ ×</option><option value="0.5">½ ×</option><option value="1" selected>1 ×</option>
      <option value="2">2 ×</option><option value="4">4 ×</option>
    </select></label>
  </div>
  <div class="cgan-stage"><canvas class="cgan-strip" role="img"></canvas></div>
</div>
"""


def build(studio: Studio, checkpoint: gr.Dropdown, links: Links, tab: gr.Tab) -> None:
    """Lay out the tab and wire it."""
    sentence("hint_interpolate")
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=2, min_width=260, elem_classes="cgan-controls"):
            from_class = class_dropdown("from_class", _FROM_CLASS, "from-class")
            from_seed = seed_slider("from_seed", _FROM_SEED, "from-seed")
            to_class = class_dropdown("to_class", _TO_CLASS, "to-class")
            to_seed = seed_slider("to_seed", _TO_SEED, "to-seed")
            path = gr.Radio(list(PATHS), value=_PATH, label=i18n("path"), info=i18n("path_info"), elem_id="path")
            frames = slider(2, MAX_FRAMES, _FRAMES, 1, "frames", "frames")
        with gr.Column(scale=5, min_width=300, elem_classes="cgan-pictures"):
            with gr.HTML(
                studio.interpolate(checkpoint.value, *FIRST),
                html_template=WALK,
                js_on_load="cgan.mountWalk(element, props.value, server)",
                server_functions=[for_page(draw) for draw in (studio.interpolate, studio.walk_gif, studio.walk_webp)],
                apply_default_css=False,
                elem_id="walk",
            ):
                position = slider(0, 1, 0, 0.01, "position", "position")
            take_along("interpolate")
    ends = {"class": from_class, "seed": from_seed, "to-class": to_class, "to-seed": to_seed}
    links.add(tab, ends | {"path": path, "frames": frames, "position": position})
