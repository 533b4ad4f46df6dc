"""How good pictures are in the features of networks that were not trained on the labels of this data set.

    python -m benchmarks.lab_measures --features checkpoints/my-features      train the self-supervised network there
    python -m benchmarks.lab_measures --features DIR --real                   the floor: real training images
    python -m benchmarks.lab_measures --features DIR --checkpoint r3gan-conv  a checkpoint
    python -m benchmarks.lab_measures --features DIR --images FILE.npz        `python -m cgan.sampling` makes such files

FID, precision and recall of 10,000 pictures against the 10,000 test images, in three feature spaces: of the judge
(trained on labels), of a self-supervised network (SimCLR, no labels), and of the same network with random weights. And
the classifier two-sample test: how well a network learns to tell 20,000 pictures from as many real images. Prints JSON.
"""

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import (
    adaptive_avg_pool2d,
    affine_grid,
    binary_cross_entropy_with_logits,
    cross_entropy,
    grid_sample,
    normalize,
)

from cgan import data
from cgan.common.command_line import Parser, fail, integer
from cgan.data import NUM_CLASSES
from cgan.evaluation import classifiers, metrics
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.models.classifier import ResidualClassifier
from cgan.sampling.sampler import Sampler

WIDTH = 16
FEATURES = "features.safetensors"
TEST_PICTURES = 10_000
TRAIN_PICTURES = 20_000  # of each side, in the two-sample test
TEMPERATURE = 0.2  # of the contrastive loss

Space = tuple[Callable, np.ndarray]  # a function from images to features, and the features (N, D) of the test images


class Encoder(nn.Module):
    """The body of a small residual network: images (N, 1, 28, 28) in [-1, 1] to features (N, 256)."""

    def __init__(self) -> None:
        super().__init__()
        self.body = ResidualClassifier(NUM_CLASSES, WIDTH).body

    def forward(self, images: Tensor) -> Tensor:
        """The last activations (N, 64, 7, 7), averaged in each quarter of the image."""
        return adaptive_avg_pool2d(self.body(images), 2).flatten(1)


def random_encoder(images: np.ndarray, seed: int = 0) -> Encoder:
    """An encoder with random weights, in eval mode; images, uint8 (N, 28, 28), give its batch normalization statistics.

    No generator can be trained, even by accident, to please random features.
    """
    torch.manual_seed(seed)
    encoder = Encoder()
    for module in encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None  # a plain mean over the batches
    with torch.no_grad():
        for batch in torch.from_numpy(images).split(500):
            encoder(classifiers.to_float(batch))
    return encoder.eval()


def contrastive_encoder(images: np.ndarray, epochs: int, seed: int = 0) -> Encoder:
    """SimCLR (Chen et al. 2020, arXiv:2002.05709): two views of one image get similar features, of two images not.

    images: uint8 (N, 28, 28); no labels are used. Returns the encoder in eval mode, without the projection from which
    the loss is computed.
    """
    torch.manual_seed(seed)
    encoder = Encoder().to(memory_format=torch.channels_last)
    projection = nn.Sequential(nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 64))
    all_images = torch.from_numpy(images)

    def loss(chosen: Tensor) -> Tensor:
        batch = classifiers.to_float(all_images[chosen])
        with torch.autocast("cpu", torch.bfloat16):
            views = projection(encoder(torch.cat([_view(batch), _view(batch)])))
        return contrastive_loss(views.float())

    parameters = [*encoder.parameters(), *projection.parameters()]
    _minimize(loss, parameters, len(images), epochs, batch_size=256, learning_rate=3e-3, weight_decay=1e-4)
    return encoder.eval()


def contrastive_loss(views: Tensor) -> Tensor:
    """NT-Xent (Chen et al. 2020, eq. 1) of views (2N, D); row i and row N + i are of the same image."""
    views = normalize(views)
    similarities = views @ views.T / TEMPERATURE
    similarities.fill_diagonal_(-torch.inf)
    return cross_entropy(similarities, torch.arange(len(views)).roll(len(views) // 2))


def _view(images: Tensor) -> Tensor:
    """Each image (N, 1, 28, 28) shifted, rotated, scaled, with other contrast, and with a black square somewhere."""
    count, _, height, width = images.shape
    angle = (torch.rand(count) - 0.5) * 0.5
    zoom = 0.75 + 0.4 * torch.rand(2, count)
    shift = (torch.rand(2, count) - 0.5) * 0.4
    rows = [
        torch.stack([angle.cos() * zoom[0], -angle.sin() * zoom[0], shift[0]], dim=1),
        torch.stack([angle.sin() * zoom[1], angle.cos() * zoom[1], shift[1]], dim=1),
    ]
    grid = affine_grid(torch.stack(rows, dim=1), list(images.shape), align_corners=False)
    moved = grid_sample(images + 1, grid, align_corners=False)  # 0 outside the image, which is black here
    moved = moved * (0.6 + 0.6 * torch.rand(count, 1, 1, 1))
    top, left = torch.randint(height, (2, count, 1))
    near_rows, near_columns = ((torch.arange(size) - at).abs() <= 4 for size, at in ((height, top), (width, left)))
    moved = moved.masked_fill((near_rows[:, :, None] & near_columns[:, None, :])[:, None], 0)
    return (moved - 1).contiguous(memory_format=torch.channels_last)


def _minimize(
    loss: Callable[[Tensor], Tensor],
    parameters: Iterable[nn.Parameter],
    count: int,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    weight_decay: float,
) -> None:
    """Minimize the loss of batches by AdamW with a one-cycle learning rate; `loss` takes indices below `count`."""
    steps = epochs * (count // batch_size)
    optimizer = torch.optim.AdamW(parameters, lr=1.0, weight_decay=weight_decay, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=steps)
    for _ in range(epochs):
        for chosen in torch.randperm(count).split(batch_size)[: steps // epochs]:
            optimizer.zero_grad()
            loss(chosen).backward()
            optimizer.step()
            schedule.step()


def two_sample_test(
    real: np.ndarray, fake: np.ndarray, unseen_real: np.ndarray, unseen_fake: np.ndarray, seed: int = 0, epochs: int = 4
) -> dict[str, float]:
    """The classifier two-sample test (Lopez-Paz & Oquab 2017, arXiv:1610.06545).

    A network learns to tell real from fake images, then it is tested on unseen ones; all are uint8 (N, 28, 28). Returns
    its accuracy on as many real as fake images, and its AUC: the chance that it gives a real image a higher score than
    a fake one. Both are 0.5 if they cannot be told apart.
    """
    torch.manual_seed(seed)
    network = ResidualClassifier(NUM_CLASSES, WIDTH)
    network.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(4 * WIDTH, 1))
    network = network.to(memory_format=torch.channels_last)
    images = torch.from_numpy(np.concatenate([real, fake]))
    is_real = torch.cat([torch.ones(len(real)), torch.zeros(len(fake))])

    def loss(chosen: Tensor) -> Tensor:
        batch = classifiers.to_float(images[chosen]).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            scores = network(batch)
        return binary_cross_entropy_with_logits(scores.float().flatten(), is_real[chosen])

    _minimize(loss, network.parameters(), len(images), epochs, batch_size=128, learning_rate=4e-3, weight_decay=0.05)
    network.eval()
    count = min(len(unseen_real), len(unseen_fake))
    real_scores, fake_scores = (
        classifiers.evaluate(network, unseen[:count]).flatten() for unseen in (unseen_real, unseen_fake)
    )
    return {
        "accuracy": float(((real_scores > 0).mean() + (fake_scores <= 0).mean()) / 2),
        "auc": area_under_curve(real_scores, fake_scores),
    }


def area_under_curve(positive: np.ndarray, negative: np.ndarray) -> float:
    """The chance that a positive score (N,) is above a negative one (M,); ties count half (Mann & Whitney 1947)."""
    ordered = np.sort(negative)
    below, up_to = (np.searchsorted(ordered, positive, side) for side in ("left", "right"))
    return float((below + up_to).mean() / 2 / len(negative))


def measure(pictures: np.ndarray, spaces: dict[str, Space]) -> dict[str, dict[str, float]]:
    """FID, precision and recall of pictures, uint8 (N, 28, 28), in each feature space."""
    rows = {}
    for name, (function, real) in spaces.items():
        fake = classifiers.evaluate(function, pictures)
        shares = metrics.manifold_metrics(real, fake)
        distance = metrics.frechet_distance(fake, real)
        rows[name] = {"fid": distance, "precision": shares["precision"], "recall": shares["recall"]}
    return rows


def feature_spaces(folder: Path, training: np.ndarray, test: np.ndarray) -> dict[str, Space]:
    """The three spaces; the self-supervised network is that of the folder. Raises CheckpointError."""
    contrastive = Encoder()
    checkpoints.load_weights(contrastive, folder / FEATURES)
    functions = {
        "judge": classifiers.load_judge().features,
        "contrastive": contrastive.eval(),
        "random": random_encoder(training[:10_000]),
    }
    return {name: (function, classifiers.evaluate(function, test)) for name, function in functions.items()}


def main() -> None:
    parser = Parser(prog="python -m benchmarks.lab_measures", description=__doc__)
    parser.add_argument("--features", type=Path, required=True, metavar="DIR", help="of the self-supervised network")
    parser.add_argument("--epochs", type=integer(1), default=8, metavar="N", help="of its training (default: 8)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--real", action="store_true", help="measure real training images")
    what.add_argument("--checkpoint", metavar="C", help="a name in checkpoints/ or a folder")
    what.add_argument("--images", type=Path, metavar="FILE", help="30,000 pictures: `images`, uint8 (N, 28, 28)")
    parser.add_argument("--two-sample", type=integer(1), default=1, metavar="N", help="seeds of that test (default: 1)")
    arguments = parser.parse_args()
    training, test = data.load("train")[0], data.load("test")[0]
    if not (arguments.features / FEATURES).exists():
        start = time.process_time()
        encoder = contrastive_encoder(training, arguments.epochs)
        arguments.features.mkdir(parents=True, exist_ok=True)
        checkpoints.save_tensors(arguments.features / FEATURES, encoder.state_dict(), {"epochs": str(arguments.epochs)})
        print(f"trained in {time.process_time() - start:.0f} s of CPU time")
    pictures = training
    try:
        if arguments.checkpoint:
            sampler = Sampler(checkpoints.resolve(arguments.checkpoint))
            pictures, _ = metrics.generated(sampler, TEST_PICTURES + TRAIN_PICTURES)
        elif arguments.images:
            pictures = np.load(arguments.images)["images"]
            if len(pictures) < TEST_PICTURES + TRAIN_PICTURES:
                fail(f"--images {arguments.images}: {len(pictures)} given; {TEST_PICTURES + TRAIN_PICTURES} are needed")
        elif not arguments.real:
            return
        rows = measure(pictures[:TEST_PICTURES], feature_spaces(arguments.features, training, test))
    except (CheckpointError, OSError, KeyError, ValueError) as error:
        fail(error)
    learned_from = training[-TRAIN_PICTURES:], pictures[TEST_PICTURES : TEST_PICTURES + TRAIN_PICTURES]
    scores = [
        two_sample_test(*learned_from, test, pictures[:TEST_PICTURES], seed) for seed in range(arguments.two_sample)
    ]
    rows["two-sample"] = {key: float(np.mean([score[key] for score in scores])) for key in scores[0]}
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
