"""The picker of a person's picture, whose value `own_picture` reads."""

import gradio as gr

from cgan.common import images
from cgan.data import IMAGE_SIZE, examples
from cgan.ui import figures
from cgan.ui.controls import scripted
from cgan.ui.web import template

FIRST = {"example": 20}  # a pullover with a word on it, which no generator here has learned to write


def picker(elem_id: str) -> gr.HTML:
    """A component whose value is what `read` takes; it fires `submit` when another picture was chosen."""
    sheet = figures.encode(images.grid(examples.load(), examples.per_class))
    html = template("picture", "picker").replace("@sheet", sheet).replace("@size", f"{IMAGE_SIZE}")
    return scripted(elem_id, "mountPicker", html, FIRST, event="submit")
