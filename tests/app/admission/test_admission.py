"""Whoever passes leaves one entry: begun before anything is done, closed with what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from app.admission import AccessFacts, Admission, command_facts
from graph.errors import Conflict, Forbidden, Unauthenticated, Unavailable
from graph.scope import AccessScope
from tests.factories.scopes import scope_of

FACTS = command_facts("look", "R", request_id="r-1", received=1_700_000_000_000_000)
CHANGING = command_facts("change", "U", request_id="r-2", received=1_700_000_000_000_000)
WITNESS = {"key": "t|-|audit|1", "properties": {"id": "1"}}


@dataclass
class Kept:
    scope: AccessScope | None
    facts: AccessFacts
    durable: bool
    witness: Mapping[str, Any] | None
    statuses: list[int] = field(default_factory=list)

    def concerning(self, *references: str) -> None:
        raise NotImplementedError

    def counting(self, rows: int) -> None:
        raise NotImplementedError

    def claimed_by(self, client: str) -> None:
        raise NotImplementedError

    def close(self, status: int) -> None:
        self.statuses.append(status)
        if not self.durable:
            raise Unavailable("the audit trail cannot be written")


@dataclass
class Book:
    """A recorder that keeps what it is told."""

    entries: list[Kept] = field(default_factory=list)
    durable: bool = True

    def begin(self, scope: AccessScope | None, facts: AccessFacts) -> Kept:
        witness = WITNESS if facts.action in "CUD" else None
        self.entries.append(Kept(scope, facts, self.durable, witness))
        return self.entries[-1]


def authenticate(credentials: str | None) -> AccessScope:
    if credentials is None:
        raise Unauthenticated("who are you?")
    if credentials == "broken":
        raise RuntimeError("a mistake of ours")
    return scope_of(credentials)


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def admission(book: Book) -> Admission:
    return Admission(authenticate, book)


def test_who_may_gets_rights_and_an_entry_that_stays_open(admission: Admission, book: Book) -> None:
    admitted = admission.admit("clinician", FACTS, ("fhir.read",))
    (entry,) = book.entries
    assert (admitted.scope, admitted.entry) == (scope_of("clinician"), entry)
    assert (entry.scope, entry.facts, entry.statuses) == (scope_of("clinician"), FACTS, [])
    admitted.close(204)
    assert entry.statuses == [204]


def test_a_missing_permission_is_refused_and_its_entry_closed(admission: Admission, book: Book) -> None:
    with pytest.raises(Forbidden):
        admission.admit("researcher", FACTS, ("cohort.query", "fhir.read"))
    (entry,) = book.entries
    assert (entry.scope, entry.statuses) == (scope_of("researcher"), [403])


@pytest.mark.parametrize(
    ("credentials", "error", "status"), [(None, Unauthenticated, 401), ("broken", RuntimeError, 500)]
)
def test_whom_nobody_knows_leaves_an_entry_without_a_name(
    admission: Admission, book: Book, credentials: str | None, error: type[Exception], status: int
) -> None:
    with pytest.raises(error):
        admission.admit(credentials, FACTS, ("fhir.read",))
    (entry,) = book.entries
    assert (entry.scope, entry.statuses) == (None, [status])


def test_a_refusal_whose_entry_is_not_durable_says_that_instead(admission: Admission, book: Book) -> None:
    book.durable = False
    with pytest.raises(Unavailable):
        admission.admit(None, FACTS, ())
    with pytest.raises(Unavailable):
        admission.admit("researcher", FACTS, ("fhir.read",))


def test_the_rights_of_a_change_carry_its_entry_and_those_of_a_read_none(admission: Admission) -> None:
    assert admission.admit("clinician", CHANGING, ()).scope.witness == WITNESS
    assert admission.admit("clinician", FACTS, ()).scope.witness is None


def test_rights_with_and_without_a_witness_are_the_same_rights() -> None:
    scope = scope_of("clinician")
    assert scope.witnessed(WITNESS) == scope
    assert hash(scope.witnessed(WITNESS)) == hash(scope)
    assert "audit" not in repr(scope.witnessed(WITNESS))


def test_what_anybody_may_do_has_an_entry_of_nobody(admission: Admission, book: Book) -> None:
    admission.begin(FACTS).close(200)
    (entry,) = book.entries
    assert (entry.scope, entry.statuses) == (None, [200])


def test_a_block_of_a_known_caller_is_one_access(admission: Admission, book: Book) -> None:
    with admission.access(scope_of("service"), CHANGING, ("imaging.store",)) as scope:
        assert scope == scope_of("service")
        assert scope.witness == WITNESS
        assert book.entries[0].statuses == []
    assert book.entries[0].statuses == [200]


def test_a_block_that_fails_is_closed_with_its_failure(admission: Admission, book: Book) -> None:
    def fail() -> None:
        with admission.access(scope_of("service"), CHANGING, ()):
            raise Conflict("it is there already")

    with pytest.raises(Conflict):
        fail()
    assert book.entries[0].statuses == [409]


def test_a_block_does_not_begin_without_the_permission(admission: Admission, book: Book) -> None:
    with pytest.raises(Forbidden), admission.access(scope_of("researcher"), CHANGING, ("imaging.store",)):
        raise AssertionError("not admitted")
    assert book.entries[0].statuses == [403]


def test_what_is_kept_from_a_caller_now_is_taken_out_of_their_rights(book: Book) -> None:
    admission = Admission(authenticate, book, lambda scope: replace(scope, patients=frozenset()))
    assert admission.admit("clinician", FACTS, ()).scope.patients == frozenset()
    with admission.access(scope_of("clinician"), FACTS, ()) as scope:
        assert scope.patients == frozenset()


def test_where_nobody_says_what_is_kept_from_a_caller_they_are_not_let_in(book: Book) -> None:
    def unknown(scope: AccessScope) -> AccessScope:
        raise Unavailable("the record store does not answer now")

    with pytest.raises(Unavailable):
        Admission(authenticate, book, unknown).admit("clinician", FACTS, ())
    (entry,) = book.entries
    assert entry.statuses == [503]
