import numpy as np
import pytest

from cgan.explain.attributes import attributes


def picture(*rectangles):
    """Cloth as rectangles (rows, columns, grey level) on black."""
    image = np.zeros((28, 28), np.uint8)
    for rows, columns, level in rectangles:
        image[slice(*rows), slice(*columns)] = level
    return image


def measured(name, *pictures):
    return attributes(np.stack(pictures))[name].tolist()


BODY = ((4, 24), (9, 19), 102)


def test_a_rectangle_has_its_sides_and_its_level():
    body = picture(BODY)
    assert measured("width", body) == [10] and measured("height", body) == [20]
    assert measured("brightness", body) == pytest.approx([0.4])
    assert measured("texture", body) == [0]
    assert measured("left", body) == [0] and measured("top", body) == [0]


def test_stripes_are_texture_and_outlines_are_not():
    stripes = picture(BODY)
    stripes[4:24:2, 9:19] = 204
    assert measured("texture", stripes)[0] > 0.5


def test_sleeves_grow_downwards_and_legs_apart():
    arms = [picture(BODY, ((5, 5 + length), (2, 26), 102)) for length in (0, 6, 15)]
    assert measured("sleeves", *arms) == [0, 6, 15]
    together, apart = picture(BODY), picture(BODY, ((14, 28), (12, 16), 0))
    assert measured("legs", together, apart)[1] > measured("legs", together, apart)[0]


def test_the_heavier_half():
    assert measured("top", picture(((0, 14), (9, 19), 102)), picture(((14, 28), (9, 19), 102))) == [1, -1]
    assert measured("left", picture(((4, 24), (0, 14), 102))) == [1]


def test_an_empty_picture_has_no_numbers_that_are_none():
    assert all(np.isfinite(values).all() for values in attributes(np.zeros((1, 28, 28), np.uint8)).values())
