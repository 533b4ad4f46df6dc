"""Data-parallel training under torchrun.

Every process draws the same random numbers for the whole batch and uses its own part of them. So all processes are in
the same state, each of them could save it, and a run can be resumed by another number of processes.
"""

import atexit
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.distributed
from torch import Tensor, nn

from cgan.training.run_folder import RunError

Result = TypeVar("Result")


@dataclass(frozen=True)
class ProcessGroup:
    """The number of this process, `rank`, and the number of all processes that train together."""

    rank: int = 0
    world_size: int = 1
    local_rank: int = 0  # the number of this process among those of its machine

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def shard(self, batch: Tensor) -> Tensor:
        """This process's part of a tensor for the whole batch: (N, ...) to (N / world_size, ...)."""
        return batch if self.world_size == 1 else batch.chunk(self.world_size)[self.rank]

    def all_reduce_mean(self, tensors: Sequence[Tensor]) -> None:
        """Replace tensors of one device and type by their means over all processes."""
        if self.world_size == 1:
            return
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        torch.distributed.all_reduce(flat)
        flat /= self.world_size
        for tensor, mean in zip(tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(mean.view_as(tensor))

    def any(self, flag: bool, device: torch.device) -> bool:
        """Whether the flag is set in any process."""
        if self.world_size == 1:
            return flag
        flags = torch.tensor(flag, dtype=torch.float32, device=device)
        torch.distributed.all_reduce(flags)
        return flags.item() > 0

    def in_turn(self, function: Callable[[], Result], device: torch.device) -> Result:
        """Call `function` in the first process of each machine, then in the others: what it writes is there by then.

        Where it raises an exception in a first process, the other processes end with status 2.
        """
        if self.world_size == 1:
            return function()
        is_first_here, failure = self.local_rank == 0, None
        try:
            result = function() if is_first_here else None
        except Exception as error:  # of any kind: the others wait
            failure = error
        if self.any(failure is not None, device):
            raise failure or SystemExit(2)
        return result if is_first_here else function()


SINGLE = ProcessGroup()


def init_process_group(device: torch.device) -> ProcessGroup:
    """Connect to the other processes that torchrun has started; SINGLE if torchrun did not start this one.

    Raises RunError where the variables of torchrun are not all there.
    """
    if os.environ.get("WORLD_SIZE", "1") == "1":
        return SINGLE
    try:
        torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        rank = torch.distributed.get_rank()
        local_rank = int(os.environ.get("LOCAL_RANK", rank))
    except (ValueError, RuntimeError) as error:
        advice = "start several processes by `torchrun --nproc-per-node 2 train.py`, or unset WORLD_SIZE for one"
        raise RunError(f"WORLD_SIZE={os.environ['WORLD_SIZE']}: {error}; {advice}") from error
    atexit.register(torch.distributed.destroy_process_group)  # its threads would sometimes abort the exit
    return ProcessGroup(rank, torch.distributed.get_world_size(), local_rank)


class _AllReduceSum(torch.autograd.Function):
    """The sum over all processes, with gradients: its use in any process adds to the gradient in all of them."""

    @staticmethod
    def forward(ctx: object, part: Tensor) -> Tensor:
        total = part.clone()
        torch.distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> Tensor:
        return _AllReduceSum.forward(ctx, gradient)


class SyncBatchNorm(nn.BatchNorm1d):
    """Batch normalization over the batches of all processes. torch's own SyncBatchNorm is for GPUs only."""

    def forward(self, x: Tensor) -> Tensor:
        """x (N, features), this process's part, to the same shape."""
        if not self.training:
            return super().forward(x)
        count = len(x) * torch.distributed.get_world_size()
        mean = _AllReduceSum.apply(x.sum(dim=0)) / count
        centred = x - mean
        variance = _AllReduceSum.apply(centred.square().sum(dim=0)) / count
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1), self.momentum)  # unbiased, as torch keeps it
        return centred * (variance + self.eps).rsqrt() * self.weight + self.bias


def convert_sync_batchnorm(network: nn.Module) -> nn.Module:
    """Replace, in place, every batch normalization by SyncBatchNorm."""
    for name, child in network.named_children():
        if isinstance(child, nn.BatchNorm1d):
            synced = SyncBatchNorm(child.num_features, child.eps, child.momentum)
            synced.load_state_dict(child.state_dict())
            setattr(network, name, synced)
        else:
            convert_sync_batchnorm(child)
    return network
