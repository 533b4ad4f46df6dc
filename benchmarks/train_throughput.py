"""Speed of training, beside a peer and beside the machine's limit for the matrix products, in one run.

    python -m benchmarks.train_throughput --peer PyTorch-GAN/implementations/cgan/cgan.py
    python -m benchmarks.train_throughput --fast     what CI runs: one short round of two settings, no peer

The peer is the script that the report's listing stems from, with the report's sizes (28x28, class embedding of 50) and
the same data, and otherwise unchanged. Each measurement has its own process, and they take turns, so that noise of the
machine affects all of them. Ours is the whole loop of `train.py`, with its history and pictures.
"""

import argparse
import builtins
import gzip
import io
import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, suppress
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import torch

from cgan import data
from cgan.training.config import RECIPES, TrainingConfig
from cgan.training.loop import train

SETTINGS = [("fp32", 64), ("bf16", 64), ("fp32", 256), ("bf16", 256)]
WARM_UP = 50  # steps
PIXELS = 28 * 28
PEER_CHANGES = {
    "nn.Embedding(opt.n_classes, opt.n_classes)": "nn.Embedding(opt.n_classes, 50)",
    "opt.latent_dim + opt.n_classes": "opt.latent_dim + 50",
    "opt.n_classes + int(np.prod(img_shape))": "50 + int(np.prod(img_shape))",
    "datasets.MNIST(": "datasets.FashionMNIST(",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, metavar="PATH", help="cgan.py of eriklindernoren/PyTorch-GAN")
    parser.add_argument("--fast", action="store_true", help="one short round of two settings")
    arguments = parser.parse_args()
    rounds, images = (1, 8_000) if arguments.fast else (5, 60_000)
    settings = SETTINGS[::3] if arguments.fast else SETTINGS

    measurements: dict[str, tuple[Callable, tuple]] = {}
    if arguments.peer:
        measurements["peer fp32, batch 64"] = (peer, (arguments.peer.resolve(), images // 64))
    for precision, batch_size in settings:
        name = f"{precision}, batch {batch_size}"
        measurements[f"ours {name}"] = (ours, (precision, batch_size, images // batch_size))
        measurements[f"products alone {name}"] = (products_alone, (precision, batch_size, images // batch_size // 4))
    measurements["ours conv"] = (conv, ())

    results: dict[str, list[float]] = {name: [] for name in measurements}
    for _ in range(rounds):
        for name, (measure, values) in measurements.items():
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                results[name].append(process.submit(measure, *values).result())
    _print_table({name: statistics.median(rates) for name, rates in results.items()})


def ours(precision: str, batch_size: int, steps: int) -> float:
    """Images a second of the whole training loop, after a warm-up."""
    last = WARM_UP * (1 + math.ceil(steps / WARM_UP))
    config = TrainingConfig(precision=precision, batch_size=batch_size, steps=last, log_every=WARM_UP)
    return _rate(config, torch.device("cpu"))


def conv() -> float:
    """Images a second of the recipe of the shipped r3gan-conv, on a GPU where there is one."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    entry = 200 if device.type == "cuda" else 4  # steps
    return _rate(replace(RECIPES["conv"], steps=3 * entry, log_every=entry), device)


def _rate(config: TrainingConfig, device: torch.device) -> float:
    """Images a second after the first entry of the history."""
    with tempfile.TemporaryDirectory() as folder, redirect_stderr(io.StringIO()):
        train(config, *data.load("train"), Path(folder), device)
        history = [json.loads(line) for line in (Path(folder) / "history.jsonl").read_text().splitlines()]
    first, last = history[0], history[-1]
    return (last["images"] - first["images"]) / (last["seconds"] - first["seconds"])


class EnoughStepsError(Exception):
    """Ends the peer's loop."""


def peer(script: Path, steps: int) -> float:
    """Images a second of the peer's own script, from its warm-up to its step number `steps`."""
    source = script.read_text()
    for old, new in PEER_CHANGES.items():
        if old not in source:
            raise SystemExit(f"--peer {script}: {old!r} is not in it; is it PyTorch-GAN's cgan.py?")
        source = source.replace(old, new)

    times = []

    def count_steps(*words: object) -> None:
        if words and str(words[0]).startswith("[Epoch"):
            times.append(time.perf_counter())
            if len(times) == WARM_UP + steps:
                raise EnoughStepsError

    with tempfile.TemporaryDirectory() as folder:
        _lay_out_for_torchvision(data.find(), Path(folder) / "data/mnist/FashionMNIST/raw")
        work = Path(folder) / "implementations/cgan"
        work.mkdir(parents=True)
        os.chdir(work)
        sys.argv = [str(script), "--img_size", "28", "--n_epochs", "1000"]
        builtins.print = count_steps  # in a process of its own
        with suppress(EnoughStepsError):
            exec(compile(source, script, "exec"), {"__name__": "__main__"})
    return 64 * steps / (times[-1] - times[WARM_UP - 1])


def _lay_out_for_torchvision(folder: Path, target: Path) -> None:
    """The decompressed files, where torchvision looks for them."""
    target.mkdir(parents=True)
    for path in folder.iterdir():
        if path.suffix == ".gz":
            (target / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
        else:
            (target / path.name).write_bytes(path.read_bytes())


def products_alone(precision: str, batch_size: int, steps: int) -> float:
    """Images a second if a step were its matrix products and nothing else, one after the other on all cores."""
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    products = [
        (torch.randn(m, k, dtype=dtype), torch.randn(k, n, dtype=dtype)) for m, k, n in _products_of_a_step(batch_size)
    ]
    for left, right in products:
        left @ right
    start = time.perf_counter()
    for _ in range(steps):
        for left, right in products:
            left @ right
    return batch_size * steps / (time.perf_counter() - start)


def _products_of_a_step(batch: int) -> list[tuple[int, int, int]]:
    """(m, k, n) of every product in a step: forwards, the inputs' gradients and the weights' gradients."""
    generator = [(150, 128), (128, 256), (256, 512), (512, 1024), (1024, PIXELS)]
    discriminator = [(PIXELS + 50, 512), (512, 512), (512, 512), (512, 1)]

    def forward(layers: list, n: int) -> list:
        return [(n, inputs, outputs) for inputs, outputs in layers]

    def of_inputs(layers: list, n: int) -> list:
        return [(n, outputs, inputs) for inputs, outputs in layers]

    def of_weights(layers: list, n: int) -> list:
        return [(outputs, n, inputs) for inputs, outputs in layers]

    generators_own = forward(generator, batch) + of_inputs(generator, batch) + of_weights(generator, batch)
    through_the_discriminator = of_inputs(discriminator, batch)
    discriminators_own = forward(discriminator, batch) + of_inputs(discriminator[1:], batch)
    discriminators_own += of_weights(discriminator, batch)
    return generators_own + through_the_discriminator + 2 * discriminators_own  # once for real, once for generated


def _print_table(rates: dict[str, float]) -> None:
    base = rates.get("peer fp32, batch 64")
    print(f"{'':34}{'images/s':>10}{'x peer':>9}{'of the products alone':>24}")
    for name, rate in rates.items():
        ratio = f"{rate / base:.2f}" if base else ""
        ceiling = rates.get(name.replace("ours", "products alone"))
        share = f"{rate / ceiling:.0%}" if ceiling and name.startswith("ours") else ""
        print(f"{name:34}{rate:10.0f}{ratio:>9}{share:>24}")


if __name__ == "__main__":
    main()
