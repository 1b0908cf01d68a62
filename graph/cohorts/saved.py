"""Saved cohorts as nodes.

    (:SavedCohort {key: "t|-|cohort|id", owner, users, roles, edition, …})
      -[:HAS_QUESTION]->(:CohortVersion {key: "t|-|cohort-version|id|number", question})
      -[:FOUND]->(:CohortRefresh {key: "t|-|cohort-refresh|id|name|number", kept})

One is seen by its owner, by whom it is shared with and by nobody else; only its owner changes it. A refresh
is seen by whom it was told alone, as it was shown to them: it holds what their rights showed at that time,
and another's may show less.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.cohorts.kept_patients import KeptPatients
from graph.cohorts.records import (
    AskedQuestion,
    CohortRefresh,
    CohortTerms,
    CohortVersion,
    SavedCohort,
    cohort_of_node,
    cohort_properties,
    refresh_of_node,
    refresh_properties,
    version_of_node,
    version_properties,
)
from graph.errors import Forbidden, NotFound, TooLarge
from graph.keys import cohort_refresh_key, saved_cohort_key, saved_version_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Transaction

ASK, COUNT = "cohort.query", "cohort.count"
MOST_OWN = 500  # saved cohorts of one owner
MOST_VERSIONS = 200
MOST_REFRESHES = 60  # of one cohort that one person has; the oldest makes room for the next
_SEEN = "(c.owner = $subject OR $subject IN c.users OR $role IN c.roles)"
_OWN = "MATCH (c:SavedCohort) WHERE c.tenant = $tenant AND c.owner = $subject RETURN count(c) AS count"
_CREATE = """
CREATE (c:SavedCohort {key: $key, tenant: $tenant}) SET c += $properties
CREATE (c)-[:HAS_QUESTION]->(v:CohortVersion {key: $versionKey}) SET v += $version
"""
_PAGE = f"""
MATCH (c:SavedCohort) WHERE c.tenant = $tenant AND {_SEEN}
  AND (c.createdAt < $createdAt OR (c.createdAt = $createdAt AND c.id < $id))
RETURN properties(c) AS cohort ORDER BY c.createdAt DESC, c.id DESC LIMIT $limit
"""
_FIND = f"MATCH (c:SavedCohort {{key: $key}}) WHERE {_SEEN} RETURN properties(c) AS cohort"
_HOLD = f"MATCH (c:SavedCohort {{key: $key}}) WHERE {_SEEN} SET c.held = true RETURN properties(c) AS cohort"
_CHANGE = "MATCH (c:SavedCohort {key: $key}) SET c += $properties REMOVE c.held"
_ADD_VERSION = """
MATCH (c:SavedCohort {key: $key})
CREATE (c)-[:HAS_QUESTION]->(v:CohortVersion {key: $versionKey}) SET v += $version
"""
_REMOVE = """
MATCH (c:SavedCohort {key: $key})
OPTIONAL MATCH (c)-[:HAS_QUESTION|FOUND]->(of)
DETACH DELETE of, c
"""
_VERSIONS = f"""
MATCH (c:SavedCohort {{key: $key}})-[:HAS_QUESTION]->(v:CohortVersion)
WHERE {_SEEN} AND ($number IS NULL OR v.number = $number)
RETURN properties(v) AS version ORDER BY v.number DESC
"""
_LAST = """
MATCH (:SavedCohort {key: $key})-[:FOUND]->(r:CohortRefresh) WHERE r.by = $subject
RETURN coalesce(max(r.number), 0) AS last
"""
_ADD_REFRESH = """
MATCH (c:SavedCohort {key: $key})
CREATE (c)-[:FOUND]->(r:CohortRefresh {key: $refreshKey, by: $subject, kept: $kept}) SET r += $refresh
REMOVE c.held
"""
_FORGET = """
MATCH (:SavedCohort {key: $key})-[:FOUND]->(r:CohortRefresh) WHERE r.by = $subject AND r.number <= $number
DETACH DELETE r
"""
_TOLD = ".number, .version, .cohort, .asOf, .at, .matched, .unknown, .guarded"
_REFRESHES = f"""
MATCH (c:SavedCohort {{key: $key}})-[:FOUND]->(r:CohortRefresh)
WHERE {_SEEN} AND r.by = $subject AND r.guarded = $guarded
RETURN r {{{_TOLD}}} AS refresh ORDER BY r.number DESC
"""
_REFRESH = f"""
MATCH (c:SavedCohort {{key: $key}})-[:FOUND]->(r:CohortRefresh {{key: $refreshKey}})
WHERE {_SEEN} AND r.by = $subject AND r.guarded = $guarded
RETURN r {{{_TOLD}}} AS refresh, r.kept AS kept
"""
_NEWEST = (2**63 - 1, "")


@dataclass(frozen=True, slots=True)
class CohortWindow:
    """Which saved cohorts: the newest first, at most `limit`, after the one that was created at (µs, id)."""

    limit: int
    after: tuple[int, str] | None = None


@scoped
class SavedCohortStore:
    """The saved cohorts of one graph; every method takes the caller's `AccessScope` first."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def create(
        self, scope: AccessScope, cohort_id: str, terms: CohortTerms, question: AskedQuestion, now: int
    ) -> SavedCohort:
        """Save a question under a new id, as the caller's own; `now` in µs.

        Raises `TooLarge` where the caller has too many.
        """
        scope.require(ASK, COUNT)
        cohort = SavedCohort(cohort_id, scope.subject, terms, 1, 1, now, now)
        key = saved_cohort_key(scope.tenant, cohort_id)
        version = CohortVersion(1, question, now, scope.subject)

        def work(transaction: Transaction) -> SavedCohort:
            own = transaction.run(_OWN, tenant=scope.tenant, subject=scope.subject)[0]["count"]
            if own >= MOST_OWN:
                raise TooLarge("one person saves at most %(most)s cohorts", most=MOST_OWN)
            transaction.run(
                _CREATE,
                key=key,
                tenant=scope.tenant,
                properties=cohort_properties(cohort),
                versionKey=saved_version_key(scope.tenant, cohort_id, 1),
                version=version_properties(version),
            )
            return cohort

        return self._graph.write_aside(work)

    def page(self, scope: AccessScope, window: CohortWindow) -> list[SavedCohort]:
        """The saved cohorts of a window that are the caller's to see."""
        scope.require(ASK, COUNT)
        created_at, cohort_id = window.after or _NEWEST
        values = {"createdAt": created_at, "id": cohort_id, "limit": window.limit}
        rows = self._graph.read(_PAGE, tenant=scope.tenant, **_whose(scope), **values)
        return [cohort_of_node(row["cohort"]) for row in rows]

    def find(self, scope: AccessScope, cohort_id: str) -> SavedCohort:
        """The saved cohort of an id; raises `NotFound` where there is none that the caller may see."""
        scope.require(ASK, COUNT)
        rows = self._graph.read(_FIND, key=saved_cohort_key(scope.tenant, cohort_id), **_whose(scope))
        if not rows:
            raise _missing()
        return cohort_of_node(rows[0]["cohort"])

    def change(
        self,
        scope: AccessScope,
        cohort_id: str,
        changed: Callable[[SavedCohort, CohortVersion], tuple[CohortTerms, AskedQuestion]],
        now: int,
    ) -> SavedCohort:
        """Change a saved cohort of the caller's own to what `changed` makes of it; return it as it is then.

        `changed` is given the cohort and its newest version; what it raises leaves all as it was. A question
        that is another one becomes a version of its own. Raises `NotFound`, `Forbidden` where it is of
        another, `TooLarge` where it has too many versions.
        """
        scope.require(ASK, COUNT)
        key = saved_cohort_key(scope.tenant, cohort_id)

        def work(transaction: Transaction) -> SavedCohort:
            before = self._held(transaction, scope, key)
            (row,) = transaction.run(_VERSIONS, key=key, number=before.version, **_whose(scope))
            version = version_of_node(row["version"])
            terms, question = changed(before, version)
            after = replace(before, terms=terms)
            if question.raw != version.question.raw:
                after = replace(after, version=before.version + 1)
                if after.version > MOST_VERSIONS:
                    raise TooLarge("a saved cohort has at most %(most)s versions", most=MOST_VERSIONS)
                written = version_properties(CohortVersion(after.version, question, now, scope.subject))
                version_key = saved_version_key(scope.tenant, cohort_id, after.version)
                transaction.run(_ADD_VERSION, key=key, versionKey=version_key, version=written)
            if after != before:
                after = replace(after, edition=before.edition + 1, changed_at=now)
            transaction.run(_CHANGE, key=key, properties=cohort_properties(after))
            return after

        return self._graph.write_aside(work)

    def remove(self, scope: AccessScope, cohort_id: str, require: Callable[[SavedCohort], None]) -> None:
        """Remove a saved cohort of the caller's own with all that is kept of it, unless `require` raises.

        Raises `NotFound`, and `Forbidden` where it is another's.
        """
        scope.require(ASK, COUNT)
        key = saved_cohort_key(scope.tenant, cohort_id)

        def work(transaction: Transaction) -> None:
            require(self._held(transaction, scope, key))
            transaction.run(_REMOVE, key=key)

        self._graph.write_aside(work)

    def versions(self, scope: AccessScope, cohort_id: str) -> list[CohortVersion]:
        """The versions of a question, the newest first; raises `NotFound`."""
        return self._versions(scope, cohort_id, None)

    def version(self, scope: AccessScope, cohort_id: str, number: int) -> CohortVersion:
        """One version of a question; raises `NotFound`."""
        return self._versions(scope, cohort_id, number)[0]

    def add_refresh(
        self, scope: AccessScope, cohort_id: str, refresh: CohortRefresh, kept: KeptPatients
    ) -> CohortRefresh:
        """Keep what the caller was told, under the next number of theirs; return it with that.

        Raises `NotFound` where the cohort is gone, or no more shared.
        """
        scope.require(ASK, COUNT)
        key = saved_cohort_key(scope.tenant, cohort_id)
        packed = kept.packed()

        def work(transaction: Transaction) -> CohortRefresh:
            if not transaction.run(_HOLD, key=key, **_whose(scope)):
                raise _missing()
            last = transaction.run(_LAST, key=key, subject=scope.subject)[0]["last"]
            numbered = replace(refresh, number=last + 1)
            transaction.run(
                _ADD_REFRESH,
                key=key,
                refreshKey=_refresh_key(scope, cohort_id, numbered.number),
                subject=scope.subject,
                refresh=refresh_properties(numbered),
                kept=packed,
            )
            transaction.run(_FORGET, key=key, subject=scope.subject, number=last + 1 - MOST_REFRESHES)
            return numbered

        return self._graph.write_aside(work)

    def refreshes(self, scope: AccessScope, cohort_id: str, *, guarded: bool) -> list[CohortRefresh]:
        """The refreshes that the caller has of a cohort, the newest first; raises `NotFound`.

        `guarded`: those in which they saw pseudonyms, and else those in which they saw who patients are.
        """
        self.find(scope, cohort_id)
        key = saved_cohort_key(scope.tenant, cohort_id)
        rows = self._graph.read(_REFRESHES, key=key, guarded=guarded, **_whose(scope))
        return [refresh_of_node(row["refresh"]) for row in rows]

    def refresh(
        self, scope: AccessScope, cohort_id: str, number: int, *, guarded: bool
    ) -> tuple[CohortRefresh, KeptPatients]:
        """A refresh of the caller's with whom it found; raises `NotFound`."""
        scope.require(ASK, COUNT)
        key = saved_cohort_key(scope.tenant, cohort_id)
        values = {"refreshKey": _refresh_key(scope, cohort_id, number), "guarded": guarded}
        rows = self._graph.read(_REFRESH, key=key, **values, **_whose(scope))
        if not rows:
            self.find(scope, cohort_id)
            raise NotFound("you have no such refresh of the saved cohort")
        return refresh_of_node(rows[0]["refresh"]), KeptPatients.unpacked(bytes(rows[0]["kept"]))

    def _versions(self, scope: AccessScope, cohort_id: str, number: int | None) -> list[CohortVersion]:
        scope.require(ASK, COUNT)
        key = saved_cohort_key(scope.tenant, cohort_id)
        rows: Sequence[dict[str, Any]] = self._graph.read(_VERSIONS, key=key, number=number, **_whose(scope))
        if not rows:
            self.find(scope, cohort_id)
            raise NotFound("the saved cohort has no such version")
        return [version_of_node(row["version"]) for row in rows]

    def _held(self, transaction: Transaction, scope: AccessScope, key: str) -> SavedCohort:
        """The cohort, held until the end of the transaction; raises where it is not the caller's own."""
        rows = transaction.run(_HOLD, key=key, **_whose(scope))
        if not rows:
            raise _missing()
        found = cohort_of_node(rows[0]["cohort"])
        if found.owner != scope.subject:
            raise Forbidden("a saved cohort is changed by its owner only", code="forbidden")
        return found


def _whose(scope: AccessScope) -> dict[str, str]:
    return {"subject": scope.subject, "role": scope.role}


def _refresh_key(scope: AccessScope, cohort_id: str, number: int) -> str:
    return cohort_refresh_key(scope.tenant, cohort_id, scope.subject, number)


def _missing() -> NotFound:
    return NotFound("there is no such saved cohort")
