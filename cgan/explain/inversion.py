"""Which z and class redraw a picture best? Optimization with restarts, of any generator.

The generator is an argument: z (N, latent_dim) and labels (N,) in, images (N, 1, 28, 28) in [-1, 1] out. What is asked
is arg min |G(z, class) - picture|^2 over z (Zhu et al. 2016, arXiv:1609.03552, section 3.1), which has many local
minima. So a race: random z are drawn, the nearest start, all of them descend at once, and from time to time only the
better ones go on (successive halving, Jamieson & Talwalkar 2016, arXiv:1502.07943). It needs no encoder, and so serves
every checkpoint, also one that still trains.

A z far from all others draws what the generator was never trained to draw. So z keeps to a length that is plausible: at
most that of the longest of a hundred random ones.
"""

import copy
import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from cgan.data import NUM_CLASSES
from cgan.sampling import latents
from cgan.training.adam import Adam

_DRAWN = 32  # random z of each class before the race
_ROUNDS = ((16, 20), (8, 30), (3, 150))  # how many race, and for how many steps
STEPS = sum(steps for _, steps in _ROUNDS)
_LEARNING_RATE = 0.15
_BETAS = (0.9, 0.99)
_99TH_PERCENTILE = 2.33  # in standard deviations


class Step(NamedTuple):
    """The best so far."""

    number: int  # 0 for the best of the random ones, at last STEPS
    z: np.ndarray  # float32 (latent_dim,)
    class_index: int
    error: float  # mean squared, of pixels in [0, 1]


def longest(latent_dim: int) -> float:
    """The length that 99 of 100 random z do not exceed: it is about normal, of variance one half."""
    return math.sqrt(latent_dim) + _99TH_PERCENTILE * math.sqrt(0.5)


def trainable_copy(generator: nn.Module) -> nn.Module:
    """A generator to descend through: a copy in float32, which is the faster, without gradients of its weights."""
    return copy.deepcopy(generator).to(torch.float32).requires_grad_(False)


def invert(generator: nn.Module, picture: np.ndarray, class_index: int | None = None) -> Iterator[Step]:
    """Yield the best z and class so far, after every step; whoever has seen enough takes no more.

    generator: as `trainable_copy` returns it. picture: uint8 (28, 28). class_index: 0 to 9, or None where the class is
    to be found too. The same picture gives the same steps.
    """
    target = torch.from_numpy(picture).float() / 127.5 - 1
    race = _Race.of_random(generator, target, range(NUM_CLASSES) if class_index is None else [class_index])
    best = race.best(0)
    yield best
    number = 0
    for places, steps in _ROUNDS:
        race.keep(places)
        for _ in range(steps):
            race.descend(_learning_rate(number))
            number += 1
            best = min(best, race.best(number), key=lambda step: step.error)._replace(number=number)
            yield best


def _learning_rate(number: int) -> float:
    """Along half a cosine, from the first to a tenth of it."""
    return _LEARNING_RATE * (0.1 + 0.45 * (1 + math.cos(math.pi * number / STEPS)))


class _Race:
    """Several z, each with a class, that descend side by side."""

    def __init__(self, generator: nn.Module, target: Tensor, z: Tensor, classes: Tensor) -> None:
        """target (28, 28) in [-1, 1], z (M, latent_dim), classes (M,)."""
        self._generator = generator
        self._target = target
        self._longest = longest(z.shape[1])
        self._start(z, classes)
        with torch.no_grad():
            self._errors = self._measure()

    @classmethod
    def of_random(cls, generator: nn.Module, target: Tensor, classes: Iterable[int]) -> "_Race":
        """The same random z for each of the classes."""
        z = torch.from_numpy(latents.latents(np.arange(_DRAWN), generator.latent_dim))
        classes = torch.tensor([*classes])
        return cls(generator, target, z.repeat(len(classes), 1), classes.repeat_interleave(_DRAWN))

    def best(self, number: int) -> Step:
        place = int(self._errors.argmin())
        return Step(number, self._seen[place].numpy().copy(), int(self._classes[place]), float(self._errors[place]))

    def keep(self, places: int) -> None:
        """Only the best go on, each with fresh moments of Adam; while there is place for it, the best of each class."""
        order = self._errors.argsort()
        classes = self._classes[order].tolist()
        is_first = torch.tensor([classes.index(of_class) == place for place, of_class in enumerate(classes)])
        if is_first.sum() <= places:
            order = torch.cat([order[is_first], order[~is_first]])
        chosen = order[:places]
        self._errors = self._errors[chosen]
        self._start(self._z.detach()[chosen], self._classes[chosen])

    def descend(self, learning_rate: float) -> None:
        """A step of Adam for each z, which then is cut back to the longest that is plausible."""
        errors = self._measure()
        self._seen, self._errors = self._z.detach().clone(), errors.detach()
        self._optimizer.learning_rate = learning_rate
        self._optimizer.zero_grad()
        errors.sum().backward()
        self._optimizer.step()
        with torch.no_grad():
            self._z.mul_((self._longest / self._z.norm(dim=1, keepdim=True)).clamp(max=1))

    def _start(self, z: Tensor, classes: Tensor) -> None:
        self._seen = z  # where the errors are those of
        self._z, self._classes = z.clone().requires_grad_(True), classes
        self._optimizer = Adam([self._z], _LEARNING_RATE, _BETAS)

    def _measure(self) -> Tensor:
        """Mean squared errors (M,), of pixels in [0, 1]."""
        return (self._generator(self._z, self._classes) - self._target).square().mean(dim=(1, 2, 3)) / 4
