"""Every text a user sees, in English and Simplified Chinese: one table, a file for each part of the page.

The page takes the browser's language.
"""

from cgan.data import CLASS_NAMES, CLASS_NAMES_ZH
from cgan.ui.texts import common, explore, inside, pictures

TEXTS = common.TEXTS | explore.TEXTS | pictures.TEXTS | inside.TEXTS
TEXTS |= {f"class_{index}": names for index, names in enumerate(zip(CLASS_NAMES, CLASS_NAMES_ZH, strict=True))}

_ENGLISH, _CHINESE = ({key: pair[language] for key, pair in TEXTS.items()} for language in (0, 1))


def for_page() -> dict[str, dict[str, str]]:
    """The whole table as the page's scripts read it."""
    return {"en": _ENGLISH, "zh": _CHINESE}
