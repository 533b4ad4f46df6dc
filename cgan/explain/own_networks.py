"""Adapters of this project's networks for saliency and ascents: images (N, 1, 28, 28) in [0, 1] to scores (N, K)."""

import copy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from cgan.evaluation.classifiers import JUDGE, load_judge
from cgan.explain.gradients import Normalize
from cgan.models import checkpoints
from cgan.sampling import latents

GENERATED, REAL = 0, 1  # the two classes of a discriminator
_COMPARED = 16  # generated pictures that calibrate a discriminator's score


def judge(folder: Path = JUDGE) -> nn.Module:
    """The judge of a folder: scores (N, classes), one for each class. Raises CheckpointError."""
    # A copy, because Captum puts hooks on a network, and `load_judge` returns the same one to all threads.
    return nn.Sequential(Normalize([0.5], [0.5]), copy.deepcopy(load_judge(folder)).requires_grad_(False))


class Painter:
    """A generator with a fixed class: z (N, latent_dim) to images (N, 1, 28, 28) in [0, 1]."""

    def __init__(self, generator: nn.Module, class_index: int) -> None:
        self._generator = generator
        self._weights = torch.from_numpy(latents.one_hot(np.array([class_index]), generator.classes))

    def z(self, *seeds: int) -> Tensor:
        """z of these seeds, (N, latent_dim)."""
        return torch.from_numpy(latents.latents(np.array(seeds), self._generator.latent_dim))

    def __call__(self, z: Tensor) -> Tensor:
        return (self._generator(z, self._weights.expand(len(z), -1)) + 1) / 2


class RealOrGenerated(nn.Module):
    """A discriminator with a fixed class as a classifier of two classes: scores (N, 2) for GENERATED and REAL.

    The zero of a discriminator's score has no meaning, so the score of GENERATED is its mean score of generated
    pictures. The probability of REAL is then that of a relativistic average discriminator (Jolicoeur-Martineau 2018,
    arXiv:1807.00734, eq. 10).
    """

    def __init__(self, discriminator: nn.Module, class_index: int, generated: Tensor) -> None:
        """generated: images (M, 1, 28, 28) in [0, 1] of that class."""
        super().__init__()
        self.normalize = Normalize([0.5], [0.5])
        self.discriminator = discriminator
        self.register_buffer(
            "weights", torch.from_numpy(latents.one_hot(np.array([class_index]), discriminator.classes))
        )
        with torch.no_grad():
            self.register_buffer("mean_score", self._score(generated).mean())

    def _score(self, images: Tensor) -> Tensor:
        return self.discriminator(self.normalize(images), self.weights.expand(len(images), -1))[:, 0]

    def forward(self, images: Tensor) -> Tensor:
        scores = self._score(images)
        return torch.stack([self.mean_score.expand_as(scores), scores], dim=1)


def discriminator(folder: Path, class_index: int, painter: Painter) -> RealOrGenerated:
    """The discriminator of a checkpoint's folder, compared with pictures of its generator. Raises CheckpointError."""
    network = checkpoints.load_discriminator(folder)
    with torch.no_grad():
        generated = painter(painter.z(*range(_COMPARED)))
    return RealOrGenerated(network.requires_grad_(False), class_index, generated)
