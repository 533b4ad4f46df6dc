"""How a test waits for the app."""

import socket
import time
import urllib.error
import urllib.request
from typing import Protocol


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Started(Protocol):
    """A process of subprocess or of `tests.processes`."""

    def poll(self) -> int | None: ...


def wait_until_served(address: str, process: Started, seconds: float = 120, pause: float = 0.2) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(pause)
    raise AssertionError(f"{address} was not served (exit status {process.poll()})")
