"""`/manage/roles`: what each role may do and whose rows it sees, with the forms that make and change one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from app.http.kit.faults import Fault
from app.http.kit.frame import MANAGE_PATH
from app.http.kit.guard import signed_in
from app.http.kit.languages import marked
from app.http.kit.request_context import current, current_scope
from app.http.pages.managing import MANAGE, ManagingPages
from app.http.pages.uses import PageUses
from app.security.forms import PURPOSES
from app.security.policy import PERMISSIONS
from app.security.roles import SHIPPED, permissions_of
from graph.accounts.roles import ANY, AccessRole, RoleView, RowSource, family
from graph.errors import Conflict

ROLES_PATH, NEW_ROLE_PATH = f"{MANAGE_PATH}/roles", f"{MANAGE_PATH}/new-role"
ROWS: Mapping[RowSource, str] = {
    RowSource.ALL: marked("everybody's"),
    RowSource.GRANTED: marked("those that were granted to the user"),
    RowSource.ASSIGNED: marked("studies that are assigned to the user"),
    RowSource.DEPARTMENT: marked("patients of the user's departments"),
    RowSource.OWN: marked("the user's own record, as a patient"),
}
VIEWS: Mapping[RoleView, str] = {
    RoleView.IDENTIFIED: marked("as it is"),
    RoleView.DEIDENTIFIED: marked("without saying who it is"),
    RoleView.COUNTS: marked("as counts only"),
}
PURPOSE_WORDS: Mapping[str, str] = {
    "TREAT": marked("treatment"),
    "ETREAT": marked("emergency treatment"),
    "BTG": marked("breaking the glass"),
    "CAREMGT": marked("care management"),
    "HOPERAT": marked("operation of the hospital"),
    "HQUALIMP": marked("quality improvement"),
    "HCOMPL": marked("compliance"),
    "HSYSADMIN": marked("administration of the system"),
    "HPAYMT": marked("payment"),
    "HRESCH": marked("research"),
    "CLINTRCH": marked("clinical trials"),
    "PUBHLTH": marked("public health"),
    "TRAIN": marked("teaching"),
    "PATRQT": marked("the patient's own wish"),
}
"""The purposes that have words here; the others are chosen by their codes."""
_NEW = AccessRole(name="", description="", purpose="TREAT", actions=frozenset())


@dataclass(frozen=True, slots=True)
class PermissionLine:
    """A row of the table of permissions: one of them, a family, or all; `begins` a family of its own."""

    pattern: str
    says: str
    begins: bool = False


def permission_lines() -> Iterator[PermissionLine]:
    """The rows of the table: everything, and below it each family before its permissions."""
    yield PermissionLine(ANY, marked("everything, with what later releases bring"), True)
    families: dict[str, list[str]] = {}
    for each in PERMISSIONS:
        families.setdefault(family(each), []).append(each)
    for name, members in families.items():
        if len(members) > 1:
            yield PermissionLine(name, marked("all of these, with what later releases bring"), True)
        yield from (PermissionLine(each, PERMISSIONS[each], len(members) == 1) for each in members)


class RolePages:
    """The pages of roles, and what their forms do."""

    def __init__(self, pages: ManagingPages, uses: PageUses) -> None:
        self._pages = pages
        self._administration = uses.administration

    def listed(self, wrong: Fault | None = None, status: int = 200) -> Response:
        """The roles, by name."""
        scope = current_scope()
        shown = [
            {"role": role, "permissions": len(permissions_of(role)), "origin": _origin(role)}
            for role in self._administration.roles(scope).values()
        ]
        return self._pages.page(scope, "manage_roles.html", status, roles=shown, rows=ROWS, wrong=wrong)

    def new(self, wrong: Fault | None = None, status: int = 200) -> Response:
        """The form of a new role, empty or as it was sent."""
        return self._form(_typed(_NEW) if wrong else _form_of(_NEW), None, wrong, status)

    def one(self, name: str, wrong: Fault | None = None, status: int = 200) -> Response:
        """A role with the form that changes it; raises `NotFound`."""
        role = self._administration.role(current_scope(), name)
        return self._form(_typed(role) if wrong else _form_of(role), role, wrong, status)

    def _form(
        self, shown: Mapping[str, Any], role: AccessRole | None, wrong: Fault | None, status: int
    ) -> Response:
        scope = current_scope()
        return self._pages.page(
            scope,
            "manage_role.html",
            status,
            role=role,
            shown=shown,
            origin=_origin(role) if role else None,
            is_own=role is not None and role.name == scope.role,
            permissions=[*permission_lines()],
            purposes=[*PURPOSE_WORDS, *(each for each in PURPOSES if each not in PURPOSE_WORDS)],
            purpose_words=PURPOSE_WORDS,
            rows=ROWS,
            views=VIEWS,
            wrong=wrong,
        )

    def added(self) -> Response:
        """A new role's page, or its form again with what was wrong."""
        scope, name = current_scope(), request.form.get("role", "").strip()

        def add() -> None:
            if name in self._administration.roles(scope):
                raise Conflict("a role named %(name)s exists", location="role", name=name)
            self._administration.put_role(scope, name, _sent(), current().received)

        return self._pages.changed(add, f"{ROLES_PATH}/{name}", self.new)

    def kept(self, name: str) -> Response:
        """The role's page, after it was changed; raises `NotFound`."""
        scope = current_scope()
        self._administration.role(scope, name)
        return self._pages.changed(
            lambda: self._administration.put_role(scope, name, _sent(), current().received),
            f"{ROLES_PATH}/{name}",
            lambda wrong, status: self.one(name, wrong, status),
        )

    def removed(self, name: str) -> Response:
        """The roles without one of the tenant's own; raises `NotFound` for a name that is none."""
        scope = current_scope()
        self._administration.role(scope, name)
        return self._pages.changed(
            lambda: self._administration.remove_role(scope, name),
            ROLES_PATH,
            lambda wrong, status: self.one(name, wrong, status),
        )


def _origin(role: AccessRole) -> str:
    """Where a role comes from: the release, the release but changed here, or from here alone."""
    shipped = SHIPPED.get(role.name)
    if shipped is None:
        return "own"
    return "shipped" if shipped == role else "changed"


def _words(some: Iterable[str] | None) -> str:
    """A list as its field has it; `*` for everything."""
    return ANY if some is None else " ".join(sorted(some))


def _form_of(role: AccessRole) -> dict[str, Any]:
    """A role as its form shows it."""
    return {
        "role": role.name,
        "description": role.description,
        "purpose": role.purpose,
        "actions": role.actions,
        "notActions": role.not_actions,
        "rows": role.rows,
        "view": role.view,
        "writable": _words(role.writable),
        "labels": _words(role.labels),
        "secondFactor": role.second_factor,
    }


def _typed(role: AccessRole) -> dict[str, Any]:
    """The form as it was sent, to be put right."""
    form = request.form
    texts = ("description", "purpose", "view", "writable", "labels")
    return {
        "role": form.get("role", role.name),
        **{name: form.get(name, "") for name in texts},
        **{name: form.getlist(name) for name in ("actions", "notActions", "rows")},
        "secondFactor": "secondFactor" in form,
    }


def _sent() -> dict[str, Any]:
    """The role that the form describes, as the API takes it."""
    typed = _typed(_NEW)
    del typed["role"]
    for name in ("writable", "labels"):
        words = typed[name].replace(",", " ").split()
        typed[name] = None if words == [ANY] else words
    return typed


def add_roles(rooms: Blueprint, pages: ManagingPages, uses: PageUses) -> None:
    """Add the pages of roles."""
    roles = RolePages(pages, uses)

    @rooms.get(ROLES_PATH)
    @signed_in("R", MANAGE)
    def manage_roles() -> Response:
        return roles.listed()

    @rooms.get(NEW_ROLE_PATH)
    @signed_in("R", MANAGE)
    def new_role() -> Response:
        return roles.new()

    @rooms.post(ROLES_PATH)
    @signed_in("C", MANAGE)
    def add_role() -> Response:
        return roles.added()

    @rooms.get(f"{ROLES_PATH}/<role>")
    @signed_in("R", MANAGE)
    def manage_role(role: str) -> Response:
        return roles.one(role)

    @rooms.post(f"{ROLES_PATH}/<role>")
    @signed_in("U", MANAGE)
    def keep_role(role: str) -> Response:
        return roles.kept(role)

    @rooms.post(f"{ROLES_PATH}/<role>/remove")
    @signed_in("D", MANAGE)
    def remove_role_by_form(role: str) -> Response:
        return roles.removed(role)
