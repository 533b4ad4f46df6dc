"""What saliency, adversarial examples and class visualization share.

They work on any differentiable network from images (N, C, H, W) in [0, 1] to scores (N, K), one for each class and
before any softmax. The network is an argument, in eval mode; it contains its own normalization (`Normalize`).

The ascents are loops of our own and not Captum's attacks (`captum.robust`): those return only at the end, while here
each step is shown and counted and can be the last. Captum has no class visualization.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

Network = Callable[[Tensor], Tensor]

_TINY = 1e-12


class Normalize(nn.Module):
    """The first layer of a network: images (N, C, H, W) in [0, 1] to (image - mean) / sd, for each channel."""

    def __init__(self, mean: Sequence[float], sd: Sequence[float]) -> None:
        """mean, sd: one number for each channel, those of the network's training images."""
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean)[:, None, None])
        self.register_buffer("sd", torch.tensor(sd)[:, None, None])

    def forward(self, images: Tensor) -> Tensor:
        return (images - self.mean) / self.sd


class Step(NamedTuple):
    """The state of an ascent after a step. l2 and linf measure the change since step 0, in the units of `moved`."""

    number: int
    moved: Tensor  # the optimized tensor: an image, or z
    probabilities: Tensor  # (K,), softmax of the scores
    l2: float
    linf: float

    @classmethod
    def measured(cls, number: int, moved: Tensor, scores: Tensor, start: Tensor) -> "Step":
        """scores: (K,). start: `moved` at step 0."""
        change = moved - start
        return cls(number, moved, scores.detach().softmax(dim=0), float(change.norm()), float(change.abs().max()))


def unit(gradient: Tensor) -> Tensor:
    """The gradient, scaled to an L2 length of 1; zero stays zero."""
    return gradient / gradient.norm().clamp_min(_TINY)
