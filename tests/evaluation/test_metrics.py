import json
import sys

import numpy as np
import pytest

from cgan.data import NUM_CLASSES
from cgan.evaluation import classifiers, metrics, two_sample
from cgan.evaluation.classifiers import JUDGE, load_judge
from cgan.models.checkpoints import CHECKPOINTS
from cgan.models.classifier import LeNet


@pytest.mark.parametrize("every", [10, pytest.param(1, marks=pytest.mark.slow)])
def test_the_shipped_judge_has_the_accuracy_that_its_card_says(fashion_mnist_test, every):
    images, labels = (array[::every] for array in fashion_mnist_test)
    accuracy = classifiers.accuracy(load_judge(), images, labels)
    recorded = json.loads((JUDGE / classifiers.METRICS).read_text())["accuracy"]
    standard_error = np.sqrt(recorded * (1 - recorded) / len(images)) if every > 1 else 1e-4
    assert accuracy == pytest.approx(recorded, abs=3 * standard_error)
    assert f"{recorded:.1%}".removesuffix("%") in (JUDGE / "README.md").read_text()


def test_classifiers_learn_from_what_they_are_given(fashion_mnist, fashion_mnist_test, monkeypatch):
    """And from pictures with random labels they learn nothing."""
    monkeypatch.setattr(metrics, "GAN_TRAIN_CLASSIFIERS", {"lenet": LeNet})
    monkeypatch.setattr(metrics, "GAN_TRAIN_EPOCHS", 3)
    images, labels = (array[:2560] for array in fashion_mnist)
    test = [array[:1000] for array in fashion_mnist_test]
    score = metrics.gan_train(images, labels, test, seeds=1)["lenet"]
    assert score["mean"] > 0.6 and len(score["all"]) == 1
    shuffled = np.random.default_rng(0).permutation(labels)
    assert metrics.gan_train(images[:1280], shuffled[:1280], test, seeds=1)["lenet"]["mean"] < 0.3


def test_the_command_prints_and_writes_all_metrics(fashion_mnist, fashion_mnist_test, tmp_path, monkeypatch, capsys):
    """Here of fewer pictures and images; of all of them in the slow proof below."""
    few = {"train": [array[:1500] for array in fashion_mnist], "test": [array[:500] for array in fashion_mnist_test]}
    monkeypatch.setattr("cgan.data.fashion_mnist.load", lambda split, data_dir: few[split])
    monkeypatch.setattr(metrics, "PICTURES", 500)
    monkeypatch.setattr(two_sample, "SEEDS", 2)
    monkeypatch.setattr(two_sample, "PASSES", 4000)
    monkeypatch.setattr(sys, "argv", ["metrics", "--checkpoint", "report-mlp", "--json", f"{tmp_path / 'm.json'}"])
    metrics.main()
    measured = json.loads((tmp_path / "m.json").read_text())
    assert measured["pictures"] == 500 and len(measured["per_class"]) == NUM_CLASSES
    shares = [of_class["gan_test"] for of_class in measured["per_class"].values()]
    assert np.mean(shares) == pytest.approx(measured["gan_test"], abs=1e-6)  # all classes count the same
    shipped = json.loads((metrics.checkpoints.CHECKPOINTS / "report-mlp/metrics.json").read_text())
    assert measured["gan_test"] == pytest.approx(shipped["gan_test"], abs=0.05)
    printed = capsys.readouterr().out
    assert f"| FID | {measured['fid']:.3g} |" in printed
    assert f"| FID, random features | {measured['random_features']['fid']:.3g} |" in printed
    told = measured["two_sample"]["accuracy"]
    assert len(told["all"]) == 2 and 0.6 < told["mean"] <= 1  # the report's pictures are blurred and smeared
    assert f"| told from real images, accuracy | {told['mean']:.1%} ± {told['sd']:.1%} |" in printed


def test_the_floor_is_told_apart_by_nobody_and_every_shipped_checkpoint_by_some():
    files = [CHECKPOINTS / name / metrics.METRICS for name in ("r3gan-conv", "report-mlp")]
    ascending = [json.loads(path.read_text()) for path in (JUDGE / metrics.REAL, *files)]
    accuracy = [measured["two_sample"]["accuracy"]["mean"] for measured in ascending]
    assert accuracy[0] == pytest.approx(0.5, abs=0.02) and accuracy == sorted(accuracy)
    distances = [measured["random_features"]["fid"] for measured in ascending]
    assert distances == sorted(distances)


def test_an_older_file_without_the_newer_measures_is_a_dash():
    content = json.loads((CHECKPOINTS / "report-mlp" / metrics.METRICS).read_text())
    older = {name: value for name, value in content.items() if name not in ("random_features", "two_sample")}
    old, new = metrics.Metrics(**older), metrics.Metrics(**content)
    rows = [line.split(" | ") for line in metrics.table({"old": old, "new": new}, old).splitlines()]
    cells = {row[0].removeprefix("| "): row[1] for row in rows}
    for name in ("FID", "precision", "recall"):
        assert cells[f"{name}, random features"] == "–" and cells[name] != "–"
    assert cells["told from real images, accuracy"] == cells["told from real images, AUC"] == "–"


@pytest.mark.slow
def test_the_shipped_metrics_are_measured_again(tmp_path, monkeypatch):
    monkeypatch.setattr(two_sample, "SEEDS", 1)  # of five
    monkeypatch.setattr(sys, "argv", ["metrics", "--checkpoint", "report-mlp", "--json", f"{tmp_path / 'm.json'}"])
    metrics.main()
    measured = json.loads((tmp_path / "m.json").read_text())
    shipped = json.loads((metrics.checkpoints.CHECKPOINTS / "report-mlp/metrics.json").read_text())
    assert measured["pictures"] == shipped["pictures"]
    assert measured["fid"] == pytest.approx(shipped["fid"], rel=1e-2)
    assert measured["gan_test"] == pytest.approx(shipped["gan_test"], abs=2e-3)
    assert measured["random_features"] == pytest.approx(shipped["random_features"], rel=1e-2)
    assert measured["two_sample"]["auc"]["mean"] == pytest.approx(shipped["two_sample"]["auc"]["mean"], abs=1e-2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--checkpoint", "nowhere"], ["nowhere", "report-mlp"]),
        ([], ["--checkpoint", "--real"]),
        (["--real", "--gan-train", "0"], ["--gan-train", "0"]),
    ],
)
def test_bad_input_gets_one_line(expect_refusal_here, arguments, words):
    expect_refusal_here("-m", "cgan.metrics", *arguments, words=words)
