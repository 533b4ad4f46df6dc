"""Shared by all command lines: argument types with a range, and refusals in one line with exit status 2."""

import argparse
import errno
import math
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from cgan.common.home import ensure_home
from cgan.common.validation import Range, Widths


class Parser(argparse.ArgumentParser):
    """An argument parser that refuses bad arguments with one line, and prints its description as it is written.

    Every command begins with one; so here it is seen to that libraries find a home.
    """

    def __init__(self, **options: object) -> None:
        ensure_home()
        super().__init__(**{"formatter_class": argparse.RawDescriptionHelpFormatter, **options})

    def error(self, message: str) -> NoReturn:
        fail(message.removeprefix("argument "))


def fail(message: object) -> NoReturn:
    """Print one line on standard error and exit with status 2."""
    print(" ".join(f"{message}".split()), file=sys.stderr)
    raise SystemExit(2)


def as_command(*words: object) -> str:
    """A command that works when it is pasted: into cmd or PowerShell on Windows, elsewhere into a shell."""
    texts = [f"{word}" for word in words]
    return subprocess.list2cmdline(texts) if sys.platform == "win32" else shlex.join(texts)


def check_output(flag: str, path: Path) -> None:
    """Refuse a file that cannot be written now, and not after the work that fills it.

    flag: the one by which the user has named it.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}."):  # whose name may be as wrong
            pass
    except (OSError, ValueError) as error:  # a ValueError: a zero byte
        fail(f"{flag} {path}: cannot be written ({getattr(error, 'strerror', None) or error})")


def integer(low: int, high: float = math.inf) -> Callable[[str], int]:
    """An argparse type: a whole number from low to high."""
    return number(Range(int, low, high))


def real(low: float, high: float = math.inf) -> Callable[[str], float]:
    """An argparse type: a number from low to high."""
    return number(Range(float, low, high))


def number(allowed: Range) -> Callable:
    """An argparse type: a number of that range."""
    return _checked(allowed.kind, allowed)


def widths(allowed: Widths) -> Callable:
    """An argparse type: whole numbers with commas between them."""
    return _checked(lambda text: [int(part) for part in text.split(",")], allowed)


def _checked(read: Callable, allowed: Range | Widths) -> Callable:
    """An argparse type: what `read` makes of the text, checked."""

    def parse(text: str) -> object:
        try:
            value = read(text)
        except ValueError:
            value = text  # the check below refuses it and quotes it
        try:
            return allowed.check(value)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return parse
