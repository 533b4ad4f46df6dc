"""The page's engine beside onnxruntime-web and TensorFlow.js: `python -m benchmarks.engine`.

python -m benchmarks.engine            about a minute
python -m benchmarks.engine --fast     a few repetitions: that it runs, not what it prints

Node, one thread each, in turns, the least of all repetitions. All draw the same generators from the same weights, and
their pictures are compared. The machine's limit is a loop of multiplications and additions without memory (peak.c).
GFLOP/s count the operations of plain convolutions; Winograd's algorithm does with fewer, and so may pass the limit.

The peers are fetched by npm to node_modules (git ignores it), ONNX files are exported to a temporary folder; needs
`pip install ziglang onnx onnxscript`.
"""

import argparse
import contextlib
import io
import json
import subprocess
import tempfile
import warnings
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

from cgan.engine import build
from cgan.models import checkpoints
from cgan.models.checkpoints import CHECKPOINTS

_ROOT = Path(__file__).resolve().parents[1]
MODULES = _ROOT / "node_modules/engine-peers"
_PEERS = {"onnxruntime-web": "1.30.0", "@tensorflow/tfjs": "4.22.0", "@tensorflow/tfjs-backend-wasm": "4.22.0"}
_GENERATORS = ("r3gan-conv", "report-mlp")
_COUNTS = (1, 16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fast", action="store_true")
    rounds = 2 if parser.parse_args().fast else 100
    fetch_peers()
    with tempfile.TemporaryDirectory() as folder:
        measured = _measure(Path(folder), rounds)
    _report(measured)


def fetch_peers() -> None:
    wanted = {"private": True, "dependencies": _PEERS}
    manifest = MODULES / "package.json"
    if manifest.exists() and json.loads(manifest.read_text()) == wanted:
        return
    MODULES.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps(wanted))
    subprocess.run(["npm", "install", "--silent", "--ignore-scripts", "--no-audit"], cwd=MODULES, check=True)


def _measure(folder: Path, rounds: int) -> dict:
    build.build(_ROOT / "benchmarks/peak.c", folder / "peak.wasm")
    request = {"modules": f"{MODULES}", "peak": f"{folder / 'peak.wasm'}", "rounds": rounds, "counts": _COUNTS}
    request["checkpoints"] = {
        name: {
            "config": f"{CHECKPOINTS / name / checkpoints.CONFIG}",
            "model": f"{CHECKPOINTS / name / checkpoints.EMA_GENERATOR}",
            "onnx": f"{_export(name, folder)}",
        }
        for name in _GENERATORS
    }
    command = ["node", "--no-warnings", _ROOT / "benchmarks/engine.mjs", json.dumps(request)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _inputs(generator: torch.nn.Module, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.zeros(count, generator.latent_dim), torch.zeros(count, 10)


def _export(name: str, folder: Path) -> Path:
    """The generator as an ONNX file in float32, for any number of pictures."""
    generator, _ = checkpoints.load_generator(CHECKPOINTS / name)
    pictures = torch.export.Dim("pictures", min=1, max=64)
    path = folder / f"{name}.onnx"
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
        torch.onnx.export(
            generator,
            _inputs(generator, 2),
            path,
            input_names=["z", "class_weights"],
            output_names=["images"],
            dynamic_shapes=({0: pictures}, {0: pictures}),
            external_data=False,
            verbose=False,
        )
    return path


def _flops(name: str) -> int:
    """Of one picture, by plain convolutions."""
    generator, _ = checkpoints.load_generator(CHECKPOINTS / name)
    with FlopCounterMode(display=False) as counter:
        generator(*_inputs(generator, 1))
    return counter.get_total_flops()


def _report(measured: dict) -> None:
    peak, product = measured["peak"], measured["product"]
    print(f"the machine's limit     {peak:6.1f} GFLOP/s (128-bit multiplications and additions, no memory)")
    print(f"our matrix product      {product:6.1f} GFLOP/s, {product / peak:.0%} of it ((256, 512) (512, 512))\n")
    print("generator   pictures        ours  onnxruntime-web    TensorFlow.js   ours, GFLOP/s of plain convolutions")
    for name in _GENERATORS:
        for count, (ours, onnxruntime, tensorflow) in measured["generators"][name].items():
            gflops = _flops(name) * int(count) / ours / 1e6
            print(
                f"{name:12}{count:>8}  {ours:7.2f} ms  {onnxruntime:6.2f} ms {onnxruntime / ours:4.1f}x"
                f"  {tensorflow:6.2f} ms {tensorflow / ours:4.1f}x  {gflops:7.0f} ({gflops / peak:.0%} of the limit)"
            )


if __name__ == "__main__":
    main()
