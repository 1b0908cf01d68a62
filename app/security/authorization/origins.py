"""The origins of the apps that are registered: where their pages come from, and so whose scripts may read."""

import time
from collections.abc import Callable

from app.outgoing import origin_of
from app.security.scopes import system_scope
from graph.authorization.clients import ClientStore
from graph.errors import OverTime, TimedOut, Unavailable

SECONDS = 10.0  # that they are remembered


class AppOrigins:
    """Tells them; safe between threads, since what is remembered is replaced whole."""

    def __init__(
        self, clients: ClientStore, tenant: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clients = clients
        self._tenant = tenant
        self._clock = clock
        self._known: tuple[float, frozenset[str]] = (float("-inf"), frozenset())

    def __call__(self) -> frozenset[str]:
        """The origins; those of before where the graph does not answer now, or no more in this request."""
        until, found = self._known
        now = self._clock()
        if now < until:
            return found
        try:
            uris = self._clients.redirect_uris(system_scope(self._tenant))
        except (Unavailable, OverTime, TimedOut):
            return found
        found = frozenset(filter(None, map(origin_of, uris)))
        self._known = (now + SECONDS, found)
        return found
