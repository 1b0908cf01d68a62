"""From who you are to what you may do: the only place that builds an `AccessScope` (a test holds that)."""

from app.security.policy import (
    GRANTED_ROWS_ONLY,
    PERMISSIONS,
    PERMISSIONS_OF,
    PURPOSE_OF,
    RESEARCH_PURPOSE,
    WRITABLE_TYPES,
)
from app.security.tokens import Principal
from graph.accounts.accounts import RESEARCH, Grants
from graph.errors import Forbidden
from graph.scope import AccessScope

SYSTEM = "system"


def scope_for(principal: Principal, tenant: str, role: str | None, grants: Grants) -> AccessScope:
    """The rights of a caller in a role; raises `Forbidden` where the role is none of ours.

    Rows: a role of `GRANTED_ROWS_ONLY` sees its grants, every other the whole tenant; a role of
    `WRITABLE_TYPES` writes those types, every other all of them.
    """
    if role is None or role not in PERMISSIONS_OF:
        raise Forbidden("this account has no role here", code="forbidden")
    held = PERMISSIONS_OF[role]
    limited = role in GRANTED_ROWS_ONLY
    return AccessScope(
        tenant=tenant,
        subject=principal.subject,
        role=role,
        purpose=_purpose(role, grants),
        permissions=held if principal.narrowed is None else held & principal.narrowed,
        patients=grants.patients if limited else None,
        studies=grants.studies if limited else frozenset(),
        writable=WRITABLE_TYPES.get(role),
        allowances=principal.allowances,
    )


def _purpose(role: str, grants: Grants) -> str:
    if role == "researcher" and RESEARCH in grants.purposes:
        return RESEARCH_PURPOSE
    return PURPOSE_OF[role]


def system_scope(tenant: str, subject: str = SYSTEM) -> AccessScope:
    """The rights of the gateway itself: worker, command line, and the look-up that finds a caller's own."""
    return AccessScope(
        tenant=tenant,
        subject=subject,
        role=SYSTEM,
        purpose="HSYSADMIN",
        permissions=frozenset(PERMISSIONS),
    )
