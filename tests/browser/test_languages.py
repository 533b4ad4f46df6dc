"""The page is in the language that was chosen (`tests/ui/web/test_language.py`), and says in which."""

import pytest
from playwright.sync_api import expect

TITLES = {"en": "What a conditional GAN has learned", "zh-CN": "条件 GAN 学到了什么"}


@pytest.mark.parametrize(
    ("languages", "expected"),
    [(["zh-HK"], "zh-CN"), (["fr-FR", "zh-TW", "en"], "zh-CN"), (["fr-FR", "en-US", "zh-CN"], "en")],
)
def test_the_first_of_our_languages_is_that_of_texts_and_page(browser, server, languages, expected):
    page = browser.new_page(locale=languages[0])
    if languages[1:]:
        page.add_init_script(f"Object.defineProperty(navigator, 'languages', {{ get: () => {languages} }})")
    page.goto(server)
    expect(page.locator("#title")).to_have_text(TITLES[expected], timeout=20_000)
    page.locator("#picture[data-renderer]").wait_for()
    assert page.evaluate("document.documentElement.lang") == expected
    tab = {"en": "Your picture", "zh-CN": "你的图片"}[expected]
    expect(page.get_by_role("tab", name=tab)).to_be_visible()
    page.close()
