"""Several processes, started by torchrun, train as one would."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests.conftest import ROOT

NAMES = ("step", "images", "loss_g", "loss_d", "score_real", "score_fake", "gradient_norm_g", "gradient_norm_d")
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]


def run(ranks, *arguments):
    finished = subprocess.run(
        [*TORCHRUN, f"{ranks}", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    return finished


def short_run(ranks, folder, steps, settings, *flags):
    finished = run(ranks, "-m", "tests.distributed.short_run", folder, steps, json.dumps(settings), *flags)
    assert finished.returncode == 0, finished.stderr


def history(folder):
    entries = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    return np.array([[entry[name] for name in NAMES] for entry in entries])


@pytest.mark.parametrize(
    ("settings", "steps"),
    [
        ({}, 50),
        ({"arch": "conv", "width": 16, "width_d": 8}, 20),
        (
            {"arch": "conv", "width": 16, "width_d": 8, "normalization": "class-batch", "loss": "hinge", "d_steps": 2},
            20,
        ),
    ],
    ids=["report", "conv", "conv, batch normalization, two steps of D"],
)
def test_two_ranks_follow_one_process(tmp_path, settings, steps):
    """Also over the epoch's last batch, which is of 16, and with dropout, whose masks are the same."""
    short_run(1, tmp_path / "one", steps, settings)
    short_run(2, tmp_path / "two", steps, settings)
    np.testing.assert_allclose(history(tmp_path / "two"), history(tmp_path / "one"), rtol=1e-6, atol=1e-9)
    one, two = (load_file(tmp_path / name / "model.safetensors") for name in ("one", "two"))
    for name in one:
        torch.testing.assert_close(two[name], one[name], rtol=1e-6, atol=1e-8)


def test_a_run_goes_on_with_another_number_of_ranks(tmp_path):
    short_run(1, tmp_path / "one", 20, {})
    short_run(2, tmp_path / "two", 10, {})
    short_run(1, tmp_path / "two", 20, {}, "--resume")
    np.testing.assert_allclose(history(tmp_path / "two"), history(tmp_path / "one"), rtol=1e-6, atol=1e-9)


def test_the_command_line_trains_in_two_processes_and_speaks_once(tmp_path):
    shared = ["--steps", "12", "--log-every", "1", "--dropout", "0"]
    two = run(2, "train.py", *shared, "--batch-size", "32", "--out", tmp_path / "two")
    assert two.returncode == 0, two.stderr
    assert two.stdout.count("Trained.") == 1
    one = run(1, "train.py", *shared, "--batch-size", "64", "--out", tmp_path / "one")
    assert one.returncode == 0, one.stderr
    np.testing.assert_allclose(history(tmp_path / "two")[:, :6], history(tmp_path / "one")[:, :6], atol=1e-4)


def test_a_batch_that_cannot_be_shared_is_refused(tmp_path):
    finished = run(2, "-m", "tests.distributed.short_run", tmp_path / "run", 10, json.dumps({"batch_size": 63}))
    assert finished.returncode != 0
    assert "a batch of 63 images cannot be shared by 2 processes" in finished.stderr
