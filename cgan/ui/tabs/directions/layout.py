"""The tab "Directions": z moved along directions that mean something; and the class of one, the z of another."""

import gradio as gr

from cgan.data import NUM_CLASSES
from cgan.ui.controls import class_dropdown, seed_slider, sentence, take_along
from cgan.ui.i18n import i18n
from cgan.ui.links import Links, numbers, sigmas
from cgan.ui.studio import SHEET_SEEDS, Studio, for_page

_DRESS, _SEED, _SCOPE = 3, 7, "class"
_CELL_LINKED = numbers([4, 3], [(0, NUM_CLASSES - 1, 1), (0, SHEET_SEEDS - 1, 1)])  # row, column

_DIRECTIONS = """
<div class="cgan-directions">
  <div class="cgan-direction-list"></div>
  <p role="status"></p>
  <div class="cgan-buttons">
    <button type="button" class="cgan-button" data-do="reset" data-text="direction_reset"></button>
  </div>
  <details>
    <summary data-text="direction_evidence"></summary>
    <p data-text="direction_evidence_info"></p>
    <table>
      <thead><tr>
        <th data-text="direction_column"></th><th data-text="direction_share"></th>
        <th data-text="direction_measured"></th><th data-text="direction_correlation"></th>
        <th data-text="direction_change"></th>
      </tr></thead>
      <tbody></tbody>
    </table>
  </details>
</div>
"""
_MOVED = """
<figure class="cgan-figure">
  <div class="cgan-stage"><canvas role="img"></canvas></div>
  <figcaption></figcaption>
  <small class="cgan-mark"></small>
</figure>
"""
_SHEET = """
<div class="cgan-sheet">
  <div class="cgan-sheet-grid">
    <div class="cgan-sheet-columns" aria-hidden="true"></div>
    <div class="cgan-sheet-rows" aria-hidden="true"></div>
    <div class="cgan-sheet-stage">
      <div class="cgan-cells" tabindex="0" role="group">
        <canvas class="cgan-sheet-canvas" role="img"></canvas>
        <span class="cgan-cell-class"></span><span class="cgan-cell-z"></span><span class="cgan-cell-chosen"></span>
      </div>
    </div>
  </div>
  <figure class="cgan-figure">
    <div class="cgan-stage"><canvas class="cgan-triple" role="img"></canvas></div>
    <div class="cgan-triple-names" aria-hidden="true">
      <span data-text="sheet_class"></span><span data-text="sheet_z"></span><span data-text="sheet_both"></span>
    </div>
    <figcaption></figcaption>
  </figure>
</div>
"""


def build(studio: Studio, checkpoint: gr.Dropdown, links: Links, tab: gr.Tab) -> None:
    """Lay out the tab and wire it. Its scripts draw when it is opened."""
    request = [checkpoint.value, _DRESS, _SEED, _SCOPE]
    sentence("hint_directions")
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=3, min_width=300, elem_classes="cgan-controls"):
            gr.HTML(
                request,
                html_template=_DIRECTIONS,
                js_on_load="cgan.mountDirections(element, props.value, server)",
                server_functions=[for_page(studio.move)],
                apply_default_css=False,
                elem_id="directions",
            )
        with gr.Column(scale=3, min_width=300, elem_classes="cgan-pictures"):
            gr.HTML(
                request,
                html_template=_MOVED,
                js_on_load="cgan.mountMoved(element, props.value, server)",
                server_functions=[for_page(studio.move)],
                apply_default_css=False,
                elem_id="moved",
            )
            class_index = class_dropdown("class", _DRESS, "directions-class")
            seed = seed_slider("seed", _SEED, "directions-seed")
            scope = gr.Radio(
                [(i18n("scope_class"), "class"), (i18n("scope_all"), "all")],
                value=_SCOPE,
                label=i18n("scope"),
                elem_id="directions-scope",
            )
    sentence("sheet_title", "h3")
    sentence("hint_sheet")
    gr.HTML(
        request,
        html_template=_SHEET,
        js_on_load="cgan.mountSheet(element, props.value, server)",
        server_functions=[for_page(studio.sheet)],
        apply_default_css=False,
        elem_id="sheet",
    )
    take_along("directions")
    links.add(
        tab,
        {"class": class_index, "seed": seed, "scope": scope},
        {"sigmas": sigmas(), "cell": _CELL_LINKED},
    )
