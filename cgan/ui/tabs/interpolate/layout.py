"""The tab "Interpolate": a walk from one garment to another, scrubbed and played."""

import gradio as gr

from cgan.sampling.sampler import MAX_FRAMES, PATHS
from cgan.ui.controls import class_dropdown, export_menu, found_chip, scripted, seed_slider, sentence, slider
from cgan.ui.i18n import i18n
from cgan.ui.links import Links
from cgan.ui.studio import Studio, shown
from cgan.ui.web import template

FIRST = {"class": 7, "seed": 7, "to-class": 9, "to-seed": 21, "path": "slerp", "frames": 32}


def first_walk(studio: Studio, checkpoint: str) -> dict:
    """The frames that the tab opens with, as `mountWalk` takes them."""
    from_class, from_seed, to_class, to_seed, path, frames = FIRST.values()
    pictures = studio.sampler(checkpoint).walk((from_class, to_class), (from_seed, to_seed), frames, path)
    return shown({"checkpoint": checkpoint, **FIRST}, pictures, studio.card(checkpoint))


def build(studio: Studio, checkpoint: gr.Dropdown, links: Links, tab: gr.Tab) -> None:
    """Lay out the tab and wire it."""
    sentence("hint_interpolate")
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=2, min_width=260, elem_classes="cgan-controls"):
            from_class = class_dropdown("from_class", FIRST["class"], "from-class")
            from_seed = seed_slider("from_seed", FIRST["seed"], "from-seed")
            found_chip("interpolate", "seed", neighbours=False)
            to_class = class_dropdown("to_class", FIRST["to-class"], "to-class")
            to_seed = seed_slider("to_seed", FIRST["to-seed"], "to-seed")
            found_chip("interpolate", "to-seed", neighbours=False)
            about = {"label": i18n("path"), "info": i18n("path_info")}
            path = gr.Radio(list(PATHS), value=FIRST["path"], elem_id="path", **about)
            frames = slider(2, MAX_FRAMES, FIRST["frames"], 1, "frames", "frames")
        with gr.Column(scale=5, min_width=300, elem_classes="cgan-pictures"):
            first = first_walk(studio, checkpoint.value)
            with scripted("walk", "mountWalk", template("interpolate", "walk"), first):
                position = slider(0, 1, 0, 0.01, "position", "position")
            export_menu("interpolate")
    ends = {"class": from_class, "seed": from_seed, "to-class": to_class, "to-seed": to_seed}
    links.add(tab, ends | {"path": path, "frames": frames, "position": position})
