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


class _Recording:
    """The probability that a run follows, and the frames of its film, step by step."""

    def __init__(self, label: Text, network: str) -> None:
        """label: of the probability."""
        self._label = label
        self._crisp = network in OURS
        self.curve: list[float] = []
        self._frames: list[np.ndarray] = []
        self._due = 0.0

    def add(self, probability: Tensor, frame: np.ndarray) -> bool:
        """A further step; returns whether there is time to show it."""
        self.curve.append(round(float(probability), 4))
        self._frames.append(frame)
        is_due = time.monotonic() >= self._due
        if is_due:
            self._due = time.monotonic() + _FRAME_SECONDS
        return is_due

    def figure(self, row: dict, **more: object) -> dict:
        curve = {"values": [*self.curve], "label": self._label}
        return figures.figure([row], curve=curve, crisp=self._crisp, **more)

    def end(self, row: dict, caption: list, film_title: str, name: str) -> dict:
        film = {"film": figures.film(self._frames), "film_title": say(film_title)}
        return self.figure(row, caption=caption, state="done", name=name, **film)


def ascent(subject: Subject, goal: int | None, steps: Iterator, drawn: Callable[[Step], Tensor]) -> Iterator[dict]:
    """Figures of `fool` and `fool_through_z` on their way."""
    first, followed = _start(subject, goal)
    recording = _Recording(say("probability_of", name=subject.names[followed]), subject.name)
    for step in steps:
        image = drawn(step)
        if recording.add(step.probabilities[followed], _frame(subject, image)):
            yield recording.figure(_before_after(subject, first, step, image, draft=True))
    through_z = step.moved.ndim == 2
    film_title, name = ("film_z", "through-z") if through_z else ("film_fooling", "fooling")
    caption = _verdict(subject, goal, first, step, through_z)
    yield recording.end(_before_after(subject, first, step, image), caption, film_title, name)


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
    first, followed = _start(subject, goal)
    recording = _Recording(say("probability_of_tries", name=subject.names[followed]), subject.name)
    best = None
    for attempt in adversarial.smallest_change(subject.network, subject.image, goal):
        best = attempt if attempt.fooled else best
        image = attempt.end.moved
        recording.add(attempt.end.probabilities[followed], _frame(subject, image))
        tried = say("tried", bound=f"{255 * attempt.bound:.2f}", outcome=say("yes" if attempt.fooled else "no"))
        yield recording.figure(_before_after(subject, first, attempt.end, image, draft=True), caption=[tried])
    end = (best or attempt).end
    if best is None:
        caption = [say("no_bound", bound=f"{255 * attempt.bound:.0f}")]
    elif end.number == 0:
        caption = [say("already")]
    else:
        name = subject.names[int(end.probabilities.argmax())]
        caption = [say("smallest_bound", bound=f"{255 * best.bound:.2f}", name=name, tries=len(recording.curve))]
    yield recording.end(_before_after(subject, first, end, end.moved), caption, "film_tries", "smallest-change")


def _start(subject: Subject, goal: int | None) -> tuple[Step, int]:
    """The unchanged picture, and whose probability is followed: the goal's, else that of its first choice."""
    first = Step(0, subject.image, probabilities_of(subject.network, subject.image), 0.0, 0.0)
    return first, int(first.probabilities.argmax()) if goal is None else goal


def _frame(subject: Subject, image: Tensor) -> np.ndarray:
    """Of a film: the picture, and beside it the change."""
    return np.concatenate([figures.pixels(image), _magnified(image - subject.image)[0]], axis=1)


def _before_after(subject: Subject, first: Step, step: Step, image: Tensor, draft: bool = False) -> dict:
    change, factor = _magnified(image - subject.image)

    def seen(title: Text, image: Tensor, step: Step) -> dict:
        bars = figures.bars(subject.names, step.probabilities)
        return figures.panel(title, figures.pixels(image), bars=bars, draft=draft)

    return figures.row(
        [
            seen(say("before"), subject.image, first),
            seen(say("after", steps=step.number), image, step),
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
    label = say("probability_of", name=say("real_one") if network == DISCRIMINATOR else name)
    recording = _Recording(label, network)

    def shown(image: Tensor, draft: bool = False) -> dict:
        panel = figures.panel(
            say("convinces_network", network=_network_name(network)),
            figures.pixels(image),
            say("asked_for", name=name),
            bars=judge and figures.bars(names, probabilities_of(judge, image)),
            draft=draft,
        )
        return figures.row([panel, *beside])

    for step in steps:
        if recording.add(step.probabilities[index], figures.pixels(step.moved)):
            yield recording.figure(shown(step.moved, draft=True))
    caption = [say("grown", steps=step.number)]
    yield recording.end(shown(step.moved), caption, "film_growth", "class-visualization")


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
