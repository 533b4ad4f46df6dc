import json
import shutil

import numpy as np
import onnxruntime
import pytest

from cgan.models import checkpoints
from cgan.models.checkpoints import CHECKPOINTS, EMA_GENERATOR
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler
from cgan.web.export import CARD, MODEL, export, load_card

SHIPPED = [name for name in checkpoints.available() if not name.startswith("my-")]


def drawn(folder, z, class_weights):
    session = onnxruntime.InferenceSession(folder / MODEL)
    return session.run(None, {"z": z, "class_weights": class_weights})[0]


@pytest.fixture(scope="module")
def exported(short_run, tmp_path_factory):
    """A copy of a short run, exported anew."""
    folder = tmp_path_factory.mktemp("runs") / "exported"
    shutil.copytree(short_run, folder)
    for name in (MODEL, CARD):
        (folder / name).unlink()
    export(folder)
    return folder


def test_training_ends_with_an_export(short_run):
    assert load_card(short_run).steps == "600"


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_is_exported_from_the_weights_that_ship(name):
    card = load_card(CHECKPOINTS / name)
    assert card.largest_difference <= 1
    assert card.latent_dim == Sampler(CHECKPOINTS / name).latent_dim


def test_any_number_of_pictures_and_mixed_classes_are_the_servers_to_a_grey_level(exported):
    z = latents.latents(np.arange(5000, 5007), 100)
    weights = np.random.default_rng(0).dirichlet(np.ones(10), 7).astype(np.float32)
    for count in (1, 7):
        pictures = drawn(exported, z[:count], weights[:count])
        assert pictures.shape == (count, 28, 28) and pictures.dtype == np.uint8
        assert np.abs(pictures.astype(int) - Sampler(exported).draw(z[:count], weights[:count])).max() <= 1


def test_weights_take_half_the_room(exported):
    assert json.loads((exported / CARD).read_text())["bits"] == 16
    assert (exported / MODEL).stat().st_size < 0.6 * (exported / EMA_GENERATOR).stat().st_size


def test_an_export_of_other_weights_counts_for_nothing(exported, short_run, tmp_path):
    folder = tmp_path / "trained-on"
    shutil.copytree(exported, folder)
    assert load_card(folder)
    shutil.copy(short_run / "generator-raw.safetensors", folder / EMA_GENERATOR)
    assert load_card(folder) is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"latent_dim": 1}', None])
def test_a_damaged_card_counts_for_nothing(exported, tmp_path, content):
    folder = tmp_path / "damaged"
    shutil.copytree(exported, folder)
    (folder / CARD).unlink() if content is None else (folder / CARD).write_text(content)
    assert load_card(folder) is None


def test_without_the_exporter_training_ends_well_and_says_what_is_missing(run_command, tmp_path, monkeypatch):
    (tmp_path / "onnxscript.py").write_text("raise ImportError('no onnxscript')")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}")
    out = tmp_path / "run"
    finished = run_command("train.py", "--steps", 2, "--out", out)
    assert finished.returncode == 0, finished.stderr
    assert "pip install onnx onnxscript onnxruntime" in finished.stdout and "Trained." in finished.stdout
    assert load_card(out) is None and checkpoints.load_generator(out)


def test_wrong_checkpoint_is_one_line(expect_refusal):
    expect_refusal("-m", "cgan.web.export", "--checkpoint", "nowhere", words=["--checkpoint", "nowhere"])
