"""The names of classes, read by `parse_class` and by the page: the same table for both."""

import pytest

from cgan.common.classes import parse_class
from cgan.data import CLASSES

# What a person may write, and the class that it means; the links of the page say the second form of each.
SPELLINGS = [
    *(
        (text, 9)
        for text in ("Ankle boot", "ankle-boot", "ANKLE_BOOT", "ankleboot", " ankle  boot ", "短靴", "9", "９")
    ),
    *((text, 0) for text in ("T-shirt/top", "t-shirt-top", "t shirt top", "T恤", "t恤", "Ｔ恤", "0")),
    *((text, 3) for text in ("Dress", "dress", "连衣裙", "3")),
]
UNKNOWN = ["", " ", "-", "10", "-1", "3.0", "03", "dresses", "constructor", "__proto__", "boot", "x" * 100_000]
# Names that are numbers, names that differ by a sign alone, and a name without letters.
ODD_NAMES = [["7"], ["0"], ["C"], ["C++"], ["++"]]
ODD = [("7", 0), ("0", 1), ("c", 2), ("C++", 3), ("++", 4), ("4", 4)]


@pytest.mark.parametrize(("text", "index"), [*SPELLINGS, (9, 9), (3.0, 3)], ids=repr)
def test_a_class_goes_by_any_of_its_names(text, index):
    assert parse_class(text, CLASSES) == index


@pytest.mark.parametrize(
    "value", [*UNKNOWN, len(CLASSES), -1, 3.5, True, None, ["dress"]], ids=lambda value: f"{value!r:.20}"
)
def test_what_is_no_class_is_refused_in_one_line_with_the_classes(value):
    line = r"is no class; allowed: 0 T-shirt/top T恤, 1 .* 9 Ankle boot 短靴$"
    with pytest.raises(ValueError, match=line) as refusal:
        parse_class(value, CLASSES)
    assert len(f"{refusal.value}") < 300


@pytest.mark.parametrize(("text", "index"), ODD, ids=repr)
def test_an_exact_name_goes_before_a_spelling_and_an_index(text, index):
    assert parse_class(text, ODD_NAMES) == index
