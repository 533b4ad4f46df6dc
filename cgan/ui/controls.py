"""Controls that more than one tab has."""

import json
from typing import Any

import gradio as gr

from cgan.data import CLASS_NAMES
from cgan.sampling import latents
from cgan.ui.i18n import i18n
from cgan.ui.studio import MAX_SEED

EXPORT = '<div class="cgan-part cgan-export"></div>'
_FOUND = """<div class="cgan-part cgan-found cgan-stack" hidden>
  <div class="cgan-chip"><span data-text="found_z"></span></div>@strength
  <p data-text="found_info"></p>
</div>"""
_STRENGTH = """
  <label class="cgan-slider">
    <span data-text="found_strength"></span><input type="range" min="0" max="1" step="0.01"><output></output>
  </label>"""
_FIGURE = '<figure class="cgan-part cgan-figure cgan-inside"></figure>'


def checkpoint_menu(names: list[str], value: str) -> gr.Dropdown:
    """The choice of a checkpoint.

    The studio checks the name: the page's script puts choices into the menu of which Gradio's server does not know.
    """
    words = {"label": i18n("checkpoint"), "info": i18n("checkpoint_info")}
    return _unchecked(gr.Dropdown(names, value=value, filterable=False, elem_id="checkpoint", **words))


def class_dropdown(label: str, value: int, elem_id: str, also: str | None = None, **more: Any) -> gr.Dropdown:
    """A choice of a class by its index. The page puts in the classes of the checkpoint (`fieldFor` of `fields.js`).

    also: key of the text of one more choice, with the value -1. more: what else a gr.Dropdown takes.
    """
    others = [(i18n(also), -1)] if also else []
    garments = [(i18n(f"class_{index}"), index) for index in range(len(CLASS_NAMES))]
    menu = gr.Dropdown([*others, *garments], value=value, label=i18n(label), elem_id=elem_id, **more)
    menu.also = also
    return _unchecked(menu)


def is_class_dropdown(control: object) -> bool:
    """Whether `class_dropdown` has made it."""
    return hasattr(control, "also")


def _unchecked(menu: gr.Dropdown) -> gr.Dropdown:
    """The menu, whose value Gradio's server takes as it comes; whoever computes with it checks it.

    An event that returns an update of it would make it a checked one again: show and hide what is around it instead.
    """
    menu.preprocess = lambda value: value  # a subclass would be a custom component, with a script of its own
    return menu


def slider(low: float, high: float, value: float, step: float, label: str, elem_id: str, **more: Any) -> gr.Slider:
    """A slider with its number field, on which the page's script listens to the hand itself (`sliders.js`).

    more: what else a gr.Slider takes.
    """
    fixed = {"buttons": [], "interactive": True}  # Gradio would take a control without events for a mere display
    return gr.Slider(low, high, value=value, step=step, label=i18n(label), elem_id=elem_id, **fixed, **more)


def seed_slider(label: str, value: int, elem_id: str, info: str | None = None) -> gr.Slider:
    """A slider of seeds, 0 to MAX_SEED, and a button under it that throws the dice.

    Its number field takes any seed, up to `highest`, as links do.
    """
    seed = slider(0, MAX_SEED, value, 1, label, elem_id, precision=0, info=i18n(info) if info else None)
    seed.highest = latents.MAX_SEED
    seed.preprocess = lambda seed: seed  # Gradio would refuse what is beyond the slider; whoever takes it checks it
    dice = gr.Button(i18n("dice"), size="sm", elem_id=f"{elem_id}-dice")
    dice.click(None, js=f"() => cgan.throwDice({json.dumps(elem_id)})", api_visibility="private")
    return seed


def found_chip(tab: str, seed: str, neighbours: bool = True) -> gr.HTML:
    """What says under a tab's seed that the z of a person's picture stands in for it (`found.js`), and how to go back.

    seed: its name in a link. neighbours: whether the tab draws the z's neighbours as well, so how far they are.
    """
    html = _FOUND.replace("@strength", _STRENGTH if neighbours else "")
    return scripted(f"{tab}-{seed}-found", "mountFound", html, arguments=f"{json.dumps(tab)}, {json.dumps(seed)}")


def sentence(key: str, tag: str = "p", elem_id: str | None = None) -> gr.HTML:
    """A text of the page as one element.

    A gr.Markdown would have the page load seven more files before it shows anything.
    """
    template = f"<{tag}>${{value}}</{tag}>"
    return gr.HTML(
        i18n(key), html_template=template, apply_default_css=False, elem_id=elem_id, elem_classes="cgan-sentence"
    )


def scripted(
    elem_id: str,
    mount: str,
    html: str,
    value: object = None,
    arguments: str = "",
    event: str | None = None,
    **more: object,
) -> gr.HTML:
    """An element that a function of the page's script fills and follows: `cgan.MOUNT(component, ...)`.

    arguments: JavaScript of further ones for the function. event: one that it triggers; Gradio looks for its name in
    the script. more: what else a gr.HTML takes.
    """
    component = "{ element, props, watch, trigger }"
    call = f"cgan.{mount}({component}{f', {arguments}' if arguments else ''});"
    return gr.HTML(
        value,
        html_template=html,
        js_on_load=f"{call} // '{event}'" if event else call,
        apply_default_css=False,
        elem_id=elem_id,
        **more,
    )


def export_menu(tab: str) -> None:
    """The row under a tab's pictures: its link, and a menu of what its script offers to export (`export.js`)."""
    scripted(f"export-{tab}", "mountExport", EXPORT, arguments=json.dumps(tab), elem_classes="cgan-export-row")


def figure(elem_id: str, stop: str | None = None) -> gr.HTML:
    """Where the figures of a run appear (`cgan.ui.figures`), one after the other; `stop` is the button that ends it."""
    return scripted(elem_id, "mountFigure", _FIGURE, arguments=json.dumps(stop))


def run_and_stop(step: str) -> tuple[gr.Button, gr.Button]:
    with gr.Row():
        run = gr.Button(i18n("run"), variant="primary", size="md", scale=0, min_width=128, elem_id=f"{step}-run")
        stop = gr.Button(i18n("stop"), size="md", scale=0, min_width=128, elem_id=f"{step}-stop")
    return run, stop
