"""A graph of an earlier schema is brought to this one."""

from graph.query.attribute_forms import properties_of
from graph.query.attributes import STUDY
from graph.schema.migrate import MIGRATIONS
from graph.session import Graph

NAMES = {"PatientName": "Kim =김^하", "ReferringPhysicianName": "Lee^One"}


def test_names_that_were_one_text_are_parted_into_their_groups(graph: Graph, tenant: str) -> None:
    key = f"{tenant}|-|ImagingStudy|old"
    before = {**NAMES, "PatientName_folded": "kim =김 하", "ReferringPhysicianName_folded": "lee one"}
    graph.write(
        lambda transaction: transaction.run(
            "CREATE (s:ImagingStudy:Resource {key: $key}) SET s += $names", key=key, names=before
        )
    )

    for step in (2, 2, 6, 6):  # each again, as after a crash
        MIGRATIONS[step](graph)

    (row,) = graph.read("MATCH (s:Resource {key: $key}) RETURN properties(s) AS study", key=key)
    assert row["study"] == {"key": key, **properties_of(STUDY, NAMES)}


_OLD = """
CREATE (p:Resource {key: $tenant + '|-|Patient|p'})
CREATE (d:Resource {key: $tenant + '|-|Device|d', kind: $tenant + '|Device', serial: 7, versionId: 2})
CREATE (d)-[:PATIENT {path: 'patient'}]->(p), (d)-[:OWNER {path: 'owner'}]->(o:Resource {
  key: $tenant + '|-|Organization|o', kind: $tenant + '|Organization', serial: 8, versionId: 1})
CREATE (c:Resource {key: $tenant + '|-|Contract|c', kind: $tenant + '|Contract', serial: 9, versionId: 1})
CREATE (d)-[:HAS_VERSION]->(:Version {key: d.key + '|1', versionId: 1})
FOREACH (r IN [d, o, c] |
  CREATE (r)-[:HAS_VERSION]->(:Version {key: r.key + '|' + r.versionId, versionId: r.versionId}))
"""


def test_what_had_no_compartment_is_about_whom_it_refers_to(graph: Graph, tenant: str) -> None:
    graph.write(lambda transaction: transaction.run(_OLD, tenant=tenant))

    MIGRATIONS[3](graph)
    MIGRATIONS[3](graph)  # as after a crash

    found = graph.read(
        """MATCH (r:Resource)-[:HAS_VERSION]->(v:Version) WHERE r.key STARTS WITH $prefix
        RETURN v.key AS key, r.compartment AS whole, v.compartment AS own,
          [(t:Term)-[:OF]->(r) | [t.key, t.serial]] AS rows ORDER BY key""",
        prefix=f"{tenant}|-|",
    )
    patient, row = f"{tenant}|-|Patient|p", [f"{tenant}|Device|_compartment|Patient/p", 7]
    assert [tuple(each.values()) for each in found] == [
        (f"{tenant}|-|Contract|c|1", [], [], []),
        (f"{tenant}|-|Device|d|1", [patient], [], [row]),  # whom it was about stands in its text only
        (f"{tenant}|-|Device|d|2", [patient], [patient], [row]),
        (f"{tenant}|-|Organization|o|1", None, None, []),
    ]


def test_a_tombstone_whose_bytes_are_still_there_waits(graph: Graph, tenant: str) -> None:
    old = [{"key": f"{tenant}-{name}", "feed": tenant} for name in ("kept", "removed")]
    graph.write(
        lambda transaction: transaction.run(
            "UNWIND $old AS row CREATE (t:Tombstone) SET t = row, t.deletedAt = 7, "
            "t.removedAt = CASE WHEN row.key ENDS WITH 'removed' THEN 8 END",
            old=old,
        )
    )

    MIGRATIONS[7](graph)
    MIGRATIONS[7](graph)  # as after a crash

    waiting = graph.read("MATCH (t:Tombstone {waiting: $tenant}) RETURN t.key AS key", tenant=tenant)
    assert [row["key"] for row in waiting] == [f"{tenant}-kept"]
