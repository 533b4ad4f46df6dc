"""Distances between sets of features or of pictures: FID, precision, recall, density, coverage; nearest neighbours."""

import numpy as np
import torch
from torch import Tensor

NEIGHBOURS = 5
_CHUNK = 1000


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    """The Fréchet distance (Heusel et al. 2017, arXiv:1706.08500, eq. 6) of two sets of features (N, D), (M, D).

    It is the squared distance of two normal distributions with the sets' means and covariances.
    """
    means, covariances = zip(*((set_.mean(axis=0), np.cov(set_, rowvar=False)) for set_ in (a, b)), strict=True)
    # The trace of the matrix square root of a product of covariances is the sum of the square roots of its eigenvalues,
    # which are real and 0 or more, up to rounding.
    eigenvalues = np.linalg.eigvals(covariances[0] @ covariances[1]).real.clip(min=0)
    traces = np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * np.sqrt(eigenvalues).sum()
    return float(np.square(means[0] - means[1]).sum() + traces)


def manifold_metrics(real: np.ndarray, fake: np.ndarray, neighbours: int = NEIGHBOURS) -> dict[str, float]:
    """Precision and recall (Kynkäänniemi et al. 2019, arXiv:1904.06991), density and coverage (Naeem et al. 2020,
    arXiv:2002.09797) of features real (N, D) and fake (M, D).

    Each point is the centre of a ball that reaches to its k-th nearest neighbour in its set. Precision: the share of
    fake points inside any ball of a real point; recall: the reverse. Density: the number of real points' balls around a
    fake point, divided by k. Coverage: the share of real points' balls with a fake point inside.
    """
    real, fake = (torch.from_numpy(set_.astype(np.float64)) for set_ in (real, fake))
    real_radii, fake_radii = _radii(real, neighbours), _radii(fake, neighbours)
    inside = torch.zeros(len(fake))  # for each fake point, the number of real points' balls around it
    recalled = torch.zeros(len(real), dtype=torch.bool)
    covered = torch.zeros(len(real), dtype=torch.bool)
    for part in torch.arange(len(real)).split(_CHUNK):
        distances = _distances(real[part], fake)
        in_ball = distances < real_radii[part, None]
        inside += in_ball.sum(dim=0)
        covered[part] = in_ball.any(dim=1)
        recalled[part] = (distances < fake_radii).any(dim=1)
    return {
        "precision": (inside > 0).float().mean().item(),
        "recall": recalled.float().mean().item(),
        "density": (inside / neighbours).mean().item(),
        "coverage": covered.float().mean().item(),
    }


def _radii(points: Tensor, neighbours: int) -> Tensor:
    """The distance of each point to its k-th nearest neighbour, the point itself not counted."""
    nearest = [_distances(part, points).topk(neighbours + 1, largest=False).values for part in points.split(_CHUNK)]
    return torch.cat(nearest)[:, -1]


def _distances(a: Tensor, b: Tensor) -> Tensor:
    """By a matrix product, five times as fast as differences; in float64 it is as exact as features in float32 are."""
    return torch.cdist(a, b, compute_mode="use_mm_for_euclid_dist")


def nearest_distances(queries: np.ndarray, known: np.ndarray) -> np.ndarray:
    """For each of the points (M, D) the Euclidean distance (M,) to the nearest of known ones (N, D)."""
    queries, known = (torch.from_numpy(np.ascontiguousarray(set_, np.float32)) for set_ in (queries, known))
    return torch.cat([torch.cdist(part, known).min(dim=1).values for part in queries.split(_CHUNK)]).numpy()


def training_distances(pictures: np.ndarray, training: np.ndarray) -> dict[str, float]:
    """Quantiles of the distance from each picture, uint8 (N, 28, 28), to the nearest training image.

    Distances are of pixels in [0, 1]. A generator that copies has shorter ones than real test images have.
    """
    distances = nearest_distances(*(set_.reshape(len(set_), -1) / np.float32(255) for set_ in (pictures, training)))
    levels = {"1 %": 0.01, "10 %": 0.1, "50 %": 0.5}
    return {name: float(np.quantile(distances, level)) for name, level in levels.items()}
