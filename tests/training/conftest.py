import json

import pytest
import torch

from cgan.data import NUM_CLASSES
from cgan.models import checkpoints
from cgan.models.architectures import PERCEPTION_WIDTH
from cgan.models.classifier import CLASSIFIER, ResidualClassifier


@pytest.fixture(scope="session")
def few(fashion_mnist):
    """The first 656 images and labels: an epoch of 11 steps, the last one of 16 images."""
    images, labels = fashion_mnist
    return images[:656].copy(), labels[:656].copy()


def read_history(folder):
    return [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]


@pytest.fixture(scope="session")
def perception(tmp_path_factory):
    """The folder of a classifier that has learned nothing."""
    folder = tmp_path_factory.mktemp("perception")
    torch.manual_seed(0)
    checkpoints.save_tensors(folder / CLASSIFIER, ResidualClassifier(NUM_CLASSES, PERCEPTION_WIDTH).state_dict(), {})
    return folder
