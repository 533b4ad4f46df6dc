import pytest
import torch

from cgan.explain import class_visualization


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
