"""A right says the same of every row in memory, in fixed statements and in compiled ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph.cypher.compile import page
from graph.keys import kind_key, partition_key, resource_key, term_key, version_key
from graph.query.expression import All, Page, Question
from graph.query.rows import COMPARTMENT
from graph.scope import AccessScope
from graph.session import Graph
from graph.visibility import rights, seen, version_seen

TENANT = f"rights{uuid4().hex[:8]}"
PATIENTS = ("Patient/p0", "Patient/p1", "Patient/p2")
STUDIES = ("ImagingStudy/s0", "ImagingStudy/s1")
MEMBERS: tuple[tuple[str, ...], ...] = ((), PATIENTS[:1], PATIENTS[1:2], PATIENTS[::2])
NAMED: tuple[tuple[str, ...] | None, ...] = (None, *MEMBERS, STUDIES[:1], (*STUDIES, *PATIENTS))
PARTITIONS = (None, "default", "other")
_CREATE = """
UNWIND $rows AS row
CREATE (r:Resource) SET r = row.properties
FOREACH (key IN row.terms | CREATE (:Term {key: key, system: '', serial: row.properties.serial})-[:OF]->(r))
WITH r, row UNWIND row.versions AS version
CREATE (r)-[:HAS_VERSION]->(v:Version) SET v = version
"""
_FIXED = f"UNWIND $keys AS key MATCH (r:Resource {{key: key}}) WHERE {seen('r')} RETURN r.key AS key"
_VERSIONS = f"""
UNWIND $keys AS key MATCH (r:Resource {{key: key}})-[:HAS_VERSION]->(v:Version)
WHERE {version_seen("r", "v")} RETURN v.key AS key
"""


@dataclass(frozen=True)
class Row:
    """One row: its type and id, whom it is about (None for what everybody may read), and its partition."""

    entity: str
    id: str
    members: tuple[str, ...] | None
    partition: str | None

    @property
    def name(self) -> str:
        return f"{self.entity}/{self.id}"

    def key(self, tenant: str) -> str:
        return resource_key(tenant, self.entity, self.id)

    def compartment(self, tenant: str) -> list[str] | None:
        return keyed(tenant, self.members)

    def partition_key(self, tenant: str) -> str | None:
        return partition_key(tenant, self.partition) if self.partition else None


def keyed(tenant: str, names: Iterable[str] | None) -> list[str] | None:
    return None if names is None else [resource_key(tenant, *each.split("/")) for each in names]


ROWS = (
    *(Row("ImagingStudy", f"s{n}", *each) for n, each in enumerate(product(MEMBERS, PARTITIONS))),
    *(Row("Observation", f"o{n}", each, None) for n, each in enumerate(MEMBERS)),
    *(Row("Device", f"v{n}", each, None) for n, each in enumerate(NAMED) if each is not None),
    Row("Practitioner", "d0", None, None),
    Row("Practitioner", "d1", PATIENTS[:1], None),
)


@pytest.fixture(scope="module")
def written(graph: Graph) -> str:
    """The tenant that holds the rows."""
    rows = [_row(TENANT, serial, row) for serial, row in enumerate(ROWS)]
    graph.write(lambda transaction: transaction.run(_CREATE, rows=rows))
    return TENANT


def _row(tenant: str, serial: int, row: Row) -> dict[str, object]:
    properties = {
        "key": row.key(tenant),
        "kind": kind_key(tenant, row.entity),
        "id": row.id,
        "serial": serial,
        "deleted": False,
        "compartment": row.compartment(tenant),
        "partition": row.partition_key(tenant),
    }
    members = [term_key(tenant, row.entity, COMPARTMENT, each) for each in row.members or ()]
    versions = [
        {"key": version_key(row.key(tenant), number), "compartment": keyed(tenant, named)}
        for number, named in enumerate(NAMED)
    ]
    return {"properties": properties, "terms": members, "versions": versions}


@st.composite
def scopes(draw: st.DrawFn, tenant: str = TENANT) -> AccessScope:
    """A caller who sees everything, or some patients and studies."""
    patients = draw(st.none() | st.frozensets(st.sampled_from(PATIENTS)))
    studies = draw(st.frozensets(st.sampled_from([row.name for row in ROWS if row.entity == "ImagingStudy"])))
    return AccessScope(
        tenant,
        "someone",
        "any",
        "test",
        partition=draw(st.sampled_from(["default", "other"])),
        patients=None if patients is None else frozenset(keyed(tenant, patients) or ()),
        studies=frozenset() if patients is None else frozenset(keyed(tenant, studies) or ()),
    )


SETTINGS = settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@SETTINGS
@given(scope=scopes())
def test_memory_fixed_and_compiled_statements_see_the_same_rows(
    graph: Graph, written: str, scope: AccessScope
) -> None:
    keys = [row.key(written) for row in ROWS]
    in_memory = {
        row.key(written)
        for row in ROWS
        if scope.sees(row.key(written), row.compartment(written), row.partition_key(written))
    }
    fixed = {row["key"] for row in graph.read(_FIXED, keys=keys, **rights(scope))}
    compiled = {
        row["key"]
        for entity in ("ImagingStudy", "Observation", "Device", "Practitioner")
        for row in graph.read_statement(page(scope, Question(entity, All(), Page(100))))
    }

    assert fixed == in_memory
    assert compiled == in_memory


@SETTINGS
@given(scope=scopes())
def test_a_version_is_judged_by_whom_it_is_about_itself(
    graph: Graph, written: str, scope: AccessScope
) -> None:
    in_memory = {
        version_key(row.key(written), number)
        for row in ROWS
        for number, named in enumerate(NAMED)
        if scope.sees(row.key(written), keyed(written, named), row.partition_key(written))
    }

    found = graph.read(_VERSIONS, keys=[row.key(written) for row in ROWS], **rights(scope))

    assert {row["key"] for row in found} == in_memory


def test_a_row_of_another_partition_is_nobody_s_here() -> None:
    scope = AccessScope("t", "someone", "any", "test")

    assert scope.sees("t|-|ImagingStudy|1", ["t|-|Patient|1"], "t|default")
    assert scope.sees("t|-|Patient|1", ["t|-|Patient|1"], None)
    assert not scope.sees("t|-|ImagingStudy|1", ["t|-|Patient|1"], "t|other")
