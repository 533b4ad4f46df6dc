"""The picker of a person's picture, whose value `own_picture` reads."""

import gradio as gr

from cgan.common import images
from cgan.data import IMAGE_SIZE, examples
from cgan.ui import figures
from cgan.ui.tabs.inside.service import Lab

FIRST = {"example": 20}  # a pullover with a word on it, which no generator here has learned to write

_PICKER = """
<div class="cgan-picker">
  <div class="cgan-buttons" role="group">
    <button type="button" class="cgan-button" data-mode="example" data-text="pick_example"></button>
    <button type="button" class="cgan-button" data-mode="drawn" data-text="pick_drawn"></button>
    <button type="button" class="cgan-button" data-mode="upload" data-text="pick_upload"></button>
  </div>
  <div data-part="example">
    <div class="cgan-examples" tabindex="0" role="img"><img src="@sheet" alt=""><span></span></div>
    <p data-text="example_info"></p>
  </div>
  <div data-part="drawn" hidden>
    <canvas class="cgan-drawing" width="@size" height="@size" role="img"></canvas>
    <div class="cgan-buttons">
      <label class="cgan-check">
        <span data-text="grey"></span> <input type="range" min="0" max="255" value="200">
      </label>
      <label class="cgan-check"><span data-text="brush"></span> <select>
        <option value="0.8">1</option><option value="1.6" selected>2</option><option value="3">3</option>
      </select></label>
      <button type="button" class="cgan-button" data-do="clear" data-text="clear"></button>
    </div>
    <p data-text="drawn_info"></p>
  </div>
  <div data-part="upload" class="cgan-upload" hidden>
    <label>
      <input type="file" accept="image/png,image/jpeg,image/webp,image/gif"><span class="cgan-button"></span>
    </label>
    <p role="status"></p>
  </div>
</div>
"""


def picker(lab: Lab, elem_id: str) -> gr.HTML:
    """A component whose value is what `read` takes; it fires `submit` when another picture was chosen."""

    def open_upload(content: str) -> dict:
        return lab.open_upload(content)

    sheet = figures.encode(images.grid(examples.load(), examples.PER_CLASS))
    return gr.HTML(
        FIRST,
        html_template=_PICKER.replace("@sheet", sheet).replace("@size", f"{IMAGE_SIZE}"),
        js_on_load="cgan.mountPicker(element, props, trigger, server); // 'submit'",
        server_functions=[open_upload],
        apply_default_css=False,
        elem_id=elem_id,
    )
