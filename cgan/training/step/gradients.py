"""The gradients of both networks on one batch."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from cgan.models.layers import only_image_gradients
from cgan.training.step.losses import Objective, gradient_penalty


class Inputs(NamedTuple):
    """What one update takes."""

    real: Tensor  # images (N, 1, 28, 28)
    labels: Tensor
    z: Tensor
    classes: Tensor  # of the images to be generated: the labels if the loss compares pairs, else uniform ones
    penalty: Tensor | None  # the weight of the gradient penalties; None in a step without
    changed: Tensor | None  # the probability of augmentations; None in a run without


class StepGradients:
    """Computes the gradients; its functions take the fields of `Inputs`."""

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        objective: Objective,
        precision: torch.dtype | None,
        augment: Callable[[Tensor, Tensor], Tensor],
    ) -> None:
        """precision: of the matrix products, None for the weights' own. augment: takes images and a probability."""
        self._generator, self._discriminator = generator, discriminator
        self._objective, self._precision, self._augment = objective, precision, augment

    def of_both(self, *inputs: Tensor | None) -> tuple[Sequence[Tensor], Sequence[Tensor], Tensor, Tensor]:
        """The gradients of generator and discriminator, the discriminator's figures, the generator's loss."""
        given = Inputs(*inputs)
        fake = self._generate(given)
        # The discriminator's graph ends at the copy `shown`, so that the generator's can be freed first.
        real, shown, scores = self._scores(given, fake)
        loss = self._objective.generator(*scores)
        with only_image_gradients():
            (gradient,) = torch.autograd.grad(loss, shown, retain_graph=True)
        # The sum is the same as fake.backward(gradient), which imports 60 MB of sympy.
        gradients = _gradients((fake * gradient).sum(), self._generator)
        return gradients, *self._differentiate(real, shown, scores, given.penalty), loss.detach()

    def of_discriminator(self, *inputs: Tensor | None) -> tuple[Sequence[Tensor], Tensor]:
        """The gradients and figures of the discriminator alone."""
        given = Inputs(*inputs)
        with torch.no_grad():
            fake = self._generate(given)
        return self._differentiate(*self._scores(given, fake), given.penalty)

    def _generate(self, given: Inputs) -> Tensor:
        with self._autocast(given):
            return self._generator(given.z, given.classes)

    def _scores(self, given: Inputs, fake: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Copies of the real and the generated images, and their scores (N, 1), in at least float32.

        The scores can be differentiated with respect to the copies, but to the real ones only for a penalty.
        """
        real, fake = given.real.detach().requires_grad_(given.penalty is not None), fake.detach().requires_grad_()
        scores = []
        for images, classes in ((real, given.labels), (fake, given.classes)):
            seen = images if given.changed is None else self._augment(images, given.changed)
            with self._autocast(given):
                side = self._discriminator(seen, classes)
            scores.append(side.to(torch.promote_types(side.dtype, torch.float32)))
        return real, fake, scores

    def _differentiate(
        self, real: Tensor, fake: Tensor, scores: list[Tensor], penalty: Tensor | None
    ) -> tuple[Sequence[Tensor], Tensor]:
        """The discriminator's gradients and (3,) figures: its loss without penalties, mean scores of both sides."""
        loss = self._objective.discriminator(*scores)
        total = loss
        if penalty is not None:
            with only_image_gradients():
                r1, r2 = [gradient_penalty(*pair) for pair in zip(scores, (real, fake), strict=True)]
            total = loss + penalty * (r1 + r2)
        figures = torch.stack([loss, *(side.mean() for side in scores)]).detach()
        return _gradients(total, self._discriminator), figures

    def _autocast(self, given: Inputs) -> torch.autocast:
        return torch.autocast(given.real.device.type, self._precision, enabled=self._precision is not None)


def _gradients(loss: Tensor, network: nn.Module) -> tuple[Tensor, ...]:
    return torch.autograd.grad(loss, [*network.parameters()])
