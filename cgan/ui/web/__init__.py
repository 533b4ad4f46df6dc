"""Scripts and styles that the tabs share, and what a page is made of."""

from pathlib import Path

UI = Path(__file__).resolve().parents[1]
WORKER = UI / "web/drawing/worker.js"
TRAINING_WORKER = UI.parent / "engine/training/worker.js"
STAGE = UI / "web/styles/stage.css"  # which the first pictures need before Gradio's style sheets are there
# The tabs' own last, for they refine what is shared.
STYLE_SHEETS = (
    *(UI / f"web/styles/{name}.css" for name in ("style", "controls", "charts", "figures")),
    *sorted(UI.glob("tabs/*/style.css")),
)


def template(tab: str, name: str = "template") -> str:
    """The HTML of a tab's part: `tabs/TAB/NAME.html`."""
    return (UI / "tabs" / tab / f"{name}.html").read_text(encoding="utf-8")
