"""What a person shows the networks: one of the test images that ship, a drawing, or a file; and its picker."""

import gradio as gr
import numpy as np

from cgan import examples, images, uploads
from cgan.bounds import RefusalError, check_integer, checked
from cgan.data import IMAGE_SIZE
from cgan.ui import figures
from cgan.ui.checks import decoded
from cgan.ui.figures import say
from cgan.ui.lab import Lab
from cgan.uploads import UploadError

FIRST = {"example": 20}  # a pullover with a word on it, which no generator here has learned to write
_FAINTEST = 8  # grey levels between the darkest and the brightest: with less there is nothing on the picture

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


def read(value: object) -> np.ndarray:
    """A picker's value as the networks see it: uint8 (28, 28), the background black.

    {"example": 0 to 99}, {"drawn": base64 of 784 grey levels} or {"upload": base64 of a file}.
    Raises RefusalError, UploadError.
    """
    if not isinstance(value, dict) or len(value) != 1:
        raise RefusalError(say("no_picture"))
    ((kind, content),) = value.items()
    if kind == "example":
        return examples.load()[checked("example", check_integer, content, 0, examples.COUNT - 1)]
    if kind == "drawn":
        return _not_blank(_drawing(content))
    if kind == "upload":
        return from_file(content)
    raise RefusalError(say("no_picture"))


def from_file(content: object) -> np.ndarray:
    """A file, in base64, as the networks see it: uint8 (28, 28). Raises RefusalError, UploadError."""
    return _not_blank(figures.pixels(uploads.to_garment(uploads.open_upload(decoded(content)))))


def _drawing(content: object) -> np.ndarray:
    levels = np.frombuffer(decoded(content), np.uint8)
    if len(levels) != IMAGE_SIZE**2:
        raise UploadError("unreadable", f"{len(levels)} grey levels given; allowed: {IMAGE_SIZE**2}")
    return levels.reshape(IMAGE_SIZE, IMAGE_SIZE)


def _not_blank(picture: np.ndarray) -> np.ndarray:
    if int(picture.max()) - int(picture.min()) < _FAINTEST:
        raise RefusalError(say("picture_blank"))
    return picture
