"""The classes of a data set or a checkpoint, and how people name them.

Links, the API, MCP and command lines all read a class by `parse_class`; `ui/web/page/fields.js` does the same.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cgan.common.validation import check_integer, one_line, shortened

MIN_CLASSES, MAX_CLASSES = 2, 100
MAX_NAME = 60  # characters

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


@dataclass(frozen=True)
class Classes:
    """Names of classes, in the order of their labels, and which data they come from. Equal names make equal classes."""

    names: tuple[str, ...]
    names_zh: tuple[str, ...] = ()  # Chinese; as `names` where there are no others
    images: int | None = field(default=None, compare=False)  # in the training set
    data: str | None = field(default=None, compare=False)  # SHA-256 of the training images and labels

    def __post_init__(self) -> None:
        """Raises ValueError for names that cannot be told apart, and for too few or too many."""
        if not MIN_CLASSES <= len(self.names) <= MAX_CLASSES:
            raise ValueError(f"{len(self.names)} classes given; allowed: {MIN_CLASSES} to {MAX_CLASSES}")
        object.__setattr__(self, "names_zh", self.names_zh or self.names)
        if len(self.names_zh) != len(self.names):
            raise ValueError(f"{len(self.names_zh)} Chinese names given for {len(self.names)} classes")
        known: dict[str, str] = {}
        for name in self.names:
            if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
                raise ValueError(f"{one_line(repr(name))} is no name of a class: 1 to {MAX_NAME} printable characters")
            if (other := known.setdefault(name.casefold().strip(), name)) is not name:
                raise ValueError(f"two classes have the same name: {other!r} and {name!r}")

    @property
    def count(self) -> int:
        return len(self.names)

    @property
    def pairs(self) -> list[tuple[str, ...]]:
        """Of each class its names, of which the Chinese one may be the same."""
        return [tuple(dict.fromkeys(names)) for names in zip(self.names, self.names_zh, strict=True)]

    def parse(self, given: object) -> int:
        """The index of a class from any of its names or its index (`parse_class`). Raises ValueError."""
        return parse_class(given, self.pairs)

    def to_json(self) -> dict[str, Any]:
        """The object that config.json has as `classes`."""
        chinese = {} if self.names_zh == self.names else {"names_zh": [*self.names_zh]}
        return {"names": [*self.names], **chinese, "images": self.images, "data": self.data}

    @classmethod
    def from_json(cls, content: object) -> "Classes":
        """The reverse of `to_json`. Raises ValueError."""
        if not isinstance(content, dict):
            raise ValueError("classes is no object")
        names, names_zh = (content.get(key, []) for key in ("names", "names_zh"))
        if not all(isinstance(list_, list) and all(isinstance(n, str) for n in list_) for list_ in (names, names_zh)):
            raise ValueError("names of classes are no lists of texts")
        images, data = content.get("images"), content.get("data")
        if not isinstance(data, str | None):
            raise ValueError("data is no digest")
        images = None if images is None else check_integer(images, 1)
        return cls(tuple(names), tuple(names_zh), images, data)


FASHION_MNIST = Classes(
    ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ("T恤", "裤子", "套头衫", "连衣裙", "外套", "凉鞋", "衬衫", "运动鞋", "包", "短靴"),
)
