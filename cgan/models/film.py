"""The film pair of networks: as `conv`, but z and class modulate every residual block of the generator (FiLM).

As in R3GAN (Huang et al. 2024, arXiv:2501.05441) there is no normalization, blocks start as identities, and upsampling
is bilinear. docs/lab.md has the measurements behind the sizes.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from cgan.models.conv import ConvDiscriminator
from cgan.models.layers import (
    LEAKY_SLOPE,
    ClassEmbedding,
    StraightThroughClamp,
    activation,
    convolution,
    upsample,
)

BLOCKS = 2  # at each resolution
MAPPED_DIM = 128  # length of the hidden layer from which the modulation is computed


class Block(nn.Module):
    """x plus two convolutions of it. The second one starts at zero and the block as the identity.

    This lets a deep network train without normalization (Zhang et al. 2019, arXiv:1901.09321).
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = convolution(channels, channels, gain=0.0)


class ModulatedBlock(Block):
    """A block of the generator: between its convolutions each channel is scaled and shifted."""

    def forward(self, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        """x (N, channels, H, W); scale and shift (N, channels, 1, 1)."""
        y = torch.addcmul(shift, self.first(activation(x)), scale)
        return x + self.second(activation(y))


class PlainBlock(Block):
    """A block of the discriminator, with the signature of `layers.ResidualBlock`; the class changes nothing."""

    def forward(self, x: Tensor, classes: Tensor) -> Tensor:
        return x + self.second(activation(self.first(activation(x))))


class Modulation(nn.Module):
    """Computes the scales and shifts of all blocks from z and class (Perez et al. 2018, arXiv:1709.07871)."""

    def __init__(self, inputs: int, channels: list[int]) -> None:
        """inputs: length of z and of a class's embedding together. channels: of each block."""
        super().__init__()
        self.channels = channels
        self.mapping = nn.Linear(inputs, MAPPED_DIM)
        self.heads = nn.Linear(MAPPED_DIM, 2 * sum(channels))
        with torch.no_grad():
            nn.init.kaiming_normal_(self.mapping.weight, a=LEAKY_SLOPE)
            self.heads.weight.normal_(0, 0.5 / math.sqrt(MAPPED_DIM))
            self.mapping.bias.zero_()
            self.heads.bias.zero_()

    def forward(self, z_and_class: Tensor) -> list[tuple[Tensor, Tensor]]:
        """(N, inputs) to a scale around 1 and a shift around 0 for each block, both (N, channels, 1, 1)."""
        scales, shifts = self.heads(activation(self.mapping(z_and_class)))[:, :, None, None].chunk(2, dim=1)
        return list(zip((scales + 1).split(self.channels, dim=1), shifts.split(self.channels, dim=1), strict=True))


class FilmGenerator(nn.Module):
    """z and class in, image out: modulated residual blocks at 7x7, 14x14 and 28x28, each resolution at equal cost."""

    def __init__(self, classes: int, latent_dim: int = 64, label_dim: int = 32, width: int = 64) -> None:
        """classes: how many. latent_dim: length of z. label_dim: length of a class's embedding.

        width: channels at 7x7; there are half as many at 14x14 and a quarter at 28x28.
        """
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        inputs, widths = latent_dim + label_dim, (width, width // 2, width // 4)
        self.embedding = ClassEmbedding(classes, label_dim)
        self.input = nn.Linear(inputs, width * 7 * 7)
        self.stages = nn.ModuleList(
            nn.ModuleList(ModulatedBlock(channels) for _ in range(BLOCKS)) for channels in widths
        )
        self.transitions = nn.ModuleList(convolution(before, after, size=1) for before, after in pairwise(widths))
        self.modulation = Modulation(inputs, [channels for channels in widths for _ in range(BLOCKS)])
        self.output = convolution(widths[-1], 1, gain=0.5)

    def forward(self, z: Tensor, classes: Tensor) -> Tensor:
        """z (N, latent_dim) and class weights (N, classes) or labels (N,) to images (N, 1, 28, 28) in [-1, 1]."""
        z_and_class = self._concatenate(z, classes)
        x = self.input(z_and_class).unflatten(1, (-1, 7, 7)).contiguous(memory_format=torch.channels_last)
        modulations = iter(self.modulation(z_and_class))
        for stage, transition in zip(self.stages, [None, *self.transitions], strict=True):
            if transition is not None:
                x = upsample(transition(x))
            for block in stage:
                scale, shift = next(modulations)
                x = block(x, scale.to(x.dtype), shift.to(x.dtype))
        x = self.output(activation(x))
        return StraightThroughClamp.apply(x) if self.training else x.clamp(-1, 1)

    def first_features(self, z: Tensor, classes: Tensor) -> Tensor:
        """Outputs of the first layer, (N, 49 * width), for z and classes as in `forward`: linear in both."""
        return self.input(self._concatenate(z, classes))

    def _concatenate(self, z: Tensor, classes: Tensor) -> Tensor:
        return torch.cat([self.embedding(classes), z], dim=1)


class FilmDiscriminator(ConvDiscriminator):
    """The discriminator of `conv`, of which the generator is the weaker one already; only its weights' names differ."""

    def __init__(self, classes: int, width: int = 32, features: int = 128) -> None:
        """classes: how many. width: channels at 14x14; there are twice as many at 7x7.

        features: length of the projected vector.
        """
        super().__init__(classes, width, features)

    def _block(self, channels: int, last_gain: float) -> nn.Module:
        return PlainBlock(channels)
