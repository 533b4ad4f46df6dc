"""The judge: a classifier of the real pictures; metrics use its decisions and its features.

python -m cgan.classifier                 train it, save it in checkpoints/judge, and test it
python -m cgan.classifier --test          test the saved one
python -m cgan.classifier --data PATH --out DIR                one of your own classes, for `--judge DIR`
"""

import argparse
import hashlib
import json
import math
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from tqdm import tqdm

from cgan.common.classes import FASHION_MNIST, Classes
from cgan.common.command_line import Parser, check_output, fail, integer
from cgan.common.files import replaced, why_unreadable, write_json
from cgan.common.places import SHIPPED_CHECKPOINTS
from cgan.data import DataError, dataset, local_test_images
from cgan.data.dataset import Dataset
from cgan.data.pictures import Labelled, first_of_each
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.models.classifier import CLASSIFIER, WIDTH, ResidualClassifier

JUDGE = SHIPPED_CHECKPOINTS / "judge"
METRICS = "metrics.json"
MAKE_JUDGE = "python -m cgan.classifier --data PATH --out DIR"
EXAMPLES = "examples.npz"  # real test pictures of a judge of own classes
_MOST_EXAMPLES = 64  # of a class
_EPOCHS, _LEAST_STEPS = 12, 2000

_BATCH_SIZE = 128
_EVALUATION_BATCH_SIZE = 500
_MAX_SHIFT = 2  # pixels, of the augmentation
_MAX_LEARNING_RATE = 4e-3
_WEIGHT_DECAY = 0.05


def to_float(images: Tensor) -> Tensor:
    """Images, uint8 (N, 28, 28), as input of a network: float (N, 1, 28, 28) in [-1, 1]."""
    return images.unsqueeze(1).float() / 127.5 - 1


def fit(
    network: nn.Module,
    images: np.ndarray,
    labels: np.ndarray,
    epochs: int,
    seed: int,
    title: str,
    augmented: bool = True,
) -> nn.Module:
    """Train a classifier and return it in eval mode.

    AdamW, one-cycle learning rate (Smith & Topin 2019, arXiv:1708.07120), bfloat16 products, random shifts and erasing;
    no mirroring, because all shoes point left. images: uint8 (N, 28, 28); labels: uint8 (N,). seed: of the order and
    the augmentation; the caller decides the initial weights. title: of the progress bar. augmented: shifted and erased.
    """
    stream = torch.Generator().manual_seed(seed)
    all_images = torch.from_numpy(images)
    all_labels = torch.from_numpy(labels.astype(np.int64))
    network.train().to(memory_format=torch.channels_last)
    batch_size = min(_BATCH_SIZE, len(images))
    steps = epochs * (len(images) // batch_size)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1.0, weight_decay=_WEIGHT_DECAY, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _MAX_LEARNING_RATE, total_steps=steps)
    progress = tqdm(total=steps, desc=title, unit="step", mininterval=1)
    for _ in range(epochs):
        for chosen in torch.randperm(len(images), generator=stream).split(batch_size)[: steps // epochs]:
            batch = to_float(all_images[chosen])
            with torch.autocast("cpu", torch.bfloat16):
                logits = network(_augmented(batch, stream) if augmented else batch)
            optimizer.zero_grad()
            cross_entropy(logits.float(), all_labels[chosen]).backward()
            optimizer.step()
            schedule.step()
            progress.update()
    progress.close()
    return network.eval()


def _augmented(images: Tensor, stream: torch.Generator) -> Tensor:
    """Shift each image by up to two pixels; in half of them erase a square of nine by nine pixels."""
    count, _, height, width = images.shape
    padded = nn.functional.pad(images, [_MAX_SHIFT] * 4, value=-1.0)
    top, left = torch.randint(2 * _MAX_SHIFT + 1, (2, count, 1), generator=stream)
    rows, columns = top + torch.arange(height), left + torch.arange(width)
    shifted = padded[torch.arange(count)[:, None, None], 0, rows[:, :, None], columns[:, None, :]]

    y, x = torch.randint(height, (2, count, 1), generator=stream)
    erased = torch.rand(count, generator=stream) < 0.5
    near_rows, near_columns = ((torch.arange(height) - at).abs() <= 4 for at in (y, x))
    square = near_rows[:, :, None] & near_columns[:, None, :] & erased[:, None, None]
    shifted = shifted.masked_fill(square, -1.0)
    return shifted.unsqueeze(1).contiguous(memory_format=torch.channels_last)


@torch.inference_mode()
def evaluate(function: nn.Module, images: np.ndarray) -> np.ndarray:
    """Outputs, float32 (N, ...), of a network (or its method `features`) for images, uint8 (N, 28, 28)."""
    batches = torch.from_numpy(images).split(_EVALUATION_BATCH_SIZE)
    return torch.cat([function(to_float(batch)) for batch in batches]).numpy()


def accuracy(network: nn.Module, images: np.ndarray, labels: np.ndarray) -> float:
    """The share, 0 to 1, of images, uint8 (N, 28, 28), whose highest score is that of their label (N,)."""
    return float((evaluate(network, images).argmax(axis=1) == labels).mean())


def over_seeds(values: list[float]) -> dict:
    """What one network of each seed has reached: all values, their mean and standard deviation."""
    return {"mean": float(np.mean(values)), "sd": float(np.std(values)), "all": values}


@cache
def load_judge(folder: Path = JUDGE) -> ResidualClassifier:
    """The judge in eval mode. Raises CheckpointError."""
    return checkpoints.load_classifier(folder)[0]


def find_judge(classes: Classes, folders: Iterable[Path] = ()) -> Path | None:
    """The folder of a judge that tells exactly these classes apart: the shipped one, or one of `folders`, or none.

    Raises CheckpointError for a folder without a judge.
    """
    known = [*folders] if classes != FASHION_MNIST else [*folders, JUDGE]
    return next((folder for folder in known if checkpoints.classes_of_classifier(folder) == classes), None)


def needed_judge(classes: Classes, folder: Path | None) -> Path:
    """The judge in `folder`, or the shipped one. Raises CheckpointError where its classes are others."""
    found = find_judge(classes, [folder] if folder else [])
    if found is None:
        given = f"--judge {folder}: judges other classes" if folder else "no judge of these classes"
        raise CheckpointError(f"{given}; make one by `{MAKE_JUDGE}` and name it by --judge DIR")
    return found


def real_examples(judge: Path) -> Labelled:
    """Real test pictures that a judge's classes are shown by. Raises CheckpointError, DataError."""
    if judge == JUDGE:
        return local_test_images()
    try:
        with np.load(judge / EXAMPLES, allow_pickle=False) as file:
            return file["images"], file["labels"]
    except (OSError, ValueError, KeyError) as error:
        raise CheckpointError(f"{judge / EXAMPLES}: cannot be read ({error}); `{MAKE_JUDGE}` makes it") from error


def add_judge_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--judge", type=Path, metavar="DIR", help=f"the judge of your own classes; `{MAKE_JUDGE}` makes one"
    )


@cache
def judge_version(folder: Path = JUDGE) -> str:
    """What changes with the judge, for what was measured with it: 16 hexadecimal digits. Raises CheckpointError."""
    path = folder / CLASSIFIER
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise CheckpointError(f"{path}: {why_unreadable(path, error)}") from error


def main() -> None:
    parser = Parser(prog="python -m cgan.classifier", description=__doc__)
    parser.add_argument("--test", action="store_true", help="train nothing")
    parser.add_argument(
        "--out", type=Path, default=JUDGE, metavar="DIR", help="default: checkpoints/judge, which is Fashion-MNIST's"
    )
    parser.add_argument(
        "--width", type=integer(4, 512), default=WIDTH, metavar="N", help="channels (default: %(default)s)"
    )
    parser.add_argument(
        "--epochs", type=integer(1), metavar="N", help=f"default: {_EPOCHS}, or as many as make {_LEAST_STEPS} steps"
    )
    parser.add_argument("--seed", type=integer(0, 2**32 - 1), default=0, metavar="N", help="default: %(default)s")
    dataset.add_flags(parser)
    arguments = parser.parse_args()
    try:
        found = dataset.from_flags(arguments)
        if found.classes != FASHION_MNIST and arguments.out == JUDGE:
            raise DataError(f"--out: name a folder; {JUDGE} judges Fashion-MNIST")
        if not arguments.test:
            arguments.out.mkdir(parents=True, exist_ok=True)
            check_output("--out", arguments.out / CLASSIFIER)
            _train(arguments, found)
        trained, classes = checkpoints.load_classifier(arguments.out)
        if classes != found.classes:
            raise CheckpointError(f"--out {arguments.out}: judges other classes than those of --data {arguments.data}")
    except (DataError, CheckpointError) as error:
        fail(error)
    except OSError as error:
        fail(f"--out {arguments.out}: cannot be written ({error.strerror})")
    test = found.load("test")
    print(f"{arguments.out}: accuracy {accuracy(trained, *test):.2%} on the {len(test[0]):,} test images")


def _train(arguments: argparse.Namespace, found: Dataset) -> None:
    start = time.perf_counter()
    print(found.summary, end="\n" * bool(found.summary))
    torch.manual_seed(arguments.seed)
    (images, labels), test = found.load("train"), found.load("test")
    network = ResidualClassifier(found.classes.count, arguments.width)
    epochs = arguments.epochs or max(_EPOCHS, math.ceil(_LEAST_STEPS * _BATCH_SIZE / len(images)))
    fit(network, images, labels, epochs, arguments.seed, "classifier")
    metadata = {"epochs": str(epochs), "classes": json.dumps(found.classes.to_json())}
    checkpoints.save_tensors(arguments.out / CLASSIFIER, network.state_dict(), metadata)
    measured = {
        "accuracy": accuracy(network, *test),
        "test_images": len(test[0]),
        "epochs": epochs,
        "seed": arguments.seed,
        "seconds": round(time.perf_counter() - start),
    }
    write_json(arguments.out / METRICS, measured, indent=2)
    if found.classes != FASHION_MNIST:
        chosen = first_of_each(test[1], _MOST_EXAMPLES)
        with replaced(arguments.out / EXAMPLES) as temporary, open(temporary, "wb") as file:
            np.savez_compressed(file, images=test[0][chosen], labels=test[1][chosen])
