"""A right says the same of every row in memory, in fixed statements and in compiled ones."""

from dataclasses import dataclass
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph.cypher.compile import page
from graph.keys import kind_key, partition_key, resource_key, term_key
from graph.query.expression import All, Page, Question
from graph.query.rows import COMPARTMENT
from graph.scope import AccessScope
from graph.session import Graph
from graph.visibility import rights, seen

TENANT = f"rights{uuid4().hex[:8]}"
PATIENTS = ("p0", "p1", "p2")
MEMBERS: tuple[tuple[str, ...], ...] = ((), ("p0",), ("p1",), ("p0", "p2"))
PARTITIONS = (None, "default", "other")
_CREATE = """
UNWIND $rows AS row
CREATE (r:Resource) SET r = row.properties
FOREACH (key IN row.terms | CREATE (:Term {key: key, system: '', serial: row.properties.serial})-[:OF]->(r))
"""
_FIXED = f"UNWIND $keys AS key MATCH (r:Resource {{key: key}}) WHERE {seen('r')} RETURN r.key AS key"


@dataclass(frozen=True)
class Row:
    """One row: its type and id, the patients it belongs to (None for nobody), and its partition."""

    entity: str
    id: str
    members: tuple[str, ...] | None
    partition: str | None

    def key(self, tenant: str) -> str:
        return resource_key(tenant, self.entity, self.id)

    def compartment(self, tenant: str) -> list[str] | None:
        return (
            None if self.members is None else [resource_key(tenant, "Patient", each) for each in self.members]
        )

    def partition_key(self, tenant: str) -> str | None:
        return partition_key(tenant, self.partition) if self.partition else None


ROWS = (
    *(Row("ImagingStudy", f"s{n}", *each) for n, each in enumerate(product(MEMBERS, PARTITIONS))),
    *(Row("Observation", f"o{n}", each, None) for n, each in enumerate(MEMBERS)),
    Row("Practitioner", "d0", None, None),
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
    members = [term_key(tenant, row.entity, COMPARTMENT, f"Patient/{each}") for each in row.members or ()]
    return {"properties": properties, "terms": members}


@st.composite
def scopes(draw: st.DrawFn, tenant: str = TENANT) -> AccessScope:
    """A caller who sees everything, or some patients and studies."""
    patients = draw(st.none() | st.frozensets(st.sampled_from(PATIENTS)))
    studies = draw(st.frozensets(st.sampled_from([row.id for row in ROWS if row.entity == "ImagingStudy"])))
    return AccessScope(
        tenant,
        "someone",
        "any",
        "test",
        partition=draw(st.sampled_from(["default", "other"])),
        patients=None
        if patients is None
        else frozenset(resource_key(tenant, "Patient", p) for p in patients),
        studies=frozenset()
        if patients is None
        else frozenset(resource_key(tenant, "ImagingStudy", s) for s in studies),
    )


@settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
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
        for entity in ("ImagingStudy", "Observation", "Practitioner")
        for row in graph.read_statement(page(scope, Question(entity, All(), Page(100))))
    }

    assert fixed == in_memory
    assert compiled == in_memory


def test_a_row_of_another_partition_is_nobody_s_here() -> None:
    scope = AccessScope("t", "someone", "any", "test")

    assert scope.sees("t|-|ImagingStudy|1", ["t|-|Patient|1"], "t|default")
    assert scope.sees("t|-|Patient|1", ["t|-|Patient|1"], None)
    assert not scope.sees("t|-|ImagingStudy|1", ["t|-|Patient|1"], "t|other")
