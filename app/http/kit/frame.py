"""What stands around the content of every page: who is signed in, where they may go, language and theme.

The templates are those of `app/http/pages`; the pages of signing in and of consent stand in the same frame.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from flask import has_request_context, request
from jinja2 import Environment

from app.http.kit.languages import (
    LANGUAGES,
    gettext,
    language,
    marked,
    ngettext,
    npgettext,
    pgettext,
)
from app.http.kit.moments import age_in_years, shown_at, shown_date
from app.http.kit.own_paths import HOME_PATH, asked_path
from app.http.kit.preferences import Theme, chosen
from app.http.kit.request_context import current
from app.records.people.names import is_hangul
from graph.scope import AccessScope

PREFERENCES_PATH, SEARCH_PATH, MANAGE_PATH = "/preferences", "/search", "/manage"
COHORTS_PATH, FEEDBACK_PATH, WORKLIST_PATH = "/cohorts", "/feedback", "/worklist"
ANY_RECORD = ("fhir.read", "imaging.read")
"""Permissions of which one lets somebody look for patients and studies."""
ANY_COHORT = ("cohort.query", "cohort.count")
"""Permissions of which one lets somebody ask cohort questions."""
ANY_MANAGING = (
    *("administration.manage", "operations.read", "audit.read", "break-glass.review", "break-glass.open"),
)
"""Permissions of which one lets somebody do something on the pages of administration."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A page that the frame leads to, by `g` and a key; whoever holds one of `needs` is led there."""

    label: str
    path: str
    key: str
    needs: tuple[str, ...] = ()


class HasPath(Protocol):
    """What has a path."""

    @property
    def path(self) -> str:
        """The path of its page."""
        ...


DESTINATIONS = (
    Destination(marked("Home"), HOME_PATH, "h"),
    Destination(marked("Worklist"), WORKLIST_PATH, "w", ("workitem.read",)),
    Destination(marked("Feedback"), FEEDBACK_PATH, "f", ("feedback.write",)),
    Destination(marked("Search"), SEARCH_PATH, "s", ANY_RECORD),
    Destination(marked("Cohorts"), COHORTS_PATH, "c", ANY_COHORT),
    Destination(marked("Administration"), MANAGE_PATH, "m", ANY_MANAGING),
    Destination(marked("Account"), "/account", "a"),
)


def in_own_script(names: Sequence[str]) -> list[str]:
    """The names of somebody, those first whose script the language of the page is written in."""
    hangul = language() == "ko"
    return sorted(names, key=lambda name: is_hangul(name[:1]) is not hangul)


class PageFrame:
    """The frame of the page in hand."""

    @property
    def scope(self) -> AccessScope | None:
        """Who is signed in; None where nobody is, or the page is for anybody."""
        context = current()
        return context.scope if context.handle is not None else None

    @property
    def form_token(self) -> str:
        """What the forms of the page say; empty where nobody is signed in."""
        handle = current().handle
        return handle.form_token if handle is not None else ""

    @property
    def language(self) -> str:
        """The language of the page."""
        return language()

    @property
    def theme(self) -> str:
        """The theme that was chosen; empty where the browser's is taken."""
        return chosen(request).theme if has_request_context() else ""

    @property
    def keys(self) -> bool:
        """Whether single keys do something."""
        return not has_request_context() or chosen(request).keys

    @property
    def here(self) -> str:
        """The page itself, to come back to; that of a form is not asked for again."""
        if not has_request_context() or request.method != "GET":
            return HOME_PATH
        return asked_path(request)

    @property
    def destinations(self) -> tuple[Destination, ...]:
        """Where whoever is signed in may go."""
        return tuple(each for each in DESTINATIONS if not each.needs or self.may(*each.needs))

    @property
    def may_search(self) -> bool:
        """Whether whoever is signed in may look for patients and studies."""
        return self.may(*ANY_RECORD)

    def is_at(self, destination: HasPath) -> bool:
        """Whether the page is this one, or below it."""
        return has_request_context() and f"{request.path}/".startswith(f"{destination.path}/")

    def further(self, after: str) -> str:
        """The address of the page in hand, as it goes on after a place of its list."""
        given = {name: value for name, value in request.args.items() if name != "after"}
        return f"{quote(request.path)}?{urlencode({**given, 'after': after})}"

    def may(self, *permissions: str) -> bool:
        """Whether whoever is signed in holds one of these permissions."""
        scope = self.scope
        return scope is not None and any(each in scope.permissions for each in permissions)


def install_frame(environment: Environment, base_url: str, asset: Callable[[str], str | None]) -> None:
    """Let templates be written in every language, in the frame; `asset` is the address of a file, or None."""
    environment.policies["ext.i18n.trimmed"] = True
    environment.add_extension("jinja2.ext.i18n")
    words: Any = environment
    words.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)
    environment.globals.update(
        base=base_url,
        frame=PageFrame(),
        languages=LANGUAGES,
        themes=tuple(Theme),
        asset=asset,
        preferences_path=PREFERENCES_PATH,
        search_path=SEARCH_PATH,
        home_path=HOME_PATH,
        cohorts_path=COHORTS_PATH,
        worklist_path=WORKLIST_PATH,
    )
    environment.filters.update(date=shown_date, moment=shown_at, age=age_in_years, named_for=in_own_script)
