"""Latent vectors: z from a seed, interpolation in latent space, class weights.

A seed gives the same z on every machine and for ever. `torch.Generator` and `numpy.random` do not promise the same
normal numbers in later releases, and JavaScript has neither. So z comes from Philox4x32-10, a counter-based random
number generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), and the Box-Muller transform
in float64. The page computes the same in JavaScript.
"""

import numpy as np

MAX_SEED = 2**32 - 1

_PHILOX_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_PHILOX_KEY_STEPS = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
_PHILOX_ROUNDS = 10
_LOW_32_BITS = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


def philox4x32(counter: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Philox4x32-10: counter (..., 4) and key (..., 2), 32-bit words, to 4 random 32-bit words (..., 4), all uint64."""
    c0, c1, c2, c3 = np.moveaxis(np.asarray(counter, np.uint64), -1, 0)
    k0, k1 = np.moveaxis(np.asarray(key, np.uint64), -1, 0)
    for _ in range(_PHILOX_ROUNDS):
        product0, product1 = _PHILOX_MULTIPLIERS[0] * c0, _PHILOX_MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (
            (product1 >> _32) ^ c1 ^ k0,
            product1 & _LOW_32_BITS,
            (product0 >> _32) ^ c3 ^ k1,
            product0 & _LOW_32_BITS,
        )
        k0, k1 = (k0 + _PHILOX_KEY_STEPS[0]) & _LOW_32_BITS, (k1 + _PHILOX_KEY_STEPS[1]) & _LOW_32_BITS
    return np.stack(np.broadcast_arrays(c0, c1, c2, c3), axis=-1)


def latents(seeds: np.ndarray, latent_dim: int, truncation: float = 1.0) -> np.ndarray:
    """Return z, float32 (N, latent_dim): row i is standard normal noise that depends on seeds[i] alone.

    seeds: integers (N,) from 0 to MAX_SEED, or z itself, floats (N, latent_dim), which is only scaled.
    truncation: 0 to 1, scales z towards its mean, which is 0; at 1 z is not changed, at 0 every seed gives the picture
    of z = 0. It is not StyleGAN's truncation, which scales w, nor BigGAN's, which draws values outside of a range anew.
    Raises ValueError for other seeds and truncations.

    Block b of a seed is philox4x32((b, 0, 0, 0), (seed, 0)); its words (w0, w1, w2, w3) give the normals
    4b to 4b + 3 as r(w0) cos(a(w1)), r(w0) sin(a(w1)), r(w2) cos(a(w3)), r(w2) sin(a(w3)) with
    u(w) = (w + 1/2) / 2^32, r(w) = sqrt(-2 ln u(w)) and a(w) = 2 pi u(w) (Box & Muller 1958).
    """
    if not 0 <= truncation <= 1:  # not a number is neither
        raise ValueError(f"truncation {truncation} given; allowed: 0 to 1")
    if np.ndim(seeds) == 2:
        return (truncation * np.asarray(seeds)).astype(np.float32)
    seeds = _integers("seed", seeds, MAX_SEED)
    blocks = -(-latent_dim // 4)
    counter = np.zeros((1, blocks, 4), np.uint64)
    counter[0, :, 0] = np.arange(blocks)
    key = np.zeros((len(seeds), 1, 2), np.uint64)
    key[:, 0, 0] = seeds
    uniform = (philox4x32(counter, key) + 0.5) / 2.0**32
    radius = np.sqrt(-2.0 * np.log(uniform[..., 0::2]))
    angle = 2.0 * np.pi * uniform[..., 1::2]
    normals = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    return (truncation * normals.reshape(len(seeds), 4 * blocks)[:, :latent_dim]).astype(np.float32)


def one_hot(classes: np.ndarray, num_classes: int) -> np.ndarray:
    """Class weights, float32 (N, num_classes), of class indices (N,), 0 to num_classes - 1. Raises ValueError."""
    return np.eye(num_classes, dtype=np.float32)[_integers("class", classes, num_classes - 1)]


def _integers(what: str, values: np.ndarray, high: int) -> np.ndarray:
    """The values as an array (N,) of integers from 0 to `high`. Raises ValueError that names the first other one."""
    values = np.asarray(values)
    wrong = values if values.dtype.kind not in "iu" else values[(values < 0) | (values > high)]
    if wrong.size:
        raise ValueError(f"{what} {wrong.flat[0]!s:.60} given; allowed: whole numbers from 0 to {high}")
    if values.ndim != 1:
        raise ValueError(f"{what}: an array of the shape {values.shape} given; allowed: a list of whole numbers")
    return values.astype(np.int64)


def lerp(start: np.ndarray, end: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Linear interpolation: points (N, D), float32, from start (D,) to end (D,), at positions (N,) from 0 to 1."""
    t = np.asarray(positions, np.float64)[:, None]
    return ((1 - t) * start + t * end).astype(np.float32)


def slerp(start: np.ndarray, end: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Spherical interpolation (Shoemake 1985; for latents White 2016, arXiv:1609.04468); arguments as of `lerp`.

    Normal noise in many dimensions lies close to a sphere. A straight line leaves the sphere, and between its ends the
    generator was not trained. `lerp` is used if the two vectors have the same or opposite directions or one is zero.
    """
    start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
    norms = np.linalg.norm(start) * np.linalg.norm(end)
    angle = np.arccos(np.clip(start @ end / norms, -1, 1)) if norms > 0 else 0.0
    if np.sin(angle) < 1e-6:
        return lerp(start, end, positions)
    t = np.asarray(positions, np.float64)[:, None]
    return ((np.sin((1 - t) * angle) * start + np.sin(t * angle) * end) / np.sin(angle)).astype(np.float32)


def neighbours(z: np.ndarray, count: int, strength: float) -> np.ndarray:
    """A z (D,) and its neighbours, float32 (count, D).

    The neighbours lie on the ways, by `slerp`, from z to the z of seeds 1, 2, ..., at the position `strength`, 0 to 1.
    """
    seeds = latents(np.arange(1, count), len(z))
    return np.stack([np.asarray(z, np.float32), *(slerp(z, end, np.array([strength]))[0] for end in seeds)])


def bilinear(positions: np.ndarray) -> np.ndarray:
    """Bilinear weights (N, 4) of a square's corners at positions (N, 2): (x, y) from 0 to 1, y downwards.

    The corners are top left, top right, bottom left, bottom right; weights are 0 or more and sum to 1.
    """
    x, y = np.asarray(positions, np.float64).T
    return np.stack([(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y], axis=1)


def blend(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Spherical mean: mixtures (N, D), float32, of points (K, D), by weights (N, K) that sum to 1 in each row.

    A weighted sum of independent normal vectors is shorter than they are. So each sum is scaled to the weighted mean of
    the points' lengths. For two points this is nearly `slerp`; for more see Bodin et al. 2024 (arXiv:2408.08558). A sum
    of zero stays zero.
    """
    points, weights = np.asarray(points, np.float64), np.asarray(weights, np.float64)
    sums = weights @ points
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    wanted = weights @ np.linalg.norm(points, axis=1, keepdims=True)
    return np.divide(sums * wanted, lengths, out=sums, where=lengths > 0).astype(np.float32)


def normalized(weights: np.ndarray) -> np.ndarray:
    """Weights (K,), 0 or more, scaled to a sum of 1, float32; equal weights if all are zero."""
    weights = np.asarray(weights, np.float64)
    total = weights.sum()
    return (weights / total if total > 0 else np.full(len(weights), 1 / len(weights))).astype(np.float32)
