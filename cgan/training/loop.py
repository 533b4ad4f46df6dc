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

from cgan.models import checkpoints
from cgan.models.architectures import PERCEPTION_WIDTH
from cgan.models.checkpoints import CheckpointError
from cgan.training.config import TrainingConfig
from cgan.training.distributed import ALONE, Ranks
from cgan.training.run_folder import RunError, RunFolder, timeline_steps
from cgan.training.tensorboard import Board
from cgan.training.trainer import Trainer

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
    ranks: Ranks = ALONE,
) -> signal.Signals | None:
    """Train into the folder `out` until the run's last step. A signal ends it sooner, saved, and is returned.

    images: uint8 (N, 28, 28); labels: uint8 (N,), 0 to 9. Of several ranks, the first one writes.
    Raises RunError, and CheckpointError for a damaged folder.
    """
    _refuse_uneven_shares(config, len(images), ranks)
    trainer = Trainer(config, images, labels, device, ranks)
    try:
        return _train(trainer, out, resume, tensorboard)
    except OSError as error:
        raise RunError(
            f"--out {out}: cannot be written ({error.strerror}); the last checkpoint there is whole, "
            "make room and go on with --resume"
        ) from error


def _refuse_uneven_shares(config: TrainingConfig, images: int, ranks: Ranks) -> None:
    for batch in (config.batch_size, images % config.batch_size):
        if batch % ranks.count:
            raise RunError(f"a batch of {batch} images cannot be shared by {ranks.count} processes: give --batch-size")


def _train(trainer: Trainer, out: Path, resume: bool, tensorboard: bool) -> signal.Signals | None:
    folder = RunFolder(out) if trainer.ranks.is_first else None
    if resume:
        _resume(trainer, out / checkpoints.TRAINING_STATE)
    else:
        if trainer.config.start_from:
            _take_weights(trainer, trainer.config.start_from)
        if trainer.config.perception:
            _take_perception(trainer, Path(trainer.config.perception))
    if folder:
        (_go_on if resume else _start)(trainer, folder)

    snapshots = timeline_steps(trainer.last_step)
    board = Board(out, trainer.step_count) if tensorboard and folder else nullcontext()
    with _StopRequest() as stop, _progress(trainer) as progress, board:
        stopping = False
        while trainer.step_count < trainer.last_step and not stopping:
            epoch = trainer.epoch
            trainer.step()
            progress.update(trainer.images_seen - progress.n)
            last = trainer.step_count == trainer.last_step
            epoch_ends = trainer.epoch > epoch
            stopping = trainer.ranks.any(stop.signal is not None, trainer.device)
            entry = trainer.pop_entry() if trainer.step_count % trainer.config.log_every == 0 or last else None
            if not folder:
                continue
            if entry:
                _log(entry, trainer, folder, progress)
            if entry and tensorboard:
                board.add(entry)
            if trainer.step_count in snapshots:
                folder.save_snapshot(trainer.averaged, trainer.step_count)
            if epoch_ends or last:
                picture = folder.save_epoch(trainer.averaged, epoch + 1)
                if tensorboard:
                    board.add_picture(picture, trainer.step_count)
            if epoch_ends or last or stopping:
                _save(trainer, folder)
    return (stop.signal or signal.SIGTERM) if trainer.step_count < trainer.last_step else None


def _take_weights(trainer: Trainer, start_from: str) -> None:
    """Start with the weights of a checkpoint. Raises RunError where its networks are others."""
    folder = checkpoints.resolve(start_from)
    theirs, ours = checkpoints.load_config(folder), trainer.config.networks()
    if theirs not in (ours, dataclasses.replace(trainer.config, perception=None).networks()):
        raise RunError(f"--start-from {start_from}: holds {theirs}; this run is to train {ours}")
    trainer.take_weights(folder)


def _take_perception(trainer: Trainer, folder: Path) -> None:
    """Give the discriminator its frozen classifier. Raises RunError where there is none."""
    try:
        trainer.take_perception(folder)
    except CheckpointError as error:
        advice = f"make one by `python -m cgan.classifier --width {PERCEPTION_WIDTH} --epochs 3 --out {folder}`"
        raise RunError(f"--perception: {error}; {advice}") from error


def _start(trainer: Trainer, folder: RunFolder) -> None:
    """Prepare the folder of a new run. Raises RunError where one would be lost."""
    if folder.training_state.exists():
        raise RunError(f"--out {folder.path}: holds a run already; go on with --resume, or name another folder")
    if (folder.path / checkpoints.AVERAGED_GENERATOR).exists():
        raise RunError(f"--out {folder.path}: holds a checkpoint, and no state to go on from; name another folder")
    folder.forget_after(-1)
    checkpoints.save_config(folder.path, trainer.config.networks(), dataclasses.asdict(trainer.config))
    folder.save_snapshot(trainer.averaged, 0)


def _go_on(trainer: Trainer, folder: RunFolder) -> None:
    """Bring the folder of a resumed run to where the run stands."""
    folder.forget_after(trainer.step_count)
    _save_networks(trainer, folder)  # it may have been killed before it could
    checkpoints.save_config(folder.path, trainer.config.networks(), dataclasses.asdict(trainer.config))


def _progress(trainer: Trainer) -> tqdm:
    """A bar with images/s and time left; where nobody watches it, a line now and then."""
    return tqdm(
        total=trainer.images_in_run,
        initial=trainer.images_seen,
        unit="image",
        unit_scale=True,
        mininterval=0.5 if sys.stderr.isatty() else 60,
        disable=not trainer.ranks.is_first,
    )


def _log(entry: dict[str, float], trainer: Trainer, folder: RunFolder, progress: tqdm) -> None:
    """Write an entry of the history."""
    if not all(math.isfinite(value) for value in entry.values()):
        raise _diverged(trainer, folder)
    folder.append_history(entry)
    progress.set_postfix(loss_g=f"{entry['loss_g']:.3f}", loss_d=f"{entry['loss_d']:.3f}")


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


def _resume(trainer: Trainer, path: Path) -> None:
    """Put the trainer where the saved run was. Raises RunError where there is none, or its settings are others."""
    if not path.exists():
        raise RunError(f"--resume: {path.parent} holds no run to go on with; leave --resume out to start one")
    tensors, metadata = checkpoints.load_tensors(path)
    try:
        _refuse_other_settings(TrainingConfig(**json.loads(metadata["config"])), trainer.config)
        trainer.load_state(tensors, metadata)
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        raise CheckpointError(f"{path}: damaged, {error}") from error


def _refuse_other_settings(saved: TrainingConfig, wanted: TrainingConfig) -> None:
    before, now = dataclasses.asdict(saved), dataclasses.asdict(wanted)
    differing = [name for name in now if name not in _PROLONGING and before[name] != now[name]]
    if differing:
        listed = "; ".join(f"{name} was {before[name]}, now {now[name]}" for name in differing)
        raise RunError(f"--resume: the saved run has other settings ({listed}); give them as they were")
