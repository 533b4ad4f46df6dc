"""What the page asks the server for. Whatever arrives is checked here: an endpoint answers to more than its page."""

import base64
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from cgan import checkpoints, images
from cgan.bounds import check_choice, check_integer, check_real
from cgan.checkpoints import CheckpointError
from cgan.data import NUM_CLASSES
from cgan.sampling import MAX_FRAMES, PATHS, Sampler, SamplerCache
from cgan.ui.texts import i18n
from cgan.web.export import Card, load_card

MAX_SEED = 9999  # of the sliders: a pixel of a longer one would be too many seeds
MAX_COUNT = 64
_GIF_SCALE = 8
_GIF_SECONDS = 5  # there and back


class Studio:
    """Draws for the page from the checkpoints that it may choose from."""

    def __init__(self, extra_folder: Path | None = None) -> None:
        """extra_folder: a checkpoint outside `checkpoints/` that may be chosen as well."""
        self._extra = {str(extra_folder): extra_folder} if extra_folder else {}
        self._samplers = SamplerCache()

    def names(self) -> list[str]:
        """The checkpoints there are at this moment."""
        return [*self._extra, *checkpoints.available()]

    def generate(self, checkpoint: str, class_index: int, seed: int, truncation: float, count: int) -> dict:
        """Pictures of one class for `count` seeds from `seed` on.

        Returns what the page's scripts take: pictures as base64 of uint8 (N, 28, 28), and the request they answer.
        """
        sampler = self._sampler(checkpoint)
        class_index = _checked("class", check_integer, class_index, 0, NUM_CLASSES - 1)
        seed = _checked("seed", check_integer, seed, 0, MAX_SEED)
        truncation = _checked("truncation", check_real, truncation, 0, 1)
        count = _checked("count", check_integer, count, 1, MAX_COUNT)
        pictures = sampler.sample(np.full(count, class_index), np.arange(seed, seed + count), truncation)
        return payload(pictures, [checkpoint, class_index, seed, truncation, count], steps=sampler.steps)

    def all_classes(self, checkpoint: str, seed: int, truncation: float) -> dict:
        """Pictures of one seed in each of the ten classes."""
        sampler = self._sampler(checkpoint)
        seed = _checked("seed", check_integer, seed, 0, MAX_SEED)
        truncation = _checked("truncation", check_real, truncation, 0, 1)
        pictures = sampler.sample(np.arange(NUM_CLASSES), np.full(NUM_CLASSES, seed), truncation)
        return payload(pictures, [checkpoint, seed, truncation])

    def interpolate(
        self, checkpoint: str, from_class: int, from_seed: int, to_class: int, to_seed: int, path: str, frames: int
    ) -> dict:
        """The frames of a walk, as base64 of uint8 (frames, 28, 28), and the request that they answer."""
        request = [checkpoint, from_class, from_seed, to_class, to_seed, path, frames]
        return payload(self._walk(*request), request)

    def walk_gif(
        self, checkpoint: str, from_class: int, from_seed: int, to_class: int, to_seed: int, path: str, frames: int
    ) -> str:
        """A walk there and back, without end, as base64 of a GIF."""
        walk = self._walk(checkpoint, from_class, from_seed, to_class, to_seed, path, frames)
        walk = images.enlarge(walk, _GIF_SCALE)
        there_and_back = np.concatenate([walk, walk[-2:0:-1]])
        return _base64(images.to_gif(there_and_back, _GIF_SECONDS))

    def _walk(
        self, checkpoint: str, from_class: int, from_seed: int, to_class: int, to_seed: int, path: str, frames: int
    ) -> np.ndarray:
        sampler = self._sampler(checkpoint)
        from_class = _checked("from-class", check_integer, from_class, 0, NUM_CLASSES - 1)
        from_seed = _checked("from-seed", check_integer, from_seed, 0, MAX_SEED)
        to_class = _checked("to-class", check_integer, to_class, 0, NUM_CLASSES - 1)
        to_seed = _checked("to-seed", check_integer, to_seed, 0, MAX_SEED)
        path = _checked("path", check_choice, path, PATHS)
        frames = _checked("frames", check_integer, frames, 2, MAX_FRAMES)
        return sampler.walk((from_class, to_class), (from_seed, to_seed), frames, path)

    def cards(self) -> dict[str, Card]:
        """Of the checkpoints that the page can draw from by itself."""
        cards = {name: load_card(self.folder(name)) for name in self.names()}
        return {name: card for name, card in cards.items() if card}

    def folder(self, checkpoint: str) -> Path:
        """Where a checkpoint lies. Raises gr.Error."""
        name = _checked("checkpoint", check_choice, checkpoint, self.names())
        try:
            return self._extra.get(name) or checkpoints.resolve(name)
        except CheckpointError as error:
            raise gr.Error(str(error), title=i18n("failed")) from error

    def _sampler(self, checkpoint: str) -> Sampler:
        folder = self.folder(checkpoint)
        try:
            return self._samplers.get(folder)
        except CheckpointError as error:
            raise gr.Error(str(error), title=i18n("failed")) from error


def for_page(draw: Callable) -> Callable[[list], dict]:
    """A function that a component's script may call with a list of what `draw` takes.

    It answers with what `draw` returns, or with the line in which it refuses.
    """
    expected = inspect.signature(draw).parameters

    def answer(request: list) -> dict:
        try:
            if not isinstance(request, list) or len(request) != len(expected):
                raise gr.Error(f"request: {request!r:.100} given; allowed: a list of {', '.join(expected)}")
            return {"answer": draw(*request)}
        except gr.Error as error:
            return {"error": error.message}

    answer.__name__ = draw.__name__  # under which the script finds it
    return answer


def _checked(name: str, check: Callable, *arguments: object) -> Any:
    """The checked value; a refusal goes to the person as one line."""
    try:
        return check(*arguments)
    except ValueError as error:
        raise gr.Error(f"{name}: {error}", title=i18n("failed")) from error


def payload(pictures: np.ndarray, request: list, **more: object) -> dict:
    """Pictures, uint8 (N, 28, 28), as the page's scripts take them, with the request that they answer."""
    return {"pixels": _base64(pictures.tobytes()), "count": len(pictures), "request": request, **more}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
