import numpy as np
import pytest
import torch
from torch import nn

from cgan.data import NUM_CLASSES
from cgan.explain import adversarial, class_visualization
from cgan.explain.own_networks import Painter
from cgan.sampling.sampler import Sampler
from tests.explain.conftest import CONV, differences, in_float64

PLACES = torch.randperm(784, generator=torch.Generator().manual_seed(0))[:40]


@pytest.mark.parametrize("kind", ["pixels", "class visualization"])
def test_an_ascent_in_pixels_goes_where_finite_differences_say(judge, images, kind):
    network, start = in_float64(judge), images[0][:1].double() * 0.5 + 0.25  # far from 0 and 1, where steps are cut
    if kind == "pixels":
        steps = adversarial.fool(network, start, target=1, step_size=1e-4)
    else:
        steps = class_visualization.visualize_class(network, 1, start, 5, step_size=1e-4, jitter=0, blur_every=100)
    first, second = next(steps), next(steps)
    torch.testing.assert_close(first.moved, start)
    moved = second.moved - first.moved
    assert moved.norm() == pytest.approx(1e-4, rel=1e-6)
    slopes = differences(lambda x: network(x)[:, 1], start, PLACES)
    assert nn.functional.cosine_similarity(moved.flatten()[PLACES], slopes, dim=0) > 1 - 1e-5


def test_an_ascent_in_z_goes_where_finite_differences_say(judge):
    network, painter = in_float64(judge), Painter(Sampler(CONV).generator, class_index=3)
    start = painter.z(7).double()
    painter._generator, painter._weights = painter._generator.double(), painter._weights.double()
    steps = adversarial.fool_through_z(network, painter, start, target=1, step_size=1e-4)
    first, second = next(steps), next(steps)
    torch.testing.assert_close(first.moved, start)
    slope = differences(lambda z: network(painter(z))[:, 1], start, torch.arange(start.numel()))
    slope -= (slope * start).sum() / start.square().sum() * start[0]  # what would change the length is taken away
    moved = second.moved - first.moved
    assert nn.functional.cosine_similarity(moved.flatten(), slope, dim=0) > 1 - 1e-5
    assert moved.norm() == pytest.approx(1e-4, rel=0.05)


def test_real_images_are_fooled_and_the_change_is_what_it_says(judge, images):
    for image, label in zip(images[0][:8, None], images[1][:8].tolist(), strict=True):
        target = (label + 3) % NUM_CLASSES
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
    targeted = [list(adversarial.fool(judge, image, target))[-1] for target in range(NUM_CLASSES) if target != first]
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
