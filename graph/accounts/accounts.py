"""Who may ask: users and clients of a tenant, and what each was granted.

    (:User {key: "t|-|user|name", role, disabled, secretHash})-[:HOLDS]->(:Grant {key, patient | study |
    purpose})

A grant names a Patient by its resource key, or a study by its DICOM key, so that it outlives a study that is
deleted and stored again; which ImagingStudy that is now is read together with the grants.
"""

from dataclasses import dataclass
from typing import Any

from graph.errors import Conflict, Invalid, NotFound
from graph.keys import ABSENT, join, resource_key, study_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row, Transaction

MANAGE = "administration.manage"
RESEARCH = "research"

_ACCOUNT = """
MATCH (u:User {key: $key})
OPTIONAL MATCH (u)-[:HOLDS]->(g:Grant)
OPTIONAL MATCH (s:ImagingStudy {dicomKey: g.study})
RETURN u.name AS name, u.role AS role, u.disabled AS disabled, u.secretHash AS secretHash,
  collect(g.patient) AS patients, collect(s.key) AS studies, collect(g.purpose) AS purposes
"""
_ACCOUNTS = """
MATCH (u:User) WHERE u.tenant = $tenant
OPTIONAL MATCH (u)-[:HOLDS]->(g:Grant)
RETURN u.name AS name, u.role AS role, u.disabled AS disabled, u.secretHash IS NOT NULL AS hasSecret,
  collect(g {.patient, .study, .purpose}) AS grants
ORDER BY name
"""
_ADD = """
MERGE (u:User {key: $key})
ON CREATE SET u.tenant = $tenant, u.name = $name, u.role = $role, u.disabled = false,
  u.secretHash = $secretHash, u.createdAt = $now, u.fresh = true
WITH u, coalesce(u.fresh, false) AS fresh
REMOVE u.fresh
RETURN fresh
"""
_ENSURE = """
MERGE (u:User {key: $key})
ON CREATE SET u.tenant = $tenant, u.name = $name, u.createdAt = $now
SET u.role = $role, u.disabled = false
RETURN u.name AS name
"""
_SWITCH = "MATCH (u:User {key: $key}) SET u.disabled = $disabled RETURN u.name AS name"
_GRANT = """
MATCH (u:User {key: $key})
MERGE (g:Grant {key: $grant})
ON CREATE SET g += $properties, g.grantedAt = $now, g.grantedBy = $by
MERGE (u)-[:HOLDS]->(g)
RETURN u.name AS name
"""
_REVOKE = "MATCH (:User {key: $key})-[:HOLDS]->(g:Grant {key: $grant}) DETACH DELETE g RETURN $grant AS grant"
_PATIENT = "MATCH (p:Resource {key: $key}) WHERE p.deleted = false RETURN p.key AS key"


@dataclass(frozen=True, slots=True)
class Grants:
    """What a user holds: keys of Patient and ImagingStudy resources, and purposes (`research`)."""

    patients: frozenset[str] = frozenset()
    studies: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Account:
    """A user or a client as authentication needs it.

    Without `secret_hash` it cannot ask for tokens itself.
    """

    name: str
    role: str
    disabled: bool
    secret_hash: str | None
    grants: Grants


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A user or a client as a list shows it; each grant reads like `patient t|-|Patient|7`."""

    name: str
    role: str
    disabled: bool
    has_secret: bool
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Granted:
    """One grant: exactly one of a Patient id, a Study Instance UID, a purpose."""

    patient: str | None = None
    study: str | None = None
    purpose: str | None = None

    def properties(self, scope: AccessScope) -> dict[str, str]:
        """The grant as properties, with keys in the scope's tenant and partition; raises `Invalid`."""
        keys = {
            "patient": resource_key(scope.tenant, "Patient", self.patient) if self.patient else None,
            "study": study_key(scope.tenant, scope.partition, self.study) if self.study else None,
            "purpose": self.purpose,
        }
        given = {name: value for name, value in keys.items() if value}
        if len(given) != 1 or given.get("purpose", RESEARCH) != RESEARCH:
            raise Invalid(f"grant one patient, one study or the purpose {RESEARCH}")
        return given


@scoped
class AccountStore:
    """Users, clients and grants. Changing anything needs the permission `administration.manage`."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def find(self, scope: AccessScope, name: str) -> Account | None:
        """The account of that name with its grants, in one statement."""
        rows = self._graph.read(_ACCOUNT, key=_user_key(scope, name))
        return _account(rows[0]) if rows else None

    def listed(self, scope: AccessScope) -> tuple[AccountLine, ...]:
        """Every account of the tenant by name."""
        scope.require(MANAGE)
        return tuple(_line(row) for row in self._graph.read(_ACCOUNTS, tenant=scope.tenant))

    def add(self, scope: AccessScope, name: str, role: str, secret_hash: str | None, now: int) -> None:
        """Make an account (`now` in µs); raises `Conflict` when the name is taken."""
        values = {"name": name, "role": role, "secretHash": secret_hash, "now": now}
        (row,) = self._change(scope, _ADD, name, tenant=scope.tenant, **values)
        if not row["fresh"]:
            raise Conflict(f"a user named {name} exists", location="name")

    def ensure(self, scope: AccessScope, name: str, role: str, now: int) -> None:
        """Make an account without a secret, or put an old one into that role and enable it."""
        self._change(scope, _ENSURE, name, tenant=scope.tenant, name=name, role=role, now=now)

    def switch(self, scope: AccessScope, name: str, *, disabled: bool) -> None:
        """Disable or enable an account; raises `NotFound`."""
        self._named(self._change(scope, _SWITCH, name, disabled=disabled), name)

    def grant(self, scope: AccessScope, name: str, granted: Granted, now: int) -> None:
        """Give a user a patient, a study or a purpose; granting twice is granting once. Raises `NotFound`."""
        properties = granted.properties(scope)
        patient = properties.get("patient")
        if patient and not self._graph.read(_PATIENT, key=patient):
            raise NotFound("no such patient", location="patient")
        key = _grant_key(scope, name, properties)
        values = {"grant": key, "properties": properties, "now": now, "by": scope.subject}
        self._named(self._change(scope, _GRANT, name, **values), name)

    def revoke(self, scope: AccessScope, name: str, granted: Granted) -> None:
        """Take a grant back; raises `NotFound` when the user does not hold it."""
        key = _grant_key(scope, name, granted.properties(scope))
        if not self._change(scope, _REVOKE, name, grant=key):
            raise NotFound(f"{name} does not hold that grant")

    def _change(self, scope: AccessScope, text: str, user: str, **values: Any) -> list[Row]:
        scope.require(MANAGE)

        def work(transaction: Transaction) -> list[Row]:
            return transaction.run(text, key=_user_key(scope, user), **values)

        return self._graph.write(work)

    @staticmethod
    def _named(rows: list[Row], name: str) -> None:
        if not rows:
            raise NotFound(f"no user named {name}", location="name")


def _user_key(scope: AccessScope, name: str) -> str:
    return join(scope.tenant, ABSENT, "user", name)


def _grant_key(scope: AccessScope, name: str, properties: dict[str, str]) -> str:
    ((kind, value),) = properties.items()
    return join(scope.tenant, ABSENT, "grant", name, kind, value)


def _account(row: Row) -> Account:
    grants = Grants(frozenset(row["patients"]), frozenset(row["studies"]), frozenset(row["purposes"]))
    return Account(row["name"], row["role"], bool(row["disabled"]), row["secretHash"], grants)


def _line(row: Row) -> AccountLine:
    shown = sorted(f"{kind} {value}" for each in row["grants"] for kind, value in each.items() if value)
    return AccountLine(row["name"], row["role"], bool(row["disabled"]), row["hasSecret"], tuple(shown))
