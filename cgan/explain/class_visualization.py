"""Class visualization: the image that a network takes most surely for a class. Networks are as in `gradients`."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from cgan.explain.gradients import Network, Step, unit


def visualize_class(
    network: Network,
    target: int,
    start: Tensor,
    steps: int = 80,
    step_size: float = 12.0,
    decay: float = 1e-3,
    jitter: int = 8,
    blur_every: int = 2,
    blur_sigma: float = 1.0,
) -> Iterator[Step]:
    """Gradient ascent on the score of class `target`, from the image `start` (1, C, H, W) in [0, 1].

    Yields step 0, which is `start`, and `steps` more, each of L2 length `step_size`. Three regularizers keep the image
    from becoming noise:

    decay: weight of the squared distance from `start`, which is subtracted from the score (Yosinski et al. 2015,
    arXiv:1506.06579, L2 decay towards the mean image).
    blur_every, blur_sigma: steps between two Gaussian blurs, and their standard deviation in pixels (the same paper).
    jitter: each gradient is taken of the image shifted by up to so many pixels (Mordvintsev et al. 2015); the shifts
    are the same in every call.
    """
    stream = torch.Generator().manual_seed(0)
    moved = start.detach()
    for number in range(steps + 1):
        shifts = tuple(torch.randint(-jitter, jitter + 1, (2,), generator=stream).tolist())
        shifted = moved.roll(shifts, dims=(2, 3)).requires_grad_(True)
        scores = network(shifted)[0]
        yield Step.measured(number, moved, scores, start)
        if number == steps:
            return
        (gradient,) = torch.autograd.grad(scores[target], shifted)
        gradient = gradient.roll([-shift for shift in shifts], dims=(2, 3)) - 2 * decay * (moved - start)
        moved = moved + step_size * unit(gradient)
        if number % blur_every == blur_every - 1:
            moved = blur(moved, blur_sigma)
        moved = moved.clamp(0, 1)


def blur(images: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of images (N, C, H, W); sigma in pixels. The image is continued by its border pixels."""
    radius = max(1, round(3 * sigma))
    weights = torch.exp(-torch.arange(-radius, radius + 1, dtype=images.dtype).square() / (2 * sigma**2))
    channels = images.shape[1]
    weights = (weights / weights.sum()).repeat(channels, 1)
    padded = nn.functional.pad(images, [radius] * 4, mode="replicate")
    rows = nn.functional.conv2d(padded, weights[:, None, :, None], groups=channels)
    return nn.functional.conv2d(rows, weights[:, None, None, :], groups=channels)
