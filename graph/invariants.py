"""What must always hold inside the graph, as queries that return what breaks it."""

from collections.abc import Iterator, Mapping

from graph.keys import partition_key
from graph.scope import AccessScope, scoped
from graph.session import Graph

_QUERIES: Mapping[str, str] = {
    "study {where} counts {found} instances and has {expected}": """
        MATCH (s:ImagingStudy)
        WHERE s.partition STARTS WITH $prefix AND s.managed = true AND s.deleted = false
        WITH s, COUNT { (s)-[:HAS_SERIES]->()-[:HAS_INSTANCE]->() } AS expected
        WHERE s.NumberOfStudyRelatedInstances <> expected
        RETURN s.key AS where, s.NumberOfStudyRelatedInstances AS found, expected""",
    "study {where} counts {found} series and has {expected}": """
        MATCH (s:ImagingStudy)
        WHERE s.partition STARTS WITH $prefix AND s.managed = true AND s.deleted = false
        WITH s, COUNT { (s)-[:HAS_SERIES]->() } AS expected WHERE s.NumberOfStudyRelatedSeries <> expected
        RETURN s.key AS where, s.NumberOfStudyRelatedSeries AS found, expected""",
    "series {where} counts {found} instances and has {expected}": """
        MATCH (x:Series) WHERE x.partition STARTS WITH $prefix
        WITH x, COUNT { (x)-[:HAS_INSTANCE]->() } AS expected
        WHERE x.NumberOfSeriesRelatedInstances <> expected
        RETURN x.key AS where, x.NumberOfSeriesRelatedInstances AS found, expected""",
    "the feed has {found} entries and its last number is {expected}": """
        MATCH (c:Counter {key: $tenant})
        WITH coalesce(c.sequence, 0) AS expected
        CALL () { MATCH (change:Change) WHERE change.feed = $tenant RETURN count(change) AS found }
        WITH expected, found WHERE expected <> found RETURN '' AS where, found, expected""",
    "the feed replays {where} to {expected}, and it is {found}": """
        MATCH (change:Change) WHERE change.feed = $tenant
        WITH change ORDER BY change.sequence
        WITH change.instance AS where, collect(change.action) AS actions
        WITH where, actions[-1] AS expected, EXISTS { (:Instance {key: where}) } AS there
        WHERE (expected <> 'Delete') <> there
        RETURN where, expected, CASE WHEN there THEN 'there' ELSE 'gone' END AS found LIMIT 100""",
    "the feed does not alternate for {where}": """
        MATCH (change:Change) WHERE change.feed = $tenant
        WITH change ORDER BY change.sequence
        WITH change.instance AS where, collect(change.action) AS actions
        WHERE any(at IN range(0, size(actions) - 1)
                  WHERE (actions[at] = 'Create') <> (at = 0 OR actions[at - 1] = 'Delete'))
        RETURN where, '' AS found, '' AS expected LIMIT 100""",
    "an instance has no entry in the feed: {where}": """
        MATCH (i:Instance) WHERE i.partition STARTS WITH $prefix
          AND NOT EXISTS { MATCH (c:Change {feed: $tenant, sequence: i.sequence}) WHERE c.instance = i.key }
        RETURN i.key AS where, '' AS found, '' AS expected LIMIT 100""",
    "{where} is at version {found} and has {expected}": """
        MATCH (r:Resource) WHERE r.kind STARTS WITH $prefix AND r.versionId IS NOT NULL
        WITH r, COUNT { (r)-[:HAS_VERSION]->() } AS expected WHERE r.versionId <> expected
        RETURN r.key AS where, r.versionId AS found, expected LIMIT 100""",
    "{where} has {found} current versions": """
        MATCH (r:Resource) WHERE r.kind STARTS WITH $prefix AND r.versionId IS NOT NULL
        WITH r, COUNT { (r)-[:CURRENT]->() } AS found WHERE found <> 1
        RETURN r.key AS where, found, 1 AS expected LIMIT 100""",
    "{where} is about {expected}, and its current version about {found}": """
        MATCH (r:Resource) WHERE r.kind STARTS WITH $prefix AND r.versionId IS NOT NULL
        MATCH (r)-[:CURRENT]->(v:Version)
        WITH r.key AS where, coalesce(r.compartment, ['everybody']) AS expected,
             coalesce(v.compartment, ['everybody']) AS found
        WHERE expected <> found
        RETURN where, found, expected LIMIT 100""",
}


@scoped
class InvariantStore:
    """Looks for what must not be."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def violations(self, scope: AccessScope) -> Iterator[str]:
        """A sentence for each violation in the caller's tenant."""
        prefix = partition_key(scope.tenant, "")
        for sentence, text in _QUERIES.items():
            for row in self._graph.read(text, tenant=scope.tenant, prefix=prefix):
                yield sentence.format(**row)
