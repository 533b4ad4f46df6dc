"""The texts of Gradio's own parts, which the page words in the browser's language."""

import gradio as gr

from cgan.ui.texts import for_page

_LANGUAGES = for_page()

i18n = gr.I18n(**{"en": _LANGUAGES["en"], "zh-CN": _LANGUAGES["zh"]})  # `web/language.js` chooses
