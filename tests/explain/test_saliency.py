import torch
from torch import nn

from cgan.explain import own_networks, saliency
from cgan.models import checkpoints
from tests.explain.conftest import differences, in_float64


class Quadratic(nn.Module):
    """Scores (sum a x^2, sum b x^2): everything about them is known on paper."""

    def __init__(self, a, b):
        super().__init__()
        self.register_buffer("weights", torch.stack([a, b]))

    def forward(self, images):
        return images.square().flatten(1) @ self.weights.flatten(1).T


def test_saliency_is_the_slope_of_the_score_by_finite_differences(judge, images):
    network, image = in_float64(judge), images[0][:1].double() * 0.9 + 0.05
    places = torch.randperm(784, generator=torch.Generator().manual_seed(0))[:40]
    found = saliency.vanilla_gradient(network, image, torch.tensor([4]))
    assert found.shape == (1, 28, 28)
    slopes = differences(lambda x: network(x)[:, 4], image, places)
    torch.testing.assert_close(found.view(-1)[places], slopes.abs(), rtol=1e-5, atol=1e-8)


def test_saliency_is_the_maximum_over_channels():
    weights = torch.tensor([[1.0, -5.0, 2.0]]).view(1, 3, 1, 1).expand(1, 3, 4, 4)
    network = nn.Sequential(nn.Flatten(), nn.Linear(48, 1, bias=False))
    network[1].weight.data = weights.reshape(1, 48).clone()
    torch.testing.assert_close(
        saliency.vanilla_gradient(network, torch.rand(2, 3, 4, 4), torch.tensor([0, 0])), torch.full((2, 4, 4), 5.0)
    )


def test_smooth_grad_of_a_straight_line_is_its_slope_and_of_the_judge_is_not(judge, images):
    linear = nn.Sequential(nn.Flatten(), nn.Linear(784, 3))
    image, classes = images[0][:2], torch.tensor([2, 0])
    torch.testing.assert_close(
        saliency.smooth_grad(linear, image, classes), saliency.vanilla_gradient(linear, image, classes).detach()
    )
    smooth = saliency.smooth_grad(judge, image, classes)
    torch.testing.assert_close(smooth, saliency.smooth_grad(judge, image, classes))
    assert not torch.allclose(smooth, saliency.vanilla_gradient(judge, image, classes), rtol=0.1)


def test_smooth_grad_leaves_the_random_numbers_of_others_alone(judge, images):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    saliency.smooth_grad(judge, images[0][:1], torch.tensor([1]))
    torch.testing.assert_close(torch.rand(3), expected)


def test_integrated_gradients_are_the_closed_form_of_a_quadratic():
    """Of sum a x^2 a pixel's part is a x^2."""
    a, b, image = torch.randn(3, 1, 2, 5, 5, dtype=torch.float64)
    parts = saliency.integrated_gradients(Quadratic(a, b), image, torch.tensor([0]), steps=8)
    torch.testing.assert_close(parts, a * image.square(), rtol=1e-5, atol=1e-7)


def test_integrated_gradients_are_complete(judge, images):
    network, image = in_float64(judge), images[0][:1].double()
    classes = network(image).argmax(dim=1)
    parts = saliency.integrated_gradients(network, image, classes, steps=300)
    scores = network(image) - network(torch.zeros_like(image))
    expected = scores.gather(1, classes[:, None])[:, 0]
    torch.testing.assert_close(parts.sum(dim=(1, 2, 3)), expected, rtol=1e-2, atol=1e-2)


def test_grad_cam_is_its_formula_where_it_can_be_written_down():
    """Two maps, averaged, one linear layer: the weight of a map is the layer's, over the number of places."""
    maps = nn.Conv2d(1, 2, 1, bias=False)
    maps.weight.data = torch.tensor([1.0, -1.0]).view(2, 1, 1, 1)
    last = nn.Linear(2, 1, bias=False)
    last.weight.data = torch.tensor([[3.0, 1.0]])
    network = nn.Sequential(maps, nn.AdaptiveAvgPool2d(1), nn.Flatten(), last)
    image = torch.randn(1, 1, 6, 6)
    expected = ((3.0 - 1.0) * image[:, 0] / 36).relu()
    torch.testing.assert_close(saliency.grad_cam(network, image, torch.tensor([0])), expected)


def test_grad_cam_needs_maps(judge, images, painter):
    assert saliency.grad_cam(judge, images[0][:2], images[1][:2]).shape == (2, 28, 28)
    mlp = own_networks.discriminator(checkpoints.CHECKPOINTS / "report-mlp", 3, painter)
    assert saliency.grad_cam(mlp, images[0][:1], torch.tensor([1])) is None
