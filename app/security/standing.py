"""The rights of who asked for something that is done later: kept with it, and looked up anew for each step.

What was granted meanwhile does not count where the token did not have it; what was taken away is gone.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.security.caller_rights import CallerRights
from app.security.scopes import SYSTEM, system_scope
from app.security.tokens import OUTSIDE, Principal
from graph.accounts.accounts import AccountStore
from graph.allowances import kept, of_kept
from graph.authorization.authorizations import AuthorizationStore
from graph.clock import now
from graph.errors import Forbidden
from graph.scope import AccessScope


def standing_of(scope: AccessScope) -> Mapping[str, Any]:
    """Who asks, as JSON to be kept: the subject, the role, and the permissions and scopes of their token."""
    return {
        "subject": scope.subject,
        "role": scope.role,
        "permissions": sorted(scope.permissions),
        "allowances": kept(scope.allowances),
        "authorization": scope.authorization,
        "casts": None if scope.casts is None else sorted(scope.casts),
        "client": scope.client,
    }


def is_standing_of(scope: AccessScope, asked: Mapping[str, Any]) -> bool:
    """Whether who asked had the SMART scopes that the caller has now."""
    return asked.get("allowances") == kept(scope.allowances)


class Standing:
    """Looks up what somebody may do now."""

    def __init__(self, accounts: AccountStore, authorizations: AuthorizationStore) -> None:
        self._caller_rights = CallerRights(accounts)
        self._authorizations = authorizations

    def scope(self, tenant: str, asked: Mapping[str, Any]) -> AccessScope:
        """The rights of who asked, as they are now.

        Raises `Forbidden` where the account is gone, disabled, or has no role any more, and where an app
        asked whose authorization has ended.
        """
        scope, authorization = self._rights(tenant, asked), asked.get("authorization")
        if authorization and self._authorizations.find(system_scope(tenant), authorization, now()) is None:
            raise Forbidden("what the app was authorized by has ended", code="forbidden")
        casts = asked.get("casts")
        return replace(
            scope,
            authorization=authorization,
            client=str(asked.get("client", "")),
            casts=None if casts is None else frozenset(map(str, casts)),
        )

    def _rights(self, tenant: str, asked: Mapping[str, Any]) -> AccessScope:
        subject, role = str(asked["subject"]), str(asked["role"])
        if role == SYSTEM:
            return system_scope(tenant, subject)
        local = not subject.startswith(OUTSIDE)
        narrowed, allowances = frozenset(map(str, asked["permissions"])), of_kept(asked.get("allowances"))
        principal = Principal(subject, tenant, role, local, 0, narrowed, allowances)
        scope = self._caller_rights.find(principal, tenant)
        if scope is None:
            raise Forbidden("the account of who asked is not there or is disabled", code="forbidden")
        return scope
