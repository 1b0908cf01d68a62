"""Histories are read a page at a time, and a resource that never was has none."""

import pytest

from app.records import Records
from app.records.history import HistoryRequest, RecordHistory
from graph.errors import NotFound
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from tests.factories.fhir import encode, patient


@pytest.fixture
def history(records: Records, resources: ResourceStore, scope: AccessScope) -> RecordHistory:
    """The history of a patient of three versions."""
    for name in ("Ada", "Bea", "Cem"):
        records.update(scope, "Patient", "p", encode(patient(id="p", name=[{"text": name}])))
    return RecordHistory(resources)


def test_the_next_page_begins_after_the_last_version(history: RecordHistory, scope: AccessScope) -> None:
    first = history.page(scope, HistoryRequest(resource_type="Patient", resource_id="p", limit=2))
    rest = history.page(
        scope, HistoryRequest(resource_type="Patient", resource_id="p", limit=2, before=first.after)
    )

    assert [each.version_id for each in first.versions] == [3, 2]
    assert ([each.version_id for each in rest.versions], rest.after) == ([1], None)


def test_versions_are_narrowed_by_when_they_were_current(history: RecordHistory, scope: AccessScope) -> None:
    newest, _, oldest = history.page(scope, HistoryRequest(resource_type="Patient", limit=9)).versions
    since = HistoryRequest(resource_type="Patient", limit=9, since=newest.last_updated)
    at = HistoryRequest(resource_type="Patient", limit=9, at=(oldest.last_updated, oldest.last_updated + 1))

    assert history.page(scope, since).versions == (newest,)
    assert history.page(scope, at).versions == (oldest,)


def test_a_resource_that_never_was_has_no_history(history: RecordHistory, scope: AccessScope) -> None:
    with pytest.raises(NotFound):
        history.page(scope, HistoryRequest(resource_type="Patient", resource_id="nobody", limit=5))

    late = HistoryRequest(resource_type="Patient", resource_id="p", limit=5, since=2**60)
    assert history.page(scope, late).versions == ()
