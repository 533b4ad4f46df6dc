"""Adversarial losses: scores of the discriminator (N, 1) in, a scalar to minimise out."""

from torch import Tensor


def least_squares_generator(fake_scores: Tensor) -> Tensor:
    """LSGAN (Mao et al. 2017, arXiv:1611.04076, eq. 9 without its factor 1/2): generated images should score 1."""
    return (fake_scores - 1).square().mean()


def least_squares_discriminator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """LSGAN, eq. 9: real images should score 1, generated ones 0; the mean of the two errors."""
    return ((real_scores - 1).square().mean() + fake_scores.square().mean()) / 2
