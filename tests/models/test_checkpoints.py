import json
import pickle
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from cgan.common import files
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.training.config import TrainingConfig


@pytest.fixture
def checkpoint(short_run, tmp_path):
    """A copy of a trained checkpoint, to be damaged."""
    return shutil.copytree(short_run, tmp_path / "checkpoint")


def refusal(folder):
    with pytest.raises(CheckpointError) as caught:
        checkpoints.load_generator(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_checkpoint_is_what_was_trained(checkpoint):
    generator, metadata = checkpoints.load_generator(checkpoint)
    state = load_file(checkpoint / checkpoints.TRAINING_STATE)
    assert metadata == {"step": "600", "images": "38400"}
    assert not generator.training
    for name, tensor in generator.state_dict().items():
        assert torch.equal(tensor, state[f"averaged.{name}"])


def test_others_may_read_a_checkpoint_as_they_may_any_new_file(checkpoint):
    (checkpoint / "new").touch()
    modes = {path.name: path.stat().st_mode for path in checkpoint.glob("*.safetensors")}
    assert set(modes.values()) == {(checkpoint / "new").stat().st_mode} and checkpoints.EMA_GENERATOR in modes


def test_raw_generator_and_discriminator_load_as_well(checkpoint):
    raw, _ = checkpoints.load_generator(checkpoint, checkpoints.RAW_GENERATOR)
    discriminator = checkpoints.load_config(checkpoint).build_discriminator()
    checkpoints.load_weights(discriminator, checkpoint / checkpoints.DISCRIMINATOR)
    state = load_file(checkpoint / checkpoints.TRAINING_STATE)
    assert torch.equal(raw.layers[0].weight, state["generator.layers.0.weight"])
    assert torch.equal(discriminator.layers[0].weight, state["discriminator.layers.0.weight"])


@pytest.mark.parametrize("name", [checkpoints.CONFIG, checkpoints.EMA_GENERATOR])
def test_missing_file(checkpoint, name):
    (checkpoint / name).unlink()
    assert name in refusal(checkpoint)


@pytest.mark.parametrize("name", [checkpoints.CONFIG, checkpoints.EMA_GENERATOR])
def test_a_pointer_of_git_lfs_is_called_one(checkpoint, name):
    (checkpoint / name).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 800\n")
    assert name in refusal(checkpoint) and "git lfs pull" in refusal(checkpoint)


def test_where_the_project_lies_is_not_told():
    path = checkpoints.CHECKPOINTS / "no" / checkpoints.CONFIG
    assert str(CheckpointError(f"{path}: missing")) == "checkpoints/no/config.json: missing"


@pytest.mark.parametrize("size", [0, 7, 100, 5000, 1_000_000])
def test_truncated_weights(checkpoint, size):
    path = checkpoint / checkpoints.EMA_GENERATOR
    path.write_bytes(path.read_bytes()[:size])
    assert path.name in refusal(checkpoint)


def test_header_longer_than_the_file(checkpoint):
    path = checkpoint / checkpoints.EMA_GENERATOR
    path.write_bytes((2**63 - 1).to_bytes(8, "little") + path.read_bytes()[8:])
    assert path.name in refusal(checkpoint)


class Bomb:
    """Pickled, it would leave a file behind when it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return open, (str(self.trace), "w")


def test_a_renamed_pickle_is_refused_and_never_run(checkpoint, tmp_path):
    trace = tmp_path / "executed"
    for name in (checkpoints.EMA_GENERATOR, checkpoints.CONFIG):
        (checkpoint / name).write_bytes(pickle.dumps(Bomb(trace)))
        assert name in refusal(checkpoint)
    torch.save({"weights": Bomb(trace)}, checkpoint / checkpoints.EMA_GENERATOR)
    refusal(checkpoint)
    assert not trace.exists()


def test_weights_of_another_shape(checkpoint):
    change_config(checkpoint, lambda config: config["generator"].update(latent_dim=64))
    message = refusal(checkpoint)
    assert "layers.0.weight" in message and "(128, 150)" in message and "(128, 114)" in message


def test_weights_of_other_widths(checkpoint):
    change_config(checkpoint, lambda config: config["generator"].update(hidden=[4096] * 8))
    assert "layers.12.running_mean" in refusal(checkpoint)
    change_config(checkpoint, lambda config: config["generator"].update(hidden=[128, 256, 512, 2048]))
    message = refusal(checkpoint)
    assert "(1024, 512)" in message and "(2048, 512)" in message


def test_a_pair_without_batch_normalization_of_other_widths_comes_back(tmp_path):
    config = TrainingConfig(latent_dim=6, label_dim=3, hidden=(24, 36), hidden_d=(20,), batchnorm=False)
    networks = config.networks()
    pair = networks.build_generator(), networks.build_discriminator()
    checkpoints.save_config(tmp_path, networks, {})
    for file, network in zip((checkpoints.EMA_GENERATOR, checkpoints.DISCRIMINATOR), pair, strict=True):
        checkpoints.save_tensors(tmp_path / file, network.state_dict(), {})
    loaded = checkpoints.load_generator(tmp_path)[0], checkpoints.load_discriminator(tmp_path)
    for network, again in zip(pair, loaded, strict=True):
        for name, tensor in network.state_dict().items():
            assert torch.equal(again.state_dict()[name], tensor), name
    assert checkpoints.load_config(tmp_path) == networks


def test_tensors_that_are_missing_or_unknown(checkpoint):
    path = checkpoint / checkpoints.EMA_GENERATOR
    tensors = load_file(path)
    tensors["surprise"] = tensors.pop("embedding.weight")
    save_file(tensors, path)
    message = refusal(checkpoint)
    assert "embedding.weight" in message and "surprise" in message


def test_tensors_of_another_type(checkpoint):
    path = checkpoint / checkpoints.EMA_GENERATOR
    save_file({name: tensor.double() for name, tensor in load_file(path).items()}, path)
    assert "F64" in refusal(checkpoint)


def test_weights_that_are_not_finite(checkpoint):
    path = checkpoint / checkpoints.EMA_GENERATOR
    tensors = load_file(path)
    tensors["layers.0.bias"][3] = float("nan")
    save_file(tensors, path)
    assert "layers.0.bias" in refusal(checkpoint)


def change_config(folder, change):
    path = folder / checkpoints.CONFIG
    config = json.loads(path.read_text())
    change(config)
    path.write_text(json.dumps(config))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda config: config.update(format=2), "format"),
        (lambda config: config.update(arch="transformer"), "transformer"),
        (lambda config: config.update(arch=["mlp"]), "mlp"),
        (lambda config: config.update(generator=None), "generator"),
        (lambda config: config["generator"].update(latent_dim=10**12), "latent_dim"),
        (lambda config: config["generator"].update(latent_dim=-1), "latent_dim"),
        (lambda config: config["generator"].update(batchnorm="rm -rf"), "False, True"),
        (lambda config: config["generator"].update(normalization="none"), "no such setting"),
        (lambda config: config["generator"].update(width=[64]), "width"),
        (lambda config: config["generator"].update(latent_dim=True), "latent_dim"),
        (lambda config: config["generator"].update(latent_dim=2.5), "latent_dim"),
        (lambda config: config["generator"].update(dropout=0.1), "dropout"),
        (lambda config: config["discriminator"].update(dropout=float("nan")), "dropout"),
        (lambda config: config["discriminator"].update({"__class__": "x"}), "__class__"),
        (lambda config: config["generator"].update(hidden=[]), "generator.hidden: [] given; allowed: 1 to 8 multiples"),
        (lambda config: config["generator"].update(hidden=[64] * 100_000), "1 to 8 multiples of 4, from 4 to 4096"),
        (lambda config: config["generator"].update(hidden=[10**12]), "hidden"),
        (lambda config: config["generator"].update(hidden=[[64]]), "hidden"),
        (lambda config: config["generator"].update(hidden=[64, True]), "hidden"),
        (lambda config: config["generator"].update(hidden="64"), "hidden: '64' given"),
        (lambda config: config["generator"].update(hidden={"64": 64}), "hidden"),
        (lambda config: config["discriminator"].update(hidden=[30]), "discriminator.hidden: [30] given"),
        (lambda config: config["generator"].update(batchnorm=2), "False, True"),
        (lambda config: config["discriminator"].update(batchnorm=False), "batchnorm"),
    ],
)
def test_config_that_no_network_takes(checkpoint, change, named):
    change_config(checkpoint, change)
    assert named in refusal(checkpoint)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b" " * (2**20 + 1)])
def test_config_that_is_no_configuration(checkpoint, content):
    (checkpoint / checkpoints.CONFIG).write_bytes(content)
    assert checkpoints.CONFIG in refusal(checkpoint)


def test_available_lists_whole_checkpoints_and_own_runs_last(short_run, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "CHECKPOINTS", tmp_path)
    monkeypatch.setattr(checkpoints, "SHIPPED_CHECKPOINTS", tmp_path)
    for name in ("my-first", "report", "zebra"):
        shutil.copytree(short_run, tmp_path / name)
    (tmp_path / "unfinished").mkdir()
    (tmp_path / "unfinished" / checkpoints.CONFIG).write_text("{}")
    assert checkpoints.available() == ["report", "zebra", "my-first"]


def test_resolve_takes_a_name_or_a_folder(short_run, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "CHECKPOINTS", short_run.parent)
    assert checkpoints.resolve(short_run.name) == short_run
    assert checkpoints.resolve(str(short_run)) == short_run
    with pytest.raises(CheckpointError, match="nowhere"):
        checkpoints.resolve("nowhere")


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "file.txt"
    files.write_text(path, "old")
    with pytest.raises(RuntimeError), files.replaced(path) as beside:
        beside.write_text("half of the n")
        raise RuntimeError("disk full")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
