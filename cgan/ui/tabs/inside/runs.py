"""The figures of a run on its way: one after each step that there is time to look at, and the last with a film."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from cgan.explain import adversarial, saliency
from cgan.explain.gradients import Step
from cgan.explain.own_networks import REAL
from cgan.ui import figures
from cgan.ui.figures import Text, say

JUDGE, DISCRIMINATOR = "judge", "discriminator"
OURS = (JUDGE, DISCRIMINATOR)
_INTEGRATION_STEPS = {True: 96, False: 24}  # by whether the picture is one of our small grey ones
_FRAME_SECONDS = 0.15  # between two pictures of a run: what the eye follows and a connection carries


class Subject(NamedTuple):
    """A network, its name, what its scores are called, and a picture for it."""

    network: nn.Module
    name: str
    names: list[Text]
    image: Tensor


def map_row(network: nn.Module, image: Tensor, name: str, names: list[Text]) -> Iterator[dict]:
    """A row of maps, growing by one at a time: of the first choice, or, of a discriminator, of REAL."""
    probabilities = probabilities_of(network, image)
    index = _looked_for(name, probabilities)
    classes = torch.tensor([index])
    title = say("row_of", network=_network_name(name), name=names[index], share=_percent(probabilities[index]))
    panels = []
    methods = {
        "gradient": lambda: (figures.heat(saliency.vanilla_gradient(network, image, classes)[0]), None),
        "smooth_grad": lambda: (figures.heat(saliency.smooth_grad(network, image, classes)[0]), None),
        "integrated_gradients": lambda: _integrated(network, image, classes),
        "grad_cam": lambda: _grad_cam(network, image, classes),
    }
    for method, compute in methods.items():
        picture, note = compute()
        panels.append(figures.panel(say(method), picture, note))
        yield figures.row([*panels], title)


def maps(network: nn.Module, image: Tensor, name: str) -> dict[str, Tensor]:
    """The same maps as numbers, each (H, W), 0 or more; Grad-CAM is missing where there is none."""
    classes = torch.tensor([_looked_for(name, probabilities_of(network, image))])
    grad_cam = saliency.grad_cam(network, image, classes)
    attributions = saliency.integrated_gradients(network, image, classes, _INTEGRATION_STEPS[image.shape[1] == 1])
    found = {
        "gradient": saliency.vanilla_gradient(network, image, classes)[0],
        "smooth_grad": saliency.smooth_grad(network, image, classes)[0],
        "integrated_gradients": attributions.sum(dim=1).abs()[0],
    }
    return found if grad_cam is None else found | {"grad_cam": grad_cam[0]}


def _looked_for(name: str, probabilities: Tensor) -> int:
    """Whose score the maps explain: of a discriminator REAL's, else that of the first choice."""
    return REAL if name == DISCRIMINATOR else int(probabilities.argmax())


def _integrated(network: nn.Module, image: Tensor, classes: Tensor) -> tuple[np.ndarray, Text]:
    attributions = saliency.integrated_gradients(network, image, classes, _INTEGRATION_STEPS[image.shape[1] == 1])
    with torch.no_grad():
        scores = network(torch.cat([image, torch.zeros_like(image)]))[:, classes[0]]
    note = say("completeness", total=f"{attributions.sum():.2f}", difference=f"{scores[0] - scores[1]:.2f}")
    return figures.heat(attributions.sum(dim=1).abs()[0]), note


def _grad_cam(network: nn.Module, image: Tensor, classes: Tensor) -> tuple[np.ndarray | None, Text | None]:
    maps = saliency.grad_cam(network, image, classes)
    return (None, say("no_grad_cam")) if maps is None else (figures.overlay(image, maps[0]), None)


def ascent(subject: Subject, goal: int | None, steps: Iterator, drawn: Callable[[Step], Tensor]) -> Iterator[dict]:
    """Figures of `fool` and `fool_through_z` on their way."""
    curve: list[float] = []
    frames: list[np.ndarray] = []
    due = first = None
    for step in steps:
        image = drawn(step)
        first = first or step
        followed = goal if goal is not None else int(first.probabilities.argmax())
        curve.append(round(float(step.probabilities[followed]), 4))
        change, factor = _magnified(image - subject.image)
        frames.append(np.concatenate([figures.pixels(image), change], axis=1))
        label = say("probability_of", name=subject.names[followed])
        now = time.monotonic()
        if due is None or now >= due:
            due = now + _FRAME_SECONDS
            rows = [_before_after(subject, first, step, image, change, factor, draft=True)]
            yield figures.figure(rows, curve={"values": [*curve], "label": label}, crisp=subject.name in OURS)
    through_z = step.moved.ndim == 2
    yield figures.figure(
        [_before_after(subject, first, step, image, change, factor)],
        curve={"values": curve, "label": label},
        caption=_verdict(subject, goal, first, step, through_z),
        state="done",
        film=figures.film(frames),
        film_title=say("film_z" if through_z else "film_fooling"),
        crisp=subject.name in OURS,
        name="through-z" if through_z else "fooling",
    )


def _verdict(subject: Subject, goal: int | None, first: Step, step: Step, through_z: bool) -> list:
    fooled = adversarial.is_fooled(step.probabilities, goal, int(first.probabilities.argmax()))
    if fooled and step.number == 0:
        return [say("already")]
    name = subject.names[int(step.probabilities.argmax())]
    outcome = say("fooled_after" if fooled else "not_fooled_after", steps=step.number, name=name)
    if through_z:
        return [outcome, say("change_of_z", l2=f"{step.l2:.2f}")]
    return [outcome, say("change_size", l2=f"{step.l2:.3f}", linf=f"{255 * step.linf:.1f}")]


def smallest(subject: Subject, goal: int | None) -> Iterator[dict]:
    """Figures of `smallest_change`: one a bound that is tried, at the end the smallest that was enough."""
    curve: list[float] = []
    frames: list[np.ndarray] = []
    first = Step(0, subject.image, probabilities_of(subject.network, subject.image), 0.0, 0.0)
    followed = goal if goal is not None else int(first.probabilities.argmax())
    label = say("probability_of_tries", name=subject.names[followed])
    best = None
    for attempt in adversarial.smallest_change(subject.network, subject.image, goal):
        best = attempt if attempt.fooled else best
        curve.append(round(float(attempt.end.probabilities[followed]), 4))
        change, factor = _magnified(attempt.end.moved - subject.image)
        frames.append(np.concatenate([figures.pixels(attempt.end.moved), change], axis=1))
        rows = [_before_after(subject, first, attempt.end, attempt.end.moved, change, factor, draft=True)]
        tried = say("tried", bound=f"{255 * attempt.bound:.2f}", outcome=say("yes" if attempt.fooled else "no"))
        progress = {"curve": {"values": [*curve], "label": label}, "caption": [tried]}
        yield figures.figure(rows, crisp=subject.name in OURS, **progress)
    end = (best or attempt).end
    change, factor = _magnified(end.moved - subject.image)
    if best is None:
        caption = [say("no_bound", bound=f"{255 * attempt.bound:.0f}")]
    elif end.number == 0:
        caption = [say("already")]
    else:
        name = subject.names[int(end.probabilities.argmax())]
        caption = [say("smallest_bound", bound=f"{255 * best.bound:.2f}", name=name, tries=len(curve))]
    yield figures.figure(
        [_before_after(subject, first, end, end.moved, change, factor)],
        curve={"values": curve, "label": label},
        caption=caption,
        state="done",
        film=figures.film(frames),
        film_title=say("film_tries"),
        crisp=subject.name in OURS,
        name="smallest-change",
    )


def _before_after(
    subject: Subject,
    first: Step,
    step: Step,
    image: Tensor,
    change: np.ndarray,
    factor: float,
    draft: bool = False,
) -> dict:
    return figures.row(
        [
            figures.panel(
                say("before"),
                figures.pixels(subject.image),
                bars=figures.bars(subject.names, first.probabilities),
                draft=draft,
            ),
            figures.panel(
                say("after", steps=step.number),
                figures.pixels(image),
                bars=figures.bars(subject.names, step.probabilities),
                draft=draft,
            ),
            figures.panel(say("change"), change, say("magnified", factor=f"{factor:.0f}"), draft=draft),
        ]
    )


def growth(
    network: str,
    steps: Iterator[Step],
    index: int,
    name: Text,
    judge: nn.Module | None,
    names: list[Text],
    beside: list[dict],
) -> Iterator[dict]:
    """Figures of `visualize_class`: the score `index` of the named network grows for the class that `name` says.

    judge: who is asked what the picture shows, if there is one, and what its scores are called.
    beside: panels to compare with.
    """
    curve: list[float] = []
    frames: list[np.ndarray] = []
    due = None
    label = say("probability_of", name=say("real_one") if network == DISCRIMINATOR else name)

    def shown(image: Tensor, draft: bool) -> dict:
        return figures.panel(
            say("convinces_network", network=_network_name(network)),
            figures.pixels(image),
            say("asked_for", name=name),
            bars=judge and figures.bars(names, probabilities_of(judge, image)),
            draft=draft,
        )

    for step in steps:
        curve.append(round(float(step.probabilities[index]), 4))
        frames.append(figures.pixels(step.moved))
        now = time.monotonic()
        if due is None or now >= due:
            due = now + _FRAME_SECONDS
            row = figures.row([shown(step.moved, draft=True), *beside])
            yield figures.figure([row], curve={"values": [*curve], "label": label}, crisp=network in OURS)
    yield figures.figure(
        [figures.row([shown(step.moved, draft=False), *beside])],
        curve={"values": curve, "label": label},
        caption=[say("grown", steps=step.number)],
        state="done",
        film=figures.film(frames),
        film_title=say("film_growth"),
        crisp=network in OURS,
        name="class-visualization",
    )


def probabilities_of(network: nn.Module, image: Tensor) -> Tensor:
    with torch.no_grad():
        return network(image)[0].softmax(dim=0)


def _magnified(change: Tensor) -> tuple[np.ndarray, float]:
    """A change (1, C, H, W) around grey, as large as the range allows, and by what it was multiplied."""
    factor = 0.5 / max(float(change.abs().max()), 1 / 510)
    return figures.pixels(0.5 + factor * change), factor


def _network_name(network: str) -> Text:
    return say(f"name_{network}") if network in OURS else network


def _percent(probability: Tensor) -> str:
    return f"{100 * float(probability):.1f} %"
