"""With --auth: who has logged in, and what a wrong password costs.

Only what the login page needs is open to all (`is_open`); the guard asks for the login before everything else. Programs
may send it with each request, as HTTP's Basic authentication.
"""

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import Request

_DELAY_S = 1.0  # after a wrong password
_GUESSES_AT_ONCE = 8  # further ones wait for their turn
_OPEN = ("", "/", "/login", "/theme.css", "/favicon.ico", "/robots.txt", "/manifest.json", "/gradio_api/startup-events")
_OPEN_BELOW = ("/assets/", "/static/")


def is_open(path: str) -> bool:
    """Whether this path of the app is answered before the login: its page, which then asks for it, and its parts."""
    return path.removesuffix("/") in _OPEN or path.startswith(_OPEN_BELOW)


def is_logged_in(request: Request) -> bool:
    """Whether Gradio's own routes would answer this request; always, without --auth."""
    app = request.app
    tokens = (request.cookies.get(f"access-token-{kind}{app.cookie_id}") for kind in ("", "unsecure-"))
    return app.auth is None or any(token in app.tokens for token in tokens)


async def basic_cookie(request: Request, token: str) -> bytes | None:
    """The cookie of a login, for a request that brings the right one as Basic authentication; else None.

    token: of all logins of this kind; Gradio's routes know it by the cookie.
    """
    app: FastAPI = request.app
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(encoded).decode().partition(":")
    except ValueError:
        return None
    if not await app.auth(user, password):
        return None
    app.tokens[token] = user
    return f"access-token-unsecure-{app.cookie_id}={token}".encode()


def password_check(user: str, password: str) -> Callable[[str, str], Awaitable[bool]]:
    """A check as Gradio takes one for `auth`. Neither its time nor its answer tells which of the two was wrong."""
    expected = f"{user}\0{password}".encode()
    turns = asyncio.Semaphore(_GUESSES_AT_ONCE)

    async def check(given_user: str, given_password: str) -> bool:
        if hmac.compare_digest(f"{given_user}\0{given_password}".encode(errors="surrogatepass"), expected):
            return True
        async with turns:
            await asyncio.sleep(_DELAY_S)
        return False

    return check
