"""A checkpoint's generator as one file for the page: its configuration, and its weights in half the bytes.

Each row of a weight becomes 16-bit integers and one scale. Half precision is as small, but eleven bits of it are
significant, and it moves pixels of r3gan-conv by two grey levels; integers move none by more than one.
"""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from cgan.evaluation.classifiers import JUDGE
from cgan.models import checkpoints
from cgan.models.classifier import CLASSIFIER

GENERATOR = "generator.safetensors"  # its name for the page
_LARGEST = 2**15 - 1


@lru_cache(maxsize=8)
def generator_file(folder: Path, version: str) -> bytes:
    """The averaged generator of a checkpoint folder as safetensors.js reads it. Raises CheckpointError.

    version: of the weights (`checkpoints.digest`); with another one the file is made anew. Metadata: `config`, JSON of
    `arch` and `generator` from config.json, and `step`. Every weight `w` of two and more dimensions is I16, with F32
    `w.scale` (rows) beside it: w[i] is integers[i] * scale[i]. All other tensors are as in the checkpoint.
    """
    networks = checkpoints.load_config(folder)
    generator, metadata = checkpoints.load_generator(folder)
    config = json.dumps({"arch": networks.arch, "generator": networks.generator})
    tensors = {name: tensor.numpy() for name, tensor in generator.state_dict().items()}
    return save(_quantized(tensors), {"config": config, "step": metadata.get("step", "")})


@lru_cache(maxsize=1)
def judge_file() -> bytes:
    """The judge's classifier, with its weights as in `generator_file`. Raises CheckpointError."""
    tensors, _ = checkpoints.load_tensors(JUDGE / CLASSIFIER)
    return save(_quantized({name: tensor.numpy() for name, tensor in tensors.items()}))


def _quantized(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    quantized = {}
    for name, values in tensors.items():
        if values.dtype == np.float32 and values.ndim >= 2:
            rows = values.reshape(len(values), -1)
            scale = np.abs(rows).max(axis=1) / _LARGEST
            scale[scale == 0] = 1
            quantized[name] = np.rint(rows / scale[:, None]).astype(np.int16).reshape(values.shape)
            quantized[f"{name}.scale"] = scale
        else:
            quantized[name] = values
    return quantized
