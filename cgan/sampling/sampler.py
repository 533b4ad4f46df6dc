"""A checkpoint and a request in, pictures out.

python -m cgan.sampling --checkpoint report-mlp --class dress --seed 7 --count 16 --truncation 0.8 --out grid.png
python -m cgan.sampling --checkpoint report-mlp --balanced --count 10000 --out images.npz
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from cgan.common import images
from cgan.common.classes import FASHION_MNIST, class_indices
from cgan.common.command_line import Parser, check_output, fail, integer, real
from cgan.common.files import replaced, user_path, version
from cgan.models import checkpoints
from cgan.models.checkpoints import CHECKPOINTS, CONFIG, EMA_GENERATOR, CheckpointError
from cgan.sampling import latents

MAX_FRAMES = 64
PATHS = {"slerp": latents.slerp, "lerp": latents.lerp}
_BATCH_SIZE = 256


class Sampler:
    """Draws pictures from one checkpoint, in float32.

    A seed is the same picture everywhere to one grey level: how float32 rounds depends on the processor, on the number
    of threads and on the batch size, which now and then moves a pixel to the next grey level.
    """

    def __init__(self, name_or_folder: str | Path) -> None:
        """Load the averaged generator of a checkpoint. Raises CheckpointError."""
        folder = checkpoints.resolve(name_or_folder)
        generator, metadata = checkpoints.load_generator(folder)
        self.generator = generator.float().requires_grad_(False)
        self.latent_dim: int = generator.latent_dim
        self.classes = checkpoints.load_config(folder).classes
        self.steps: str | None = metadata.get("step")

    def draw(self, z: np.ndarray, class_weights: np.ndarray) -> np.ndarray:
        """z (N, latent_dim) and class weights (N, classes), any float type, to pictures uint8 (N, 28, 28)."""
        pictures = []
        with torch.inference_mode():
            for start in range(0, len(z), _BATCH_SIZE):
                batch = slice(start, start + _BATCH_SIZE)
                z_batch, weights = (torch.from_numpy(array[batch]).float() for array in (z, class_weights))
                pictures.append(images.to_uint8(self.generator(z_batch, weights)))
        return np.concatenate(pictures)

    def sample(self, classes: Sequence[int | str], seeds: Sequence[int], truncation: float = 1.0) -> np.ndarray:
        """One picture, uint8 (N, 28, 28), for each class (N,), by index or by name, and seed (N,).

        Here and below seeds may be z itself, (N, latent_dim). Raises ValueError for what is no class, for seeds and
        truncations beyond their ranges (see `latents`), and where there are not as many seeds as classes.
        """
        z, weights = latents.latents(seeds, self.latent_dim, truncation), self._class_weights(classes)
        if len(z) != len(weights):
            raise ValueError(f"{len(weights)} classes and {len(z)} seeds given; allowed: as many of each")
        return self.draw(z, weights)

    def _class_weights(self, classes: Sequence[int | str]) -> np.ndarray:
        """One-hot class weights, float32 (N, classes). Raises ValueError."""
        return latents.one_hot(class_indices(classes, self.classes.pairs), self.classes.count)

    def walk(self, classes: tuple[int, int], seeds: tuple[int, int], frames: int, path: str = "slerp") -> np.ndarray:
        """Pictures, uint8 (frames, 28, 28), on the way from (classes[0], seeds[0]) to (classes[1], seeds[1]).

        path is the way z takes, "slerp" or "lerp"; the class weights blend in a straight line.
        """
        return self.between(classes, seeds, np.linspace(0, 1, frames), path)

    def between(
        self, classes: tuple[int, int], seeds: tuple[int, int], positions: np.ndarray, path: str = "slerp"
    ) -> np.ndarray:
        """The same at any positions (N,) on the way, 0 to 1."""
        z = PATHS[path](*latents.latents(np.array(seeds), self.latent_dim), positions)
        weights = latents.lerp(*self._class_weights(classes), positions)
        return self.draw(z, weights)

    def mix(self, class_weights: np.ndarray, seeds: np.ndarray) -> np.ndarray:
        """One picture, uint8 (N, 28, 28), for each seed (N,), all of the same mixture of classes (classes,)."""
        weights = np.tile(latents.normalized(class_weights), (len(seeds), 1))
        return self.draw(latents.latents(seeds, self.latent_dim), weights)

    def blend(self, classes: np.ndarray, seeds: np.ndarray, positions: np.ndarray) -> np.ndarray:
        """Pictures, uint8 (N, 28, 28), at positions (N, 2) of a square with four pictures in its corners.

        classes, seeds: (4,), in the order of `latents.bilinear`, which gives their weights.
        """
        weights = latents.bilinear(positions)
        z = latents.blend(latents.latents(seeds, self.latent_dim), weights)
        return self.draw(z, (weights @ self._class_weights(classes)).astype(np.float32))


def newest_sampler(folder: Path) -> Sampler:
    """The sampler of a folder's newest state, kept until a file changes. Raises CheckpointError."""
    try:
        return _sampler(folder, version(folder / CONFIG, folder / EMA_GENERATOR))
    except OSError as error:
        raise CheckpointError(f"{error.filename}: cannot be read ({error.strerror})") from error


@lru_cache(maxsize=4)
def _sampler(folder: Path, version: tuple) -> Sampler:
    """version: changes whenever the files do, as in training."""
    return Sampler(folder)


def consecutive_seeds(first: int, count: int) -> np.ndarray:
    """The seeds of `count` pictures, first, first + 1, ... Raises ValueError when they would leave the range."""
    if not 0 <= first <= first + count - 1 <= latents.MAX_SEED:
        raise ValueError(f"seeds {first} to {first + count - 1} wanted; allowed: 0 to {latents.MAX_SEED}")
    return np.arange(first, first + count)


def main() -> None:
    arguments = _parser().parse_args()
    if arguments.out.suffix.lower() not in (".png", ".npz"):
        fail(f"--out {arguments.out}: allowed are names that end in .png (a grid) or .npz (arrays)")
    check_output("--out", arguments.out)
    try:
        sampler = Sampler(checkpoints.resolve(arguments.checkpoint))
        seeds = consecutive_seeds(arguments.seed, arguments.count)
    except CheckpointError as error:
        fail(f"--checkpoint: {error}")
    except ValueError as error:
        fail(f"--seed and --count: {error}")
    try:
        chosen = range(sampler.classes.count) if arguments.balanced else [sampler.classes.parse(arguments.class_name)]
    except ValueError as error:
        fail(f"--class: {error}")
    labels = np.resize(np.array(chosen, np.uint8), arguments.count)
    pictures = sampler.sample(labels, seeds, arguments.truncation)
    try:
        _write(arguments.out, pictures, labels)
    except OSError as error:
        fail(f"--out {arguments.out}: cannot be written ({error.strerror})")


def _write(path: Path, pictures: np.ndarray, labels: np.ndarray) -> None:
    if path.suffix.lower() == ".png":
        columns = int(np.ceil(np.sqrt(len(pictures))))
        images.save_png(path, images.grid(pictures, columns))
    else:
        with replaced(path) as temporary, open(temporary, "wb") as file:
            np.savez_compressed(file, images=pictures, labels=labels)


def _parser() -> Parser:
    parser = Parser(prog="python -m cgan.sampling", description=__doc__)
    parser.add_argument("--checkpoint", required=True, metavar="C", help=f"a name in {CHECKPOINTS.name}/ or a folder")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--class",
        dest="class_name",
        metavar="CLASS",
        help="name or index of one of the checkpoint's classes; of Fashion-MNIST in English or Chinese: "
        + ", ".join(f"{index} {name}" for index, name in enumerate(FASHION_MNIST.names)),
    )
    which.add_argument(
        "--balanced", action="store_true", help="all classes in turn: picture i is of class i modulo their number"
    )
    parser.add_argument(
        "--seed",
        type=integer(0, latents.MAX_SEED),
        default=0,
        metavar="N",
        help="of the first picture, the next ones count on (default: %(default)s)",
    )
    parser.add_argument(
        "--count", type=integer(1, 1_000_000), default=1, metavar="N", help="pictures (default: %(default)s)"
    )
    parser.add_argument(
        "--truncation",
        type=real(0, 1),
        default=1.0,
        metavar="X",
        help="0 to 1, how far z may go from its mean (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=user_path,
        required=True,
        metavar="FILE",
        help="FILE.png: a grid; FILE.npz: images, uint8 (N, 28, 28), and labels, uint8 (N,)",
    )
    return parser
