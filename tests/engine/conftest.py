"""How the engine's tests run JavaScript: node, as a process that is given one script, bytes in, bytes out."""

import json
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save
from torch import Tensor

from cgan.training.config import TrainingConfig

FOLDER = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def node():
    """Run `node SCRIPT ARGUMENT...`, a script of this folder, and return its output; `given` is its input."""

    def run(script: str, *arguments: object, given: bytes = b"") -> bytes:
        command = ["node", "--no-warnings", FOLDER / script, *map(str, arguments)]
        finished = subprocess.run(command, input=given, capture_output=True, timeout=60)
        assert finished.returncode == 0, finished.stderr.decode()
        return finished.stdout

    return run


def complete(settings: dict) -> str:
    """All settings of a run as JSON: train.py's defaults, and those that are given in their place."""
    return json.dumps(asdict(TrainingConfig(**settings)))


class EngineError(Exception):
    """An operation was refused."""


@contextmanager
def operations(kind: str) -> Iterator[Callable[..., Tensor]]:
    """A function that computes one operation in node: its name, its arguments (a tensor's name in place of a tensor)
    and the tensors; numbers out. kind: "engine" or "training".
    """
    command = ["node", "--no-warnings", FOLDER / "operations.mjs", kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:

        def run(operation: str, *arguments: object, dtype: type = np.float32, **tensors: Tensor) -> Tensor:
            request = json.dumps([operation, *arguments]).encode()
            given = save({name: tensor.float().contiguous() for name, tensor in tensors.items()})
            process.stdin.write(struct.pack("<II", len(request), len(given)) + request + given)
            process.stdin.flush()
            failed, length = struct.unpack("<II", process.stdout.read(8))
            output = process.stdout.read(length)
            if failed:
                raise EngineError(output.decode())
            return torch.from_numpy(np.frombuffer(output, dtype).copy())

        yield run
        process.stdin.close()


@pytest.fixture
def normal():
    """Random numbers of a shape, the same in every run of a test."""
    stream = torch.Generator().manual_seed(0)
    return lambda *shape: torch.randn(*shape, generator=stream)


def assert_close(result: Tensor, expected: Tensor, tolerance: float = 2e-6) -> None:
    """No number differs by more than the tolerance, relative to the largest."""
    difference = (result - expected.flatten()).abs().max()
    assert difference <= tolerance * expected.abs().max(), f"{difference} of {expected.abs().max()}"
