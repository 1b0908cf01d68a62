"""Conditions on an identifier are decided by looking up who holds it, and find what a search would find."""

from typing import Any

import pytest

from app.records import Records, Written
from app.records.bundles.entries import read_bundle
from app.records.bundles.writing import BundleWriter
from graph.errors import PreconditionFailed
from graph.query.expression import EVERYTHING
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.fhir import bundle, encode, entry

MANY = 600


def carrier(value: str, system: str | None = "urn:s", **more: Any) -> dict[str, Any]:
    """An Organization with an identifier."""
    identifier = {"value": value} if system is None else {"system": system, "value": value}
    return {"resourceType": "Organization", "identifier": [identifier], "name": value, **more}


def unless(asked: str, resource: dict[str, Any] | None = None) -> dict[str, Any]:
    """An entry that creates an Organization unless there is one of the identifier."""
    return entry(resource or carrier(asked.rpartition("|")[2]), ifNoneExist=f"identifier={asked}")


@pytest.fixture
def written_each(writer: BundleWriter, scope: AccessScope) -> Any:
    def write(*entries: dict[str, Any]) -> list[Any]:
        return writer.write_each(scope, read_bundle(encode(bundle(*entries, kind="batch")), "batch").all())

    return write


def created(outcomes: list[Any]) -> list[bool]:
    assert all(isinstance(each, Written) for each in outcomes), outcomes
    return [each.created for each in outcomes]


def test_a_batch_of_many_takes_few_statements(written_each: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    statements: list[str] = []
    run = Graph.run

    def counting(self: Graph, text: str, **parameters: Any) -> Any:
        statements.append(text)
        return run(self, text, **parameters)

    monkeypatch.setattr(Graph, "run", counting)
    entries = [unless(f"urn:s|{number}") for number in range(MANY)]

    assert created(written_each(*entries)) == [True] * MANY
    assert created(written_each(*entries)) == [False] * MANY
    assert len(statements) < 30


def test_of_two_that_ask_for_one_identifier_the_second_finds_the_first(written_each: Any) -> None:
    assert created(written_each(unless("urn:s|1"), unless("urn:s|1"), unless("1"))) == [True, False, False]


def test_a_value_of_another_system_is_another_identifier(written_each: Any) -> None:
    written_each(unless("urn:s|1"))
    without_system = carrier("1", system=None)

    assert created(written_each(unless("urn:t|1", carrier("1", "urn:t")))) == [True]
    assert created(written_each(unless("|1", without_system), unless("|1", without_system))) == [True, False]


def test_who_lost_an_identifier_is_not_found_by_it(written_each: Any) -> None:
    (made,) = written_each(unless("urn:s|1"))
    name = f"Organization/{made.version.resource_id}"
    written_each(entry(carrier("2", id=made.version.resource_id), "PUT", name))

    assert created(written_each(unless("urn:s|2"), unless("urn:s|1"))) == [False, True]


def test_who_was_deleted_is_not_found(written_each: Any) -> None:
    (made,) = written_each(unless("urn:s|1"))
    written_each(entry(None, "DELETE", f"Organization/{made.version.resource_id}"))

    assert created(written_each(unless("urn:s|1"))) == [True]


def test_several_that_share_one_are_refused_however_many_they_are(
    written_each: Any, records: Records, scope: AccessScope
) -> None:
    records.create(scope, "Organization", encode(carrier("1")))
    for _ in range(9):
        records.create(scope, "Organization", encode(carrier("1")))
        (refused,) = written_each(unless("urn:s|1"))
        assert isinstance(refused, PreconditionFailed)


def test_an_update_and_a_deletion_by_identifier_find_it(
    written_each: Any, resources: ResourceStore, scope: AccessScope
) -> None:
    one = "Organization?identifier=urn:s|1"
    made, updated = written_each(unless("urn:s|1"), entry(carrier("1", active=True), "PUT", one))
    assert updated.version.resource_id == made.version.resource_id

    written_each(entry(None, "DELETE", one))
    assert resources.count(scope, "Organization", EVERYTHING) == 0
