"""What people sign in with, and who they are in the record; both stand on their account.

(:User {key, passwordHash, fhirUser: "Practitioner/7", sessionsFrom})
"""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from graph.accounts.accounts import user_key
from graph.accounts.changing import MANAGE, Changing, leave_entry
from graph.errors import NotFound
from graph.scope import AccessScope, scoped
from graph.session import Graph, Transaction

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
    """The people behind accounts. Changing anything of others needs `administration.manage`."""

    def __init__(self, graph: Graph, changing: Changing = nullcontext) -> None:
        self._graph = graph
        self._changing = changing

    def find(self, scope: AccessScope, name: str) -> AccountHolder | None:
        """The person of an account; None where there is no such account."""
        rows = self._graph.read(_FIND, key=user_key(scope, name))
        if not rows:
            return None
        row = rows[0]
        return AccountHolder(name, bool(row["disabled"]), row["passwordHash"], row["fhirUser"])

    def set_password(self, scope: AccessScope, name: str, password_hash: str, now: int) -> None:
        """Give an account a password by its hash, and end its browser sessions; raises `NotFound`.

        `now` is in µs. Nobody but its own holder needs to manage for it.
        """
        if scope.subject != name:
            scope.require(MANAGE)
        with self._changing():
            self._set(scope, name, {"passwordHash": password_hash, "sessionsFrom": now})

    def set_fhir_user(self, scope: AccessScope, name: str, reference: str) -> None:
        """Say who an account is in the record, as `Practitioner/7`; raises `NotFound`."""
        scope.require(MANAGE)
        self._set(scope, name, {"fhirUser": reference})

    def _set(self, scope: AccessScope, name: str, properties: dict[str, Any]) -> None:
        def work(transaction: Transaction) -> bool:
            rows = transaction.run(_SET, key=user_key(scope, name), properties=properties)
            leave_entry(scope, transaction)
            return bool(rows)

        if not self._graph.write_aside(work):
            raise NotFound("no user named %(name)s", location="name", name=name)
