"""What people sign in with, and who they are in the record; both stand on their account.

(:User {key, passwordHash, fhirUser: "Practitioner/7"})
"""

from dataclasses import dataclass
from typing import Any

from graph.accounts.accounts import MANAGE
from graph.errors import NotFound
from graph.keys import ABSENT, join
from graph.scope import AccessScope, scoped
from graph.session import Graph

_FIND = """
MATCH (u:User {key: $key})
RETURN u.passwordHash AS passwordHash, u.fhirUser AS fhirUser, u.disabled AS disabled
"""
_SET = "MATCH (u:User {key: $key}) SET u += $properties RETURN u.key AS key"


@dataclass(frozen=True, slots=True)
class AccountHolder:
    """How an account signs in.

    `fhir_user` is the Patient, Practitioner, PractitionerRole or RelatedPerson that it is, as `Type/id`.
    """

    name: str
    disabled: bool
    password_hash: str | None
    fhir_user: str | None


@scoped
class PersonStore:
    """The people behind accounts. Changing anything needs the permission `administration.manage`."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def find(self, scope: AccessScope, name: str) -> AccountHolder | None:
        """The person of an account; None where there is no such account."""
        rows = self._graph.read(_FIND, key=_key(scope, name))
        if not rows:
            return None
        row = rows[0]
        return AccountHolder(name, bool(row["disabled"]), row["passwordHash"], row["fhirUser"])

    def set_password(self, scope: AccessScope, name: str, password_hash: str) -> None:
        """Give an account a password by its hash; raises `NotFound`."""
        self._set(scope, name, {"passwordHash": password_hash})

    def set_fhir_user(self, scope: AccessScope, name: str, reference: str) -> None:
        """Say who an account is in the record, as `Practitioner/7`; raises `NotFound`."""
        self._set(scope, name, {"fhirUser": reference})

    def _set(self, scope: AccessScope, name: str, properties: dict[str, Any]) -> None:
        scope.require(MANAGE)
        key = _key(scope, name)
        if not self._graph.write_aside(
            lambda transaction: transaction.run(_SET, key=key, properties=properties)
        ):
            raise NotFound(f"no user named {name}", location="name")


def _key(scope: AccessScope, name: str) -> str:
    return join(scope.tenant, ABSENT, "user", name)
