"""The convolutional pair of networks, in the manner of R3GAN (Huang et al. 2024, arXiv:2501.05441)."""

import math

import torch
from torch import Tensor, nn

from cgan.models.classifier import ResidualClassifier
from cgan.models.layers import (
    ClassEmbedding,
    ResidualBlock,
    StraightThroughClamp,
    activation,
    convolution,
    upsample,
)


class ConvGenerator(nn.Module):
    """z and class in, image out: residual blocks at 7x7 and 14x14, then two convolutions at 28x28.

    As in R3GAN there is no normalization and upsampling is bilinear. There is no tanh at the end either: its flat ends
    stop the training of a generator whose outputs have grown too large. Outputs are clamped to [-1, 1] instead, so the
    background is exactly black, as it is in the real images.
    """

    def __init__(
        self, classes: int, latent_dim: int = 64, label_dim: int = 32, width: int = 64, normalization: str = "none"
    ) -> None:
        """classes: how many. latent_dim: length of z. label_dim: length of a class's embedding.

        width: channels at 7x7; there are half as many at 14x14 and a quarter at 28x28.
        normalization: of the residual blocks, a key of `layers.NORMALIZATIONS`.
        """
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.embedding = ClassEmbedding(classes, label_dim)
        self.input = nn.Linear(latent_dim + label_dim, width * 7 * 7)
        self.blocks7 = nn.ModuleList(ResidualBlock(classes, width, normalization) for _ in range(2))
        self.to14 = convolution(width, width // 2, size=1)
        self.blocks14 = nn.ModuleList([ResidualBlock(classes, width // 2, normalization)])
        self.to28 = convolution(width // 2, width // 4, size=1)
        self.hidden = convolution(width // 4, width // 4)
        self.output = convolution(width // 4, 1, gain=0.5)

    def forward(self, z: Tensor, classes: Tensor) -> Tensor:
        """z (N, latent_dim) and class weights (N, classes) or labels (N,) to images (N, 1, 28, 28) in [-1, 1]."""
        x = self.first_features(z, classes).unflatten(1, (-1, 7, 7))
        for block in self.blocks7:
            x = block(x, classes)
        x = upsample(self.to14(x))
        for block in self.blocks14:
            x = block(x, classes)
        x = upsample(self.to28(x))
        x = self.output(activation(self.hidden(activation(x))))
        return StraightThroughClamp.apply(x) if self.training else x.clamp(-1, 1)

    def first_features(self, z: Tensor, classes: Tensor) -> Tensor:
        """Outputs of the first layer, (N, 49 * width), for z and classes as in `forward`: linear in both."""
        return self.input(torch.cat([self.embedding(classes), z], dim=1))


class Perception(nn.Module):
    """The body of a trained classifier, frozen: features for the discriminator.

    After Projected GAN (Sauer et al. 2021, arXiv:2111.01007), where the discriminator sees nothing but the features of
    a network trained on other images. Here it sees the features beside the image.
    """

    def __init__(self, classes: int, width: int) -> None:
        """classes: how many the classifier knows. width: channels of its first layer."""
        super().__init__()
        self.body = ResidualClassifier(classes, width).body.eval().requires_grad_(False)

    def train(self, mode: bool = True) -> "Perception":
        """Stay in eval mode, so that the statistics of batch normalization stay as they were learned."""
        return self

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """images (N, 1, 28, 28) to activations (N, 2 width, 14, 14) and (N, 4 width, 7, 7)."""
        at14 = self.body[:-1](images)
        return at14, self.body[-1](at14)


class ConvDiscriminator(nn.Module):
    """Image and class in, an unbounded score out: residual blocks at 14x14 and 7x7, then a projection on the class.

    The projection (Miyato & Koyama 2018, arXiv:1802.05637) adds the product of the image's features and the class's
    embedding to a score of the image alone.
    """

    def __init__(
        self, classes: int, width: int = 32, features: int = 128, spectral_norm: bool = False, perception: int = 0
    ) -> None:
        """classes: how many. width: channels at 14x14; there are twice as many at 7x7.

        features: length of the projected vector.
        spectral_norm: normalize the weights of all layers (Miyato et al. 2018, arXiv:1802.05957).
        perception: width of the frozen classifier whose activations are added; 0 for none.
        """
        super().__init__()
        last_gain = 1.0 if spectral_norm else 0.0  # spectral normalization would divide zero weights by zero
        self.classes = classes
        self.input = convolution(4, width)
        self.blocks14 = nn.ModuleList(self._block(width, last_gain) for _ in range(2))
        self.to7 = convolution(width, 2 * width, size=1)
        self.blocks7 = nn.ModuleList(self._block(2 * width, last_gain) for _ in range(2))
        self.features = nn.Linear(2 * width * 7 * 7, features)
        self.score = nn.Linear(features, 1)
        self.embedding = ClassEmbedding(classes, features)
        if spectral_norm:
            for layer in [*self.modules()]:
                if isinstance(layer, (nn.Conv2d, nn.Linear)):
                    nn.utils.parametrizations.spectral_norm(layer)
        self.perception = Perception(classes, perception) if perception else None
        if perception:  # gain 0: nothing is added at first, so a discriminator trained without perception can go on
            self.perceived14 = convolution(2 * perception, width, size=1, gain=0)
            self.perceived7 = convolution(4 * perception, 2 * width, size=1, gain=0)

    def _block(self, channels: int, last_gain: float) -> nn.Module:
        return ResidualBlock(self.classes, channels, last_gain=last_gain)

    def forward(self, images: Tensor, classes: Tensor) -> Tensor:
        """images (N, 1, 28, 28) and class weights (N, classes) or labels (N,) to scores (N, 1)."""
        x = self.input(nn.functional.pixel_unshuffle(images, 2))
        for block in self.blocks14:
            x = block(x, classes)
        perceived14, perceived7 = self._perceive(images)
        x = nn.functional.avg_pool2d(self.to7(x + perceived14), 2) + perceived7
        for block in self.blocks7:
            x = block(x, classes)
        x = activation(self.features(activation(x).flatten(1)))
        # In float32 even if the layers compute in bfloat16, which resolves scores between 4 and 8 only to 1/32.
        direction = self.score.weight + self.embedding(classes)
        return (x * direction).sum(dim=1, keepdim=True) / math.sqrt(x.shape[1]) + self.score.bias

    def _perceive(self, images: Tensor) -> tuple[Tensor, Tensor] | tuple[float, float]:
        """The frozen classifier's contributions at 14x14 and at 7x7; zeros without a classifier."""
        if self.perception is None:
            return 0.0, 0.0
        at14, at7 = self.perception(images)
        return self.perceived14(at14), self.perceived7(at7)
