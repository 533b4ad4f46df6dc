"""The browser of the machine.

The tests take Chromium's own build without windows where it is installed: it opens the page in three quarters of the
time. Benchmarks take the browser that people have.
"""

import shutil

HEADLESS = "chromium-headless-shell"  # the program's name, and that of Debian's package
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.example 127.0.0.1",  # a proxy of this machine under a name of its own
    "--disable-features=LocalNetworkAccessChecks",  # a test's page of a Space has the app of this machine in a frame
]


def find_chromium(*preferred: str) -> str | None:
    """The path of an installed Chromium or Chrome. preferred: names of programs to look for first."""
    names = (*preferred, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)
