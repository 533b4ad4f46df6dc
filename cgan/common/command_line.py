"""What the command lines share: bounded values, and bad input answered with one line and exit status 2."""

import argparse
import math
import sys
from collections.abc import Callable
from typing import NoReturn

from cgan.common.validation import check_integer, check_real


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
    return _typed(int, check_integer, low, high)


def real(low: float, high: float = math.inf) -> Callable[[str], float]:
    """An argparse type: a number from low to high."""
    return _typed(float, check_real, low, high)


def _typed(kind: type, check: Callable, low: float, high: float) -> Callable:
    def parse(text: str) -> int | float:
        try:
            value = kind(text)
        except ValueError:
            value = text  # which the check refuses, as it was given
        try:
            return check(value, low, high)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return parse
