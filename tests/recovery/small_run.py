"""A training process short enough to be killed often.

python -m tests.recovery.small_run FOLDER [--resume] [--longer]
"""

import dataclasses
import sys
from pathlib import Path

import torch

from cgan import data
from cgan.common.command_line import fail
from cgan.training.config import TrainingConfig
from cgan.training.loop import train
from cgan.training.run_folder import RunError

CONFIG = TrainingConfig(epochs=8, log_every=10, seed=1)
IMAGES = 2000
STEPS_PER_EPOCH = 32

if __name__ == "__main__":
    images, labels = data.load("train")
    config = dataclasses.replace(CONFIG, epochs=CONFIG.epochs + 1) if "--longer" in sys.argv else CONFIG
    run, resume = Path(sys.argv[1]), "--resume" in sys.argv
    try:
        train(config, images[:IMAGES], labels[:IMAGES], run, torch.device("cpu"), resume)
    except RunError as error:
        fail(error)
