"""Every text a user sees, in English and Simplified Chinese: one table of what tabs share and of each tab's own.

The page takes the browser's language.
"""

from collections.abc import Iterable

from cgan.data import CLASS_NAMES, CLASS_NAMES_ZH
from cgan.ui.tabs.directions import texts as directions
from cgan.ui.tabs.generate import texts as generate
from cgan.ui.tabs.how_good import texts as how_good
from cgan.ui.tabs.inside import texts as inside
from cgan.ui.tabs.interpolate import texts as interpolate
from cgan.ui.tabs.mix import texts as mix
from cgan.ui.tabs.picture import texts as picture
from cgan.ui.tabs.train import texts as train
from cgan.ui.tabs.watch import texts as watch
from cgan.ui.texts import common

_TABS = {
    "generate": generate.TEXTS,
    "train": train.TEXTS,
    "interpolate": interpolate.TEXTS,
    "mix": mix.TEXTS,
    "directions": directions.TEXTS,
    "watch": watch.TEXTS,
    "picture": picture.TEXTS,
    "inside": inside.TEXTS,
    "how-good": how_good.TEXTS,
}
_CLASSES = {f"class_{index}": names for index, names in enumerate(zip(CLASS_NAMES, CLASS_NAMES_ZH, strict=True))}


def _texts(tabs: Iterable[str]) -> dict[str, tuple[str, str]]:
    return {
        key: pair for table in (common.TEXTS, *(_TABS[tab] for tab in tabs), _CLASSES) for key, pair in table.items()
    }


TEXTS = _texts(_TABS)


def for_page(tabs: Iterable[str] = tuple(_TABS)) -> dict[str, dict[str, str]]:
    """The table as the scripts of a page with these tabs read it, by language."""
    texts = _texts(tabs)
    return {name: {key: pair[index] for key, pair in texts.items()} for index, name in enumerate(("en", "zh"))}
