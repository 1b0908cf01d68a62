"""What a page costs is its rows, not what the graph holds: by the database hits of PROFILE, at two sizes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import pytest
from neo4j import Driver, GraphDatabase

from graph.aggregates import AGGREGATES
from graph.clock import now
from graph.commit import CommitterThread, Committing, Draft, Unit, View
from graph.cypher.compile import page
from graph.cypher.statement import Statement
from graph.keys import resource_key, term_key, value_key
from graph.local.state import Neo4jAddress
from graph.query.attributes import BY_KEYWORD, STUDY
from graph.query.expression import (
    EVERYTHING,
    All,
    Expression,
    Field,
    KeyIn,
    Kind,
    Layout,
    Match,
    Members,
    Order,
    Page,
    Question,
    Related,
    Sort,
    Span,
    Term,
    Text,
)
from graph.query.rows import ValueRows
from graph.resources.writing import VERSIONS, ResourceWrite
from graph.scope import AccessScope
from graph.session import Graph
from tests.strategies.trees import with_tenant

SIZES = (2_000, 6_000)
OF_ONE_PATIENT = 40
BATCH = 500
HITS_A_ROW = 42
DAY = 86_400_000_000
CODE, STATUS = Field("Observation", "code", Kind.TERM), Field("Observation", "status", Kind.TERM)
DATE = Field("Observation", "date", Kind.SPAN)
UPDATED = Field("Observation", "_lastUpdated", Kind.SPAN, Layout.PROPERTY)
COMMON, FINAL = Term(CODE, ("common",)), Term(STATUS, ("final",))
OF_PATIENT = Term(Field("Observation", "subject", Kind.TERM), ("Patient/p7",))
NAME = Field("Patient", "name", Kind.TEXT)
DAY_7 = Span(BY_KEYWORD["StudyDate"].field, Order.EQ, 7 * DAY, 8 * DAY)
P7 = Text(BY_KEYWORD["PatientID"].field, Match.EQUALS, "P7")


def observations(where: Expression, *sort: Sort, after: tuple[object, ...] | None = None) -> Question:
    return Question("Observation", where, Page(50, sort, after))


def studies(where: Expression) -> Question:
    return Question(STUDY, where, Page(50))


def patients(where: Expression) -> Question:
    return Question("Patient", where, Page(50))


QUESTIONS = {
    "one code": observations(COMMON),
    "one code, a later page": observations(COMMON, after=(1_000,)),
    "one code, newest first": observations(COMMON, Sort(None, descending=True)),
    "two codes": observations(Term(CODE, ("common", "c1"))),
    "a code and a status": observations(All((FINAL, COMMON))),
    "a status by date": observations(FINAL, Sort(DATE, descending=True)),
    "a status by date, a later page": observations(FINAL, Sort(DATE), after=(400 * DAY, 9)),
    "everything by last update": observations(EVERYTHING, Sort(UPDATED, descending=True)),
    "everything": observations(EVERYTHING),
    "a patient's": observations(OF_PATIENT),
    "a patient's of a code by date": observations(All((COMMON, OF_PATIENT)), Sort(DATE)),
    "a name": patients(Text(NAME, Match.PREFIX, "Kim 7 ")),
    "a key": observations(KeyIn("Observation", ("-|Observation|o9",))),
    "patients of a rare code": patients(Related(Members("Observation"), Term(CODE, ("rare",)))),
    "studies of a PatientID": studies(P7),
    "studies of a day": studies(DAY_7),
    "a study by its UID": studies(Term(BY_KEYWORD["StudyInstanceUID"].field, ("1.2.7",))),
    "studies with CT": studies(Term(BY_KEYWORD["ModalitiesInStudy"].field, ("CT",))),
}


@pytest.fixture(scope="module")
def filled(graph: Graph) -> dict[int, str]:
    """A tenant of each size."""
    tenants = {size: f"h{uuid4().hex[:12]}" for size in SIZES}
    committer = CommitterThread(Committing(graph, AGGREGATES, now))
    for size, tenant in tenants.items():
        for start in range(0, size, BATCH):
            scope = AccessScope(tenant, "tests", "service", "test")
            committer.commit(_Fill(scope, start))
    committer.close()
    return tenants


@pytest.fixture(scope="module")
def driver(neo4j_address: Neo4jAddress) -> Iterator[Driver]:
    """A driver of its own: PROFILE's figures are in the summary, which `Graph` does not give."""
    address = neo4j_address
    with GraphDatabase.driver(address.uri, auth=(address.user, address.password)) as connected:
        yield connected


@dataclass(frozen=True)
class _Fill(Unit[None]):
    """Writes a batch of observations, and the patients and studies that they are of."""

    scope: AccessScope
    start: int

    def decide(self, view: View, draft: Draft) -> None:
        for number in range(self.start, self.start + BATCH):
            draft.add(VERSIONS, _observation(view.tenant, number))
            if number % OF_ONE_PATIENT == 0:
                draft.add(VERSIONS, _patient(view.tenant, number // OF_ONE_PATIENT))
                draft.add(VERSIONS, _study(view.tenant, number // OF_ONE_PATIENT))


def _observation(tenant: str, number: int) -> ResourceWrite:
    patient = f"Patient/p{number // OF_ONE_PATIENT}"
    random = Random(number)
    code = "rare" if number % 1_000 == 999 else "common" if number % 2 else f"c{number % 20}"
    low = random.randrange(1_000) * DAY
    terms = (("code", code), ("status", "final"), ("subject", patient), ("_compartment", patient))
    return _write(
        tenant,
        "Observation",
        f"o{number}",
        ValueRows(
            terms=tuple((term_key(tenant, "Observation", name, value), "") for name, value in terms),
            spans=((value_key(tenant, "Observation", "date"), low, low + DAY, "", ""),),
        ),
        patient=patient,
    )


def _patient(tenant: str, number: int) -> ResourceWrite:
    name = (value_key(tenant, "Patient", "name"), f"kim {number} su", f"Kim {number} Su")
    return _write(tenant, "Patient", f"p{number}", ValueRows(texts=(name,)), patient=f"Patient/p{number}")


def _study(tenant: str, number: int) -> ResourceWrite:
    attributes = {
        "dicomKey": f"{tenant}|default|1.2.{number}",
        "partition": f"{tenant}|default",
        "StudyInstanceUID": f"1.2.{number}",
        "PatientID": f"P{number}",
        "PatientID_folded": f"p{number}",
        "StudyDate_low": number * DAY,
        "StudyDate_high": (number + 1) * DAY,
        "ModalitiesInStudy": ["CT"],
    }
    patient = f"Patient/p{number}"
    return _write(tenant, STUDY, f"s{number}", ValueRows(), patient=patient, properties=attributes)


def _write(
    tenant: str,
    kind: str,
    id_: str,
    values: ValueRows,
    *,
    patient: str,
    properties: Mapping[str, object] = MappingProxyType({}),
) -> ResourceWrite:
    return ResourceWrite(
        key=resource_key(tenant, kind, id_),
        resource_type=kind,
        resource_id=id_,
        known=None,
        version_id=1,
        method="POST",
        body=b"{}",
        values=values,
        compartment=(resource_key(tenant, *patient.split("/")),),
        properties=properties,
    )


def hits(driver: Driver, statement: Statement) -> tuple[int, int]:
    """The database hits of a statement, and its rows."""
    profiled = driver.execute_query(f"PROFILE {statement.text}", dict(statement.parameters))
    return _sum(profiled.summary.profile), len(profiled.records)


def _sum(plan: Any) -> int:
    return int(plan["dbHits"]) + sum(_sum(each) for each in plan.get("children", ()))


@pytest.mark.parametrize("caller", ["everything", "one patient"])
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_page_costs_its_rows(driver: Driver, filled: dict[int, str], name: str, caller: str) -> None:
    for tenant in filled.values():
        asked = replace(QUESTIONS[name], where=with_tenant(tenant, QUESTIONS[name].where))
        granted = None if caller == "everything" else frozenset({f"{tenant}|-|Patient|p7"})
        scope = AccessScope(tenant, "someone", "any", "test", patients=granted)
        work, rows = hits(driver, page(scope, asked))
        assert work <= HITS_A_ROW * max(rows, OF_ONE_PATIENT), f"{work} hits for {rows} rows"
        assert rows or caller != "everything"
