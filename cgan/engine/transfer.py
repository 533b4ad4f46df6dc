"""A generator's weights in half the bytes, for the way to the page.

Each row of a weight becomes 16-bit integers and one scale. Half precision is as small, but eleven bits of it are
significant, and it moves pixels of r3gan-conv by two grey levels; integers move none by more than one.
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save

_LARGEST = 2**15 - 1


def transfer_file(model: Path) -> bytes:
    """model.safetensors as safetensors.js reads it too: every weight `w` of two and more dimensions as I16, with
    F32 `w.scale` (rows) beside it; w[i] is integers[i] * scale[i]. All else as it is. Raises SafetensorError, OSError.
    """
    tensors = {}
    for name, values in load_file(model).items():
        if values.dtype == np.float32 and values.ndim >= 2:
            rows = values.reshape(len(values), -1)
            scale = np.abs(rows).max(axis=1) / _LARGEST
            scale[scale == 0] = 1
            tensors[name] = np.rint(rows / scale[:, None]).astype(np.int16).reshape(values.shape)
            tensors[f"{name}.scale"] = scale
        else:
            tensors[name] = values
    return save(tensors)
