"""Histories are read a page at a time, and a resource that never was has none."""

from dataclasses import replace

import pytest

from app.records import Records
from app.records.history import HistoryRequest, RecordHistory
from app.records.read import RecordReader
from graph.errors import NotFound
from graph.keys import resource_key
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from tests.factories.fhir import encode, observation, patient


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


@pytest.fixture
def corrected(records: Records, scope: AccessScope) -> AccessScope:
    """An Observation of the wrong patient, corrected to the right one, to the wrong one, and deleted."""
    for person in ("wrong", "right", "wrong"):
        records.update(scope, "Observation", "o", encode(observation(f"Patient/{person}", id="o")))
    records.delete(scope, "Observation", "o")
    return scope


def of(scope: AccessScope, *people: str) -> AccessScope:
    """The rights of a caller who was granted these patients."""
    return replace(scope, patients=frozenset(resource_key(scope.tenant, "Patient", each) for each in people))


@pytest.mark.parametrize(
    ("people", "seen"),
    [
        (("wrong",), [4, 3, 1]),
        (("right",), [2]),
        (("wrong", "right"), [4, 3, 2, 1]),
        (("other",), []),
        ((), []),
    ],
)
def test_each_version_is_seen_by_those_who_may_see_whom_it_names(
    corrected: AccessScope, resources: ResourceStore, people: tuple[str, ...], seen: list[int]
) -> None:
    scope, history, reader = of(corrected, *people), RecordHistory(resources), RecordReader(resources)
    for asked in (
        HistoryRequest(resource_type="Observation", resource_id="o", limit=9, since=0),
        HistoryRequest(resource_type="Observation", limit=9),
        HistoryRequest(limit=9),
    ):
        assert [each.version_id for each in history.page(scope, asked).versions] == seen
    for number in {1, 2, 3} - set(seen):
        with pytest.raises(NotFound):
            reader.version(scope, "Observation", "o", number)
    for number in {1, 2, 3} & set(seen):
        assert reader.version(scope, "Observation", "o", number).version_id == number


def test_a_version_that_is_not_seen_ends_none_that_is(
    corrected: AccessScope, resources: ResourceStore
) -> None:
    history = RecordHistory(resources)
    ends = [each.last_updated for each in history.page(corrected, HistoryRequest(limit=9)).versions[::-1]]

    def current(people: tuple[str, ...], version: int) -> list[int]:
        """What was current when a version was written, as these see it."""
        at = (ends[version - 1], ends[version - 1] + 1)
        page = history.page(of(corrected, *people), HistoryRequest(limit=9, at=at))
        return [each.version_id for each in page.versions]

    assert [current(("wrong",), number) for number in (1, 2, 3, 4)] == [[1], [1], [3], [4]]
    assert [current(("right",), number) for number in (1, 2, 3, 4)] == [[], [2], [2], [2]]
    assert [current(("wrong", "right"), number) for number in (1, 2, 3, 4)] == [[1], [2], [3], [4]]
