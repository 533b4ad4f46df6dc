"""How well GAN inversion reconstructs a picture, and how long it takes: `python -m benchmarks.inversion`.

For each of the hundred shipped test images: the mean squared error of the reconstruction, beside that of the best of a
hundred random samples of the right class.

python -m benchmarks.inversion --fast     five images
"""

import argparse
import time

import numpy as np
import torch

from cgan.data import examples
from cgan.explain.inversion import invert, longest
from cgan.models import checkpoints
from cgan.sampling.sampler import Sampler

_PEERS = 100  # random samples of the right class


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fast", action="store_true")
    pictures = examples.load()
    chosen = range(0, len(pictures), 22 if parser.parse_args().fast else 1)
    torch.set_num_threads(1)  # as the page computes
    for name in ("r3gan-conv", "report-mlp"):
        sampler = Sampler(checkpoints.resolve(name))
        print(f"{name}: {len(chosen)} held-out test images, errors are mean squared, of pixels in [0, 1]")
        _measure(sampler, pictures, chosen)


def _measure(sampler: Sampler, pictures: np.ndarray, chosen: range) -> None:
    generator = sampler.generator
    peers = np.array([_best_of_random(sampler, pictures[i], i // examples.per_class, i) for i in chosen])
    print(f"  best of {_PEERS} random samples of the class   {peers.mean():.4f}")
    for known in (True, False):
        errors, seconds, right, lengths = [], [], [], []
        for i in chosen:
            start = time.process_time()
            *_, end = invert(generator, pictures[i], i // examples.per_class if known else None)
            seconds.append(time.process_time() - start)
            errors.append(_error(sampler.draw(end.z[None], np.eye(10)[[end.class_index]]), pictures[i])[0])
            right.append(end.class_index == i // examples.per_class)
            lengths.append(np.linalg.norm(end.z))
        ratio = np.mean(errors) / peers.mean()
        print(
            f"  found, the class {'given' if known else 'found'}    {np.mean(errors):.4f}, {ratio:.3f} of that", end=""
        )
        print("" if known else f"; the right class in {np.mean(right):.0%}")
        print(f"    {np.median(seconds):.2f} s of one core a picture (most: {max(seconds):.2f} s);", end=" ")
        print(f"length of z: {np.mean(lengths):.2f} (longest allowed: {longest(sampler.latent_dim):.2f})")


def _best_of_random(sampler: Sampler, picture: np.ndarray, class_index: int, number: int) -> float:
    """The smallest error of _PEERS samples; `number` makes their seeds differ from picture to picture."""
    samples = sampler.sample(np.full(_PEERS, class_index), _PEERS * (number + 1) + np.arange(_PEERS))
    return float(_error(samples, picture).min())


def _error(drawn: np.ndarray, picture: np.ndarray) -> np.ndarray:
    return np.square((drawn.astype(np.float64) - picture) / 255).mean(axis=(1, 2))


if __name__ == "__main__":
    main()
