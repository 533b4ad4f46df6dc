"""What the server draws for the page. Whatever arrives is checked here: an endpoint answers to more than its page."""

import base64
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np

from cgan.common import images
from cgan.common.classes import Classes
from cgan.common.validation import RefusalError, check_choice, check_integer, checked
from cgan.data import IMAGE_SIZE
from cgan.evaluation.classifiers import MAKE_JUDGE, find_judge
from cgan.explain import inversion
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.sampling.sampler import Sampler, newest_sampler
from cgan.ui.figures import say

MAX_SEED = 9999  # of sliders and dice, not of fields and links: a pixel of a longer slider would be too many seeds
MAX_COUNT = 64
MIXED_SEEDS = 9  # of one mixture of classes
SHEET_SEEDS = 8
TRAINED_HERE = "trained/here"  # the page's own generator in the place of a checkpoint's name; no folder has this name
STRIP_FRAMES = 16  # of a walk from a given z
ANIMATION_SCALE = 8  # screen pixels a pixel
ANIMATION_SECONDS = 5  # there and back
_MAX_PICTURES = 1024  # in one request


class Studio:
    """The checkpoints that the page may choose from, and their generators.

    Raises RefusalError for what may not be asked, and CheckpointError.
    """

    def __init__(self, extra_folder: Path | None = None, judges: Iterable[Path] = ()) -> None:
        """extra_folder: a checkpoint outside `checkpoints/` that may be chosen as well.

        judges: folders of judges of own classes; the shipped judge knows those of Fashion-MNIST.
        """
        self._extra = {str(extra_folder): extra_folder} if extra_folder else {}
        self._judges = [*judges]

    def names(self) -> list[str]:
        """The checkpoints there are at this moment."""
        return [*self._extra, *checkpoints.available()]

    def folder(self, checkpoint: str) -> Path:
        """Where a checkpoint lies."""
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

    def classes(self, checkpoint: str) -> Classes:
        """The classes that a checkpoint draws."""
        return checkpoints.load_config(self.folder(checkpoint)).classes

    def names_of_classes(self) -> dict[str, dict[str, list[str]]]:
        """Of each checkpoint that there is at this moment the names of its classes, by language."""
        names = {}
        for checkpoint in self.names():
            with suppress(CheckpointError):  # the page says what is wrong with it when it is chosen
                names[checkpoint] = _by_language(self.classes(checkpoint))
        return names

    def judge(self, checkpoint: str) -> Path | None:
        """The folder of the judge of a checkpoint's classes, if there is one."""
        return find_judge(self.classes(checkpoint), self._judges)

    def needed_judge(self, checkpoint: str) -> Path:
        """The same; where there is none, the refusal names the command that makes one."""
        judge = self.judge(checkpoint)
        if judge is None:
            raise RefusalError({"key": "no_judge", "values": {"name": checkpoint, "command": MAKE_JUDGE}})
        return judge

    def sampler(self, checkpoint: str) -> Sampler:
        """The sampler of a checkpoint's newest state."""
        return newest_sampler(self.folder(checkpoint))

    def card(self, checkpoint: str) -> dict:
        """What the page has to know of a generator before it can ask for pictures."""
        sampler = self.sampler(checkpoint)
        names = _by_language(sampler.classes)
        return {
            "latent_dim": sampler.latent_dim,
            "classes": sampler.classes.count,
            "names": names,
            "steps": sampler.steps,
        }

    def draw(self, checkpoint: str, inputs: bytes) -> np.ndarray:
        """Pictures, uint8 (N, 28, 28).

        inputs: float32, little-endian: z (N, latent_dim), then class weights (N, classes), from 0 to 1.
        """
        sampler = self.sampler(checkpoint)
        width = sampler.latent_dim + sampler.classes.count
        count, rest = divmod(len(inputs), 4 * width)
        if rest or not 1 <= count <= _MAX_PICTURES:
            allowed = f"z and class weights of 1 to {_MAX_PICTURES} pictures, {4 * width} bytes each"
            raise RefusalError(f"body: {len(inputs)} bytes given; allowed: {allowed}")
        values = np.frombuffer(inputs, "<f4").astype(np.float32)  # a copy: torch takes no read-only memory
        z = values[: count * sampler.latent_dim].reshape(count, -1)
        class_weights = values[z.size :].reshape(count, -1)
        longest = 2 * inversion.longest(sampler.latent_dim)
        if not (np.linalg.norm(z.astype(np.float64), axis=1) <= longest).all():  # nor NaN
            raise RefusalError(f"z: allowed are finite numbers, up to a length of {longest:.0f}")
        if not ((class_weights >= 0) & (class_weights <= 1)).all():
            raise RefusalError("class weights: allowed are numbers from 0 to 1")
        return sampler.draw(z, class_weights)


def checked_class(name: str, value: object, classes: Classes) -> int:
    """A class by its index. Raises RefusalError."""
    return checked(name, check_integer, value, 0, classes.count - 1)


def _by_language(classes: Classes) -> dict[str, list[str]]:
    return {"en": [*classes.names], "zh": [*classes.names_zh]}


def animation(frames: bytes) -> bytes:
    """Frames, uint8 (N, 28, 28), as an endless WebP. Raises RefusalError."""
    count, rest = divmod(len(frames), IMAGE_SIZE**2)
    if rest or not 2 <= count <= 2 * MAX_COUNT:
        raise RefusalError(f"body: {len(frames)} bytes given; allowed: 2 to {2 * MAX_COUNT} frames of {IMAGE_SIZE**2}")
    pictures = np.frombuffer(frames, np.uint8).reshape(count, IMAGE_SIZE, IMAGE_SIZE)
    return images.to_webp(images.enlarge(pictures, ANIMATION_SCALE), ANIMATION_SECONDS)


def shown(request: dict, pictures: np.ndarray, card: dict) -> dict:
    """Pictures that the page carries from the start, with the request that they answer; pixels in base64."""
    return {"request": request, "pixels": base64.b64encode(pictures.tobytes()).decode(), "card": card}
