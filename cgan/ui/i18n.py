"""The texts of Gradio's own parts, which the page words in the browser's language."""

import gradio as gr

from cgan.data import CLASS_NAMES
from cgan.ui.texts import for_page

_LANGUAGES = for_page()

i18n = gr.I18n(**{"en": _LANGUAGES["en"], "zh-CN": _LANGUAGES["zh"]})  # `web/language.js` chooses


def class_choices() -> list[tuple[gr.I18n, int]]:
    """Choices of a dropdown of the classes of Fashion-MNIST: translated name, index."""
    return [(i18n(f"class_{index}"), index) for index in range(len(CLASS_NAMES))]
