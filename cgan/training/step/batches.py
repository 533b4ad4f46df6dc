"""The training images in batches: every image once an epoch, in an order that is drawn anew for each epoch."""

import math

import numpy as np
import torch
from torch import Tensor

from cgan.training.distributed import ProcessGroup


class Batches:
    """Batches of real images by their number in the run. The last batch of an epoch may be smaller.

    A single image left over is no batch, for batch normalization needs two; the epoch's order decides which one it is.
    """

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        batch_size: int,
        stream: torch.Generator,
        device: torch.device,
        group: ProcessGroup,
    ) -> None:
        """images: uint8 (N, 28, 28); labels: uint8 (N,). Both are copied to the device as they are.

        batch_size: of all processes together. stream: draws the order of each epoch.
        """
        self.images, self.labels = (torch.from_numpy(array).to(device) for array in (images, labels))
        self.batch_size = batch_size
        self.per_epoch = math.ceil((len(images) - 1) / batch_size)
        self.order = torch.empty(0, dtype=torch.int32)  # of the images in the current epoch
        self._stream = stream
        self._group = group

    def get(self, number: int) -> tuple[Tensor, Tensor]:
        """This process's part of a batch: images (N, 1, 28, 28) in [-1, 1] and labels (N,).

        Batches have to be asked for in turn, because the first one of an epoch draws the epoch's order.
        """
        start = number % self.per_epoch * self.batch_size
        if start == 0:
            self.order = torch.randperm(len(self.images), generator=self._stream, dtype=torch.int32)
        chosen = to_device(self._group.shard(self.order[start : start + self.batch_size]), self.images.device)
        return self.images[chosen].unsqueeze(1) / 127.5 - 1, self.labels[chosen].long()

    def images_in(self, batches: int) -> int:
        """How many images the first `batches` batches of a run have together."""
        epochs, rest = divmod(batches, self.per_epoch)
        return epochs * min(len(self.images), self.per_epoch * self.batch_size) + rest * self.batch_size


def to_device(tensor: Tensor, device: torch.device) -> Tensor:
    """A copy in the device's memory, from memory of the host that a GPU reads by itself: nobody waits for it."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor
