"""Saliency, fooling images and the smallest change in numbers: `python -m benchmarks.network_visualization`.

python -m benchmarks.network_visualization --fast     10 images, 3 pairs: that it runs, not what it prints
"""

import argparse
import time

import numpy as np
import torch

from cgan import data
from cgan.explain import adversarial, imagenet, own_networks, saliency
from cgan.ui.tabs.inside.photographs import PHOTOGRAPHS

_SEED = 0  # of the random images, targets and pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fast", action="store_true")
    fast = parser.parse_args().fast
    torch.set_num_threads(1)  # as the page computes
    stream = np.random.default_rng(_SEED)
    _judge(stream, 10 if fast else 100)
    _imagenet(stream, 3 if fast else 20)


def _judge(stream: np.random.Generator, count: int) -> None:
    """Real test images under the judge."""
    images, labels = data.load("test")
    judge = own_networks.judge()
    drawn = stream.choice(len(images), count, replace=False)
    pixels = torch.from_numpy(images[drawn]).float().unsqueeze(1) / 255
    with torch.no_grad():
        first = judge(pixels).argmax(dim=1)
    targets = [int((choice + stream.integers(1, 10)) % 10) for choice in first.tolist()]

    ends = [[*adversarial.fool(judge, image[None], target)][-1] for image, target in zip(pixels, targets, strict=True)]
    fooled = [int(end.probabilities.argmax()) == target for end, target in zip(ends, targets, strict=True)]
    right = (first.numpy() == labels[drawn]).mean()
    print(f"judge, {count} real test images (accuracy {right:.0%}), each with a random target")
    steps = np.median([end.number for end in ends])
    print(f"  fooled within 100 steps    {np.mean(fooled):.0%}, median {steps:.0f} steps")
    norm = pixels.flatten(1).norm(dim=1).median()
    print(f"  median L2 change           {np.median([end.l2 for end in ends]):.3f} (an image: {norm:.2f})")
    print(f"  median L-infinity change   {255 * np.median([end.linf for end in ends]):.1f} of 255")
    bounds = [_smallest(judge, image[None], target) for image, target in zip(pixels, targets, strict=True)]
    found = [bound for bound in bounds if bound is not None]
    print(f"  smallest L-infinity (PGD)  {len(found) / count:.0%} found, median {255 * np.median(found):.1f} of 255")

    garment = (pixels > 0)[:, 0]
    print(f"  share of a map on the garment; of a uniform map {garment.float().mean():.1%}")
    maps = {
        "gradient": saliency.vanilla_gradient(judge, pixels, first).detach(),
        "SmoothGrad": saliency.smooth_grad(judge, pixels, first),
        "Integrated Gradients": saliency.integrated_gradients(judge, pixels, first, 96).abs().sum(dim=1),
        "Grad-CAM": saliency.grad_cam(judge, pixels, first),
    }
    for name, values in maps.items():
        shares = (values * garment).sum(dim=(1, 2)) / values.sum(dim=(1, 2)).clamp_min(1e-12)
        print(f"    {name:22} {shares.mean():.1%}")


def _imagenet(stream: np.random.Generator, count: int) -> None:
    """EfficientNet-Lite0: the shipped photographs, and random (photograph, target) pairs."""
    loaded = imagenet.load(imagenet.EFFICIENTNET_LITE0)
    names = imagenet.class_names()
    pixels = {name: imagenet.to_images(photograph.open(), loaded.size) for name, photograph in PHOTOGRAPHS.items()}
    print("EfficientNet-Lite0")
    for name, image in pixels.items():
        with torch.no_grad():
            probabilities = loaded.network(image)[0].softmax(dim=0)
        top = names[probabilities.argmax()]
        verdict = "right" if top == PHOTOGRAPHS[name].content else "WRONG"
        print(f"  {name:10} {top} {probabilities.max():.0%}: {verdict}")
    ends, fooled, seconds = [], [], []
    for _ in range(count):
        name, target = stream.choice([*pixels]), int(stream.integers(len(names)))
        start = time.process_time()
        *_, end = adversarial.fool(loaded.network, pixels[name], target)
        seconds.append(time.process_time() - start)
        ends.append(end)
        fooled.append(int(end.probabilities.argmax()) == target)
    steps, l2, linf = (np.median([getattr(end, part) for end in ends]) for part in ("number", "l2", "linf"))
    print(f"  {count} random (photograph, target) pairs: {sum(fooled)} fooled; medians: {steps:.0f} steps,")
    print(f"    L2 {l2:.2f}, L-infinity {255 * linf:.1f} of 255,")
    print(f"    {np.median(seconds):.1f} s of one core (most: {max(seconds):.1f} s)")


def _smallest(network: torch.nn.Module, image: torch.Tensor, target: int) -> float | None:
    fooled = [attempt.bound for attempt in adversarial.smallest_change(network, image, target) if attempt.fooled]
    return fooled[-1] if fooled else None


if __name__ == "__main__":
    main()
