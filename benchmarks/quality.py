"""The report on quality, and pairs to guess at.

    python -m benchmarks.quality                                      write benchmarks/quality.md and quality.png
    python -m benchmarks.quality --pairs docs/which-is-real.png       ten pairs, and their answers printed

The report collects metrics that were measured before, by the commands that it names; it measures nothing itself.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from benchmarks import recipes
from cgan import data
from cgan.common import images
from cgan.common.classes import FASHION_MNIST
from cgan.common.command_line import Parser, check_output, fail, integer
from cgan.common.files import user_path, write_text
from cgan.data import NUM_CLASSES
from cgan.evaluation import two_sample
from cgan.evaluation.classifiers import JUDGE
from cgan.evaluation.metrics import GAN_TRAIN_EPOCHS, GAN_TRAIN_PICTURES, METRICS, REAL, Metrics, table
from cgan.models.checkpoints import CHECKPOINTS, CheckpointError, resolve
from cgan.sampling.latents import MAX_SEED
from cgan.sampling.sampler import Sampler

PAGE = Path(__file__).resolve().parent / "quality.md"
PICTURE = PAGE.with_suffix(".png")
_COLUMNS = 10
_PAIRS_A_ROW, _PAIR_GAP = 5, 16  # pixels
TEXT = """# How good the pictures are

Written by `python -m benchmarks.quality`. Every figure compares {pictures:,} pictures, 1,000 a class, truncation 1,
with the 10,000 real test images; features are those of our judge (`checkpoints/judge`) where nothing else is said, so a
FID of other pages is another measure. Real training images are the floor: as good as it gets.

![Ten rows, ten classes, of each: {names}](quality.png)

From the left: {names}. Ten of each class, the first test images and seeds 0 to 9, nothing chosen.

{checkpoints}

In brackets: the multiple of the floor's value. GAN-test is the accuracy of the judge on the pictures. GAN-train is the
accuracy on real test images of classifiers trained on {gan_train:,} pictures alone, in {epochs} epochs, with mean and
standard deviation over seeds.

Random features are those of a network with random weights, which has learned nothing. "Told from real images" is the
two-sample test (Lopez-Paz & Oquab 2017): {seeds} networks learn to tell {known:,} pictures from as many real ones; the
accuracy on unseen ones, and AUC, how often a real image gets a higher score than a picture. 50 % is guessing.

The distance to the nearest training image is Euclidean, of pixels in [0, 1]. If pictures
were copies, it would be shorter than that of real test images, which is in the column of the real ones.

    python -m cgan.metrics --checkpoint NAME --gan-train 5 --json checkpoints/NAME/metrics.json
    python -m cgan.metrics --real --gan-train 5 --json checkpoints/judge/real.json
    python -m cgan.metrics --checkpoint NAME --inception       FID in Inception's features, where its weights can be had
"""
RECIPES_TEXT = """
## Recipes

Each had the computing time of one core in the table, then was measured as above: `python -m benchmarks.recipes`.

{recipes}
"""


def main() -> None:
    arguments = _parser().parse_args()
    if arguments.pairs:
        check_output("--pairs", arguments.pairs)
        try:
            sampler = Sampler(resolve(arguments.checkpoint))
            if sampler.classes != FASHION_MNIST:
                raise CheckpointError(f"--checkpoint {arguments.checkpoint}: has other classes than Fashion-MNIST")
            picture, answers = pairs(sampler, arguments.seed)
            images.save_png(arguments.pairs, picture)
        except (data.DataError, CheckpointError, OSError) as error:
            fail(error)
        print(answers)
    else:
        write_report()


def write_report() -> None:
    """Write benchmarks/quality.md and its picture."""
    names, page = report()
    images.save_png(PICTURE, side_by_side(names))
    write_text(PAGE, page)
    print(f"{PAGE} and {PICTURE.name} written")


def report() -> tuple[list[str], str]:
    """The names of the checkpoints, and the report in Markdown."""
    floor = _load(JUDGE / REAL)
    columns = {path.parent.name: _load(path) for path in sorted(CHECKPOINTS.glob(f"*/{METRICS}")) if _is_model(path)}
    names = [*columns]
    page = TEXT.format(
        seeds=two_sample.SEEDS,
        known=two_sample.IMAGES,
        pictures=floor.pictures,
        gan_train=GAN_TRAIN_PICTURES,
        epochs=GAN_TRAIN_EPOCHS,
        names=", ".join(["real test images", *names]),
        checkpoints=table({"real training images": floor, **columns}, floor),
    )
    if recipes.RESULTS.exists():
        rows = json.loads(recipes.RESULTS.read_text())
        page += RECIPES_TEXT.format(recipes=recipes.table(rows))
    return names, page


def side_by_side(checkpoints: list[str]) -> np.ndarray:
    """Sheets of real test images and of each checkpoint, uint8 (H, W): a row a class, enlarged twice."""
    real, labels = data.load("test")
    sheets = [np.concatenate([real[labels == index][:_COLUMNS] for index in range(NUM_CLASSES)])]
    classes, seeds = np.divmod(np.arange(NUM_CLASSES * _COLUMNS), _COLUMNS)
    sheets += [Sampler(CHECKPOINTS / name).sample(classes, seeds) for name in checkpoints]
    sheets = [images.enlarge(images.grid(sheet, _COLUMNS), 2) for sheet in sheets]
    gap = np.full((len(sheets[0]), 2 * _COLUMNS), 255, np.uint8)
    return np.hstack([part for sheet in sheets for part in (gap, sheet)][1:])


def pairs(sampler: Sampler, seed: int) -> tuple[np.ndarray, str]:
    """A real test image beside a generated one for each class, uint8 (H, W), and which of them are the real ones.

    seed: chooses images, seeds and sides. The classes are in order, five pairs a row, enlarged four times.
    """
    chance = np.random.default_rng(seed)
    real, labels = data.load("test")
    classes = np.arange(NUM_CLASSES)
    chosen = np.array([chance.choice(np.flatnonzero(labels == index)) for index in classes])
    drawn = sampler.sample(classes, chance.integers(MAX_SEED, size=NUM_CLASSES))
    is_right = chance.integers(2, size=NUM_CLASSES)  # the real one
    sides = [np.where(is_right[:, None, None] == side, real[chosen], drawn) for side in (0, 1)]
    both = images.enlarge(np.concatenate(sides, axis=2), 4)
    cells = np.pad(both, ((0, 0), (_PAIR_GAP, _PAIR_GAP), (_PAIR_GAP, _PAIR_GAP)), constant_values=255)
    answers = (f"{name}: {('left', 'right')[side]}" for name, side in zip(data.CLASS_NAMES, is_right, strict=True))
    return images.grid(cells, _PAIRS_A_ROW), f"The real ones. {', '.join(answers)}."


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--pairs", type=user_path, metavar="FILE", help="write a picture of ten pairs instead")
    parser.add_argument("--checkpoint", default="r3gan-conv", metavar="C", help="of the pairs (default: %(default)s)")
    parser.add_argument("--seed", type=integer(0), default=0, metavar="N", help="of the pairs (default: %(default)s)")
    return parser


def _is_model(path: Path) -> bool:
    return path.parent != JUDGE and not path.parent.name.startswith("my-")


def _load(path: Path) -> Metrics:
    return Metrics(**json.loads(path.read_text()))


if __name__ == "__main__":
    main()
