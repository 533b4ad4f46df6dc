"""The tab "Watch it learn": the timelines of two runs side by side, with their charts. All of it runs in the page."""

import gradio as gr

from cgan.evaluation.snapshots import snapshots
from cgan.ui.controls import export_menu, scripted, sentence
from cgan.ui.links import Links, checkpoint_name, number
from cgan.ui.studio import Studio
from cgan.ui.web import template

REPORT = "report-mlp"


def build(studio: Studio, links: Links, tab: gr.Tab) -> None:
    """Lay out the tab: the page's checkpoint beside another one, by default the report's."""
    others = [name for name, folder in studio.folders().items() if snapshots(folder)]
    other = REPORT if REPORT in others or not others else others[0]
    sentence("hint_watch")
    scripted("watch", "mountWatch", template("watch", "watch"))
    export_menu("watch")
    links.add(tab, {}, {"other": checkpoint_name(other), "moment": number(1, (0, 1, 0.001))})
