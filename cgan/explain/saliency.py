"""Saliency maps: which pixels a network's score for a class depends on. All four come from Captum.

Networks are as in `gradients`.
"""

from collections import Counter

import torch
from torch import Tensor, nn

from cgan.explain.gradients import Network

_CHUNK = 8  # images at once in methods that take many gradients: more are not faster on a CPU, and take memory


def vanilla_gradient(network: Network, images: Tensor, classes: Tensor) -> Tensor:
    """The absolute gradient of each image's class score, its maximum over channels: (N, H, W), 0 or more.

    Simonyan, Vedaldi & Zisserman 2014 (arXiv:1312.6034, section 3). classes: integers (N,).
    """
    from captum.attr import Saliency  # half a second to import, so only when a map is asked for

    return Saliency(network).attribute(_leaf(images), target=classes).amax(dim=1)


def smooth_grad(network: Network, images: Tensor, classes: Tensor, samples: int = 16, noise: float = 0.1) -> Tensor:
    """As `vanilla_gradient`, but of the mean gradient over `samples` noisy copies of each image: (N, H, W).

    SmoothGrad, Smilkov et al. 2017 (arXiv:1706.03825). noise: standard deviation as a share of the image's range; they
    advise 0.1 to 0.2. The noise is the same in every call.
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
    """The contribution of each pixel and channel to the class score, with black as baseline: (N, C, H, W), signed.

    Sundararajan, Taly & Yan 2017 (arXiv:1703.01365). Completeness: an image's attributions sum to its score minus the
    score of black, up to the error of the numerical integral over `steps` points (Gauss-Legendre).
    """
    from captum.attr import IntegratedGradients

    method = IntegratedGradients(network)
    chunk = max(_CHUNK, len(images))
    return method.attribute(_leaf(images), target=classes, n_steps=steps, internal_batch_size=chunk).detach()


def grad_cam(network: nn.Module, images: Tensor, classes: Tensor) -> Tensor | None:
    """The regions whose last feature maps support the class, enlarged to the image size: (N, H, W), 0 or more.

    Grad-CAM, Selvaraju et al. 2017 (arXiv:1610.02391). None for a network without feature maps, such as an MLP.
    """
    from captum.attr import LayerAttribution, LayerGradCam

    layer = _last_feature_maps(network, images[:1])
    if layer is None:
        return None
    maps = LayerGradCam(network, layer).attribute(_leaf(images), target=classes, relu_attributions=True)
    return LayerAttribution.interpolate(maps, images.shape[2:], "bilinear")[:, 0].detach()


def _leaf(images: Tensor) -> Tensor:
    """The same images, with gradients enabled; Captum warns if it has to enable them itself."""
    return images.detach().requires_grad_(True)


def _last_feature_maps(network: nn.Module, image: Tensor) -> nn.Module | None:
    """The last module with parameters and with an output that has height and width.

    A module that is called more than once is left out: Captum's hook could not tell its outputs apart.
    """
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
