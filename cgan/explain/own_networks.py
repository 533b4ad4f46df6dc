"""Our own networks as `cgan.gradients` takes them: images (N, 1, 28, 28) in [0, 1] to scores (N, K)."""

import copy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from cgan.data import NUM_CLASSES
from cgan.evaluation.classifiers import load_judge
from cgan.explain.gradients import Normalize
from cgan.models import checkpoints
from cgan.sampling import latents

GENERATED, REAL = 0, 1  # what a discriminator chooses between
_COMPARED = 16  # generated pictures


def judge() -> nn.Module:
    """The judge; its ten scores are the classes'. Raises CheckpointError."""
    # A copy, for the one that is loaded once belongs to everyone and may be asked for gradients of its weights.
    return nn.Sequential(Normalize([0.5], [0.5]), copy.deepcopy(load_judge()).requires_grad_(False))


class Painter:
    """A checkpoint's averaged generator, told a class: z (N, latent_dim) to images (N, 1, 28, 28) in [0, 1].

    In float32, where gradients are wanted and a grey level more or less is not seen.
    """

    def __init__(self, generator: nn.Module, class_index: int) -> None:
        self._generator = copy.deepcopy(generator).to(torch.float32).requires_grad_(False)
        self._weights = torch.from_numpy(latents.one_hot(np.array([class_index]), NUM_CLASSES))

    def z(self, *seeds: int) -> Tensor:
        """The noise of these seeds, (N, latent_dim)."""
        return torch.from_numpy(latents.latents(np.array(seeds), self._generator.latent_dim))

    def __call__(self, z: Tensor) -> Tensor:
        return (self._generator(z, self._weights.expand(len(z), -1)) + 1) / 2


class RealOrGenerated(nn.Module):
    """A discriminator, told a class, as a classifier of two: scores (N, 2) for GENERATED and REAL.

    A discriminator's score has no zero that means anything, so what stands for GENERATED is its mean score of
    generated pictures. The probability of REAL is then the one of a relativistic average discriminator
    (Jolicoeur-Martineau 2018, arXiv:1807.00734, eq. 10).
    """

    def __init__(self, discriminator: nn.Module, class_index: int, generated: Tensor) -> None:
        """generated: images (M, 1, 28, 28) in [0, 1] of that class."""
        super().__init__()
        self.normalize = Normalize([0.5], [0.5])
        self.discriminator = discriminator
        self.register_buffer("weights", torch.from_numpy(latents.one_hot(np.array([class_index]), NUM_CLASSES)))
        with torch.no_grad():
            self.register_buffer("mean_score", self._score(generated).mean())

    def _score(self, images: Tensor) -> Tensor:
        return self.discriminator(self.normalize(images), self.weights.expand(len(images), -1))[:, 0]

    def forward(self, images: Tensor) -> Tensor:
        scores = self._score(images)
        return torch.stack([self.mean_score.expand_as(scores), scores], dim=1)


def discriminator(folder: Path, class_index: int, painter: Painter) -> RealOrGenerated:
    """The discriminator of a checkpoint's folder, beside what its generator paints. Raises CheckpointError."""
    network = checkpoints.load_discriminator(folder)
    with torch.no_grad():
        generated = painter(painter.z(*range(_COMPARED)))
    return RealOrGenerated(network.requires_grad_(False), class_index, generated)
