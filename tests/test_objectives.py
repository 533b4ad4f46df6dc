import pytest
import torch

from cgan import objectives

REAL, FAKE = torch.tensor([[1.0], [0.5], [2.0]]), torch.tensor([[0.0], [1.0], [-0.5]])


def test_generator_wants_ones():
    # ((0-1)^2 + (1-1)^2 + (-0.5-1)^2) / 3
    assert objectives.least_squares_generator(FAKE).item() == pytest.approx((1 + 0 + 2.25) / 3)


def test_discriminator_wants_ones_for_real_and_zeros_for_generated():
    # the mean of (0 + 0.25 + 1) / 3 and (0 + 1 + 0.25) / 3
    assert objectives.least_squares_discriminator(REAL, FAKE).item() == pytest.approx((1.25 / 3 + 1.25 / 3) / 2)


def test_agrees_with_torchs_mse_loss():
    mse = torch.nn.MSELoss()
    ones, zeros = torch.ones_like(REAL), torch.zeros_like(REAL)
    torch.testing.assert_close(objectives.least_squares_generator(FAKE), mse(FAKE, ones))
    torch.testing.assert_close(
        objectives.least_squares_discriminator(REAL, FAKE), (mse(REAL, ones) + mse(FAKE, zeros)) / 2
    )
