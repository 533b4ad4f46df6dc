"""The promise that pictures keep: a seed is the same picture everywhere, to one grey level."""

import numpy as np


def assert_same_pictures(pictures: np.ndarray, expected: np.ndarray) -> None:
    """Both uint8 of one shape; no pixel differs by more than one grey level, and hardly any by one."""
    assert pictures.dtype == np.uint8 and pictures.shape == expected.shape
    difference = np.abs(pictures.astype(int) - expected.astype(int))
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.001
