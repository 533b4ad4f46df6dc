"""The convolution with its own gradients, against torch's nn.Conv2d."""

import pytest
import torch
from torch import nn

from cgan.models.layers import convolution, only_image_gradients

GEOMETRIES = [(3, 1), (1, 1), (2, 2)]  # size and stride


def pair(size, stride, bias):
    torch.manual_seed(size)
    ours = convolution(3, 5, size=size, stride=stride, bias=bias).double()
    theirs = nn.Conv2d(3, 5, size, stride=stride, padding=(size - 1) // 2, bias=bias).double()
    if bias:
        nn.init.normal_(ours.bias)
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def penalized(layer, images):
    """A loss with a gradient penalty, as the discriminator's, and its gradients."""
    images = images.clone().requires_grad_()
    outputs = layer(layer(images)[:, :3].sin())
    scores = outputs.square().sum()
    with only_image_gradients():
        (gradient,) = torch.autograd.grad(scores, images, create_graph=True)
    loss = scores + gradient.square().sum()
    return loss, torch.autograd.grad(loss, [images, *layer.parameters()])


@pytest.mark.parametrize(("size", "stride"), GEOMETRIES)
@pytest.mark.parametrize("bias", [True, False])
def test_values_and_gradients_of_penalties_are_torchs(size, stride, bias):
    ours, theirs = pair(size, stride, bias)
    images = torch.randn(4, 3, 8, 8, dtype=torch.float64)
    assert torch.equal(ours(images), theirs(images))
    loss, gradients = penalized(ours, images)
    expected_loss, expected = penalized(theirs, images)
    torch.testing.assert_close(loss, expected_loss)
    for one, other in zip(gradients, expected, strict=True):
        torch.testing.assert_close(one, other)


def test_the_second_gradient_is_that_of_finite_differences():
    ours, _ = pair(3, 1, True)
    images = torch.randn(2, 3, 5, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradgradcheck(ours, (images,))


def test_autocast_computes_in_bfloat16_as_torchs_does():
    ours, theirs = (layer.float() for layer in pair(3, 1, True))
    images = torch.randn(4, 3, 8, 8)
    with torch.autocast("cpu", torch.bfloat16):
        assert ours(images).dtype == torch.bfloat16
        assert torch.equal(ours(images), theirs(images))
