import numpy as np
import pytest
import torch

from cgan.data import NUM_CLASSES, examples
from cgan.explain.inversion import STEPS, invert, longest
from cgan.models import checkpoints
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler


@pytest.fixture(scope="module", params=["r3gan-conv", "report-mlp"])
def sampler(request):
    return Sampler(checkpoints.resolve(request.param))


@pytest.fixture(scope="module")
def generator(sampler):
    return sampler.generator


def mean_squared(drawn, picture):
    return np.square((drawn.astype(float) - picture) / 255).mean(axis=(1, 2))


def draw(sampler, step):
    return sampler.draw(step.z[None], np.eye(NUM_CLASSES)[[step.class_index]])


def test_a_bag_is_redrawn_far_better_than_by_a_hundred_random_ones(sampler, generator):
    picture = examples.load()[84]
    steps = [*invert(generator, picture, 8)]
    assert [step.number for step in steps] == [*range(STEPS + 1)]
    errors = [step.error for step in steps]
    assert errors == sorted(errors, reverse=True)
    samples = sampler.sample(np.full(100, 8), 1000 + np.arange(100))
    error = mean_squared(draw(sampler, steps[-1]), picture)[0]
    assert error < mean_squared(samples, picture).min() * 0.7
    assert steps[-1].error == pytest.approx(error, rel=0.05)  # the picture has whole grey levels
    assert np.linalg.norm(steps[-1].z) <= longest(generator.latent_dim) * 1.0001


def test_a_generated_picture_is_found_again_with_its_class(sampler, generator):
    picture = sampler.sample(np.array([7]), np.array([4321]))[0]
    *_, end = invert(generator, picture)
    assert end.class_index == 7
    assert end.error < mean_squared(sampler.sample(np.full(100, 7), np.arange(100)), picture).min() / 3


def test_a_z_is_no_longer_than_99_of_100_random_ones(generator):
    lengths = np.linalg.norm(latents.latents(np.arange(4000), generator.latent_dim), axis=1)
    assert 0.98 < (lengths <= longest(generator.latent_dim)).mean() < 0.998


def test_the_search_can_be_left_and_leaves_the_network_as_it_was(sampler, generator):
    before = [weights.clone() for weights in generator.state_dict().values()]
    search = invert(generator, examples.load()[0])
    first, second = next(search), next(search)
    search.close()
    assert (first.number, second.number) == (0, 1)
    assert all(torch.equal(*pair) for pair in zip(before, generator.state_dict().values(), strict=True))
    assert all(weights.grad is None for weights in generator.parameters())
    np.testing.assert_array_equal(next(invert(generator, examples.load()[0])).z, first.z)
