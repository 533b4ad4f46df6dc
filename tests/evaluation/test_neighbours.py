import shutil

import numpy as np
import pytest

from cgan.data import NUM_CLASSES, examples
from cgan.evaluation import classifiers, neighbours
from cgan.evaluation.classifiers import JUDGE
from cgan.evaluation.neighbours import FEATURES, MEASURES, PIXELS, Index, Searcher
from cgan.models.checkpoints import CheckpointError
from cgan.models.classifier import CLASSIFIER

KNOWN = 1000  # training images of the small index


@pytest.fixture(scope="module")
def known(fashion_mnist):
    return fashion_mnist[0][:KNOWN], fashion_mnist[1][:KNOWN]


@pytest.fixture(scope="module")
def queries(fashion_mnist_test):
    return fashion_mnist_test[0][:150]


@pytest.fixture(scope="module")
def small(known, queries):
    return neighbours.build(known, queries)


def exact(measure, pictures, known):
    """Distances (M, N) by the definition, with everything at hand."""
    judge = classifiers.load_judge()
    if measure == FEATURES:
        a, b = (classifiers.evaluate(judge.features, set_) for set_ in (pictures, known))
    else:
        a, b = (set_.reshape(len(set_), -1) / np.float32(255) for set_ in (pictures, known))
    return np.linalg.norm(a[:, None] - b[None], axis=2)


@pytest.mark.parametrize("measure", MEASURES)
def test_the_index_finds_what_exact_search_finds(small, known, queries, measure):
    distances = exact(measure, queries[:15], known[0])
    with_images, alone = Searcher(small, known[0]), Searcher(small)
    first = {"with images": 0, "alone": 0}
    for picture, row in zip(queries[:15], distances, strict=True):
        found = with_images.search(picture, 5)[measure].neighbours
        expected = row.argsort()[:5]
        first["with images"] += found[0].number == expected[0]
        np.testing.assert_allclose([each.distance for each in found], row[[each.number for each in found]], rtol=1e-3)
        first["alone"] += alone.search(picture, 1)[measure].neighbours[0].number in expected
    assert first["with images"] >= 14 and first["alone"] >= 12, first


def test_a_training_image_is_found_as_the_copy_that_it_is(small, known):
    searcher = Searcher(small, known[0])
    for measure, nearest in searcher.search(known[0][123], 3).items():
        assert nearest.neighbours[0].number == 123 and nearest.neighbours[0].label == known[1][123], measure
        assert nearest.neighbours[0].distance < 1e-3 and nearest.closer == 0.0
        np.testing.assert_array_equal(nearest.neighbours[0].picture, known[0][123])


def test_the_yardstick_is_the_distance_of_test_images_the_judge_takes_for_the_class(small, known, queries):
    judge = classifiers.load_judge()
    classes = classifiers.evaluate(judge, queries).argmax(axis=1)
    for place, measure in enumerate(MEASURES):
        nearest = exact(measure, queries[classes == 1], known[0]).min(axis=1)
        np.testing.assert_allclose(
            small.yardsticks[place, 0, 1][[0, 50, 100]], np.quantile(nearest, [0, 0.5, 1]), rtol=1e-4
        )
    picture = queries[classes == 1][3]
    closer = Searcher(small, known[0]).search(picture)[PIXELS].closer
    distances = exact(PIXELS, queries[classes == 1], known[0]).min(axis=1)
    assert closer == pytest.approx((distances < distances[3]).mean(), abs=0.1)


def test_what_ships_is_of_this_judge_and_of_all_training_images(fashion_mnist):
    index = Index.load()
    np.testing.assert_array_equal(index.labels, fashion_mnist[1])
    assert (JUDGE / neighbours.INDEX).stat().st_size < 6e6
    features = classifiers.evaluate(classifiers.load_judge().features, fashion_mnist[0][777:780])
    codes = (features - index.mean) @ index.components / index.step
    np.testing.assert_allclose(index.codes[777:780], codes, atol=0.6)
    assert index.yardsticks.shape == (2, 2, NUM_CLASSES, 101) and (np.diff(index.yardsticks) >= 0).all()


def test_an_index_of_another_judge_or_none_is_refused(small, tmp_path):
    with pytest.raises(CheckpointError, match="cannot be read"):
        Index.load(tmp_path)
    shutil.copy(JUDGE / CLASSIFIER, tmp_path)
    small._replace(judge=np.str_("another")).save(tmp_path / neighbours.INDEX)
    with pytest.raises(CheckpointError, match=f"another judge; .* --data PATH --judge {tmp_path}`"):
        Index.load(tmp_path)
    (tmp_path / neighbours.INDEX).write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(CheckpointError):
        Index.load(tmp_path)


def test_the_examples_that_ship_are_the_first_test_images_of_each_class(fashion_mnist_test):
    images, labels = fashion_mnist_test
    for index in range(NUM_CLASSES):
        np.testing.assert_array_equal(examples.load()[examples.labels == index], images[labels == index][:10])
