"""A saved cohort is seen by its owner and by whom it is shared with, and changed by its owner alone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NoReturn
from uuid import uuid4

import pytest

from graph.cohorts import saved
from graph.cohorts.kept_patients import KeptPatients
from graph.cohorts.records import AskedQuestion, CohortRefresh, CohortTerms, CohortVersion, SavedCohort
from graph.cohorts.saved import CohortWindow, SavedCohortStore
from graph.errors import Conflict, Forbidden, NotFound, TooLarge
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.scopes import scope_of

NOW = 1_800_000_000_000_000
QUESTION = AskedQuestion({"version": "1", "population": {"deceased": True}}, "a" * 64)
CALLED = CohortTerms("Cohort")
OTHER = AskedQuestion({"version": "1", "population": {"deceased": False}}, "b" * 64)


@pytest.fixture
def store(graph: Graph) -> SavedCohortStore:
    return SavedCohortStore(graph)


@pytest.fixture
def owner(tenant: str) -> AccessScope:
    return scope_of("clinician", tenant=tenant, subject="kim")


def saved_by(
    store: SavedCohortStore, owner: AccessScope, terms: CohortTerms = CALLED, at: int = NOW
) -> SavedCohort:
    return store.create(owner, uuid4().hex, terms, QUESTION, at)


def another(question: AskedQuestion, terms: CohortTerms | None = None) -> object:
    def changed(before: SavedCohort, _: CohortVersion) -> tuple[CohortTerms, AskedQuestion]:
        return terms or before.terms, question

    return changed


def refresh(version: int = 1, *, guarded: bool = False) -> CohortRefresh:
    return CohortRefresh(0, version, "c" * 64, "2026-11-22", NOW, 2, None, guarded)


def kept(*matched: int) -> KeptPatients:
    return KeptPatients(frozenset(range(10)), {"matched": frozenset(matched)})


def test_what_is_saved_is_there_for_its_owner(store: SavedCohortStore, owner: AccessScope) -> None:
    cohort = saved_by(store, owner)

    assert store.find(owner, cohort.id) == cohort
    assert (cohort.owner, cohort.edition, cohort.version) == ("kim", 1, 1)
    (version,) = store.versions(owner, cohort.id)
    assert (version.number, version.question, version.by) == (1, QUESTION, "kim")


@pytest.mark.parametrize(
    ("subject", "role", "sees"),
    [("lee", "clinician", True), ("park", "researcher", True), ("park", "clinician", False)],
)
def test_it_is_seen_by_whom_it_is_shared_with_and_by_nobody_else(
    store: SavedCohortStore, owner: AccessScope, subject: str, role: str, sees: bool
) -> None:
    cohort = saved_by(store, owner, CohortTerms("Shared", users=("lee",), roles=("researcher",)))
    reader = scope_of(role, tenant=owner.tenant, subject=subject)

    assert bool(store.page(reader, CohortWindow(10))) is sees
    if sees:
        assert store.find(reader, cohort.id) == cohort
        with pytest.raises(Forbidden):
            store.change(reader, cohort.id, another(OTHER), NOW)  # type: ignore[arg-type]
    else:
        for ask in (store.find, store.versions):
            with pytest.raises(NotFound):
                ask(reader, cohort.id)
        with pytest.raises(NotFound):
            store.change(reader, cohort.id, another(OTHER), NOW)  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            store.add_refresh(reader, cohort.id, refresh(), kept(1))


def test_another_tenant_sees_none_of_it(store: SavedCohortStore, owner: AccessScope) -> None:
    cohort = saved_by(store, owner)
    elsewhere = replace(owner, tenant=f"{owner.tenant}-other")

    assert store.page(elsewhere, CohortWindow(10)) == []
    with pytest.raises(NotFound):
        store.find(elsewhere, cohort.id)


def test_another_question_is_another_version_and_other_terms_are_not(
    store: SavedCohortStore, owner: AccessScope
) -> None:
    cohort = saved_by(store, owner)

    renamed = store.change(owner, cohort.id, another(QUESTION, CohortTerms("Other")), NOW + 1)  # type: ignore[arg-type]
    asked = store.change(owner, cohort.id, another(OTHER), NOW + 2)  # type: ignore[arg-type]
    same = store.change(owner, cohort.id, another(OTHER), NOW + 3)  # type: ignore[arg-type]

    assert (renamed.edition, renamed.version, renamed.terms.name) == (2, 1, "Other")
    assert (asked.edition, asked.version, asked.changed_at) == (3, 2, NOW + 2)
    assert same == asked
    assert [each.question for each in store.versions(owner, cohort.id)] == [OTHER, QUESTION]
    assert store.version(owner, cohort.id, 1).question == QUESTION
    with pytest.raises(NotFound):
        store.version(owner, cohort.id, 3)


def test_changes_at_once_come_one_after_the_other(store: SavedCohortStore, owner: AccessScope) -> None:
    cohort = saved_by(store, owner)

    def one_more(before: SavedCohort, _: CohortVersion) -> tuple[CohortTerms, AskedQuestion]:
        return before.terms, AskedQuestion({"number": before.edition}, "d" * 64)

    with ThreadPoolExecutor(4) as many:
        editions = list(many.map(lambda _: store.change(owner, cohort.id, one_more, NOW).edition, range(12)))

    assert sorted(editions) == list(range(2, 14))
    assert store.find(owner, cohort.id).version == 13


def test_what_refuses_a_change_leaves_all_as_it_was(store: SavedCohortStore, owner: AccessScope) -> None:
    cohort = saved_by(store, owner)

    def refuse(*_: object) -> NoReturn:
        raise Conflict("no")

    with pytest.raises(Conflict):
        store.change(owner, cohort.id, refuse, NOW)
    with pytest.raises(Conflict):
        store.remove(owner, cohort.id, refuse)
    assert store.find(owner, cohort.id) == cohort


def test_what_is_removed_leaves_nothing(store: SavedCohortStore, owner: AccessScope, graph: Graph) -> None:
    cohort = saved_by(store, owner)
    store.add_refresh(owner, cohort.id, refresh(), kept(1))

    store.remove(owner, cohort.id, lambda _: None)

    with pytest.raises(NotFound):
        store.find(owner, cohort.id)
    left = graph.read(
        "MATCH (n:CohortVersion|CohortRefresh) WHERE n.key CONTAINS $id RETURN count(n) AS left", id=cohort.id
    )
    assert left == [{"left": 0}]


def test_pages_go_on_after_the_one_that_is_named(store: SavedCohortStore, owner: AccessScope) -> None:
    made = [saved_by(store, owner, at=NOW + at // 2) for at in range(5)]

    first = store.page(owner, CohortWindow(3))
    rest = store.page(owner, CohortWindow(3, (first[-1].created_at, first[-1].id)))

    assert sorted(each.id for each in (*first, *rest)) == sorted(each.id for each in made)
    moments = [each.created_at for each in (*first, *rest)]
    assert moments == sorted(moments, reverse=True)


def test_a_refresh_is_for_whom_it_was_told(store: SavedCohortStore, owner: AccessScope) -> None:
    cohort = saved_by(store, owner, CohortTerms("Shared", users=("lee",)))
    lee = replace(owner, subject="lee")

    mine = store.add_refresh(owner, cohort.id, refresh(), kept(1, 2))
    again = store.add_refresh(owner, cohort.id, refresh(), kept(3))
    theirs = store.add_refresh(lee, cohort.id, refresh(), kept(4))

    assert (mine.number, again.number, theirs.number) == (1, 2, 1)
    assert store.refreshes(owner, cohort.id, guarded=False) == [again, mine]
    assert store.refresh(lee, cohort.id, 1, guarded=False) == (theirs, kept(4))
    with pytest.raises(NotFound):
        store.refresh(lee, cohort.id, 2, guarded=False)


def test_what_was_told_by_name_is_not_shown_to_who_sees_pseudonyms(
    store: SavedCohortStore, owner: AccessScope
) -> None:
    cohort = saved_by(store, owner)
    store.add_refresh(owner, cohort.id, refresh(), kept(1))

    assert store.refreshes(owner, cohort.id, guarded=True) == []
    with pytest.raises(NotFound):
        store.refresh(owner, cohort.id, 1, guarded=True)


def test_the_oldest_refresh_makes_room(
    store: SavedCohortStore, owner: AccessScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "MOST_REFRESHES", 2)
    cohort = saved_by(store, owner)

    for _ in range(4):
        store.add_refresh(owner, cohort.id, refresh(), kept(1))

    assert [each.number for each in store.refreshes(owner, cohort.id, guarded=False)] == [4, 3]


def test_there_is_an_end_to_what_one_person_saves(
    store: SavedCohortStore, owner: AccessScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "MOST_OWN", 1)
    monkeypatch.setattr(saved, "MOST_VERSIONS", 1)
    cohort = saved_by(store, owner)

    with pytest.raises(TooLarge):
        saved_by(store, owner)
    with pytest.raises(TooLarge):
        store.change(owner, cohort.id, another(OTHER), NOW)  # type: ignore[arg-type]
    assert saved_by(store, replace(owner, subject="lee")).owner == "lee"
