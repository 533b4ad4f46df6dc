"""What the page asks the server for. Whatever arrives is checked here: an endpoint answers to more than its page."""

import base64
import inspect
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cgan.common import images
from cgan.common.validation import RefusalError, check_choice, check_integer, check_list, check_real, checked
from cgan.data import NUM_CLASSES
from cgan.explain import inversion
from cgan.explain.directions import COUNT, MAX_SIGMA, SCOPES, Directions, load_directions, move
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.sampling import latents
from cgan.sampling.sampler import MAX_FRAMES, PATHS, Sampler, samplers
from cgan.ui.figures import say
from cgan.ui.server.errors import for_api

MAX_SEED = 9999  # of the sliders: a pixel of a longer one would be too many seeds
MAX_COUNT = 64
MIXED_SEEDS = 9  # of one mixture of classes
MAX_POSITIONS = 64  # on a square, in one request
MAX_MOVED = 64  # pictures along directions, in one request
SHEET_SEEDS = 8
TRAINED_HERE = "trained/here"  # the page's own generator in the place of a checkpoint's name; no folder has this name
STRIP_FRAMES = 16  # of a walk from a given z
ANIMATION_SCALE = 8  # screen pixels a pixel
ANIMATION_SECONDS = 5  # there and back


@dataclass(frozen=True)
class Drawing:
    """Pictures, uint8 (N, 28, 28), and what the page is told of them beside."""

    pictures: np.ndarray
    facts: dict = field(default_factory=dict)


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

    def generate(self, checkpoint: str, class_: int, seed: int, truncation: float, count: int) -> Drawing:
        """Pictures of one class for `count` seeds from `seed` on."""
        sampler = self._sampler(checkpoint)
        class_ = _checked_class("class", class_)
        seed = _checked_seed("seed", seed)
        truncation = checked("truncation", check_real, truncation, 0, 1)
        count = checked("count", check_integer, count, 1, MAX_COUNT)
        pictures = sampler.sample(np.full(count, class_), np.arange(seed, seed + count), truncation)
        return Drawing(pictures, {"steps": sampler.steps, "latent_dim": sampler.latent_dim})

    def all_classes(self, checkpoint: str, seed: int, truncation: float) -> Drawing:
        """Pictures of one seed in each of the ten classes."""
        sampler = self._sampler(checkpoint)
        seed = _checked_seed("seed", seed)
        truncation = checked("truncation", check_real, truncation, 0, 1)
        return Drawing(sampler.sample(np.arange(NUM_CLASSES), np.full(NUM_CLASSES, seed), truncation))

    def interpolate(
        self, checkpoint: str, class_: int, seed: int, to_class: int, to_seed: int, path: str, frames: int
    ) -> Drawing:
        """The frames of a walk from a class and seed to others; path: "slerp" or "lerp"."""
        sampler = self._sampler(checkpoint)
        classes = _checked_class("class", class_), _checked_class("to-class", to_class)
        seeds = _checked_seed("seed", seed), _checked_seed("to-seed", to_seed)
        path = checked("path", check_choice, path, PATHS)
        frames = checked("frames", check_integer, frames, 2, MAX_FRAMES)
        return Drawing(sampler.walk(classes, seeds, frames, path), {"latent_dim": sampler.latent_dim})

    def walk_gif(
        self, checkpoint: str, class_: int, seed: int, to_class: int, to_seed: int, path: str, frames: int
    ) -> bytes:
        """A walk there and back, without end, as a GIF."""
        walk = self.interpolate(checkpoint, class_, seed, to_class, to_seed, path, frames)
        return images.to_gif(_there_and_back(walk.pictures), ANIMATION_SECONDS)

    def walk_webp(
        self, checkpoint: str, class_: int, seed: int, to_class: int, to_seed: int, path: str, frames: int
    ) -> bytes:
        """The same as an animated WebP."""
        walk = self.interpolate(checkpoint, class_, seed, to_class, to_seed, path, frames)
        return images.to_webp(_there_and_back(walk.pictures), ANIMATION_SECONDS)

    def mix(self, checkpoint: str, weights: list, seed: int) -> Drawing:
        """Pictures of one mixture of classes for nine seeds from `seed` on.

        weights: ten, 0 to 1, scaled to sum to 1; where all are zero, all count the same.
        """
        sampler = self._sampler(checkpoint)
        weights = checked("weights", check_list, weights, NUM_CLASSES, check_real, 0, 1)
        seed = _checked_seed("seed", seed)
        return Drawing(sampler.mix(np.array(weights), np.arange(seed, seed + MIXED_SEEDS)))

    def blend(self, checkpoint: str, classes: list, seeds: list, positions: list) -> Drawing:
        """Pictures between four garments in the corners of a square, at positions [x, y] in it, 0 to 1 each."""
        sampler = self._sampler(checkpoint)
        classes = checked("classes", check_list, classes, 4, check_integer, 0, NUM_CLASSES - 1)
        seeds = checked("seeds", check_list, seeds, 4, check_integer, 0, MAX_SEED)
        positions = _checked_rows("positions", positions, MAX_POSITIONS, 2, 0, 1)
        return Drawing(sampler.blend(np.array(classes), np.array(seeds), positions))

    def move(self, checkpoint: str, class_: int, seed: int, scope: str, sigmas: list) -> Drawing:
        """Pictures of one class and seed, z moved along the directions of a scope ("all", or a class, "0" to "9").

        sigmas: for each picture a list of six, how far along each direction, -3 to 3.
        """
        sampler = self._sampler(checkpoint)
        class_ = _checked_class("class", class_)
        seed = _checked_seed("seed", seed)
        scope = checked("scope", check_choice, scope, SCOPES)
        return self._move(checkpoint, latents.latents(np.array([seed]), sampler.latent_dim), class_, scope, sigmas)

    def sheet(self, checkpoint: str, seed: int) -> Drawing:
        """Ten rows, a class each, of eight seeds from `seed` on."""
        sampler = self._sampler(checkpoint)
        seed = _checked_seed("seed", seed)
        seeds = np.tile(np.arange(seed, seed + SHEET_SEEDS), NUM_CLASSES)
        return Drawing(sampler.sample(np.arange(NUM_CLASSES).repeat(SHEET_SEEDS), seeds))

    def all_classes_from(self, checkpoint: str, z: list) -> Drawing:
        """Pictures of a given z, of a length that inversion finds, in each of the ten classes."""
        sampler = self._sampler(checkpoint)
        z = _checked_z(z, sampler.latent_dim)
        return Drawing(sampler.draw(np.tile(z, (NUM_CLASSES, 1)), np.eye(NUM_CLASSES, dtype=np.float32)))

    def walk_from(self, checkpoint: str, z: list, class_: int, to_class: int, to_seed: int) -> Drawing:
        """The frames of a walk along the sphere, from a given z and class to a class and seed."""
        sampler = self._sampler(checkpoint)
        start = _checked_z(z, sampler.latent_dim)
        classes = [_checked_class("class", class_), _checked_class("to-class", to_class)]
        (end,) = latents.latents(np.array([_checked_seed("to-seed", to_seed)]), sampler.latent_dim)
        positions = np.linspace(0, 1, STRIP_FRAMES)
        weights = latents.lerp(*latents.one_hot(np.array(classes), NUM_CLASSES), positions)
        return Drawing(sampler.draw(latents.slerp(start, end, positions), weights))

    def move_from(self, checkpoint: str, z: list, class_: int, sigmas: list) -> Drawing:
        """Pictures of a given z, moved along the directions of a class; sigmas as in `move`."""
        start = _checked_z(z, self._sampler(checkpoint).latent_dim)
        class_ = _checked_class("class", class_)
        return self._move(checkpoint, start, class_, f"{class_}", sigmas)

    def _move(self, checkpoint: str, start: np.ndarray, class_: int, scope: str, sigmas: list) -> Drawing:
        steps = _checked_rows("sigmas", sigmas, MAX_MOVED, COUNT, -MAX_SIGMA, MAX_SIGMA)
        z = move(start, self.directions(checkpoint).vectors(scope), steps)
        weights = latents.one_hot(np.full(len(z), class_), NUM_CLASSES)
        return Drawing(self._sampler(checkpoint).draw(z, weights))

    def directions(self, checkpoint: str) -> Directions:
        """Of a checkpoint. Raises RefusalError where it has none."""
        directions = load_directions(self.folder(checkpoint))
        if directions is None:
            advice = f"make them by `python -m cgan.directions --checkpoint {checkpoint}`"
            raise RefusalError(f"{checkpoint}: has no directions of its weights; {advice}")
        return directions

    def folder(self, checkpoint: str) -> Path:
        """Where a checkpoint lies. Raises RefusalError, CheckpointError."""
        if checkpoint == TRAINED_HERE:
            raise RefusalError(say("trained_only_here"))
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


def for_page(draw: Callable) -> Callable[[object], dict]:
    """A function that a component's script may call with an object of what `draw` takes, by name."""

    def function(request: object) -> dict:
        return answer(draw, request)

    function.__name__ = draw.__name__  # under which the script finds it
    return function


def answer(draw: Callable, request: object) -> dict:
    """What a script gets: the payload of `draw` for its request, or the line in which it refuses."""
    try:
        return {"answer": payload(draw, request)}
    except (RefusalError, CheckpointError) as error:
        return {"error": for_api(error)}


def payload(draw: Callable, request: object) -> object:
    """What `draw` returns for a request, an object of its arguments by name, as JSON has it: bytes in base64.

    A name means what it means in a link: `class` is the argument `class_`, `to-seed` is `to_seed`. Pictures come with
    the request that they answer. Raises RefusalError, CheckpointError.
    """
    arguments = {_name_in_request(name): name for name in inspect.signature(draw).parameters}
    if not isinstance(request, dict) or request.keys() != arguments.keys():
        raise RefusalError(f"request: {request!r:.100} given; allowed: an object of {', '.join(arguments)}")
    result = draw(**{arguments[name]: value for name, value in request.items()})
    if isinstance(result, Drawing):
        content = _base64(result.pictures.tobytes())
        return {"pixels": content, "count": len(result.pictures), "request": request, **result.facts}
    return _base64(result) if isinstance(result, bytes) else result


def _name_in_request(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _checked_class(name: str, value: object) -> int:
    return checked(name, check_integer, value, 0, NUM_CLASSES - 1)


def _checked_seed(name: str, value: object) -> int:
    return checked(name, check_integer, value, 0, MAX_SEED)


def _checked_rows(name: str, rows: object, most: int, length: int, low: float, high: float) -> np.ndarray:
    """One to so many lists of `length` numbers, as an array (N, length)."""
    if not isinstance(rows, list) or not 1 <= len(rows) <= most:
        raise RefusalError(f"{name}: {rows!r:.60} given; allowed: a list of 1 to {most} lists")
    return np.array([checked(name, check_list, row, length, check_real, low, high) for row in rows])


def _checked_z(values: object, latent_dim: int) -> np.ndarray:
    """A z that came from a page, float32 (latent_dim,). Raises RefusalError."""
    longest = 2 * inversion.longest(latent_dim)
    if isinstance(values, list) and len(values) == latent_dim and all(type(v) in (int, float) for v in values):
        z = np.array(values, np.float64)
        if np.isfinite(z).all() and np.linalg.norm(z) <= longest:
            return z.astype(np.float32)
    raise RefusalError(f"z: a list of {latent_dim} numbers expected, of a length up to {longest:.0f}")


def _there_and_back(walk: np.ndarray) -> np.ndarray:
    walk = images.enlarge(walk, ANIMATION_SCALE)
    return np.concatenate([walk, walk[-2:0:-1]])


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
