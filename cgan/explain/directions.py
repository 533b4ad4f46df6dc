"""Interpretable directions in latent space: each changes one attribute of the picture, and is named after it.

python -m cgan.directions --checkpoint my-conv      writes directions.json into the checkpoint's folder

Method: GANSpace (Härkönen et al. 2020, arXiv:2004.02546, section 2.2). Compute the principal components of the first
layer's activations for many z; linear regression gives for each component the direction in z that moves along it. One
sigma is one standard deviation of the component, which is a length of about 1 in z.

To name a direction, pictures along it are drawn and their attributes measured. The direction gets the name of the
attribute that changes most, if the change is steady and at least as large as the standard deviation over seeds;
otherwise it stays without a name. All measurements are in the file.
"""

import json
import math
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from cgan.common.command_line import Parser, check_output, fail
from cgan.common.files import version, write_json
from cgan.explain.attributes import OF_CLASSES, attributes
from cgan.models import checkpoints
from cgan.models.checkpoints import EMA_GENERATOR, CheckpointError, digest
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler

DIRECTIONS = "directions.json"
ALL_CLASSES = "all"
COUNT = 6  # directions of each scope
MAX_SIGMA = 3.0

_FEATURE_SEEDS = 5000  # from 0 on
_MEASURED_SEEDS = 100  # the next ones
_MEASURED_SIGMAS = np.linspace(-2, 2, 5)
_SMALLEST_CORRELATION = 0.7  # of sigma and attribute, for a name
_SMALLEST_EFFECT = 1.0  # change from -2 to 2 sigma for a name, in standard deviations over seeds
_DECIMALS = 4
_POWER_ITERATIONS = 8


@dataclass(frozen=True)
class Direction:
    """One direction.

    effects: for each attribute its correlation with sigma, and its change from -2 to 2 sigma in standard deviations
    over seeds within a class.
    """

    z: list[float]  # the change of z for one sigma
    share: float  # of the variance of the features, 0 to 1
    name: str | None  # the attribute that grows along it
    effects: dict[str, list[float]]


@dataclass(frozen=True)
class Directions:
    """The directions of a checkpoint for all classes together and for each class, the strongest first."""

    weights: str  # SHA-256 of the generator that was measured
    scopes: dict[str, list[Direction]]

    def vectors(self, scope: str) -> np.ndarray:
        """The change of z for one sigma of each direction, float64 (COUNT, latent_dim)."""
        return np.array([direction.z for direction in self.scopes[scope]])


def scopes(classes: int) -> tuple[str, ...]:
    """Names of the scopes of so many classes: all together, and each by its index."""
    return (ALL_CLASSES, *map(str, range(classes)))


def move(z: np.ndarray, vectors: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
    """Move z (D,) along directions (K, D) by sigmas (N, K): float32 (N, D)."""
    return (z + sigmas @ vectors).astype(np.float32)


def principal_directions(features: np.ndarray, z: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Directions (count, D) in z, float64, along the principal components of features (N, F), and their shares.

    z (N, D): the latents of these features. The shares (count,) are those of the features' variance. Coordinates along
    components are uncorrelated, so the least-squares regression of z on them is one matrix product. The sign of a
    direction is chosen so that its largest element is positive.
    """
    features, z = (torch.from_numpy(array - array.mean(axis=0)) for array in (features, z))
    rank = min(4 * count, *features.shape)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # of the random start of the power iteration
        scores, scales, _ = torch.pca_lowrank(features, rank, center=False, niter=_POWER_ITERATIONS)
    coordinates = math.sqrt(len(z)) * scores[:, :count].double()  # of variance 1
    directions = (coordinates.T @ z.double() / len(z)).numpy()
    largest = np.abs(directions).argmax(axis=1)
    directions *= np.sign(directions[np.arange(len(directions)), largest])[:, None]
    return directions, (scales[:count].square() / features.square().sum()).numpy()


def find_directions(folder: str | Path) -> Directions:
    """Find and name the directions of a checkpoint. Raises CheckpointError."""
    sampler = Sampler(folder)
    all_classes = [*range(sampler.classes.count)]
    found = {ALL_CLASSES: _of_scope(sampler, all_classes)}
    return Directions(digest(folder), found | {f"{index}": _of_scope(sampler, [index]) for index in all_classes})


def _of_scope(sampler: Sampler, classes: list[int]) -> list[Direction]:
    features, z = _features(sampler, classes)
    if not features.any():
        raise CheckpointError("the generator has collapsed: its first layer is the same for every z")
    vectors, shares = principal_directions(features, z, COUNT)
    vectors = vectors.round(_DECIMALS)
    effects = [measure_effects(sampler, vector, classes) for vector in vectors]
    directions = []
    for vector, share, effect, name in zip(vectors, shares, effects, choose_names(effects), strict=True):
        sign = -1 if name and effect[name][1] < 0 else 1  # the named attribute grows along the direction
        rounded = {attribute: [round(sign * value, 2) for value in values] for attribute, values in effect.items()}
        directions.append(Direction((sign * vector).tolist(), round(float(share), _DECIMALS), name, rounded))
    return directions


def _features(sampler: Sampler, classes: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Activations of the first layer and z, each minus the mean of its class, to remove the effect of the class."""
    z = latents.latents(np.arange(_FEATURE_SEEDS), sampler.latent_dim)
    labels = np.resize(classes, _FEATURE_SEEDS)
    with torch.inference_mode():
        features = sampler.generator.first_features(torch.from_numpy(z), torch.from_numpy(labels)).numpy()
    for index in classes:
        for array in (features, z):
            array[labels == index] -= array[labels == index].mean(axis=0)
    return features, z


def measure_effects(sampler: Sampler, vector: np.ndarray, classes: list[int]) -> dict[str, list[float]]:
    """The effects (see `Direction`) of a direction (D,) on the attributes of pictures of these classes."""
    seeds = _FEATURE_SEEDS + np.arange(_MEASURED_SEEDS)
    labels = np.resize(classes, _MEASURED_SEEDS)
    starts = latents.latents(seeds, sampler.latent_dim)
    z = np.concatenate([move(start, vector[None], _MEASURED_SIGMAS[:, None]) for start in starts])
    steps = len(_MEASURED_SIGMAS)
    pictures = sampler.draw(z, latents.one_hot(labels.repeat(steps), sampler.classes.count))
    effects, names = {}, {sampler.classes.names[index] for index in classes}
    for attribute, values in attributes(pictures).items():
        if not names <= OF_CLASSES.get(attribute, names):
            continue
        values = values.reshape(-1, steps)
        spread = np.mean([values[labels == index, steps // 2].std() for index in classes])
        effects[attribute] = list(_effect(values, spread))
    return effects


def _effect(values: np.ndarray, spread: float) -> tuple[float, float]:
    """Of values (N, steps) along N walks: correlation with sigma within a walk, and mean change divided by `spread`."""
    change = float((values[:, -1] - values[:, 0]).mean())
    within = values - values.mean(axis=1, keepdims=True)
    size = np.sqrt(np.square(within).sum() * np.square(_MEASURED_SIGMAS).sum() * len(values))
    if size == 0 or spread == 0:
        return 0.0, 0.0
    return float((within @ _MEASURED_SIGMAS).sum() / size), change / float(spread)


def choose_names(effects: list[dict[str, list[float]]]) -> list[str | None]:
    """A name for each direction, or None. The clearest effects get their names first; each name is given once."""
    clear = [
        (abs(change), place, attribute)
        for place, effect in enumerate(effects)
        for attribute, (correlation, change) in effect.items()
        if abs(correlation) >= _SMALLEST_CORRELATION and abs(change) >= _SMALLEST_EFFECT
    ]
    names: list[str | None] = [None] * len(effects)
    for _, place, attribute in sorted(clear, reverse=True):
        if names[place] is None and attribute not in names:
            names[place] = attribute
    return names


def load_directions(folder: str | Path) -> Directions | None:
    """The directions in a folder; None if the file is missing or damaged, or measured with other weights."""
    try:
        return _load(Path(folder), version(Path(folder) / DIRECTIONS, Path(folder) / EMA_GENERATOR))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


@lru_cache(maxsize=8)
def _load(folder: Path, version: tuple) -> Directions | None:
    """version: changes whenever the files do."""
    content = json.loads((folder / DIRECTIONS).read_text(encoding="utf-8"))
    generator = checkpoints.load_config(folder).build_generator()
    names, size = scopes(generator.classes), generator.latent_dim
    found = {scope: [Direction(**direction) for direction in content["scopes"][scope]] for scope in names}
    directions = Directions(content["weights"], found)
    for scope in names:
        vectors = directions.vectors(scope)
        if vectors.shape != (COUNT, size) or not np.isfinite(vectors).all():
            return None
    return directions if directions.weights == digest(folder) else None


def main() -> None:
    parser = Parser(prog="python -m cgan.directions", description=__doc__)
    parser.add_argument("--checkpoint", required=True, metavar="C", help="a name in checkpoints/ or a folder")
    arguments = parser.parse_args()
    try:
        folder = checkpoints.resolve(arguments.checkpoint)
        check_output(f"--checkpoint {folder}:", folder / DIRECTIONS)
        directions = find_directions(folder)
        write_json(folder / DIRECTIONS, asdict(directions))
    except CheckpointError as error:
        fail(f"--checkpoint: {error}")
    except OSError as error:
        fail(f"--checkpoint {arguments.checkpoint}: cannot be written ({error.strerror})")
    names = checkpoints.load_config(folder).classes.names
    for scope, found in directions.scopes.items():
        print("All classes" if scope == ALL_CLASSES else names[int(scope)])
        for number, direction in enumerate(found, start=1):
            print(f"  {number}  {direction.share:6.1%} of the variance  {_evidence(direction)}")
    print(f"{folder / DIRECTIONS}: {(folder / DIRECTIONS).stat().st_size / 1e3:.0f} kB")


def _evidence(direction: Direction) -> str:
    if direction.name is None:
        return "no clear effect"
    correlation, change = direction.effects[direction.name]
    return f"{direction.name}: correlation {correlation:.2f}, {change:.1f} standard deviations from -2 to 2 sigma"
