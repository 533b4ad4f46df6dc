"""The real server and a real browser."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, sync_playwright

from cgan.common.files import replaced
from cgan.models.checkpoints import CHECKPOINTS, CONFIG, EMA_GENERATOR
from tests.browser.app_page import AppPage
from tests.browser.server import free_port, wait_until_served
from tests.chromium import FLAGS, HEADLESS, find_chromium
from tests.processes import Program


@pytest.fixture(scope="session")
def serve(tmp_path_factory):
    """Run `python app.py FLAG...` while entered, and yield its address; no request may have ended in a traceback."""

    @contextmanager
    def serve(*flags: str) -> Iterator[str]:
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        log = tmp_path_factory.mktemp("server") / "log.txt"
        process = Program("app.py", "--port", port, *flags, output=log)
        wait_until_served(address, process)
        yield address
        process.terminate()
        process.wait(20)
        assert "Traceback" not in log.read_text()

    return serve


@pytest.fixture(scope="package")
def server(serve):
    """The address of the app with the shipped checkpoint."""
    with serve() as address:
        yield address


@pytest.fixture(scope="package")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(HEADLESS), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def visits(browser: Browser, address: str) -> Iterator[Callable[..., AppPage]]:
    """Opens the page; afterwards nothing may have complained, and nothing may have been asked of anyone else."""
    pages = []

    def open_page(**options: object) -> AppPage:
        pages.append(AppPage(browser, address, **options))
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()
        assert page.problems == []
        assert page.outside == []


@pytest.fixture
def visit(browser, server):
    with visits(browser, server) as visit:
        yield visit


@pytest.fixture(scope="module")
def visit_for_all(browser, server):
    """`visit` for a page that the tests of a module share: opening one takes longer than most of them."""
    with visits(browser, server) as visit:
        yield visit


@pytest.fixture
def visit_served(visit):
    """`visit` for what the server draws or computes anyway: such a page is ready in half the time."""
    return partial(visit, renderer="server")


class OwnRun(NamedTuple):
    """A run under `checkpoints/`, whose newest weights a test decides."""

    folder: Path
    weights: Path

    def copy_weights(self, name: str) -> None:
        with replaced(self.folder / EMA_GENERATOR) as temporary:
            shutil.copy(self.weights / name, temporary)


@pytest.fixture
def own_run(short_run):
    folder = CHECKPOINTS / "my-test-run"
    folder.mkdir(exist_ok=True)
    shutil.copy(short_run / CONFIG, folder)
    yield OwnRun(folder, short_run)
    shutil.rmtree(folder)
