"""Metrics of a checkpoint's pictures: FID, precision, recall, density, coverage, GAN-test, GAN-train, two-sample test.

python -m cgan.metrics --checkpoint report-mlp                   all metrics but GAN-train, which is slow
python -m cgan.metrics --checkpoint report-mlp --gan-train 5     with GAN-train, five seeds
python -m cgan.metrics --real --json real.json                   of real training images: the best possible values
python -m cgan.metrics --checkpoint report-mlp --inception       only FID in Inception's features, as in papers
python -m cgan.metrics --checkpoint my-own --data PATH --judge DIR      of your own classes (docs/own-classes.md)

All metrics compare as many generated pictures (the classes in turn, seeds from 0 on, truncation 1) as there are real
test images, 10,000 of Fashion-MNIST and never more, with these, in the judge's features unless --inception is given.
FID, precision and recall also in features of random weights. The two-sample test trains five networks to tell pictures
from real images.
"""

from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from cgan.common.classes import Classes
from cgan.common.command_line import Parser, check_output, fail, integer
from cgan.common.files import user_path, write_json
from cgan.data import DataError, dataset
from cgan.data.pictures import first_of_each
from cgan.evaluation import classifiers, two_sample
from cgan.evaluation.classifiers import JUDGE
from cgan.evaluation.distances import NEIGHBOURS, frechet_distance, manifold_metrics, training_distances
from cgan.evaluation.random_features import RandomFeatures
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.models.classifier import LeNet, ResidualClassifier
from cgan.sampling.sampler import Sampler

METRICS = "metrics.json"  # in a checkpoint's folder
REAL = "real.json"  # in the judge's folder
PICTURES = 10_000
GAN_TRAIN_PICTURES = 60_000
GAN_TRAIN_EPOCHS = 16
GAN_TRAIN_CLASSIFIERS = {"lenet": LeNet, "residual": partial(ResidualClassifier, width=16)}
_INCEPTION_BATCH_SIZE = 50


@dataclass(frozen=True)
class Metrics:
    """All metrics of one set of pictures; shares are from 0 to 1."""

    judge: str  # version of the judge whose features these are
    pictures: int
    fid: float
    per_class: dict[str, dict[str, float]]  # FID, precision, recall and GAN-test of each class alone
    precision: float
    recall: float
    density: float
    coverage: float
    gan_test: float  # accuracy of the judge
    nearest_training: dict[str, float]  # quantiles of `training_distances`
    gan_train: dict[str, dict] | None
    random_features: dict[str, float] | None = None  # FID, precision and recall in features of random weights
    two_sample: dict[str, dict] | None = None  # see `two_sample_test`; older files have neither


def measure(
    pictures: np.ndarray,
    labels: np.ndarray,
    test: tuple,
    training: tuple,
    told_apart: dict[str, dict],
    gan_train: dict[str, dict] | None = None,
    judge_folder: Path = JUDGE,
) -> Metrics:
    """Compare pictures, uint8 (N, 28, 28), and their labels (N,) with test and training data (images, labels).

    told_apart: of the two-sample test.
    """
    judge, classes = checkpoints.load_classifier(judge_folder)
    features = classifiers.evaluate(judge.features, pictures)
    test_features = classifiers.evaluate(judge.features, test[0])
    random = RandomFeatures(test[0])
    with torch.inference_mode():
        correct = judge.head(torch.from_numpy(features)).argmax(dim=1).numpy() == labels
    return Metrics(
        judge=classifiers.judge_version(judge_folder),
        pictures=len(pictures),
        fid=frechet_distance(features, test_features),
        per_class={
            name: _three_measures(features[labels == index], test_features[test[1] == index])
            | {"gan_test": float(correct[labels == index].mean())}
            for index, name in enumerate(classes.names)
        },
        **manifold_metrics(test_features, features),
        gan_test=float(correct.mean()),
        nearest_training=training_distances(pictures, training[0]),
        gan_train=gan_train,
        random_features=_three_measures(*(classifiers.evaluate(random, images) for images in (pictures, test[0]))),
        two_sample=told_apart,
    )


def _three_measures(features: np.ndarray, test_features: np.ndarray) -> dict[str, float]:
    """FID, precision and recall of pictures: features (N, D) against those of test images (M, D)."""
    manifold = manifold_metrics(test_features, features)
    fid = frechet_distance(features, test_features)
    return {"fid": fid} | {name: manifold[name] for name in ("precision", "recall")}


def gan_train(images: np.ndarray, labels: np.ndarray, test: tuple, seeds: int) -> dict[str, dict]:
    """GAN-train, or Classification Accuracy Score (Ravuri & Vinyals 2019, arXiv:1905.10887).

    Classifiers are trained on these images alone, uint8 (N, 28, 28), and tested on the real test set. Returns for each
    kind of classifier the accuracies of all seeds, their mean and their standard deviation.
    """
    scores, count = {}, int(test[1].max()) + 1
    for kind, build in GAN_TRAIN_CLASSIFIERS.items():
        accuracies = []
        for seed in range(seeds):
            torch.manual_seed(seed)
            network = classifiers.fit(build(count), images, labels, GAN_TRAIN_EPOCHS, seed, f"{kind}, seed {seed}")
            accuracies.append(classifiers.accuracy(network, *test))
        scores[kind] = classifiers.over_seeds(accuracies)
    return scores


def inception_fid(pictures: np.ndarray, real: np.ndarray) -> float:
    """FID in the features of Inception v3, by torchmetrics. Raises ImportError without that package or its weights.

    pictures, real: uint8 (N, 28, 28); they are repeated in three channels, and torchmetrics enlarges them.
    """
    try:
        from torchmetrics.image.fid import FrechetInceptionDistance

        fid = FrechetInceptionDistance(feature=2048)  # may download the weights
    except (ImportError, OSError) as error:
        raise ImportError(
            f"--inception: needs `pip install torchmetrics torch-fidelity` and its weights, 91 MB ({error})"
        ) from error
    for images, is_real in ((real, True), (pictures, False)):
        for batch in torch.from_numpy(images).split(_INCEPTION_BATCH_SIZE):
            fid.update(batch.unsqueeze(1).expand(-1, 3, -1, -1), real=is_real)
    return fid.compute().item()


def generated(sampler: Sampler, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(pictures, labels) of `count` samples: the classes in turn, seeds from 0 on."""
    labels = (np.arange(count) % sampler.classes.count).astype(np.uint8)
    return sampler.sample(labels, np.arange(count)), labels


def main() -> None:
    arguments = _parser().parse_args()
    if arguments.json:
        check_output("--json", arguments.json)
    try:
        found = dataset.from_flags(arguments)
        training, test = found.load("train"), found.load("test")
        sampler = None if arguments.real else Sampler(checkpoints.resolve(arguments.checkpoint))
        if sampler and sampler.classes != found.classes:
            raise CheckpointError(f"--checkpoint {arguments.checkpoint}: other classes than {arguments.data}")
        judge = classifiers.needed_judge(found.classes, arguments.judge)
        _check_enough(test[1], found.classes)
        count = min(PICTURES, len(test[0]))
        chosen = first_of_each(training[1], count // found.classes.count)
        seen = generated(sampler, count) if sampler else (training[0][chosen], training[1][chosen])
        if arguments.inception:
            print(f"FID, Inception: {inception_fid(seen[0], test[0]):.2f}")
            return
    except (DataError, CheckpointError, ImportError) as error:
        fail(error)
    scores = None
    if arguments.gan_train:
        learned_from = training if sampler is None else generated(sampler, GAN_TRAIN_PICTURES)
        scores = gan_train(*learned_from, test, arguments.gan_train)
    told_apart = two_sample.two_sample_test(*two_sample.samples(training, test, sampler))
    metrics = measure(*seen, test, training, told_apart, scores, judge)
    if sampler is None:  # training images are their own nearest ones, so test images are the reference
        metrics = replace(metrics, nearest_training=training_distances(test[0], training[0]))
    print(table({arguments.checkpoint or "real training images": metrics}))
    if arguments.json:
        try:
            write_json(arguments.json, asdict(metrics), indent=2)
        except OSError as error:
            fail(f"--json {arguments.json}: cannot be written ({error.strerror})")


def _check_enough(labels: np.ndarray, classes: Classes) -> None:
    """Raises DataError for a class with too few test images to have neighbours."""
    for name, count in zip(classes.names, np.bincount(labels, minlength=classes.count), strict=True):
        if count <= NEIGHBOURS:
            raise DataError(f"--data: {count} test pictures of {name!r}; metrics need {NEIGHBOURS + 1} of each class")


def table(columns: dict[str, Metrics], floor: Metrics | None = None) -> str:
    """A Markdown table: a row for each metric, a column for each checkpoint; FID also as a multiple of the floor's."""

    def multiple(fid: float, of_floor: float | None) -> str:
        return f"{fid:.3g}" + (f" ({fid / of_floor:.1f} x)" if of_floor else "")

    random_fid = floor.random_features["fid"] if floor and floor.random_features else None
    rows = {
        "FID": lambda m: multiple(m.fid, floor and floor.fid),
        "FID of a class, mean": lambda m: f"{np.mean([each['fid'] for each in m.per_class.values()]):.3g}",
        "precision": lambda m: f"{m.precision:.3f}",
        "recall": lambda m: f"{m.recall:.3f}",
        "density": lambda m: f"{m.density:.3f}",
        "coverage": lambda m: f"{m.coverage:.3f}",
        "GAN-test": lambda m: f"{m.gan_test:.1%}",
        **{
            f"GAN-train, {kind}": lambda m, kind=kind: _spread(m.gan_train[kind]) if m.gan_train else "–"
            for kind in GAN_TRAIN_CLASSIFIERS
        },
        "FID, random features": lambda m: multiple(m.random_features["fid"], random_fid) if m.random_features else "–",
        **{
            f"{name}, random features": lambda m, name=name: (
                f"{m.random_features[name]:.3f}" if m.random_features else "–"
            )
            for name in ("precision", "recall")
        },
        "told from real images, accuracy": lambda m: _spread(m.two_sample["accuracy"]) if m.two_sample else "–",
        "told from real images, AUC": lambda m: _spread(m.two_sample["auc"]) if m.two_sample else "–",
        "nearest training image, median": lambda m: f"{m.nearest_training['50 %']:.2f}",
        "nearest training image, 1st percentile": lambda m: f"{m.nearest_training['1 %']:.2f}",
    }
    lines = [["", *columns], ["---"] * (len(columns) + 1)]
    lines += [[name, *map(cell, columns.values())] for name, cell in rows.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _spread(score: dict) -> str:
    return f"{score['mean']:.1%} ± {score['sd']:.1%}"


def _parser() -> Parser:
    parser = Parser(prog="python -m cgan.metrics", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--checkpoint", metavar="C", help="a name in checkpoints/ or a folder")
    what.add_argument("--real", action="store_true", help="measure real training images instead")
    parser.add_argument("--inception", action="store_true", help="only FID in the features of Inception v3")
    parser.add_argument(
        "--gan-train",
        type=integer(1, 100),
        metavar="N",
        help="train N classifiers of each kind on 60,000 pictures (about 10 minutes each on one core)",
    )
    parser.add_argument("--json", type=user_path, metavar="FILE", help="write all figures there too")
    classifiers.add_judge_flag(parser)
    dataset.add_flags(parser)
    return parser
