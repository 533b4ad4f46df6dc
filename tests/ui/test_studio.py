import base64
import math
import re
import shutil

import numpy as np
import pytest

from cgan.common.validation import RefusalError
from cgan.models import checkpoints
from cgan.models.checkpoints import CheckpointError
from cgan.sampling.sampler import Sampler
from cgan.ui.studio import Studio, for_page
from tests.pictures import assert_same_pictures

GENERATE = {"class_": 3, "seed": 7, "truncation": 1.0, "count": 2}
WALK = {"class_": 7, "seed": 7, "to_class": 9, "to_seed": 21, "path": "slerp", "frames": 4}
WALK_ASKED = {"class": 7, "seed": 7, "to-class": 9, "to-seed": 21, "path": "slerp", "frames": 4}


@pytest.fixture(scope="module")
def own_run(tmp_path_factory):
    """A checkpoint outside `checkpoints/`, without directions."""
    folder = tmp_path_factory.mktemp("runs") / "own"
    return shutil.copytree(checkpoints.CHECKPOINTS / "report-mlp", folder, ignore=shutil.ignore_patterns("directions*"))


@pytest.fixture(scope="module")
def studio(own_run):
    return Studio(extra_folder=own_run)


def test_generate_draws_seeds_of_a_class(studio, own_run):
    drawing = studio.generate(f"{own_run}", **GENERATE)
    expected = Sampler(own_run).sample(np.array([3, 3]), np.array([7, 8]))
    assert_same_pictures(drawing.pictures, expected)
    assert drawing.facts["steps"] == checkpoints.load_generator(own_run)[1]["step"]


def test_all_classes_of_a_seed(studio, own_run):
    expected = Sampler(own_run).sample(np.arange(10), np.full(10, 7), 0.5)
    assert_same_pictures(studio.all_classes(f"{own_run}", 7, 0.5).pictures, expected)
    for wrong in ((-1, 0.5), (7, 2)):
        with pytest.raises(RefusalError, match="given; allowed: "):
            studio.all_classes(f"{own_run}", *wrong)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("class_", 10, "class: 10 given; allowed: a whole number from 0 to 9"),
        ("class_", [3], "class: [3] given"),
        ("class_", None, "class: None given"),
        ("seed", -1, "seed: -1 given; allowed: a whole number from 0 to 4294967295"),
        ("seed", 0.5, "seed: 0.5 given"),
        ("seed", math.nan, "seed: nan given"),
        ("seed", True, "seed: True given"),
        ("truncation", math.inf, "truncation: inf given; allowed: a number from 0 to 1"),
        ("truncation", "wide", "truncation: 'wide' given"),
        ("count", 10**9, "count: 1000000000 given; allowed: a whole number from 1 to 64"),
        ("count", {"a": 1}, "count: {'a': 1} given"),
    ],
)
def test_generate_refuses_what_no_page_sends_in_one_line(studio, own_run, name, value, allowed):
    with pytest.raises(RefusalError) as refusal:
        studio.generate(f"{own_run}", **(GENERATE | {name: value}))
    assert str(refusal.value).startswith(allowed)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["../../etc", "/etc", "", None, ["report-mlp"], "x" * 10_000])
def test_only_listed_checkpoints_are_opened(studio, name):
    with pytest.raises(RefusalError) as refusal:
        studio.generate(name, **GENERATE)
    assert re.match("checkpoint: .* given; allowed: ", str(refusal.value))
    assert len(str(refusal.value)) < 500


@pytest.mark.parametrize(
    ("name", "value"),
    [("class_", -1), ("to_class", 1.5), ("seed", 2**32), ("to_seed", "7"), ("path", "arc"), ("frames", 65)],
)
def test_interpolate_refuses_too(studio, own_run, name, value):
    with pytest.raises(RefusalError) as refusal:
        studio.interpolate(f"{own_run}", **(WALK | {name: value}))
    assert str(refusal.value).startswith(f"{name.rstrip('_').replace('_', '-')}: {value!r} given; allowed: ")


def test_a_mixture_of_one_class_is_that_class(studio, own_run):
    drawing = studio.mix(f"{own_run}", [0, 0, 0, 0.4, 0, 0, 0, 0, 0, 0], 7)
    expected = Sampler(own_run).sample(np.full(9, 3), np.arange(7, 16))
    assert_same_pictures(drawing.pictures, expected)


def test_the_corners_of_the_square_are_the_four_garments(studio, own_run):
    classes, seeds = [0, 3, 7, 9], [7, 21, 7, 21]
    drawing = studio.blend(f"{own_run}", classes, seeds, [[0, 0], [1, 0], [0, 1], [1, 1]])
    assert_same_pictures(drawing.pictures, Sampler(own_run).sample(np.array(classes), np.array(seeds)))


def test_a_sheet_of_seeds_by_classes(studio, own_run):
    cells = studio.sheet(f"{own_run}", 7).pictures.reshape(10, 8, 28, 28)
    assert_same_pictures(cells[4], Sampler(own_run).sample(np.full(8, 4), np.arange(7, 15)))


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("mix", ([0] * 9, 7), "weights: [0, 0, 0, 0, 0, 0, 0, 0, 0] given; allowed: a list of 10"),
        ("mix", ([2] * 10, 7), "weights: 2 given; allowed: a number from 0 to 1"),
        ("mix", ("1" * 10, 7), "weights: '1111111111' given; allowed: a list of 10"),
        ("mix", ([1] * 10, -1), "seed: -1 given"),
        ("blend", ([0, 1, 2], [0] * 4, [[0, 0]]), "classes: [0, 1, 2] given; allowed: a list of 4"),
        ("blend", ([0] * 4, [0] * 4, [[0, 1.5]]), "positions: 1.5 given; allowed: a number from 0 to 1"),
        ("blend", ([0] * 4, [0] * 4, []), "positions: [] given; allowed: a list of 1 to 64 lists"),
        ("blend", ([0] * 4, [0] * 4, [[0, 0]] * 65), "positions: "),
        ("move", (3, 7, "dress", [[0] * 6]), "scope: 'dress' given; allowed: all, 0, 1"),
        ("move", (3, 7, "all", [[4] * 6]), "sigmas: 4 given; allowed: a number from -3"),
        ("move", (3, 7, "all", [[0] * 6]), "{folder}: has no directions of its weights; make them by `python -m"),
        ("sheet", (2**32,), "seed: 4294967296 given"),
        ("sheet", (2**32 - 8 + 1,), "seed: seeds 4294967289 to 4294967296 wanted; allowed: 0 to 4294967295"),
    ],
)
def test_the_other_tabs_refuse_too(studio, own_run, name, arguments, words):
    with pytest.raises(RefusalError) as refusal:
        getattr(studio, name)(f"{own_run}", *arguments)
    assert str(refusal.value).startswith(words.format(folder=own_run))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "request_value",
    [
        *([], None, "gif", [1, 2, 3], {}, {"a": 1}, [[]] * 7),
        {"checkpoint": "report-mlp", **WALK},  # Python's names are not those of a link
        {"checkpoint": "report-mlp", **WALK_ASKED, "self": 1},
        {"checkpoint": "report-mlp", **{name: value for name, value in WALK_ASKED.items() if name != "seed"}},
    ],
)
def test_unknown_and_missing_names_are_refused_in_one_line(studio, request_value):
    names = "checkpoint, class, seed, to-class, to-seed, path, frames"
    for draw in (studio.interpolate, studio.walk_gif, studio.walk_webp):
        answer = for_page(draw)(request_value)
        assert answer.keys() == {"error"} and answer["error"].endswith(f"allowed: an object of {names}")
        assert len(answer["error"]) < 250 and "\n" not in answer["error"]


def test_a_script_gets_what_it_asks_for(studio, own_run):
    request = {"checkpoint": f"{own_run}", **WALK_ASKED}
    answer = for_page(studio.interpolate)(request)["answer"]
    walk = Sampler(own_run).walk((7, 9), (7, 21), 4, "slerp")
    assert base64.b64decode(answer["pixels"]) == walk.tobytes()
    assert (answer["count"], answer["request"], answer["latent_dim"]) == (4, request, 100)
    assert base64.b64decode(for_page(studio.walk_gif)(request)["answer"]).startswith(b"GIF89a")


def test_a_checkpoint_that_vanished_is_one_line(studio, tmp_path, own_run):
    gone = Studio(extra_folder=tmp_path)
    with pytest.raises(CheckpointError, match=checkpoints.CONFIG) as refusal:
        gone.generate(f"{tmp_path}", **GENERATE)
    assert "\n" not in str(refusal.value)
