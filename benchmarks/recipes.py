"""Which recipe learns fastest: each trained for about the same time on one core, then measured.

    python -m benchmarks.recipes                 ten minutes each, two at a time on two cores
    python -m benchmarks.recipes --minutes 0.2 --pictures 1000    a look

Each recipe is first timed for a moment, so that its steps, on which its learning rate depends, about fill
the time on a machine that does nothing else; the table says how long they took.
Writes benchmarks/recipes.json, from which `python -m benchmarks.quality` makes its page.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cgan import classifier, data, metrics
from cgan.files import write_text
from cgan.sampling import Sampler

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks/recipes.json"
R3GAN_FOR_MLP = (
    "--loss relativistic --penalty 0.5 --penalty-every 4 --dropout 0 --final-rate 0.1 --beta1 0 --beta2 0.99"
)
CLASSIC = "--normalization class-batch --spectral-norm --loss hinge --penalty 0 --beta2 0.999 --final-rate 1"
RECIPES = {
    "the report's pair": "--arch mlp",
    "the report's networks, R3GAN's objective": f"--arch mlp {R3GAN_FOR_MLP}",
    "convolution, R3GAN's objective, penalties every step": "--arch conv --penalty-every 1",
    "convolution, R3GAN's objective, penalties every fourth step": "--arch conv",
    "convolution, normalization by class, spectral normalization, hinge": f"--arch conv {CLASSIC} --learning-rate 2e-4",
    "the same, four times the learning rate": f"--arch conv {CLASSIC}",
}
TIMED_STEPS = 150
ONE_CORE = {**os.environ, "OMP_NUM_THREADS": "1"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, metavar="X", help="of training (default: %(default)s)")
    parser.add_argument("--pictures", type=int, default=metrics.PICTURES, metavar="N", help="default: %(default)s")
    parser.add_argument("--json", type=Path, default=RESULTS, metavar="FILE", help="default: benchmarks/recipes.json")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as executor:
        runs = [
            executor.submit(train, flags, arguments.minutes, Path(folder) / f"{index}")
            for index, flags in enumerate(RECIPES.values())
        ]
        rows = [
            {"recipe": name, **run.result(), **_measured(Path(folder) / f"{index}", arguments.pictures)}
            for index, (name, run) in enumerate(zip(RECIPES, runs, strict=True))
        ]
    write_text(arguments.json, json.dumps(rows, indent=2) + "\n")
    print(table(rows))


def train(flags: str, minutes: float, out: Path) -> dict:
    """Train by `train.py` on one core for about this long; what was run."""
    *_, warm, end = _train(f"{flags} --log-every {TIMED_STEPS // 2}", TIMED_STEPS, out.with_name(f"{out.name}-timed"))
    rate = (end["step"] - warm["step"]) / (end["seconds"] - warm["seconds"])  # the first steps are slower
    steps = max(TIMED_STEPS, round(minutes * 60 * rate))
    last = _train(flags, steps, out)[-1]
    return {"command": f"python train.py {flags} --steps {steps}", "images": last["images"], "seconds": last["seconds"]}


def _train(flags: str, steps: int, out: Path) -> list[dict]:
    """The run's history."""
    command = [sys.executable, "train.py", *flags.split(), "--steps", f"{steps}", "--out", f"{out}"]
    subprocess.run(command, cwd=ROOT, env=ONE_CORE, check=True, capture_output=True)
    return [json.loads(line) for line in (out / "history.jsonl").read_text().splitlines()]


def _measured(folder: Path, pictures: int) -> dict:
    test = data.load("test")
    drawn, labels = metrics.generated(Sampler(folder), pictures)
    judge = classifier.load_judge()
    features, real = (classifier.evaluate(judge.features, images) for images in (drawn, test[0]))
    shares = metrics.manifold_metrics(real, features)
    return {
        "fid": metrics.frechet_distance(features, real),
        "precision": shares["precision"],
        "recall": shares["recall"],
        "gan_test": classifier.accuracy(judge, drawn, labels),
    }


def table(rows: list[dict]) -> str:
    """A Markdown table, a row a recipe."""
    lines = ["| recipe | seconds | images | FID | precision | recall | GAN-test |", "|" + " --- |" * 7]
    lines += [
        f"| {row['recipe']}<br>`{row['command']}` | {row['seconds']:.0f} | {row['images']:,} | {row['fid']:.3g} | "
        f"{row['precision']:.3f} | {row['recall']:.3f} | {row['gan_test']:.1%} |"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
