"""Checks of values from users. A refusal is one line that quotes the value and says which values are allowed."""

import math
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any, NamedTuple


def check_integer(value: object, low: int, high: float = math.inf) -> int:
    """Return a whole number from low to high, as int. 3.0 is accepted; True, NaN and "3" are not. Raises ValueError."""
    number = _finite(value)
    if number is None or number != int(number) or not low <= number <= high:
        raise ValueError(f"{shortened(value)} given; allowed: {_range('a whole number', low, high)}")
    return int(number)


def check_real(value: object, low: float, high: float = math.inf) -> float:
    """Return a finite number from low to high. Raises ValueError."""
    number = _finite(value)
    if number is None or not low <= number <= high:
        raise ValueError(f"{shortened(value)} given; allowed: {_range('a number', low, high)}")
    return float(number)


class Range(NamedTuple):
    """The numbers from low to high, of the type `kind`: int or float."""

    kind: type
    low: float
    high: float = math.inf

    def check(self, value: object) -> int | float:
        """Return the value as `kind`. Raises ValueError if it is no such number."""
        return (check_integer if self.kind is int else check_real)(value, self.low, self.high)


class Widths(NamedTuple):
    """Lists of 1 to `layers` whole numbers from low to high, each a multiple of 4, as the page's engine needs them."""

    low: int
    high: int
    layers: int

    def check(self, value: object) -> tuple[int, ...]:
        """Return the value as a tuple. Raises ValueError if it is no such list."""
        if isinstance(value, list | tuple) and 1 <= len(value) <= self.layers:
            with suppress(ValueError):
                widths = tuple(check_integer(width, self.low, self.high) for width in value)
                if all(width % 4 == 0 for width in widths):
                    return widths
        allowed = f"1 to {self.layers} multiples of 4, from {self.low} to {self.high}"
        raise ValueError(f"{shortened(value)} given; allowed: {allowed}")


def check_choice(value: object, choices: Collection) -> object:
    """Return a value that is one of `choices`. Raises ValueError."""
    if not isinstance(value, str | int) or isinstance(value, bool) or value not in choices:
        raise ValueError(f"{shortened(value)} given; allowed: {', '.join(map(str, choices))}")
    return value


class RefusalError(Exception):
    """A request is not allowed or contradicts itself.

    text: one line for the user, or a reference to a translated line (see `ui.figures.say`).
    """

    def __init__(self, text: str | dict) -> None:
        super().__init__(text)
        self.text = text


class ReasonError(Exception):
    """A user's file or network is refused. The message is one line; `reason` is a key for translations."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason, message)  # both, so that the exception can be pickled
        self.reason = reason

    def __str__(self) -> str:
        return self.args[1]


def checked(name: str, check: Callable, *arguments: object) -> Any:
    """Return `check(*arguments)`. Raises RefusalError with `name` and the allowed values."""
    try:
        return check(*arguments)
    except ValueError as error:
        raise RefusalError(f"{name}: {error}") from error


def shortened(value: object) -> str:
    """The value as Python writes it, cut to 60 characters."""
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}..."


def one_line(text: object) -> str:
    """A text that may quote long or hostile values, as one line of at most 300 characters."""
    line = " ".join(f"{text}".split())
    return line if len(line) <= 300 else f"{line[:300]}..."


def _finite(value: object) -> int | float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and -math.inf < value < math.inf else None


def _range(kind: str, low: float, high: float) -> str:
    return f"{kind} from {low} to {high}" if high < math.inf else f"{kind}, {low} or more"
