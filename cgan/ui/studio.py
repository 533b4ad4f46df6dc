"""What the page asks the server for. Whatever arrives is checked here: an endpoint answers to more than its page."""

import base64
import inspect
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from cgan.common import images
from cgan.common.validation import RefusalError, check_choice, check_integer, check_list, check_real, checked
from cgan.data import NUM_CLASSES
from cgan.explain.directions import COUNT, MAX_SIGMA, SCOPES, Directions, load_directions, move
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.sampling import latents
from cgan.sampling.sampler import MAX_FRAMES, PATHS, Sampler, samplers
from cgan.web.export import Card, load_card

MAX_SEED = 9999  # of the sliders: a pixel of a longer one would be too many seeds
MAX_COUNT = 64
MIXED_SEEDS = 9  # of one mixture of classes
MAX_POSITIONS = 64  # on a square, in one request
MAX_MOVED = 64  # pictures along directions, in one request
SHEET_SEEDS = 8
_ANIMATION_SCALE = 8
_ROUND_SECONDS = 5  # there and back


class Studio:
    """Draws for the page from the checkpoints that it may choose from.

    Whatever draws raises RefusalError for what may not be asked, and CheckpointError.
    """

    def __init__(self, extra_folder: Path | None = None) -> None:
        """extra_folder: a checkpoint outside `checkpoints/` that may be chosen as well."""
        self._extra = {str(extra_folder): extra_folder} if extra_folder else {}

    def names(self) -> list[str]:
        """The checkpoints there are at this moment."""
        return [*self._extra, *checkpoints.available()]

    def generate(self, checkpoint: str, class_index: int, seed: int, truncation: float, count: int) -> dict:
        """Pictures of one class for `count` seeds from `seed` on.

        Returns what the page's scripts take: pictures as base64 of uint8 (N, 28, 28), and the request they answer.
        """
        sampler = self._sampler(checkpoint)
        class_index = checked("class", check_integer, class_index, 0, NUM_CLASSES - 1)
        seed = checked("seed", check_integer, seed, 0, MAX_SEED)
        truncation = checked("truncation", check_real, truncation, 0, 1)
        count = checked("count", check_integer, count, 1, MAX_COUNT)
        pictures = sampler.sample(np.full(count, class_index), np.arange(seed, seed + count), truncation)
        request = [checkpoint, class_index, seed, truncation, count]
        return payload(pictures, request, steps=sampler.steps, latent_dim=sampler.latent_dim)

    def all_classes(self, checkpoint: str, seed: int, truncation: float) -> dict:
        """Pictures of one seed in each of the ten classes."""
        sampler = self._sampler(checkpoint)
        seed = checked("seed", check_integer, seed, 0, MAX_SEED)
        truncation = checked("truncation", check_real, truncation, 0, 1)
        pictures = sampler.sample(np.arange(NUM_CLASSES), np.full(NUM_CLASSES, seed), truncation)
        return payload(pictures, [checkpoint, seed, truncation])

    def interpolate(
        self, checkpoint: str, from_class: int, from_seed: int, to_class: int, to_seed: int, path: str, frames: int
    ) -> dict:
        """The frames of a walk, as base64 of uint8 (frames, 28, 28), and the request that they answer."""
        request = [checkpoint, from_class, from_seed, to_class, to_seed, path, frames]
        sampler, walk = self._walk(*request)
        return payload(walk, request, latent_dim=sampler.latent_dim)

    def walk_gif(
        self, checkpoint: str, from_class: int, from_seed: int, to_class: int, to_seed: int, path: str, frames: int
    ) -> str:
        """A walk there and back, without end, as base64 of a GIF."""
        _, walk = self._walk(checkpoint, from_class, from_seed, to_class, to_seed, path, frames)
        return _base64(images.to_gif(_there_and_back(walk), _ROUND_SECONDS))

    def walk_webp(
        self, checkpoint: str, from_class: int, from_seed: int, to_class: int, to_seed: int, path: str, frames: int
    ) -> str:
        """The same as base64 of an animated WebP."""
        _, walk = self._walk(checkpoint, from_class, from_seed, to_class, to_seed, path, frames)
        return _base64(images.to_webp(_there_and_back(walk), _ROUND_SECONDS))

    def _walk(
        self, checkpoint: str, from_class: int, from_seed: int, to_class: int, to_seed: int, path: str, frames: int
    ) -> tuple[Sampler, np.ndarray]:
        sampler = self._sampler(checkpoint)
        from_class = checked("from-class", check_integer, from_class, 0, NUM_CLASSES - 1)
        from_seed = checked("from-seed", check_integer, from_seed, 0, MAX_SEED)
        to_class = checked("to-class", check_integer, to_class, 0, NUM_CLASSES - 1)
        to_seed = checked("to-seed", check_integer, to_seed, 0, MAX_SEED)
        path = checked("path", check_choice, path, PATHS)
        frames = checked("frames", check_integer, frames, 2, MAX_FRAMES)
        return sampler, sampler.walk((from_class, to_class), (from_seed, to_seed), frames, path)

    def mix(self, checkpoint: str, weights: list, seed: int) -> dict:
        """Pictures of one mixture of classes for nine seeds from `seed` on.

        weights: ten, 0 to 1, scaled to sum to 1; where all are zero, all count the same.
        """
        sampler = self._sampler(checkpoint)
        weights = checked("weights", check_list, weights, NUM_CLASSES, check_real, 0, 1)
        seed = checked("seed", check_integer, seed, 0, MAX_SEED)
        pictures = sampler.mix(np.array(weights), np.arange(seed, seed + MIXED_SEEDS))
        return payload(pictures, [checkpoint, weights, seed])

    def blend(self, checkpoint: str, classes: list, seeds: list, positions: list) -> dict:
        """Pictures between four garments in the corners of a square, at positions [x, y] in it, 0 to 1 each."""
        sampler = self._sampler(checkpoint)
        classes = checked("classes", check_list, classes, 4, check_integer, 0, NUM_CLASSES - 1)
        seeds = checked("seeds", check_list, seeds, 4, check_integer, 0, MAX_SEED)
        positions = _checked_rows("positions", positions, MAX_POSITIONS, 2, 0, 1)
        pictures = sampler.blend(np.array(classes), np.array(seeds), positions)
        return payload(pictures, [checkpoint, classes, seeds, positions.tolist()])

    def move(self, checkpoint: str, class_index: int, seed: int, scope: str, sigmas: list) -> dict:
        """Pictures of one class and seed, z moved along the directions of a scope ("all", or a class, "0" to "9").

        sigmas: for each picture a list of six, how far along each direction, -3 to 3.
        """
        sampler = self._sampler(checkpoint)
        class_index = checked("class", check_integer, class_index, 0, NUM_CLASSES - 1)
        seed = checked("seed", check_integer, seed, 0, MAX_SEED)
        scope = checked("scope", check_choice, scope, SCOPES)
        sigmas = checked_sigmas(sigmas)
        start = latents.latents(np.array([seed]), sampler.latent_dim)
        z = move(start, self.directions(checkpoint).vectors(scope), sigmas)
        pictures = sampler.draw(z, latents.one_hot(np.full(len(z), class_index), NUM_CLASSES))
        return payload(pictures, [checkpoint, class_index, seed, scope, sigmas.tolist()])

    def sheet(self, checkpoint: str, seed: int) -> dict:
        """Ten rows, a class each, of eight seeds from `seed` on."""
        sampler = self._sampler(checkpoint)
        seed = checked("seed", check_integer, seed, 0, MAX_SEED)
        seeds = np.tile(np.arange(seed, seed + SHEET_SEEDS), NUM_CLASSES)
        pictures = sampler.sample(np.arange(NUM_CLASSES).repeat(SHEET_SEEDS), seeds)
        return payload(pictures, [checkpoint, seed])

    def cards(self) -> dict[str, Card]:
        """Of the checkpoints that the page can draw from by itself."""
        cards = {name: load_card(self.folder(name)) for name in self.names()}
        return {name: card for name, card in cards.items() if card}

    def directions(self, checkpoint: str) -> Directions:
        """Of a checkpoint. Raises RefusalError where it has none."""
        directions = load_directions(self.folder(checkpoint))
        if directions is None:
            advice = f"make them by `python -m cgan.directions --checkpoint {checkpoint}`"
            raise RefusalError(f"{checkpoint}: has no directions of its weights; {advice}")
        return directions

    def folder(self, checkpoint: str) -> Path:
        """Where a checkpoint lies. Raises RefusalError, CheckpointError."""
        name = checked("checkpoint", check_choice, checkpoint, self.names())
        return self._extra.get(name) or checkpoints.resolve(name)

    def folders(self) -> dict[str, Path]:
        """The folder of each checkpoint that there is at this moment."""
        folders = {}
        for name in self.names():
            with suppress(CheckpointError):  # it has just been removed
                folders[name] = self._extra.get(name) or checkpoints.resolve(name)
        return folders

    def _sampler(self, checkpoint: str) -> Sampler:
        return samplers.get(self.folder(checkpoint))


def for_page(draw: Callable) -> Callable[[list], dict]:
    """A function that a component's script may call with a list of what `draw` takes."""

    def function(request: list) -> dict:
        return answer(draw, request)

    function.__name__ = draw.__name__  # under which the script finds it
    return function


def answer(draw: Callable, request: object) -> dict:
    """What a script gets: what `draw` returns for a list of its arguments, or the line in which it refuses."""
    expected = inspect.signature(draw).parameters
    try:
        if not isinstance(request, list) or len(request) != len(expected):
            raise RefusalError(f"request: {request!r:.100} given; allowed: a list of {', '.join(expected)}")
        return {"answer": draw(*request)}
    except (RefusalError, CheckpointError) as error:
        return {"error": f"{error}"}


def _checked_rows(name: str, rows: object, most: int, length: int, low: float, high: float) -> np.ndarray:
    """One to so many lists of `length` numbers, as an array (N, length)."""
    if not isinstance(rows, list) or not 1 <= len(rows) <= most:
        raise RefusalError(f"{name}: {rows!r:.60} given; allowed: a list of 1 to {most} lists")
    return np.array([checked(name, check_list, row, length, check_real, low, high) for row in rows])


def checked_sigmas(sigmas: object) -> np.ndarray:
    """How far pictures go along each direction, (N, 6). Raises RefusalError."""
    return _checked_rows("sigmas", sigmas, MAX_MOVED, COUNT, -MAX_SIGMA, MAX_SIGMA)


def payload(pictures: np.ndarray, request: list, **more: object) -> dict:
    """Pictures, uint8 (N, 28, 28), as the page's scripts take them, with the request that they answer."""
    return {"pixels": _base64(pictures.tobytes()), "count": len(pictures), "request": request, **more}


def _there_and_back(walk: np.ndarray) -> np.ndarray:
    walk = images.enlarge(walk, _ANIMATION_SCALE)
    return np.concatenate([walk, walk[-2:0:-1]])


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
