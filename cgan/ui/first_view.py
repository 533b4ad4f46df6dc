"""What is seen while Gradio's scripts are on their way: the title, and the first pictures where they will be."""

import base64
import html

import numpy as np

from cgan.ui.studio import Studio
from cgan.ui.tabs.generate.layout import FIRST
from cgan.ui.texts import TEXTS
from cgan.ui.web import UI


def first_view(studio: Studio, checkpoint: str) -> str:
    """HTML that opens the page's body until the tab "Generate" takes its place (`mountPicture`).

    The page's script comes behind it and paints the pictures as that tab will (`showFirstSheet`).
    """
    class_index, seed, truncation, count = (FIRST[name] for name in ("class", "seed", "truncation", "count"))
    seeds = np.arange(seed, seed + count)
    pictures = studio.sampler(checkpoint).sample(np.full(count, class_index), seeds, truncation)
    parts = {"pixels": base64.b64encode(pictures.tobytes()).decode()}
    for index, language in enumerate(("en", "zh")):
        name = TEXTS[f"class_{class_index}"][index]
        caption = TEXTS["what_many"][index].format(name=name, first=seed, last=seed + count - 1)
        parts |= {f"title_{language}": TEXTS["title"][index], f"caption_{language}": caption}
    view = (UI / "first_view.html").read_text(encoding="utf-8")
    for name, part in parts.items():
        view = view.replace(f"{{{{{name}}}}}", html.escape(part))
    return view
