"""How the concepts of a CodeSystem enter the graph: beside the commit of the resource, part by part.

What is to be done stands in the graph itself, as the difference between the version of a resource and the
one that its `(:ConceptSource)` names, so no crash forgets it. A version is brought in under a `source` of its
own, and becomes the one that is asked when all of it is there; then the version before it goes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fhir_profiles.terminology.decimals import json_of
from graph.keys import concept_coding, kind_key, source_concept_key
from graph.scope import AccessScope, scoped
from graph.session import Graph

AT_ONCE = 2_000  # concepts of one transaction

# A resource that is about a patient is not everybody's, so its concepts are not brought in.
_BEHIND = """
MATCH (r:Resource) WHERE r.kind = $kind AND r.serial IS NOT NULL AND r.versionId IS NOT NULL
OPTIONAL MATCH (s:ConceptSource {key: r.key})
WITH r, s, r.deleted OR r.compartment IS NOT NULL AS leaves
WHERE (leaves AND s IS NOT NULL) OR (NOT leaves AND (s IS NULL OR s.versionId <> r.versionId))
RETURN r.key AS key, r.id AS id, r.versionId AS version, leaves ORDER BY r.serial LIMIT $limit
"""
_CONCEPTS = """
UNWIND $rows AS row
MERGE (c:Concept {key: row.key})
SET c += row
"""
_EDGES = """
UNWIND $rows AS row
MATCH (c:Concept {key: row.key})
UNWIND row.parents AS parent
MATCH (p:Concept {key: parent})
MERGE (c)-[:IS_A]->(p)
"""
_FINISH = """
MERGE (s:ConceptSource {key: $key})
SET s.tenant = $tenant, s.source = $source, s.versionId = $version, s.size = $size, s.count = $count,
  s.head = $head
"""
_STALE = """
MATCH (c:Concept) WHERE c.source STARTS WITH $prefix AND c.place IS NOT NULL AND c.source <> $source
WITH c LIMIT $limit DETACH DELETE c RETURN count(*) AS gone
"""
_FORGET = "MATCH (s:ConceptSource {key: $key}) DELETE s"


@dataclass(frozen=True, slots=True)
class BehindSystem:
    """A CodeSystem whose concepts are not those of its current version; `leaves`: they are to go."""

    key: str
    resource_id: str
    version: int
    leaves: bool

    @property
    def source(self) -> str:
        """The key of the version."""
        return f"{self.key}|{self.version}"


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """A concept on its way into the graph.

    `data` is what its resource says of it, `folded` what words of a search are found in, `place` its number
    in the resource, `names` its displays by language.
    """

    code: str
    place: int
    data: Mapping[str, Any]
    folded: str
    parents: tuple[str, ...]
    inactive: bool
    names: Mapping[str, str]


@scoped
class ConceptSourceStore:
    """Writes the concepts of tenants; every method takes an `AccessScope` first."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def behind(self, scope: AccessScope, limit: int = 100) -> list[BehindSystem]:
        """The CodeSystems of the tenant that are to be brought in, or to leave."""
        rows = self._graph.read(_BEHIND, kind=kind_key(scope.tenant, "CodeSystem"), limit=limit)
        return [BehindSystem(row["key"], row["id"], row["version"], row["leaves"]) for row in rows]

    def write(self, scope: AccessScope, source: str, system: str, rows: Sequence[ConceptRow]) -> None:
        """Write some concepts of a version; they may be there already."""
        found = [
            {
                "key": source_concept_key(source, system, each.code),
                "coding": concept_coding(system, each.code),
                "tenant": scope.tenant,
                "source": source,
                "place": each.place,
                "system": system,
                "code": each.code,
                "en": each.names.get("en"),
                "ko": each.names.get("ko"),
                "folded": each.folded,
                "parents": list(each.parents),
                "inactive": each.inactive,
                "data": json_of(each.data).decode(),
            }
            for each in rows
        ]
        self._graph.write_aside(lambda transaction: transaction.run(_CONCEPTS, rows=found))

    def link(self, scope: AccessScope, source: str, system: str, rows: Sequence[ConceptRow]) -> None:
        """Set some concepts below their parents, all of which are there."""
        found = [
            {
                "key": source_concept_key(source, system, each.code),
                "parents": [source_concept_key(source, system, parent) for parent in each.parents],
            }
            for each in rows
            if each.parents
        ]
        if found:
            self._graph.write_aside(lambda transaction: transaction.run(_EDGES, rows=found))

    def finish(
        self, scope: AccessScope, behind: BehindSystem, head: Mapping[str, Any], size: int, count: int
    ) -> None:
        """Let a version be the one that is asked; `size` is the bytes of its text."""
        self._graph.write(
            lambda transaction: transaction.run(
                _FINISH,
                key=behind.key,
                tenant=scope.tenant,
                source=behind.source,
                version=behind.version,
                size=size,
                count=count,
                head=json_of(head).decode(),
            )
        )

    def sweep(self, scope: AccessScope, behind: BehindSystem) -> int:
        """Remove some concepts of other versions of a resource, of all where it leaves; how many went."""
        source = "" if behind.leaves else behind.source
        rows = self._graph.write(
            lambda transaction: transaction.run(_STALE, prefix=f"{behind.key}|", source=source, limit=AT_ONCE)
        )
        return int(rows[0]["gone"])

    def forget(self, scope: AccessScope, behind: BehindSystem) -> None:
        """Forget that the concepts of a resource were brought in."""
        self._graph.write(lambda transaction: transaction.run(_FORGET, key=behind.key))
