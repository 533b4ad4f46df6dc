"""Augmentations of the images that the discriminator sees (Karras et al. 2020, arXiv:2006.06676).

Real and generated images are changed alike. So the discriminator learns the training images by heart less quickly. The
generator does not learn to draw changed images: as long as most images stay as they are, only unchanged pictures have
the same distribution as the real ones afterwards.
"""

import torch
from torch import Tensor

_FARTHEST = 3  # pixels that an image is moved by, in both directions


def augment(images: Tensor, probability: Tensor, stream: torch.Generator, part: int = 0, parts: int = 1) -> Tensor:
    """Mirror images (N, 1, H, W) with a probability (0-dim), and move them, each with this probability.

    stream: of the random numbers, on the images' device. part, parts: in distributed training each process draws the
    numbers of all processes and uses its own. What moves in from outside is black, -1.
    """
    count, _, height, width = images.shape
    drawn = torch.rand(parts, count, 4, generator=stream, device=images.device)[part].T.unsqueeze(-1)
    mirrored, moved = drawn[:2] < probability
    down, right = ((drawn[2:] * (2 * _FARTHEST + 1)).long() - _FARTHEST) * moved + _FARTHEST
    rows = torch.arange(height, device=images.device) + down
    columns = torch.arange(width, device=images.device)
    columns = torch.where(mirrored, columns.flip(0), columns) + right
    padded = torch.nn.functional.pad(images, [_FARTHEST] * 4, value=-1.0)
    index = rows[:, :, None] * padded.shape[-1] + columns[:, None, :]
    return padded.flatten(1).gather(1, index.flatten(1)).view(images.shape)
