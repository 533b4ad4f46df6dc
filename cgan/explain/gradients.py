"""What a classifier's gradients show: saliency maps, fooling images, class visualization.

Everything here works on any differentiable network from images (N, C, H, W) in [0, 1] to scores (N, K), one a class
and before any softmax. The network is an argument, in eval mode; what its input has to be normalized to is its own
business (`Normalize` in front of it).

The four maps come from Captum, which has them tested and complete. The ascents are loops of our own: Captum's attacks
(`captum.robust`) return when they are done, while here each step is shown, counted and can be the last; and it has no
class visualization.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

Network = Callable[[Tensor], Tensor]

_CHUNK = 8  # images at once in the maps that take many gradients: more are no faster on a CPU, and take memory
_TINY = 1e-12


def saliency(network: Network, images: Tensor, classes: Tensor) -> Tensor:
    """The absolute gradient of each image's class score, its maximum over channels: (N, H, W), 0 or more.

    Simonyan, Vedaldi & Zisserman 2014 (arXiv:1312.6034, section 3). classes: integers (N,).
    """
    from captum.attr import Saliency  # half a second to import: whoever asks for a map pays for it

    return Saliency(network).attribute(_leaf(images), target=classes).amax(dim=1)


def smooth_grad(network: Network, images: Tensor, classes: Tensor, samples: int = 16, noise: float = 0.1) -> Tensor:
    """As `saliency`, of the gradient averaged over `samples` noisy copies of each image: (N, H, W).

    Smilkov et al. 2017 (arXiv:1706.03825). noise: the standard deviation as a share of the image's range; they advise
    0.1 to 0.2. The same noise is drawn every time.
    """
    from captum.attr import NoiseTunnel, Saliency

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        gradients = NoiseTunnel(Saliency(network)).attribute(
            _leaf(images),
            target=classes,
            abs=False,
            nt_type="smoothgrad",
            nt_samples=samples,
            nt_samples_batch_size=_CHUNK,
            stdevs=noise * float(images.max() - images.min()),
        )
    return gradients.abs().amax(dim=1)


def integrated_gradients(network: Network, images: Tensor, classes: Tensor, steps: int = 24) -> Tensor:
    """What each pixel and channel adds to the class score on the straight way from black: (N, C, H, W), signed.

    Sundararajan, Taly & Yan 2017 (arXiv:1703.01365). It is complete: an image's attributions sum to its score less the
    score of black, as exactly as `steps` points (Gauss-Legendre) give the integral.
    """
    from captum.attr import IntegratedGradients

    method = IntegratedGradients(network)
    chunk = max(_CHUNK, len(images))
    return method.attribute(_leaf(images), target=classes, n_steps=steps, internal_batch_size=chunk).detach()


def grad_cam(network: nn.Module, images: Tensor, classes: Tensor) -> Tensor | None:
    """Where the last feature maps speak for the class, enlarged to the image: (N, H, W), 0 or more.

    Selvaraju et al. 2017 (arXiv:1610.02391). None where a network has no maps to speak of, as an MLP.
    """
    from captum.attr import LayerAttribution, LayerGradCam

    layer = _last_feature_maps(network, images[:1])
    if layer is None:
        return None
    maps = LayerGradCam(network, layer).attribute(_leaf(images), target=classes, relu_attributions=True)
    return LayerAttribution.interpolate(maps, images.shape[2:], "bilinear")[:, 0].detach()


def _leaf(images: Tensor) -> Tensor:
    """The same images as Captum likes to be given them: it warns where it has to ask for gradients itself."""
    return images.detach().requires_grad_(True)


def _last_feature_maps(network: nn.Module, image: Tensor) -> nn.Module | None:
    """The module whose output is the last with a height and a width. One that is called twice cannot be told apart."""
    calls: Counter[nn.Module] = Counter()
    spatial: list[nn.Module] = []

    def note(module: nn.Module, inputs: object, output: object) -> None:
        calls[module] += 1
        if isinstance(output, Tensor) and output.ndim == 4 and output.shape[2] * output.shape[3] > 1:
            spatial.append(module)

    hooks = [module.register_forward_hook(note) for module in network.modules()]
    try:
        with torch.no_grad():
            network(image)
    finally:
        for hook in hooks:
            hook.remove()
    return next((m for m in reversed(spatial) if calls[m] == 1 and any(True for _ in m.parameters())), None)


class Normalize(nn.Module):
    """Images (N, C, H, W) in [0, 1] to what a network was trained on: (image - mean) / sd, per channel."""

    def __init__(self, mean: Sequence[float], sd: Sequence[float]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean)[:, None, None])
        self.register_buffer("sd", torch.tensor(sd)[:, None, None])

    def forward(self, images: Tensor) -> Tensor:
        return (images - self.mean) / self.sd


class Step(NamedTuple):
    """One step of an ascent. The change is the one from step 0, in the units of what is moved."""

    number: int
    moved: Tensor  # the image, or z
    probabilities: Tensor  # (K,), softmax of the scores
    l2: float
    linf: float


def fool(
    network: Network, image: Tensor, target: int | None, steps: int = 100, step_size: float = 0.25
) -> Iterator[Step]:
    """Gradient ascent on the target's score from `image` (1, C, H, W), until it is the first choice or steps are up.

    Each step adds the gradient, scaled to the length `step_size` (L2, pixels in [0, 1]), and keeps within [0, 1].
    Where target is None, any class but the first choice of step 0 will do, and the lead of the best of them grows. Step
    0 is the image itself. That so little is enough: Szegedy et al. 2014 (arXiv:1312.6199).
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
    """As `fool`, but what moves is z (1, D), and `draw` makes an image (1, C, H, W) in [0, 1] of it.

    z stays at the length that it has: the noise which the generator was trained on lies close to a sphere, so what it
    draws stays a garment. Song et al. 2018 (arXiv:1805.07894) call the outcome unrestricted adversarial examples.
    """
    length = z.norm()
    yield from _ascend(
        lambda moved: network(draw(moved)), z, target, steps, step_size, lambda moved: moved * (length / moved.norm())
    )


def _ascend(
    network: Network, start: Tensor, target: int | None, steps: int, step_size: float, keep: Callable[[Tensor], Tensor]
) -> Iterator[Step]:
    moved = start.detach()
    first_choice = None
    for number in range(steps + 1):
        moved.requires_grad_(True)
        scores = network(moved)[0]
        first_choice = int(scores.argmax()) if number == 0 else first_choice
        yield _step(number, moved.detach(), scores.detach(), start)
        if is_fooled(scores, target, first_choice) or number == steps:
            return
        goal = scores[target] if target is not None else _lead_of_others(scores, first_choice)
        (gradient,) = torch.autograd.grad(goal, moved)
        moved = keep(moved.detach() + step_size * gradient / gradient.norm().clamp_min(_TINY))


def is_fooled(scores: Tensor, target: int | None, first_choice: int) -> bool:
    """Whether scores (K,) put the target first, or, where it is None, any class but the one that was first."""
    now = int(scores.argmax())
    return now != first_choice if target is None else now == target


def _lead_of_others(scores: Tensor, index: int) -> Tensor:
    """The best score but that of `index`, less that of `index`."""
    others = torch.cat([scores[:index], scores[index + 1 :]])
    return others.max() - scores[index]


def _step(number: int, moved: Tensor, scores: Tensor, start: Tensor) -> Step:
    change = moved - start
    return Step(number, moved, scores.softmax(dim=0), float(change.norm()), float(change.abs().max()))


class Attempt(NamedTuple):
    """One bound tried by `smallest_change`: the step that ended it, and whether the target was the first choice."""

    bound: float
    fooled: bool
    end: Step


def smallest_change(
    network: Network, image: Tensor, target: int | None, steps: int = 10, halvings: int = 4, largest: float = 0.5
) -> Iterator[Attempt]:
    """Search the smallest L-infinity change of `image` (1, C, H, W) that fools the network, as `fool` understands it.

    Each bound is tried by projected gradient descent (Madry et al. 2018, arXiv:1706.06083, targeted, from the image
    itself): doubled from 1/255 until it succeeds, at most up to `largest`, then halved in between `halvings` times. The
    last attempt with `fooled` is the answer; it is an upper bound, for a better attack may need less.
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
        # Madry et al. climb the cross-entropy: away from the first choice, or, here, down to the target's.
        logs = scores.log_softmax(dim=0)
        (gradient,) = torch.autograd.grad(logs[target] if target is not None else -logs[first_choice], moved)
        moved = (moved.detach() + 2.5 * bound / steps * gradient.sign()).clamp(low, high)  # 2.5: Madry et al.
    return Attempt(bound, fooled, _step(number, moved.detach(), scores.detach(), image))


def visualize_class(
    network: Network,
    target: int,
    start: Tensor,
    steps: int = 80,
    step_size: float = 12.0,
    decay: float = 1e-3,
    jitter: int = 8,
    blur_every: int = 2,
    blur_sigma: float = 1.0,
) -> Iterator[Step]:
    """Gradient ascent on a class's score: the picture (1, C, H, W) in [0, 1] that the network takes for the class.

    It starts from `start`. What Yosinski et al. 2015 (arXiv:1506.06579) use holds it back from noise: `decay` times
    the squared distance from `start` is taken off the score (their L2 decay, towards the mean image), and every
    `blur_every` steps there is a blur of `blur_sigma` pixels. Before each gradient the picture is shifted by up to
    `jitter` pixels (Mordvintsev et al. 2015), the same shifts every time. Each of the `steps` has the length
    `step_size` (L2).
    """
    stream = torch.Generator().manual_seed(0)
    moved = start.detach()
    for number in range(steps + 1):
        shifts = tuple(torch.randint(-jitter, jitter + 1, (2,), generator=stream).tolist())
        shifted = moved.roll(shifts, dims=(2, 3)).requires_grad_(True)
        scores = network(shifted)[0]
        yield _step(number, moved, scores.detach(), start)
        if number == steps:
            return
        (gradient,) = torch.autograd.grad(scores[target], shifted)
        gradient = gradient.roll([-shift for shift in shifts], dims=(2, 3)) - 2 * decay * (moved - start)
        moved = moved + step_size * gradient / gradient.norm().clamp_min(_TINY)
        if number % blur_every == blur_every - 1:
            moved = blur(moved, blur_sigma)
        moved = moved.clamp(0, 1)


def blur(images: Tensor, sigma: float) -> Tensor:
    """Images (N, C, H, W) under a normal distribution of `sigma` pixels, the edge repeated beyond the edge."""
    radius = max(1, round(3 * sigma))
    weights = torch.exp(-torch.arange(-radius, radius + 1, dtype=images.dtype).square() / (2 * sigma**2))
    channels = images.shape[1]
    weights = (weights / weights.sum()).repeat(channels, 1)
    padded = nn.functional.pad(images, [radius] * 4, mode="replicate")
    rows = nn.functional.conv2d(padded, weights[:, None, :, None], groups=channels)
    return nn.functional.conv2d(rows, weights[:, None, None, :], groups=channels)
