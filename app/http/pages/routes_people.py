"""`/manage/users`: who there is, in which role, and what they are granted."""

from typing import Any

from flask import Blueprint, Response, request

from app.http.kit.faults import Fault
from app.http.kit.frame import MANAGE_PATH
from app.http.kit.guard import signed_in
from app.http.kit.request_context import current, current_scope
from app.http.pages.managing import MANAGE, MOST, ManagingPages, after_text
from app.http.pages.uses import PageUses
from graph.errors import NotFound

USERS_PATH = f"{MANAGE_PATH}/users"
_GRANTABLE = ("patient", "study", "purpose")


class PeoplePages:
    """The pages of users, and what their forms do."""

    def __init__(self, pages: ManagingPages, uses: PageUses) -> None:
        self._pages = pages
        self._administration = uses.administration
        self._sessions = uses.sessions

    def listed(self, wrong: Fault | None = None, status: int = 200) -> Response:
        """The users, and the form of a new one."""
        scope = current_scope()
        found = self._administration.users(scope, MOST + 1, after_text())
        return self._pages.page(
            scope,
            "manage_users.html",
            status,
            users=found[:MOST],
            after=found[MOST - 1].name if len(found) > MOST else None,
            roles=[*self._administration.roles(scope)],
            wrong=wrong,
            typed=request.form,
        )

    def one(self, user: str, wrong: Fault | None = None, status: int = 200) -> Response:
        """A user with what they are granted; raises `NotFound`."""
        scope = current_scope()
        return self._pages.page(
            scope,
            "manage_user.html",
            status,
            user=self._administration.user(scope, user),
            grants=self._administration.grants(scope, user, MOST, ""),
            roles=[*self._administration.roles(scope)],
            is_own=user == scope.subject,
            wrong=wrong,
            typed=request.form,
        )

    def added(self) -> Response:
        """A new user's page, or the list again with what was wrong."""
        name, role = request.form.get("name", "").strip(), request.form.get("role", "")
        return self._pages.changed(
            lambda: self._administration.add(current_scope(), name, role, None, current().received),
            f"{USERS_PATH}/{name}",
            self.listed,
        )

    def kept(self, user: str) -> Response:
        """The user's page, after their role and the like were changed."""
        form, scope = request.form, current_scope()
        before = self._administration.user(scope, user)
        raw = {
            "role": form.get("role", ""),
            "disabled": "disabled" in form,
            "fhirUser": form.get("fhir_user", "").strip() or None,
            "departments": list(before.departments),
        }
        return self._changed(
            user, lambda: self._administration.put_user(scope, user, raw, current().received)
        )

    def granted(self, user: str) -> Response:
        """The user's page, after they were granted something."""
        kind, value = request.form.get("kind", ""), request.form.get("value", "").strip()
        raw: dict[str, Any] = {kind: value} if kind in _GRANTABLE else {}
        if until := request.form.get("until", ""):
            raw["until"] = f"{until}T23:59:59Z"
        scope = current_scope()
        return self._changed(user, lambda: self._administration.grant(scope, user, raw, current().received))

    def taken_back(self, user: str) -> Response:
        """The user's page, after a grant was taken back."""
        scope, grant = current_scope(), request.form.get("grant", "")
        return self._changed(user, lambda: self._administration.take_back(scope, user, grant))

    def signed_out(self, user: str) -> Response:
        """The user's page, after all their sessions have ended."""
        scope, now = current_scope(), current().received
        return self._changed(user, lambda: self._sessions.end_all(scope, user, now))

    def _changed(self, user: str, change: Any) -> Response:
        def again(wrong: Fault, status: int) -> Response:
            try:
                return self.one(user, wrong, status)
            except NotFound:
                return self.listed(wrong, status)

        return self._pages.changed(change, f"{USERS_PATH}/{user}", again)


def add_users(rooms: Blueprint, pages: ManagingPages, uses: PageUses) -> None:
    """Add the pages of users."""
    people = PeoplePages(pages, uses)

    @rooms.get(USERS_PATH)
    @signed_in("R", MANAGE)
    def manage_users() -> Response:
        return people.listed()

    @rooms.post(USERS_PATH)
    @signed_in("C", MANAGE)
    def add_user() -> Response:
        return people.added()

    @rooms.get(f"{USERS_PATH}/<user>")
    @signed_in("R", MANAGE)
    def manage_user(user: str) -> Response:
        return people.one(user)

    @rooms.post(f"{USERS_PATH}/<user>")
    @signed_in("U", MANAGE)
    def keep_user(user: str) -> Response:
        return people.kept(user)

    @rooms.post(f"{USERS_PATH}/<user>/grants")
    @signed_in("C", MANAGE)
    def grant_user(user: str) -> Response:
        return people.granted(user)

    @rooms.post(f"{USERS_PATH}/<user>/take-back")
    @signed_in("D", MANAGE)
    def take_grant_back(user: str) -> Response:
        return people.taken_back(user)

    @rooms.post(f"{USERS_PATH}/<user>/sign-out")
    @signed_in("D", MANAGE)
    def sign_user_out(user: str) -> Response:
        return people.signed_out(user)
