"""Every search parameter of every type finds a resource by its value there, and not by another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from app.records.search import SearchContext, criteria
from fhir_profiles.definitions.registry import RESOURCE_TYPES, search_parameters
from fhir_profiles.index.extraction import extract
from graph.aggregates import AGGREGATES
from graph.commit import CommitterThread, Committing, Draft, Unit, View
from graph.cypher.compile import page
from graph.keys import resource_key
from graph.query.expression import Page, Question
from graph.query.rows import compartment_keys, value_rows
from graph.resources.writing import VERSIONS, ResourceWrite
from graph.scope import AccessScope
from graph.session import Graph
from tests.app.records.search.test_kept_is_found import row_of
from tests.factories.searchable import Searchable, searchable
from tests.reader.answers import Reader

PROPERTIES = {"_id", "_lastUpdated"}  # of the resource's node, tested by themselves
PAIRS = [
    (kind, name)
    for kind in sorted(RESOURCE_TYPES)
    for name in search_parameters(kind)
    if name not in PROPERTIES and (kind, name) != ("ImagingStudy", "instance")
]
SAMPLE = ("Location", "MolecularSequence", "Observation")
# Where a definition looks at an element that cannot hold a value of the parameter's type.
WITHOUT_VALUES: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Case:
    """One resource of one pair, under an id of its own."""

    kind: str
    name: str
    id: str
    searchable: Searchable

    @property
    def document(self) -> dict[str, Any]:
        return {**self.searchable.document, "id": self.id}


def cases(kinds: Sequence[str]) -> list[Case]:
    found = [
        (kind, name, each)
        for kind, name in PAIRS
        if kind in kinds
        for each in searchable(kind, search_parameters(kind)[name])
    ]
    return [Case(kind, name, f"c{number}", each) for number, (kind, name, each) in enumerate(found)]


def test_every_parameter_has_a_resource_to_be_found() -> None:
    tried = {(case.kind, case.name) for case in cases(sorted(RESOURCE_TYPES))}

    assert set(PAIRS) - tried == WITHOUT_VALUES
    assert len(tried) > 2_000


def test_every_pair_is_found_by_its_value_and_not_by_another() -> None:
    wrong = []
    for case in cases(sorted(RESOURCE_TYPES)):
        reader = Reader([row_of(case.kind, extract(case.document))], "default")
        for text, expected in ((case.searchable.asked, 1), (case.searchable.other, 0)):
            where = criteria(case.kind, [(case.name, text)], SearchContext("t"))
            if len(reader.answer(case.kind, where, Page(1))) != expected:
                wrong.append((case.kind, case.name, case.searchable.part, text, expected))
        missing = criteria(case.kind, [(f"{case.name}:missing", "true")], SearchContext("t"))
        if reader.answer(case.kind, missing, Page(1)):
            wrong.append((case.kind, case.name, case.searchable.part, "missing", 0))
    assert wrong == []


def test_a_sample_of_types_is_found_by_the_graph(graph: Graph, tenant: str) -> None:
    assert not_found(graph, tenant, cases(SAMPLE)) == []


@pytest.mark.slow
def test_every_type_is_found_by_the_graph(graph: Graph, tenant: str) -> None:
    assert not_found(graph, tenant, cases(sorted(RESOURCE_TYPES))) == []


@dataclass(frozen=True)
class WriteAll(Unit[None]):
    """Writes the resources of many cases in one commit."""

    scope: AccessScope
    cases: tuple[Case, ...]

    def decide(self, view: View, draft: Draft) -> None:
        for case in self.cases:
            values = extract(case.document)
            draft.add(
                VERSIONS,
                ResourceWrite(
                    key=resource_key(view.tenant, case.kind, case.id),
                    resource_type=case.kind,
                    resource_id=case.id,
                    known=None,
                    version_id=1,
                    method="POST",
                    body=orjson.dumps(case.document),
                    values=value_rows(view.tenant, case.kind, values),
                    compartment=compartment_keys(view.tenant, values),
                ),
            )


def not_found(graph: Graph, tenant: str, tried: list[Case]) -> list[tuple[str, str, str]]:
    """The cases that a search by their value leaves out, or that one by another value finds."""
    scope = AccessScope(tenant, "tests", "any", "test")
    committer = CommitterThread(Committing(graph, AGGREGATES, lambda: 1))
    try:
        for start in range(0, len(tried), 500):
            committer.commit(WriteAll(scope, tuple(tried[start : start + 500])))
    finally:
        committer.close()
    wrong = []
    for case in tried:
        own = resource_key(tenant, case.kind, case.id)
        for text, expected in ((case.searchable.asked, True), (case.searchable.other, False)):
            where = criteria(case.kind, [(case.name, text)], SearchContext(tenant))
            rows = graph.read_statement(page(scope, Question(case.kind, where, Page(500))))
            if (own in {row["key"] for row in rows}) is not expected:
                wrong.append((case.kind, case.name, text))
    return wrong
