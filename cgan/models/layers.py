"""Layers that the generators and discriminators are built from."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

LEAKY_SLOPE = 0.2
Context = torch.autograd.function.FunctionCtx


class ClassEmbedding(nn.Embedding):
    """One learned vector for each class; a mixture of classes gets the same mixture of their vectors."""

    def __init__(self, classes: int, dim: int) -> None:
        """classes: how many. dim: length of a vector."""
        super().__init__(classes, dim)

    def forward(self, classes: Tensor) -> Tensor:
        """Class weights (N, classes) of any type, or labels, integer (N,), to vectors (N, dim)."""
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


class Convolution(nn.Conv2d):
    """nn.Conv2d, but for the speed of gradient penalties.

    The gradient of a penalty with respect to a weight is an ordinary weight gradient. For that of nn.Conv2d torch
    convolves with a kernel as large as the image, which on a GPU takes longer than the rest of the step.
    """

    def forward(self, x: Tensor) -> Tensor:
        weight, bias = self.weight, self.bias
        if torch.is_autocast_enabled(x.device.type):
            dtype = torch.get_autocast_dtype(x.device.type)
            x, weight, bias = x.to(dtype), weight.to(dtype), None if bias is None else bias.to(dtype)
        return _Convolve.apply(x, weight, bias, self.stride, self.padding)


@contextmanager
def only_image_gradients() -> Iterator[None]:
    """Within it no gradients with respect to weights of convolutions are computed.

    Torch does not tell a function of ours which of its gradients are wanted, and these take a quarter of a step.
    """
    global _weights_wanted
    _weights_wanted = False
    try:
        yield
    finally:
        _weights_wanted = True


_weights_wanted = True


class _Convolve(torch.autograd.Function):
    """Images x (N, C, H, W), weights (D, C, h, w) and a bias (D,) or None to (N, D, H', W').

    It is linear in x and in the weights, and so is its gradient with respect to x.
    """

    @staticmethod
    def forward(
        context: Context, x: Tensor, weight: Tensor, bias: Tensor | None, stride: tuple, padding: tuple
    ) -> Tensor:
        context.save_for_backward(x, weight)
        context.geometry = stride, padding
        return nn.functional.conv2d(x, weight, bias, stride, padding)

    @staticmethod
    def backward(context: Context, gradient: Tensor) -> tuple:
        x, weight = context.saved_tensors
        to_x = _InputGradient.apply(gradient, weight, x, *context.geometry) if context.needs_input_grad[0] else None
        is_wanted = _weights_wanted and context.needs_input_grad[1]
        to_weight = _weight_gradient(gradient, x, weight, *context.geometry) if is_wanted else None
        to_bias = gradient.sum(dim=(0, 2, 3)) if context.needs_input_grad[2] else None
        return to_x, to_weight, to_bias, None, None


class _InputGradient(torch.autograd.Function):
    """The gradient of `_Convolve` with respect to x, of which only the shape matters."""

    @staticmethod
    def forward(context: Context, gradient: Tensor, weight: Tensor, x: Tensor, stride: tuple, padding: tuple) -> Tensor:
        context.save_for_backward(gradient, weight)
        context.geometry = stride, padding
        return _convolution_backward(gradient, x, weight, stride, padding, (True, False, False))[0]

    @staticmethod
    def backward(context: Context, h: Tensor) -> tuple:
        gradient, weight = context.saved_tensors
        to_gradient = _Convolve.apply(h, weight, None, *context.geometry) if context.needs_input_grad[0] else None
        to_weight = _weight_gradient(gradient, h, weight, *context.geometry) if context.needs_input_grad[1] else None
        return to_gradient, to_weight, None, None, None


def _weight_gradient(gradient: Tensor, x: Tensor, weight: Tensor, stride: tuple, padding: tuple) -> Tensor:
    return _convolution_backward(gradient, x, weight, stride, padding, (False, True, False))[1]


def _convolution_backward(
    gradient: Tensor, x: Tensor, weight: Tensor, stride: tuple, padding: tuple, wanted: tuple
) -> tuple:
    """The gradients of a convolution; wanted: with respect to x, to the weight, to a bias."""
    return torch.ops.aten.convolution_backward(
        gradient, x, weight, None, stride, padding, (1, 1), False, (0, 0), 1, wanted
    )


def convolution(
    inputs: int, outputs: int, size: int = 3, gain: float = 1.0, stride: int = 1, bias: bool = True
) -> Convolution:
    """A convolution that keeps the image size, or divides it by the stride.

    Its weights are He-initialized (arXiv:1502.01852) times `gain`.
    """
    layer = Convolution(inputs, outputs, size, stride=stride, padding=(size - 1) // 2, bias=bias)
    nn.init.kaiming_normal_(layer.weight, a=LEAKY_SLOPE)
    with torch.no_grad():
        layer.weight.mul_(gain)
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


def activation(x: Tensor) -> Tensor:
    """Leaky ReLU."""
    return nn.functional.leaky_relu(x, LEAKY_SLOPE)


def upsample(x: Tensor) -> Tensor:
    """(N, C, H, W) to (N, C, 2H, 2W), bilinear."""
    return nn.functional.interpolate(x, scale_factor=2, mode="bilinear")


class StraightThroughClamp(torch.autograd.Function):
    """clamp(x, -1, 1) that lets gradients through, except where they would push a clamped pixel further out.

    With the gradient of a plain clamp, a pixel below -1 gets no gradient and stays there for ever; then too many
    pixels of the pictures end exactly black. Here the discriminator can pull it back.
    """

    @staticmethod
    def forward(context: Context, x: Tensor) -> Tensor:
        context.save_for_backward(x)
        return x.clamp(-1, 1)

    @staticmethod
    def backward(context: Context, gradient: Tensor) -> Tensor:
        (x,) = context.saved_tensors
        outwards = ((x < -1) & (gradient > 0)) | ((x > 1) & (gradient < 0))  # a step goes against the gradient
        return gradient.masked_fill(outwards, 0)
