import json
import shutil

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from cgan.data import NUM_CLASSES
from cgan.explain import directions
from cgan.explain.attributes import attributes
from cgan.explain.directions import COUNT, DIRECTIONS, choose_names, load_directions, move, principal_directions, scopes
from cgan.models.checkpoints import CHECKPOINTS, CONFIG, EMA_GENERATOR
from cgan.sampling.latents import latents, one_hot
from cgan.sampling.sampler import Sampler

SHIPPED = ("report-mlp", "r3gan-conv")


def test_principal_directions_are_the_textbooks():
    """Against numpy's SVD for the components, and its least squares for the regression (GANSpace, equation 3)."""
    draw = np.random.default_rng(0).standard_normal
    z = draw((4000, 12)).astype(np.float32)
    features = np.maximum(z @ draw((12, 40)) * np.geomspace(4, 0.2, 40) + 0.1 * draw((4000, 40)), 0).astype(np.float32)
    found, shares = principal_directions(features, z, 4)
    centered, z_centered = features - features.mean(axis=0), z - z.mean(axis=0)
    _, scales, components = np.linalg.svd(centered.astype(np.float64), full_matrices=False)
    coordinates = centered @ components[:4].T
    expected = np.linalg.lstsq(coordinates / coordinates.std(axis=0), z_centered, rcond=None)[0]
    cosines = (found * expected).sum(axis=1) / np.linalg.norm(found, axis=1) / np.linalg.norm(expected, axis=1)
    np.testing.assert_allclose(np.abs(cosines), 1, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), np.linalg.norm(expected, axis=1), rtol=1e-3)
    np.testing.assert_allclose(shares, scales[:4] ** 2 / (scales**2).sum(), rtol=1e-3)


def test_of_a_linear_layer_they_are_its_singular_vectors_one_sigma_long():
    z = np.random.default_rng(1).standard_normal((20_000, 3)).astype(np.float32)
    found, _ = principal_directions(z @ np.diag([3, 2, 1]).astype(np.float32), z, 3)
    np.testing.assert_allclose(np.abs(found), np.eye(3), atol=0.03)
    assert (found.max(axis=1) > 0.9).all()


def test_a_walk_adds_up():
    moved = move(np.array([1.0, 1.0]), np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[0.0, 0.0], [2.0, -1.0]]))
    np.testing.assert_allclose(moved, [[1, 1], [3, -1]])


def test_names_are_earned_and_given_once():
    effects = [
        {"width": [0.9, 2.0], "height": [0.8, -1.5]},  # the weaker width: height is left for it
        {"width": [-0.95, -3.0]},
        {"texture": [0.6, 5.0]},  # not steady
        {"texture": [0.9, 0.5]},  # too little
    ]
    assert choose_names(effects) == ["height", "width", None, None]


def test_an_effect_is_its_correlation_and_its_change_in_spreads():
    sigmas = np.linspace(-2, 2, 5)
    assert directions._effect(np.stack([3 * sigmas, 5 + 3 * sigmas]), 4.0) == pytest.approx((1, 3))
    assert directions._effect(np.ones((2, 5)), 1.0) == (0, 0)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_checkpoints_have_theirs_and_every_name_has_its_evidence(name):
    found = load_directions(CHECKPOINTS / name)
    assert found is not None, f"make them anew: python -m cgan.directions --checkpoint {name}"
    assert {direction.name for scope in scopes(NUM_CLASSES) for direction in found.scopes[scope]} - {None}
    for scope in scopes(NUM_CLASSES):
        for direction in found.scopes[scope]:
            if direction.name:
                correlation, change = direction.effects[direction.name]
                assert correlation >= 0.7 and change >= 1


def test_the_strongest_name_holds_for_other_seeds():
    """What the file says of a direction is seen again in pictures that it was not measured on."""
    folder = CHECKPOINTS / "r3gan-conv"
    found = load_directions(folder).scopes["all"]
    named = [direction for direction in found if direction.name]
    best = max(named, key=lambda direction: direction.effects[direction.name][1])
    pictures = []
    sampler = Sampler(folder)
    for sigma in (-2, 2):
        z = latents(np.arange(50_000, 50_060), sampler.latent_dim) + sigma * np.array(best.z)
        pictures.append(attributes(sampler.draw(z, one_hot(np.arange(60) % NUM_CLASSES, NUM_CLASSES)))[best.name])
    assert (pictures[1] > pictures[0]).mean() > 0.7


@pytest.fixture
def copy(tmp_path):
    for name in (CONFIG, EMA_GENERATOR, DIRECTIONS):
        shutil.copy(CHECKPOINTS / "report-mlp" / name, tmp_path)
    assert load_directions(tmp_path) is not None
    return tmp_path


def test_directions_of_other_weights_are_none(copy):
    content = json.loads((copy / DIRECTIONS).read_text())
    (copy / DIRECTIONS).write_text(json.dumps(content | {"weights": "0" * 64}))
    assert load_directions(copy) is None


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"weights": 1, "scopes": {"all": [{"z": [1]}]}}', "\x00"])
def test_a_damaged_file_is_none(copy, damage):
    (copy / DIRECTIONS).write_text(damage)
    assert load_directions(copy) is None


def test_a_vector_that_does_not_fit_is_none(copy):
    content = json.loads((copy / DIRECTIONS).read_text())
    content["scopes"]["all"][0]["z"][0] = float("nan")
    (copy / DIRECTIONS).write_text(json.dumps(content))
    assert load_directions(copy) is None


def test_the_command_makes_them_for_a_new_run(short_run, monkeypatch, capsys):
    monkeypatch.setattr(directions, "_FEATURE_SEEDS", 200)
    monkeypatch.setattr(directions, "_MEASURED_SEEDS", 10)
    monkeypatch.setattr("sys.argv", ["directions", "--checkpoint", f"{short_run}"])
    directions.main()
    found = load_directions(short_run)
    (short_run / DIRECTIONS).unlink()
    assert found.vectors("all").shape == (COUNT, 100)
    assert "All classes" in capsys.readouterr().out


def test_a_wrong_checkpoint_is_one_line(expect_refusal_here):
    expect_refusal_here(
        "-m", "cgan.directions", "--checkpoint", "nowhere", words=["--checkpoint", "nowhere", "report-mlp"]
    )


def test_a_collapsed_generator_has_no_directions_and_gets_no_file(copy, expect_refusal_here):
    weights = load_file(copy / EMA_GENERATOR)
    save_file({name: tensor.zero_() for name, tensor in weights.items()}, copy / EMA_GENERATOR)
    (copy / DIRECTIONS).unlink()
    expect_refusal_here("-m", "cgan.directions", "--checkpoint", copy, words=["--checkpoint", "collapsed"])
    assert not (copy / DIRECTIONS).exists()
