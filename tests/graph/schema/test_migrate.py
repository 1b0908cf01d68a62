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

    MIGRATIONS[2](graph)
    MIGRATIONS[2](graph)  # as after a crash

    (row,) = graph.read("MATCH (s:Resource {key: $key}) RETURN properties(s) AS study", key=key)
    assert row["study"] == {"key": key, **properties_of(STUDY, NAMES)}
