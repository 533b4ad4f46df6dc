"""Every Chinese locale sees Chinese, everybody else English; of several languages the first of ours counts."""

import pytest


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        *(
            ([locale], "zh-CN")
            for locale in ("zh", "zh-CN", "zh-HK", "zh-TW", "zh-SG", "zh-MO", "zh-Hant-HK", "zh-Hans")
        ),
        *(([locale], "en") for locale in ("en-GB", "de-DE", "fr-FR", "ja-JP", "za")),
        (["fr-FR", "zh-TW", "en"], "zh-CN"),
        (["fr-FR", "en-US", "zh-CN"], "en"),
        (["de", "fr"], "en"),
    ],
)
def test_languages_of_the_browser_decide_that_of_the_page_and_of_gradio(evaluate, languages, expected):
    told = evaluate(
        {"language.js": "chooseLanguage"},
        """(languages) => {
          Object.defineProperty(globalThis, "navigator", { value: { languages } });
          chooseLanguage();
          return [document.documentElement.lang, navigator.language];
        }""",
        languages,
    )
    assert told == [expected, expected]
