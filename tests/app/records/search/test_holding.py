"""What holds for a resource at hand is what the plain reader says of its rows, and so what the graph does."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.records.search import SearchContext, criteria
from app.records.search.holding import holds
from fhir_profiles.index.extraction import extract
from graph.query.expression import Any, AtLeast, Not, Page
from tests.app.records.search.test_every_parameter import cases
from tests.app.records.search.test_kept_is_found import asked, identified, row_of
from tests.reader.answers import Reader
from tests.strategies.kept import BASE, EVERY


@pytest.mark.parametrize("datatype", EVERY)
@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_resource_satisfies_what_it_is_found_by(datatype: str, data: st.DataObject) -> None:
    kept, other = data.draw(EVERY[datatype]), data.draw(EVERY[datatype])
    values = extract(identified(kept, 1), base=BASE)
    kind = kept.document["resourceType"]
    reader = Reader([row_of(kind, values)], "default")

    for question in (*kept.questions, *other.questions):
        where = asked(kept, question)
        found = bool(reader.answer(kind, where, Page(1)))
        assert holds(where, values) is found, question
        assert holds(Not(where), values) is not found
        assert holds(AtLeast(1, (where, Any())), values) is found


def test_a_sample_of_types_is_told_from_others() -> None:
    wrong = []
    for case in cases(("Location", "MolecularSequence", "Observation", "ValueSet")):
        values = extract(case.document)
        for text, expected in ((case.searchable.asked, True), (case.searchable.other, False)):
            where = criteria(case.kind, [(case.name, text)], SearchContext("t"))
            if holds(where, values) is not expected:
                wrong.append((case.kind, case.name, text))
    assert wrong == []
