"""With --auth: who has logged in, and what a wrong password costs."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable

from starlette.requests import Request

_DELAY_S = 1.0  # after a wrong password
_GUESSES_AT_ONCE = 8  # further ones wait for their turn


def is_logged_in(request: Request) -> bool:
    """Whether Gradio's own routes would answer this request; always, without --auth."""
    app = request.app
    tokens = (request.cookies.get(f"access-token-{kind}{app.cookie_id}") for kind in ("", "unsecure-"))
    return app.auth is None or any(token in app.tokens for token in tokens)


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
