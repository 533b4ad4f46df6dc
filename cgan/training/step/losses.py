"""Adversarial losses and the gradient penalty.

Each loss takes the discriminator's scores of real and of generated images, both (N, 1), and returns a scalar to
minimize.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus


def least_squares_generator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """LSGAN (Mao et al. 2017, arXiv:1611.04076, eq. 9 without its factor 1/2): generated images should score 1."""
    return (fake_scores - 1).square().mean()


def least_squares_discriminator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """LSGAN, eq. 9: real images should score 1, generated ones 0; the mean of the two errors."""
    return ((real_scores - 1).square().mean() + fake_scores.square().mean()) / 2


def non_saturating_generator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """Goodfellow et al. 2014 (arXiv:1406.2661, section 3): -log D(G(z)), where D is the sigmoid of the score."""
    return softplus(-fake_scores).mean()


def non_saturating_discriminator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """Goodfellow et al. 2014, eq. 1: cross entropy; the mean over real and generated images."""
    return (softplus(-real_scores).mean() + softplus(fake_scores).mean()) / 2


def hinge_generator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """Lim & Ye 2017 (arXiv:1705.02894, eq. 12): generated images should score high."""
    return -fake_scores.mean()


def hinge_discriminator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """Lim & Ye 2017, eq. 11: real images should score above 1, generated ones below -1; the mean of both."""
    return (relu(1 - real_scores).mean() + relu(1 + fake_scores).mean()) / 2


def relativistic_generator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """RpGAN (Jolicoeur-Martineau 2019, arXiv:1807.00734): generated images should score above their real partners."""
    return softplus(real_scores - fake_scores).mean()


def relativistic_discriminator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """RpGAN: each real image should score above its partner, a generated image of the same class."""
    return softplus(fake_scores - real_scores).mean()


def gradient_penalty(scores: Tensor, images: Tensor) -> Tensor:
    """Half the squared norm of the gradient of scores (N, 1) with respect to images (N, 1, H, W); mean over images.

    The scores have to be computed from these images. At real images this is R1 (Mescheder et al. 2018,
    arXiv:1801.04406), at generated ones R2; R3GAN (Huang et al. 2024, arXiv:2501.05441) needs both to converge.
    """
    (gradient,) = torch.autograd.grad(scores.sum(), images, create_graph=True)
    return gradient.square().sum(dim=(1, 2, 3)).mean() / 2


class Objective(NamedTuple):
    """The losses of the two networks."""

    generator: Callable[[Tensor, Tensor], Tensor]
    discriminator: Callable[[Tensor, Tensor], Tensor]
    paired: bool = False  # whether each generated image has the class of the real one at its place in the batch


OBJECTIVES = {
    "least-squares": Objective(least_squares_generator, least_squares_discriminator),
    "non-saturating": Objective(non_saturating_generator, non_saturating_discriminator),
    "hinge": Objective(hinge_generator, hinge_discriminator),
    "relativistic": Objective(relativistic_generator, relativistic_discriminator, paired=True),
}
