"""From who you are to what you may do: the only place that builds an `AccessScope` (a test holds that)."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from app.security.policy import FOR_A_PURPOSE, PERMISSIONS, PSEUDONYMOUS, RESEARCH_PURPOSE
from app.security.roles import SHIPPED, permissions_of, shown_in
from app.security.tokens import Principal
from fhir_profiles.security_labels import withheld_from
from graph.accounts.records import RESEARCH, Grants
from graph.accounts.roles import AccessRole, RoleView
from graph.allowances import SECURITY, sort_of
from graph.errors import Forbidden
from graph.keys import resource_key
from graph.scope import AccessScope

SYSTEM = "system"


def scope_for(
    principal: Principal, tenant: str, role: str | None, grants: Grants, *, own: AccessRole | None = None
) -> AccessScope:
    """The rights of a caller in a role; raises `Forbidden` where the role is none of ours.

    `grants` are the rows that the role's sources gave; a role that sees every row does not look at them.
    `own` is the tenant's own role of that name, None where the shipped one counts. A role of some
    `labels` sees what bears no delicate label but those. In consents an account is the Practitioner of its
    name, and what it stands for in the record.
    """
    held = own or SHIPPED.get(role or "")
    if held is None:
        raise Forbidden("this account has no role here", code="forbidden")
    purpose, permissions = _purpose(held, grants), _permissions(held, principal)
    return AccessScope(
        tenant=tenant,
        subject=principal.subject,
        role=held.name,
        purpose=purpose,
        permissions=permissions - FOR_A_PURPOSE if purpose == PSEUDONYMOUS else permissions,
        patients=None if held.sees_all else grants.patients,
        studies=frozenset() if held.sees_all else grants.studies,
        writable=held.writable,
        allowances=principal.allowances,
        withheld=withheld_labels(held.labels),
        actors=grants.actors | {f"Practitioner/{principal.subject}"},
        opened=grants.opened,
        readers=frozenset(resource_key(tenant, *each.split("/")) for each in _practitioners(grants)),
        client=principal.client,
        token=principal.token,
    )


def _practitioners(grants: Grants) -> Iterator[str]:
    """Whom the account is bound to, where that is a Practitioner: its name alone opens nothing."""
    return (each for each in grants.actors if each.startswith("Practitioner/"))


@lru_cache(maxsize=1_024)
def withheld_labels(seen: frozenset[str] | None) -> frozenset[str]:
    """The security labels that hide a resource from who sees some, as rows bear them; none where all are."""
    if seen is None:
        return frozenset()
    return frozenset(sort_of(SECURITY, code, system) for system, code in withheld_from(seen))


def _permissions(role: AccessRole, principal: Principal) -> frozenset[str]:
    """What the role may do, as far as the token's own scope leaves it."""
    held = permissions_of(role)
    if principal.narrowed is None:
        return held
    return held & (principal.narrowed | shown_in(role.view, principal.narrowed))


def _purpose(role: AccessRole, grants: Grants) -> str:
    if role.view is RoleView.IDENTIFIED:
        return role.purpose
    identified = role.view is RoleView.DEIDENTIFIED and RESEARCH in grants.purposes
    return RESEARCH_PURPOSE if identified else PSEUDONYMOUS


def reader_scope(tenant: str, reader: str) -> AccessScope:
    """What a reader, as `Practitioner/<id>`, would be shown of patients who were theirs.

    Nothing that bears a delicate label; what consents keep from them is applied to it besides.
    """
    return AccessScope(
        tenant=tenant,
        subject=reader,
        role="reader",
        purpose="TREAT",
        permissions=frozenset({"fhir.read"}),
        withheld=withheld_labels(frozenset()),
        actors=frozenset({reader}),
    )


def usual_scope(tenant: str) -> AccessScope:
    """The rights of the gateway itself as far as most callers have them: not to what is kept for a reader."""
    return replace(system_scope(tenant), readers=frozenset())


def on_behalf(scope: AccessScope, subject: str) -> AccessScope:
    """The rights of the gateway itself within an access of somebody's, which leaves one audit entry."""
    return replace(system_scope(scope.tenant, subject), witness=scope.witness, notes=scope.notes)


def system_scope(tenant: str, subject: str = SYSTEM) -> AccessScope:
    """The rights of the gateway itself: worker, command line, and the look-up that finds a caller's own."""
    return AccessScope(
        tenant=tenant,
        subject=subject,
        role=SYSTEM,
        purpose="HSYSADMIN",
        permissions=frozenset(PERMISSIONS),
        readers=None,
    )
