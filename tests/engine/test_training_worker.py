"""training/worker.js in node: what a page asks of it, and a checkpoint that Python reads."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save

from cgan.common.images import to_uint8
from cgan.data import NUM_CLASSES, examples
from cgan.engine.transfer import judge_file
from cgan.evaluation.classifiers import JUDGE, evaluate, load_judge
from cgan.models import checkpoints
from cgan.models.classifier import CLASSIFIER
from cgan.sampling.latents import one_hot
from tests.engine.conftest import complete

LABELS = examples.labels
SETTINGS = {"batch_size": 8, "steps": 150}
FILES = {"config.json", "model.safetensors", "generator-raw.safetensors", "discriminator.safetensors", "sampled"}


@pytest.fixture(scope="module")
def used(node, tmp_path_factory):
    """Answers of the worker, and the checkpoint's folder."""
    folder = tmp_path_factory.mktemp("trained")
    tensors = {"images": examples.load().reshape(examples.count, -1), "labels": LABELS}
    given = save({name: torch.as_tensor(values).float() for name, values in tensors.items()})
    answers = node("train_worker.mjs", complete(SETTINGS), JUDGE / CLASSIFIER, folder, given=given)
    return json.loads(answers), folder


@pytest.fixture(scope="module")
def answers(used):
    return used[0]


def test_all_settings_come_back(answers):
    created = answers["created"]
    assert created["lastStep"] == 150
    assert {name: created["settings"][name] for name in SETTINGS} == SETTINGS
    assert created["settings"]["latent_dim"] == 100


def test_a_step_and_its_metrics(answers):
    read = answers["stepped"]
    assert (read["step"], read["images"], read["running"], read["diverged"]) == (1, 8, False, None)
    assert 0 < read["loss_g"] < 4


def test_a_run_under_way(answers):
    read = answers["running"]
    assert read["running"] and read["step"] >= 20 and read["images_per_second"] > 0


def test_pausing_stops_it(answers):
    assert answers["paused"]["running"] is False
    assert answers["paused"]["steps"] <= 2  # the one that was asked for, and the one that was under way


def test_a_run_ends_at_its_last_step(answers):
    assert (answers["finished"]["step"], answers["finished"]["failure"]) == (150, None)


def test_a_step_looked_into(answers):
    inspected = answers["inspected"]
    count = len(inspected["score_real"])
    assert inspected["sizes"] == [100 * count, count, 784 * count, 784 * count, 784 * count]
    assert inspected["gradient"] > 0
    names = {(update["network"], update["name"]): update for update in inspected["updates"]}
    assert len(names) == 17 + 9
    assert names["generator", "layers.11.weight"]["count"] == 1024 * 784
    assert 1e-6 < names["generator", "layers.11.weight"]["update"] < 1e-3  # about a learning rate
    assert names["generator", "layers.2.bias"]["update"] == 0  # batch normalization follows


def test_what_is_refused_is_one_line(answers):
    assert answers["early"] == {"error": "there is no run yet"}
    assert answers["refused"] == {"error": "z: 1000 numbers given, not 9 x 100"}
    assert answers["noJudge"] == {"error": "there is no judge yet"}
    assert answers["greedy"] == {"error": "share is 2; allowed: 0.05 to 1"}
    assert answers["unknown"] == {"error": "there is no request toString"}


def test_the_judge_answers_the_same_twice(answers):
    first, second = answers["judged"]
    assert first == second
    assert first["count"] == 100


def test_python_reads_the_checkpoint_and_draws_the_same(used):
    _, folder = used
    assert {path.name for path in folder.iterdir()} == FILES
    generator, metadata = checkpoints.load_generator(folder)
    assert int(metadata["step"]) > 20
    with torch.inference_mode():
        expected = to_uint8(
            generator(torch.zeros(NUM_CLASSES, 100), torch.from_numpy(one_hot(np.arange(NUM_CLASSES), NUM_CLASSES)))
        )
    drawn = np.frombuffer((folder / "sampled").read_bytes(), np.uint8).reshape(NUM_CLASSES, 28, 28)
    assert np.abs(drawn.astype(int) - expected).max() <= 1
    checkpoints.load_generator(folder, checkpoints.RAW_GENERATOR)
    checkpoints.load_discriminator(folder)


@pytest.mark.parametrize("transferred", [False, True])
def test_the_judge_names_pictures_as_in_python(node, tmp_path, transferred):
    (tmp_path / "judge").write_bytes(judge_file() if transferred else (JUDGE / CLASSIFIER).read_bytes())
    images = examples.load()
    given = save({"pictures": torch.from_numpy(images).float()})
    named = np.frombuffer(node("judge.mjs", tmp_path / "judge", given=given), np.uint8)
    np.testing.assert_array_equal(named, evaluate(load_judge(), images).argmax(axis=1))
