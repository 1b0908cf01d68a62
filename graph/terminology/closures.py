"""Closure tables of clients (FHIR R4 terminology-service.html#closure): which codes each has named, and when.

    (:ClosureTable {key, version})-[:TRACKS]->(:TrackedCode {system, code, version})

Which code stands above which is not kept: it is what the code systems say when somebody asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fhir_profiles.terminology import Coding
from graph.errors import NotFound, TooLarge
from graph.keys import closure_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Transaction

MOST_TABLES = 100  # of one client
MOST_TRACKED = 2_000  # codes of one table
# The version is set before anything is looked at, so that two requests of one table come one after the other.
_BEGIN = """
MERGE (t:ClosureTable {key: $key})
SET t.tenant = $tenant, t.owner = $owner, t.version = 0
WITH t OPTIONAL MATCH (t)-[:TRACKS]->(old:TrackedCode) DETACH DELETE old
"""
_TABLES = """
MATCH (t:ClosureTable) WHERE t.key STARTS WITH $prefix AND t.key <> $key RETURN count(t) AS tables
"""
_NEXT = "MATCH (t:ClosureTable {key: $key}) SET t.version = t.version + 1 RETURN t.version AS version"
_UNDO = "MATCH (t:ClosureTable {key: $key}) SET t.version = t.version - 1"
_CODES = """
MATCH (:ClosureTable {key: $key})-[:TRACKS]->(c:TrackedCode)
RETURN c.system AS system, c.code AS code, c.version AS version ORDER BY c.version, c.system, c.code
"""
_ADD = """
MATCH (t:ClosureTable {key: $key}) UNWIND $codes AS code
CREATE (t)-[:TRACKS]->(:TrackedCode {system: code[0], code: code[1], version: $version})
"""
_VERSION = "MATCH (t:ClosureTable {key: $key}) RETURN t.version AS version"


@dataclass(frozen=True, slots=True)
class TrackedCode:
    """A code that a client has named, and the version of its table that came of it."""

    system: str
    code: str
    version: int


@dataclass(frozen=True, slots=True)
class ClosureState:
    """A table as it is: its version, and its codes in the order in which they were named."""

    version: int
    codes: tuple[TrackedCode, ...]


@scoped
class ClosureStore:
    """The closure tables of a graph, each seen by its own client only."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def begin(self, scope: AccessScope, name: str) -> None:
        """Make a table anew, without codes.

        Raises `TooLarge` where the client has too many.
        """
        key = _key(scope, name)
        prefix = closure_key(scope.tenant, scope.subject, "")

        def work(transaction: Transaction) -> None:
            if transaction.run(_TABLES, prefix=prefix, key=key)[0]["tables"] >= MOST_TABLES:
                raise TooLarge(f"a client has at most {MOST_TABLES} closure tables", location="name")
            transaction.run(_BEGIN, key=key, tenant=scope.tenant, owner=scope.subject)

        self._graph.write_aside(work)

    def add(self, scope: AccessScope, name: str, codes: Sequence[Coding]) -> ClosureState:
        """Track some codes, and return the table as it is then; what is tracked already changes nothing.

        Raises `NotFound` where there is no such table, `TooLarge` where it has no room.
        """
        key = _key(scope, name)

        def work(transaction: Transaction) -> ClosureState:
            locked = transaction.run(_NEXT, key=key)
            if not locked:
                raise _missing(name)
            version = int(locked[0]["version"])
            tracked = [TrackedCode(**row) for row in transaction.run(_CODES, key=key)]
            known = {(each.system, each.code) for each in tracked}
            fresh = [each for each in dict.fromkeys(codes) if each not in known]
            if len(tracked) + len(fresh) > MOST_TRACKED:
                raise TooLarge(f"a closure table has at most {MOST_TRACKED} codes", location="concept")
            if not fresh:
                transaction.run(_UNDO, key=key)
                return ClosureState(version - 1, tuple(tracked))
            transaction.run(_ADD, key=key, codes=[list(each) for each in fresh], version=version)
            return ClosureState(version, (*tracked, *(TrackedCode(*each, version) for each in fresh)))

        return self._graph.write_aside(work)

    def state(self, scope: AccessScope, name: str) -> ClosureState:
        """The table as it is.

        Raises `NotFound` where there is no such table.
        """
        key = _key(scope, name)
        found = self._graph.read(_VERSION, key=key)
        if not found:
            raise _missing(name)
        rows = self._graph.read(_CODES, key=key)
        return ClosureState(found[0]["version"], tuple(TrackedCode(**row) for row in rows))


def _key(scope: AccessScope, name: str) -> str:
    return closure_key(scope.tenant, scope.subject, name)


def _missing(name: str) -> NotFound:
    return NotFound(
        f"there is no closure table {name[:64]}: begin it by a call without concepts",
        location="name",
        code="not-found",
    )
