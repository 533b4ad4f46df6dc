"""The report's pair of networks: a conditional GAN (Mirza & Osindero 2014, arXiv:1411.1784) of fully connected layers.

Sizes, activations and normalization are those of the report's listing, which stems from PyTorch-GAN's `cgan.py`.
"""

import torch
from torch import Tensor, nn

from cgan.models.layers import LEAKY_SLOPE, ClassEmbedding, Dropout

IMAGE_SHAPE = (1, 28, 28)
IMAGE_PIXELS = 28 * 28


class MLPGenerator(nn.Module):
    """The report's generator: z and class in, image out.

    batchnorm_eps is 0.8 because the report writes `BatchNorm1d(n, 0.8)`. The author of that line surely meant a
    momentum of 0.8, but the second positional argument is eps, and so the report's network was trained with that.
    """

    def __init__(self, classes: int, latent_dim: int = 100, label_dim: int = 50, batchnorm_eps: float = 0.8) -> None:
        """classes: how many. latent_dim: length of z. label_dim: length of a class's embedding.

        batchnorm_eps: see the class.
        """
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim

        def block(inputs: int, outputs: int) -> list[nn.Module]:
            return [
                nn.Linear(inputs, outputs),
                nn.BatchNorm1d(outputs, eps=batchnorm_eps),
                nn.LeakyReLU(LEAKY_SLOPE, inplace=True),
            ]

        self.embedding = ClassEmbedding(classes, label_dim)
        self.layers = nn.Sequential(
            nn.Linear(label_dim + latent_dim, 128),
            nn.LeakyReLU(LEAKY_SLOPE, inplace=True),
            *block(128, 256),
            *block(256, 512),
            *block(512, 1024),
            nn.Linear(1024, IMAGE_PIXELS),
            nn.Tanh(),
        )

    def forward(self, z: Tensor, classes: Tensor) -> Tensor:
        """z (N, latent_dim) and class weights (N, classes) or labels (N,) to images (N, 1, 28, 28) in [-1, 1]."""
        pixels = self.layers(torch.cat([self.embedding(classes), z], dim=1))
        return pixels.view(-1, *IMAGE_SHAPE)

    def first_features(self, z: Tensor, classes: Tensor) -> Tensor:
        """Activations of the first layer, (N, 128), for z and classes as in `forward`."""
        return self.layers[:2](torch.cat([self.embedding(classes), z], dim=1))


class MLPDiscriminator(nn.Module):
    """The report's discriminator: image and class in, an unbounded score out (about 1 for real, 0 for generated).

    The report's prose gives the first layer 784 + 100 inputs, its code 784 + label_dim. The 150 inputs of the
    generator (100 for z) fix label_dim at 50, and the code is what was trained.
    """

    def __init__(self, classes: int, label_dim: int = 50, dropout: float = 0.4) -> None:
        """classes: how many. label_dim: length of a class's embedding. dropout: probability, 0 to 1."""
        super().__init__()

        def block() -> list[nn.Module]:
            return [nn.Linear(512, 512), Dropout(dropout), nn.LeakyReLU(LEAKY_SLOPE, inplace=True)]

        self.classes = classes
        self.embedding = ClassEmbedding(classes, label_dim)
        self.layers = nn.Sequential(
            nn.Linear(IMAGE_PIXELS + label_dim, 512),
            nn.LeakyReLU(LEAKY_SLOPE, inplace=True),
            *block(),
            *block(),
            nn.Linear(512, 1),
        )

    def forward(self, images: Tensor, classes: Tensor) -> Tensor:
        """images (N, 1, 28, 28) and class weights (N, classes) or labels (N,) to scores (N, 1)."""
        return self.layers(torch.cat([images.flatten(1), self.embedding(classes)], dim=1))
