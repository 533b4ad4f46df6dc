import dataclasses
import json
import signal

import pytest
import torch
from safetensors.torch import load_file

from cgan.models import checkpoints
from cgan.training import loop
from cgan.training.config import RECIPES, TrainingConfig
from cgan.training.loop import train
from cgan.training.run_folder import RunError
from cgan.training.trainer import Trainer
from tests.training.conftest import read_history

CPU = torch.device("cpu")
SMALL_CONV = dataclasses.replace(RECIPES["conv"], width=8, width_d=8, batch_size=64, burn_in=1000)


def without_timings(history):
    return [{k: v for k, v in entry.items() if k not in ("seconds", "images_per_second")} for entry in history]


def interrupt_at(step, monkeypatch):
    """Let Ctrl-C arrive in the middle of a step."""
    original = Trainer.step

    def step_and_interrupt(trainer):
        if trainer.step_count + 1 == step:
            signal.raise_signal(signal.SIGINT)
        original(trainer)

    monkeypatch.setattr(Trainer, "step", step_and_interrupt)


@pytest.fixture(scope="module")
def recipes():
    return {
        "mlp": TrainingConfig(),
        "mlp of other widths": TrainingConfig(hidden=(24, 36), hidden_d=(20,), batchnorm=False),
        "conv": SMALL_CONV,
    }


@pytest.fixture(scope="module")
def whole_runs(few, recipes, tmp_path_factory):
    """The folders of runs of 25 steps that nothing interrupts."""
    folders = {}
    for name, recipe in recipes.items():
        folders[name] = tmp_path_factory.mktemp("whole") / "run"
        config = dataclasses.replace(recipe, steps=25, log_every=10, seed=3)
        assert train(config, *few, folders[name], CPU) is None
    return folders


INTERRUPTIONS = [
    *(("mlp", at) for at in (1, 10, 11, 12)),
    *((name, 12) for name in ("mlp of other widths", "conv")),
]


@pytest.mark.parametrize(("name", "at"), INTERRUPTIONS)
def test_an_interrupted_run_ends_as_one_that_was_not(few, tmp_path, monkeypatch, recipes, whole_runs, name, at):
    config = dataclasses.replace(recipes[name], steps=25, log_every=10, seed=3)
    folders = whole_runs[name], tmp_path
    with monkeypatch.context() as patch:
        interrupt_at(at, patch)
        assert train(config, *few, tmp_path, CPU) is not None
    assert train(config, *few, tmp_path, CPU, resume=True) is None

    whole, parted = (load_file(folder / "training.safetensors") for folder in folders)
    assert whole.keys() == parted.keys()
    assert [name for name in whole if not torch.equal(whole[name], parted[name])] == []
    histories = [without_timings(read_history(folder)) for folder in folders]
    assert histories[0] == histories[1]
    for kept in ("epochs", "timeline", "averages"):
        contents = [{p.name: p.read_bytes() for p in (folder / kept).glob("*")} for folder in folders]
        assert contents[0] == contents[1]


def test_a_run_can_be_prolonged(few, tmp_path):
    config = TrainingConfig(steps=20, log_every=10)
    train(config, *few, tmp_path / "run", CPU)
    train(dataclasses.replace(config, steps=30), *few, tmp_path / "run", CPU, resume=True)
    train(dataclasses.replace(config, steps=30), *few, tmp_path / "once", CPU)
    states = [load_file(tmp_path / run / "training.safetensors") for run in ("run", "once")]
    assert torch.equal(states[0]["averaged.layers.0.weight"], states[1]["averaged.layers.0.weight"])


def test_a_run_can_start_with_the_weights_of_another(few, short_run, tmp_path):
    config = TrainingConfig(start_from=f"{short_run}", steps=1, learning_rate=0.0, ema_decay=1.0)
    train(config, *few, tmp_path / "run", CPU)
    for name in ("generator-raw.safetensors", "discriminator.safetensors"):
        before, after = (load_file(folder / name) for folder in (short_run, tmp_path / "run"))
        for key in before:
            if "running" not in key and "num_batches" not in key:  # which a step updates, whatever the learning rate
                assert torch.equal(before[key], after[key]), key


def test_weights_of_other_networks_are_refused(few, short_run, tmp_path):
    config = TrainingConfig(start_from=f"{short_run}", steps=1, latent_dim=7)
    with pytest.raises(RunError, match=r"--start-from .*'latent_dim': 100.*'latent_dim': 7"):
        train(config, *few, tmp_path / "run", CPU)


def test_resume_refuses_other_settings_and_names_them(few, tmp_path):
    config = TrainingConfig(steps=5)
    train(config, *few, tmp_path, CPU)
    other = dataclasses.replace(config, learning_rate=1e-3, seed=4)
    with pytest.raises(RunError, match=r"seed was 0, now 4; learning_rate was 0\.0002, now 0\.001"):
        train(other, *few, tmp_path, CPU, resume=True)


def test_resume_minds_only_what_decides_the_run(few, short_run, tmp_path, capsys):
    """Other entries and saves, and a beginning that is past."""
    config = TrainingConfig(steps=5, start_from=f"{short_run}")
    train(config, *few, tmp_path, CPU)
    other = dataclasses.replace(config, steps=8, log_every=2, save_every=1.5, start_from=None, keep_averages=True)
    assert train(other, *few, tmp_path, CPU, resume=True) is None
    assert [entry["step"] for entry in read_history(tmp_path)] == [5, 6, 8]
    assert json.loads((tmp_path / checkpoints.CONFIG).read_text())["training"]["start_from"] == f"{short_run}"


@pytest.mark.parametrize(("length", "flag"), [({"steps": 10}, "--steps 10"), ({"epochs": 1}, "--epochs 1")])
def test_a_length_behind_the_run_is_refused_and_touches_nothing(few, tmp_path, length, flag):
    config = TrainingConfig(epochs=3, log_every=10)
    train(config, *few, tmp_path, CPU)
    before = {path.name: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    with pytest.raises(RunError, match=f"{flag}: the run is at step .* already"):
        train(dataclasses.replace(config, **length), *few, tmp_path, CPU, resume=True)
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()} == before


def test_a_run_of_a_gpu_goes_on_on_a_cpu(few, tmp_path, capsys):
    """The state of a CUDA generator has 16 bytes: seed and offset."""
    config = TrainingConfig(steps=5, log_every=5)
    train(config, *few, tmp_path, CPU)
    path = tmp_path / checkpoints.TRAINING_STATE
    tensors, metadata = checkpoints.load_tensors(path)
    tensors["stream.dropout"] = torch.zeros(16, dtype=torch.uint8)
    checkpoints.save_tensors(path, tensors, metadata)
    assert train(dataclasses.replace(config, steps=10), *few, tmp_path, CPU, resume=True) is None
    assert capsys.readouterr().out.count("dropout and augmentation draw other random numbers") == 1
    assert [entry["step"] for entry in read_history(tmp_path)] == [5, 10]


def test_a_run_is_saved_between_epochs(few, tmp_path, monkeypatch):
    """What a power cut leaves when saves are due at once: the state of the last step."""
    saved = []
    monkeypatch.setattr(loop, "_save", lambda trainer, folder: saved.append(trainer.step_count))
    train(TrainingConfig(steps=4, save_every=0.0), *few, tmp_path / "often", CPU)
    assert saved == [1, 2, 3, 4]
    saved.clear()
    train(TrainingConfig(steps=4), *few, tmp_path / "seldom", CPU)
    assert saved == [4]


def test_resume_refuses_a_damaged_state_with_one_line(few, tmp_path):
    config = TrainingConfig(steps=5)
    train(config, *few, tmp_path, CPU)
    path = tmp_path / checkpoints.TRAINING_STATE
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(checkpoints.CheckpointError, match=r"training\.safetensors"):
        train(config, *few, tmp_path, CPU, resume=True)


def test_a_history_that_a_power_cut_left_half_written_is_mended(few, tmp_path):
    config = TrainingConfig(steps=20, log_every=10)
    train(config, *few, tmp_path, CPU)
    with open(tmp_path / "history.jsonl", "ab") as file:
        file.write(b"\0\0\0\0")
    (tmp_path / "timeline" / "mine.png").touch()
    train(dataclasses.replace(config, steps=30), *few, tmp_path, CPU, resume=True)
    assert [entry["step"] for entry in read_history(tmp_path)] == [10, 20, 30]
