"""What the tab "How good?" computes: the training images nearest to a picture, and what the discriminator thinks of it.

Whatever arrives is checked here, as in `studio`.
"""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from cgan.common.classes import Classes
from cgan.common.validation import RefusalError, check_choice, check_integer, checked
from cgan.data import DataError, examples
from cgan.evaluation import neighbours
from cgan.evaluation.classifiers import JUDGE, MAKE_JUDGE, real_examples
from cgan.evaluation.neighbours import FEATURES, MEASURES, Nearest
from cgan.explain import own_networks, saliency
from cgan.explain.own_networks import REAL, Painter
from cgan.models.checkpoints import CONFIG, load_config
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler, newest_sampler
from cgan.ui import figures, own_picture
from cgan.ui.figures import say
from cgan.ui.server.errors import REASONS, worded
from cgan.ui.server.jobs import Worker
from cgan.ui.studio import Studio, checked_class

SOURCES = GENERATED, OWN = ("generated", "own")
_VALUES = ("checkpoint", "source", "class", "seed", "own picture")
_NEIGHBOURS = 6
_COMPARED = 256  # pictures of a class, real and generated, whose scores make a distribution
_BARS = 20  # of a histogram
_KEPT = 20  # distributions of scores


class Request(NamedTuple):
    """A picture, and the class that D is told."""

    folder: Path  # of the checkpoint
    class_index: int
    seed: int
    judge: Path | None  # the folder of the judge of the checkpoint's classes
    own: np.ndarray | None  # uint8 (28, 28), in the place of what the checkpoint draws for class and seed

    @classmethod
    def of(cls, studio: Studio, *values: object) -> "Request":
        """Raises RefusalError, UploadError, CheckpointError."""
        if len(values) != len(_VALUES):
            raise RefusalError(f"{len(_VALUES)} values expected: {', '.join(_VALUES)}")
        checkpoint, source, class_index, seed, own = values
        return cls(
            studio.folder(checkpoint),
            checked_class("class", class_index, studio.classes(checkpoint)),
            checked("seed", check_integer, seed, 0, latents.MAX_SEED),
            studio.judge(checkpoint),
            own_picture.read(own) if checked("source", check_choice, source, SOURCES) == OWN else None,
        )

    @property
    def classes(self) -> Classes:
        return load_config(self.folder).classes

    @property
    def name(self) -> dict:
        """Of the class, as a text."""
        return figures.class_name(self.classes, self.class_index)


class Scores(NamedTuple):
    """Of D, for one class: the network, and its scores of real and of generated pictures, (N,) and (M,).

    A score has no zero of its own, so the mean of the generated ones is made to be zero.
    """

    network: nn.Module
    offset: float
    real: np.ndarray
    generated: np.ndarray


class Evidence:
    """Both yield figures, and one that says why where there can be none."""

    def __init__(self, studio: Studio, worker: Worker) -> None:
        self._studio = studio
        self._worker = worker

    def nearest_images(self, *request: object) -> Iterator[dict]:
        """The training images nearest to a picture."""
        yield from self._run(_nearest_images, request)

    def discriminator(self, *request: object) -> Iterator[dict]:
        """D's score of a picture, and where it comes from."""
        yield from self._run(_discriminator, request)

    def nearest(self, picture: str, count: int = _NEIGHBOURS) -> dict:
        """Find the training images nearest to a picture: is it a copy?

        Args:
            picture: a PNG, JPEG, WebP, GIF, AVIF, BMP or TIFF of at most 8 MB, in base64; it is cropped to a square,
                made grey and 28x28 pixels, and inverted where its background is bright.
            count: how many, 1 to 50.

        Returns:
            {"exact": whether distances are those to the training images themselves, not to a small index of them,
            "features": by the judge's features, "pixels": by pixels in [0, 1]}, the last two {"neighbours": a list of
            {"number": of the training image, "class_index": 0 to 9, "distance": Euclidean}, the nearest first,
            "closer": the share of real test images of the same class that have a nearer training image than this one}
        """
        count = checked("count", check_integer, count, 1, 50)
        seen = own_picture.from_file(picture)
        ((exact, _, found),) = self._worker.steps(_search, seen, count)
        return {"exact": exact} | {measure: _for_programs(found[measure]) for measure in MEASURES}

    def _run(self, compute: Callable, request: tuple) -> Iterator[dict]:
        mark = figures.new_run()
        try:
            for figure in self._worker.steps(compute, Request.of(self._studio, *request)):
                yield figure | mark
        except REASONS as error:
            yield figures.problem(worded(error)) | mark


def _picture(request: Request) -> tuple[np.ndarray, dict]:
    """The picture, and the panel that shows which one it is."""
    picture, which = request.own, None
    if picture is None:
        sampler = newest_sampler(request.folder)
        picture = sampler.sample(np.array([request.class_index]), np.array([request.seed]))[0]
        which = say("what_one", name=request.name, first=f"{request.seed}")
    return picture, figures.panel(say("this_picture"), picture, which)


def _nearest_images(request: Request) -> Iterator[dict]:
    picture, panel = _picture(request)
    if request.judge is None:
        raise RefusalError(say("no_judge", name=request.folder.name, command=MAKE_JUDGE))
    ((exact, compared, found),) = _search(picture, _NEIGHBOURS, request.judge)
    rows = [figures.row([panel])]
    rows += [_neighbour_row(measure, found[measure], request.classes) for measure in MEASURES]
    caption = [say("compared_exactly" if exact else "compared_by_index", count=f"{compared:,}")]
    if not exact and request.judge == JUDGE:
        caption.append(say("exact_with_data"))
    yield figures.figure(rows, state="done", crisp=True, caption=caption, name="nearest")


def _discriminator(request: Request) -> Iterator[dict]:
    scores = _scores_of_class(request.folder, newest_sampler(request.folder), request.class_index, request.judge)
    picture, panel = _picture(request)
    image = torch.from_numpy(picture)[None, None].float() / 255
    score = float(_score(scores.network, image)[0]) - scores.offset
    slope = saliency.vanilla_gradient(scores.network, image, torch.tensor([REAL]))[0]
    panels = [
        panel,
        figures.panel(say("gradient_of_d"), figures.heat(slope), say("gradient_of_d_note")),
        figures.panel(say("on_the_picture"), figures.overlay(image, slope)),
    ]
    above = {name: f"{100 * (score > of_kind).mean():.0f}" for name, of_kind in _kinds(scores).items()}
    key = "score_verdict" if len(scores.real) else "score_verdict_generated"
    verdict = say(key, score=f"{score:+.2f}", **above, name=request.name)
    counted = say("scores_counted", real=len(scores.real), generated=len(scores.generated))
    yield figures.figure(
        [figures.row(panels)],
        state="done",
        crisp=True,
        histogram=_histogram(scores, score),
        caption=[verdict, _meaning(request.folder), counted],
        name="discriminator",
    )


def _search(picture: np.ndarray, count: int, judge: Path = JUDGE) -> Iterator[tuple[bool, int, dict[str, Nearest]]]:
    """One item, as the worker takes work: whether it is exact, how many images were compared, and the nearest."""
    searcher = neighbours.searcher(judge)
    yield searcher.exact, searcher.size, searcher.search(picture, count)


def _for_programs(nearest: Nearest) -> dict:
    found = [
        {"number": each.number, "class_index": each.label, "distance": round(each.distance, 4)}
        for each in nearest.neighbours
    ]
    return {"neighbours": found, "closer": round(nearest.closer, 4)}


def _neighbour_row(measure: str, nearest: Nearest, classes: Classes) -> dict:
    panels = [
        figures.panel(
            figures.class_name(classes, each.label),
            each.picture,
            say("at_distance", distance=f"{each.distance:.2f}"),
        )
        for each in nearest.neighbours
    ]
    share = f"{100 * nearest.closer:.0f}"
    usual = {name: f"{nearest.yardstick[percent]:.2f}" for name, percent in (("low", 5), ("high", 95))}
    key = "nearest_features" if measure == FEATURES else "nearest_pixels"
    verdict = say("nearest_verdict", share=share, **usual)
    return figures.row(panels, say(key)) | {"histogram": _distances(nearest), "caption": verdict, "small": True}


def _distances(nearest: Nearest) -> dict:
    """The distances of real test images, as a histogram, and where the nearest image of this picture lies."""
    distance = nearest.neighbours[0].distance
    edges = np.linspace(0, max(nearest.yardstick[-1], distance), _BARS + 1)
    below = np.interp(edges, nearest.yardstick, np.linspace(0, 1, len(nearest.yardstick)), left=0, right=1)
    shares = {"label": say("real_one"), "shares": np.diff(below).round(4).tolist()}
    return _marked([shares], edges, distance)


@lru_cache(_KEPT)
def _scores_of_class(folder: Path, sampler: Sampler, class_index: int, judge: Path | None) -> Scores:
    """Computed once for a class and the weights of the moment, whose sampler it is."""
    painter = Painter(sampler.generator, class_index)
    network = own_networks.discriminator(folder, class_index, painter)
    with torch.no_grad():
        generated = _score(network, painter(painter.z(*range(1000, 1000 + _COMPARED))))
        images = torch.from_numpy(_real(class_index, judge)).unsqueeze(1).float() / 255
        real = _score(network, images) if len(images) else torch.zeros(0)  # no network takes a batch of none
    offset = generated.mean()
    return Scores(network, float(offset), (real - offset).numpy(), (generated - offset).numpy())


def _meaning(folder: Path) -> dict:
    """What a score of this D means, by the objective that it was trained with."""
    try:
        training = json.loads((folder / CONFIG).read_bytes()).get("training")
    except (OSError, ValueError, AttributeError):
        training = None
    loss = training.get("loss") if isinstance(training, dict) else None
    return say("relativistic" if loss == "relativistic" else "not_relativistic")


def _real(class_index: int, judge: Path | None) -> np.ndarray:
    """Real test images of a class: none without a judge, those that ship where Fashion-MNIST is not here."""
    if judge is None:
        return np.zeros((0, 28, 28), np.uint8)
    try:
        images, labels = real_examples(judge)
    except DataError:
        images, labels = examples.load(), examples.labels
    return images[labels == class_index][:_COMPARED]


def _score(network: nn.Module, images: Tensor) -> Tensor:
    """What D gives images (N, 1, 28, 28) in [0, 1], (N,), above the mean of some generated ones."""
    with torch.no_grad():
        scores = network(images)
    return scores[:, 1] - scores[:, 0]


def _kinds(scores: Scores) -> dict[str, np.ndarray]:
    """The scores by what was scored; without a judge there are no real pictures."""
    return {"real": scores.real, "generated": scores.generated} if len(scores.real) else {"generated": scores.generated}


def _histogram(scores: Scores, score: float) -> dict:
    """Both distributions over the same range, as shares, and where the picture lies."""
    everything = np.concatenate([scores.real, scores.generated, [score]])
    edges = np.linspace(everything.min(), everything.max(), _BARS + 1)
    series = [
        {"label": say(f"{name}_one"), "shares": (np.histogram(of_kind, edges)[0] / len(of_kind)).round(4).tolist()}
        for name, of_kind in _kinds(scores).items()
    ]
    return _marked(series, edges, score)


def _marked(series: list[dict], edges: np.ndarray, value: float) -> dict:
    low, high = (round(float(edge), 2) for edge in edges[[0, -1]])
    return {"series": series, "low": low, "high": high, "marker": round(value, 2), "label": say("this_picture")}
