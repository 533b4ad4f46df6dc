"""The classifier two-sample test (Lopez-Paz & Oquab 2017, arXiv:1610.06545).

A network learns to tell pictures from real images, then it is tested on unseen ones: half of its answers are right if
there is no difference, whatever that difference may be. No generator has learned to please it, for it is trained anew.
"""

from typing import NamedTuple

import numpy as np
import torch

from cgan.data.pictures import Labelled
from cgan.evaluation import classifiers
from cgan.models.classifier import ResidualClassifier
from cgan.sampling.sampler import Sampler

SEEDS = 5  # networks, each with other initial weights
IMAGES, UNSEEN = 20_000, 10_000  # the most of each side, to learn from and to be tested on
PASSES = 320_000  # images through the network while it learns, however few different ones there are
WIDTH = 8  # channels of its first layer


class Sides(NamedTuple):
    """Real images and pictures, uint8 (N, 28, 28), as many of both and of the same classes."""

    real: np.ndarray
    fake: np.ndarray


def samples(training: Labelled, test: Labelled, sampler: Sampler | None) -> tuple[Sides, Sides]:
    """What a network learns from, training images and pictures; what it is tested on, test images and other pictures.

    Without a sampler other training images stand for the pictures: the floor. Therefore a third of the training images
    is the most that a side may have.
    """
    order = np.random.default_rng(0).permutation(len(training[0]))
    images, labels = training[0][order], training[1][order]
    third = len(images) // 3
    seen, unseen = min(IMAGES, third), min(UNSEEN, third, len(test[0]))
    chosen = np.random.default_rng(1).permutation(len(test[0]))[:unseen]
    if sampler is None:
        fake, unseen_fake = images[seen : 2 * seen], images[2 * seen : 2 * seen + unseen]
    else:
        fake = sampler.sample(labels[:seen], np.arange(seen))
        unseen_fake = sampler.sample(test[1][chosen], seen + np.arange(unseen))
    return Sides(images[:seen], fake), Sides(test[0][chosen], unseen_fake)


def two_sample_test(known: Sides, unseen: Sides) -> dict[str, dict]:
    """Accuracy on the unseen images, and AUC, the chance that a real image gets a higher score than a picture.

    Both are 0.5 if nothing can be told apart. Of each the values of all seeds, their mean and standard deviation. The
    images are not augmented: shifts and erased squares would hide small differences.
    """
    images = np.concatenate(known)
    is_real = np.repeat([1, 0], [len(side) for side in known])
    epochs = max(1, round(PASSES / len(images)))
    accuracies, areas = [], []
    for seed in range(SEEDS):
        torch.manual_seed(seed)
        network = ResidualClassifier(2, WIDTH)
        classifiers.fit(network, images, is_real, epochs, seed, f"real or not, seed {seed}", augmented=False)
        logits = (classifiers.evaluate(network, side) for side in unseen)
        real, fake = (each[:, 1] - each[:, 0] for each in logits)
        accuracies.append(float(((real > 0).mean() + (fake <= 0).mean()) / 2))
        areas.append(area_under_curve(real, fake))
    return {"accuracy": classifiers.over_seeds(accuracies), "auc": classifiers.over_seeds(areas)}


def area_under_curve(positive: np.ndarray, negative: np.ndarray) -> float:
    """The chance that a positive score (N,) is above a negative one (M,); ties count half (Mann & Whitney 1947)."""
    ordered = np.sort(negative)
    below, up_to = (np.searchsorted(ordered, positive, side) for side in ("left", "right"))
    return float((below + up_to).mean() / 2 / len(negative))
