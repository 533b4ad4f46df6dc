import math

import pytest

from cgan.common.validation import check_choice, check_integer, check_real


@pytest.mark.parametrize("value", [0, 9, 3.0])
def test_whole_numbers_within_the_range(value):
    checked = check_integer(value, 0, 9)
    assert checked == value and type(checked) is int


@pytest.mark.parametrize("value", [-1, 10, 2.5, math.nan, math.inf, True, "3", None, [3], {"a": 1}, 10**400])
def test_everything_else_is_refused_with_what_is_allowed(value):
    with pytest.raises(ValueError, match="a whole number from 0 to 9"):
        check_integer(value, 0, 9)


@pytest.mark.parametrize("value", [math.nan, -math.inf, True, "0.5", None, 1.0001])
def test_no_number_within_the_range(value):
    with pytest.raises(ValueError, match="a number from 0 to 1"):
        check_real(value, 0, 1)


@pytest.mark.parametrize("value", ["c", None, ["a"], True, math.nan])
def test_no_choice(value):
    with pytest.raises(ValueError, match="allowed: a, b"):
        check_choice(value, ["a", "b"])


def test_a_long_value_is_cut_in_the_message():
    with pytest.raises(ValueError) as refusal:
        check_choice("x" * 10_000, ["a", "b"])
    assert len(str(refusal.value)) < 120
