"""Features of a network with random weights."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from cgan.data import NUM_CLASSES
from cgan.evaluation import classifiers
from cgan.models.classifier import ResidualClassifier

WIDTH = 16


class Encoder(nn.Module):
    """The body of a small residual network: images (N, 1, 28, 28) in [-1, 1] to features (N, 256)."""

    def __init__(self) -> None:
        super().__init__()
        self.body = ResidualClassifier(NUM_CLASSES, WIDTH).body

    def forward(self, images: Tensor) -> Tensor:
        """The last activations (N, 64, 7, 7), averaged in each quarter of the image."""
        return adaptive_avg_pool2d(self.body(images), 2).flatten(1)


def random_encoder(images: np.ndarray, seed: int = 0) -> Encoder:
    """An encoder with random weights, in eval mode; images, uint8 (N, 28, 28), give its batch normalization statistics.

    No generator can be trained, even by accident, to please random features.
    """
    torch.manual_seed(seed)
    encoder = Encoder()
    for module in encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None  # a plain mean over the batches
    with torch.no_grad():
        for batch in torch.from_numpy(images).split(500):
            encoder(classifiers.to_float(batch))
    return encoder.eval()
