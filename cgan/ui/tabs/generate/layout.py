"""The tab "Generate": one class, many seeds; one seed, all classes."""

import gradio as gr

from cgan.ui.controls import class_dropdown, seed_slider, sentence, slider, take_along
from cgan.ui.i18n import i18n
from cgan.ui.links import Links
from cgan.ui.studio import MAX_COUNT, Studio, for_page

FIRST = (_DRESS, _SEED, _TRUNCATION, _COUNT) = (3, 7, 1.0, 16)

PICTURE = """
<figure class="cgan-figure">
  <div class="cgan-stage"><canvas role="img"></canvas></div>
  <figcaption></figcaption>
  <small class="cgan-mark"></small>
</figure>
"""
ALL_CLASSES = """
<figure class="cgan-figure">
  <figcaption></figcaption>
  <div class="cgan-stage"><canvas role="img"></canvas></div>
  <div class="cgan-class-names" aria-hidden="true"></div>
</figure>
"""


def build(studio: Studio, checkpoint: gr.Dropdown, links: Links, tab: gr.Tab) -> None:
    """Lay out the tab and wire it; its first pictures are part of the page, no one waits for them."""
    sentence("hint_generate")
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=2, min_width=260, elem_classes="cgan-controls"):
            class_index = class_dropdown("class", _DRESS, "class")
            seed = seed_slider("seed", _SEED, "seed", info="seed_info")
            about = i18n("truncation_info")
            truncation = slider(0, 1, _TRUNCATION, 0.01, "truncation", "truncation", info=about)
            count = slider(1, MAX_COUNT, _COUNT, 1, "count", "count")
        with gr.Column(scale=5, min_width=300, elem_classes="cgan-pictures"):
            gr.HTML(
                studio.generate(checkpoint.value, *FIRST),
                html_template=PICTURE,
                js_on_load="cgan.mountPicture(element, props.value, server)",
                server_functions=[for_page(studio.generate), for_page(studio.all_classes)],
                apply_default_css=False,
                elem_id="picture",
            )
            gr.HTML(
                studio.all_classes(checkpoint.value, _SEED, _TRUNCATION),
                html_template=ALL_CLASSES,
                js_on_load="cgan.mountAllClasses(element, props.value)",
                apply_default_css=False,
                elem_id="all-classes",
            )
            take_along("generate")
    links.add(tab, {"class": class_index, "seed": seed, "truncation": truncation, "count": count})
