"""Layers that the generators and discriminators are built from."""

import torch
from torch import Tensor, nn

from cgan.models.classifier import NUM_CLASSES

LEAKY_SLOPE = 0.2


class ClassEmbedding(nn.Embedding):
    """One learned vector for each class; a mixture of classes gets the same mixture of their vectors."""

    def __init__(self, dim: int) -> None:
        super().__init__(NUM_CLASSES, dim)

    def forward(self, classes: Tensor) -> Tensor:
        """Class weights (N, 10) of any type, or labels, integer (N,), to vectors (N, dim)."""
        return classes.to(self.weight.dtype) @ self.weight if classes.dim() == 2 else super().forward(classes)


class Dropout(nn.Dropout):
    """As nn.Dropout, but with a random stream of its own, so that a resumed run draws the same masks.

    stream: the generator of the masks; None is torch's default one.
    rank, world_size: in distributed training each process draws the masks of all processes and uses its own, so that
    the masks do not depend on the number of processes.
    """

    stream: torch.Generator | None = None
    rank, world_size = 0, 1

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        # On a CPU torch.rand takes a third of the time of bernoulli_, which nn.Dropout uses.
        drawn = torch.rand(self.world_size, *x.shape, generator=self.stream, device=x.device)[self.rank]
        kept = drawn >= self.p
        return x * kept.to(x.dtype).div_(1 - self.p)


def convolution(inputs: int, outputs: int, size: int = 3, gain: float = 1.0) -> nn.Conv2d:
    """A convolution that keeps the image size. Its weights are He-initialized (arXiv:1502.01852) times `gain`."""
    layer = nn.Conv2d(inputs, outputs, size, padding=size // 2)
    nn.init.kaiming_normal_(layer.weight, a=LEAKY_SLOPE)
    with torch.no_grad():
        layer.weight.mul_(gain)
    nn.init.zeros_(layer.bias)
    return layer


def activation(x: Tensor) -> Tensor:
    """Leaky ReLU."""
    return nn.functional.leaky_relu(x, LEAKY_SLOPE)


def upsample(x: Tensor) -> Tensor:
    """(N, C, H, W) to (N, C, 2H, 2W), bilinear."""
    return nn.functional.interpolate(x, scale_factor=2, mode="bilinear")


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
    """The identity, with the signature of ClassBatchNorm."""

    def __init__(self, channels: int) -> None:
        super().__init__()

    def forward(self, x: Tensor, classes: Tensor) -> Tensor:
        return x


NORMALIZATIONS = {"none": NoNorm, "class-batch": ClassBatchNorm}


class ResidualBlock(nn.Module):
    """x plus two convolutions of x; each convolution comes after a normalization and an activation.

    With last_gain 0 the second convolution starts at zero and the block as the identity, which lets a deep network
    train without normalization (Zhang et al. 2019, arXiv:1901.09321).
    """

    def __init__(self, channels: int, normalization: str = "none", last_gain: float = 0.0) -> None:
        """normalization: a key of NORMALIZATIONS. last_gain: factor of the second convolution's initial weights."""
        super().__init__()
        self.norms = nn.ModuleList(NORMALIZATIONS[normalization](channels) for _ in range(2))
        self.convolutions = nn.ModuleList(convolution(channels, channels, gain=gain) for gain in (1.0, last_gain))

    def forward(self, x: Tensor, classes: Tensor) -> Tensor:
        y = x
        for norm, layer in zip(self.norms, self.convolutions, strict=True):
            y = layer(activation(norm(y, classes)))
        return x + y


class StraightThroughClamp(torch.autograd.Function):
    """clamp(x, -1, 1) that lets gradients through, except where they would push a clamped pixel further out.

    With the gradient of a plain clamp, a pixel below -1 gets no gradient and stays there for ever; then too many
    pixels of the pictures end exactly black. Here the discriminator can pull it back.
    """

    @staticmethod
    def forward(context: torch.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
        context.save_for_backward(x)
        return x.clamp(-1, 1)

    @staticmethod
    def backward(context: torch.autograd.function.FunctionCtx, gradient: Tensor) -> Tensor:
        (x,) = context.saved_tensors
        outwards = ((x < -1) & (gradient > 0)) | ((x > 1) & (gradient < 0))  # a step goes against the gradient
        return gradient.masked_fill(outwards, 0)
