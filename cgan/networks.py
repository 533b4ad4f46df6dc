"""The report's pair: a conditional GAN (Mirza & Osindero 2014, arXiv:1411.1784) of fully connected layers.

Every network takes *class weights*, float (N, 10): one-hot is a class, anything else a mixture of class embeddings.
Integer labels (N,) are accepted in their place.
"""

import torch
from torch import Tensor, nn

IMAGE_SHAPE = (1, 28, 28)
IMAGE_PIXELS = 28 * 28
NUM_CLASSES = 10
LEAKY_SLOPE = 0.2


class ClassEmbedding(nn.Embedding):
    """One vector a class; class weights (N, 10) or labels (N,) in, their (mixed) vectors (N, dim) out."""

    def __init__(self, dim: int) -> None:
        super().__init__(NUM_CLASSES, dim)

    def forward(self, classes: Tensor) -> Tensor:
        return classes @ self.weight if classes.is_floating_point() else super().forward(classes)


class Dropout(nn.Dropout):
    """As nn.Dropout, with a stream of its own to draw from (None is torch's default one).

    The mask comes from `torch.rand`, which on a CPU takes a third of the time of the `bernoulli_` that torch uses.
    """

    stream: torch.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        kept = torch.rand(x.shape, generator=self.stream, device=x.device) >= self.p
        return x * kept.to(x.dtype).div_(1 - self.p)


class MLPGenerator(nn.Module):
    """The report's generator: z and class in, image out.

    batchnorm_eps is 0.8 because the report writes `BatchNorm1d(n, 0.8)`. The author of that line (it stems from
    PyTorch-GAN) surely meant a momentum of 0.8, but the second positional argument is eps, and so it was trained.
    """

    def __init__(self, latent_dim: int = 100, label_dim: int = 50, batchnorm_eps: float = 0.8) -> None:
        super().__init__()
        self.latent_dim = latent_dim

        def block(inputs: int, outputs: int) -> list[nn.Module]:
            return [
                nn.Linear(inputs, outputs),
                nn.BatchNorm1d(outputs, eps=batchnorm_eps),
                nn.LeakyReLU(LEAKY_SLOPE, inplace=True),
            ]

        self.embedding = ClassEmbedding(label_dim)
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
        """z (N, latent_dim) and class weights (N, 10) or labels (N,) to images (N, 1, 28, 28) in [-1, 1]."""
        pixels = self.layers(torch.cat([self.embedding(classes), z], dim=1))
        return pixels.view(-1, *IMAGE_SHAPE)


class MLPDiscriminator(nn.Module):
    """The report's discriminator: image and class in, an unbounded score out (about 1 for real, 0 for generated).

    The report's prose gives the first layer 784 + 100 inputs, its code 784 + label_dim; the 100 + 50 inputs of the
    generator fix label_dim at 50, and the code is what was trained.
    """

    def __init__(self, label_dim: int = 50, dropout: float = 0.4) -> None:
        super().__init__()

        def block() -> list[nn.Module]:
            return [nn.Linear(512, 512), Dropout(dropout), nn.LeakyReLU(LEAKY_SLOPE, inplace=True)]

        self.embedding = ClassEmbedding(label_dim)
        self.layers = nn.Sequential(
            nn.Linear(IMAGE_PIXELS + label_dim, 512),
            nn.LeakyReLU(LEAKY_SLOPE, inplace=True),
            *block(),
            *block(),
            nn.Linear(512, 1),
        )

    def forward(self, images: Tensor, classes: Tensor) -> Tensor:
        """images (N, 1, 28, 28) and class weights (N, 10) or labels (N,) to scores (N, 1)."""
        return self.layers(torch.cat([images.flatten(1), self.embedding(classes)], dim=1))
