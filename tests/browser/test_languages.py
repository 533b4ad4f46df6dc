"""Every Chinese locale sees Chinese, everybody else English; and the page says which of the two it is written in."""

import pytest
from playwright.sync_api import expect

TITLES = {"en": "What a conditional GAN has learned", "zh-CN": "条件 GAN 学到了什么"}


def opened(browser, address, locale, languages=None):
    page = browser.new_page(locale=locale)
    if languages:
        page.add_init_script(f"Object.defineProperty(navigator, 'languages', {{ get: () => {languages} }})")
    page.goto(address)
    return page


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        *((locale, "zh-CN") for locale in ("zh", "zh-CN", "zh-HK", "zh-TW", "zh-SG", "zh-MO", "zh-Hant-HK", "zh-Hans")),
        *((locale, "en") for locale in ("en-GB", "de-DE", "ja-JP", "za")),
    ],
)
def test_a_locale_decides_the_language_of_texts_and_page(browser, server, locale, expected):
    page = opened(browser, server, locale)
    expect(page.locator("#title")).to_have_text(TITLES[expected], timeout=20_000)
    page.locator("#picture[data-renderer]").wait_for()
    assert page.evaluate("document.documentElement.lang") == expected
    tab = {"en": "Your picture", "zh-CN": "你的图片"}[expected]
    expect(page.get_by_role("tab", name=tab)).to_be_visible()
    page.close()


@pytest.mark.parametrize(
    ("languages", "expected"),
    [(["fr-FR", "zh-TW", "en"], "zh-CN"), (["fr-FR", "en-US", "zh-CN"], "en"), (["de", "fr"], "en")],
)
def test_of_several_languages_the_first_of_ours_counts(browser, server, languages, expected):
    page = opened(browser, server, languages[0], languages)
    expect(page.locator("#title")).to_have_text(TITLES[expected], timeout=20_000)
    page.close()
