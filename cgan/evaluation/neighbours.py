"""Nearest neighbours among the training images, in the judge's features and in pixels, to see whether a GAN copies.

python -m cgan.neighbours                               make the index anew (after the judge)
python -m cgan.neighbours --data PATH --judge DIR       that of a judge of your own classes

It is the file neighbours.npz in the judge's folder.

The index is small enough to ship: for each training image it has the first principal components of the judge's
features, one byte each, and a thumbnail of 14x14 pixels in 16 grey levels. With the index alone, neighbours and
distances are approximate. If the data set is on this machine, the index proposes candidates and distances are exact.

As a reference for a distance there are those from real test images, which are no copies, to their nearest neighbours.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import torch

from cgan import data
from cgan.common.command_line import Parser, check_output, fail
from cgan.common.files import replaced, why_unreadable
from cgan.data import dataset
from cgan.evaluation import classifiers
from cgan.evaluation.classifiers import JUDGE, add_judge_flag, judge_version, load_judge, needed_judge
from cgan.evaluation.distances import nearest_distances
from cgan.models.checkpoints import CheckpointError
from cgan.models.classifier import ResidualClassifier

INDEX = "neighbours.npz"  # in the judge's folder
FEATURES, PIXELS = MEASURES = ("features", "pixels")
_COMPONENTS = 24
_GREYS = 16  # grey levels of a thumbnail
_CANDIDATES = 256  # training images for which exact distances are computed
_TEST_IMAGES = 3000  # for the reference distances
_QUANTILES = np.linspace(0, 1, 101)
_CHUNK = 4096
_PIXEL = 2 / (_GREYS - 1)  # a grey level of a thumbnail's pixel, which stands for four: they are twice as far apart


class Neighbour(NamedTuple):
    """A training image: its number, class and distance; picture: uint8 (28, 28), or its thumbnail (14, 14)."""

    number: int
    label: int
    distance: float
    picture: np.ndarray


class Nearest(NamedTuple):
    """The nearest training images by one measure of distance, in order."""

    neighbours: list[Neighbour]
    closer: float  # share of real test images of the class whose nearest neighbour is nearer than the picture's
    yardstick: np.ndarray  # (101,), percentiles 0 to 100 of these test images' distances


class Index(NamedTuple):
    """Features and thumbnails of N training images.

    By each of MEASURES it has points whose Euclidean distances, times `unit`, are approximately those of the judge's
    features (N, D), or of pixels in [0, 1] (N, 784).
    """

    judge: str  # version of the judge that computed the features
    labels: np.ndarray  # uint8 (N,)
    mean: np.ndarray  # (D,) of the features
    components: np.ndarray  # (D, 24), orthonormal
    step: float  # quantization step of the codes
    codes: np.ndarray  # int8 (N, 24)
    thumbnails: np.ndarray  # uint8 (N, 98): 14 x 14 grey levels, two in each byte
    yardsticks: np.ndarray  # (2 measures, exact or by the index alone, classes, 101 quantiles)

    def points(self, measure: str, chosen: slice = slice(None)) -> np.ndarray:
        """Those of training images, (N, 24) or (N, 196)."""
        return self.codes[chosen] if measure == FEATURES else self.greys(chosen)

    def points_of(self, measure: str, exact: np.ndarray) -> np.ndarray:
        """Those of any other features (M, D) or pixels (M, 784), float32; features need not be quantized."""
        return (exact - self.mean) @ self.components / self.step if measure == FEATURES else np.float32(_greys(exact))

    def unit(self, measure: str) -> float:
        return float(self.step) if measure == FEATURES else _PIXEL

    def greys(self, chosen: slice | np.ndarray = slice(None)) -> np.ndarray:
        """Thumbnails of training images, (N, 196): 0 to 15."""
        packed = self.thumbnails[chosen]
        return np.stack([packed >> 4, packed & 15], axis=2).reshape(len(packed), -1)

    def save(self, path: Path) -> None:
        """Write the index as npz. Raises OSError."""
        with replaced(path) as temporary, open(temporary, "wb") as file:
            np.savez_compressed(file, **self._asdict())

    @classmethod
    def load(cls, judge: Path = JUDGE) -> "Index":
        """That of a judge's folder. Raises CheckpointError if it is missing, damaged, or of another judge."""
        path = judge / INDEX
        command = "python -m cgan.neighbours" + ("" if judge == JUDGE else f" --data PATH --judge {judge}")
        try:
            with np.load(path, allow_pickle=False) as file:
                index = cls(**{name: file[name] for name in cls._fields})
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise CheckpointError(f"{path}: {why_unreadable(path, error)}; `{command}` makes it") from error
        if str(index.judge) != judge_version(judge):
            raise CheckpointError(f"{path}: made with another judge; `{command}` makes it anew")
        return index


class Searcher:
    """Finds the nearest training images of a picture: exactly with the training images, else approximately."""

    def __init__(self, index: Index, training: np.ndarray | None = None, judge: Path = JUDGE) -> None:
        """training: the images of the index, uint8 (N, 28, 28), if they are on this machine."""
        self._index = index
        self._training = training
        self._judge = load_judge(judge)
        self.size = len(index.labels)
        self.exact = training is not None

    def search(self, picture: np.ndarray, count: int = 6) -> dict[str, Nearest]:
        """The `count` nearest training images of a picture, uint8 (28, 28), by both of MEASURES.

        Distances are Euclidean: of the judge's features, and of the pixels in [0, 1].
        """
        queries = {measure: _exact_points(self._judge, measure, picture[None]) for measure in MEASURES}
        with torch.inference_mode():
            of_class = int(self._judge.head(torch.from_numpy(queries[FEATURES])).argmax())
        return {measure: self._search(measure, query, of_class, count) for measure, query in queries.items()}

    def _search(self, measure: str, query: np.ndarray, of_class: int, count: int) -> Nearest:
        index = self._index
        near, parts = index.points_of(measure, query), range(0, self.size, _CHUNK)
        differences = (index.points(measure, slice(first, first + _CHUNK)) - near for first in parts)
        by_index = index.unit(measure) * np.concatenate([np.linalg.norm(part, axis=1) for part in differences])
        candidates = np.argpartition(by_index, min(_CANDIDATES, self.size - 1))[:_CANDIDATES]
        if self.exact:
            pictures = self._training[candidates]
            distances = np.linalg.norm(_exact_points(self._judge, measure, pictures) - query, axis=1)
        else:
            pictures = index.greys(candidates).reshape(-1, 14, 14) * (255 // (_GREYS - 1))
            distances = by_index[candidates]
        yardstick = index.yardsticks[MEASURES.index(measure), 0 if self.exact else 1, of_class]
        neighbours = [
            Neighbour(int(candidates[i]), int(index.labels[candidates[i]]), float(distances[i]), pictures[i])
            for i in distances.argsort()[:count]
        ]
        return Nearest(neighbours, float(np.interp(neighbours[0].distance, yardstick, _QUANTILES)), yardstick)


@cache
def searcher(judge: Path = JUDGE) -> Searcher:
    """The searcher of a judge's index; the shipped one is exact if Fashion-MNIST is here. Raises CheckpointError."""
    index = Index.load(judge)
    return Searcher(index, data.load("train")[0] if judge == JUDGE and data.find() else None, judge)


def build(training: tuple[np.ndarray, np.ndarray], test: np.ndarray, judge_folder: Path = JUDGE) -> Index:
    """Build the index. training: images, uint8 (N, 28, 28), and labels (N,). test: images for the reference."""
    judge = load_judge(judge_folder)
    features = _exact_points(judge, FEATURES, training[0])
    mean = features.mean(axis=0)
    _, _, directions = np.linalg.svd(np.cov(features, rowvar=False))
    components = directions[:_COMPONENTS].T.astype(np.float32)
    projected = (features - mean) @ components
    step = float(np.abs(projected).max() / 127)
    greys = _greys(_exact_points(judge, PIXELS, training[0]))
    index = Index(
        judge=np.str_(judge_version(judge_folder)),
        labels=training[1].astype(np.uint8),
        mean=mean,
        components=components,
        step=step,
        codes=np.rint(projected / step).astype(np.int8),
        thumbnails=greys[:, ::2] << 4 | greys[:, 1::2],
        yardsticks=np.zeros(0),
    )
    return index._replace(yardsticks=_yardsticks(index, judge, training[0], test))


def _yardsticks(index: Index, judge: ResidualClassifier, training: np.ndarray, test: np.ndarray) -> np.ndarray:
    """`Index.yardsticks`: for each class percentiles of the distances from test images to their nearest training image.

    A test image counts for the class that the judge decides for.
    """
    nearest = []
    for measure in MEASURES:
        queries, known = (_exact_points(judge, measure, images) for images in (test, training))
        by_index = nearest_distances(index.points_of(measure, queries), index.points(measure))
        nearest.append([nearest_distances(queries, known), index.unit(measure) * by_index])
    classes = classifiers.evaluate(judge, test).argmax(axis=1)
    nearest = np.array(nearest)
    of_class = [nearest[..., classes == index] for index in range(judge.head[-1].out_features)]
    of_class = [set_ if set_.size else nearest for set_ in of_class]  # a class that no test image is taken for
    return np.stack([np.quantile(set_, _QUANTILES, axis=-1) for set_ in of_class]).transpose(2, 3, 0, 1)


def _exact_points(judge: ResidualClassifier, measure: str, pictures: np.ndarray) -> np.ndarray:
    """Of pictures, uint8 (N, 28, 28): the judge's features (N, D), or pixels in [0, 1] (N, 784)."""
    if measure == FEATURES:
        return classifiers.evaluate(judge.features, pictures)
    return pictures.reshape(len(pictures), -1) / np.float32(255)


def _greys(pixels: np.ndarray) -> np.ndarray:
    """Thumbnails of pixels (N, 784) in [0, 1]: means of 2x2 pixels as uint8 (N, 196), 0 to 15."""
    levels = np.rint(255 * pixels).reshape(-1, 14, 2, 14, 2)  # whole ones, so that no mean is rounded by chance
    return np.rint(levels.mean(axis=(2, 4)) * (_GREYS - 1) / 255).astype(np.uint8).reshape(len(pixels), -1)


def main() -> None:
    parser = Parser(prog="python -m cgan.neighbours", description=__doc__)
    add_judge_flag(parser)
    dataset.add_flags(parser)
    arguments = parser.parse_args()
    try:
        found = dataset.from_flags(arguments)
        judge = needed_judge(found.classes, arguments.judge)
        check_output("--judge", judge / INDEX)
        index = build(found.load("train"), found.load("test")[0][-_TEST_IMAGES:], judge)
    except (data.DataError, CheckpointError) as error:
        fail(error)
    path = judge / INDEX
    index.save(path)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, {len(index.labels):,} training images")
