"""Write the page as a site that needs no server of ours: Generate, Train and Interpolate, in the visitor's browser.

python -m cgan.ui.site OUT                          a folder for any static host, a free static Space among them
python -m cgan.ui.site OUT --full-app URL           with a link to where the whole app runs
python -m http.server --directory OUT               to look at it
"""

import argparse
import html
import json
from collections.abc import Sequence
from pathlib import Path

from cgan.common.command_line import Parser, as_command, fail
from cgan.common.files import replaced, user_path, write_text
from cgan.common.places import SHIPPED
from cgan.engine.transfer import GENERATOR, generator_file, judge_file
from cgan.models.checkpoints import CheckpointError, digest
from cgan.ui.controls import EXPORT
from cgan.ui.links import choice
from cgan.ui.page import DEFAULT_CHECKPOINT, build
from cgan.ui.server.assets import FILES, JUDGE_FILE, SCRIPTS
from cgan.ui.studio import Studio
from cgan.ui.tabs.generate import layout as generate
from cgan.ui.tabs.interpolate import layout as interpolate
from cgan.ui.tabs.train import layout as train
from cgan.ui.texts import for_page
from cgan.ui.web import STAGE, UI, template
from cgan.ui.web.bundle import bundle, bundle_later
from cgan.ui.web.config import config_script

_ENTRY = UI / "site/script.js"
_TABS = ("generate", "train", "interpolate")
_AT_ONCE = ("generate", "interpolate")  # whose texts the page carries
_STYLES = UI / "web/styles"
_STYLE_SHEETS = {
    "style.css": [STAGE, _STYLES / "style.css", _STYLES / "controls.css"],
    "site.css": [UI / "site/style.css"],
    "train.css": [_STYLES / "charts.css", _STYLES / "figures.css", UI / "tabs/train/style.css"],
}

# What Hugging Face reads of a Space.
_SPACE = """\
---
title: What a Conditional GAN Has Learned
emoji: 👗
colorFrom: indigo
colorTo: gray
sdk: static
app_file: index.html
license: mit
---
"""


class SiteError(Exception):
    """The site cannot be written; the message is one line for the user."""


def write_site(out: Path, full_app: str | None = None, checkpoints: Sequence[str] = ()) -> None:
    """Write the site into a new or empty folder. checkpoints: those besides the shipped ones, by their names.

    Raises SiteError, OSError.
    """
    if out.exists() and any(out.iterdir()):
        raise SiteError(f"{out}: is not empty; name a new folder")
    studio = Studio()
    there = studio.names()
    missing = [name for name in checkpoints if name not in there]
    if missing:
        raise SiteError(f"--checkpoint {missing[0]}: none of {', '.join(there)}")
    names = [name for name in there if name in (*SHIPPED, *checkpoints)]
    try:
        for name in names:
            folder = studio.folder(name)
            content = generator_file(folder, digest(folder))
            _write(out / "cgan/checkpoints" / name / GENERATOR, content)
        _write(out / "cgan" / JUDGE_FILE, judge_file())
    except CheckpointError as error:
        raise SiteError(error) from error
    for name, source in FILES.items():
        _write(out / "cgan" / name, source.read_bytes())
    for name, entry in SCRIPTS.items():
        write_text(out / "cgan" / name, bundle(entry))
    for name, sheets in _STYLE_SHEETS.items():
        write_text(out / name, "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets))
    write_text(out / "cgan/train.js", _train_script())
    write_text(out / "README.md", _SPACE)
    write_text(out / "index.html", _index(studio, names, full_app))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as temporary:
        temporary.write_bytes(content)


def _train_script() -> str:
    """The tab "Train", its texts in front: what the page fetches when that tab is opened."""
    texts = json.dumps(for_page(["train"]), ensure_ascii=False)
    add = f"for (const [name, texts] of Object.entries({texts})) Object.assign(cgan.config.texts[name], texts);\n"
    return add + bundle_later(UI / "tabs/train/script.js", _ENTRY)


def _texts_at_once() -> dict[str, dict[str, str]]:
    """The texts that the page carries: of the tab "Train" only its name."""
    names = {language: {"tab_train": texts["tab_train"]} for language, texts in for_page(["train"]).items()}
    return {language: texts | names[language] for language, texts in for_page(_AT_ONCE).items()}


def _index(studio: Studio, names: list[str], full_app: str | None) -> str:
    """The page itself, with its first pictures in it."""
    first = {
        "picture": generate.first_sheet(studio, DEFAULT_CHECKPOINT),
        "allClasses": generate.first_row(studio, DEFAULT_CHECKPOINT),
        "walk": interpolate.first_walk(studio, DEFAULT_CHECKPOINT),
    }
    footer = '<span data-text="full_app_local"></span> <code>python app.py</code>'
    if full_app:
        footer = f'<a href="{html.escape(full_app)}" data-text="full_app"></a>'
    position = '<div class="box" id="position" data-control="slider" data-label="position"></div>'
    parts = {
        "picture": template("generate", "picture"),
        "all_classes": template("generate", "all_classes"),
        "train": template("train", "train"),
        "walk": template("interpolate", "walk").replace("@children", position),
        "export": EXPORT,
        "footer": footer,
        "config": config_script(
            _links(studio), studio.names_of_classes(), texts=_texts_at_once(), checkpoints=names, first=first
        ),
        "script": bundle(_ENTRY),
    }
    page = (UI / "site/page.html").read_text(encoding="utf-8")
    for name, part in parts.items():
        page = page.replace(f"{{{{{name}}}}}", part)
    return page


def _links(studio: Studio) -> dict:
    """What links say of the tabs that the site has."""
    _, links = build(studio, DEFAULT_CHECKPOINT)
    all_tabs = links.for_page()
    tabs = {name: all_tabs["tabs"][name] for name in _TABS}
    tabs["train"]["training-images"] = choice([train.EXCERPT])  # no server sends all of them
    return all_tabs | {"tabs": tabs}


def main() -> None:
    parser = Parser(
        prog="python -m cgan.ui.site", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=user_path, metavar="OUT", help="a new or empty folder")
    parser.add_argument("--full-app", metavar="URL", help="where the whole app runs")
    about = "a name in checkpoints/ that the site has besides the shipped ones; more by more flags"
    parser.add_argument("--checkpoint", action="append", default=[], metavar="C", help=about)
    arguments = parser.parse_args()
    try:
        write_site(arguments.out, arguments.full_app, arguments.checkpoint)
    except SiteError as error:
        fail(error)
    except OSError as error:
        fail(f"{arguments.out}: cannot be written ({error.strerror})")
    size = sum(file.stat().st_size for file in arguments.out.rglob("*") if file.is_file())
    look = as_command("python", "-m", "http.server", "--directory", arguments.out)
    print(f"{arguments.out}: {size / 1e6:.1f} MB. Look at it: {look}")
