import math

import numpy as np
import pytest

from cgan.data import NUM_CLASSES
from cgan.sampling import latents

# tests/kat_vectors of Random123 1.14, "philox4x32 10": counter, key, result.
KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text):
    return np.array([int(word, 16) for word in text.split()], np.uint64)


@pytest.mark.parametrize(("counter", "key", "result"), KNOWN_ANSWERS)
def test_philox_gives_the_known_answers(counter, key, result):
    assert np.array_equal(latents.philox4x32(words(counter), words(key)), words(result))


def philox_by_the_paper(counter, key):
    """Section 3.3 of the paper, a word at a time, in Python's unbounded integers."""
    (left0, right0, left1, right1), (key0, key1) = counter, key
    for _ in range(10):
        product0, product1 = 0xD2511F53 * left0, 0xCD9E8D57 * left1
        left0, right0, left1, right1 = (
            (product1 >> 32) ^ right0 ^ key0,
            product1 % 2**32,
            (product0 >> 32) ^ right1 ^ key1,
            product0 % 2**32,
        )
        key0, key1 = (key0 + 0x9E3779B9) % 2**32, (key1 + 0xBB67AE85) % 2**32
    return left0, right0, left1, right1


@pytest.mark.parametrize("seed", [0, 7, latents.MAX_SEED])
def test_z_is_box_muller_of_philox(seed):
    expected = []
    for block in range(25):
        uniforms = [(word + 0.5) / 2**32 for word in philox_by_the_paper((block, 0, 0, 0), (seed, 0))]
        for first, second in (uniforms[:2], uniforms[2:]):
            radius = math.sqrt(-2 * math.log(first))
            expected += [radius * math.cos(2 * math.pi * second), radius * math.sin(2 * math.pi * second)]
    z = latents.latents(np.array([seed]), 100)
    assert z.shape == (1, 100) and z.dtype == np.float32
    np.testing.assert_allclose(z[0], expected, rtol=1e-6)


def test_z_of_a_seed_is_pinned_for_ever():
    # Computed with math.log, math.cos and math.sin from the words of philox_by_the_paper; JavaScript has to agree.
    expected = [0.00029157, -0.30484699, 1.78875735, 1.06787247, 0.37640351, -1.28701172]
    np.testing.assert_allclose(latents.latents(np.array([7]), 6)[0], expected, atol=1e-6)


def test_z_is_standard_normal():
    z = latents.latents(np.arange(20_000), 50)
    margin = 5 / math.sqrt(z.size)  # five standard errors
    assert abs(z.mean()) < margin
    assert abs(z.var() - 1) < 5 * math.sqrt(2 / z.size)
    for bound, share in ((1, 0.682689), (2, 0.954500), (3, 0.997300)):
        assert abs((np.abs(z) < bound).mean() - share) < margin
    assert abs(np.corrcoef(z[:-1].ravel(), z[1:].ravel())[0, 1]) < margin  # from seed to seed
    assert abs(np.corrcoef(z[:, :-1].ravel(), z[:, 1:].ravel())[0, 1]) < margin  # within a seed


def test_z_depends_on_its_own_seed_alone():
    many = latents.latents(np.arange(50), 100)
    assert np.array_equal(many[31], latents.latents(np.array([31]), 100)[0])
    assert np.array_equal(many[31, :10], latents.latents(np.array([31]), 10)[0])


def test_truncation_scales_z_towards_its_mean():
    z = latents.latents(np.array([3]), 100)
    np.testing.assert_allclose(latents.latents(np.array([3]), 100, truncation=0.5), z / 2, rtol=1e-6)
    assert not latents.latents(np.array([3]), 100, truncation=0).any()


@pytest.mark.parametrize("path", [latents.lerp, latents.slerp])
def test_a_path_goes_from_its_start_to_its_end(path):
    start, end = latents.latents(np.array([1, 2]), 100)
    points = path(start, end, np.linspace(0, 1, 5))
    assert points.shape == (5, 100) and points.dtype == np.float32
    np.testing.assert_allclose(points[[0, -1]], [start, end], atol=1e-6)


def test_slerp_walks_the_circle_at_constant_speed():
    points = latents.slerp(np.array([1, 0]), np.array([0, 1]), np.linspace(0, 1, 4))
    angles = np.deg2rad([0, 30, 60, 90])
    np.testing.assert_allclose(points, np.stack([np.cos(angles), np.sin(angles)], axis=1), atol=1e-6)


@pytest.mark.parametrize("end", [[2.0, 0.0], [0.0, 0.0], [1.0, 0.0]], ids=["parallel", "zero", "same"])
def test_slerp_without_an_angle_is_the_straight_line(end):
    points = latents.slerp(np.array([1.0, 0.0]), np.array(end), np.array([0.5]))
    np.testing.assert_allclose(points[0], [(1 + end[0]) / 2, 0], atol=1e-6)


def test_one_hot():
    assert latents.one_hot(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize("classes", [[-1], [NUM_CLASSES], [0.5], ["dress"], [True], [None], [[3]], 3], ids=repr)
def test_what_is_no_class_has_no_weights(classes):
    with pytest.raises(ValueError, match=r"^class.* given; allowed: "):
        latents.one_hot(classes, NUM_CLASSES)


@pytest.mark.parametrize("seeds", [[-1], [2**32], [7, 2**40], [0.5], ["7"], [True], [np.nan], 7], ids=repr)
def test_what_is_no_seed_has_no_latents(seeds):
    with pytest.raises(ValueError, match=r"^seed.* given; allowed: "):
        latents.latents(seeds, 100)


@pytest.mark.parametrize("truncation", [-0.1, 1.1, np.nan, np.inf])
def test_a_truncation_is_from_0_to_1(truncation):
    with pytest.raises(ValueError, match=r"^truncation .* given; allowed: 0 to 1$"):
        latents.latents([7], 100, truncation)


def test_weights_of_a_squares_corners():
    positions = [[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5], [0.25, 0.5]]
    expected = [*np.eye(4).tolist(), [0.25] * 4, [0.375, 0.125, 0.375, 0.125]]
    np.testing.assert_allclose(latents.bilinear(positions), expected)


def test_a_blend_has_the_direction_of_the_sum_and_the_weighted_length():
    points, weights = np.random.default_rng(0).standard_normal((4, 64)), np.array([[0.1, 0.2, 0.3, 0.4]])
    (blended,) = latents.blend(points, weights)
    lengths = np.linalg.norm(points, axis=1)
    assert np.linalg.norm(blended) == pytest.approx(weights[0] @ lengths, rel=1e-5)
    total = weights[0] @ points
    assert blended @ total == pytest.approx(np.linalg.norm(blended) * np.linalg.norm(total), rel=1e-5)
    np.testing.assert_allclose(latents.blend(points, np.eye(4)), points, rtol=1e-6)


def test_a_blend_of_one_point_with_itself_is_that_point_and_of_nothing_nothing():
    point = np.arange(1.0, 9)
    np.testing.assert_allclose(latents.blend(np.tile(point, (4, 1)), [[0.25] * 4]), [point], rtol=1e-6)
    np.testing.assert_array_equal(latents.blend(np.zeros((2, 3)), [[0.5, 0.5]]), np.zeros((1, 3)))


def test_weights_sum_to_one_and_none_at_all_are_equal():
    np.testing.assert_allclose(latents.normalized([3, 1, 0, 0]), [0.75, 0.25, 0, 0])
    np.testing.assert_allclose(latents.normalized([0] * NUM_CLASSES), [1 / NUM_CLASSES] * NUM_CLASSES)
