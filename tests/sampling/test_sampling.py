import hashlib
import shutil
from functools import partial

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file

from cgan.data import NUM_CLASSES
from cgan.models import checkpoints
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler, main, newest_sampler
from tests.pictures import assert_same_pictures

FOLDER = checkpoints.CHECKPOINTS / "report-mlp"


@pytest.fixture(scope="module")
def sampler():
    return Sampler(FOLDER)


def test_a_picture_is_the_same_alone_and_in_any_batch(sampler):
    seeds, classes = np.arange(600), np.arange(600) % NUM_CLASSES
    together = sampler.sample(classes, seeds)
    assert_same_pictures(sampler.sample(classes[::-1], seeds[::-1])[::-1], together)
    for size in (1, 2, 3, 7, 16, 64, 100):
        assert_same_pictures(sampler.sample(classes[:size], seeds[:size]), together[:size])
    for index in (255, 256, 257, 599):
        assert_same_pictures(sampler.sample(classes[index, None], seeds[index, None]), together[index, None])


@pytest.fixture
def set_threads():
    """torch.set_num_threads, until the test ends."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


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


def report_mlp_by_its_formulas(seeds, labels):
    weights = load_file(checkpoints.CHECKPOINTS / "report-mlp" / "model.safetensors")
    weights = {name: tensor.astype(np.float64) for name, tensor in weights.items()}
    z = latents.latents(seeds, 100).astype(np.float64)
    requests = zip(z, labels, strict=True)
    return np.stack([generator_by_its_formulas(weights, *request) for request in requests]).astype(np.uint8)


def in_float64(name, seeds, labels):
    generator, _ = checkpoints.load_generator(checkpoints.CHECKPOINTS / name)
    z = torch.from_numpy(latents.latents(seeds, generator.latent_dim)).double()
    with torch.inference_mode():
        images = generator.double()(z, torch.from_numpy(labels)).squeeze(1)
    return np.rint((images.numpy() + 1) * 127.5).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("name", "reference", "digest"),
    [
        (
            "report-mlp",
            report_mlp_by_its_formulas,
            "37b55e753b109d614a3242bea7c0bdefe7be9b00ac6b614474cf18b51add573c",
        ),
        (
            "r3gan-conv",
            partial(in_float64, "r3gan-conv"),
            "24f5735995d04aca45d10d914469801a1dcbd82a608ba55f47733a0e2471f1ea",
        ),
    ],
)
def test_the_shipped_pictures_are_the_same_for_ever(name, reference, digest, set_threads):
    """In float64, where rounding moves no pixel, they are these bytes; drawn, they are these to one grey level."""
    seeds, labels = np.arange(100), np.arange(100) % NUM_CLASSES
    expected = reference(seeds, labels)
    assert hashlib.sha256(expected.tobytes()).hexdigest() == digest
    sampler = Sampler(checkpoints.CHECKPOINTS / name)
    for threads in (1, 2):
        set_threads(threads)
        for size in (1, 9, 100):
            batches = [slice(start, start + size) for start in range(0, 100, size)]
            drawn = np.concatenate([sampler.sample(labels[batch], seeds[batch]) for batch in batches])
            assert_same_pictures(drawn, expected)


def test_names_folders_and_texts_lead_to_the_same_checkpoint(sampler, monkeypatch):
    monkeypatch.chdir(FOLDER.parents[1])
    monkeypatch.setenv("HOME", f"{FOLDER.parent}")
    expected = sampler.sample([3], [7])
    for checkpoint in ("report-mlp", "checkpoints/report-mlp", f"{FOLDER}", "~/report-mlp", FOLDER):
        assert_same_pictures(Sampler(checkpoint).sample(["Dress"], [7]), expected)


REFUSED = [
    (([-1], [0]), "-1 is no class; allowed: 0 T-shirt/top T恤, "),
    (([NUM_CLASSES], [0]), "10 is no class; allowed: "),
    ((["hat"], [0]), "'hat' is no class; allowed: "),
    (([3.5], [0]), "3.5 is no class; allowed: "),
    (([3], [2**32]), "seed 4294967296 given; allowed: whole numbers from 0 to 4294967295"),
    (([3], [-1]), "seed -1 given; allowed: "),
    (([3], [0.5]), "seed 0.5 given; allowed: "),
    (([3], [7], float("nan")), "truncation nan given; allowed: 0 to 1"),
    (([3], [7], 1.5), "truncation 1.5 given; allowed: 0 to 1"),
    (([3, 4], [7]), "2 classes and 1 seeds given; allowed: as many of each"),
]


@pytest.mark.parametrize(("request_value", "line"), REFUSED, ids=lambda value: f"{value}"[:40])
def test_what_is_out_of_range_is_refused_in_one_line(sampler, request_value, line):
    with pytest.raises(ValueError) as refusal:
        sampler.sample(*request_value)
    assert f"{refusal.value}".startswith(line) and "\n" not in f"{refusal.value}"


def test_a_walk_has_classes_and_seeds_that_there_are(sampler):
    for classes, seeds in (((3, 10), (1, 2)), ((3, 7), (1, 2**32))):
        with pytest.raises(ValueError, match=r"given; allowed: |is no class; allowed: "):
            sampler.walk(classes, seeds, 4)


def test_classes_and_seeds_change_the_picture(sampler):
    pictures = sampler.sample(np.array([3, 3, 7]), np.array([1, 2, 1]))
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


def test_truncation_zero_is_the_same_picture_for_every_seed(sampler):
    pictures = sampler.sample(np.full(5, 3), np.arange(5), truncation=0)
    assert_same_pictures(pictures, np.broadcast_to(pictures[0], pictures.shape))


@pytest.mark.parametrize("path", ["slerp", "lerp"])
def test_a_walk_begins_and_ends_at_its_pictures(sampler, path):
    walk = sampler.walk((3, 7), (10, 20), 9, path)
    ends = sampler.sample(np.array([3, 7]), np.array([10, 20]))
    assert_same_pictures(walk[[0, -1]], ends)
    assert len({frame.tobytes() for frame in walk}) == 9


def test_the_middle_of_a_straight_walk_is_the_mean_of_both_inputs(sampler):
    z = latents.latents(np.array([10, 20]), 100).mean(axis=0, keepdims=True)
    weights = np.zeros((1, NUM_CLASSES))
    weights[0, [3, 7]] = 0.5
    assert_same_pictures(sampler.walk((3, 7), (10, 20), 3, "lerp")[1], sampler.draw(z, weights)[0])


def test_the_cache_follows_a_checkpoint_that_changes(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "run")
    first = newest_sampler(folder)
    assert newest_sampler(folder) is first

    weights = first.generator.state_dict()
    changed = {name: 0.9 * tensor if tensor.is_floating_point() else tensor for name, tensor in weights.items()}
    checkpoints.save_tensors(folder / checkpoints.EMA_GENERATOR, changed, {"step": "5", "images": "320"})
    second = newest_sampler(folder)
    picture = [sampler.sample(np.array([3]), np.array([7])) for sampler in (first, second)]
    assert not np.array_equal(*picture)

    (folder / checkpoints.EMA_GENERATOR).unlink()
    with pytest.raises(checkpoints.CheckpointError, match=checkpoints.EMA_GENERATOR):
        newest_sampler(folder)


@pytest.fixture
def sample(monkeypatch):
    """Run `python -m cgan.sampling ARGUMENT...` in this process."""

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["cgan.sampling", "--checkpoint", f"{FOLDER}", *map(str, arguments)])
        main()

    return run


@pytest.mark.parametrize("name", ["dress", "连衣裙", "3", "Dress", "DRESS"])
def test_command_line_takes_a_class_by_any_name(sample, sampler, tmp_path, name):
    out = tmp_path / "grid.png"
    sample("--class", name, "--seed", 7, "--count", 5, "--truncation", 0.8, "--out", out)
    grid = np.array(Image.open(out))
    assert grid.shape == (56, 84)
    cells = grid.reshape(2, 28, 3, 28).swapaxes(1, 2).reshape(6, 28, 28)
    assert_same_pictures(cells[:5], sampler.sample(np.full(5, 3), np.arange(7, 12), truncation=0.8))
    assert not cells[5].any()


def test_command_line_writes_balanced_arrays(run_command, sampler, tmp_path):
    out = tmp_path / "images.npz"
    finished = run_command(
        *("-m", "cgan.sampling", "--checkpoint", "report-mlp"), "--balanced", "--count", 1000, "--out", out
    )
    assert finished.returncode == 0, finished.stderr
    arrays = np.load(out)
    assert arrays["images"].shape == (1000, 28, 28) and arrays["images"].dtype == np.uint8
    assert np.bincount(arrays["labels"]).tolist() == [100] * NUM_CLASSES
    assert_same_pictures(arrays["images"], sampler.sample(arrays["labels"], np.arange(1000)))


def test_a_name_in_capitals_has_its_format_too(sample, sampler, tmp_path):
    sample("--class", "Ankle boot", "--seed", 7, "--out", tmp_path / "a.PNG")
    assert_same_pictures(np.array(Image.open(tmp_path / "a.PNG")), sampler.sample([9], [7])[0])
    sample("--class", "ankle-boot", "--out", tmp_path / "a.NPZ")
    assert np.load(tmp_path / "a.NPZ")["labels"].tolist() == [9]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--class", "hat"], ["--class", "hat", "Dress", "连衣裙"]),
        (["--class", f"{NUM_CLASSES}"], ["--class", "10"]),
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
def test_command_line_refuses_with_one_line(sample, tmp_path, capsys, arguments, words):
    with pytest.raises(SystemExit) as end:
        sample("--out", tmp_path / "grid.png", *arguments)
    lines = capsys.readouterr().err.splitlines()
    assert end.value.code == 2 and len(lines) == 1
    assert all(word in lines[0] for word in words), lines[0]
    assert list(tmp_path.iterdir()) == []
