"""What the command lines share: bounded values, and bad input answered with one line and exit status 2."""

import argparse
import math
import sys
from collections.abc import Callable
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """An argument parser whose refusal is one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        fail(message.removeprefix("argument "))


def fail(message: object) -> NoReturn:
    """Print one line on standard error and exit with status 2."""
    print(" ".join(f"{message}".split()), file=sys.stderr)
    raise SystemExit(2)


def integer(low: int, high: float = math.inf) -> Callable[[str], int]:
    """An argparse type: a whole number from low to high."""
    return _bounded(int, "a whole number", low, high)


def real(low: float, high: float = math.inf) -> Callable[[str], float]:
    """An argparse type: a number from low to high."""
    return _bounded(float, "a number", low, high)


def _bounded(kind: type, name: str, low: float, high: float) -> Callable:
    allowed = f"{name} from {low} to {high}" if high < math.inf else f"{name}, {low} or more"

    def parse(text: str) -> int | float:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not (low <= value <= high and math.isfinite(value)):
            raise argparse.ArgumentTypeError(f"{text!r} given; allowed: {allowed}")
        return value

    return parse
