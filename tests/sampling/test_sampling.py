import hashlib
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file

from cgan.models import checkpoints
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler, SamplerCache


@pytest.fixture(scope="module")
def sampler(short_run):
    return Sampler(short_run)


def test_a_picture_is_the_same_alone_and_in_any_company(sampler):
    seeds, classes = np.arange(600), np.arange(600) % 10
    together = sampler.sample(classes, seeds)
    assert together.shape == (600, 28, 28) and together.dtype == np.uint8
    backwards = sampler.sample(classes[::-1], seeds[::-1])[::-1]
    np.testing.assert_array_equal(together, backwards)
    for index in (0, 1, 255, 256, 257, 599):
        alone = sampler.sample(classes[index : index + 1], seeds[index : index + 1])
        np.testing.assert_array_equal(alone[0], together[index])


def test_pictures_are_the_generators_output_to_one_grey_level(short_run, sampler):
    """float64, in which pictures are drawn, against the network's own float32 and the plain formula of a grey level."""
    generator, _ = checkpoints.load_generator(short_run)
    seeds, classes = np.arange(100), np.arange(100) % 10
    with torch.inference_mode():
        images = generator(torch.from_numpy(latents.latents(seeds, 100)), torch.from_numpy(classes)).squeeze(1).numpy()
    expected = np.rint((images + 1) / 2 * 255)
    assert np.abs(expected - sampler.sample(classes, seeds)).max() <= 1


def generator_by_its_formulas(weights, z, label):
    """The report's generator in NumPy, float64: one z and one label to grey levels (28, 28)."""

    def linear(index, x):
        return weights[f"layers.{index}.weight"] @ x + weights[f"layers.{index}.bias"]

    def batchnorm(index, x):
        mean, variance = weights[f"layers.{index}.running_mean"], weights[f"layers.{index}.running_var"]
        normalized = (x - mean) / np.sqrt(variance + 0.8)
        return normalized * weights[f"layers.{index}.weight"] + weights[f"layers.{index}.bias"]

    def leaky_relu(x):
        return np.where(x > 0, x, 0.2 * x)

    x = leaky_relu(linear(0, np.concatenate([weights["embedding.weight"][label], z])))
    for index in (2, 5, 8):
        x = leaky_relu(batchnorm(index + 1, linear(index, x)))
    return np.rint((np.tanh(linear(11, x)) + 1) * 127.5).reshape(28, 28)


def test_the_shipped_pictures_are_the_same_for_ever():
    folder = checkpoints.CHECKPOINTS / "report-mlp"
    weights = {name: tensor.astype(np.float64) for name, tensor in load_file(folder / "model.safetensors").items()}
    seeds, labels = np.arange(100), np.arange(100) % 10
    z = latents.latents(seeds, 100).astype(np.float64)
    pictures = np.stack([generator_by_its_formulas(weights, *request) for request in zip(z, labels, strict=True)])
    np.testing.assert_array_equal(Sampler(folder).sample(labels, seeds), pictures)
    assert (
        hashlib.sha256(pictures.astype(np.uint8).tobytes()).hexdigest()
        == "37b55e753b109d614a3242bea7c0bdefe7be9b00ac6b614474cf18b51add573c"
    )


def test_the_convolutional_checkpoints_pictures_are_the_same_for_ever():
    """They are what the network draws in float32, to one grey level, and the same bytes on every machine."""
    folder = checkpoints.CHECKPOINTS / "r3gan-conv"
    seeds, labels = np.arange(100), np.arange(100) % 10
    pictures = Sampler(folder).sample(labels, seeds)
    in_float32 = Sampler(folder, torch.float32).sample(labels, seeds)
    assert np.abs(pictures.astype(int) - in_float32).max() <= 1
    assert (
        hashlib.sha256(pictures.tobytes()).hexdigest()
        == "a0c27699f582e5434bf7fcc0163ca39e93c33382a8dac5b24b8346d71c92af0f"
    )


def test_classes_and_seeds_change_the_picture(sampler):
    pictures = sampler.sample(np.array([3, 3, 7]), np.array([1, 2, 1]))
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


def test_truncation_zero_is_the_same_picture_for_every_seed(sampler):
    pictures = sampler.sample(np.full(5, 3), np.arange(5), truncation=0)
    assert (pictures == pictures[0]).all()


@pytest.mark.parametrize("path", ["slerp", "lerp"])
def test_a_walk_begins_and_ends_at_its_pictures(sampler, path):
    walk = sampler.walk((3, 7), (10, 20), 9, path)
    ends = sampler.sample(np.array([3, 7]), np.array([10, 20]))
    np.testing.assert_array_equal(walk[[0, -1]], ends)
    assert len({frame.tobytes() for frame in walk}) == 9


def test_the_middle_of_a_straight_walk_is_the_mean_of_both_inputs(sampler):
    z = latents.latents(np.array([10, 20]), 100).mean(axis=0, keepdims=True)
    weights = np.zeros((1, 10))
    weights[0, [3, 7]] = 0.5
    np.testing.assert_array_equal(sampler.walk((3, 7), (10, 20), 3, "lerp")[1], sampler.draw(z, weights)[0])


def test_the_cache_follows_a_checkpoint_that_changes(short_run, tmp_path):
    folder = shutil.copytree(short_run, tmp_path / "run")
    cache = SamplerCache()
    first = cache.get(folder)
    assert cache.get(folder) is first

    shutil.copy(folder / checkpoints.RAW_GENERATOR, tmp_path / "beside")
    (tmp_path / "beside").replace(folder / checkpoints.EMA_GENERATOR)
    second = cache.get(folder)
    picture = [sampler.sample(np.array([3]), np.array([7])) for sampler in (first, second)]
    assert not np.array_equal(*picture)

    (folder / checkpoints.EMA_GENERATOR).unlink()
    with pytest.raises(checkpoints.CheckpointError, match=checkpoints.EMA_GENERATOR):
        cache.get(folder)


def sample(run_command, checkpoint, *arguments):
    finished = run_command("-m", "cgan.sampling", "--checkpoint", checkpoint, *arguments)
    assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize("name", ["dress", "连衣裙", "3", "Dress"])
def test_command_line_takes_a_class_by_any_name(run_command, sampler, short_run, tmp_path, name):
    out = tmp_path / "grid.png"
    sample(run_command, short_run, "--class", name, "--seed", 7, "--count", 5, "--truncation", 0.8, "--out", out)
    grid = np.array(Image.open(out))
    assert grid.shape == (56, 84)
    cells = grid.reshape(2, 28, 3, 28).swapaxes(1, 2).reshape(6, 28, 28)
    np.testing.assert_array_equal(cells[:5], sampler.sample(np.full(5, 3), np.arange(7, 12), truncation=0.8))
    assert not cells[5].any()


def test_command_line_writes_balanced_arrays(run_command, sampler, short_run, tmp_path):
    sample(run_command, short_run, "--balanced", "--count", 1000, "--out", tmp_path / "images.npz")
    arrays = np.load(tmp_path / "images.npz")
    assert arrays["images"].shape == (1000, 28, 28) and arrays["images"].dtype == np.uint8
    assert np.bincount(arrays["labels"]).tolist() == [100] * 10
    np.testing.assert_array_equal(arrays["images"], sampler.sample(arrays["labels"], np.arange(1000)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--class", "hat"], ["--class", "hat", "Dress", "连衣裙"]),
        (["--class", "10"], ["--class", "10"]),
        (["--class", "3", "--count", "0"], ["--count", "0 given", "from 1"]),
        (["--class", "3", "--seed", "-1"], ["--seed", "-1", "4294967295"]),
        (["--class", "3", "--seed", "4294967295", "--count", "2"], ["--seed", "4294967296"]),
        (["--class", "3", "--truncation", "1.5"], ["--truncation", "1.5", "from 0 to 1"]),
        (["--class", "3", "--truncation", "nan"], ["--truncation", "nan"]),
        (["--class", "3", "--checkpoint", "nowhere"], ["--checkpoint", "nowhere"]),
        (["--class", "3", "--out", "grid.jpg"], ["--out", ".png", ".npz"]),
        (["--class", "3", "--out", "no-such-folder/grid.png"], ["--out", "no-such-folder"]),
        ([], ["--class", "--balanced"]),
    ],
)
def test_command_line_refuses_with_one_line(expect_refusal, short_run, tmp_path, arguments, words):
    defaults = ["--checkpoint", short_run, "--out", tmp_path / "grid.png"]
    expect_refusal("-m", "cgan.sampling", *defaults, *arguments, words=words)
    assert list(tmp_path.iterdir()) == []
