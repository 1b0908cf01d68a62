"""`/auth/providers/…`: people sign in at an outside provider and come back to a session here."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request

from app.http.kit.guard import public
from app.http.kit.own_paths import own_path
from app.http.kit.request_context import asking, current
from app.http.sessions.beginning import SessionStart
from app.http.sessions.pages import PROVIDERS_PATH, SessionPages
from app.http.sessions.uses import SessionUses
from graph.errors import Forbidden, HilumError, NotFound, Unauthenticated, Unavailable
from graph.wording import marked

_FORBIDDEN, _NOT_THERE, _AWAY = 403, 404, 503
_NO_ROLE = marked("the provider knows you, and names no role that you have here")


class ProviderPages:
    """The way to a provider and the way back."""

    def __init__(self, pages: SessionPages, uses: SessionUses) -> None:
        self._pages = pages
        self._uses = uses
        self._start = SessionStart(pages, uses)

    def answer(self, respond: Callable[[], Response]) -> Response:
        """The answer, or a page that says what is wrong."""
        try:
            if not self._uses.browsers.may_sign_in:
                raise Forbidden("signing in at a browser needs an address with https")
            return respond()
        except NotFound as error:
            return self._pages.told(error.wording, _NOT_THERE)
        except (Forbidden, Unauthenticated) as error:
            return self._pages.told(error.wording, _FORBIDDEN)
        except Unavailable as error:
            return self._pages.told(error.wording, _AWAY, retry_after=error.retry_after)

    def begin(self, name: str) -> Response:
        """The way to the provider."""
        to = own_path(request.args.get("next"))
        errand = self._uses.providers.begin(name, to, current().received)
        answer: Response = redirect(errand.address)  # type: ignore[assignment]
        self._uses.browsers.send_off(answer, errand.sealed)
        return answer

    def finish(self, name: str) -> Response:
        """A session for who came back; raises `Forbidden` for who has no role, and what `finish` raises."""
        browsers = self._uses.browsers
        done = self._uses.providers.finish(
            name, browsers.errand_of(request), request.args, current().received
        )
        asking(done.signed_in.name)
        try:
            self._uses.sign_in.scope(done.signed_in.name, done.signed_in.roles)
        except HilumError:
            raise Forbidden(_NO_ROLE) from None
        answer = self._start.of(done.signed_in, own_path(done.to))
        browsers.welcome_back(answer)
        return answer


def add_providers(rooms: Blueprint, pages: SessionPages, uses: SessionUses) -> None:
    """Add the ways to providers and back."""
    providers = ProviderPages(pages, uses)

    @rooms.get(f"{PROVIDERS_PATH}/<provider>")
    @public
    def ask_provider(provider: str) -> Response:
        return providers.answer(lambda: providers.begin(provider))

    @rooms.get(f"{PROVIDERS_PATH}/<provider>/callback")
    @public(audited=True)
    def come_back(provider: str) -> Response:
        return providers.answer(lambda: providers.finish(provider))
