"""The judge: a classifier of Fashion-MNIST; metrics use its decisions and its features.

python -m cgan.classifier                 train it, save it in checkpoints/judge, and test it
python -m cgan.classifier --test          test the saved one
python -m cgan.classifier --width 16 --epochs 3 --out DIR      a smaller one, for `train.py --perception DIR`
"""

import argparse
import hashlib
import time
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from tqdm import tqdm

from cgan import data
from cgan.common.command_line import Parser, check_output, fail, integer
from cgan.common.files import user_path, why_unreadable, write_json
from cgan.common.places import SHIPPED_CHECKPOINTS
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.models.classifier import CLASSIFIER, WIDTH, ResidualClassifier

JUDGE = SHIPPED_CHECKPOINTS / "judge"
METRICS = "metrics.json"

_BATCH_SIZE = 128
_EVALUATION_BATCH_SIZE = 500
_MAX_SHIFT = 2  # pixels, of the augmentation
_MAX_LEARNING_RATE = 4e-3
_WEIGHT_DECAY = 0.05


def to_float(images: Tensor) -> Tensor:
    """Images, uint8 (N, 28, 28), as input of a network: float (N, 1, 28, 28) in [-1, 1]."""
    return images.unsqueeze(1).float() / 127.5 - 1


def fit(network: nn.Module, images: np.ndarray, labels: np.ndarray, epochs: int, seed: int, title: str) -> nn.Module:
    """Train a classifier and return it in eval mode.

    AdamW, one-cycle learning rate (Smith & Topin 2019, arXiv:1708.07120), bfloat16 products, random shifts and erasing;
    no mirroring, because all shoes point left. images: uint8 (N, 28, 28); labels: uint8 (N,). seed: of the order and
    the augmentation; the caller decides the initial weights. title: of the progress bar.
    """
    stream = torch.Generator().manual_seed(seed)
    all_images = torch.from_numpy(images)
    all_labels = torch.from_numpy(labels.astype(np.int64))
    network.train().to(memory_format=torch.channels_last)
    steps = epochs * (len(images) // _BATCH_SIZE)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1.0, weight_decay=_WEIGHT_DECAY, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _MAX_LEARNING_RATE, total_steps=steps)
    progress = tqdm(total=steps, desc=title, unit="step", mininterval=1)
    for _ in range(epochs):
        for chosen in torch.randperm(len(images), generator=stream).split(_BATCH_SIZE)[: steps // epochs]:
            with torch.autocast("cpu", torch.bfloat16):
                logits = network(_augmented(to_float(all_images[chosen]), stream))
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


@cache
def load_judge(folder: Path = JUDGE) -> ResidualClassifier:
    """The judge in eval mode. Raises CheckpointError."""
    network = ResidualClassifier()
    checkpoints.load_weights(network, folder / CLASSIFIER)
    return network.eval()


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
    parser.add_argument("--out", type=user_path, default=JUDGE, metavar="DIR", help="default: checkpoints/judge")
    parser.add_argument(
        "--width", type=integer(1, 512), default=WIDTH, metavar="N", help="channels (default: %(default)s)"
    )
    parser.add_argument("--epochs", type=integer(1), default=12, metavar="N", help="default: %(default)s")
    parser.add_argument("--seed", type=integer(0, 2**32 - 1), default=0, metavar="N", help="default: %(default)s")
    parser.add_argument("--data-dir", metavar="DIR", help="folder of the Fashion-MNIST files")
    arguments = parser.parse_args()
    try:
        test = data.load("test", arguments.data_dir)
        if not arguments.test:
            arguments.out.mkdir(parents=True, exist_ok=True)
            check_output("--out", arguments.out / CLASSIFIER)
            _train(arguments, test)
        trained = ResidualClassifier(arguments.width)
        checkpoints.load_weights(trained, arguments.out / CLASSIFIER)
    except (data.DataError, CheckpointError) as error:
        fail(error)
    except OSError as error:
        fail(f"--out {arguments.out}: cannot be written ({error.strerror})")
    print(f"{arguments.out}: accuracy {accuracy(trained.eval(), *test):.2%} on the 10,000 test images")


def _train(arguments: argparse.Namespace, test: tuple[np.ndarray, np.ndarray]) -> None:
    start = time.perf_counter()
    torch.manual_seed(arguments.seed)
    images, labels = data.load("train", arguments.data_dir)
    network = ResidualClassifier(arguments.width)
    fit(network, images, labels, arguments.epochs, arguments.seed, "classifier")
    checkpoints.save_tensors(arguments.out / CLASSIFIER, network.state_dict(), {"epochs": str(arguments.epochs)})
    measured = {
        "accuracy": accuracy(network, *test),
        "test_images": len(test[0]),
        "epochs": arguments.epochs,
        "seed": arguments.seed,
        "seconds": round(time.perf_counter() - start),
    }
    write_json(arguments.out / METRICS, measured, indent=2)
