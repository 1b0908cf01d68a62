"""How CodeSystems and ConceptMaps enter the graph: beside the commit of the resource, part by part.

What is to be done stands in the graph itself, as the difference between the version of a resource and the
one that its `(:ConceptSource)` names, so no crash forgets it. A version is brought in under a `source` of its
own, and becomes the one that is asked when all of it is there; then the version before it goes.

The codes of a release that is too large for a resource come from its files, under a `release` that the
`(:ConceptSource)` names beside the version of the resource, which then says what the release is and no more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from fhir_profiles.terminology import Coding
from fhir_profiles.terminology.decimals import json_of
from fhir_profiles.terminology.naming import ConceptNaming
from graph.keys import concept_coding, kind_key, part, source_concept_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Transaction
from graph.terminology.names import WRITE_NAMES, naming_row

AT_ONCE = 2_000  # concepts of one transaction
_KINDS = ("CodeSystem", "ConceptMap")

# A resource that is about a patient is not everybody's, so its concepts are not brought in.
_BEHIND = """
UNWIND $kinds AS kind
MATCH (r:Resource) WHERE r.kind = kind[1] AND r.serial IS NOT NULL AND r.versionId IS NOT NULL
OPTIONAL MATCH (s:ConceptSource {key: r.key})
WITH kind, r, s, r.deleted OR r.compartment IS NOT NULL AS leaves
WHERE (leaves AND s IS NOT NULL) OR (NOT leaves AND (s IS NULL OR s.versionId <> r.versionId))
RETURN kind[0] AS kind, r.key AS key, r.id AS id, r.versionId AS version, leaves
ORDER BY r.serial LIMIT $limit
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
_MAPPED = """
UNWIND $rows AS row
MERGE (c:Concept {key: row.key})
ON CREATE SET c += row.concept
"""
_MAPS = """
UNWIND $rows AS row
MATCH (c:Concept {key: row.lower}) MATCH (p:Concept {key: row.upper})
MERGE (c)-[:$(row.edge)]->(p)
"""
_KEEP = """
MERGE (s:ConceptSource {key: $key})
ON CREATE SET s.tenant = $tenant, s.source = $source, s.size = 0, s.count = 0, s.head = '{}'
SET s.versionId = $version
"""
_FINISH = """
MERGE (s:ConceptSource {key: $key})
SET s.tenant = $tenant, s.source = $source, s.versionId = $version, s.size = $size, s.count = $count,
  s.head = $head, s.release = $release
"""
_STALE = """
MATCH (c:Concept) WHERE c.source STARTS WITH $prefix AND c.place IS NOT NULL AND c.source <> $source
WITH c LIMIT $limit
CALL (c) { MATCH (n:ConceptName)-[:OF]->(c) DETACH DELETE n }
DETACH DELETE c RETURN count(*) AS gone
"""
_LOADED = """
MATCH (s:ConceptSource) WHERE s.tenant = $tenant AND s.count > 0
CALL (s) {
  MATCH (c:Concept) WHERE c.source = s.source AND c.place >= 0
  RETURN sum(COUNT { (c)<-[:OF]-(:ConceptName) }) AS names
}
RETURN s.head AS head, s.count AS codes, names
"""
_RELEASE = "MATCH (s:ConceptSource {key: $key}) RETURN s.release AS release"
_FORGET = "MATCH (s:ConceptSource {key: $key}) DELETE s"


@dataclass(frozen=True, slots=True)
class BehindSystem:
    """A CodeSystem or ConceptMap that was not brought in as it is now; `leaves`: what was is to go.

    `kind` is its resource type; `release` names the files that its codes come from, None where the resource
    holds them.
    """

    kind: str
    key: str
    resource_id: str
    version: int
    leaves: bool = False
    release: str | None = None

    @property
    def source(self) -> str:
        """The key of the version, or of the release."""
        return f"{self.key}|{self.release or self.version}"


@dataclass(frozen=True, slots=True)
class LoadedTerminology:
    """A code system whose codes are in the graph: what it says of itself, how many codes and names it has."""

    url: str
    version: str
    copyright: str
    codes: int
    names: int


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """A concept on its way into the graph.

    `data` is what its resource says of it, `folded` what words of a search are found in, `place` its number
    in the resource, `names` its displays by language, `namings` all that it is looked up by.
    """

    code: str
    place: int
    data: Mapping[str, Any]
    folded: str
    parents: tuple[str, ...]
    inactive: bool
    names: Mapping[str, str]
    namings: tuple[ConceptNaming, ...] = ()


@dataclass(frozen=True, slots=True)
class MapRow:
    """Two codes of two systems: `lower` is the same as `upper`, or is filed under it where it is `wider`."""

    lower: Coding
    upper: Coding
    wider: bool = False


@scoped
class ConceptSourceStore:
    """Writes the concepts of tenants; every method takes an `AccessScope` first."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def behind(self, scope: AccessScope, limit: int = 100) -> list[BehindSystem]:
        """The CodeSystems and ConceptMaps of the tenant that are to be brought in, or to leave."""
        kinds = [[kind, kind_key(scope.tenant, kind)] for kind in _KINDS]
        rows = self._graph.read(_BEHIND, kinds=kinds, limit=limit)
        return [
            BehindSystem(row["kind"], row["key"], row["id"], row["version"], row["leaves"]) for row in rows
        ]

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
        named = [
            naming_row(str(row["key"]), scope.tenant, each.namings)
            for row, each in zip(found, rows, strict=True)
        ]

        def work(transaction: Transaction) -> None:
            transaction.run(_CONCEPTS, rows=found)
            transaction.run(WRITE_NAMES, rows=named)

        self._graph.write_aside(work)

    def write_maps(self, scope: AccessScope, source: str, rows: Sequence[MapRow]) -> None:
        """Write how some codes stand to those of other systems; they may be there already."""
        codings = dict.fromkeys(each for row in rows for each in (row.lower, row.upper))
        concepts = [
            {
                "key": source_concept_key(source, *each),
                "concept": {
                    "coding": concept_coding(*each),
                    "tenant": scope.tenant,
                    "source": source,
                    "place": 0,
                    "system": each[0],
                    "code": each[1],
                    "mapped": True,
                },
            }
            for each in codings
        ]
        edges = [
            {
                "lower": source_concept_key(source, *each.lower),
                "upper": source_concept_key(source, *each.upper),
                "edge": "CLASSIFIED_AS" if each.wider else "IS_A",
            }
            for each in rows
        ]

        def work(transaction: Transaction) -> None:
            transaction.run(_MAPPED, rows=concepts)
            transaction.run(_MAPS, rows=edges)

        self._graph.write_aside(work)

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
                release=behind.release,
            )
        )

    def release(self, scope: AccessScope, key: str) -> str | None:
        """The release whose codes stand in the graph for the resource of a key; None where there is none."""
        rows = self._graph.read(_RELEASE, key=key)
        return rows[0]["release"] if rows and key.startswith(f"{part(scope.tenant)}|") else None

    def loaded(self, scope: AccessScope) -> list[LoadedTerminology]:
        """The code systems of the tenant whose codes are in the graph, by their canonicals."""
        found = []
        for row in self._graph.read(_LOADED, tenant=scope.tenant):
            head = orjson.loads(row["head"])
            if url := head.get("url"):
                told = (str(head.get("version", "")), str(head.get("copyright", "")))
                found.append(LoadedTerminology(url, *told, row["codes"], row["names"]))
        return sorted(found, key=lambda each: (each.url, each.version))

    def keep(self, scope: AccessScope, behind: BehindSystem) -> None:
        """Let what a release brought in stay where the resource, which has no codes, is another version."""
        self._graph.write(
            lambda transaction: transaction.run(
                _KEEP, key=behind.key, tenant=scope.tenant, source=behind.source, version=behind.version
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
