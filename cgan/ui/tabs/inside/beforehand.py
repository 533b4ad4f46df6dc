"""The figures that the tab opens with, computed beforehand: they are shown before a network could be loaded.

python -m cgan.ui.tabs.inside.beforehand    computes them anew: after another network, photograph or map
"""

import base64
import io
import json
from functools import cache
from pathlib import Path

from PIL import Image

from cgan.common.files import write_text
from cgan.explain.imagenet import EFFICIENTNET_LITE0
from cgan.ui.figures import say
from cgan.ui.tabs.inside.photographs import PHOTOGRAPHS

SUBJECT = (EFFICIENTNET_LITE0, "photograph", next(iter(PHOTOGRAPHS)))  # network, source and photograph of a request
FILE = Path(__file__).with_name("beforehand.json")
_QUALITY = 85  # of WebP


@cache
def load() -> tuple[dict, dict]:
    """The picture and its saliency maps, as `Lab.look` ends on them, marked as computed beforehand."""
    picture, saliency = json.loads(FILE.read_text(encoding="utf-8"))
    return picture, saliency | {"caption": [say("beforehand"), *saliency["caption"]]}


def compress(figure: dict) -> dict:
    """A figure whose pictures are WebP: a quarter of the PNGs that they are made of."""
    for row in figure["rows"]:
        for panel in row["panels"]:
            content = io.BytesIO(base64.b64decode(panel["src"].partition(",")[2]))
            file = io.BytesIO()
            Image.open(content).save(file, "WEBP", quality=_QUALITY, method=6)
            panel["src"] = f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
    return figure


def main() -> None:
    from cgan.ui.server.jobs import Worker
    from cgan.ui.studio import Studio
    from cgan.ui.tabs.inside.service import Lab  # which shows what is made here

    studio = Studio()
    *_, figures = Lab(studio, Worker(), offline=True).look(studio.names()[0], *SUBJECT, 0, 0, None, anew=True)
    for figure in figures:
        del figure["run"]
    write_text(FILE, json.dumps([compress(figure) for figure in figures]))


if __name__ == "__main__":
    main()
