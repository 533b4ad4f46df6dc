"""A run on pictures of one's own, and what knows its classes from the checkpoint alone."""

import json
import shutil
import sys

import numpy as np
import pytest
import torch

from cgan.data import dataset
from cgan.evaluation import classifiers, metrics, neighbours, snapshots, two_sample
from cgan.explain import directions
from cgan.explain.inversion import invert
from cgan.models import checkpoints
from cgan.models.checkpoints import CHECKPOINTS, CONFIG, CheckpointError
from cgan.publish.hub import Generator
from cgan.sampling import sampler
from cgan.sampling.sampler import Sampler
from cgan.training import command
from cgan.training.distributed import SINGLE
from cgan.training.step.batches import Batches
from tests.own_pictures import NAMES


@pytest.fixture
def run_here(monkeypatch, capsys):
    def run(main, *arguments):
        monkeypatch.setattr(sys, "argv", ["command", *map(str, arguments)])
        main()
        return capsys.readouterr().out

    return run


def test_the_configuration_says_the_classes_and_their_data(twelve_run, own_pictures):
    content = json.loads((twelve_run / CONFIG).read_text(encoding="utf-8"))
    known = dataset.load_own(own_pictures).classes
    assert content["classes"] == {"names": NAMES, "images": 288, "data": known.data}
    assert f"{own_pictures}" not in (twelve_run / CONFIG).read_text() and "水" in (twelve_run / CONFIG).read_text(
        "utf-8"
    )
    assert checkpoints.load_config(twelve_run).classes == known
    assert checkpoints.load_discriminator(twelve_run).classes == len(NAMES)


def test_fashion_mnist_is_written_in_two_languages(short_run):
    content = json.loads((short_run / CONFIG).read_text(encoding="utf-8"))["classes"]
    assert content["names"][9] == "Ankle boot" and content["names_zh"][9] == "短靴" and content["images"] == 60_000


def test_a_checkpoint_without_classes_is_one_of_fashion_mnist():
    folder = CHECKPOINTS / "report-mlp"
    assert "classes" not in json.loads((folder / CONFIG).read_text())
    assert checkpoints.load_config(folder).classes.names[3] == "Dress"


@pytest.mark.parametrize(
    "classes",
    [
        [],
        {"names": ["one"]},
        {"names": ["a", "A"]},
        {"names": ["a", "b"], "names_zh": ["甲"]},
        {"names": ["a", "b\n"]},
        {"names": ["a", "b"], "images": "many"},
        {"names": [f"{index}" for index in range(101)]},
    ],
    ids=lambda value: f"{value}"[:30],
)
def test_classes_that_may_not_be_are_refused_in_one_line(twelve_run, tmp_path, classes):
    folder = shutil.copytree(twelve_run, tmp_path / "copy")
    content = json.loads((folder / CONFIG).read_text(encoding="utf-8")) | {"classes": classes}
    (folder / CONFIG).write_text(json.dumps(content))
    with pytest.raises(CheckpointError) as caught:
        checkpoints.load_generator(folder)
    assert CONFIG in f"{caught.value}" and "\n" not in f"{caught.value}"


def test_other_data_does_not_go_on_with_a_run(twelve_run, own_pictures, tmp_path, expect_refusal_here):
    folder = shutil.copytree(twelve_run, tmp_path / "copy")
    other = shutil.copytree(own_pictures, tmp_path / "other")
    shutil.copy(other / "A" / "0.png", other / "A" / "1.png")
    flags = ["--arch", "conv", "--width", 16, "--width-d", 8, "--batch-size", 32, "--steps", 151, "--log-every", 50]
    resume = ["train.py", "--out", folder, *flags, "--resume", "--data"]
    expect_refusal_here(*resume, other, words=["--resume", "other data", "--data"])


def test_the_same_data_goes_on_with_a_run(twelve_run, own_pictures, tmp_path, run_here):
    folder = shutil.copytree(twelve_run, tmp_path / "copy")
    flags = ["--arch", "conv", "--width", 16, "--width-d", 8, "--batch-size", 32, "--steps", 151, "--log-every", 50]
    said = run_here(command.main, "--out", folder, *flags, "--resume", "--data", own_pictures)
    assert said.startswith("12 classes, 288 training and 48 test pictures")
    assert checkpoints.load_generator(folder)[1]["step"] == "151"


def test_a_single_image_left_over_is_no_batch():
    images, labels = np.zeros((9, 28, 28), np.uint8), np.arange(9, dtype=np.uint8)
    batches = Batches(images, labels, 4, torch.Generator().manual_seed(0), torch.device("cpu"), SINGLE)
    drawn = [batches.get(number)[1].tolist() for number in range(4)]
    assert [len(batch) for batch in drawn] == [4] * 4 and len({*drawn[0], *drawn[1]}) == 8
    assert batches.images_in(3) == 12


def test_the_command_samples_by_name(twelve_run, tmp_path, run_here, expect_refusal_here):
    own = Sampler(twelve_run)
    for name, index in (("10", 3), ("C++", 7), ("火", 10), ("11", 11), ("BIG-B", 5)):
        run_here(
            sampler.main,
            "--checkpoint",
            twelve_run,
            "--class",
            name,
            "--count",
            2,
            "--out",
            tmp_path / "a.npz",
        )
        with np.load(tmp_path / "a.npz") as file:
            assert file["labels"].tolist() == [index] * 2
            np.testing.assert_array_equal(file["images"], own.sample(np.full(2, index), np.arange(2)))
    run_here(sampler.main, "--checkpoint", twelve_run, "--balanced", "--count", 24, "--out", tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as file:
        assert file["labels"].tolist() == [*range(12), *range(12)]
    arguments = [
        "-m",
        "cgan.sampling",
        "--checkpoint",
        twelve_run,
        "--class",
        "dress",
        "--out",
        tmp_path / "a.png",
    ]
    expect_refusal_here(*arguments, words=["--class", "'dress' is no class", "3 10,", "11 花"])


def test_its_grids_have_a_row_for_each_class(twelve_run):
    *_, last = snapshots.snapshots(twelve_run).values()
    pictures = snapshots.load_pictures(last, len(NAMES)).reshape(len(NAMES), 4, 28, 28)
    drawn = Sampler(twelve_run).sample(np.arange(len(NAMES)), np.full(len(NAMES), 3))
    np.testing.assert_array_equal(pictures[:, 3], drawn)


def test_inversion_knows_all_its_classes(twelve_run):
    own = Sampler(twelve_run)
    picture = own.sample(np.array([11]), np.array([5]))[0]
    *_, end = invert(own.generator, picture)
    assert 0 <= end.class_index < len(NAMES) and end.error < 0.02


def test_directions_are_found_for_each_class_and_named_without_garments(twelve_run, tmp_path, monkeypatch):
    folder = shutil.copytree(twelve_run, tmp_path / "copy")
    monkeypatch.setattr(directions, "_FEATURE_SEEDS", 200)
    monkeypatch.setattr(directions, "_MEASURED_SEEDS", 12)
    found = directions.find_directions(folder)
    assert list(found.scopes) == ["all", *map(str, range(len(NAMES)))]
    measured = {name for scope in found.scopes.values() for direction in scope for name in direction.effects}
    assert "brightness" in measured and not measured & {"sleeves", "legs"}


def test_without_a_judge_the_command_that_makes_one_is_named(twelve_run, own_pictures, expect_refusal_here, tmp_path):
    make = "python -m cgan.classifier --data PATH --out DIR"
    measure = ["-m", "cgan.metrics", "--checkpoint", twelve_run, "--data", own_pictures]
    expect_refusal_here(*measure, words=["no judge of these classes", make, "--judge"])
    expect_refusal_here(*measure, "--judge", classifiers.JUDGE, words=["judges other classes", make])
    expect_refusal_here("-m", "cgan.metrics", "--checkpoint", twelve_run, words=["other classes than fashion-mnist"])
    expect_refusal_here("-m", "cgan.classifier", "--data", own_pictures, words=["--out", "judge"])


def test_a_judge_of_the_classes_measures_them(twelve_run, own_pictures, twelve_judge, tmp_path, run_here, monkeypatch):
    monkeypatch.setattr(two_sample, "SEEDS", 1)
    monkeypatch.setattr(two_sample, "PASSES", 8000)
    assert json.loads((twelve_judge / "metrics.json").read_text())["accuracy"] > 0.9
    assert checkpoints.load_classifier(twelve_judge)[1].names == tuple(NAMES)
    enough = shutil.copytree(own_pictures, tmp_path / "pictures")  # metrics need six test pictures of each class
    for folder in enough.iterdir():
        for copy in range(16):
            shutil.copy(folder / f"{copy}.png", folder / f"{100 + copy}.png")
    flags = ["--checkpoint", twelve_run, "--data", enough, "--judge", twelve_judge]
    run_here(metrics.main, *flags, "--json", tmp_path / "metrics.json")
    measured = json.loads((tmp_path / "metrics.json").read_text())
    assert list(measured["per_class"]) == NAMES and measured["pictures"] == len(
        dataset.load_own(enough).load("test")[0]
    )
    assert 0.5 < measured["two_sample"]["accuracy"]["mean"] <= 1 and measured["random_features"]["fid"] > 0
    folder = shutil.copytree(twelve_run, tmp_path / "copy")
    run_here(snapshots.main, "--checkpoint", folder, "--data", own_pictures, "--judge", twelve_judge)
    assert snapshots.load_quality(folder, twelve_judge).steps[-1] == 60


def test_nearest_images_come_from_the_judges_index(own_pictures, twelve_judge):
    images, labels = dataset.load_own(own_pictures).load("train")
    found = neighbours.searcher(twelve_judge).search(images[100], 1)["pixels"].neighbours[0]
    assert found.label == labels[100] and found.distance < 1


def test_a_card_of_own_classes_says_nothing_of_garments(twelve_run):
    card = f"{Generator.from_pretrained(twelve_run).generate_model_card('me/own')}"
    for words in ("pictures of 12 classes", "288 training images", "3: 10, 4: A", "11: 花", "SHA-256", "## Limits"):
        assert words in card
    for words in ("ashion", "garment", "dress", "MIT", "license: mit"):
        assert words not in card
