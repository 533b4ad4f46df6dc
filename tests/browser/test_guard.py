"""The page and the guard around its server."""

from playwright.sync_api import expect

from tests.browser.app_page import AppPage


def test_a_script_from_elsewhere_does_not_run_in_the_page(server, browser):
    page = AppPage(browser, server)
    page.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">')")
    page.page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {text: 'window.ran = 2'}))"
    )
    page.page.wait_for_timeout(300)
    assert page.page.evaluate("window.ran") is None
    assert all("Content Security Policy" in problem or "404" in problem for problem in page.problems)
    page.close()


def test_the_page_shows_why_a_run_is_refused(server, browser):
    page = AppPage(browser, server, language="zh-CN")
    page.page.route("**/queue/join*", lambda route: route.fulfill(status=429, json={"detail": "任务太多"}))
    page.open_tab("网络内部")
    expect(page.page.get_by_text("任务太多").first).to_be_visible()
    page.close()
