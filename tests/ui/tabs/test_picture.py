import base64
import io

import numpy as np
import pytest
from PIL import Image

from cgan.common.uploads import UploadError
from cgan.common.validation import RefusalError
from cgan.data import NUM_CLASSES, examples
from cgan.explain.inversion import longest
from cgan.models.checkpoints import resolve
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler
from cgan.ui.own_picture import open_upload, read
from cgan.ui.server.jobs import Worker
from cgan.ui.studio import Studio
from cgan.ui.tabs.picture.service import ANY_CLASS, Redrawer
from tests.pictures import assert_same_pictures
from tests.ui.tabs.test_inside import last, picture, problem, titles

CHECKPOINT = "r3gan-conv"


@pytest.fixture(scope="module")
def redrawer():
    return Redrawer(Studio(), Worker())


@pytest.fixture(scope="module")
def searched(redrawer):
    """All that a search for a shirt, of whichever class, has shown."""
    return [*redrawer.search(CHECKPOINT, {"example": 62}, ANY_CLASS)]


def encoded(content):
    return base64.b64encode(content).decode()


def file_of(pixels, kind="PNG", **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def as_file(pixels, kind="PNG", **options):
    return encoded(file_of(pixels, kind, **options))


def decoded(pixels):
    return np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(-1, 28, 28)


def test_the_search_is_watched_and_ends_with_what_was_found(searched):
    figures = [figure for figure, _ in searched]
    assert titles(figures[0]["rows"][0]) == ["what_it_sees"]  # at once, before the worker has begun
    assert titles(last(figures)["rows"][0]) == ["what_it_sees", "redrawn", "difference"]
    shares = [figure["progress"] for figure in figures[:-1]]
    assert shares == sorted(shares) and 0 == shares[0] < shares[-1] <= 1
    assert {figure["state"] for figure in figures[:-1]} == {"running"} and figures[-1]["state"] == "done"
    assert [found is not None for _, found in searched] == [False] * (len(searched) - 1) + [True]


def test_the_redrawn_picture_is_what_the_sampler_draws_of_the_found_z(searched):
    figure, found = searched[-1]
    sampler = Sampler(resolve(CHECKPOINT))
    expected = sampler.draw(np.tile(np.float32(found["z"]), (NUM_CLASSES, 1)), np.eye(NUM_CLASSES))
    seen, redrawn, difference = (picture(panel["src"])[0, :, :, 0] for panel in figure["rows"][0]["panels"])
    np.testing.assert_array_equal(seen, examples.load()[62])
    assert_same_pictures(redrawn, expected[found["class"]])
    np.testing.assert_array_equal(difference > 128, redrawn.astype(int) - seen > 1)


def test_programs_get_the_z_and_what_it_draws(redrawer):
    drawn = Sampler(resolve(CHECKPOINT)).sample(np.array([5]), np.array([7]))[0]
    answer = redrawer.invert(CHECKPOINT, as_file(drawn), 5)
    assert answer["class_index"] == 5 and np.linalg.norm(answer["z"]) <= longest(64) * 1.0001
    assert np.abs(decoded(answer["seen"])[0].astype(int) - drawn).mean() < 5  # enlarged and made small again
    redrawn = Sampler(resolve(CHECKPOINT)).draw(np.float32([answer["z"]]), latents.one_hot(np.array([5]), NUM_CLASSES))
    assert_same_pictures(decoded(answer["pixels"]), redrawn)
    error = np.square((redrawn[0].astype(float) - decoded(answer["seen"])[0]) / 255).mean()
    assert answer["error"] == pytest.approx(error, rel=0.1)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (None, "no_picture"),
        ({}, "no_picture"),
        ({"url": "http://example.org"}, "no_picture"),
        ({"example": 1, "drawn": ""}, "no_picture"),
        ({"drawn": encoded(bytes(784))}, "picture_blank"),
        ({"drawn": encoded(bytes(783))}, "upload_unreadable"),
        ({"drawn": "%"}, "upload_unreadable"),
        ({"upload": None}, "upload_unreadable"),
        ({"upload": encoded(b"no picture")}, "upload_unreadable"),
        ({"upload": as_file(np.zeros((5, 400), np.uint8))}, "upload_too_small"),
        ({"upload": as_file(np.full((40, 40), 90, np.uint8))}, "picture_blank"),
        ({"upload": as_file(np.zeros((50, 50, 4), np.uint8))}, "picture_blank"),  # wholly transparent
    ],
)
def test_a_bad_picture_gets_one_line(redrawer, value, key):
    assert problem([figure for figure, _ in redrawer.search(CHECKPOINT, value, ANY_CLASS)]) == key


@pytest.mark.parametrize("value", [{"example": 100}, {"example": True}, {"example": "1"}])
def test_an_example_that_there_is_not_is_refused(value):
    with pytest.raises(RefusalError, match="0 to 99"):
        read(value)


def test_bad_classes_and_checkpoints_get_one_line(redrawer):
    for request, words in (
        ((CHECKPOINT, {"example": 0}, NUM_CLASSES), "-1 to 9"),
        (("judge", {"example": 0}, 0), CHECKPOINT),
    ):
        assert words in problem([figure for figure, _ in redrawer.search(*request)])
        with pytest.raises(RefusalError, match=words):
            redrawer.invert(request[0], as_file(examples.load()[0]), request[2])


def test_a_drawing_is_seen_as_it_is():
    pixels = np.arange(784).astype(np.uint8)
    np.testing.assert_array_equal(read({"drawn": encoded(pixels.tobytes())}), pixels.reshape(28, 28))


def test_a_photograph_before_a_bright_wall_is_inverted():
    photograph = np.full((300, 400), 250, np.uint8)
    photograph[80:220, 130:270] = 20
    seen = read({"upload": as_file(photograph, "JPEG")})
    assert seen[0, 0] < 20 and seen[14, 14] > 220


def test_what_is_animated_or_transparent_is_said():
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("lime", "red")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    half = np.zeros((40, 40, 4), np.uint8)
    half[:20] = 255
    for content, remarks in (
        (file.getvalue(), ["upload_animated"]),
        (file_of(half), ["upload_transparent"]),
        (file_of(np.full((40, 40, 4), 255, np.uint8)), []),
        (file_of(np.zeros((40, 40), np.uint8), "JPEG"), []),
    ):
        answer = open_upload(content)
        assert [remark["key"] for remark in answer["remarks"]] == remarks
    assert open_upload(file_of(np.zeros((3, 3), np.uint8)))["problem"]["key"] == "upload_too_small"


def test_the_last_kind_of_refusal():
    with pytest.raises(UploadError):
        read({"upload": "A" * 12_000_000})
