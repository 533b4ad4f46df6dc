import numpy as np
import pytest

from cgan.evaluation import two_sample
from cgan.evaluation.two_sample import Sides


class Recorder:
    """Stands where a sampler is wanted: black pictures, and what was asked for."""

    def __init__(self):
        self.classes, self.seeds = [], []

    def sample(self, classes, seeds):
        self.classes.append(classes)
        self.seeds.append(seeds)
        return np.zeros((len(classes), 28, 28), np.uint8)


def numbered(count, first=0):
    """Images that differ, in classes of different sizes, one after the other as in a folder of one's own pictures."""
    images = np.zeros((count, 28, 28), np.uint16)
    images[:, 0, 0] = np.arange(first, first + count)
    return images, (np.arange(count) >= count // 4).astype(np.uint8)


def test_the_area_under_the_curve_counts_pairs_and_half_of_ties():
    assert two_sample.area_under_curve(np.array([2.0, 3.0]), np.array([1.0, 2.0])) == (0.5 + 1 + 1 + 1) / 4
    assert two_sample.area_under_curve(np.array([0.0]), np.array([1.0, 2.0])) == 0


def test_pictures_are_of_the_classes_of_the_real_images_and_never_the_same_twice():
    training, test, sampler = numbered(300), numbered(40, first=1000), Recorder()
    known, unseen = two_sample.samples(training, test, sampler)
    assert [len(side) for side in (*known, *unseen)] == [100, 100, 40, 40]
    for real, classes, (_, labels), first in zip(
        (known.real, unseen.real), sampler.classes, (training, test), (0, 1000), strict=True
    ):
        assert labels[real[:, 0, 0].astype(int) - first].tolist() == classes.tolist()
    assert 0.15 < 1 - sampler.classes[0].mean() < 0.35  # a quarter are of class 0, though it comes first in the data
    assert len(np.unique(np.concatenate(sampler.seeds))) == 140


def test_the_floor_compares_training_images_that_are_all_different():
    known, unseen = two_sample.samples(numbered(300), numbered(400, first=1000), None)
    assert [len(side) for side in (*known, *unseen)] == [100] * 4
    different = np.unique(np.concatenate([*known, unseen.fake])[:, 0, 0])
    assert len(different) == 300 and different.max() < 300 and unseen.real[:, 0, 0].min() >= 1000


@pytest.mark.parametrize(("noise", "low", "high"), [(0, 0.4, 0.6), (40, 0.9, 1)], ids=["of one kind", "with noise"])
def test_only_what_differs_is_told_apart(fashion_mnist, monkeypatch, noise, low, high):
    monkeypatch.setattr(two_sample, "SEEDS", 2)
    monkeypatch.setattr(two_sample, "PASSES", 8000)
    images = fashion_mnist[0][:5000].astype(int)
    images[2500:] += np.random.default_rng(0).integers(-noise, noise + 1, (2500, 28, 28))
    images = images.clip(0, 255).astype(np.uint8)
    known, unseen = Sides(images[:1000], images[2500:3500]), Sides(images[1000:2500], images[3500:])
    told = two_sample.two_sample_test(known, unseen)
    for measure in ("accuracy", "auc"):
        assert len(told[measure]["all"]) == 2 and low < told[measure]["mean"] <= high
        assert told[measure]["mean"] == pytest.approx(np.mean(told[measure]["all"]))
    assert told["auc"]["mean"] >= told["accuracy"]["mean"] - 0.02
