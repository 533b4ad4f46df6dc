import dataclasses
import json

import numpy as np
import pytest
import torch
from PIL import Image

from cgan.data import IMAGE_SIZE, NUM_CLASSES
from cgan.models import checkpoints
from cgan.training import loop
from cgan.training.config import TrainingConfig
from cgan.training.loop import train
from cgan.training.run_folder import RunError, snapshot_steps
from cgan.training.trainer import Trainer
from tests.conftest import ROOT
from tests.training.conftest import read_history

CPU = torch.device("cpu")


def test_a_short_run_learns(short_run):
    history = read_history(short_run)
    assert [entry["step"] for entry in history] == [100, 200, 300, 400, 500, 600]
    assert [entry["images"] for entry in history] == [6400 * n for n in range(1, 7)]
    for entry in history:
        assert all(np.isfinite(value) for value in entry.values())
        # Scores of real images near 1, of generated ones near 0, and neither side has given up.
        assert entry["score_real"] > entry["score_fake"]
        assert 0.02 < entry["loss_d"] < 0.5 and 0.1 < entry["loss_g"] < 1.5


def test_a_short_run_draws_its_classes(short_run, fashion_mnist):
    """After 600 steps each class's pictures are nearer to their own class's mean image than to most others'."""
    images, labels = fashion_mnist
    means = np.stack([images[labels == index].mean(axis=0) for index in range(NUM_CLASSES)]).reshape(NUM_CLASSES, -1)
    sheet = np.array(Image.open(short_run / "samples.png"))
    assert sheet.shape == (NUM_CLASSES * IMAGE_SIZE, 10 * IMAGE_SIZE)
    cells = sheet.reshape(NUM_CLASSES, IMAGE_SIZE, 10, IMAGE_SIZE).swapaxes(1, 2).reshape(NUM_CLASSES, 10, -1)
    drawn = cells.mean(axis=1)
    correlations = np.corrcoef(drawn, means)[:NUM_CLASSES, NUM_CLASSES:]
    nearer = (correlations > np.diag(correlations)[:, None]).sum(axis=1)
    assert np.mean(nearer <= 2) >= 0.7, nearer


def test_a_run_leaves_the_files_that_the_readme_names(short_run):
    names = {path.name for path in short_run.iterdir()} - {".lock"}
    assert names == {
        "config.json",
        "model.safetensors",
        "generator-raw.safetensors",
        "discriminator.safetensors",
        "training.safetensors",
        "history.jsonl",
        "samples.png",
        "epochs",
        "timeline",
    }
    assert [path.name for path in (short_run / "epochs").iterdir()] == ["0001.png"]
    steps = sorted(int(path.stem) for path in (short_run / "timeline").iterdir())
    assert steps == sorted(snapshot_steps(600))
    assert steps[:5] == [0, 1, 2, 3, 4] and steps[-1] == 600


def test_the_reports_run_has_about_60_snapshots():
    assert 55 <= len(snapshot_steps(187_600)) <= 70


def test_more_steps_of_the_discriminator_see_more_images_and_move_it_alone(few, tmp_path):
    config = TrainingConfig(d_steps=3, steps=8, log_every=4)
    trainer = Trainer(config, *few, CPU)
    trainer.step()
    updates = [optimizer.state["step"][0] for optimizer in (trainer.optimizer_g, trainer.optimizer_d)]
    assert updates == [1, 3]

    # 8 steps are 24 batches: two epochs of 11 and two batches.
    train(config, *few, tmp_path, CPU)
    assert [entry["images"] for entry in read_history(tmp_path)] == [656 + 64, 2 * 656 + 128]
    assert sorted(path.name for path in (tmp_path / "epochs").iterdir()) == ["0001.png", "0002.png"]


@pytest.mark.parametrize(("spacing", "saves"), [(0, 3), (1e9, 2)], ids=["cheap to save", "dear to save"])
def test_short_epochs_are_not_all_saved(few, tmp_path, monkeypatch, spacing, saves):
    """The first one and the last step always are."""
    monkeypatch.setattr(loop, "_SAVE_SPACING", spacing)
    steps, original = [], loop._save
    monkeypatch.setattr(
        loop, "_save", lambda trainer, folder: steps.append(trainer.step_count) or original(trainer, folder)
    )
    train(TrainingConfig(epochs=3), *few, tmp_path, CPU)
    assert len(steps) == saves and {steps[0], steps[-1]} == {11, 33}


@pytest.mark.parametrize("loss", ["non-saturating", "hinge"])
def test_other_losses_train_too(few, tmp_path, loss):
    train(TrainingConfig(loss=loss, steps=60, log_every=30), *few, tmp_path, CPU)
    last = read_history(tmp_path)[-1]
    assert last["score_real"] > last["score_fake"]


@pytest.mark.parametrize("log_every", [5, 500], ids=["noticed by its losses", "noticed when it is to be saved"])
def test_a_run_that_diverges_keeps_its_last_good_checkpoint(few, tmp_path, monkeypatch, log_every):
    config = TrainingConfig(steps=44, log_every=log_every)
    train(dataclasses.replace(config, steps=11), *few, tmp_path, CPU)
    before = (tmp_path / checkpoints.TRAINING_STATE).read_bytes()

    original = Trainer.step

    def poisoned_step(trainer):
        original(trainer)
        if trainer.step_count == 13:
            with torch.no_grad():
                trainer.generator.layers[0].weight[0, 0] = float("nan")

    monkeypatch.setattr(Trainer, "step", poisoned_step)
    with pytest.raises(RunError, match="not finite"):
        train(config, *few, tmp_path, CPU, resume=True)
    assert (tmp_path / checkpoints.TRAINING_STATE).read_bytes() == before


def test_bf16_trains_too(few, tmp_path):
    assert train(TrainingConfig(steps=3, precision="bf16"), *few, tmp_path, CPU) is None
    assert np.isfinite(read_history(tmp_path)[0]["loss_g"])


def test_shipped_checkpoint_is_of_the_whole_run():
    folder = ROOT / "checkpoints" / "report-mlp"
    _, metadata = checkpoints.load_generator(folder)
    assert metadata == {"step": "187600", "images": "12000000"}
    config = json.loads((folder / "config.json").read_text())
    assert TrainingConfig(**config["training"]) == TrainingConfig()
    assert read_history(folder)[-1]["step"] == 187_600
