"""Several processes, started by torchrun or with its environment variables, train as one would."""

import dataclasses
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from cgan.training.config import RECIPES
from tests.conftest import ROOT
from tests.training_process import Run, finish, start_group

NAMES = ("step", "images", "loss_g", "loss_d", "score_real", "score_fake", "gradient_norm_g", "gradient_norm_d")
BATCH_SIZE = 32
IMAGES = 5 * BATCH_SIZE + 8  # so that an epoch's last batch is a smaller one


def run(folder, steps, resume=False, arch="mlp", **settings):
    config = dataclasses.replace(RECIPES[arch], precision="fp32", batch_size=BATCH_SIZE, steps=steps, log_every=1)
    return Run(folder, dataclasses.replace(config, **settings), IMAGES, resume, in_float64=True)


def history(folder):
    entries = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    return np.array([[entry[name] for name in NAMES] for entry in entries])


SMALL_CONV = {"arch": "conv", "width": 8, "width_d": 8, "augmentation": 0.3, "penalty": 0.5}


@pytest.mark.parametrize(
    "settings",
    [{}, {"loss": "hinge", "d_steps": 2}, SMALL_CONV],
    ids=["report", "two steps of D", "conv"],
)
def test_two_processes_follow_one(tmp_path, settings):
    """Also over the epoch's last batch, which is smaller, and with dropout, whose masks are the same."""
    finish(run(tmp_path / "one", 14, **settings))
    finish(run(tmp_path / "two", 14, **settings), world_size=2)
    np.testing.assert_allclose(history(tmp_path / "two"), history(tmp_path / "one"), rtol=1e-6, atol=1e-9)
    one, two = (load_file(tmp_path / name / "model.safetensors") for name in ("one", "two"))
    for name in one:
        torch.testing.assert_close(two[name], one[name], rtol=1e-6, atol=1e-8)


def test_a_run_is_resumed_by_another_number_of_processes(tmp_path):
    finish(run(tmp_path / "one", 14))
    finish(run(tmp_path / "two", 7), world_size=2)
    finish(run(tmp_path / "two", 14, resume=True))
    np.testing.assert_allclose(history(tmp_path / "two"), history(tmp_path / "one"), rtol=1e-6, atol=1e-9)


def test_torchrun_trains_in_two_processes_and_speaks_once(tmp_path):
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = ["train.py", "--steps", "3", "--log-every", "1", "--batch-size", "8", "--out", f"{tmp_path / 'run'}"]
    finished = subprocess.run([*torchrun, *command], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.count("Trained.") == 1
    assert history(tmp_path / "run")[:, 1].tolist() == [16, 32, 48]  # images of both


IN_TURN = """
import os, sys, time
from pathlib import Path
from cgan.data import DataError
from cgan.training.distributed import init_process_group
import torch

folder = Path(sys.argv[1])
group = init_process_group(torch.device("cpu"))

def load():
    asked = folder / f"{group.rank}-{(folder / 'there').exists()}"
    asked.touch()
    if not (folder / "there").exists():
        time.sleep(1)
        if sys.argv[2] == "fails":
            raise DataError("no network")
        (folder / "there").touch()

group.in_turn(load, torch.device("cpu"))
"""


@pytest.mark.parametrize("outcome", ["works", "fails"])
def test_the_first_process_downloads_and_the_other_waits(tmp_path, outcome):
    script = tmp_path / "load.py"
    script.write_text(IN_TURN)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}"}
    command = [*torchrun, script, tmp_path, outcome]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    asked = {path.name for path in tmp_path.glob("[01]-*")}
    if outcome == "works":
        assert finished.returncode == 0, finished.stderr
        assert asked == {"0-False", "1-True"}
    else:
        assert finished.returncode != 0 and asked == {"0-False"}
        assert finished.stderr.count("DataError: no network") == 1


def test_a_batch_that_cannot_be_shared_is_refused(tmp_path):
    for process in start_group(run(tmp_path / "run", 3, batch_size=63), 2):
        status, stderr = process.finish()
        assert status == 2
        assert "a batch of 63 images cannot be shared by 2 processes" in stderr
