import json
import shutil

import numpy as np
import pytest
import torch
from torchmetrics.image.kid import poly_mmd

from cgan.data import NUM_CLASSES
from cgan.evaluation import snapshots
from cgan.evaluation.snapshots import QUALITY, kernel_distance, load_pictures, load_quality, load_timeline
from cgan.models.checkpoints import CHECKPOINTS, load_generator
from cgan.training.run_folder import HISTORY, TIMELINE, draw_classes

SHIPPED = ("report-mlp", "r3gan-conv")


def test_the_kernel_distance_is_torchmetrics():
    draw = np.random.default_rng(0).standard_normal
    real, fake = draw((40, 16)).astype(np.float32), (draw((40, 16)) + 0.3).astype(np.float32)
    expected = poly_mmd(torch.from_numpy(real).double(), torch.from_numpy(fake).double())
    assert kernel_distance(real, fake) == pytest.approx(expected.item(), rel=1e-6)


def test_the_kernel_distance_has_no_bias_for_few_pictures():
    draw = np.random.default_rng(0).standard_normal
    distances = [kernel_distance(draw((50, 4)), draw((4, 4))) for _ in range(3000)]
    assert abs(np.mean(distances)) < 4 * np.std(distances) / np.sqrt(len(distances))


def test_pictures_of_a_snapshot_are_by_class(short_run):
    (*_, last) = snapshots.snapshots(short_run)
    generator, _ = load_generator(short_run)
    grid = draw_classes(generator, 4)
    pictures = load_pictures(snapshots.snapshots(short_run)[last], NUM_CLASSES)
    assert pictures.shape == (4 * NUM_CLASSES, 28, 28)
    np.testing.assert_array_equal(pictures[4 * 3 + 2], grid[3 * 28 : 4 * 28, 2 * 28 : 3 * 28])


def test_a_run_is_told_with_its_losses(short_run):
    told = load_timeline(short_run)
    assert [step for step, _ in told["moments"]] == sorted(snapshots.snapshots(short_run))
    assert told["losses"]["steps"] == [100, 200, 300, 400, 500, 600]
    assert len(told["losses"]["loss_g"]) == 6
    assert 60 < told["images_per_step"] <= 64
    assert told["quality"] is None
    json.dumps(told, allow_nan=False)


def test_a_history_that_is_being_written_is_read_as_far_as_it_goes(short_run, tmp_path):
    shutil.copytree(short_run / TIMELINE, tmp_path / TIMELINE)
    lines = (short_run / HISTORY).read_text().splitlines()
    damaged = json.dumps(json.loads(lines[1]) | {"loss_g": float("nan")})
    (tmp_path / HISTORY).write_text("\n".join([lines[0], damaged, "[]", lines[2][:20]]))
    assert load_timeline(tmp_path)["losses"]["steps"] == [100]
    (tmp_path / HISTORY).unlink()
    assert load_timeline(tmp_path)["losses"]["steps"] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_timelines_are_measured(name):
    quality = load_quality(CHECKPOINTS / name)
    assert quality is not None, f"measure it anew: python -m cgan.timeline --checkpoint {name}"
    assert quality.steps == [*snapshots.snapshots(CHECKPOINTS / name)]
    assert quality.named_right[-1] > 0.6 > 0.3 > quality.named_right[0] >= 0
    assert quality.kid[-1] < quality.kid[0] / 5


def test_measurements_are_of_these_pictures_alone(fashion_mnist_test, tmp_path):
    """Real images in the place of a snapshot have a high accuracy and a small KID; other pictures void them."""
    images, labels = fashion_mnist_test
    rows = [np.hstack(images[labels == index][:4]) for index in range(NUM_CLASSES)]
    (tmp_path / TIMELINE).mkdir()
    snapshots.Image.fromarray(np.vstack(rows)).save(tmp_path / TIMELINE / "0000007.png")
    test = images[:1500], labels[:1500]
    quality = snapshots.measure(tmp_path, test)
    assert quality.steps == [7] and quality.named_right[0] >= 0.8 and abs(quality.kid[0]) < 0.3
    (tmp_path / TIMELINE / QUALITY).write_text(json.dumps(snapshots.asdict(quality)))
    assert load_quality(tmp_path) == quality
    of_another_judge = snapshots.asdict(quality) | {"judge": "0" * 16}
    (tmp_path / TIMELINE / QUALITY).write_text(json.dumps(of_another_judge))
    assert load_quality(tmp_path) is None
    (tmp_path / TIMELINE / QUALITY).write_text(json.dumps(snapshots.asdict(quality)))
    shutil.copy(tmp_path / TIMELINE / "0000007.png", tmp_path / TIMELINE / "0000008.png")
    assert load_quality(tmp_path) is None


def test_a_picture_of_another_size_is_refused(tmp_path):
    snapshots.Image.new("L", (10, 10)).save(tmp_path / "1.png")
    with pytest.raises(OSError, match="not the size"):
        load_pictures(tmp_path / "1.png", NUM_CLASSES)


def test_a_checkpoint_without_a_timeline_is_one_line(expect_refusal_here, short_run, tmp_path):
    shutil.copy(short_run / "config.json", tmp_path)
    expect_refusal_here("-m", "cgan.timeline", "--checkpoint", tmp_path, words=["--checkpoint", "no pictures"])
