import copy

import numpy as np
import pytest
import torch
from torch import nn

from cgan.explain import adversarial, class_visualization, own_networks, saliency
from cgan.explain.own_networks import Painter
from cgan.models import checkpoints
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler

CONV = checkpoints.CHECKPOINTS / "r3gan-conv"


@pytest.fixture(scope="module")
def images(fashion_mnist_test):
    """The first 20 real test images, float32 (20, 1, 28, 28) in [0, 1], and their labels."""
    images, labels = fashion_mnist_test
    return torch.from_numpy(images[:20]).float().unsqueeze(1) / 255, torch.from_numpy(labels[:20].astype(np.int64))


@pytest.fixture(scope="module")
def judge():
    return own_networks.judge()


@pytest.fixture(scope="module")
def painter():
    return Painter(Sampler(CONV).generator, class_index=3)


class Quadratic(nn.Module):
    """Scores (sum a x^2, sum b x^2): everything about them is known on paper."""

    def __init__(self, a, b):
        super().__init__()
        self.register_buffer("weights", torch.stack([a, b]))

    def forward(self, images):
        return images.square().flatten(1) @ self.weights.flatten(1).T


def differences(function, at, places, h=1e-6):
    """Central differences of a function of `at` (float64) by its entries at `places`."""
    slopes = []
    for place in places:
        step = torch.zeros_like(at)
        step.view(-1)[place] = h
        slopes.append(float((function(at + step) - function(at - step)) / (2 * h)))
    return torch.tensor(slopes, dtype=at.dtype)


def in_float64(network):
    return copy.deepcopy(network).double()


def test_saliency_is_the_slope_of_the_score_by_finite_differences(judge, images):
    network, image = in_float64(judge), images[0][:1].double() * 0.9 + 0.05
    places = torch.randperm(784, generator=torch.Generator().manual_seed(0))[:40]
    found = saliency.vanilla_gradient(network, image, torch.tensor([4]))
    assert found.shape == (1, 28, 28)
    slopes = differences(lambda x: network(x)[0, 4], image, places)
    torch.testing.assert_close(found.view(-1)[places], slopes.abs(), rtol=1e-5, atol=1e-8)


def test_saliency_is_the_maximum_over_channels():
    weights = torch.tensor([[1.0, -5.0, 2.0]]).view(1, 3, 1, 1).expand(1, 3, 4, 4)
    network = nn.Sequential(nn.Flatten(), nn.Linear(48, 1, bias=False))
    network[1].weight.data = weights.reshape(1, 48).clone()
    torch.testing.assert_close(
        saliency.vanilla_gradient(network, torch.rand(2, 3, 4, 4), torch.tensor([0, 0])), torch.full((2, 4, 4), 5.0)
    )


@pytest.mark.parametrize("kind", ["pixels", "z", "class visualization"])
def test_every_ascent_goes_where_finite_differences_say(judge, painter, images, kind):
    network = in_float64(judge)
    if kind == "z":
        start = painter.z(7).double()
        draw = Painter(Sampler(CONV).generator, class_index=3)
        draw._generator, draw._weights = draw._generator.double(), draw._weights.double()
        steps = adversarial.fool_through_z(network, draw, start, target=1, step_size=1e-4)
        function = lambda z: network(draw(z))[0, 1]  # noqa: E731
    else:
        start = images[0][:1].double() * 0.5 + 0.25  # far from 0 and 1, where steps are cut
        function = lambda x: network(x)[0, 1]  # noqa: E731
        if kind == "pixels":
            steps = adversarial.fool(network, start, target=1, step_size=1e-4)
        else:
            steps = class_visualization.visualize_class(network, 1, start, 5, step_size=1e-4, jitter=0, blur_every=100)
    first, second = next(steps), next(steps)
    torch.testing.assert_close(first.moved, start)
    slope = differences(function, start, range(start.numel())).view_as(start)
    if kind == "z":  # what would change the length is taken away
        slope -= (slope * start).sum() / start.square().sum() * start
    moved = second.moved - first.moved
    cosine = nn.functional.cosine_similarity(moved.flatten(), slope.flatten(), dim=0)
    assert cosine > 1 - 1e-5
    assert moved.norm() == pytest.approx(1e-4, rel=0.05 if kind == "z" else 1e-6)


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
    network, image = in_float64(judge), images[0][:3].double()
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


def test_real_images_are_fooled_and_the_change_is_what_it_says(judge, images):
    for image, label in zip(images[0][:8, None], images[1][:8].tolist(), strict=True):
        target = (label + 3) % 10
        *_, last = steps = list(adversarial.fool(judge, image, target))
        assert [step.number for step in steps] == list(range(len(steps)))
        assert torch.equal(steps[0].moved, image) and (steps[0].l2, steps[0].linf) == (0, 0)
        assert judge(last.moved).argmax() == target == last.probabilities.argmax()
        assert all(step.probabilities.argmax() != target for step in steps[:-1])
        assert last.l2 == pytest.approx(float((last.moved - image).norm()))
        assert last.linf == pytest.approx(float((last.moved - image).abs().max()))
        assert last.moved.min() >= 0 and last.moved.max() <= 1
        assert last.l2 < 0.3 * image.norm()  # a person sees the same garment


def test_without_a_target_any_other_class_will_do(judge, images):
    image = images[0][:1]
    first = int(judge(image).argmax())
    *_, last = adversarial.fool(judge, image, None)
    assert judge(last.moved).argmax() != first
    targeted = [list(adversarial.fool(judge, image, target))[-1] for target in range(10) if target != first]
    assert last.l2 <= min(step.l2 for step in targeted) + 0.25  # a step


def test_who_is_fooled_already_takes_no_step(judge, images):
    image = images[0][:1]
    assert len(list(adversarial.fool(judge, image, int(judge(image).argmax())))) == 1


def test_steps_run_out(judge, images):
    steps = list(adversarial.fool(judge, images[0][:1], 0, steps=2, step_size=1e-6))
    assert len(steps) == 3 and steps[-1].probabilities.argmax() != 0


def test_the_smallest_change_of_a_linear_network_is_the_one_on_paper():
    """Two scores w.x and v.x change places when every pixel moves by (w - v).x / |w - v|_1."""
    stream = torch.Generator().manual_seed(1)
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 2, bias=False))
    network[1].weight.data = torch.randn(2, 64, generator=stream) / 8
    image = 0.5 + 0.1 * torch.randn(1, 1, 8, 8, generator=stream)
    gap = network(image)[0].detach()
    own, other = int(gap.argmax()), int(gap.argmin())
    weights = network[1].weight.detach()
    exact = float((gap[own] - gap[other]) / (weights[own] - weights[other]).abs().sum())
    attempts = list(adversarial.smallest_change(network, image, other, halvings=8))
    best = [attempt for attempt in attempts if attempt.fooled][-1]
    assert best.bound == pytest.approx(exact, rel=0.02) and best.bound >= exact


def test_the_smallest_change_of_a_real_image_is_within_its_bound(judge, images):
    image = images[0][2:3]
    attempts = list(adversarial.smallest_change(judge, image, 0))
    fooled = [attempt for attempt in attempts if attempt.fooled]
    for attempt in attempts:
        assert attempt.end.linf <= attempt.bound + 1e-6
        assert attempt.fooled == (int(judge(attempt.end.moved).argmax()) == 0)
    assert fooled[-1].bound == min(attempt.bound for attempt in fooled)


def test_fooling_through_z_stays_among_what_the_generator_draws(judge, painter):
    z = painter.z(7)
    *_, last = steps = list(adversarial.fool_through_z(judge, painter, z, None))
    with torch.no_grad():
        assert judge(painter(last.moved)).argmax() != judge(painter(z)).argmax()
    for step in steps:
        assert float(step.moved.norm()) == pytest.approx(float(z.norm()), rel=1e-4)
    sample = Sampler(CONV).sample(np.array([3]), np.array([7]))[0]
    drawn = (255 * painter(z)[0, 0]).round()
    assert (drawn - torch.from_numpy(sample.astype(np.float32))).abs().max() <= 1


def test_class_visualization_convinces_the_judge_the_same_way_each_time(judge):
    black = torch.zeros(1, 1, 28, 28)
    *_, last = steps = list(class_visualization.visualize_class(judge, 5, black, steps=30, step_size=0.7, jitter=2))
    assert len(steps) == 31 and torch.equal(steps[0].moved, black)
    assert judge(last.moved).argmax() == 5 and judge(last.moved).softmax(dim=1)[0, 5] > 0.9
    assert last.moved.min() >= 0 and last.moved.max() <= 1
    *_, again = class_visualization.visualize_class(judge, 5, black, steps=30, step_size=0.7, jitter=2)
    assert torch.equal(last.moved, again.moved)


def test_blur_spreads_a_point_as_a_normal_distribution_does_and_leaves_a_plain_colour():
    point = torch.zeros(1, 1, 21, 21, dtype=torch.float64)
    point[0, 0, 10, 10] = 1
    blurred = class_visualization.blur(point, sigma=1.5)[0, 0]
    places = torch.arange(21.0, dtype=torch.float64) - 10
    assert float(blurred.sum()) == pytest.approx(1)
    assert float((blurred.sum(dim=0) * places.square()).sum()) == pytest.approx(1.5**2, rel=0.05)
    plain = torch.full((1, 3, 8, 8), 0.3)
    torch.testing.assert_close(class_visualization.blur(plain, sigma=1.0), plain)


def test_a_discriminator_is_half_sure_of_what_it_was_compared_with(painter):
    """Of sixteen generated pictures the probability of "real" is about one half; more for what D scores higher."""
    network = own_networks.discriminator(CONV, 3, painter)
    with torch.no_grad():
        pictures = painter(painter.z(*range(16)))
        scores = network(pictures)
    assert float((scores[:, 1] - scores[:, 0]).mean()) == pytest.approx(0, abs=1e-4)
    pair = checkpoints.load_config(CONV).build_discriminator()
    checkpoints.load_weights(pair, CONV / checkpoints.DISCRIMINATOR)
    weights = torch.from_numpy(latents.one_hot(np.full(16, 3), 10))
    own = pair.eval()(2 * pictures - 1, weights)[:, 0]
    torch.testing.assert_close(scores[:, 1], own.detach(), rtol=1e-4, atol=1e-4)


def test_looking_into_a_network_leaves_it_as_it_was(judge, images):
    before = {name: tensor.clone() for name, tensor in judge.state_dict().items()}
    list(adversarial.fool(judge, images[0][:1], 3))
    saliency.grad_cam(judge, images[0][:1], torch.tensor([0]))
    for name, tensor in judge.state_dict().items():
        assert torch.equal(tensor, before[name])
    assert all(parameter.grad is None for parameter in judge.parameters())
    assert not any(module._forward_hooks for module in judge.modules())
