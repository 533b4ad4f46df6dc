"""Compare recipes: each is trained for the same CPU time on one core, then measured.

    python -m benchmarks.recipes                 ten minutes each, as many at a time as there are cores
    python -m benchmarks.recipes --minutes 0.2 --pictures 1000    a look

CPU time does not depend on the load of the machine. Each recipe is first timed for a few steps, to choose a number of
steps that takes about that time (the learning rate depends on the number of steps); the table has the real time.
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

from cgan import data
from cgan.common.files import write_text
from cgan.evaluation import classifiers, distances, metrics
from cgan.sampling.sampler import Sampler

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks/recipes.json"
R3GAN_FOR_MLP = (
    "--loss relativistic --penalty 0.5 --penalty-every 4 --dropout 0 --final-rate 0.1 --beta1 0 --beta2 0.99"
)
RECIPES = {
    "the report's pair": "--arch mlp",
    "the report's networks, R3GAN's objective": f"--arch mlp {R3GAN_FOR_MLP}",
    "convolution, R3GAN's objective": "--arch conv --batch-size 64",
    "the same, penalties every step": "--arch conv --batch-size 64 --penalty-every 1",
}
FEW_STEPS, TIMED_STEPS = 20, 170
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
    """Train by `train.py` on one core for about this long; returns the command, images and seconds."""
    few, more = (_train(flags, steps, out.with_name(f"{out.name}-{steps}")) for steps in (FEW_STEPS, TIMED_STEPS))
    second_per_step = (more - few) / (TIMED_STEPS - FEW_STEPS)
    steps = TIMED_STEPS + max(0, round((minutes * 60 - more) / second_per_step))
    seconds = _train(flags, steps, out)
    images = json.loads((out / "history.jsonl").read_text().splitlines()[-1])["images"]
    return {"command": f"python train.py {flags} --steps {steps}", "images": images, "seconds": seconds}


def _train(flags: str, steps: int, out: Path) -> float:
    """Run `train.py` and return its CPU seconds."""
    command = [sys.executable, "train.py", *flags.split(), "--steps", f"{steps}", "--out", f"{out}"]
    process = subprocess.Popen(command, cwd=ROOT, env=ONE_CORE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_utime + usage.ru_stime


def _measured(folder: Path, pictures: int) -> dict:
    test = data.load("test")
    drawn, labels = metrics.generated(Sampler(folder), pictures)
    judge = classifiers.load_judge()
    features, real = (classifiers.evaluate(judge.features, images) for images in (drawn, test[0]))
    shares = distances.manifold_metrics(real, features)
    return {
        "fid": distances.frechet_distance(features, real),
        "precision": shares["precision"],
        "recall": shares["recall"],
        "gan_test": classifiers.accuracy(judge, drawn, labels),
    }


def table(rows: list[dict]) -> str:
    """A Markdown table, a row for each recipe."""
    lines = ["| recipe | seconds | images | FID | precision | recall | GAN-test |", "|" + " --- |" * 7]
    lines += [
        f"| {row['recipe']}<br>`{row['command']}` | {row['seconds']:.0f} | {row['images']:,} | {row['fid']:.3g} | "
        f"{row['precision']:.3f} | {row['recall']:.3f} | {row['gan_test']:.1%} |"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
