"""Whole generators, drawn by worker.js in node, against PyTorch in float32."""

import json
import struct

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from cgan.common.images import to_uint8
from cgan.data import NUM_CLASSES
from cgan.engine.transfer import GENERATOR, generator_file
from cgan.models import checkpoints
from cgan.models.checkpoints import CHECKPOINTS, NetworkConfig
from cgan.models.conv import ConvGenerator
from cgan.models.mlp import MLPGenerator
from cgan.sampling.latents import latents, one_hot

SHIPPED = ["r3gan-conv", "report-mlp"]
SEEDS = 300


@pytest.fixture(scope="module")
def draw(node):
    """Grey levels of a checkpoint folder (N, 28, 28) from z and class weights."""

    def run(folder, z, weights, model="model.safetensors"):
        given = np.concatenate([z.ravel(), weights.ravel()]).astype(np.float32).tobytes()
        output = node("draw.mjs", folder / "config.json", folder / model, *z.shape, given=given)
        return np.frombuffer(output, np.uint8).reshape(-1, 28, 28)

    return run


def expected(generator, z, weights):
    with torch.inference_mode():
        return to_uint8(generator(torch.from_numpy(z), torch.from_numpy(weights)))


def largest_difference(a, b):
    return np.abs(a.astype(int) - b.astype(int)).max()


def seeds_of_all_classes(latent_dim, count=SEEDS):
    return latents(np.arange(count), latent_dim), one_hot(np.arange(count) % NUM_CLASSES, NUM_CLASSES)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_generators(draw, name):
    generator, _ = checkpoints.load_generator(CHECKPOINTS / name)
    z, weights = seeds_of_all_classes(generator.latent_dim)
    assert largest_difference(draw(CHECKPOINTS / name, z, weights), expected(generator, z, weights)) <= 1


@pytest.mark.parametrize("name", SHIPPED)
def test_mixtures_and_extrapolated_z(draw, name):
    generator, _ = checkpoints.load_generator(CHECKPOINTS / name)
    stream = np.random.default_rng(5)
    z = 3 * stream.standard_normal((33, generator.latent_dim), dtype=np.float32)
    weights = stream.dirichlet(np.ones(NUM_CLASSES), 33).astype(np.float32)
    assert largest_difference(draw(CHECKPOINTS / name, z, weights), expected(generator, z, weights)) <= 1


@pytest.mark.parametrize("name", SHIPPED)
def test_weights_of_16_bits_for_the_transfer(node, tmp_path, name):
    generator, _ = checkpoints.load_generator(CHECKPOINTS / name)
    model = CHECKPOINTS / name / "model.safetensors"
    transferred = tmp_path / GENERATOR
    transferred.write_bytes(generator_file(CHECKPOINTS / name, "any"))
    assert transferred.stat().st_size < 0.52 * model.stat().st_size
    z, weights = seeds_of_all_classes(generator.latent_dim)
    given = np.concatenate([z.ravel(), weights.ravel()]).astype(np.float32).tobytes()
    drawn = np.frombuffer(node("draw.mjs", "-", transferred, *z.shape, given=given), np.uint8).reshape(-1, 28, 28)
    assert largest_difference(drawn, expected(generator, z, weights)) <= 1


@pytest.fixture
def save(tmp_path):
    """Save a generator with random weights and statistics as a checkpoint's folder."""

    def run(arch, generator, settings, gain):
        stream = torch.Generator().manual_seed(1)
        state = generator.eval().state_dict()
        for name, tensor in state.items():
            if tensor.is_floating_point():
                scale = 0.3 if tensor.ndim < 2 else gain / tensor[0].numel() ** 0.5
                random = torch.randn(tensor.shape, generator=stream) * scale
                tensor.copy_(random.abs() + 0.5 if name.endswith(("running_var", "norm.weight")) else random)
        save_file(state, tmp_path / "model.safetensors")
        checkpoints.save_config(tmp_path, NetworkConfig(arch, settings, {}), {})
        return tmp_path

    return run


@pytest.mark.parametrize(
    ("arch", "network", "settings"),
    [
        ("conv", ConvGenerator, {"latent_dim": 64, "label_dim": 32, "width": 64}),
        ("conv", ConvGenerator, {"latent_dim": 5, "label_dim": 3, "width": 22}),
        ("conv", ConvGenerator, {"latent_dim": 2, "label_dim": 1, "width": 4}),
        ("mlp", MLPGenerator, {"latent_dim": 3, "label_dim": 6, "batchnorm_eps": 1e-5}),
        ("mlp", MLPGenerator, {"latent_dim": 16, "label_dim": 10, "batchnorm_eps": 1e-5, "hidden": [256, 512]}),
        ("mlp", MLPGenerator, {"latent_dim": 2, "label_dim": 1, "batchnorm_eps": 0.8, "batchnorm": False}),
        (
            "mlp",
            MLPGenerator,
            {"latent_dim": 1, "label_dim": 4096, "batchnorm_eps": 0, "hidden": [12, 4, 20], "batchnorm": False},
        ),
    ],
)
def test_other_sizes_and_normalization(draw, save, arch, network, settings):
    generator = network(NUM_CLASSES, **settings)
    folder = save(arch, generator, settings, gain=1.1 if arch == "conv" else 1.5)  # few pixels at black or white
    z, weights = seeds_of_all_classes(generator.latent_dim, 40)
    weights = (weights + one_hot(np.arange(40) // 4, NUM_CLASSES)) / 2
    pictures = expected(generator, z, weights)
    assert pictures.std() > 20 and ((pictures > 0) & (pictures < 255)).mean() > 0.1
    assert largest_difference(draw(folder, z, weights), pictures) <= 1


def test_a_picture_is_the_same_in_every_batch(draw):
    z, weights = seeds_of_all_classes(64, 37)
    folder = CHECKPOINTS / "r3gan-conv"
    together, alone = draw(folder, z, weights), draw(folder, z[36:], weights[36:])
    assert largest_difference(together[36:], alone) <= 1


def table(content, data=b""):
    text = json.dumps(content).encode()
    return struct.pack("<Q", len(text)) + text + data


FLOAT = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", "not a whole safetensors file: 0 bytes"),
        (struct.pack("<Q", 2**20), "a table of 1048576 bytes"),
        (struct.pack("<Q", 2) + b"{]", "its table is not JSON"),
        (table({"x": FLOAT | {"dtype": "toString"}}), "x is of type toString; allowed: F32,I16,I64"),
        (table({"x": FLOAT | {"shape": [2]}}, bytes(4)), "x has 1 numbers in place of 2"),
        (table({"x": FLOAT}, bytes(3)), "it ends before x does"),
        (table({"embedding.weight": FLOAT}, bytes(4)), r"embedding.weight is \(1\), config.json asks for \(1,32\)"),
    ],
)
def test_a_damaged_file_is_one_line(draw, tmp_path, file, words):
    (tmp_path / "config.json").write_bytes((CHECKPOINTS / "r3gan-conv/config.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(file)
    with pytest.raises(AssertionError, match=words) as refusal:
        draw(tmp_path, *seeds_of_all_classes(64, 1))
    assert "\n" not in str(refusal.value).splitlines()[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"arch": "toString"}, "arch is toString; allowed: mlp,conv"),
        ({"arch": "mlp"}, r"layers.0.weight is \(missing\), config.json asks for \(128,96\)"),
        (
            {"generator": {"latent_dim": 64, "label_dim": 32, "width": 32}},
            r"input.weight is \(3136,96\), config.json asks for \(1568,96\)",
        ),
    ],
)
def test_a_configuration_that_does_not_fit_is_one_line(draw, tmp_path, change, words):
    config = json.loads((CHECKPOINTS / "r3gan-conv/config.json").read_bytes()) | change
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "model.safetensors").write_bytes((CHECKPOINTS / "r3gan-conv/model.safetensors").read_bytes())
    with pytest.raises(AssertionError, match=words):
        draw(tmp_path, *seeds_of_all_classes(64, 1))


def test_a_tensor_that_no_network_has_is_named(draw, tmp_path):
    (tmp_path / "config.json").write_bytes((CHECKPOINTS / "r3gan-conv/config.json").read_bytes())
    tensors = load_file(CHECKPOINTS / "r3gan-conv/model.safetensors")
    save_file(tensors | {"stray": torch.zeros(1)}, tmp_path / "model.safetensors")
    with pytest.raises(AssertionError, match=r"stray is in model\.safetensors, but in no network"):
        draw(tmp_path, *seeds_of_all_classes(64, 1))


def test_z_of_another_size_is_refused(draw):
    with pytest.raises(AssertionError, match="z: 63 numbers given, not 1 x 64"):
        draw(CHECKPOINTS / "r3gan-conv", np.zeros((1, 63), np.float32), np.zeros((1, NUM_CLASSES), np.float32))
