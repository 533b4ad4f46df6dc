"""Data-parallel training under torchrun: what one process, a rank, does with the others.

Every rank draws the same random numbers for the whole batch and keeps its own share of it. So all ranks are in the same
state, any of them can save it, and a run can be resumed by another number of ranks.
"""

import atexit
import os
from dataclasses import dataclass

import torch
import torch.distributed
from torch import Tensor, nn


@dataclass(frozen=True)
class Ranks:
    """This process's number, `rank`, among `count` that train together."""

    rank: int = 0
    count: int = 1

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def share(self, batch: Tensor) -> Tensor:
        """This rank's part of something drawn for the whole batch, (N, ...) to (N / count, ...)."""
        return batch if self.count == 1 else batch.chunk(self.count)[self.rank]

    def average(self, tensors: list[Tensor]) -> None:
        """Replace tensors of one device and type by their means over all ranks."""
        if self.count == 1:
            return
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        torch.distributed.all_reduce(flat)
        flat /= self.count
        for tensor, mean in zip(tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(mean.view_as(tensor))

    def any(self, flag: bool, device: torch.device) -> bool:
        """Whether the flag is set on any rank."""
        if self.count == 1:
            return flag
        flags = torch.tensor(flag, dtype=torch.float32, device=device)
        torch.distributed.all_reduce(flags)
        return flags.item() > 0


ALONE = Ranks()


def join(device: torch.device) -> Ranks:
    """Meet the other processes that torchrun has started, if it was torchrun that started this one."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return ALONE
    torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    atexit.register(torch.distributed.destroy_process_group)  # whose threads would now and then abort the exit
    return Ranks(torch.distributed.get_rank(), torch.distributed.get_world_size())


class _Sum(torch.autograd.Function):
    """The sum over all ranks. What it is used for on any of them adds to the gradient of all."""

    @staticmethod
    def forward(ctx: object, part: Tensor) -> Tensor:
        total = part.clone()
        torch.distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> Tensor:
        return _Sum.forward(ctx, gradient)


class BatchNormAcrossRanks(nn.modules.batchnorm._BatchNorm):
    """Batch normalization over the batches of all ranks (torch's SyncBatchNorm is for GPUs alone)."""

    def _check_input_dim(self, x: Tensor) -> None:
        pass

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        axes = [axis for axis in range(x.dim()) if axis != 1]
        shape = [1, -1] + [1] * (x.dim() - 2)
        count = x.numel() // x.shape[1] * torch.distributed.get_world_size()
        mean = _Sum.apply(x.sum(axes)) / count
        centred = x - mean.view(shape)
        variance = _Sum.apply(centred.square().sum(axes)) / count
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1), self.momentum)  # without bias, as torch keeps it
        normalized = centred * (variance + self.eps).rsqrt().view(shape)
        return normalized if self.weight is None else normalized * self.weight.view(shape) + self.bias.view(shape)


def normalize_across(network: nn.Module) -> nn.Module:
    """Replace, in place, every batch normalization that still learns by one over the batches of all ranks."""
    for name, child in network.named_children():
        if not child.training:
            continue
        if isinstance(child, nn.modules.batchnorm._BatchNorm):
            synced = BatchNormAcrossRanks(child.num_features, child.eps, child.momentum, child.affine)
            synced.load_state_dict(child.state_dict())
            setattr(network, name, synced)
        else:
            normalize_across(child)
    return network
