"""Who may ask: users and clients of a tenant, and what each was granted.

    (:User {key: "t|-|user|name", role, disabled, secretHash, fhirUser, departments})-[:HOLDS]->
    (:Grant {key, id, patient | study | purpose, until})
    (:Role {key: "t|-|role|name", manages …})   a tenant's own role, in place of a shipped one of that name
    (:BreakGlass {holder, patient, until …})    a record that the holder opened for a time

A grant names a Patient by its resource key, or a study by its DICOM key, so that it outlives a study that is
deleted and stored again; which ImagingStudy that is now is read together with the grants.
"""

from collections.abc import Collection, Sequence
from contextlib import nullcontext
from typing import Any

from graph.accounts.assigned import assigned_rows, department_patients
from graph.accounts.changing import MANAGE, AccountChanges, Changing
from graph.accounts.records import (
    RESEARCH,
    Account,
    AccountLine,
    AccountTerms,
    Entitlement,
    Granted,
    GrantLine,
    Grants,
)
from graph.accounts.roles import role_from, role_key
from graph.clock import now as present
from graph.errors import Conflict, NotFound
from graph.keys import ABSENT, join, key_of_reference, resource_of
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row

__all__ = [
    "MANAGE",
    "RESEARCH",
    "Account",
    "AccountLine",
    "AccountStore",
    "AccountTerms",
    "Entitlement",
    "GrantLine",
    "Granted",
    "Grants",
]

_ENTITLED = """
OPTIONAL MATCH (u:User {key: $key})
CALL (u) {
  UNWIND CASE WHEN u IS NULL THEN $claimed ELSE $claimed + u.role END AS name
  MATCH (r:Role {key: $roles + name})
  RETURN collect(properties(r)) AS roles
}
CALL (u) {
  OPTIONAL MATCH (u)-[:HOLDS]->(g:Grant) WHERE g.until IS NULL OR g.until > $now
  OPTIONAL MATCH (s:ImagingStudy {dicomKey: g.study})
  RETURN collect(g.patient) AS patients, collect(s.key) AS studies, collect(g.purpose) AS purposes
}
CALL () {
  OPTIONAL MATCH (b:BreakGlass {holder: $key}) WHERE b.until > $now
  RETURN collect(b.patient) AS opened
}
RETURN properties(u) AS user, roles, patients, studies, purposes, opened
"""
_LINE = """RETURN u.name AS name, u.role AS role, u.disabled AS disabled,
  u.secretHash IS NOT NULL AS hasSecret, u.fhirUser AS fhirUser, u.departments AS departments"""
_ACCOUNTS = f"""
MATCH (u:User) WHERE u.tenant = $tenant
OPTIONAL MATCH (u)-[:HOLDS]->(g:Grant)
{_LINE}, collect(g {{.patient, .study, .purpose, .until}}) AS grants
ORDER BY name
"""
_PAGE = f"""
MATCH (u:User) WHERE u.tenant = $tenant AND u.name > $after
{_LINE}, [] AS grants
ORDER BY name LIMIT $limit
"""
_ONE = f"MATCH (u:User {{key: $key}})\n{_LINE}, [] AS grants"
_ADD = """
MERGE (u:User {key: $key})
ON CREATE SET u.tenant = $tenant, u.name = $name, u.role = $role, u.disabled = false,
  u.secretHash = $secretHash, u.createdAt = $now, u.fresh = true
WITH u, coalesce(u.fresh, false) AS fresh
REMOVE u.fresh
RETURN fresh
"""
_PUT = """
MERGE (u:User {key: $key})
ON CREATE SET u.tenant = $tenant, u.name = $name, u.createdAt = $now, u.fresh = true
SET u.role = $role, u.disabled = $disabled, u.fhirUser = $fhirUser, u.departments = $departments,
  u.sessionsFrom = CASE WHEN $disabled THEN $now ELSE u.sessionsFrom END
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
_SET = "MATCH (u:User {key: $key}) SET u += $properties RETURN u.name AS name"
_GRANT = """
MATCH (u:User {key: $key})
MERGE (g:Grant {key: $grant})
ON CREATE SET g += $properties, g.id = randomUUID(), g.grantedAt = $now, g.grantedBy = $by
SET g.until = $until
MERGE (u)-[:HOLDS]->(g)
RETURN g.id AS id
"""
_REVOKE = "MATCH (:User {key: $key})-[:HOLDS]->(g:Grant {key: $grant}) DETACH DELETE g RETURN $grant AS grant"
_TAKE_BACK = """
MATCH (:User {key: $key})-[:HOLDS]->(g:Grant {id: $id})
WITH g, g.patient AS patient DETACH DELETE g RETURN patient
"""
_GRANTS = """
MATCH (:User {key: $key})-[:HOLDS]->(g:Grant) WHERE g.id > $after
RETURN properties(g) AS grant ORDER BY g.id LIMIT $limit
"""
_THERE = "MATCH (r:Resource {key: $key}) WHERE r.deleted = false RETURN r.key AS key"


@scoped
class AccountStore:
    """Users, clients and grants. Changing anything needs the permission `administration.manage`.

    `managing` names the shipped roles that manage.
    """

    def __init__(
        self, graph: Graph, managing: Collection[str] = (), changing: Changing = nullcontext
    ) -> None:
        self._graph = graph
        self._changes = AccountChanges(graph, managing, changing)

    def find(self, scope: AccessScope, name: str) -> Account | None:
        """The account of that name with its grants, in one statement."""
        return self.entitled(scope, name).account

    def entitled(self, scope: AccessScope, name: str, claimed: Sequence[str] = ()) -> Entitlement:
        """What the rights of somebody are made of, in one statement.

        `claimed` are names of roles that may count besides that of the account.
        """
        values = {"key": user_key(scope, name), "roles": role_key(scope, ""), "claimed": list(claimed)}
        (row,) = self._graph.read(_ENTITLED, **values, now=present())
        return _entitlement(scope, row)

    def assigned(self, scope: AccessScope, person: str) -> frozenset[str]:
        """The keys of the studies that the open orders and tasks of a person (a key) are about."""
        return assigned_rows(self._graph, scope, person)

    def patients_of(
        self, scope: AccessScope, person: str | None, departments: tuple[str, ...]
    ) -> frozenset[str]:
        """The keys of the patients of departments, and of the care teams of a person (keys all)."""
        return department_patients(self._graph, scope, person, departments)

    def listed(self, scope: AccessScope) -> tuple[AccountLine, ...]:
        """Every account of the tenant by name."""
        scope.require(MANAGE)
        return tuple(_line(row) for row in self._graph.read(_ACCOUNTS, tenant=scope.tenant))

    def page(self, scope: AccessScope, limit: int, after: str) -> tuple[AccountLine, ...]:
        """The accounts of the tenant by name that come after one, without their grants."""
        scope.require(MANAGE)
        rows = self._graph.read(_PAGE, tenant=scope.tenant, limit=limit, after=after)
        return tuple(_line(row) for row in rows)

    def line(self, scope: AccessScope, name: str) -> AccountLine:
        """An account as a list shows it, without its grants; raises `NotFound`."""
        scope.require(MANAGE)
        rows = self._graph.read(_ONE, key=user_key(scope, name))
        self._named(rows, name)
        return _line(rows[0])

    def add(self, scope: AccessScope, name: str, role: str, secret_hash: str | None, now: int) -> None:
        """Make an account (`now` in µs); raises `Conflict` when the name is taken."""
        values = {"name": name, "role": role, "secretHash": secret_hash, "now": now}
        (row,) = self._change(scope, _ADD, name, tenant=scope.tenant, **values)
        if not row["fresh"]:
            raise Conflict("a user named %(name)s exists", location="name", name=name)

    def put(self, scope: AccessScope, name: str, terms: AccountTerms, now: int) -> bool:
        """Make an account, or change an old one (`now` in µs); whether there was none.

        Raises `NotFound` for a person or department that is not there, where the caller may see it;
        `Conflict` where nobody would be left who manages.
        """
        keys = terms.keys(scope)
        for key in filter(None, (keys["fhirUser"], *keys["departments"])):
            self._require_there(scope, key)
        values = {"name": name, "role": terms.role, "disabled": terms.disabled, "now": now}
        (row,) = self._change(
            scope,
            _PUT,
            name,
            tenant=scope.tenant,
            **values,
            fhirUser=terms.fhir_user,
            departments=list(terms.departments),
        )
        return bool(row["fresh"])

    def ensure(self, scope: AccessScope, name: str, role: str, now: int) -> None:
        """Make an account without a secret, or put an old one into that role and enable it."""
        self._change(scope, _ENSURE, name, tenant=scope.tenant, name=name, role=role, now=now)

    def switch(self, scope: AccessScope, name: str, *, disabled: bool) -> None:
        """Disable or enable an account; the browser sessions of one that is disabled end for good.

        Raises `NotFound`, and `Conflict` where nobody would be left who manages.
        """
        ending = {"sessionsFrom": present()} if disabled else {}
        self._named(self._change(scope, _SET, name, properties={"disabled": disabled, **ending}), name)

    def set_secret(self, scope: AccessScope, name: str, secret_hash: str) -> None:
        """Give an account another client secret, as a hash; raises `NotFound`."""
        self._named(self._change(scope, _SET, name, properties={"secretHash": secret_hash}), name)

    def grant(self, scope: AccessScope, name: str, granted: Granted, now: int) -> str:
        """Give a user a patient, a study or a purpose, and return the grant's id; twice is once.

        Raises `NotFound` for a user, and a patient whom the caller could see, who is not there.
        """
        properties = granted.properties(scope, now)
        if patient := properties.get("patient"):
            self._require_there(scope, patient)
        key = _grant_key(scope, name, properties)
        values = {"grant": key, "properties": properties, "now": now, "by": scope.subject}
        rows = self._change(scope, _GRANT, name, **values, until=granted.until)
        self._named(rows, name)
        return str(rows[0]["id"])

    def grants(self, scope: AccessScope, name: str, limit: int, after: str) -> tuple[GrantLine, ...]:
        """The grants of a user by id that come after one; raises `NotFound`."""
        scope.require(MANAGE)
        self.line(scope, name)
        rows = self._graph.read(_GRANTS, key=user_key(scope, name), limit=limit, after=after)
        return tuple(GrantLine.of(row["grant"]) for row in rows)

    def revoke(self, scope: AccessScope, name: str, granted: Granted) -> None:
        """Take a grant back; raises `NotFound` when the user does not hold it."""
        key = _grant_key(scope, name, granted.properties(scope))
        if not self._change(scope, _REVOKE, name, grant=key):
            raise NotFound("%(name)s does not hold that grant", name=name)

    def take_back(self, scope: AccessScope, name: str, grant_id: str) -> str | None:
        """Take the grant of an id back; the key of the patient whom it named, None where it named none.

        Raises `NotFound` when the user does not hold it.
        """
        rows = self._change(scope, _TAKE_BACK, name, id=grant_id)
        if not rows:
            raise NotFound("%(name)s does not hold that grant", name=name)
        patient: str | None = rows[0]["patient"]
        return patient

    def _require_there(self, scope: AccessScope, key: str) -> None:
        """Require a resource that the caller may see; who may not is not told whether it is there."""
        may_see = scope.sees_all and "fhir.read" in scope.permissions
        if may_see and not self._graph.read(_THERE, key=key):
            kind = resource_of(key).partition("/")[0].lower()
            raise NotFound("no such %(kind)s", location=kind, kind=kind)

    def _change(self, scope: AccessScope, text: str, user: str, **values: Any) -> list[Row]:
        return self._changes.run(scope, text, key=user_key(scope, user), **values)

    @staticmethod
    def _named(rows: list[Row], name: str) -> None:
        if not rows:
            raise NotFound("no user named %(name)s", location="name", name=name)


def user_key(scope: AccessScope, name: str) -> str:
    """Key of an account, and of whom a provider knows by that name."""
    return join(scope.tenant, ABSENT, "user", name)


def _grant_key(scope: AccessScope, name: str, properties: dict[str, str]) -> str:
    ((kind, value),) = properties.items()
    return join(scope.tenant, ABSENT, "grant", name, kind, value)


def _entitlement(scope: AccessScope, row: Row) -> Entitlement:
    roles = {each["name"]: role_from(each) for each in row["roles"]}
    user, opened = row["user"], frozenset(row["opened"])
    if user is None:
        return Entitlement(None, roles, opened)
    grants = Grants(frozenset(row["patients"]), frozenset(row["studies"]), frozenset(row["purposes"]))
    account = Account(
        name=user["name"],
        role=user["role"],
        disabled=bool(user["disabled"]),
        secret_hash=user.get("secretHash"),
        grants=grants,
        own_role=roles.get(user["role"]),
        fhir_user=key_of_reference(scope.tenant, user["fhirUser"]) if user.get("fhirUser") else None,
        departments=tuple(key_of_reference(scope.tenant, each) for each in user.get("departments") or ()),
    )
    return Entitlement(account, roles, opened)


def _line(row: Row) -> AccountLine:
    given = [dict(each) for each in row["grants"]]
    for each in given:
        each.pop("until", None)
    shown = sorted(f"{kind} {value}" for each in given for kind, value in each.items() if value)
    return AccountLine(
        row["name"],
        row["role"],
        bool(row["disabled"]),
        row["hasSecret"],
        tuple(shown),
        row["fhirUser"],
        tuple(row["departments"] or ()),
    )
