"""The report on quality: `python -m benchmarks.quality` writes benchmarks/quality.md and quality.png.

It collects metrics that were measured before, by the commands that the report names; it measures nothing itself.
"""

import json
from pathlib import Path

import numpy as np

from benchmarks import recipes
from cgan import data
from cgan.common import images
from cgan.common.files import write_text
from cgan.data import NUM_CLASSES
from cgan.evaluation.classifiers import JUDGE
from cgan.evaluation.metrics import GAN_TRAIN_EPOCHS, GAN_TRAIN_PICTURES, METRICS, REAL, Metrics, table
from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling.sampler import Sampler

PAGE = Path(__file__).resolve().parent / "quality.md"
PICTURE = PAGE.with_suffix(".png")
_COLUMNS = 10
TEXT = """# How good the pictures are

Written by `python -m benchmarks.quality`. Every figure compares {pictures:,} pictures, 1,000 a class, truncation 1,
with the 10,000 real test images; features are those of our judge (`checkpoints/judge`), so a FID of other pages is
another measure. Real training images are the floor: as good as it gets.

![Ten rows, ten classes, of each: {names}](quality.png)

From the left: {names}. Ten of each class, the first test images and seeds 0 to 9, nothing chosen.

{checkpoints}

In brackets: the multiple of the floor's value. GAN-test is the accuracy of the judge on the pictures. GAN-train is the
accuracy on real test images of classifiers trained on {gan_train:,} pictures alone, in {epochs} epochs, with mean and
standard deviation over seeds. The distance to the nearest training image is Euclidean, of pixels in [0, 1]. If pictures
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
    columns = {"real training images": _load(JUDGE / REAL)}
    columns |= {path.parent.name: _load(path) for path in sorted(CHECKPOINTS.glob(f"*/{METRICS}")) if _is_model(path)}
    floor = columns["real training images"]
    page = TEXT.format(
        pictures=floor.pictures,
        gan_train=GAN_TRAIN_PICTURES,
        epochs=GAN_TRAIN_EPOCHS,
        names=", ".join(["real test images", *list(columns)[1:]]),
        checkpoints=table(columns, floor),
    )
    if recipes.RESULTS.exists():
        rows = json.loads(recipes.RESULTS.read_text())
        page += RECIPES_TEXT.format(recipes=recipes.table(rows))
    images.save_png(PICTURE, side_by_side(list(columns)[1:]))
    write_text(PAGE, page)
    print(f"{PAGE} and {PICTURE.name} written")


def side_by_side(checkpoints: list[str]) -> np.ndarray:
    """Sheets of real test images and of each checkpoint, uint8 (H, W): a row a class, enlarged twice."""
    real, labels = data.load("test")
    sheets = [np.concatenate([real[labels == index][:_COLUMNS] for index in range(NUM_CLASSES)])]
    classes, seeds = np.divmod(np.arange(NUM_CLASSES * _COLUMNS), _COLUMNS)
    sheets += [Sampler(CHECKPOINTS / name).sample(classes, seeds) for name in checkpoints]
    sheets = [images.enlarge(images.grid(sheet, _COLUMNS), 2) for sheet in sheets]
    gap = np.full((len(sheets[0]), 2 * _COLUMNS), 255, np.uint8)
    return np.hstack([part for sheet in sheets for part in (gap, sheet)][1:])


def _is_model(path: Path) -> bool:
    return path.parent != JUDGE and not path.parent.name.startswith("my-")


def _load(path: Path) -> Metrics:
    return Metrics(**json.loads(path.read_text()))


if __name__ == "__main__":
    main()
