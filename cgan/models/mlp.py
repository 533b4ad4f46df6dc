"""The report's pair of networks: a conditional GAN (Mirza & Osindero 2014, arXiv:1411.1784) of fully connected layers.

The defaults are the sizes and the normalization of the report's listing, which stems from PyTorch-GAN's `cgan.py`.
`train.py` and the tab Train can choose others.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cgan.models.layers import LEAKY_SLOPE, ClassEmbedding, Dropout

IMAGE_SHAPE = (1, 28, 28)
IMAGE_PIXELS = 28 * 28

# The report's widths.
GENERATOR_HIDDEN = (128, 256, 512, 1024)
DISCRIMINATOR_HIDDEN = (512, 512, 512)


class MLPGenerator(nn.Module):
    """The report's generator: z and class in, image out.

    batchnorm_eps is 0.8 because the report writes `BatchNorm1d(n, 0.8)`. The author of that line surely meant a
    momentum of 0.8, but the second positional argument is eps, and so the report's network was trained with that.
    """

    def __init__(
        self,
        latent_dim: int = 100,
        label_dim: int = 50,
        batchnorm_eps: float = 0.8,
        hidden: Sequence[int] = GENERATOR_HIDDEN,
        batchnorm: bool = True,
    ) -> None:
        """latent_dim: length of z. label_dim: length of a class's embedding. batchnorm_eps: see the class.

        hidden: widths of the hidden layers. batchnorm: whether all of them but the first are normalized.
        """
        super().__init__()
        self.latent_dim = latent_dim
        self.embedding = ClassEmbedding(label_dim)
        layers: list[nn.Module] = []
        inputs = label_dim + latent_dim
        for place, width in enumerate(hidden):
            layers.append(nn.Linear(inputs, width))
            if batchnorm and place > 0:
                layers.append(nn.BatchNorm1d(width, eps=batchnorm_eps))
            layers.append(nn.LeakyReLU(LEAKY_SLOPE, inplace=True))
            inputs = width
        self.layers = nn.Sequential(*layers, nn.Linear(inputs, IMAGE_PIXELS), nn.Tanh())

    def forward(self, z: Tensor, classes: Tensor) -> Tensor:
        """z (N, latent_dim) and class weights (N, 10) or labels (N,) to images (N, 1, 28, 28) in [-1, 1]."""
        pixels = self.layers(torch.cat([self.embedding(classes), z], dim=1))
        return pixels.view(-1, *IMAGE_SHAPE)

    def first_features(self, z: Tensor, classes: Tensor) -> Tensor:
        """Activations of the first layer, (N, hidden[0]), for z and classes as in `forward`."""
        return self.layers[:2](torch.cat([self.embedding(classes), z], dim=1))


class MLPDiscriminator(nn.Module):
    """The report's discriminator: image and class in, an unbounded score out (about 1 for real, 0 for generated).

    The report's prose gives the first layer 784 + 100 inputs, its code 784 + label_dim. The 150 inputs of the
    generator (100 for z) fix label_dim at 50, and the code is what was trained.
    """

    def __init__(self, label_dim: int = 50, dropout: float = 0.4, hidden: Sequence[int] = DISCRIMINATOR_HIDDEN) -> None:
        """label_dim: length of a class's embedding. dropout: probability, 0 to 1, in all hidden layers but the first.

        hidden: widths of the hidden layers.
        """
        super().__init__()
        self.embedding = ClassEmbedding(label_dim)
        layers: list[nn.Module] = []
        inputs = IMAGE_PIXELS + label_dim
        for place, width in enumerate(hidden):
            layers.append(nn.Linear(inputs, width))
            if place > 0:
                layers.append(Dropout(dropout))
            layers.append(nn.LeakyReLU(LEAKY_SLOPE, inplace=True))
            inputs = width
        self.layers = nn.Sequential(*layers, nn.Linear(inputs, 1))

    def forward(self, images: Tensor, classes: Tensor) -> Tensor:
        """images (N, 1, 28, 28) and class weights (N, 10) or labels (N,) to scores (N, 1)."""
        return self.layers(torch.cat([images.flatten(1), self.embedding(classes)], dim=1))
