"""From who you are to what you may do: the only place that builds an `AccessScope` (a test holds that)."""

from functools import cache

from app.security.policy import (
    GRANTED_ROWS_ONLY,
    PERMISSIONS,
    PERMISSIONS_OF,
    PURPOSE_OF,
    RESEARCH_PURPOSE,
    SEEN_LABELS,
    WRITABLE_TYPES,
)
from app.security.tokens import Principal
from fhir_profiles.security_labels import withheld_from
from graph.accounts.accounts import RESEARCH, Grants
from graph.allowances import SECURITY, sort_of
from graph.errors import Forbidden
from graph.scope import AccessScope

SYSTEM = "system"


def scope_for(principal: Principal, tenant: str, role: str | None, grants: Grants) -> AccessScope:
    """The rights of a caller in a role; raises `Forbidden` where the role is none of ours.

    Rows: a role of `GRANTED_ROWS_ONLY` sees its grants, every other the whole tenant; a role of
    `WRITABLE_TYPES` writes those types, every other all of them; a role of `SEEN_LABELS` sees what bears no
    delicate label but those. In consents an account is the Practitioner of its name.
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
        withheld=withheld_labels(role),
        actors=frozenset({f"Practitioner/{principal.subject}"}),
    )


@cache
def withheld_labels(role: str) -> frozenset[str]:
    """The security labels that hide a resource from a role, as rows bear them; none for most roles."""
    if role not in SEEN_LABELS:
        return frozenset()
    return frozenset(sort_of(SECURITY, code, system) for system, code in withheld_from(SEEN_LABELS[role]))


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
