"""Trained weights to begin a run with: those of another checkpoint (`--start-from`), a classifier (`--perception`)."""

import dataclasses
from pathlib import Path

from cgan.common.command_line import as_command
from cgan.models import checkpoints
from cgan.models.architectures import PERCEPTION_WIDTH
from cgan.models.checkpoints import CheckpointError
from cgan.training.run_folder import RunError
from cgan.training.trainer import Trainer


def start_from(trainer: Trainer, checkpoint: str) -> None:
    """Load the weights of a checkpoint of the same networks; optimizers and random streams stay new.

    Its discriminator may be one without perception, for a run with it. Raises RunError for other networks, and
    CheckpointError.
    """
    folder = checkpoints.resolve(checkpoint)
    theirs, ours = checkpoints.load_config(folder), trainer.networks()
    without_perception = dataclasses.replace(trainer.config, perception=None).networks()
    if theirs not in (ours, without_perception._replace(classes=trainer.classes)):
        raise RunError(f"--start-from {checkpoint}: holds {theirs}; this run is to train {ours}")
    raw, ema = folder / checkpoints.RAW_GENERATOR, folder / checkpoints.EMA_GENERATOR
    checkpoints.load_weights(trainer.generator, raw if raw.exists() else ema)
    checkpoints.load_weights(trainer.ema, ema)
    trainer.discriminator.load_state_dict(checkpoints.load_discriminator(folder).state_dict(), strict=False)


def load_perception(trainer: Trainer, folder: Path) -> None:
    """Load the classifier of a folder into the discriminator. Raises RunError if there is none that fits."""
    try:
        classifier, _ = checkpoints.load_classifier(folder)
        if classifier.width != PERCEPTION_WIDTH:
            raise CheckpointError(f"{folder}: its classifier has the width {classifier.width}")
    except CheckpointError as error:
        flags = ("--width", PERCEPTION_WIDTH, "--epochs", 3, "--out", folder)
        command = as_command("python", "-m", "cgan.classifier", *flags)
        raise RunError(f"--perception: {error}; make one by `{command}`") from error
    trainer.discriminator.perception.body.load_state_dict(classifier.body.state_dict())
