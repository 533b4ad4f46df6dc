import numpy as np

from cgan.evaluation import classifiers
from cgan.evaluation.distances import frechet_distance
from cgan.evaluation.random_features import RandomFeatures


def test_they_are_the_same_each_time_and_differ_by_seed(fashion_mnist):
    images = fashion_mnist[0][:1000]
    first, again, other = (classifiers.evaluate(RandomFeatures(images, seed), images[:100]) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (100, 256) and np.abs(first - other).max() > 0.1


def test_noise_is_farther_away_than_other_real_images_and_more_noise_farther(fashion_mnist):
    images = fashion_mnist[0]
    network, real, generator = RandomFeatures(images[:1000]), images[1000:2000], np.random.default_rng(0)
    distances = []
    for strength in (0, 20, 40):
        noise = generator.integers(-strength, strength + 1, real.shape)
        noisy = (images[5000:6000] + noise).clip(0, 255).astype(np.uint8)
        distances.append(frechet_distance(*(classifiers.evaluate(network, set_) for set_ in (noisy, real))))
    assert distances[1] > 1.2 * distances[0] and distances[2] > 1.2 * distances[1]
