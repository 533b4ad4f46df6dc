"""The figures that the tab opens with, computed beforehand: they are shown before a network could be loaded.

python -m cgan.ui.tabs.inside.beforehand    computes them anew: after another network, photograph or map
"""

import base64
import io
import json
from functools import cache
from pathlib import Path

import torch
from PIL import Image

from cgan.common.files import write_text
from cgan.explain.imagenet import EFFICIENTNET_LITE0
from cgan.ui.figures import say
from cgan.ui.tabs.inside.photographs import PHOTOGRAPHS

SUBJECT = (EFFICIENTNET_LITE0, "photograph", next(iter(PHOTOGRAPHS)))  # network, source and photograph of a request
FILE = Path(__file__).with_name("beforehand.json")
_QUALITY = 85  # of a photograph and Grad-CAM over it, WebP
_NOISY = ("gradient", "smooth_grad", "integrated_gradients")
_COLOURS = 32  # of these maps, PNG, which keeps their pixels sharp


@cache
def load() -> tuple[dict, dict]:
    """The picture and its saliency maps, as `Lab.look` ends on them, marked as computed beforehand."""
    picture, saliency = json.loads(FILE.read_text(encoding="utf-8"))
    return picture, saliency | {"caption": [say("beforehand"), *saliency["caption"]]}


def compress(source: str, is_noisy: bool) -> str:
    """A picture's address, with less than half the bytes."""
    picture = Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))
    file = io.BytesIO()
    if is_noisy:
        picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    else:
        picture.save(file, "WEBP", quality=_QUALITY, method=6)
    return f"data:image/{'png' if is_noisy else 'webp'};base64,{base64.b64encode(file.getvalue()).decode()}"


def main() -> None:
    from cgan.ui.server.jobs import Worker
    from cgan.ui.studio import Studio
    from cgan.ui.tabs.inside.service import Lab  # which shows what is made here

    torch.set_num_threads(1)  # beside other work threads would wait for each other's cores
    studio = Studio()
    *_, figures = Lab(studio, Worker(), offline=True).look(studio.names()[0], *SUBJECT, 0, 0, None, anew=True)
    for figure in figures:
        del figure["run"]
        for panel in figure["rows"][0]["panels"]:
            panel["src"] = compress(panel["src"], is_noisy=panel["title"]["key"] in _NOISY)
    write_text(FILE, json.dumps(figures))


if __name__ == "__main__":
    main()
