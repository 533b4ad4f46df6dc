import io
import math
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from cgan.common.validation import RefusalError
from cgan.data import CLASS_NAMES, CLASS_NAMES_ZH, NUM_CLASSES
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler
from cgan.ui.studio import Studio, animation
from tests.pictures import assert_same_pictures

DIMENSIONS = 100  # of report-mlp's z


@pytest.fixture(scope="module")
def own_run(tmp_path_factory):
    """A checkpoint outside `checkpoints/`."""
    return shutil.copytree(checkpoints.CHECKPOINTS / "report-mlp", tmp_path_factory.mktemp("runs") / "own")


@pytest.fixture(scope="module")
def studio(own_run):
    return Studio(extra_folder=own_run)


def inputs(z, class_weights) -> bytes:
    return np.concatenate([np.ravel(z), np.ravel(class_weights)]).astype("<f4").tobytes()


def test_the_card_says_what_the_generator_takes(studio, own_run):
    step = checkpoints.load_generator(own_run)[1]["step"]
    names = {"en": list(CLASS_NAMES), "zh": list(CLASS_NAMES_ZH)}
    card = {"latent_dim": DIMENSIONS, "steps": step, "classes": NUM_CLASSES, "names": names}
    assert studio.card(f"{own_run}") == card


def test_pictures_are_the_samplers(studio, own_run):
    classes, seeds = np.array([3, 0, 9]), np.array([7, 8, 9])
    z, weights = latents.latents(seeds, DIMENSIONS, 0.5), latents.one_hot(classes, NUM_CLASSES)
    drawn = studio.draw(f"{own_run}", inputs(z, weights))
    assert drawn.shape == (3, 28, 28) and drawn.dtype == np.uint8
    assert_same_pictures(drawn, Sampler(own_run).sample(classes, seeds, 0.5))


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"", "body: 0 bytes given; allowed: z and class weights of 1 to 1024 pictures, 440 bytes each"),
        (bytes(439), "body: 439 bytes given"),
        (bytes(440 * 1025), "body: 451000 bytes given"),
        (
            inputs([math.nan] + [0] * (DIMENSIONS - 1), [0] * NUM_CLASSES),
            "z: allowed are finite numbers, up to a length of 23",
        ),
        (inputs([math.inf] * DIMENSIONS, [0] * NUM_CLASSES), "z: allowed are"),
        (inputs([3e38] * DIMENSIONS, [0] * NUM_CLASSES), "z: allowed are"),
        (inputs([3] * DIMENSIONS, [0] * NUM_CLASSES), "z: allowed are"),
        (inputs([0] * DIMENSIONS, [1.5] + [0] * (NUM_CLASSES - 1)), "class weights: allowed are numbers from 0 to 1"),
        (inputs([0] * DIMENSIONS, [math.nan] + [0] * (NUM_CLASSES - 1)), "class weights: allowed are"),
    ],
)
def test_what_no_page_sends_is_refused_in_one_line(studio, own_run, body, line):
    with pytest.raises(RefusalError) as refusal:
        studio.draw(f"{own_run}", body)
    assert str(refusal.value).startswith(line)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["../../etc", "/etc", "", None, ["report-mlp"], "x" * 10_000])
def test_only_listed_checkpoints_are_opened(studio, name):
    with pytest.raises(RefusalError) as refusal:
        studio.draw(name, bytes(440))
    assert re.match("checkpoint: .* given; allowed: ", str(refusal.value))
    assert len(str(refusal.value)) < 500


def test_a_checkpoint_that_vanished_is_one_line(tmp_path):
    gone = Studio(extra_folder=tmp_path)
    with pytest.raises(CheckpointError, match=checkpoints.CONFIG) as refusal:
        gone.draw(f"{tmp_path}", bytes(440))
    assert "\n" not in str(refusal.value)


def test_an_animation_shows_its_frames_enlarged():
    frames = np.arange(4 * 28 * 28, dtype=np.uint32).astype(np.uint8).reshape(4, 28, 28)
    film = Image.open(io.BytesIO(animation(frames.tobytes())))
    assert (film.n_frames, film.size) == (4, (224, 224))
    for index, frame in enumerate(frames):
        film.seek(index)
        assert (np.array(film.convert("L"))[4::8, 4::8] == frame).all()
    for wrong in (0, 784, 785, 784 * 129):
        with pytest.raises(RefusalError, match="given; allowed: 2 to 128 frames"):
            animation(bytes(wrong))
