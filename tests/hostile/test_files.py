"""Damaged files of a checkpoint: each is refused with one line, or is as good as it was; nothing is executed."""

import json
import pickle
import random
import resource
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from cgan.common.images import to_uint8
from cgan.data import NUM_CLASSES
from cgan.models import checkpoints
from cgan.models.architectures import NetworkConfig
from cgan.models.checkpoints import CONFIG, DISCRIMINATOR, EMA_GENERATOR, CheckpointError
from cgan.sampling import latents
from cgan.training.run_folder import HISTORY, RunFolder
from tests.conftest import ROOT

_SEED = 8
_ODD_VALUES = [
    None,
    True,
    -1,
    0,
    0.5,
    1e308,
    10**30,
    float("nan"),
    float("inf"),
    "",
    "x" * 1000,
    [],
    {},
    [[1]],
    {"a": 1},
]


class Trap:
    """Unpickled, it would leave a file behind."""

    def __reduce__(self):
        return open, ("executed", "w")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small checkpoint, quickly read, with all the files that the app reads."""
    folder = tmp_path_factory.mktemp("small")
    networks = NetworkConfig("conv", {"latent_dim": 8, "label_dim": 4, "width": 4}, {"width": 4, "features": 8})
    checkpoints.save_config(folder, networks, training={})
    torch.manual_seed(_SEED)
    for name, network in (
        (EMA_GENERATOR, networks.build_generator()),
        (DISCRIMINATOR, networks.build_discriminator()),
    ):
        checkpoints.save_tensors(folder / name, network.state_dict(), {"step": "5", "images": "320"})
    (folder / HISTORY).write_text("".join(json.dumps({"step": step, "loss": 0.5}) + "\n" for step in range(1, 6)))
    return folder


def damaged(draw: random.Random, content: bytes) -> bytes:
    """The bytes of a file after an accident, or after someone's work."""
    kind = draw.randrange(9)
    changed = bytearray(content)
    if kind == 0:
        return content[: draw.randrange(len(content))]
    if kind == 1:
        for _ in range(draw.randrange(1, 9)):
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        return bytes(changed)
    if kind == 2:  # near the beginning, where sizes and tables are
        changed[draw.randrange(min(len(changed), 200))] = draw.randrange(256)
        return bytes(changed)
    if kind == 3:
        return struct.pack("<Q", draw.choice((0, 1, 2**20, 2**31, 2**40, 2**63, 2**64 - 1))) + content[8:]
    if kind == 4:
        return pickle.dumps(Trap(), protocol=draw.randrange(6))
    if kind == 5:
        start = draw.randrange(len(content))
        return content[:start] + bytes(draw.randrange(256) for _ in range(40)) + content[start:]
    if kind == 6:
        return draw.choice((b"", b"\0" * 100, b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"NaN", b'"\\ud800"'))
    return with_odd_value(draw, content)


def with_odd_value(draw: random.Random, content: bytes) -> bytes:
    """A JSON file, or the table at the head of a safetensors file, with one value that should not be there."""
    is_table = content[8:9] == b"{" and content[:1] != b"{"
    size = struct.unpack("<Q", content[:8])[0] if is_table else 0
    text = content[8 : 8 + size] if is_table else content.splitlines()[0] if content.count(b"\n{") else content
    tree = json.loads(text)
    branch = tree
    while True:
        key = draw.choice([*branch]) if isinstance(branch, dict) else draw.randrange(len(branch))
        if not isinstance(branch[key], dict | list) or not branch[key] or draw.random() < 0.3:
            break
        branch = branch[key]
    branch[key] = draw.choice(_ODD_VALUES)
    changed = json.dumps(tree).encode()
    return struct.pack("<Q", len(changed)) + changed + content[8 + size :] if is_table else changed


def read_generator(folder: Path) -> None:
    generator, _ = checkpoints.load_generator(folder)
    z, weights = latents.latents(np.arange(2), generator.latent_dim), latents.one_hot(np.arange(2), NUM_CLASSES)
    with torch.inference_mode():
        pictures = to_uint8(generator(torch.from_numpy(z), torch.from_numpy(weights)))
    assert pictures.shape == (2, 28, 28) and pictures.dtype == np.uint8


def read_history(folder: Path) -> None:
    RunFolder(folder).drop_after(3)
    for line in (folder / HISTORY).read_text().splitlines():
        assert 0 <= json.loads(line)["step"] <= 3


READERS = {
    CONFIG: read_generator,
    EMA_GENERATOR: read_generator,
    DISCRIMINATOR: checkpoints.load_discriminator,
    HISTORY: read_history,
}


@pytest.mark.parametrize("count", [150, pytest.param(1000, marks=pytest.mark.slow)])
def test_damaged_files_are_refused_in_one_line(small, tmp_path, monkeypatch, count):
    monkeypatch.chdir(tmp_path)  # where a trap would leave its file
    draw = random.Random(_SEED)
    outcomes: Counter = Counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(count):
        name = draw.choice([*READERS])
        content = (small / name).read_bytes()
        (small / name).write_bytes(damaged(draw, content))
        try:
            READERS[name](small)
            outcomes[name, "read"] += 1
        except CheckpointError as error:
            assert "\n" not in str(error) and len(str(error)) <= 303, f"{error}"
            outcomes[name, "refused"] += 1
        finally:
            (small / name).write_bytes(content)
    print(dict(sorted(outcomes.items())))
    assert all(outcomes[name, "refused"] for name in READERS if name != HISTORY)
    assert list(tmp_path.iterdir()) == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 200_000  # kB
    read_generator(small), checkpoints.load_discriminator(small)


def test_a_config_of_huge_networks_takes_no_memory(small, tmp_path):
    """The largest that may be asked for would take gigabytes; they are held against the files before they are built."""
    networks = NetworkConfig(
        "conv", {"latent_dim": 4096, "label_dim": 4096, "width": 512}, {"width": 512, "features": 4096}
    )
    checkpoints.save_config(tmp_path, networks, training={})
    for name in (EMA_GENERATOR, DISCRIMINATOR):
        (tmp_path / name).write_bytes((small / name).read_bytes())
    script = """
import resource, sys
from pathlib import Path
from cgan.models import checkpoints
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for load in (checkpoints.load_generator, checkpoints.load_discriminator):
    try:
        load(Path(sys.argv[1]))
    except checkpoints.CheckpointError as error:
        print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    command = [sys.executable, "-c", script, f"{tmp_path}"]
    *lines, growth = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == 2 and all("config.json" in line for line in lines)
    assert int(growth) < 100_000  # kB
