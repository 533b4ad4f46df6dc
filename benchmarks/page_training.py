"""Training in the page beside TensorFlow.js: `python -m benchmarks.page_training`.

python -m benchmarks.page_training            about a minute
python -m benchmarks.page_training --fast     a few steps: that it runs, not what it prints

Node, one thread each, in turns, the least of all repetitions. Both do the same step of the report's pair, from the
same first weights, images, z and dropout masks, with the moving average of G: one pass of the generated images through
the discriminator serves both networks. After three steps their weights are compared. TensorFlow.js does it twice: with
the backward pass written out for speed, and as one writes it at first, with the gradients that it derives (it
multiplies transposed operands for them, which is ten times as slow there).

The limits are a loop of multiplications and additions without memory (peak.c), and a copy of 64 MB.

The peer is fetched by npm to node_modules (git ignores it); needs `pip install ziglang`.
"""

import argparse
import json
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks.engine import MODULES, fetch_peers
from cgan.data import excerpt
from cgan.engine import build
from cgan.training.config import TrainingConfig

_ROOT = Path(__file__).resolve().parents[1]
_BATCHES = (64, 256)

# Of the report's pair, for one image: products of a generator step and a discriminator step, counted in weights.
_G = 150 * 128 + 128 * 256 + 256 * 512 + 512 * 1024 + 1024 * 784
_D = 834 * 512 + 2 * 512 * 512 + 512
_FIRST = 834 * 512
_FLOPS = 2 * (3 * _G + 2 * 3 * _D - _FIRST)  # forward, at the inputs, at the weights; real images need no gradient


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fast", action="store_true")
    rounds = 1 if parser.parse_args().fast else 40
    fetch_peers()
    with tempfile.TemporaryDirectory() as folder:
        measured = _measure(Path(folder), rounds)
    _report(measured)


def _measure(folder: Path, rounds: int) -> dict:
    build.build(_ROOT / "benchmarks/peak.c", folder / "peak.wasm")
    whole = excerpt.count - excerpt.count % max(_BATCHES)  # only whole batches
    images, labels = excerpt.load()[:whole], excerpt.labels[:whole]
    (folder / "images").write_bytes(images.tobytes())
    (folder / "labels").write_bytes(labels.tobytes())
    files = {name: f"{folder / name}" for name in ("peak.wasm", "images", "labels")}
    given = {"modules": f"{MODULES}", "rounds": rounds, "batches": _BATCHES, "settings": asdict(TrainingConfig())}
    command = ["node", "--no-warnings", _ROOT / "benchmarks/page_training.mjs", json.dumps(given | files)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _report(measured: dict) -> None:
    peak, bandwidth = measured["peak"], measured["bandwidth"]
    print(f"the machine's limits    {peak:.1f} GFLOP/s, {bandwidth:.0f} GB/s read and written\n")
    print("batch  ours; TensorFlow.js with its backward pass written out; TensorFlow.js; weights differ by")
    for batch, row in measured["batches"].items():
        ours, *peers = row["milliseconds"]
        rate = 1000 * int(batch) / ours
        print(
            f"{batch:>5} {ours:7.1f} ms {rate:5.0f} images/s {_FLOPS * rate / 1e9:3.0f} GFLOP/s",
            *(f"{peer:11.1f} ms {1000 * int(batch) / peer:5.0f} images/s {peer / ours:4.1f}x" for peer in peers),
            f"  {row['differs']:.0e}",
        )


if __name__ == "__main__":
    main()
