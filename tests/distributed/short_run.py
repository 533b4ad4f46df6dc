"""A short run in float64, in which rounding does not hide what two processes do differently.

torchrun --nproc-per-node N -m tests.distributed.short_run FOLDER STEPS SETTINGS_AS_JSON [--resume]
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import torch

from cgan import data
from cgan.common.command_line import fail
from cgan.training.config import RECIPES
from cgan.training.distributed import init_process_group
from cgan.training.loop import train
from cgan.training.run_folder import RunError

BATCH_SIZE = 64
IMAGES = 15 * BATCH_SIZE + 16  # so that an epoch's last batch is a smaller one

if __name__ == "__main__":
    folder, steps, settings = sys.argv[1:4]
    settings = json.loads(settings)
    torch.set_default_dtype(torch.float64)
    images, labels = data.load("train")
    cpu = torch.device("cpu")
    recipe = RECIPES[settings.get("arch", "mlp")]
    config = replace(recipe, precision="fp32", batch_size=BATCH_SIZE, steps=int(steps), log_every=1)
    config = replace(config, **settings)
    try:
        group = init_process_group(cpu)
        train(config, images[:IMAGES], labels[:IMAGES], Path(folder), cpu, "--resume" in sys.argv, group=group)
    except RunError as error:
        fail(error)
