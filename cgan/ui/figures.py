"""What the scripts of the tab "Inside the network" show: a figure is rows of panels, with a curve and a caption.

All of it is JSON. A text is a plain string or what `say` returns, which the page words in its language.
"""

import base64
import io
import time
from collections.abc import Iterable

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from cgan.common import images
from cgan.common.classes import Classes
from cgan.ui.texts import TEXTS

Text = str | dict
_MAX_FRAMES = 36  # of a film
_MAX_COLOUR_FRAMES = 16  # each takes 256 colours of its own
_FILM_SECONDS = 4
_FILM_SIDE = 224  # pixels; smaller pictures are enlarged, crisply, up to it


def say(key: str, **values: object) -> dict:
    """A text of the table by its key; values fill its {names}, and may be such texts themselves."""
    return {"key": key, "values": values}


def class_name(classes: Classes, index: int) -> dict:
    """The name of a class as a text, in each language."""
    return {"en": classes.names[index], "zh": classes.names_zh[index]}


def in_english(text: Text) -> str:
    """A text as programs read it."""
    if isinstance(text, str):
        return text
    if "en" in text:
        return text["en"]
    return TEXTS[text["key"]][0].format(**{name: in_english(value) for name, value in text["values"].items()})


def pixels(image: Tensor) -> np.ndarray:
    """An image (1, C, H, W) in [0, 1] as uint8, (H, W) where C is 1, else (H, W, 3)."""
    levels = (image[0] * 255).round().clamp(0, 255).byte().permute(1, 2, 0).numpy()
    return levels[:, :, 0] if levels.shape[2] == 1 else levels


def heat(values: Tensor) -> np.ndarray:
    """A map (H, W), 0 or more, as uint8 (H, W, 3) from black over red and yellow to white, a percent of it all white.

    The colours are the "hot" of the original exercise.
    """
    top = float(values.quantile(0.99)) or float(values.max()) or 1.0
    level = (values / top).clamp(0, 1).numpy()[:, :, None]
    return (255 * np.clip(3 * level - np.arange(3), 0, 1)).round().astype(np.uint8)


def overlay(image: Tensor, values: Tensor) -> np.ndarray:
    """A map (H, W) in half-transparent heat over the image (1, C, H, W) in grey."""
    grey = pixels(image.mean(dim=1, keepdim=True))[:, :, None]
    return (grey // 2 + heat(values) // 2).astype(np.uint8)


def side_by_side(image: np.ndarray, maps: Iterable[np.ndarray]) -> np.ndarray:
    """An image (H, W) in [0, 1] and maps (H, W) in heat, in one row: uint8 (H, n * W, 3)."""
    grey = pixels(torch.from_numpy(image).expand(1, 3, *image.shape))
    return np.concatenate([grey, *(heat(torch.from_numpy(values)) for values in maps)], axis=1)


def panel(
    title: Text, picture: np.ndarray | None = None, note: Text | None = None, draft: bool = False, **more
) -> dict:
    """A picture, uint8 (H, W) or (H, W, 3), and what stands above and below it. draft: it will be replaced soon."""
    return {"title": title, "src": picture is not None and encode(picture, draft), "note": note, **more}


def encode(picture: np.ndarray, draft: bool = False) -> str:
    """A picture as the address of an image: PNG, but for drafts of photographs, which are WebP to be sent quickly."""
    kind = "WEBP" if draft and picture.ndim == 3 else "PNG"
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind, **({"quality": 80} if kind == "WEBP" else {}))
    return f"data:image/{kind.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def film(frames: list[np.ndarray]) -> str:
    """Some of the frames, evenly chosen, the first and the last among them, as the address of a GIF."""
    most = _MAX_FRAMES if frames[0].ndim == 2 else _MAX_COLOUR_FRAMES
    chosen = np.unique(np.linspace(0, len(frames) - 1, min(len(frames), most)).round().astype(int))
    held = [*chosen, *[chosen[-1]] * max(1, len(chosen) // 4)]  # the end stands for a moment
    stack = np.stack([frames[index] for index in held])
    factor = max(1, _FILM_SIDE // stack.shape[1])
    enlarged = stack.repeat(factor, axis=1).repeat(factor, axis=2)
    return f"data:image/gif;base64,{base64.b64encode(images.to_gif(enlarged, _FILM_SECONDS)).decode()}"


def bars(names: list[Text], probabilities: Tensor, count: int = 5) -> list[list]:
    """The most probable classes, each a name and its probability."""
    top = probabilities.topk(min(count, len(names)))
    return [
        [names[index], round(value, 4)] for value, index in zip(top.values.tolist(), top.indices.tolist(), strict=True)
    ]


def figure(rows: list[dict], **more: object) -> dict:
    """rows: each {"title": text or None, "panels": [...]}; more: caption, curve, state, film, name, crisp."""
    return {"rows": rows, "state": "running", **more}


def new_run() -> dict:
    """What marks each figure of a run: when it began, in microseconds.

    By it a page knows the newest of two runs that it may have asked for at once, of whichever copy of the app.
    """
    return {"run": time.time_ns() // 1000}


def row(panels: list[dict], title: Text | None = None) -> dict:
    return {"title": title, "panels": panels}


def problem(reason: Text) -> dict:
    """A figure that only says why it cannot be."""
    return figure([], state="problem", caption=[reason])


def progress(share: float, what: Text) -> dict:
    """A figure that only says how far a download is, 0 to 1."""
    return figure([], progress=share, caption=[what])
