import copy

import numpy as np
import pytest
import torch

from cgan.explain import own_networks
from cgan.explain.own_networks import Painter
from cgan.models import checkpoints
from cgan.sampling.sampler import Sampler

CONV = checkpoints.CHECKPOINTS / "r3gan-conv"


@pytest.fixture(scope="session")
def images(fashion_mnist_test):
    """The first 20 real test images, float32 (20, 1, 28, 28) in [0, 1], and their labels."""
    images, labels = fashion_mnist_test
    return torch.from_numpy(images[:20]).float().unsqueeze(1) / 255, torch.from_numpy(labels[:20].astype(np.int64))


@pytest.fixture(scope="session")
def judge():
    return own_networks.judge()


@pytest.fixture(scope="session")
def painter():
    return Painter(Sampler(CONV).generator, class_index=3)


def differences(function, at, places, h=1e-6):
    """Central differences, by its entries at `places`, of a function of a batch of tensors such as `at` (float64)."""
    steps = torch.zeros(len(places), at.numel(), dtype=at.dtype)
    steps[torch.arange(len(places)), places] = h
    steps = steps.view(-1, *at.shape[1:])
    return (function(at + steps) - function(at - steps)) / (2 * h)


def in_float64(network):
    return copy.deepcopy(network).double()
