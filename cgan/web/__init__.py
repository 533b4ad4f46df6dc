"""What the browser runs, and what has to be made for it."""

from pathlib import Path

WEB = Path(__file__).resolve().parent
PAGE_SCRIPTS = (
    "texts.js",
    "canvas.js",
    "view.js",
    "link.js",
    "latents.js",
    "workers.js",
    "drawing.js",
    "npz.js",
    "take.js",
    "generate.js",
    "interpolate.js",
    "page.js",
)
WORKER_SCRIPTS = ("worker.js", "gif.js")


# What the page has beyond the site, which is Generate and Interpolate alone.
EXPLORE_SCRIPTS = ("mix.js", "directions.js", "sheet.js", "charts.js", "plots.js", "watch.js")


def page_script(*more: str) -> str:
    """The page's scripts as one: they share their names with each other, and with nothing else in the page."""
    parts = [(WEB / name).read_text(encoding="utf-8") for name in (*PAGE_SCRIPTS, *more)]
    return "\n".join(['(() => {\n"use strict";', *parts, "})();"])
