"""The real app, `python app.py`, shared by the tests that ask it over HTTP. They may look at its log and its memory."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from tests.browser.server import free_port, wait_until_served
from tests.processes import Program


@dataclass
class App:
    """A running app."""

    address: str
    process: Program
    log: Path
    client: httpx.Client

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        return int(subprocess.check_output(["ps", "-o", "rss=", "-p", f"{self.process.pid}"])) / 1024

    def expect_no_traceback(self) -> None:
        assert self.process.poll() is None
        assert "Traceback" not in self.log.read_text()


@contextmanager
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., App]]:
    """Runs `python app.py --offline FLAG...` while entered; no request may have ended in a traceback."""
    started: list[App] = []

    def start(*flags: str) -> App:
        port = free_port()
        log = tmp_path_factory.mktemp("app") / "log.txt"
        process = Program("app.py", "--offline", "--port", port, *flags, output=log)
        address = f"http://127.0.0.1:{port}"
        wait_until_served(address, process)
        started.append(App(address, process, log, httpx.Client(base_url=address, timeout=60)))
        return started[-1]

    yield start
    for app in started:
        app.client.close()
        app.process.terminate()
    for app in started:
        app.process.wait(20)
        assert "Traceback" not in app.log.read_text()


@pytest.fixture(scope="module")
def start_app(tmp_path_factory):
    """Run `python app.py --offline FLAG...` while a module is tested: idle apps compute as well."""
    with apps(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    with apps(tmp_path_factory) as start:
        yield start(*(["--mcp"] if find_spec("mcp") else []))
