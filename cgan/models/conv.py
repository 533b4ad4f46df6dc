"""The convolutional pair of networks, in the manner of R3GAN (Huang et al. 2024, arXiv:2501.05441).

There is no normalization, blocks start as identities, and upsampling is bilinear. Unlike R3GAN's, the generator lets z
and class modulate every residual block (FiLM). docs/lab.md has the measurements behind the sizes.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from cgan.models.layers import (
    LEAKY_SLOPE,
    ClassEmbedding,
    StraightThroughClamp,
    activation,
    convolution,
    upsample,
)

BLOCKS = (1, 2, 2)  # of the generator at 7x7, 14x14 and 28x28
BLOCKS_D = 2  # of the discriminator at each resolution
MAPPED_DIM = 256  # length of the hidden layer from which the modulation is computed


class Block(nn.Module):
    """x plus two convolutions of it. The second one starts at zero and the block as the identity.

    This lets a deep network train without normalization (Zhang et al. 2019, arXiv:1901.09321).
    """

    def __init__(self, channels: int, bias: bool = True) -> None:
        """channels: of x. bias: of the first convolution, needed where nothing else shifts its channels."""
        super().__init__()
        self.first = convolution(channels, channels, bias=bias)
        self.second = convolution(channels, channels, gain=0.0, bias=False)


class ModulatedBlock(Block):
    """A block of the generator: between its convolutions each channel is scaled and shifted."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, bias=False)

    def forward(self, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        """x (N, channels, H, W); scale and shift (N, channels, 1, 1)."""
        y = torch.addcmul(shift, self.first(activation(x)), scale)
        return x + self.second(activation(y))


class PlainBlock(Block):
    """A block of the discriminator."""

    def forward(self, x: Tensor) -> Tensor:
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


class ConvGenerator(nn.Module):
    """z and class in, image out: modulated residual blocks at 7x7, 14x14 and 28x28.

    There is no tanh at the end: its flat ends stop the training of a generator whose outputs have grown too large.
    Outputs are clamped to [-1, 1] instead, so the background is exactly black, as it is in the real images.
    """

    def __init__(self, classes: int, latent_dim: int = 64, label_dim: int = 32, width: int = 64) -> None:
        """classes: how many. latent_dim: length of z. label_dim: length of a class's embedding.

        width: channels at 7x7; there are half as many at 14x14 and three eighths at 28x28.
        """
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        inputs, widths = latent_dim + label_dim, (width, width // 2, 3 * width // 8)
        self.embedding = ClassEmbedding(classes, label_dim)
        self.input = nn.Linear(inputs, width * 7 * 7)
        self.stages = nn.ModuleList(
            nn.ModuleList(ModulatedBlock(channels) for _ in range(count))
            for channels, count in zip(widths, BLOCKS, strict=True)
        )
        self.transitions = nn.ModuleList(convolution(before, after, size=1) for before, after in pairwise(widths))
        self.modulation = Modulation(
            inputs, [channels for channels, count in zip(widths, BLOCKS, strict=True) for _ in range(count)]
        )
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
        """The hidden layer of the modulation before its activation, (N, 256), for z and classes as in `forward`.

        It is linear in both. Its principal components change what can be named more often than those of `input` do.
        """
        return self.modulation.mapping(self._concatenate(z, classes))

    def _concatenate(self, z: Tensor, classes: Tensor) -> Tensor:
        return torch.cat([self.embedding(classes), z], dim=1)


class ConvDiscriminator(nn.Module):
    """Image and class in, an unbounded score out: residual blocks at 28x28, 14x14 and 7x7, then a projection.

    The projection (Miyato & Koyama 2018, arXiv:1802.05637) adds the product of the image's features and the class's
    embedding to a score of the image alone.
    """

    def __init__(self, classes: int, width: int = 64, features: int = 256) -> None:
        """classes: how many. width: channels at 14x14; there are half as many at 28x28 and twice as many at 7x7.

        features: length of the projected vector.
        """
        super().__init__()
        self.classes = classes
        widths = (width // 2, width, 2 * width)
        self.input = convolution(1, widths[0])
        self.stages = nn.ModuleList(nn.ModuleList(PlainBlock(channels) for _ in range(BLOCKS_D)) for channels in widths)
        self.transitions = nn.ModuleList(
            convolution(before, after, size=2, stride=2) for before, after in pairwise(widths)
        )
        self.features = nn.Linear(widths[-1] * 7 * 7, features)
        self.score = nn.Linear(features, 1)
        self.embedding = ClassEmbedding(classes, features)

    def forward(self, images: Tensor, classes: Tensor) -> Tensor:
        """images (N, 1, 28, 28) and class weights (N, classes) or labels (N,) to scores (N, 1)."""
        x = self.input(images)
        for stage, transition in zip(self.stages, [*self.transitions, None], strict=True):
            for block in stage:
                x = block(x)
            if transition is not None:
                x = transition(x)
        x = activation(self.features(activation(x).flatten(1)))
        # In float32 even if the layers compute in bfloat16, which resolves scores between 4 and 8 only to 1/32.
        direction = self.score.weight + self.embedding(classes)
        return (x * direction).sum(dim=1, keepdim=True) / math.sqrt(x.shape[1]) + self.score.bias
