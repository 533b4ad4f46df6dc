"""What the page saves goes on in Python."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save

from cgan.data import NUM_CLASSES, examples
from cgan.models import checkpoints
from cgan.sampling.sampler import Sampler
from cgan.training import command
from cgan.training.config import TrainingConfig
from cgan.training.loop import train
from tests.engine.conftest import complete

CPU = torch.device("cpu")

SAVED = {
    "first clothes": {"latent_dim": 16, "label_dim": 10, "hidden": [256, 512], "hidden_d": [256, 256]},
    "without batch normalization": {"hidden": [24, 36, 16], "hidden_d": [20], "batchnorm": False, "dropout": 0.2},
    "with penalties": {"hidden_d": [20], "penalty": 0.5, "penalty_every": 2, "first_penalty": 2.0, "burn_in": 5000},
    "the report's": {},
}


@pytest.fixture(scope="module")
def saved(node, tmp_path_factory):
    """Checkpoints that the page's trainer saved after two steps, by name."""
    images = examples.load()
    labels = examples.labels
    tensors = {
        "images": torch.from_numpy(images.reshape(len(images), -1)).float(),
        "labels": torch.from_numpy(labels).float(),
    }
    folders = {}
    for name, settings in SAVED.items():
        folders[name] = tmp_path_factory.mktemp("saved")
        node("save.mjs", complete(settings | {"batch_size": 50}), 2, folders[name], given=save(tensors))
    return folders


@pytest.mark.parametrize("name", SAVED)
def test_python_and_the_page_draw_what_the_page_saved(node, saved, name):
    folder = saved[name]
    sampler = Sampler(folder)
    z = np.random.default_rng(1).standard_normal((20, sampler.latent_dim), dtype=np.float32)
    weights = np.eye(NUM_CLASSES, dtype=np.float32)[np.arange(20) % NUM_CLASSES]
    drawn = node(
        "draw.mjs",
        folder / "config.json",
        folder / "model.safetensors",
        *z.shape,
        given=z.tobytes() + weights.tobytes(),
    )
    difference = np.frombuffer(drawn, np.uint8).reshape(-1, 28, 28).astype(int) - sampler.draw(z, weights)
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize("name", SAVED)
def test_a_run_goes_on_from_what_the_page_saved(saved, tmp_path, monkeypatch, fashion_mnist, name):
    """`train.py --start-from NAME` needs no other flag."""
    monkeypatch.setattr(
        "sys.argv", ["train.py", "--start-from", f"{saved[name]}", "--steps", "1", "--learning-rate", "0"]
    )
    config = command._config(command._arguments())
    images, labels = fashion_mnist
    assert train(config, images[:64], labels[:64], tmp_path / "run", CPU) is None
    for file in (checkpoints.RAW_GENERATOR, checkpoints.DISCRIMINATOR):
        before, after = load_file(saved[name] / file), load_file(tmp_path / "run" / file)
        trained = [key for key in before if "running" not in key and "num_batches" not in key]
        assert all(torch.equal(before[key], after[key]) for key in trained)
    written = json.loads((saved[name] / "config.json").read_text())
    assert TrainingConfig(**written["training"]) == TrainingConfig(**SAVED[name], batch_size=50)
    assert TrainingConfig(**written["training"]).networks() == config.networks()
    assert not SAVED[name] or config.networks() != TrainingConfig().networks()
