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
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import (
    affine_grid,
    cross_entropy,
    grid_sample,
    normalize,
)

from cgan import data
from cgan.common.command_line import Parser, fail, integer
from cgan.evaluation import classifiers, distances, metrics
from cgan.evaluation.random_features import Encoder, random_encoder
from cgan.evaluation.two_sample import minimize, two_sample_test
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.sampling.sampler import Sampler

FEATURES = "features.safetensors"
TEST_PICTURES = 10_000
TRAIN_PICTURES = 20_000  # of each side, in the two-sample test
TEMPERATURE = 0.2  # of the contrastive loss

Space = tuple[Callable, np.ndarray]  # a function from images to features, and the features (N, D) of the test images


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
    minimize(loss, parameters, len(images), epochs, batch_size=256, learning_rate=3e-3, weight_decay=1e-4)
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


def measure(pictures: np.ndarray, spaces: dict[str, Space]) -> dict[str, dict[str, float]]:
    """FID, precision and recall of pictures, uint8 (N, 28, 28), in each feature space."""
    rows = {}
    for name, (function, real) in spaces.items():
        fake = classifiers.evaluate(function, pictures)
        shares = distances.manifold_metrics(real, fake)
        distance = distances.frechet_distance(fake, real)
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
