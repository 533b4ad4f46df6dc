"""Every text a user sees, in English and Simplified Chinese: one table of what tabs share and of each tab's own.

The page takes the browser's language.
"""

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

_TABLES = (common, generate, train, interpolate, mix, directions, watch, picture, inside, how_good)
TEXTS = {key: pair for table in _TABLES for key, pair in table.TEXTS.items()}
TEXTS |= {f"class_{index}": names for index, names in enumerate(zip(CLASS_NAMES, CLASS_NAMES_ZH, strict=True))}

_ENGLISH, _CHINESE = ({key: pair[language] for key, pair in TEXTS.items()} for language in (0, 1))


def for_page() -> dict[str, dict[str, str]]:
    """The whole table as the page's scripts read it."""
    return {"en": _ENGLISH, "zh": _CHINESE}
