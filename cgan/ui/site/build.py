"""Write the page as a site that needs no server of ours: Generate and Interpolate, drawn in the visitor's browser.

python -m cgan.ui.site OUT                          a folder for any static host, a free static Space among them
python -m cgan.ui.site OUT --full-app URL           with a link to where the whole app runs
python -m http.server --directory OUT               to look at it
"""

import argparse
import html
import json
import shutil
from dataclasses import asdict
from pathlib import Path

from cgan.common.command_line import Parser, fail
from cgan.common.files import replaced, write_text
from cgan.sampling.sampler import MAX_FRAMES
from cgan.ui.controls import TAKE_ALONG
from cgan.ui.page import DEFAULT_CHECKPOINT, as_script, build
from cgan.ui.studio import MAX_COUNT, MAX_SEED, Studio
from cgan.ui.tabs.generate import layout as generate
from cgan.ui.tabs.interpolate import layout as interpolate
from cgan.ui.texts import for_page
from cgan.ui.web import SITE_SCRIPTS, UI, WEB, WORKER_SCRIPTS, page_script
from cgan.web import runtime
from cgan.web.export import CARD, MODEL
from cgan.web.runtime import Runtime

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


def write_site(out: Path, full_app: str | None = None) -> None:
    """Write the site into a new or empty folder. Raises SiteError, OSError."""
    if out.exists() and any(out.iterdir()):
        raise SiteError(f"{out}: is not empty; name a new folder")
    studio = Studio()
    cards = studio.cards()
    if DEFAULT_CHECKPOINT not in cards:
        raise SiteError(f"{DEFAULT_CHECKPOINT}: export it first by `python -m cgan.web.export`")
    onnxruntime = Runtime()
    onnxruntime.obtain(offline=False)
    if onnxruntime.folder is None:
        raise SiteError("onnxruntime-web is needed: `npm install onnxruntime-web` here, or a way to the internet")

    files = {f"cgan/{name}": WEB / name for name in WORKER_SCRIPTS}
    files |= {f"cgan/{runtime.VERSION}/{name}": onnxruntime.folder / name for name in runtime.file_names()}
    files |= {f"cgan/checkpoints/{name}/{part}": studio.folder(name) / part for name in cards for part in (MODEL, CARD)}
    files |= {"style.css": WEB / "style.css", "site.css": UI / "site/style.css"}
    for name, source in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        with replaced(out / name) as temporary:
            shutil.copyfile(source, temporary)
    offer = {"runtime": runtime.VERSION, "pending": False, "generators": {n: asdict(card) for n, card in cards.items()}}
    write_text(out / "cgan/generators.json", json.dumps(offer))
    write_text(out / "README.md", _SPACE)
    write_text(out / "index.html", _index(studio, list(cards), full_app))


def _index(studio: Studio, names: list[str], full_app: str | None) -> str:
    """The page itself, with its first pictures in it."""
    _, seed, truncation, _ = generate.FIRST
    first = {
        "checkpoints": names,
        "maxSeed": MAX_SEED,
        "picture": studio.generate(DEFAULT_CHECKPOINT, *generate.FIRST),
        "allClasses": studio.all_classes(DEFAULT_CHECKPOINT, seed, truncation),
        "walk": studio.interpolate(DEFAULT_CHECKPOINT, *interpolate.FIRST),
    }
    footer = '<span data-text="full_app_local"></span> <code>python app.py</code>'
    if full_app:
        footer = f'<a href="{html.escape(full_app)}" data-text="full_app"></a>'
    position = '<div class="box" id="position" data-label="position"></div>'
    parts = {
        "picture": generate.PICTURE,
        "all_classes": generate.ALL_CLASSES,
        "walk": interpolate.WALK.replace("@children", position),
        "take": TAKE_ALONG,
        "max_count": f"{MAX_COUNT}",
        "max_frames": f"{MAX_FRAMES}",
        "footer": footer,
        "texts": as_script(for_page()),
        "links": as_script(_links(studio)),
        "first": as_script(first),
        "script": page_script(*SITE_SCRIPTS),
    }
    page = (UI / "site/page.html").read_text(encoding="utf-8")
    for name, part in parts.items():
        page = page.replace(f"{{{{{name}}}}}", part)
    return page


def _links(studio: Studio) -> dict:
    """What links say of the tabs that the site has."""
    _, links = build(studio, DEFAULT_CHECKPOINT)
    all_tabs = links.for_page()
    return all_tabs | {"tabs": {name: all_tabs["tabs"][name] for name in ("generate", "interpolate")}}


def main() -> None:
    parser = Parser(
        prog="python -m cgan.ui.site", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="a new or empty folder")
    parser.add_argument("--full-app", metavar="URL", help="where the whole app runs")
    arguments = parser.parse_args()
    try:
        write_site(arguments.out, arguments.full_app)
    except SiteError as error:
        fail(error)
    except OSError as error:
        fail(f"{arguments.out}: cannot be written ({error.strerror})")
    size = sum(file.stat().st_size for file in arguments.out.rglob("*") if file.is_file())
    print(f"{arguments.out}: {size / 1e6:.1f} MB. Look at it: python -m http.server --directory {arguments.out}")
