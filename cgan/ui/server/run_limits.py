"""How many long runs may be under way: of one page, from one address, of all visitors together."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from cgan.common.validation import RefusalError
from cgan.ui.figures import say

# A page has a few kinds of runs, each of which waits for its own last one. Many people can share an address, behind a
# school's router or a tunnel.
_MAX_BY_PAGE = 4
_MAX_BY_ADDRESS = 16
_MAX = 32


class Visitor(NamedTuple):
    """Who has something computed; None where that is not known."""

    page: str | None = None
    address: str | None = None


class RunLimits:
    """Counts the runs that are under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._visitors: list[Visitor] = []  # one for each run

    @contextmanager
    def entered(self, visitor: Visitor) -> Iterator[None]:
        """Count a run of this visitor until the `with` block ends. Raises RefusalError where it is one too many."""
        with self._lock:
            if len(self._visitors) >= _MAX:
                raise RefusalError(say("server_busy"))
            of_page = sum(visitor.page is not None and visitor.page == other.page for other in self._visitors)
            of_address = sum(
                visitor.address is not None and visitor.address == other.address for other in self._visitors
            )
            if of_page >= _MAX_BY_PAGE or of_address >= _MAX_BY_ADDRESS:
                raise RefusalError(say("too_many_runs"))
            self._visitors.append(visitor)
        try:
            yield
        finally:
            with self._lock:
                self._visitors.remove(visitor)
