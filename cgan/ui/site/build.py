"""Write the page as a site that needs no server of ours: Generate, Train and Interpolate, in the visitor's browser.

python -m cgan.ui.site OUT                          a folder for any static host, a free static Space among them
python -m cgan.ui.site OUT --full-app URL           with a link to where the whole app runs
python -m http.server --directory OUT               to look at it
"""

import html
from collections.abc import Sequence
from pathlib import Path

from cgan.common.command_line import Parser, as_command, fail
from cgan.common.files import user_path
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
from cgan.ui.web import UI, template
from cgan.ui.web.bundle import bundle
from cgan.ui.web.config import config_script

_TABS = ("generate", "train", "interpolate")
_STYLE_SHEETS = (
    "site/style",
    *(f"web/styles/{name}" for name in ("stage", "style", "controls", "charts", "figures")),
    "tabs/train/style",
)

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


def write_site(out: Path, full_app: str | None = None, checkpoints: Sequence[str] = ()) -> None:
    """Write the site into a new or empty folder. checkpoints: those besides the shipped ones, by their names.

    Ends with one line where it cannot be written. Raises OSError.
    """
    if out.exists() and any(out.iterdir()):
        fail(f"{out}: is not empty; name a new folder")
    studio = Studio()
    there = studio.names()
    missing = [name for name in checkpoints if name not in there]
    if missing:
        fail(f"--checkpoint {missing[0]}: none of {', '.join(there)}")
    names = [name for name in there if name in (*SHIPPED, *checkpoints)]
    sheets = [UI / f"{name}.css" for name in _STYLE_SHEETS]
    files: dict[str, str | bytes] = {
        "README.md": _SPACE,
        "index.html": _index(studio, names, full_app),
        "style.css": "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets),
        **{f"cgan/{name}": bundle(entry) for name, entry in SCRIPTS.items()},
        **{f"cgan/{name}": source.read_bytes() for name, source in FILES.items()},
    }
    try:
        files[f"cgan/{JUDGE_FILE}"] = judge_file()
        for name in names:
            folder = studio.folder(name)
            files[f"cgan/checkpoints/{name}/{GENERATOR}"] = generator_file(folder, digest(folder))
    except CheckpointError as error:
        fail(error)
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


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
            _links(studio), studio.names_of_classes(), texts=for_page(_TABS), checkpoints=names, first=first
        ),
        "script": bundle(UI / "site/script.js"),
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
    parser = Parser(prog="python -m cgan.ui.site", description=__doc__)
    parser.add_argument("out", type=user_path, metavar="OUT", help="a new or empty folder")
    parser.add_argument("--full-app", metavar="URL", help="where the whole app runs")
    about = "a name in checkpoints/ that the site has besides the shipped ones; more by more flags"
    parser.add_argument("--checkpoint", action="append", default=[], metavar="C", help=about)
    arguments = parser.parse_args()
    try:
        write_site(arguments.out, arguments.full_app, arguments.checkpoint)
    except OSError as error:
        fail(f"{arguments.out}: cannot be written ({error.strerror})")
    size = sum(file.stat().st_size for file in arguments.out.rglob("*") if file.is_file())
    look = as_command("python", "-m", "http.server", "--directory", arguments.out)
    print(f"{arguments.out}: {size / 1e6:.1f} MB. Look at it: {look}")
