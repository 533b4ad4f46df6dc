"""From a checkpoint and seeds to images."""

from cgan.sampling.sampler import Sampler

__all__ = ["Sampler"]
