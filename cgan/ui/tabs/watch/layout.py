"""The tab "Watch it learn": the timelines of two runs side by side, with their charts. All of it runs in the page."""

import gradio as gr

from cgan.evaluation.snapshots import snapshots
from cgan.ui.controls import sentence, take_along
from cgan.ui.links import Links, checkpoint_name, number
from cgan.ui.studio import Studio

REPORT = "report-mlp"

_RUN = """
<figure class="cgan-figure">
  {choice}
  <div class="cgan-stage"><canvas role="img"></canvas></div>
  <div class="cgan-class-names" aria-hidden="true"></div>
  <figcaption></figcaption>
</figure>
"""
_OTHER = """<div class="cgan-watch-choice">
    <span data-text="watch_compare"></span> <select data-do="other"></select>
  </div>"""
_CHOSEN = '<div class="cgan-watch-choice"><span data-text="checkpoint"></span> <b data-do="chosen"></b></div>'
_WATCH = f"""
<div class="cgan-watch">
  {_RUN.format(choice=_OTHER)}
  {_RUN.format(choice=_CHOSEN)}
  <div class="cgan-watch-bar">
    <button type="button" class="cgan-button cgan-primary" data-do="play"></button>
    <input type="range" data-do="scrub" min="0" step="1">
    <output></output>
    <label class="cgan-check"><span data-text="speed"></span> <select data-do="speed">
      <option value="0.25">¼ ×</option><option value="0.5">½ ×</option><option value="1" selected>1 ×</option>
      <option value="2">2 ×</option><option value="4">4 ×</option>
    </select></label>
  </div>
  <div class="cgan-chart cgan-chart-losses-0"></div>
  <div class="cgan-chart cgan-chart-losses-1"></div>
  <div class="cgan-chart cgan-chart-named-right"></div>
  <div class="cgan-chart cgan-chart-kid"></div>
  <p class="cgan-no-charts" data-text="watch_no_charts" hidden></p>
</div>
"""


def build(studio: Studio, checkpoint: gr.Dropdown, links: Links, tab: gr.Tab) -> None:
    """Lay out the tab: the page's checkpoint beside another one, by default the report's."""
    others = [name for name, folder in studio.folders().items() if snapshots(folder)]
    other = REPORT if REPORT in others or not others else others[0]
    sentence("hint_watch")
    gr.HTML(
        checkpoint.value,
        html_template=_WATCH,
        js_on_load="cgan.mountWatch(element, props.value)",
        apply_default_css=False,
        elem_id="watch",
    )
    take_along("watch")
    links.add(tab, {}, {"other": checkpoint_name(other), "moment": number(1, (0, 1, 0.001))})
