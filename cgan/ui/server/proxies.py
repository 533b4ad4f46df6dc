"""Proxies that the environment names (HTTP_PROXY, ALL_PROXY, ...), which are not for the app's own address."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_proxies() -> Iterator[None]:
    """Gradio makes an HTTP client while it is imported, and asks its own server when that starts: both without a proxy.

    A proxy cannot reach this machine's loopback address, and a SOCKS proxy needs a package that is not installed.
    """
    before = os.environ.get("no_proxy")
    os.environ["no_proxy"] = "*"
    try:
        yield
    finally:
        del os.environ["no_proxy"]
        if before is not None:
            os.environ["no_proxy"] = before
