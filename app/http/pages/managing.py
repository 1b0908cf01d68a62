"""What the pages of administration share: their tabs, where lists go on, and what becomes of a form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template, request

from app.admission.outcomes import STATUS
from app.http.kit.faults import Fault, fault_of
from app.http.kit.frame import MANAGE_PATH
from app.http.kit.languages import marked
from app.http.kit.own_paths import see_other
from app.http.pages.uses import PageUses
from graph.errors import Conflict, Forbidden, Invalid, NotFound
from graph.scope import AccessScope

MANAGE, OPERATE, CANCEL, AUDIT = (
    *("administration.manage", "operations.read", "operations.cancel", "audit.read"),
)
MOST = 50
"""Rows of a page of a list."""
_LONGEST_PLACE = 128
_LONGEST_MOMENT = 18


@dataclass(frozen=True, slots=True)
class ManagingTab:
    """A page of administration, and the permission that it needs."""

    label: str
    path: str
    needs: str


TABS = (
    ManagingTab(marked("Users"), f"{MANAGE_PATH}/users", MANAGE),
    ManagingTab(marked("Roles"), f"{MANAGE_PATH}/roles", MANAGE),
    ManagingTab(marked("Apps"), f"{MANAGE_PATH}/apps", MANAGE),
    ManagingTab(marked("Jobs"), f"{MANAGE_PATH}/jobs", OPERATE),
    ManagingTab(marked("Audit"), f"{MANAGE_PATH}/audit", AUDIT),
    ManagingTab(marked("Alerts"), f"{MANAGE_PATH}/alerts", AUDIT),
    ManagingTab(marked("Health"), f"{MANAGE_PATH}/health", OPERATE),
)


class ManagingPages:
    """Renders pages of administration, and leads back to them."""

    def __init__(self, uses: PageUses) -> None:
        self._base = uses.base

    @staticmethod
    def tabs_of(scope: AccessScope) -> tuple[ManagingTab, ...]:
        """The pages that a caller may open; raises `Forbidden` where there is none."""
        found = tuple(each for each in TABS if each.needs in scope.permissions)
        if not found:
            raise Forbidden("this needs a permission of administration", code="forbidden")
        return found

    def page(self, scope: AccessScope, template: str, status: int = 200, **values: Any) -> Response:
        """A page with its tabs."""
        return make_response(render_template(template, tabs=self.tabs_of(scope), **values), status)

    def to(self, path: str) -> Response:
        """The way to a page."""
        return see_other(f"{self._base}{path}")

    def changed(
        self, change: Callable[[], object], to: str, again: Callable[[Fault, int], Response]
    ) -> Response:
        """Where a change leads, or the page again with what was wrong."""
        try:
            change()
        except (Conflict, Forbidden, Invalid, NotFound) as error:
            return again(fault_of(error), STATUS[error.category])
        return self.to(to)


def after_text() -> str:
    """The place that a list goes on after, as its link says it; empty for the first page."""
    return request.args.get("after", "")[:_LONGEST_PLACE]


def after_place() -> tuple[int, str] | None:
    """The same where it is a moment and a name; None for the first page, and for what is no place."""
    moment, comma, name = after_text().partition(",")
    if not (comma and moment.isascii() and moment.isdigit() and len(moment) <= _LONGEST_MOMENT):
        return None
    return int(moment), name
