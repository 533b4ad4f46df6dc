"""Two conditional GANs (Mirza & Osindero 2014, arXiv:1411.1784): the report's pair, and a convolutional one.

Every network takes *class weights*, float (N, 10): one-hot is a class, anything else a mixture of class embeddings.
Integer labels (N,) are accepted in their place.
"""

import math

import torch
from torch import Tensor, nn

from cgan.models.classifier import NUM_CLASSES, ResidualClassifier

IMAGE_SHAPE = (1, 28, 28)
IMAGE_PIXELS = 28 * 28
LEAKY_SLOPE = 0.2
PERCEPTION_WIDTH = 16


class ClassEmbedding(nn.Embedding):
    """One vector a class; class weights (N, 10) or labels (N,) in, their (mixed) vectors (N, dim) out."""

    def __init__(self, dim: int) -> None:
        super().__init__(NUM_CLASSES, dim)

    def forward(self, classes: Tensor) -> Tensor:
        return classes @ self.weight if classes.is_floating_point() else super().forward(classes)


class Dropout(nn.Dropout):
    """As nn.Dropout, with a stream of its own to draw from (None is torch's default one).

    The mask comes from `torch.rand`, which on a CPU takes a third of the time of the `bernoulli_` that torch uses.
    Where `ranks` processes share a batch, each draws the masks of all and takes its own.
    """

    stream: torch.Generator | None = None
    rank, ranks = 0, 1

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        drawn = torch.rand(self.ranks, *x.shape, generator=self.stream, device=x.device)[self.rank]
        kept = drawn >= self.p
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

    def first_features(self, z: Tensor, classes: Tensor) -> Tensor:
        """What the first layer makes of z and class, (N, 128)."""
        return self.layers[:2](torch.cat([self.embedding(classes), z], dim=1))


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


def convolution(inputs: int, outputs: int, size: int = 3, gain: float = 1.0) -> nn.Conv2d:
    """A convolution that keeps the image's size, its weights after He et al. 2015 (arXiv:1502.01852) times `gain`."""
    layer = nn.Conv2d(inputs, outputs, size, padding=size // 2)
    nn.init.kaiming_normal_(layer.weight, a=LEAKY_SLOPE)
    with torch.no_grad():
        layer.weight.mul_(gain)
    nn.init.zeros_(layer.bias)
    return layer


def activation(x: Tensor) -> Tensor:
    return nn.functional.leaky_relu(x, LEAKY_SLOPE)


class ClassBatchNorm(nn.Module):
    """Batch normalization with a gain and a bias for each class (de Vries et al. 2017, arXiv:1707.00683)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.gain, self.bias = ClassEmbedding(channels), ClassEmbedding(channels)
        nn.init.ones_(self.gain.weight)
        nn.init.zeros_(self.bias.weight)

    def forward(self, x: Tensor, classes: Tensor) -> Tensor:
        gain, bias = (embedding(classes)[:, :, None, None] for embedding in (self.gain, self.bias))
        return self.norm(x) * gain + bias


class NoNorm(nn.Module):
    """In the place of a normalization by class: nothing."""

    def __init__(self, channels: int) -> None:
        super().__init__()

    def forward(self, x: Tensor, classes: Tensor) -> Tensor:
        return x


NORMALIZATIONS = {"none": NoNorm, "class-batch": ClassBatchNorm}


class ResidualBlock(nn.Module):
    """Two convolutions beside an identity. The second starts at zero, and with it the block as an identity.

    That is what lets a deep pair train without normalization (Zhang et al. 2019, arXiv:1901.09321).
    """

    def __init__(self, channels: int, normalization: str = "none", last_gain: float = 0.0) -> None:
        super().__init__()
        self.norms = nn.ModuleList(NORMALIZATIONS[normalization](channels) for _ in range(2))
        self.convolutions = nn.ModuleList(convolution(channels, channels, gain=gain) for gain in (1.0, last_gain))

    def forward(self, x: Tensor, classes: Tensor) -> Tensor:
        y = x
        for norm, layer in zip(self.norms, self.convolutions, strict=True):
            y = layer(activation(norm(y, classes)))
        return x + y


class Bounded(torch.autograd.Function):
    """clamp(-1, 1) whose gradient is cut off only where a step along it would lead further out.

    So a pixel that has strayed below black comes back when the discriminator asks for it. With the gradient of clamp
    it never does, and too many pixels end exactly black.
    """

    @staticmethod
    def forward(context: torch.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
        context.save_for_backward(x)
        return x.clamp(-1, 1)

    @staticmethod
    def backward(context: torch.autograd.function.FunctionCtx, gradient: Tensor) -> Tensor:
        (x,) = context.saved_tensors
        outwards = ((x < -1) & (gradient > 0)) | ((x > 1) & (gradient < 0))
        return gradient.masked_fill(outwards, 0)


class ConvGenerator(nn.Module):
    """z and class in, image out: residual blocks at 7x7 and 14x14, then two convolutions at 28x28.

    In the manner of R3GAN (Huang et al. 2024, arXiv:2501.05441): no normalization, bilinear upsampling, and no tanh,
    whose flat ends stop the training of a generator that has strayed there. What leaves [-1, 1] is cut off: where it is
    black, real cloth's background is exactly black.
    """

    def __init__(self, latent_dim: int = 64, label_dim: int = 32, width: int = 64, normalization: str = "none") -> None:
        """width: channels at 7x7; half of them at 14x14, a quarter at 28x28."""
        super().__init__()
        self.latent_dim = latent_dim
        self.embedding = ClassEmbedding(label_dim)
        self.input = nn.Linear(latent_dim + label_dim, width * 7 * 7)
        self.blocks7 = nn.ModuleList(ResidualBlock(width, normalization) for _ in range(2))
        self.to14 = convolution(width, width // 2, size=1)
        self.blocks14 = nn.ModuleList([ResidualBlock(width // 2, normalization)])
        self.to28 = convolution(width // 2, width // 4, size=1)
        self.hidden = convolution(width // 4, width // 4)
        self.output = convolution(width // 4, 1, gain=0.5)

    def forward(self, z: Tensor, classes: Tensor) -> Tensor:
        """z (N, latent_dim) and class weights (N, 10) or labels (N,) to images (N, 1, 28, 28) in [-1, 1]."""
        x = self.first_features(z, classes).unflatten(1, (-1, 7, 7))
        for block in self.blocks7:
            x = block(x, classes)
        x = upsample(self.to14(x))
        for block in self.blocks14:
            x = block(x, classes)
        x = upsample(self.to28(x))
        x = self.output(activation(self.hidden(activation(x))))
        return Bounded.apply(x) if self.training else x.clamp(-1, 1)

    def first_features(self, z: Tensor, classes: Tensor) -> Tensor:
        """What the first layer makes of z and class, (N, 49 * width): linear in both."""
        return self.input(torch.cat([self.embedding(classes), z], dim=1))


def upsample(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2, mode="bilinear")


class Perception(nn.Module):
    """The frozen body of a small classifier, after Projected GAN (Sauer et al. 2021, arXiv:2111.01007).

    There the features of a network trained on other images are all that the discriminator sees; here it sees them
    beside the image.
    """

    def __init__(self, width: int) -> None:
        """width: channels of the classifier's first layer."""
        super().__init__()
        self.body = ResidualClassifier(width).body.eval().requires_grad_(False)

    def train(self, mode: bool = True) -> "Perception":
        return self  # its normalizations stay as they were learned

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """images (N, 1, 28, 28) to activations (N, 2 width, 14, 14) and (N, 4 width, 7, 7)."""
        at14 = self.body[:-1](images)
        return at14, self.body[-1](at14)


class ConvDiscriminator(nn.Module):
    """Image and class in, an unbounded score out: residual blocks at 14x14 and 7x7, then a projection on the class.

    The projection (Miyato & Koyama 2018, arXiv:1802.05637) adds, to a score of the image alone, the product of its
    features with the class's embedding.
    """

    def __init__(self, width: int = 32, features: int = 128, spectral_norm: bool = False, perception: int = 0) -> None:
        """width: channels at 14x14; twice as many at 7x7. spectral_norm: of all layers (arXiv:1802.05957).

        perception: width of the frozen classifier whose activations are added; 0 for none.
        """
        super().__init__()
        last_gain = 1.0 if spectral_norm else 0.0  # nothing divides by the norm of a zero
        self.input = convolution(4, width)
        self.blocks14 = nn.ModuleList(ResidualBlock(width, last_gain=last_gain) for _ in range(2))
        self.to7 = convolution(width, 2 * width, size=1)
        self.blocks7 = nn.ModuleList(ResidualBlock(2 * width, last_gain=last_gain) for _ in range(2))
        self.features = nn.Linear(2 * width * 7 * 7, features)
        self.score = nn.Linear(features, 1)
        self.embedding = ClassEmbedding(features)
        if spectral_norm:
            for layer in [*self.modules()]:
                if isinstance(layer, (nn.Conv2d, nn.Linear)):
                    nn.utils.parametrizations.spectral_norm(layer)
        self.perception = Perception(perception) if perception else None
        if perception:  # nothing is added at first, so that a pair may go on with it that began without
            self.perceived14 = convolution(2 * perception, width, size=1, gain=0)
            self.perceived7 = convolution(4 * perception, 2 * width, size=1, gain=0)

    def forward(self, images: Tensor, classes: Tensor) -> Tensor:
        """images (N, 1, 28, 28) and class weights (N, 10) or labels (N,) to scores (N, 1)."""
        x = self.input(nn.functional.pixel_unshuffle(images, 2))
        for block in self.blocks14:
            x = block(x, classes)
        perceived14, perceived7 = self._perceive(images)
        x = nn.functional.avg_pool2d(self.to7(x + perceived14), 2) + perceived7
        for block in self.blocks7:
            x = block(x, classes)
        x = activation(self.features(activation(x).flatten(1)))
        # In float32 also where the layers are in bfloat16, whose steps between scores of 4 and 8 are 1/32 wide.
        direction = self.score.weight + self.embedding(classes)
        return (x * direction).sum(dim=1, keepdim=True) / math.sqrt(x.shape[1]) + self.score.bias

    def _perceive(self, images: Tensor) -> tuple[Tensor, Tensor] | tuple[float, float]:
        """What the frozen classifier adds at 14x14 and at 7x7."""
        if self.perception is None:
            return 0.0, 0.0
        at14, at7 = self.perception(images)
        return self.perceived14(at14), self.perceived7(at7)
