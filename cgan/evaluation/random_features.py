"""Features of a network with random weights (Naeem et al. 2020, arXiv:2002.09797, section 4).

Nobody has taught them anything: not the labels, nor what matters in these pictures. So no training can have been drawn
to them, as it can to a classifier's, and they need no file.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from cgan.evaluation import classifiers
from cgan.models.classifier import ResidualClassifier

_WIDTH, _BATCH_SIZE = 16, 500


class RandomFeatures(nn.Module):
    """The body of a small residual network with random weights: images (N, 1, 28, 28) in [-1, 1] to (N, 256)."""

    def __init__(self, images: np.ndarray, seed: int = 0) -> None:
        """images: real ones, uint8 (N, 28, 28), which give the batch normalization its means and variances."""
        super().__init__()
        torch.manual_seed(seed)
        self.body = ResidualClassifier(1, _WIDTH).body
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = None  # a plain mean over the batches
        with torch.no_grad():
            for batch in torch.from_numpy(images).split(_BATCH_SIZE):
                self(classifiers.to_float(batch))
        self.eval()

    def forward(self, images: Tensor) -> Tensor:
        """The last activations (N, 64, 7, 7), averaged in each quarter of the image."""
        return adaptive_avg_pool2d(self.body(images), 2).flatten(1)
