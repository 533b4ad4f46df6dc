"""GAN inversion: the z and class for which a generator comes closest to a given picture.

It minimizes |G(z, class) - picture|^2 over z (Zhu et al. 2016, arXiv:1609.03552, section 3.1). Because there are many
local minima, it starts from many random z, descends from the best of them in parallel, and keeps fewer of them from
round to round (successive halving, Jamieson & Talwalkar 2016, arXiv:1502.07943). It needs no encoder, so it works for
every checkpoint, even during training.

The length of z is limited to the 99th percentile of random ones, because the generator was not trained on longer z.
The generator is an argument: z (N, latent_dim) and labels (N,) to images (N, 1, 28, 28) in [-1, 1].
"""

import math
from collections.abc import Iterable, Iterator
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
    candidates = _Candidates.random(
        generator, target, range(generator.classes) if class_index is None else [class_index]
    )
    best = candidates.best(0)
    yield best
    number = 0
    for places, steps in _ROUNDS:
        candidates.keep(places)
        for _ in range(steps):
            candidates.descend(_learning_rate(number))
            number += 1
            best = min(best, candidates.best(number), key=lambda step: step.error)._replace(number=number)
            yield best


def _learning_rate(number: int) -> float:
    """Cosine schedule, from _LEARNING_RATE to a tenth of it."""
    return _LEARNING_RATE * (0.1 + 0.45 * (1 + math.cos(math.pi * number / STEPS)))


class _Candidates:
    """Several z, each with a class, which are optimized in parallel."""

    def __init__(self, generator: nn.Module, target: Tensor, z: Tensor, classes: Tensor) -> None:
        """target (28, 28) in [-1, 1], z (M, latent_dim), classes (M,)."""
        self._generator = generator
        self._target = target
        self._longest = longest(z.shape[1])
        self._start(z, classes)
        with torch.no_grad():
            self._errors = self._measure()

    @classmethod
    def random(cls, generator: nn.Module, target: Tensor, classes: Iterable[int]) -> "_Candidates":
        """Random z, the same ones for each of the classes."""
        z = torch.from_numpy(latents.latents(np.arange(_DRAWN), generator.latent_dim))
        classes = torch.tensor([*classes])
        return cls(generator, target, z.repeat(len(classes), 1), classes.repeat_interleave(_DRAWN))

    def best(self, number: int) -> Step:
        place = int(self._errors.argmin())
        return Step(number, self._seen[place].numpy().copy(), int(self._classes[place]), float(self._errors[place]))

    def keep(self, places: int) -> None:
        """Keep the best candidates, among them the best of each class if there is room; the optimizer starts anew."""
        order = self._errors.argsort()
        classes = self._classes[order].tolist()
        is_first = torch.tensor([classes.index(of_class) == place for place, of_class in enumerate(classes)])
        if is_first.sum() <= places:
            order = torch.cat([order[is_first], order[~is_first]])
        chosen = order[:places]
        self._errors = self._errors[chosen]
        self._start(self._z.detach()[chosen], self._classes[chosen])

    def descend(self, learning_rate: float) -> None:
        """Take a step of Adam for each z, then limit the length of z."""
        errors = self._measure()
        self._seen, self._errors = self._z.detach().clone(), errors.detach()
        self._optimizer.learning_rate = learning_rate
        self._optimizer.step(torch.autograd.grad(errors.sum(), [self._z]))
        with torch.no_grad():
            self._z.mul_((self._longest / self._z.norm(dim=1, keepdim=True)).clamp(max=1))

    def _start(self, z: Tensor, classes: Tensor) -> None:
        self._seen = z  # the z that `_errors` belong to
        self._z, self._classes = z.clone().requires_grad_(True), classes
        self._optimizer = Adam([self._z], _LEARNING_RATE, _BETAS)

    def _measure(self) -> Tensor:
        """Mean squared errors (M,) of pixels in [0, 1]."""
        return (self._generator(self._z, self._classes) - self._target).square().mean(dim=(1, 2, 3)) / 4
