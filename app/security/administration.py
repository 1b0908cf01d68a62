"""The use case of who manages: roles, users and grants, changed while the gateway runs.

Who manages need not see any record: whether a patient or a person is there is told only to who may read it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.security.client_secrets import hash_secret, new_secret
from app.security.forms import (
    ROLE_NAME,
    USER_NAME,
    GrantFormSchema,
    RoleFormSchema,
    UserFormSchema,
    read_form,
)
from app.security.roles import MANAGE, SHIPPED
from graph.accounts.accounts import AccountStore
from graph.accounts.records import AccountLine, AccountTerms, Granted, GrantLine
from graph.accounts.role_store import RoleStore
from graph.accounts.roles import AccessRole, role_from
from graph.errors import Conflict, Forbidden, Invalid, NotFound
from graph.keys import resource_key
from graph.scope import AccessScope
from graph.wording import marked

__all__ = ["AccountLine", "Administration", "GrantLine", "require_name"]

_ROLE, _USER, _GRANT = RoleFormSchema(), UserFormSchema(), GrantFormSchema()
_MICROSECONDS = 1_000_000
_OWN_ROLE = marked("the role that you have: somebody else who manages changes it")
_OWN_ACCOUNT = marked("your own account: somebody else who manages changes it")


class Administration:
    """Manages the roles, users and grants of a tenant; moments in µs. Each needs `administration.manage`."""

    def __init__(self, accounts: AccountStore, roles: RoleStore) -> None:
        self._accounts = accounts
        self._roles = roles

    def roles(self, scope: AccessScope) -> Mapping[str, AccessRole]:
        """The roles that count, by name: the shipped ones, and the tenant's own in their place or beside."""
        own = {role.name: role for role in self._roles.listed(scope)}
        return dict(sorted({**SHIPPED, **own}.items()))

    def role(self, scope: AccessScope, name: str) -> AccessRole:
        """The role of a name; raises `NotFound`."""
        found = self.roles(scope).get(name)
        if found is None:
            raise NotFound("no such role", location="role")
        return found

    def put_role(self, scope: AccessScope, name: str, raw: Any, now: int) -> tuple[AccessRole, bool]:
        """Keep a role under a name, and say whether that name is new.

        Raises `Invalid` with the JSONPath of what is wrong, `Forbidden` for the role of who asks, `Conflict`
        where nobody would be left who manages.
        """
        scope.require(MANAGE)
        if not ROLE_NAME.match(name):
            raise Invalid("a role has up to 64 small letters, digits and -, a letter first", location="role")
        form = read_form(_ROLE, raw)
        _require_other(name == scope.role, _OWN_ROLE)
        renamed = {"notActions": form["not_actions"], "secondFactor": form["second_factor"]}
        role = role_from({**form, **renamed, "name": name})
        fresh = self._roles.put(scope, role, now)
        return role, fresh and name not in SHIPPED

    def remove_role(self, scope: AccessScope, name: str) -> None:
        """Remove a role of the tenant's own; a shipped one of its name counts again.

        Raises `NotFound`, `Forbidden` for the role of who asks, `Conflict` where an account has it and
        nothing takes its place, or nobody would be left who manages.
        """
        scope.require(MANAGE)
        _require_other(name == scope.role, _OWN_ROLE)
        if name not in SHIPPED and any(line.role == name for line in self._accounts.listed(scope)):
            raise Conflict("there are accounts in that role", location="role")
        self._roles.remove(scope, name)

    def users(self, scope: AccessScope, limit: int, after: str) -> tuple[AccountLine, ...]:
        """The accounts by name that come after one."""
        return self._accounts.page(scope, limit, after)

    def user(self, scope: AccessScope, name: str) -> AccountLine:
        """The account of a name; raises `NotFound`."""
        return self._accounts.line(scope, name)

    def put_user(self, scope: AccessScope, name: str, raw: Any, now: int) -> tuple[AccountLine, bool]:
        """Make or change the account of a name, and say whether it is new.

        Raises `Invalid` with the JSONPath of what is wrong, `Forbidden` for the account of who asks,
        `NotFound` for a person who is not there where the caller may see them, `Conflict` where nobody would
        be left who manages.
        """
        scope.require(MANAGE)
        require_name(name)
        form = read_form(_USER, raw)
        _require_other(name == scope.subject, _OWN_ACCOUNT)
        self.require_role(scope, form["role"])
        terms = AccountTerms(form["role"], form["disabled"], form["fhir_user"], tuple(form["departments"]))
        _note(scope, terms)
        fresh = self._accounts.put(scope, name, terms, now)
        return self._accounts.line(scope, name), fresh

    def add(self, scope: AccessScope, name: str, role: str, secret: str | None, now: int) -> None:
        """Make an account with a client secret, or without one.

        Raises `Invalid` for a name or role that is none, `Conflict` for a name that is taken.
        """
        require_name(name)
        self.require_role(scope, role)
        self._accounts.add(scope, name, role, hash_secret(secret) if secret else None, now)

    def new_secret(self, scope: AccessScope, name: str) -> str:
        """Give an account another client secret, told this once; raises `NotFound`."""
        scope.require(MANAGE)
        secret = new_secret()
        self._accounts.set_secret(scope, name, hash_secret(secret))
        return secret

    def grants(self, scope: AccessScope, name: str, limit: int, after: str) -> tuple[GrantLine, ...]:
        """The grants of an account by id that come after one; raises `NotFound`."""
        found = self._accounts.grants(scope, name, limit, after)
        scope.concerns(resource_key(scope.tenant, "Patient", each.patient) for each in found if each.patient)
        return found

    def grant(self, scope: AccessScope, name: str, raw: Any, now: int) -> str:
        """Give an account a patient, a study or a purpose, and return the id of the grant.

        Raises `Invalid` with the JSONPath of what is wrong, `Forbidden` for the account of who asks,
        `NotFound` for an account, and for a patient whom the caller could see, who is not there.
        """
        scope.require(MANAGE)
        form = read_form(_GRANT, raw)
        _require_other(name == scope.subject, _OWN_ACCOUNT)
        until = form.pop("until")
        granted = Granted(**form, until=None if until is None else _moment(until))
        if granted.patient:
            scope.concerns((resource_key(scope.tenant, "Patient", granted.patient),))
        return self._accounts.grant(scope, name, granted, now)

    def take_back(self, scope: AccessScope, name: str, grant_id: str) -> None:
        """Take a grant of an account back; raises `NotFound`."""
        scope.require(MANAGE)
        patient = self._accounts.take_back(scope, name, grant_id)
        if patient:
            scope.concerns((patient,))

    def require_role(self, scope: AccessScope, name: str) -> None:
        """Require a role that is there; raises `Invalid`."""
        if name not in SHIPPED and name not in self._roles.names(scope):
            raise Invalid("there is no such role", location="$.role")


def require_name(name: str) -> None:
    """Require what may be the name of an account; raises `Invalid`."""
    if not USER_NAME.match(name):
        raise Invalid(
            "a name has up to 64 letters, digits and . _ @ : -, a letter or digit first", location="name"
        )


def _require_other(is_own: bool, otherwise: str) -> None:
    """Require that somebody else's rights are changed: nobody gives themself any."""
    if is_own:
        raise Forbidden(otherwise, code="forbidden")


def _note(scope: AccessScope, terms: AccountTerms) -> None:
    """Say whose record an account is bound to."""
    if terms.fhir_user and terms.fhir_user.startswith("Patient/"):
        scope.concerns((terms.keys(scope)["fhirUser"],))


def _moment(when: datetime) -> int:
    return int(when.timestamp() * _MICROSECONDS)
