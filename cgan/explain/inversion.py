"""GAN inversion: the z and class for which a generator comes closest to a given picture.

It minimizes |G(z, class) - picture|^2 over z (Zhu et al. 2016, arXiv:1609.03552, section 3.1). Because there are many
local minima, it starts from many random z, descends from the best of them in parallel, and keeps fewer of them from
round to round (successive halving, Jamieson & Talwalkar 2016, arXiv:1502.07943). It needs no encoder, so it works for
every checkpoint, even during training.

The length of z is limited to the 99th percentile of random ones, because the generator was not trained on longer z.
The generator is an argument: z (N, latent_dim) and labels (N,) to images (N, 1, 28, 28) in [-1, 1].
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from cgan.sampling import latents
from cgan.training.step.adam import Adam

_DRAWN = 32  # random z of each class at the start
_ROUNDS = ((16, 20), (8, 30), (3, 150))  # (candidates, steps)
STEPS = sum(steps for _, steps in _ROUNDS)
_LEARNING_RATE = 0.15
_BETAS = (0.9, 0.99)
_99TH_PERCENTILE = 2.33  # in standard deviations


class Step(NamedTuple):
    """The best z and class so far."""

    number: int  # from 0, the best of the random z, to STEPS
    z: np.ndarray  # float32 (latent_dim,)
    class_index: int
    error: float  # mean squared error of pixels in [0, 1]


def longest(latent_dim: int) -> float:
    """The largest allowed length of z, which 99 of 100 random z do not exceed.

    Lengths of normal vectors are approximately normal, with mean sqrt(latent_dim) and variance one half.
    """
    return math.sqrt(latent_dim) + _99TH_PERCENTILE * math.sqrt(0.5)


def invert(generator: nn.Module, picture: np.ndarray, class_index: int | None = None) -> Iterator[Step]:
    """Yield the best z and class so far after each of STEPS steps; stop iterating to end the search.

    generator: in eval mode, its weights frozen. picture: uint8 (28, 28). class_index: of a class, or None to search for
    the class too. The search is deterministic.
    """
    target = torch.from_numpy(picture).float() / 127.5 - 1
    limit = longest(generator.latent_dim)

    def measure(z: Tensor) -> Tensor:
        """Mean squared errors (M,) of pixels in [0, 1]."""
        return (generator(z, classes) - target).square().mean(dim=(1, 2, 3)) / 4

    def best_of(z: Tensor) -> Step:
        place = int(errors.argmin())
        return Step(number, z[place].detach().numpy().copy(), int(classes[place]), errors[place].item())

    number = 0
    drawn = torch.from_numpy(latents.latents(np.arange(_DRAWN), generator.latent_dim))
    classes = torch.arange(generator.classes) if class_index is None else torch.tensor([class_index])
    z, classes = drawn.repeat(len(classes), 1), classes.repeat_interleave(_DRAWN)
    with torch.no_grad():
        errors = measure(z)
    best = best_of(z)
    yield best
    for places, steps in _ROUNDS:
        chosen = _best_places(errors, classes, places)
        z, classes = z.detach()[chosen].requires_grad_(True), classes[chosen]
        optimizer = Adam([z], _LEARNING_RATE, _BETAS)
        for _ in range(steps):
            errors = measure(z)
            optimizer.learning_rate = _learning_rate(number)
            number += 1
            best = min(best, best_of(z), key=lambda step: step.error)._replace(number=number)
            optimizer.step(torch.autograd.grad(errors.sum(), [z]))
            with torch.no_grad():
                z.mul_((limit / z.norm(dim=1, keepdim=True)).clamp(max=1))
            yield best


def _learning_rate(number: int) -> float:
    """Cosine schedule, from _LEARNING_RATE to a tenth of it."""
    return _LEARNING_RATE * (0.1 + 0.45 * (1 + math.cos(math.pi * number / STEPS)))


def _best_places(errors: Tensor, classes: Tensor, places: int) -> Tensor:
    """Those of the smallest errors (M,), among them the best of each class if there is room."""
    order = errors.argsort()
    sorted_classes = classes[order].tolist()
    is_first = torch.tensor([sorted_classes.index(each) == place for place, each in enumerate(sorted_classes)])
    if is_first.sum() <= places:
        order = torch.cat([order[is_first], order[~is_first]])
    return order[:places]
