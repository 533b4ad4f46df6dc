import math

import numpy as np
import pytest
import torch

from benchmarks import lab_measures
from cgan.evaluation import classifiers, random_features, two_sample


def test_the_area_under_the_curve_counts_pairs_and_half_of_ties():
    assert two_sample.area_under_curve(np.array([2.0, 3.0]), np.array([1.0, 2.0])) == (0.5 + 1 + 1 + 1) / 4
    assert two_sample.area_under_curve(np.array([0.0]), np.array([1.0, 2.0])) == 0


def test_the_contrastive_loss_is_that_of_the_paper():
    """Two images: the views of a pair are equal, and at a right angle to those of the other pair."""
    views = torch.tensor([[2.0, 0.0], [0.0, 3.0], [1.0, 0.0], [0.0, 1.0]])
    expected = math.log(1 + 2 * math.exp(-1 / lab_measures.TEMPERATURE))
    assert lab_measures.contrastive_loss(views).item() == pytest.approx(expected, rel=1e-4)


def test_a_view_is_another_picture_of_nearly_the_same_range():
    torch.manual_seed(0)
    images = torch.rand(20, 1, 28, 28) * 2 - 1
    views = lab_measures._view(images)
    assert views.shape == images.shape
    assert views.min() >= -1 - 1e-6
    assert views.max() <= 1.4
    assert (views - images).abs().mean() > 0.1


@pytest.mark.slow
def test_two_samples_of_one_kind_cannot_be_told_apart_and_noise_can(fashion_mnist):
    images, _ = fashion_mnist
    real, unseen = images[:1000], images[1000:1500]
    noise = np.random.default_rng(0).integers(-40, 41, (1500, 28, 28))
    noisy = (images[2000:3500].astype(int) + noise).clip(0, 255).astype(np.uint8)
    told = two_sample.two_sample_test(real, noisy[:1000], unseen, noisy[1000:], epochs=3)
    assert told["accuracy"] > 0.9
    assert told["auc"] > 0.95
    same = two_sample.two_sample_test(real, images[2000:3000], unseen, images[3000:3500], epochs=3)
    assert abs(same["auc"] - 0.5) < 0.1


def test_random_features_are_the_same_each_time_and_see_noise(fashion_mnist):
    images, _ = fashion_mnist
    encoders = [random_features.random_encoder(images[:1000]) for _ in range(2)]
    spaces = {
        name: (encoder, classifiers.evaluate(encoder, images[1000:2000]))
        for name, encoder in zip(("first", "again"), encoders, strict=True)
    }
    test = images[5000:6000]
    noise = np.random.default_rng(0).integers(-40, 41, test.shape)
    real = lab_measures.measure(test, spaces)
    noisy = lab_measures.measure((test + noise).clip(0, 255).astype(np.uint8), spaces)
    assert real["first"] == real["again"]
    assert noisy["first"]["fid"] > 1.5 * real["first"]["fid"]
