"""Adversarial examples: small changes after which a network decides for another class. Networks are as in `gradients`.

target is the class to reach, or None for any class but the first choice for the unchanged image (an untargeted attack).
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from cgan.explain.gradients import Network, Step, unit


def fool(
    network: Network, image: Tensor, target: int | None, steps: int = 100, step_size: float = 0.25
) -> Iterator[Step]:
    """Gradient ascent on the target's score from `image` (1, C, H, W), until the target is the network's first choice.

    Yields step 0, which is the image itself, and at most `steps` more. Each adds the gradient, scaled to the L2 length
    `step_size` (pixels in [0, 1]), and clamps to [0, 1]. Without a target, the best other class gains on the first
    choice. That such small changes suffice: Szegedy et al. 2014 (arXiv:1312.6199).
    """
    yield from _ascend(network, image, target, steps, step_size, lambda moved: moved.clamp(0, 1))


def fool_through_z(
    network: Network,
    draw: Callable[[Tensor], Tensor],
    z: Tensor,
    target: int | None,
    steps: int = 100,
    step_size: float = 0.25,
) -> Iterator[Step]:
    """As `fool`, but z (1, D) is changed, and `draw` turns it into an image (1, C, H, W) in [0, 1].

    The length of z is kept: the generator was trained on normal noise, which lies close to a sphere, so its pictures
    stay garments. Song et al. 2018 (arXiv:1805.07894) call the results unrestricted adversarial examples.
    """
    length = z.norm()
    yield from _ascend(
        lambda moved: network(draw(moved)), z, target, steps, step_size, lambda moved: moved * (length / moved.norm())
    )


def _ascend(
    network: Network,
    start: Tensor,
    target: int | None,
    steps: int,
    step_size: float,
    project: Callable[[Tensor], Tensor],
) -> Iterator[Step]:
    """project: brings a moved tensor back to the allowed ones after each step."""
    moved = start.detach()
    first_choice = None
    for number in range(steps + 1):
        moved.requires_grad_(True)
        scores = network(moved)[0]
        first_choice = int(scores.argmax()) if number == 0 else first_choice
        yield Step.measured(number, moved.detach(), scores, start)
        if is_fooled(scores, target, first_choice) or number == steps:
            return
        goal = scores[target] if target is not None else _lead_of_others(scores, first_choice)
        (gradient,) = torch.autograd.grad(goal, moved)
        moved = project(moved.detach() + step_size * unit(gradient))


def is_fooled(scores: Tensor, target: int | None, first_choice: int) -> bool:
    """Whether the highest of scores (K,) is the target's or, if target is None, not that of `first_choice`."""
    now = int(scores.argmax())
    return now != first_choice if target is None else now == target


def _lead_of_others(scores: Tensor, index: int) -> Tensor:
    """The best score of the other classes minus that of class `index`."""
    others = torch.cat([scores[:index], scores[index + 1 :]])
    return others.max() - scores[index]


class Attempt(NamedTuple):
    """One bound tried by `smallest_change`: whether the network was fooled within it, and the last step there."""

    bound: float
    fooled: bool
    end: Step


def smallest_change(
    network: Network, image: Tensor, target: int | None, steps: int = 10, halvings: int = 4, largest: float = 0.5
) -> Iterator[Attempt]:
    """Search the smallest L-infinity change of `image` (1, C, H, W) in [0, 1] that fools the network.

    Each bound is tried by projected gradient descent (PGD, Madry et al. 2018, arXiv:1706.06083), started at the image
    itself. The bound is doubled from 1/255 until an attempt succeeds, at most up to `largest`; then the interval
    between failure and success is halved `halvings` times. The last attempt with `fooled` is the answer: an upper
    bound, since a better attack may need less.
    """
    failed, bound = 0.0, 1 / 255
    while True:
        attempt = _try_bound(network, image, target, steps, bound)
        yield attempt
        if attempt.fooled or bound >= largest:
            break
        failed, bound = bound, min(2 * bound, largest)
    if not attempt.fooled or attempt.end.number == 0:
        return
    succeeded = bound
    for _ in range(halvings):
        bound = (failed + succeeded) / 2
        attempt = _try_bound(network, image, target, steps, bound)
        yield attempt
        failed, succeeded = (failed, bound) if attempt.fooled else (bound, succeeded)


def _try_bound(network: Network, image: Tensor, target: int | None, steps: int, bound: float) -> Attempt:
    low, high = (image - bound).clamp(0, 1), (image + bound).clamp(0, 1)
    moved = image.detach()
    first_choice = None
    for number in range(steps + 1):
        moved.requires_grad_(True)
        scores = network(moved)[0]
        first_choice = int(scores.argmax()) if number == 0 else first_choice
        fooled = is_fooled(scores, target, first_choice)
        if fooled or number == steps:
            break
        # Ascent on the log-likelihood of the target or, without one, descent on that of the first choice.
        logs = scores.log_softmax(dim=0)
        (gradient,) = torch.autograd.grad(logs[target] if target is not None else -logs[first_choice], moved)
        moved = (moved.detach() + 2.5 * bound / steps * gradient.sign()).clamp(low, high)  # 2.5: Madry et al.
    return Attempt(bound, fooled, Step.measured(number, moved.detach(), scores, image))
