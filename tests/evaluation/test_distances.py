import numpy as np
import pytest
import torch
from prdc import compute_prdc
from torchmetrics.image.fid import FrechetInceptionDistance

from cgan.evaluation import distances


class AlreadyFeatures(torch.nn.Module):
    """Stands where torchmetrics wants its network: the features come in as images of one row."""

    num_features = 16

    def forward(self, images):
        return images[:, 0, 0]


@pytest.fixture(scope="module")
def clouds():
    """Two sets of features that overlap: float32 (700, 16) and (600, 16)."""
    generator = np.random.default_rng(0)
    real = generator.normal(size=(700, 16)).astype(np.float32)
    fake = (0.8 * generator.normal(size=(600, 16)) + 0.4).astype(np.float32)
    return real, fake


def test_frechet_distance_is_torchmetrics_fid(clouds):
    peer = FrechetInceptionDistance(feature=AlreadyFeatures(), input_img_size=(1, 1, 16), normalize=True)
    peer.set_dtype(torch.float64)
    for features, real in zip(clouds, (True, False), strict=True):
        peer.update(torch.from_numpy(features.astype(np.float64))[:, None, None], real=real)
    assert distances.frechet_distance(clouds[1], clouds[0]) == pytest.approx(peer.compute().item(), rel=1e-6)


def test_frechet_distance_of_normal_distributions_is_the_closed_form(clouds):
    """With diagonal covariances it is the sum of (m1 - m2)^2 + (s1 - s2)^2."""
    centred = clouds[0].astype(np.float64) - clouds[0].mean(axis=0)
    white = centred @ np.linalg.inv(np.linalg.cholesky(np.cov(centred, rowvar=False))).T
    means, deviations = np.linspace(-1, 1, 16), np.linspace(0.5, 2, 16)
    distance = distances.frechet_distance(white * deviations + means, white)
    assert distance == pytest.approx(np.square(means).sum() + np.square(deviations - 1).sum(), rel=1e-6)


def test_manifold_metrics_are_the_authors(clouds):
    """Naeem et al.'s own package."""
    measured = distances.manifold_metrics(*clouds)
    assert measured == pytest.approx(compute_prdc(*clouds, nearest_k=distances.NEIGHBOURS), abs=1e-6)
    assert 0 < measured["recall"] < 1 and 0 < measured["coverage"] < 1


def test_a_set_is_all_of_itself_and_nothing_of_one_far_away(clouds):
    same = distances.manifold_metrics(clouds[0], clouds[0])
    assert (same["precision"], same["recall"], same["coverage"]) == (1, 1, 1)
    far = distances.manifold_metrics(clouds[0], clouds[0] + 100)
    assert set(far.values()) == {0}


def test_copies_are_as_near_as_can_be(fashion_mnist):
    training = fashion_mnist[0][:500]
    assert set(distances.training_distances(training[:100], training).values()) == {0}
    # One pixel turned from black to white is a distance of 1.
    changed = training[:100].copy()
    assert (changed[:, 0, 0] == 0).all()
    changed[:, 0, 0] = 255
    assert distances.training_distances(changed, training)["50 %"] == pytest.approx(1, abs=1e-3)
