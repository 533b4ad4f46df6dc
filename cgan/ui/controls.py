"""Controls that more than one tab has."""

import json

import gradio as gr

from cgan.ui.drawing import MAX_SEED
from cgan.ui.texts import class_choices, i18n


def class_dropdown(label: str, value: int, elem_id: str) -> gr.Dropdown:
    """A choice of one class; its value is the index, 0 to 9."""
    return gr.Dropdown(class_choices(), value=value, label=i18n(label), elem_id=elem_id)


def seed_slider(label: str, value: int, elem_id: str, info: str | None = None) -> gr.Slider:
    """A slider of seeds, 0 to MAX_SEED, with its number field, and a button under it that throws the dice."""
    seed = gr.Slider(
        0,
        MAX_SEED,
        value=value,
        step=1,
        precision=0,
        label=i18n(label),
        info=i18n(info) if info else None,
        buttons=[],
        elem_id=elem_id,
    )
    dice = gr.Button(i18n("dice"), size="sm", elem_id=f"{elem_id}-dice")
    dice.click(None, outputs=seed, js=f"() => Math.floor(Math.random() * {MAX_SEED + 1})", api_visibility="private")
    return seed


def live(controls: list[gr.components.Component], also: list, **event: object) -> None:
    """Run an event whenever one of the controls changes, and always once more after the last change.

    Gradio's default drops what arrives while a call is under way, the last value too: hence trigger_mode. Without the
    queue an answer takes a third less time. What is typed into a number field comes letter by letter, so the page first
    holds it in its range.
    """
    ranges = [[c.minimum, c.maximum] if isinstance(c, gr.Slider) else None for c in controls]
    held = f"(...values) => cgan.held({json.dumps(event['api_name'])}, values, {json.dumps(ranges)})"
    gr.on(
        [control.change for control in controls] + also,
        inputs=controls,
        js=held,
        trigger_mode="always_last",
        queue=False,
        show_progress="hidden",
        **event,
    )
