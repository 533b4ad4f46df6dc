import pytest
import torch

from cgan.training.step import losses

REAL, FAKE = torch.tensor([[1.0], [0.5], [2.0]]), torch.tensor([[0.0], [1.0], [-0.5]])


def test_generator_wants_ones():
    # ((0-1)^2 + (1-1)^2 + (-0.5-1)^2) / 3
    assert losses.least_squares_generator(REAL, FAKE).item() == pytest.approx((1 + 0 + 2.25) / 3)


def test_discriminator_wants_ones_for_real_and_zeros_for_generated():
    # the mean of (0 + 0.25 + 1) / 3 and (0 + 1 + 0.25) / 3
    assert losses.least_squares_discriminator(REAL, FAKE).item() == pytest.approx((1.25 / 3 + 1.25 / 3) / 2)


def test_agrees_with_torchs_mse_loss():
    mse = torch.nn.MSELoss()
    ones, zeros = torch.ones_like(REAL), torch.zeros_like(REAL)
    torch.testing.assert_close(losses.least_squares_generator(REAL, FAKE), mse(FAKE, ones))
    torch.testing.assert_close(losses.least_squares_discriminator(REAL, FAKE), (mse(REAL, ones) + mse(FAKE, zeros)) / 2)


def test_non_saturating_loss_is_torchs_cross_entropy():
    cross_entropy = torch.nn.BCEWithLogitsLoss()
    ones, zeros = torch.ones_like(REAL), torch.zeros_like(REAL)
    torch.testing.assert_close(losses.non_saturating_generator(REAL, FAKE), cross_entropy(FAKE, ones))
    torch.testing.assert_close(
        losses.non_saturating_discriminator(REAL, FAKE),
        (cross_entropy(REAL, ones) + cross_entropy(FAKE, zeros)) / 2,
    )


def test_hinge_forgives_what_is_beyond_the_margin():
    # generator: -(0 + 1 - 0.5) / 3
    assert losses.hinge_generator(REAL, FAKE).item() == pytest.approx(-0.5 / 3)
    # the mean of (0 + 0.5 + 0) / 3 and (1 + 2 + 0.5) / 3
    assert losses.hinge_discriminator(REAL, FAKE).item() == pytest.approx((0.5 / 3 + 3.5 / 3) / 2)


def test_relativistic_loss_compares_partners():
    # Differences of the partners' scores: 1, -0.5 and 2.5.
    log_sigmoid = torch.nn.LogSigmoid()
    differences = torch.tensor([1.0, -0.5, 2.5])
    torch.testing.assert_close(losses.relativistic_discriminator(REAL, FAKE), -log_sigmoid(differences).mean())
    torch.testing.assert_close(losses.relativistic_generator(REAL, FAKE), -log_sigmoid(-differences).mean())


def test_gradient_penalty_is_half_the_squared_slope():
    images = torch.randn(5, 1, 28, 28, requires_grad=True)
    slope = torch.randn(28 * 28)
    penalty = losses.gradient_penalty(images.flatten(1) @ slope, images)
    torch.testing.assert_close(penalty, slope.square().sum() / 2)


@pytest.mark.parametrize("name", losses.OBJECTIVES)
def test_each_objective_pulls_the_two_networks_apart(name):
    """The generator wants its scores up, the discriminator wants them down and real ones up."""
    real, fake = torch.zeros(4, 1, requires_grad=True), torch.zeros(4, 1, requires_grad=True)
    objective = losses.OBJECTIVES[name]
    objective.generator(real.detach(), fake).backward()
    assert (fake.grad < 0).all()
    fake.grad = None
    (objective.discriminator(real, fake + 0.5)).backward()
    assert (fake.grad > 0).all() and (real.grad < 0).all()
