"""Every use case asks for its permission itself, so that no interface can forget to."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from app.imaging.changes import FeedWindow
from app.imaging.search import SearchRequest
from app.records import Criteria
from app.records.history import HistoryRequest
from app.records.search import TypeSearch
from app.security.policy import COUNTED
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.errors import Forbidden
from graph.query.attributes import STUDY
from graph.query.expression import All
from graph.scope import AccessScope

Call = Callable[[Wiring, AccessScope], Any]
_SEARCH = TypeSearch(resource_type="Patient", where=All(), count=1)
_WHERE = Criteria("Patient", All())
_SAVED = {"name": "mine", "question": {"version": "1", "population": {"deceased": False}}}
CALLS: Mapping[str, tuple[str, Call]] = {
    "store": ("imaging.store", lambda parts, scope: parts.ingest.store(scope, [])),
    "store files": ("imaging.store", lambda parts, scope: list(parts.ingest.store_files(scope, []))),
    "search pictures": (
        "imaging.read",
        lambda parts, scope: parts.imaging_search.search(scope, SearchRequest(level=STUDY, limit=1)),
    ),
    "instances": ("imaging.read", lambda parts, scope: parts.retrieval.instances(scope, "1.1")),
    "frames": ("imaging.read", lambda parts, scope: parts.retrieval.with_frames(scope, "1", "2", "3")),
    "metadata": ("imaging.read", lambda parts, scope: parts.retrieval.metadata(scope, "1.1")),
    "delete pictures": ("imaging.delete", lambda parts, scope: parts.deletion.delete(scope, "1.1")),
    "feed": (
        "feed.read",
        lambda parts, scope: parts.feed.page(scope, FeedWindow(limit=1), metadata=False),
    ),
    "latest": ("feed.read", lambda parts, scope: parts.feed.latest(scope, metadata=False)),
    "read": ("fhir.read", lambda parts, scope: parts.reader.current(scope, "Patient", "1")),
    "vread": ("fhir.read", lambda parts, scope: parts.reader.version(scope, "Patient", "1", 1)),
    "search": ("fhir.read", lambda parts, scope: parts.record_search.page(scope, _SEARCH, None)),
    "count": ("fhir.read", lambda parts, scope: parts.record_search.count(scope, _SEARCH)),
    "history": ("fhir.read", lambda parts, scope: parts.history.page(scope, HistoryRequest(limit=1))),
    "create": ("fhir.write", lambda parts, scope: parts.records.create(scope, "Patient", b"{}")),
    "update": ("fhir.write", lambda parts, scope: parts.records.update(scope, "Patient", "1", b"{}")),
    "update where": ("fhir.write", lambda parts, scope: parts.records.update_where(scope, _WHERE, b"{}")),
    "delete": ("fhir.write", lambda parts, scope: parts.records.delete(scope, "Patient", "1")),
    "delete where": ("fhir.write", lambda parts, scope: parts.records.delete_where(scope, _WHERE)),
    "write together": ("fhir.write", lambda parts, scope: parts.bundle_writer.write_together(scope, [])),
    "write each": ("fhir.write", lambda parts, scope: parts.bundle_writer.write_each(scope, [])),
    "cohort": ("cohort.query", lambda parts, scope: parts.cohorts.ask(scope, {}, 0)),
    "plain words": ("cohort.query", lambda parts, scope: parts.plain_words.ask(scope, {}, 0)),
    "saved cohorts": ("cohort.query", lambda parts, scope: parts.saved_cohorts.listed(scope, 1, None)),
    "save a cohort": ("cohort.query", lambda parts, scope: parts.saved_cohorts.save(scope, _SAVED, 0)),
    "refresh": ("cohort.query", lambda parts, scope: parts.saved_cohorts.refresh(scope, "1", None, 0)),
    "refreshed": ("cohort.query", lambda parts, scope: parts.saved_cohorts.refreshed(scope, "1", 1, 0)),
}


@pytest.mark.parametrize("name", CALLS)
def test_without_its_permission_a_use_case_does_nothing(services: Wiring, tenant: str, name: str) -> None:
    permission, call = CALLS[name]
    everything = system_scope(tenant)
    lacking = replace(everything, permissions=everything.permissions - {permission, COUNTED.get(permission)})

    with pytest.raises(Forbidden) as refused:
        call(services, lacking)

    assert permission in refused.value.message
