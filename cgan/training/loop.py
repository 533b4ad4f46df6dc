"""The training loop: steps, history, pictures and checkpoints, until the last step or a signal; and resuming."""

import dataclasses
import json
import math
import signal
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from cgan.common.classes import FASHION_MNIST, Classes
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.training.config import TrainingConfig
from cgan.training.distributed import SINGLE, ProcessGroup
from cgan.training.run_folder import RunError, RunFolder, snapshot_steps
from cgan.training.tensorboard import Board
from cgan.training.trainer import Trainer

# The settings that may change when a run is resumed: they decide how long it is and what is written, or began it.
_FREE = {"epochs", "steps", "log_every", "save_every", "keep_averages", "start_from"}

_SAVE_SPACING = 20  # epochs are saved, but not more often than so many times the time that a save takes


class _StopRequest:
    """While entered, it catches SIGINT (Ctrl-C), SIGTERM and SIGHUP, so that the loop can end after a whole step.

    SIGHUP comes when the terminal is closed; under nohup it is ignored, and stays so.
    """

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None

    def __enter__(self) -> "_StopRequest":
        numbers = [signal.SIGINT, signal.SIGTERM]
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            numbers.append(signal.SIGHUP)
        self._previous = {number: signal.signal(number, self._note) for number in numbers}
        return self

    def _note(self, number: int, frame: object) -> None:
        self.signal = signal.Signals(number)

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)


def train(
    config: TrainingConfig,
    images: np.ndarray,
    labels: np.ndarray,
    out: Path,
    device: torch.device,
    resume: bool = False,
    tensorboard: bool = False,
    group: ProcessGroup = SINGLE,
    classes: Classes = FASHION_MNIST,
) -> signal.Signals | None:
    """Train into the folder `out` until the run's last step. A signal ends it sooner, with a checkpoint; returns it.

    images: uint8 (N, 28, 28); labels: uint8 (N,), indices of `classes`. In distributed training the
    process of rank 0 writes. Raises RunError, and CheckpointError for a damaged folder.
    """
    for batch in (config.batch_size, len(images) % config.batch_size):
        if batch % group.world_size:
            count = group.world_size
            raise RunError(f"a batch of {batch} images cannot be shared by {count} processes: give --batch-size")
    trainer = Trainer(config, images, labels, device, group, classes)
    try:
        return _train(trainer, out, resume, tensorboard)
    except OSError as error:
        raise RunError(
            f"--out {out}: cannot be written ({error.strerror}); the last checkpoint there is whole, "
            "make room and go on with --resume"
        ) from error


def _train(trainer: Trainer, out: Path, resume: bool, tensorboard: bool) -> signal.Signals | None:
    folder = RunFolder(out) if trainer.group.is_first else None
    if resume:
        _resume(trainer, out / checkpoints.TRAINING_STATE)
    else:
        if trainer.config.start_from:
            _start_from(trainer, trainer.config.start_from)
    if folder:
        (_prepare_resumed if resume else _prepare_new)(trainer, folder)

    snapshots = snapshot_steps(trainer.last_step)
    board = Board(out, trainer.step_count) if tensorboard and folder else nullcontext()
    with _StopRequest() as stop, _progress(trainer) as progress, board:
        stopping, saved_at, saving = False, time.monotonic(), 0.0  # time of the last save, and its seconds
        while trainer.step_count < trainer.last_step and not stopping:
            epoch = trainer.epoch
            trainer.step()
            progress.update(trainer.images_after(trainer.step_count) - progress.n)
            last = trainer.step_count == trainer.last_step
            epoch_ends = trainer.epoch > epoch
            stopping = trainer.group.any(stop.signal is not None, trainer.device)
            entry = trainer.pop_entry() if trainer.step_count % trainer.config.log_every == 0 or last else None
            if not folder:
                continue
            if entry:
                _log(entry, trainer, folder, progress)
            if entry and tensorboard:
                board.add(entry)
            if trainer.step_count in snapshots:
                folder.save_snapshot(trainer.ema, trainer.step_count)
            if epoch_ends or last:
                picture = folder.save_epoch(trainer.ema, epoch + 1)
                if tensorboard:
                    board.add_picture(picture, trainer.step_count)
            if epoch_ends and trainer.config.keep_averages:
                folder.save_average(trainer.ema, epoch + 1, trainer.images_after(trainer.step_count))
            passed = time.monotonic() - saved_at
            is_due = passed >= 60 * trainer.config.save_every or (epoch_ends and passed >= _SAVE_SPACING * saving)
            if is_due or last or stopping:
                started = time.monotonic()
                _save(trainer, folder)
                saved_at = time.monotonic()
                saving = saved_at - started
    return (stop.signal or signal.SIGTERM) if trainer.step_count < trainer.last_step else None


def _start_from(trainer: Trainer, checkpoint: str) -> None:
    """Load the weights of a checkpoint of the same networks; optimizers and random streams stay new.

    Raises RunError for other networks, and CheckpointError.
    """
    folder = checkpoints.resolve(checkpoint)
    theirs, ours = checkpoints.load_config(folder), trainer.networks()
    if theirs != ours:
        raise RunError(f"--start-from {checkpoint}: holds {theirs}; this run is to train {ours}")
    raw, ema = folder / checkpoints.RAW_GENERATOR, folder / checkpoints.EMA_GENERATOR
    checkpoints.load_weights(trainer.generator, raw if raw.exists() else ema)
    checkpoints.load_weights(trainer.ema, ema)
    checkpoints.load_weights(trainer.discriminator, folder / checkpoints.DISCRIMINATOR)


def _prepare_new(trainer: Trainer, folder: RunFolder) -> None:
    """Prepare the folder of a new run. Raises RunError if it holds a run or checkpoint, which would be lost."""
    if folder.training_state.exists():
        raise RunError(f"--out {folder.path}: holds a run already; go on with --resume, or name another folder")
    if (folder.path / checkpoints.EMA_GENERATOR).exists():
        raise RunError(f"--out {folder.path}: holds a checkpoint, and no state to go on from; name another folder")
    folder.drop_after(-1)
    checkpoints.save_config(folder.path, trainer.networks(), dataclasses.asdict(trainer.config))
    folder.save_snapshot(trainer.ema, 0)


def _prepare_resumed(trainer: Trainer, folder: RunFolder) -> None:
    """Make the folder of a resumed run consistent with the state that was loaded."""
    folder.drop_after(trainer.step_count)
    _save_networks(trainer, folder)  # the run may have been killed between saving its state and its networks
    checkpoints.save_config(folder.path, trainer.networks(), dataclasses.asdict(trainer.config))


def _progress(trainer: Trainer) -> tqdm:
    """A progress bar with images/s and time left; without a terminal, a line every minute."""
    return tqdm(
        total=trainer.images_after(trainer.last_step),
        initial=trainer.images_after(trainer.step_count),
        unit="image",
        unit_scale=True,
        mininterval=0.5 if sys.stderr.isatty() else 60,
        disable=not trainer.group.is_first,
    )


def _log(entry: dict[str, float], trainer: Trainer, folder: RunFolder, progress: tqdm) -> None:
    """Write an entry of the history. Raises RunError if a number in it is not finite."""
    if not all(math.isfinite(value) for value in entry.values()):
        raise _diverged(trainer, folder)
    folder.append_history(entry)
    progress.set_postfix(loss_g=f"{entry['loss_g']:.3f}", loss_d=f"{entry['loss_d']:.3f}")


def _save(trainer: Trainer, folder: RunFolder) -> None:
    """Write the checkpoint, the training state first: a folder with networks always has a state to resume from."""
    if not trainer.is_finite():
        raise _diverged(trainer, folder)
    folder.sync_history()
    checkpoints.save_tensors(folder.training_state, *trainer.state())
    _save_networks(trainer, folder)


def _diverged(trainer: Trainer, folder: RunFolder) -> RunError:
    return RunError(
        f"the run diverged before step {trainer.step_count} (a loss, gradient or weight is not finite); "
        f"the checkpoint in {folder.path} is from before that: try a lower --learning-rate"
    )


def _save_networks(trainer: Trainer, folder: RunFolder) -> None:
    metadata = {"step": str(trainer.step_count), "images": str(trainer.images_after(trainer.step_count))}
    for name, network in (
        (checkpoints.EMA_GENERATOR, trainer.ema),
        (checkpoints.RAW_GENERATOR, trainer.generator),
        (checkpoints.DISCRIMINATOR, trainer.discriminator),
    ):
        checkpoints.save_tensors(folder.path / name, network.state_dict(), metadata)


def _resume(trainer: Trainer, path: Path) -> None:
    """Load the saved state. Raises RunError if there is none or its settings differ, CheckpointError if damaged."""
    if not path.exists():
        advice = "leave --resume out to start one"
        if (path.parent / checkpoints.EMA_GENERATOR).exists():
            advice = f"begin one with its weights by --start-from {path.parent}, and name another folder by --out"
        raise RunError(f"--resume: {path.parent} holds no run to go on with; {advice}")
    tensors, metadata = checkpoints.load_tensors(path)
    try:
        saved = TrainingConfig.from_saved(json.loads(metadata["config"]))
        _refuse_other_settings(saved, trainer.config)
        if metadata.get("data", trainer.classes.data) != trainer.classes.data:
            raise RunError("--resume: the saved run learned from other data; name the same by --data")
        _refuse_too_short(trainer, int(metadata["step"]))
        trainer.config = dataclasses.replace(trainer.config, start_from=saved.start_from)
        goes_on_exactly = trainer.load_state(tensors, metadata)
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        raise CheckpointError(f"{path}: damaged, or of networks of an earlier version ({error})") from error
    if not goes_on_exactly and trainer.group.is_first:
        print("The run was on another kind of device: from here on dropout and augmentation draw other random numbers.")


def _refuse_too_short(trainer: Trainer, step: int) -> None:
    """Raises RunError for a run that is already beyond the last step that is wanted."""
    if trainer.last_step < step:
        flag, given = ("--steps", trainer.config.steps) if trainer.config.steps else ("--epochs", trainer.config.epochs)
        raise RunError(f"{flag} {given}: the run is at step {step:,} already, beyond that; give more to go on")


def _refuse_other_settings(saved: TrainingConfig, wanted: TrainingConfig) -> None:
    before, now = dataclasses.asdict(saved), dataclasses.asdict(wanted)
    differing = [name for name in now if name not in _FREE and before[name] != now[name]]
    if differing:
        listed = "; ".join(f"{name} was {before[name]}, now {now[name]}" for name in differing)
        raise RunError(f"--resume: the saved run has other settings ({listed}); give them as they were")
