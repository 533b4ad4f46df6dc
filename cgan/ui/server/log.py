"""The server's log."""

import sys
import traceback

from cgan.common.validation import one_line


def log(where: str, error: BaseException) -> None:
    """What went wrong, in one line of the server's log: a traceback for every hostile request would bury the rest."""
    place = traceback.extract_tb(error.__traceback__)[-1:]
    at = f" at {place[0].filename}:{place[0].lineno}" if place else ""
    print(f"{one_line(where)}: {type(error).__name__}: {one_line(error)}{at}", file=sys.stderr, flush=True)
