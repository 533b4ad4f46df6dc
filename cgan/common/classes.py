"""Classes as people name them. Links, the API, MCP and command lines all read a class by `parse_class`.

The page does the same in `ui/web/page/classes.js`.
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from cgan.common.validation import shortened

_BETWEEN_WORDS = re.compile(r"[\W_]+")


def parse_class(given: object, names: Sequence[Sequence[str]]) -> int:
    """Return the index of a class from any of its names, in any spelling, or from its index.

    given: such as "Ankle boot", "ankle-boot", "ANKLE_BOOT", "短靴", "9" or 9. A name goes before an index, for the
    names of classes may be numbers. names: of each class its names, in as many languages as there are.
    Raises ValueError with one line that lists the classes.
    """
    if isinstance(given, str):
        for spelling in (_folded, _letters):
            wanted = spelling(given)
            found = (index for index, of_class in enumerate(names) if wanted in map(spelling, of_class))
            if wanted and (index := next(found, None)) is not None:
                return index
    number = _folded(given) if isinstance(given, str) else given
    for index in range(len(names)):
        if number == f"{index}" or (number == index and not isinstance(number, bool)):
            return index
    allowed = ", ".join(" ".join((f"{index}", *of_class)) for index, of_class in enumerate(names))
    raise ValueError(f"{shortened(given)} is no class; allowed: {allowed}")


def class_indices(given: Sequence[int | str], names: Sequence[Sequence[str]]) -> np.ndarray:
    """The indices (N,) of classes, each read by `parse_class`. Raises ValueError."""
    indices = np.asarray(given)
    if indices.dtype.kind in "iu" and ((indices >= 0) & (indices < len(names))).all():
        return indices  # at once: there may be a million
    return np.array([parse_class(each, names) for each in np.asarray(given, object).tolist()], np.int64)


def _folded(text: str) -> str:
    """Without differences of case, of width, and of spaces at the ends."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _letters(text: str) -> str:
    """Letters and digits alone: "T-shirt/top" and "t shirt top" are one."""
    return _BETWEEN_WORDS.sub("", _folded(text))
