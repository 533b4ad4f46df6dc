import dataclasses

import numpy as np
import pytest
import torch

from cgan.training.config import RECIPES
from cgan.training.step.augmentation import augment
from cgan.training.trainer import Trainer

CPU = torch.device("cpu")


def stream(seed=0):
    return torch.Generator().manual_seed(seed)


def points(count, row, column):
    """Black images with one white pixel."""
    images = torch.full((count, 1, 28, 28), -1.0)
    images[:, :, row, column] = 1
    return images


def places(images):
    """The white pixel's row and column in each image, (N, 2)."""
    flat = images.flatten(1)
    assert (flat == 1).sum(dim=1).eq(1).all() and (flat == -1).sum(dim=1).eq(783).all()
    return torch.stack([flat.argmax(dim=1) // 28, flat.argmax(dim=1) % 28], dim=1)


def test_probability_0_changes_nothing():
    images = torch.rand(50, 1, 28, 28)
    assert torch.equal(augment(images, torch.tensor(0.0), stream()), images)


def test_probability_1_mirrors_all_and_moves_them_by_up_to_three_pixels_in_both_directions():
    found = places(augment(points(4000, 10, 8), torch.tensor(1.0), stream()))
    rows, columns = ({*side.tolist()} for side in found.T)
    assert rows == {*range(7, 14)}
    assert columns == {*range(27 - 8 - 3, 27 - 8 + 4)}


def test_each_change_has_the_probability():
    found = places(augment(points(20_000, 10, 4), torch.tensor(0.3), stream()))
    mirrored = found[:, 1] > 13
    assert mirrored.float().mean() == pytest.approx(0.3, abs=0.02)
    unmoved = (found[:, 0] == 10) & ((found[:, 1] == 4) | (found[:, 1] == 23))
    assert unmoved.float().mean() == pytest.approx(0.7 + 0.3 / 49, abs=0.02)


def test_what_moves_in_is_black_and_gradients_go_back_to_their_pixels():
    images = torch.rand(200, 1, 28, 28).requires_grad_()
    changed = augment(images, torch.tensor(1.0), stream())
    assert (changed == -1).any()
    (gradient,) = torch.autograd.grad(changed.sum(), images)
    assert {*gradient.unique().tolist()} == {0.0, 1.0}  # 0: moved out
    assert gradient.sum() == (changed != -1).sum()


def test_processes_together_draw_what_one_draws():
    images = torch.rand(30, 1, 28, 28)
    parts = [augment(half, torch.tensor(0.5), stream(), part, 2) for part, half in enumerate(images.chunk(2))]
    assert torch.equal(torch.cat(parts), augment(images, torch.tensor(0.5), stream()))


def test_the_discriminator_alone_sees_them_and_more_along_the_burn_in(few, monkeypatch):
    config = dataclasses.replace(
        RECIPES["conv"], width=8, width_d=8, batch_size=50, burn_in=656, augmentation=0.4, epochs=2
    )
    seen = []
    monkeypatch.setattr(
        "cgan.training.trainer.augment",
        lambda images, probability, **rest: seen.append(probability.item()) or images,
    )
    trainer = Trainer(config, *few, CPU)
    for _ in range(15):
        trainer.step()
    assert seen[::2] == seen[1::2], "real and generated images alike"
    assert seen[0] == 0 and seen == sorted(seen) and seen[-1] == pytest.approx(0.4)
    halfway = seen[2 * 7]  # 350 of 656 images
    assert halfway == pytest.approx(0.4 * (1 - np.cos(np.pi * 350 / 656)) / 2, abs=1e-6)
