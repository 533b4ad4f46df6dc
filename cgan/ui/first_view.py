"""What is seen while Gradio's scripts are on their way: the title, and the first pictures where they will be."""

import base64
import html
import io

import numpy as np
from PIL import Image

from cgan.common import images
from cgan.ui.studio import Studio
from cgan.ui.tabs.generate.layout import FIRST
from cgan.ui.texts import TEXTS
from cgan.ui.web import UI

_COLUMNS = 4


def first_view(studio: Studio, checkpoint: str) -> str:
    """HTML that opens the page's body until the tab "Generate" takes its place (`mountPicture`)."""
    class_index, seed, truncation, count = (FIRST[name] for name in ("class", "seed", "truncation", "count"))
    seeds = np.arange(seed, seed + count)
    sheet = _sheet(studio.sampler(checkpoint).sample(np.full(count, class_index), seeds, truncation))
    file = io.BytesIO()
    sheet.save(file, format="PNG")
    parts = {"png": base64.b64encode(file.getvalue()).decode(), "side": f"{sheet.width}px"}
    for index, language in enumerate(("en", "zh")):
        name = TEXTS[f"class_{class_index}"][index]
        caption = TEXTS["what_many"][index].format(name=name, first=seed, last=seed + count - 1)
        parts |= {f"title_{language}": TEXTS["title"][index], f"caption_{language}": caption}
    view = (UI / "first_view.html").read_text(encoding="utf-8")
    for name, part in parts.items():
        view = view.replace(f"{{{{{name}}}}}", html.escape(part))
    return view


def _sheet(pictures: np.ndarray) -> Image.Image:
    """Pictures, uint8 (N, 28, 28), in rows, a transparent pixel between two, as the page's script paints them."""

    def lay_out(values: np.ndarray) -> np.ndarray:
        return images.grid(np.pad(values, ((0, 0), (0, 1), (0, 1))), _COLUMNS)[:-1, :-1]

    return Image.fromarray(np.dstack([lay_out(pictures), lay_out(np.full_like(pictures, 255))]))
