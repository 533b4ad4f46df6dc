import dataclasses

import numpy as np
import pytest
import torch

from cgan.models import checkpoints
from cgan.sampling.sampler import Sampler
from cgan.training import averaging
from cgan.training.config import RECIPES
from cgan.training.loop import train

SMALL_CONV = dataclasses.replace(RECIPES["conv"], width=8, width_d=8, epochs=3, log_every=5)
AVERAGING = ("-m", "cgan.training.averaging")


@pytest.fixture(scope="module")
def run(few, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    assert train(SMALL_CONV, *few, folder, torch.device("cpu")) is None
    return folder


@pytest.mark.parametrize(("width", "expected"), [(0.05, 16.97), (0.1, 6.94)])
def test_the_exponents_are_those_of_the_paper(width, expected):
    """Karras et al. 2024, section 3.1."""
    assert averaging.exponent(width) == pytest.approx(expected, abs=0.005)


def test_the_standard_deviation_of_the_weights_is_the_given_width():
    times = np.arange(1.0, 1001.0)
    weights = averaging.average_weights(times, 0.1)
    mean = weights @ times
    assert weights.sum() == pytest.approx(1)
    assert np.sqrt(weights @ (times - mean) ** 2) / 1000 == pytest.approx(0.1, abs=0.001)
    assert weights.argmax() == 999


def test_a_run_keeps_its_average_of_every_epoch(run):
    assert [epoch for epoch, _ in averaging.kept_averages(run)] == [1, 2, 3]
    newest, metadata = checkpoints.load_tensors(run / "averages/0003.safetensors")
    ema, _ = checkpoints.load_tensors(run / checkpoints.EMA_GENERATOR)
    assert metadata == {"images": f"{3 * 656}"}
    assert all(torch.equal(newest[name], ema[name]) for name in ema)


def test_an_average_is_a_checkpoint_to_draw_from(run, tmp_path):
    averaging.write_average(run, 0.1, tmp_path / "wide", last_epoch=2)
    files = run / "averages/0001.safetensors", run / "averages/0002.safetensors", tmp_path / "wide/model.safetensors"
    first, second, mean = (checkpoints.load_tensors(path)[0]["input.weight"].double() for path in files)
    weight = 0.5 ** (6.937203937601809 + 1)
    torch.testing.assert_close(mean, weight * first + (1 - weight) * second, atol=1e-7, rtol=0)
    assert Sampler(tmp_path / "wide").sample(np.array([3]), np.array([7])).shape == (1, 28, 28)


@pytest.mark.filterwarnings("ignore:'cgan.training.averaging' found in sys.modules")  # this process has imported it
def test_what_cannot_be_averaged_gets_one_line(run, tmp_path, expect_refusal_here):
    width = ("--width", "0.1")
    words = ["--run", str(tmp_path), "--keep-averages"]
    expect_refusal_here(*AVERAGING, "--run", tmp_path, *width, "--out", tmp_path / "out", words=words)
    words = ["--out", str(run), "another folder"]
    expect_refusal_here(*AVERAGING, "--run", run, *width, "--out", run, words=words)
    words = ["--width", "0.5 given", "0.01 to 0.28"]
    expect_refusal_here(*AVERAGING, "--run", run, "--width", "0.5", "--out", tmp_path / "out", words=words)
