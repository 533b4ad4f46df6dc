"""Snapshots of a training run: the pictures in its folder `timeline`, their quality, and the losses of the run.

python -m cgan.timeline --checkpoint my-conv      measures the pictures and writes timeline/quality.json
"""

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from cgan import data
from cgan.common.command_line import Parser, check_output, fail
from cgan.common.files import write_json
from cgan.data import IMAGE_SIZE, NUM_CLASSES
from cgan.evaluation import classifiers
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.training.run_folder import HISTORY, SNAPSHOT_SAMPLES_PER_CLASS, TIMELINE

QUALITY = "quality.json"
LOSSES = ("loss_g", "loss_d")
_LABELS = np.arange(NUM_CLASSES).repeat(SNAPSHOT_SAMPLES_PER_CLASS)


@dataclass(frozen=True)
class Quality:
    """The quality of each snapshot; all lists are in the order of the steps. The names are keys of quality.json."""

    judge: str  # version of the judge that has measured
    pictures: str  # SHA-256 of the measured pictures
    steps: list[int]
    named_right: list[float]  # accuracy of the judge on the forty pictures of a snapshot
    kid: list[float]  # KID within each class, against real test images; mean of the ten classes


def snapshots(folder: Path) -> dict[int, Path]:
    """The snapshots of a checkpoint by their step, in order."""
    pictures = (path for path in (folder / TIMELINE).glob("*.png") if path.stem.isdecimal())
    return dict(sorted((int(path.stem), path) for path in pictures))


def load_pictures(path: Path) -> np.ndarray:
    """The pictures of one snapshot, uint8 (40, 28, 28): four of each class, in the order of classes. Raises OSError."""
    with Image.open(path) as image:
        grid = np.array(image.convert("L"))
    if grid.shape != (NUM_CLASSES * IMAGE_SIZE, SNAPSHOT_SAMPLES_PER_CLASS * IMAGE_SIZE):
        raise OSError(f"{path}: {grid.shape} is not the size of a snapshot")
    cells = grid.reshape(NUM_CLASSES, IMAGE_SIZE, SNAPSHOT_SAMPLES_PER_CLASS, IMAGE_SIZE)
    return cells.swapaxes(1, 2).reshape(-1, IMAGE_SIZE, IMAGE_SIZE)


def kernel_distance(real: np.ndarray, fake: np.ndarray) -> float:
    """KID (Bińkowski et al. 2018, arXiv:1801.01401): the unbiased estimate of the squared maximum mean discrepancy.

    real (N, D), fake (M, D): features of at least two pictures each; the kernel is (x . y / D + 1)^3. Unlike FID it has
    no bias for small numbers of pictures; so it can be slightly negative.
    """
    return _pairs(real) + _pairs(fake) - 2 * _kernel(real, fake).mean()


def _kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a.astype(np.float64) @ b.T / a.shape[1] + 1) ** 3


def _pairs(features: np.ndarray) -> float:
    """The mean of the kernel over all pairs of different pictures."""
    kernel = _kernel(features, features)
    return float((kernel.sum() - np.trace(kernel)) / (len(features) * (len(features) - 1)))


def measure(folder: Path, test: tuple[np.ndarray, np.ndarray]) -> Quality:
    """Measure every snapshot against test (images, labels). Raises OSError, CheckpointError.

    KID is computed within each class, because it needs independent samples: the four pictures of a class are, but the
    forty pictures are not, since each class occurs exactly four times.
    """
    judge = classifiers.load_judge()
    features = classifiers.evaluate(judge.features, test[0])
    real = [features[test[1] == index] for index in range(NUM_CLASSES)]
    steps, accuracies, distances = [], [], []
    for step, path in snapshots(folder).items():
        pictures = load_pictures(path)
        fake = classifiers.evaluate(judge.features, pictures)
        by_class = (kernel_distance(real[index], fake[index == _LABELS]) for index in range(NUM_CLASSES))
        steps.append(step)
        accuracies.append(classifiers.accuracy(judge, pictures, _LABELS))
        distances.append(round(float(np.mean([*by_class])), 5))
    return Quality(classifiers.judge_version(), _digest(folder), steps, accuracies, distances)


def load_quality(folder: Path) -> Quality | None:
    """The measurements in a folder; None if there are none, or of other pictures or another judge."""
    try:
        quality = Quality(**json.loads((folder / TIMELINE / QUALITY).read_text(encoding="utf-8")))
        is_current = quality.judge == classifiers.judge_version() and quality.pictures == _digest(folder)
        return quality if is_current else None
    except (OSError, ValueError, TypeError, CheckpointError):
        return None


def _digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in snapshots(folder).values():
        total.update(path.read_bytes())
    return total.hexdigest()


def load_timeline(folder: Path) -> dict:
    """The history of a run for the page, as JSON values.

    moments: [step, version] of each snapshot; the version changes with the picture. losses: steps, and means since the
    step before. images_per_step: training images. quality: see `Quality`, or None.
    """
    entries = _history(folder)
    last = entries[-1] if entries else {"step": 1, "images": 1}
    return {
        "moments": [[step, f"{path.stat().st_mtime_ns:x}"] for step, path in snapshots(folder).items()],
        "images_per_step": last["images"] / last["step"],
        "losses": {"steps": [entry["step"] for entry in entries]}
        | {loss: [entry[loss] for entry in entries] for loss in LOSSES},
        "quality": asdict(quality) if (quality := load_quality(folder)) else None,
    }


def _history(folder: Path) -> list[dict]:
    """The entries of the history, without incomplete lines (of a run in progress) and values that are not finite."""
    entries = []
    try:
        lines = (folder / HISTORY).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    for line in lines:
        try:
            entry = json.loads(line)
            if all(math.isfinite(entry[name]) for name in ("step", "images", *LOSSES)) and entry["step"] > 0:
                entries.append(entry)
        except (ValueError, TypeError, KeyError):
            continue
    return entries


def main() -> None:
    parser = Parser(prog="python -m cgan.timeline", description=__doc__)
    parser.add_argument("--checkpoint", required=True, metavar="C", help="a name in checkpoints/ or a folder")
    parser.add_argument("--data-dir", metavar="DIR", help="folder of the Fashion-MNIST files")
    arguments = parser.parse_args()
    try:
        folder = checkpoints.resolve(arguments.checkpoint)
        if not snapshots(folder):
            raise CheckpointError(f"{folder / TIMELINE}: has no pictures")
        check_output(f"--checkpoint {folder}:", folder / TIMELINE / QUALITY)
        quality = measure(folder, data.load("test", arguments.data_dir))
        write_json(folder / TIMELINE / QUALITY, asdict(quality))
    except CheckpointError as error:
        fail(f"--checkpoint: {error}")
    except (data.DataError, OSError) as error:
        fail(error)
    print("      step     accuracy      KID")
    for step, share, distance in zip(quality.steps, quality.named_right, quality.kid, strict=True):
        print(f"{step:10,}  {share:11.1%}  {distance:7.4f}")
