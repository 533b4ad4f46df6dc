"""The training loop: it steps, logs, draws, saves, stops when it is asked to, and goes on from where it was."""

import dataclasses
import json
import math
import signal
import sys
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from cgan import checkpoints
from cgan.board import Board
from cgan.checkpoints import CheckpointError
from cgan.run_folder import RunError, RunFolder, timeline_steps
from cgan.trainer import Trainer, TrainingConfig

# A resumed run may be made longer or shorter; its other settings have to be the saved ones.
_PROLONGING = {"epochs", "steps"}


class _StopRequest:
    """Notes SIGINT (Ctrl-C) and SIGTERM while it is entered, so that the loop ends after a whole step."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None

    def __enter__(self) -> "_StopRequest":
        self._previous = {number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)}
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
) -> signal.Signals | None:
    """Train into the folder `out` until the run's last step. A signal ends it sooner, saved, and is returned.

    images: uint8 (N, 28, 28); labels: uint8 (N,), 0 to 9. Raises RunError, and CheckpointError for a damaged folder.
    """
    try:
        return _train(config, images, labels, out, device, resume, tensorboard)
    except OSError as error:
        raise RunError(
            f"--out {out}: cannot be written ({error.strerror}); the last checkpoint there is whole, "
            "make room and go on with --resume"
        ) from error


def _train(
    config: TrainingConfig,
    images: np.ndarray,
    labels: np.ndarray,
    out: Path,
    device: torch.device,
    resume: bool,
    tensorboard: bool,
) -> signal.Signals | None:
    folder = RunFolder(out)
    trainer = Trainer(config, images, labels, device)
    if resume:
        _resume(trainer, folder)
    elif folder.training_state.exists():
        raise RunError(f"--out {out}: holds a run already; go on with --resume, or name another folder")
    elif (out / checkpoints.AVERAGED_GENERATOR).exists():
        raise RunError(f"--out {out}: holds a checkpoint, and no state to go on from; name another folder")
    else:
        folder.forget_after(-1)
        checkpoints.save_config(out, config.networks(), dataclasses.asdict(config))
        folder.save_snapshot(trainer.averaged, 0)

    snapshots = timeline_steps(trainer.last_step)
    board = Board(out, trainer.step_count) if tensorboard else nullcontext()
    with _StopRequest() as stop, _progress(trainer) as progress, board:
        while trainer.step_count < trainer.last_step and stop.signal is None:
            epoch = trainer.epoch
            trainer.step()
            progress.update(trainer.images_seen - progress.n)
            last = trainer.step_count == trainer.last_step
            epoch_ends = trainer.epoch > epoch
            if trainer.step_count % config.log_every == 0 or last:
                entry = _log(trainer, folder, progress)
                if tensorboard:
                    board.add(entry)
            if trainer.step_count in snapshots:
                folder.save_snapshot(trainer.averaged, trainer.step_count)
            if epoch_ends or last:
                picture = folder.save_epoch(trainer.averaged, epoch + 1)
                if tensorboard:
                    board.add_picture(picture, trainer.step_count)
            if epoch_ends or last or stop.signal is not None:
                _save(trainer, folder)
    return stop.signal if trainer.step_count < trainer.last_step else None


def _progress(trainer: Trainer) -> tqdm:
    """A bar with images/s and time left; where nobody watches it, a line now and then."""
    return tqdm(
        total=trainer.images_in_run,
        initial=trainer.images_seen,
        unit="image",
        unit_scale=True,
        mininterval=0.5 if sys.stderr.isatty() else 60,
    )


def _log(trainer: Trainer, folder: RunFolder, progress: tqdm) -> dict[str, float]:
    """Write an entry of the history: means since the last one, gradient norms of the last step."""
    entry = trainer.pop_entry()
    if not all(math.isfinite(value) for value in entry.values()):
        raise _diverged(trainer, folder)
    folder.append_history(entry)
    progress.set_postfix(loss_g=f"{entry['loss_g']:.3f}", loss_d=f"{entry['loss_d']:.3f}")
    return entry


def _save(trainer: Trainer, folder: RunFolder) -> None:
    """Write the checkpoint. The state comes first: where a model is, there is a state to go on from."""
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
    metadata = {"step": str(trainer.step_count), "images": str(trainer.images_seen)}
    for name, network in (
        (checkpoints.AVERAGED_GENERATOR, trainer.averaged),
        (checkpoints.RAW_GENERATOR, trainer.generator),
        (checkpoints.DISCRIMINATOR, trainer.discriminator),
    ):
        checkpoints.save_tensors(folder.path / name, network.state_dict(), metadata)


def _resume(trainer: Trainer, folder: RunFolder) -> None:
    """Put the trainer where the saved run was. Raises RunError where there is none, or its settings are others."""
    path = folder.training_state
    if not path.exists():
        raise RunError(f"--resume: {folder.path} holds no run to go on with; leave --resume out to start one")
    tensors, metadata = checkpoints.load_tensors(path)
    try:
        _refuse_other_settings(TrainingConfig(**json.loads(metadata["config"])), trainer.config)
        trainer.load_state(tensors, metadata)
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        raise CheckpointError(f"{path}: damaged, {error}") from error
    folder.forget_after(trainer.step_count)
    _save_networks(trainer, folder)  # it may have been killed before it could
    checkpoints.save_config(folder.path, trainer.config.networks(), dataclasses.asdict(trainer.config))


def _refuse_other_settings(saved: TrainingConfig, wanted: TrainingConfig) -> None:
    before, now = dataclasses.asdict(saved), dataclasses.asdict(wanted)
    differing = [name for name in now if name not in _PROLONGING and before[name] != now[name]]
    if differing:
        listed = "; ".join(f"{name} was {before[name]}, now {now[name]}" for name in differing)
        raise RunError(f"--resume: the saved run has other settings ({listed}); give them as they were")
