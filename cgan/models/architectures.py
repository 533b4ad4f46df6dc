"""The registry of architectures: their networks, and the settings that the networks take.

To add one: write its two networks (see `mlp`), enter them in ARCHITECTURES and their keyword arguments in SETTINGS,
and give it a recipe in `cgan.training.config`.
"""

from typing import NamedTuple

from torch import nn

from cgan.common.classes import FASHION_MNIST, Classes
from cgan.common.validation import Range, Widths
from cgan.models.conv import ConvDiscriminator, ConvGenerator
from cgan.models.mlp import MLPDiscriminator, MLPGenerator

ARCHITECTURES = {
    "mlp": (MLPGenerator, MLPDiscriminator),
    "conv": (ConvGenerator, ConvDiscriminator),
}

MAX_LATENT_DIM = 4096

# Allowed values of the networks' keyword arguments: a range, widths, or a list of choices. They bound the memory that a
# checkpoint from a stranger can make us allocate.
SETTINGS: dict[str, Range | Widths | list] = {
    "latent_dim": Range(int, 1, MAX_LATENT_DIM),
    "label_dim": Range(int, 1, 4096),
    "batchnorm_eps": Range(float, 0, 100),
    "dropout": Range(float, 0, 0.99),
    "hidden": Widths(4, 4096, layers=8),
    "batchnorm": [False, True],
    "width": Range(int, 4, 512),
    "features": Range(int, 1, 4096),
}


def check_setting(name: str, value: object) -> object:
    """Return the value of a setting, as its type. Raises ValueError for a value not allowed or an unknown setting."""
    allowed = SETTINGS.get(name)
    if allowed is None:
        raise ValueError(f"no such setting; known: {', '.join(SETTINGS)}")
    if not isinstance(allowed, list):
        return allowed.check(value)
    if value not in allowed:
        raise ValueError(f"{value!r} given; allowed: {', '.join(map(repr, allowed))}")
    return value


class NetworkConfig(NamedTuple):
    """The name of an architecture, the keyword arguments of its two networks, and the classes that they know."""

    arch: str
    generator: dict
    discriminator: dict
    classes: Classes = FASHION_MNIST

    def build_generator(self) -> nn.Module:
        """The generator with random weights."""
        return ARCHITECTURES[self.arch][0](self.classes.count, **self.generator)

    def build_discriminator(self) -> nn.Module:
        """The discriminator with random weights."""
        return ARCHITECTURES[self.arch][1](self.classes.count, **self.discriminator)
