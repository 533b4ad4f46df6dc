"""The tab "Mix": several classes in one picture, and a square between four garments."""

import gradio as gr

from cgan.data import NUM_CLASSES
from cgan.ui.controls import seed_slider, sentence, take_along
from cgan.ui.links import Links, numbers
from cgan.ui.studio import MAX_SEED, Studio, for_page

_SEED = 7
_WEIGHTS_LINKED = numbers([0.5, 0, 0, 0.5, *[0] * 6], [(0, 1, 0.01)] * NUM_CLASSES)
_CORNERS_LINKED = numbers([0, 7, 3, 21, 7, 7, 9, 21], [(0, NUM_CLASSES - 1, 1), (0, MAX_SEED, 1)] * 4)  # class, seed
_PLACE_LINKED = numbers([0.5, 0.167], [(0, 1, 0.001)] * 2)  # in the square: from the left, from the top

_WEIGHTS = """
<div class="cgan-weights">
  <div class="cgan-two">
    <select data-do="from"></select>
    <select data-do="to"></select>
    <input type="range" data-do="way" min="0" max="1" step="0.01" value="0.5">
  </div>
  <details><summary data-text="mix_all_ten"></summary><div class="cgan-sliders"></div></details>
  <p role="status"></p>
</div>
"""
_MIXTURE = """
<figure class="cgan-figure">
  <div class="cgan-stage"><canvas role="img"></canvas></div>
  <figcaption></figcaption>
  <small class="cgan-mark"></small>
</figure>
"""
_CORNER = f"""
<div data-corner>
  <select data-name="corner_class"></select>
  <input type="number" min="0" max="{MAX_SEED}" step="1" data-name="corner_seed">
  <button type="button" class="cgan-button" data-name="corner_dice">⚄</button>
</div>
"""
_BLEND = f"""
<div class="cgan-blend">
  <div class="cgan-square">
    <div class="cgan-corners">{2 * _CORNER}</div>
    <div class="cgan-stage">
      <div class="cgan-pad" tabindex="0" role="group">
        <canvas class="cgan-blend-map" role="img"></canvas><span class="cgan-handle"></span>
      </div>
    </div>
    <div class="cgan-corners">{2 * _CORNER}</div>
  </div>
  <figure class="cgan-figure">
    <div class="cgan-stage"><canvas class="cgan-blend-picture" role="img"></canvas></div>
    <figcaption></figcaption>
    <small class="cgan-mark"></small>
  </figure>
</div>
"""


def build(studio: Studio, checkpoint: gr.Dropdown, links: Links, tab: gr.Tab) -> None:
    """Lay out the tab and wire it. Its scripts draw when it is opened."""
    request = [checkpoint.value, _SEED]
    sentence("hint_mix")
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=2, min_width=260, elem_classes="cgan-controls"):
            gr.HTML(
                None,
                html_template=_WEIGHTS,
                js_on_load="cgan.mountWeights(element)",
                apply_default_css=False,
                elem_id="mix-weights",
            )
            seed = seed_slider("seed", _SEED, "mix-seed")
        with gr.Column(scale=5, min_width=300, elem_classes="cgan-pictures"):
            gr.HTML(
                request,
                html_template=_MIXTURE,
                js_on_load="cgan.mountMixture(element, props.value, server)",
                server_functions=[for_page(studio.mix)],
                apply_default_css=False,
                elem_id="mixture",
            )
    sentence("blend_title", "h3")
    sentence("hint_blend")
    gr.HTML(
        request,
        html_template=_BLEND,
        js_on_load="cgan.mountBlend(element, props.value, server)",
        server_functions=[for_page(studio.blend)],
        apply_default_css=False,
        elem_id="blend",
    )
    take_along("mix")
    links.add(tab, {"seed": seed}, {"weights": _WEIGHTS_LINKED, "corners": _CORNERS_LINKED, "place": _PLACE_LINKED})
