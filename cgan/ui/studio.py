"""What the server draws for the page. Whatever arrives is checked here: an endpoint answers to more than its page."""

import base64
from contextlib import suppress
from pathlib import Path

import numpy as np

from cgan.common import images
from cgan.common.validation import RefusalError, check_choice, checked
from cgan.data import IMAGE_SIZE, NUM_CLASSES
from cgan.explain import inversion
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.sampling.sampler import Sampler, samplers
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

    def __init__(self, extra_folder: Path | None = None) -> None:
        """extra_folder: a checkpoint outside `checkpoints/` that may be chosen as well."""
        self._extra = {str(extra_folder): extra_folder} if extra_folder else {}

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

    def sampler(self, checkpoint: str) -> Sampler:
        """The sampler of a checkpoint's newest state."""
        return samplers.get(self.folder(checkpoint))

    def card(self, checkpoint: str) -> dict:
        """What the page has to know of a generator before it can ask for pictures."""
        sampler = self.sampler(checkpoint)
        return {"latent_dim": sampler.latent_dim, "steps": sampler.steps}

    def draw(self, checkpoint: str, inputs: bytes) -> np.ndarray:
        """Pictures, uint8 (N, 28, 28).

        inputs: float32, little-endian: z (N, latent_dim), then class weights (N, 10), from 0 to 1.
        """
        sampler = self.sampler(checkpoint)
        width = sampler.latent_dim + NUM_CLASSES
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
