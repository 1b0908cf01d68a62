"""Second factors: the secret of an authenticator app, and codes for who has lost it; both on the account.

    (:User {factorSecret, factorSince, factorStep, recoveryCodes: [sha256 …]})

The secret is sealed by who stores it. A step of the clock counts once, and so does a recovery code: of two
who bring one at once, the second is refused.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from graph.accounts.accounts import user_key
from graph.accounts.changing import MANAGE, Changing, leave_entry
from graph.errors import NotFound
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row, Transaction

_FIND = """
MATCH (u:User {key: $key}) WHERE u.factorSecret IS NOT NULL
RETURN u.factorSecret AS secret, u.factorSince AS since, size(u.recoveryCodes) AS left
"""
_ENROL = """
MATCH (u:User {key: $key})
SET u.factorSecret = $secret, u.factorSince = $now, u.factorStep = $step, u.recoveryCodes = $codes,
  u.sessionsFrom = $now
RETURN u.key AS key
"""
_RENEW = """
MATCH (u:User {key: $key}) WHERE u.factorSecret IS NOT NULL SET u.recoveryCodes = $codes RETURN u.key AS key
"""
_REMOVE = """
MATCH (u:User {key: $key}) WHERE u.factorSecret IS NOT NULL
SET u.factorSecret = null, u.factorSince = null, u.factorStep = null, u.recoveryCodes = null,
  u.sessionsFrom = $now
RETURN u.key AS key
"""
# The first SET takes the lock, so that of two at once the second sees what the first did.
_USE_STEP = """
MATCH (u:User {key: $key}) SET u.factorAskedAt = $now
WITH u WHERE u.factorStep < $step
SET u.factorStep = $step
RETURN u.key AS key
"""
_USE_CODE = """
MATCH (u:User {key: $key}) SET u.factorAskedAt = $now
WITH u WHERE $code IN u.recoveryCodes
SET u.recoveryCodes = [each IN u.recoveryCodes WHERE each <> $code]
RETURN u.key AS key
"""


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A second factor: its sealed secret, since when (µs), and how many recovery codes are left."""

    secret: str
    since: int
    codes_left: int


@scoped
class SecondFactorStore:
    """Second factors of accounts. Changing that of somebody else needs `administration.manage`."""

    def __init__(self, graph: Graph, changing: Changing = nullcontext) -> None:
        self._graph = graph
        self._changing = changing

    def find(self, scope: AccessScope, name: str) -> SecondFactor | None:
        """The second factor of an account; None where it has none."""
        rows = self._graph.read(_FIND, key=user_key(scope, name))
        return SecondFactor(rows[0]["secret"], rows[0]["since"], rows[0]["left"]) if rows else None

    def enrol(
        self, scope: AccessScope, name: str, secret: str, *, step: int, codes: list[str], now: int
    ) -> None:
        """Give an account a second factor, of which `step` was used, and end its sessions.

        Raises `NotFound`.
        """
        values = {"secret": secret, "step": step, "codes": codes, "now": now}
        if not self._change(scope, _ENROL, name, **values):
            raise NotFound("no user named %(name)s", location="name", name=name)

    def renew(self, scope: AccessScope, name: str, codes: list[str]) -> None:
        """Put other recovery codes, by their digests, in the place of all; raises `NotFound`."""
        if not self._change(scope, _RENEW, name, codes=codes):
            raise _no_factor(name)

    def remove(self, scope: AccessScope, name: str, now: int) -> None:
        """Take the second factor of an account away, and end its sessions; raises `NotFound`."""
        if not self._change(scope, _REMOVE, name, now=now):
            raise _no_factor(name)

    def use_step(self, scope: AccessScope, name: str, step: int, now: int) -> bool:
        """Use a step of the clock; False where it or a later one was used."""
        return bool(self._use(_USE_STEP, key=user_key(scope, name), step=step, now=now))

    def use_code(self, scope: AccessScope, name: str, code: str, now: int) -> bool:
        """Use a recovery code by its digest; False where it is none, or not any more."""
        return bool(self._use(_USE_CODE, key=user_key(scope, name), code=code, now=now))

    def _use(self, text: str, **values: Any) -> list[Row]:
        return self._graph.write_aside(lambda transaction: transaction.run(text, **values))

    def _change(self, scope: AccessScope, text: str, name: str, **values: Any) -> list[Row]:
        if scope.subject != name:
            scope.require(MANAGE)

        def work(transaction: Transaction) -> list[Row]:
            rows = transaction.run(text, key=user_key(scope, name), **values)
            leave_entry(scope, transaction)
            return rows

        with self._changing():
            return self._graph.write_aside(work)


def _no_factor(name: str) -> NotFound:
    return NotFound("%(name)s has no second factor", location="name", name=name)
