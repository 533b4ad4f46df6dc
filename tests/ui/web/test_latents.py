"""The twin of cgan/sampling in JavaScript: the same numbers."""

import numpy as np
import pytest

from cgan.data import NUM_CLASSES
from cgan.explain.directions import load_directions, move
from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling import latents
from tests.sampling.test_latents import KNOWN_ANSWERS, words

CARD = {"latent_dim": 64, "classes": NUM_CLASSES}


def test_philox_gives_the_known_answers(evaluate):
    vectors = [[words(counter).tolist(), words(key).tolist()] for counter, key, _ in KNOWN_ANSWERS]
    found = evaluate({"drawing/latents.js": "philox4x32"}, "(all) => all.map((each) => philox4x32(...each))", vectors)
    assert found == [words(result).tolist() for _, _, result in KNOWN_ANSWERS]


@pytest.mark.parametrize(("dimensions", "truncation"), [(100, 1), (64, 1), (6, 0.3)])
def test_z_is_pythons(evaluate, dimensions, truncation):
    seeds = [0, 7, 9999, 2**31, latents.MAX_SEED]
    request = [seeds, dimensions, truncation]
    z = evaluate({"drawing/latents.js": "latents"}, "(request) => [...latents(...request)]", request)
    expected = latents.latents(np.array(seeds), dimensions, truncation)
    np.testing.assert_allclose(np.reshape(z, expected.shape), expected, rtol=1e-6, atol=1e-6)


ENDS = [([1, 2, 3], [-2, 1, 0.5]), ([1, 0], [0, 1]), ([1, 0], [2, 0]), ([0, 0], [1, 0])]


@pytest.mark.parametrize("path", ["slerp", "lerp"])
def test_paths_are_pythons(evaluate, path):
    positions = np.linspace(0, 1, 5)
    points = evaluate(
        {"drawing/latents.js": "PATHS"},
        """({ path, ends, positions }) => ends.map((pair) => {
          const [start, end] = pair.map((point) => Float32Array.from(point));
          return positions.map((position) => [...PATHS[path](start, end, position)]);
        })""",
        {"path": path, "ends": ENDS, "positions": positions.tolist()},
    )
    for (start, end), found in zip(ENDS, points, strict=True):
        expected = getattr(latents, path)(np.array(start, np.float32), np.array(end, np.float32), positions)
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_neighbours_of_a_z_are_pythons(evaluate):
    (z,) = latents.latents(np.array([99]), 64)
    request = [z.tolist(), 4, 0.3]
    found = evaluate(
        {"drawing/latents.js": "neighbours"}, "(all) => neighbours(...all).map((one) => [...one])", request
    )
    expected = latents.neighbours(z, 4, 0.3)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_array_equal(expected[0], z)
    np.testing.assert_allclose(latents.neighbours(z, 3, 1)[1:], latents.latents(np.arange(1, 3), 64), atol=1e-6)


def test_inputs_take_z_in_place_of_a_seed_and_so_does_python(evaluate):
    (z,) = latents.latents(np.array([99]), 64)
    script = "([z, card]) => [...sampleInputs([3, 3], [z, 7], card, 0.5).z]"
    found = evaluate({"drawing/inputs.js": "sampleInputs"}, script, [z.tolist(), CARD])
    both = latents.latents(np.stack([z, *latents.latents(np.array([7]), 64)]), 64, 0.5)
    np.testing.assert_allclose(np.reshape(found, (2, 64)), both, atol=1e-6)


def test_the_inputs_of_a_square_are_pythons(evaluate):
    classes, seeds, positions = [0, 3, 3, 9], [7, 21, 8, 9], [[0.2, 0.7], [1, 0]]
    found = evaluate(
        {"drawing/inputs.js": "blendInputs"},
        "(request) => { const { z, classWeights } = blendInputs(...request); return [[...z], [...classWeights]]; }",
        [classes, seeds, positions, CARD],
    )
    weights = latents.bilinear(np.array(positions))
    z = latents.blend(latents.latents(np.array(seeds), 64), weights)
    np.testing.assert_allclose(np.reshape(found[0], (2, 64)), z, atol=1e-5)
    np.testing.assert_allclose(
        np.reshape(found[1], (2, NUM_CLASSES)), weights @ np.eye(NUM_CLASSES)[classes], atol=1e-6
    )


def test_the_inputs_of_a_walk_are_pythons(evaluate):
    found = evaluate(
        {"drawing/inputs.js": "sampleInputs, walkInputs", "drawing/latents.js": "PATHS"},
        """([classes, seeds, positions, path, card]) => {
          const [from, to] = classes.map((index, end) => sampleInputs([index], [seeds[end]], card));
          const { z, classWeights } = walkInputs(from, to, positions, PATHS[path]);
          return [[...z], [...classWeights]];
        }""",
        [[7, 9], [7, 21], [0, 0.3, 1], "slerp", CARD],
    )
    positions = np.array([0, 0.3, 1])
    z = latents.slerp(*latents.latents(np.array([7, 21]), 64), positions)
    np.testing.assert_allclose(np.reshape(found[0], (3, 64)), z, atol=1e-5)
    weights = latents.lerp(*latents.one_hot(np.array([7, 9]), NUM_CLASSES), positions)
    np.testing.assert_allclose(np.reshape(found[1], (3, NUM_CLASSES)), weights, atol=1e-6)


def test_the_inputs_of_a_move_are_pythons(evaluate):
    directions = load_directions(CHECKPOINTS / "r3gan-conv")
    sigmas = [[0] * 6, [1, 0, -2.5, 0, 0, 3]]
    found = evaluate(
        {"drawing/inputs.js": "moveInputs", "drawing/latents.js": "latents"},
        "([index, seed, vectors, rows, card]) => [...moveInputs(index, latents([seed], 64), vectors, rows, card).z]",
        [3, 7, directions.vectors("3").tolist(), sigmas, CARD],
    )
    expected = move(latents.latents(np.array([7]), 64), directions.vectors("3"), np.array(sigmas))
    np.testing.assert_allclose(np.reshape(found, (2, 64)), expected, atol=1e-5)


def test_the_inputs_of_a_mixture_are_pythons(evaluate):
    weights = [0.2, 0, 0, 0.6, *[0] * 6]
    found = evaluate(
        {"drawing/inputs.js": "mixInputs"},
        "([weights, seeds, card]) => [...mixInputs(weights, seeds, card).classWeights]",
        [weights, [7, 8], CARD],
    )
    np.testing.assert_allclose(
        np.reshape(found, (2, NUM_CLASSES)), [latents.normalized(np.array(weights))] * 2, atol=1e-6
    )


@pytest.mark.parametrize(
    ("count", "workers", "expected"),
    [(16, 2, [[0, 8], [8, 16]]), (5, 2, [[0, 3], [3, 5]]), (1, 2, [[0, 1]]), (4, 3, [[0, 2], [2, 4]])],
)
def test_each_worker_gets_a_share(evaluate, count, workers, expected):
    assert evaluate({"drawing/workers.js": "shares"}, "(request) => shares(...request)", [count, workers]) == expected
