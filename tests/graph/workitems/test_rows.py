"""A workitem is found by what it says now: whatever changed of it, its rows are those of a new one."""

from collections import Counter
from typing import Any

import pytest

from graph.commit import Committer
from graph.keys import workitem_key
from graph.query.rows import ValueRows
from graph.resources.differing import differing
from graph.resources.states import state_of
from graph.scope import AccessScope
from graph.session import Graph
from graph.site import Site
from graph.workitems.states import UpsState
from graph.workitems.versions import rows_as_known
from graph.workitems.workitems import WorkitemStore
from tests.factories.scopes import scope_of
from tests.factories.workitems import dataset, new_uid, performed, tag, workitem

SITE = Site("http://hilum.test")
WHEN = "20261130120000.000000+0000"


@pytest.fixture
def workitems(graph: Graph, committer: Committer) -> WorkitemStore:
    return WorkitemStore(graph, committer, SITE)


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return scope_of("superuser", tenant=tenant)


def kept(graph: Graph, scope: AccessScope, uid: str) -> tuple[Counter[Any], ValueRows]:
    """The rows that the graph has of a workitem, and those that it should have."""
    key = workitem_key(scope.tenant, scope.partition, uid)
    (found,) = graph.read(
        """MATCH (w:Workitem {workitemKey: $key})
        RETURN properties(w) AS node, COLLECT { MATCH (w)<-[:OF]-(v) WHERE v.key IS NOT NULL
          RETURN [v.key, coalesce(v.value, v.low, v.system)] } AS rows,
          COUNT { (w)<-[:OF]-(:Wording|NewWording) } AS words""",
        key=key,
    )
    known = state_of(found["node"])
    assert known is not None
    assert found["words"] == 1
    return Counter(map(tuple, found["rows"])), rows_as_known(scope.tenant, SITE, known)


def expected(rows: ValueRows) -> Counter[Any]:
    return Counter(tuple(each[:2]) for each in (*rows.terms, *rows.texts, *rows.spans))


def test_its_rows_are_those_of_what_it_says_now(
    graph: Graph, workitems: WorkitemStore, scope: AccessScope
) -> None:
    uid, transaction = new_uid(), new_uid()
    whole = {**workitem(), **dataset(SOPInstanceUID=uid, PatientName="Xu^Mei=徐^梅")}
    workitems.create(scope, uid, whole)
    steps = (
        lambda: None,
        lambda: workitems.update(
            scope,
            uid,
            dataset(WorklistLabel="Night", ScheduledStationNameCodeSequence=(), ProcedureStepLabel="Other"),
            transaction=None,
            when=WHEN,
        ),
        lambda: workitems.change_state(scope, uid, UpsState.IN_PROGRESS, transaction=transaction, when=WHEN),
        lambda: workitems.update(scope, uid, performed(), transaction=transaction, when=WHEN),
        lambda: workitems.request_cancellation(scope, uid, {}, requester="X", when=WHEN),
        lambda: workitems.change_state(scope, uid, UpsState.CANCELED, transaction=transaction, when=WHEN),
    )
    for step in steps:
        step()
        found, rows = kept(graph, scope, uid)
        assert found == expected(rows)
    assert workitems.retrieve(scope, uid).dataset[tag("WorklistLabel")]["Value"] == ["Night"]


def test_only_what_differs_is_written() -> None:
    before = ValueRows(terms=(("a", ""), ("b", "")), texts=(("t", "x", "X"), ("t", "y", "Y")))
    after = ValueRows(terms=(("a", ""), ("c", "")), texts=(("t", "x", "X"),))

    found = differing(after, before)

    assert found.gone == ("b", "c", "t")
    assert (found.made.terms, found.made.texts) == ((("c", ""),), (("t", "x", "X"),))
    assert not (found.everything or found.words or found.references)
    assert differing(after, None).everything
    assert differing(None, before).made == ValueRows()
