"""Whatever is kept of a resource is found by its own text, for each datatype that search knows."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.records.search import SearchContext, criteria
from fhir_profiles.index.extraction import SearchValues, extract
from fhir_profiles.index.parameter_types import TYPES
from graph.cypher.compile import page
from graph.query.expression import Expression, Page, Question
from graph.query.limits import check
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.world_writer import write_world
from tests.factories.worlds import World, Written
from tests.reader.answers import Reader
from tests.reader.rows import Coded, Extent, Row, Wording
from tests.strategies.kept import BASE, EVERY, Kept

MICRO = 1_000_000


def row_of(resource_type: str, values: SearchValues) -> Row:
    """What was kept, as the plain reader holds it."""
    row = Row(resource_type, f"{resource_type}/x", created=1)
    for term in values.terms:
        row.values.setdefault(term.param, []).append(Coded(term.system, term.code))
    for text in values.texts:
        row.values.setdefault(text.param, []).append(Wording(text.exact))
    for span in values.spans:
        low, high = (Fraction(each, MICRO) if isinstance(each, int) else each for each in span[1:3])
        row.values.setdefault(span.param, []).append(Extent(low, high, span.system, span.code))
    return row


def asked(kept: Kept, question: tuple[str, str], tenant: str = "t", base: str = BASE) -> Expression:
    """The expression of one question, within the limits of what may be asked."""
    where = criteria(kept.document["resourceType"], [question], SearchContext(tenant, base=base))
    check(Question(kept.document["resourceType"], where, Page(1)))
    return where


def identified(kept: Kept, number: int) -> dict[str, Any]:
    """The document with an id of its own."""
    return {**kept.document, "id": f"k{number}"}


@pytest.mark.parametrize("datatype", EVERY)
@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_kept_is_found_by_its_own_text(datatype: str, data: st.DataObject) -> None:
    kept = data.draw(EVERY[datatype])
    resource_type = kept.document["resourceType"]
    row = row_of(resource_type, extract(identified(kept, 1), base=BASE))

    for question in kept.questions:
        found = Reader([row], "default").answer(resource_type, asked(kept, question), Page(1))
        assert found == [row], question


@settings(max_examples=3, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(every=st.tuples(*EVERY.values()))
def test_the_graph_finds_it_too(graph: Graph, tenant: str, every: tuple[Kept, ...]) -> None:
    numbered = list(enumerate(every))
    write_world(graph, tenant, World(0, [Written(identified(kept, number)) for number, kept in numbered]))
    scope = AccessScope(tenant, "tests", "any", "test")

    for number, kept in numbered:
        resource_type = kept.document["resourceType"]
        for question in kept.questions:
            where = asked(kept, question, tenant, base="")
            found = graph.read_statement(page(scope, Question(resource_type, where, Page(100))))
            assert f"{tenant}|-|{resource_type}|k{number}" in [each["key"] for each in found], question


def test_every_type_of_parameter_is_tried() -> None:
    """A converter that no strategy draws from would be believed untried."""
    alike = {
        **dict.fromkeys(("markdown", "id", "url", "oid", "uuid"), "uri"),
        **dict.fromkeys(("date", "instant"), "dateTime"),
        **dict.fromkeys(("integer", "unsignedInt", "positiveInt"), "decimal"),
        **dict.fromkeys(("Age", "Count", "Distance", "Duration"), "Quantity"),
        "Address": "HumanName",
        "Resource": "Reference",
    }
    datatypes = {alike.get(each, each) for known in TYPES.values() for each in known.kept}

    assert datatypes <= EVERY.keys()
