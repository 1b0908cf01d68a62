"""How what decides over rights is changed: one change of a tenant at a time, and never the last who manages.

Whoever manages may be disabled, moved to another role, or have their role changed, but not the last of them:
else nobody could undo it over the API. Accounts of a provider's people are not counted, since their role is
not known here. The entry of the audit that a change leaves is written with it.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeAlias

from graph.accounts.roles import role_key
from graph.audit.entries import WITNESS
from graph.errors import Conflict
from graph.keys import ABSENT, join
from graph.scope import AccessScope
from graph.session import Graph, Row, Transaction

MANAGE = "administration.manage"
Changing: TypeAlias = Callable[[], AbstractContextManager[None]]
"""Around each change of what rights are made of: whoever remembers rights forgets them after it."""

_TAKE_TURN = "MERGE (r:Roster {key: $roster}) SET r.turn = coalesce(r.turn, 0) + 1"
_MANAGERS = """
MATCH (u:User) WHERE u.tenant = $tenant AND u.disabled = false
OPTIONAL MATCH (r:Role {key: $roles + u.role})
WITH coalesce(r.manages, u.role IN $managing) AS manages WHERE manages
RETURN count(*) AS managers
"""
_WITNESS = f"UNWIND $rows AS row {WITNESS.statement}"


class AccountChanges:
    """Runs changes; `managing` names the shipped roles that manage."""

    def __init__(self, graph: Graph, managing: Collection[str], changing: Changing = nullcontext) -> None:
        self._graph = graph
        self._changing = changing
        self._managing = sorted(managing)

    def run(self, scope: AccessScope, text: str, **values: Any) -> list[Row]:
        """Run one statement that changes something, and return its rows.

        Raises `Forbidden` for who does not manage, `Conflict` where nobody would be left who does.
        """
        scope.require(MANAGE)

        def work(transaction: Transaction) -> list[Row]:
            transaction.run(_TAKE_TURN, roster=join(scope.tenant, ABSENT, "roster"))
            before = self._managers(scope, transaction)
            rows = transaction.run(text, **values)
            if before and not self._managers(scope, transaction):
                raise Conflict("nobody would be left who manages: give the permission to somebody else first")
            leave_entry(scope, transaction)
            return rows

        with self._changing():
            return self._graph.write(work)

    def _managers(self, scope: AccessScope, transaction: Transaction) -> int:
        values = {"tenant": scope.tenant, "roles": role_key(scope, ""), "managing": self._managing}
        (row,) = transaction.run(_MANAGERS, **values)
        return int(row["managers"])


def leave_entry(scope: AccessScope, transaction: Transaction) -> None:
    """Write the entry of the audit that the access leaves into the transaction of its change."""
    if scope.witness:
        transaction.run(_WITNESS, rows=[{**scope.witness, "changed": []}])
