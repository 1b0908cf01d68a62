"""A page of versions is what its keys lead to, and a search counts no more than it has to."""

from typing import Any

import pytest

from app.records import Records
from graph.query.expression import EVERYTHING, All, Expression, Field, Kind, Page, Question, Sort, Term
from graph.resources.pages import KnownSizes
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.fhir import encode, observation, patient
from tests.factories.scopes import scope_of

CODE, SUBJECT = Field("Observation", "code", Kind.TERM), Field("Observation", "subject", Kind.TERM)
DATE = Field("Observation", "date", Kind.SPAN)
OF_P0 = Term(SUBJECT, ("Patient/p0",))
CONDITIONS: tuple[Expression, ...] = (
    EVERYTHING,
    Term(CODE, ("a", "b")),
    All((OF_P0, Term(CODE, ("a",)))),
)
ORDERS: tuple[tuple[Sort, ...], ...] = ((), (Sort(None, True),), (Sort(DATE),), (Sort(CODE, True),))


@pytest.fixture
def charted(records: Records, tenant: str) -> AccessScope:
    """Two patients with Observations of a few codes and days, some without a day."""
    scope = scope_of("clinician", tenant=tenant)
    for name in ("p0", "p1"):
        records.update(scope, "Patient", name, encode(patient(id=name)))
    for at in range(14):
        day = {} if at % 5 == 4 else {"effectiveDateTime": f"2026-01-{1 + at % 4:02}"}
        sent = observation(f"Patient/p{at % 2}", "abc"[at % 3], id=f"o{at}", **day)
        sent["code"]["text"] = ("alpha", "beta")[at % 2]
        records.update(scope, "Observation", f"o{at}", encode(sent))
    return scope


def test_a_page_of_versions_is_that_of_the_keys_in_every_order(
    charted: AccessScope, resources: ResourceStore
) -> None:
    for where in CONDITIONS:
        for order in ORDERS:
            after: tuple[object, ...] | None = None
            seen = 0
            while True:
                question = Question("Observation", where, Page(3, order, after))
                keys, versions = resources.search(charted, question), resources.page(charted, question)
                assert versions.versions == tuple(resources.bodies(charted, keys.keys))
                assert versions.after == keys.after
                seen += len(versions.versions)
                if (after := versions.after) is None:
                    break
            assert seen == resources.count(charted, "Observation", where)


def test_a_page_of_no_rows_has_no_versions(charted: AccessScope, resources: ResourceStore) -> None:
    nobody = Term(SUBJECT, ("Patient/nobody",))
    assert resources.page(charted, Question("Observation", nobody, Page(3))) == ((), None)
    assert resources.page(charted, Question("Observation", EVERYTHING, Page(0))).versions == ()


class Counting:
    """The graph, of which the questions are counted."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.asked = graph, 0

    def read_statement(self, statement: Any) -> list[dict[str, Any]]:
        self.asked += 1
        return self.graph.read_statement(statement)


@pytest.fixture
def counting(graph: Graph) -> Any:
    return Counting(graph)


def of_code(*codes: str, patient_id: str | None = None) -> Question:
    parts = [Term(CODE, (each,)) for each in codes]
    if patient_id is not None:
        parts.append(Term(SUBJECT, (f"Patient/{patient_id}",)))
    return Question("Observation", All(tuple(parts)), Page(3))


def test_what_was_counted_a_moment_ago_is_not_counted_again(charted: AccessScope, counting: Any) -> None:
    moment = [0.0]
    sizes = KnownSizes(counting, clock=lambda: moment[0])
    first = dict(sizes.of(charted, of_code("a", "b")))
    assert sorted(first.values()) == [5, 5]
    assert sizes.of(charted, of_code("b", "a")) == first
    assert counting.asked == 1
    sizes.of(charted, of_code("b", "c"))
    assert counting.asked == 1, "b is known to be rare: that is where to start"
    moment[0] = KnownSizes.SECONDS + 1
    sizes.of(charted, of_code("a", "b"))
    assert counting.asked == 2


def test_the_chart_of_a_patient_is_not_counted_where_the_code_is_common(
    charted: AccessScope, counting: Any
) -> None:
    sizes = KnownSizes(counting)
    known = sizes.of(charted, of_code("a", patient_id="p0"))
    assert counting.asked == 1
    common = {key: 3_000 if "|code|" in key else size for key, size in known.items() if "|code|" in key}
    sizes._known = common
    sizes.of(charted, of_code("a", patient_id="p1"))
    assert counting.asked == 1
