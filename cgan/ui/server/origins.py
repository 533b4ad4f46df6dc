"""Which websites' pages may use the server, and which may show it in a frame."""

import os
import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.requests import Request

_ORIGIN = re.compile(r"(https?)://((?:\*\.)?[a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?/?", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HUGGING_FACE = ("https://huggingface.co", "https://*.hf.space")


class Access(NamedTuple):
    """What whoever starts the app allows to other websites."""

    frames: tuple[str, ...] = ()  # may show the page in a frame
    origins: tuple[str, ...] = ()  # their pages may call the API

    def frame_ancestors(self) -> str:
        """The sources of that directive of the Content-Security-Policy: on a Space, Hugging Face too."""
        return " ".join(["'self'", *(_HUGGING_FACE if os.environ.get("SPACE_ID") else ()), *self.frames])


def origin(with_subdomains: bool = False) -> Callable[[str], str]:
    """An argparse type: an origin as browsers write it. with_subdomains: https://*.example.org is one as well."""

    def parse(text: str) -> str:
        match = _ORIGIN.fullmatch(text.strip())
        if match is None or ("*" in text and not with_subdomains):
            raise ArgumentTypeError(f"{text!r:.80} given; allowed: an origin such as https://example.org")
        scheme, host, port = match[1].lower(), match[2].lower(), match[3]
        is_default = port is None or int(port) == _DEFAULT_PORTS[scheme]
        return f"{scheme}://{host}" if is_default else f"{scheme}://{host}:{port}"

    return parse


def is_cross_site(request: Request, allowed: tuple[str, ...]) -> bool:
    """Whether another website's page sends it (cross-site request forgery), with its visitor's address and login.

    Browsers say so in `Sec-Fetch-Site`, over https or to the same machine; else `Origin` tells. Programs send neither.
    allowed: origins whose pages may.
    """
    sender = request.headers.get("origin")
    if sender in allowed:
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    return sender is not None and not _is_own(sender, request)


def asked_hosts(request: Request) -> list[str]:
    """The hosts that a request was sent to, as it says itself and as the proxies before the app say."""
    headers = (request.headers.get(name, "") for name in ("host", "x-forwarded-host"))
    return [host.strip() for header in headers for host in header.split(",") if host.strip()]


def _is_own(sender: str, request: Request) -> bool:
    """Whether the request was sent to this origin. A host without a port fits any: a proxy may have cut it off."""
    try:
        own = urlsplit(sender)
        own_port = own.port or _DEFAULT_PORTS.get(own.scheme)
        asked = [urlsplit(f"//{host}") for host in asked_hosts(request)]
        return own.hostname is not None and any(
            own.hostname == host.hostname and host.port in (None, own_port) for host in asked
        )
    except ValueError:  # a port that is no number, or half a pair of brackets
        return False
