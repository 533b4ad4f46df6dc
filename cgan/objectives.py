"""Adversarial losses: scores of the discriminator (N, 1) in, a scalar to minimise out."""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor
from torch.nn.functional import relu, softplus


def least_squares_generator(fake_scores: Tensor) -> Tensor:
    """LSGAN (Mao et al. 2017, arXiv:1611.04076, eq. 9 without its factor 1/2): generated images should score 1."""
    return (fake_scores - 1).square().mean()


def least_squares_discriminator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """LSGAN, eq. 9: real images should score 1, generated ones 0; the mean of the two errors."""
    return ((real_scores - 1).square().mean() + fake_scores.square().mean()) / 2


def non_saturating_generator(fake_scores: Tensor) -> Tensor:
    """Goodfellow et al. 2014 (arXiv:1406.2661, section 3): -log D(G(z)), where D is the sigmoid of the score."""
    return softplus(-fake_scores).mean()


def non_saturating_discriminator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """Goodfellow et al. 2014, eq. 1: cross entropy; the mean over real and generated images."""
    return (softplus(-real_scores).mean() + softplus(fake_scores).mean()) / 2


def hinge_generator(fake_scores: Tensor) -> Tensor:
    """Lim & Ye 2017 (arXiv:1705.02894, eq. 12): generated images should score high."""
    return -fake_scores.mean()


def hinge_discriminator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """Lim & Ye 2017, eq. 11: real images should score above 1, generated ones below -1; the mean of both."""
    return (relu(1 - real_scores).mean() + relu(1 + fake_scores).mean()) / 2


class Objective(NamedTuple):
    """What each network minimises."""

    generator: Callable[[Tensor], Tensor]
    discriminator: Callable[[Tensor, Tensor], Tensor]


OBJECTIVES = {
    "least-squares": Objective(least_squares_generator, least_squares_discriminator),
    "non-saturating": Objective(non_saturating_generator, non_saturating_discriminator),
    "hinge": Objective(hinge_generator, hinge_discriminator),
}
