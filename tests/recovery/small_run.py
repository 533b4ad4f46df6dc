"""A training process short enough to be killed often: `python -m tests.recovery.small_run FOLDER [--resume]`."""

import sys
from pathlib import Path

import torch

from cgan import data
from cgan.trainer import TrainingConfig
from cgan.training import train

CONFIG = TrainingConfig(epochs=8, log_every=10, seed=1)
IMAGES = 2000  # 32 steps an epoch

if __name__ == "__main__":
    images, labels = data.load("train")
    resume = "--resume" in sys.argv
    train(CONFIG, images[:IMAGES], labels[:IMAGES], Path(sys.argv[1]), torch.device("cpu"), resume)
