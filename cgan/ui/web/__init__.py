"""The page's scripts, by the tab or the subject that they belong to."""

from pathlib import Path

UI = Path(__file__).resolve().parents[1]
WEB = UI / "web"
PAGE_SCRIPTS = (
    "web/texts.js",
    "web/canvas.js",
    "web/store.js",
    "web/url.js",
    "web/latents.js",
    "web/workers.js",
    "web/renderer.js",
    "web/npz.js",
    "web/export.js",
    "tabs/generate/script.js",
    "tabs/interpolate/script.js",
    "web/page.js",
)
WORKER_SCRIPTS = ("worker.js", "gif.js")


# The full page has more tabs than the static site, which is Generate and Interpolate alone.
APP_SCRIPTS = (
    "tabs/mix/script.js",
    "tabs/directions/script.js",
    "tabs/directions/sheet.js",
    "web/charts.js",
    "web/plots.js",
    "tabs/watch/script.js",
    "tabs/picture/altered.js",
    "tabs/picture/script.js",
    "tabs/how_good/script.js",
    "tabs/inside/script.js",
)
SITE_SCRIPTS = ("site/script.js",)
STYLE_SHEETS = ("web/style.css", "tabs/inside/style.css", "web/explore.css", "tabs/picture/style.css")


def page_script(*more: str) -> str:
    """The page's scripts as one: they share their names with each other, and with nothing else in the page."""
    parts = [(UI / name).read_text(encoding="utf-8") for name in (*PAGE_SCRIPTS, *more)]
    return "\n".join(['(() => {\n"use strict";', *parts, "})();"])
