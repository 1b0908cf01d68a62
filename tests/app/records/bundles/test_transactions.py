"""A transaction is one commit, however many entries it has."""

from typing import Any

import orjson
import pytest

from app.records import Records, Written
from fhir_profiles.issues import InvalidDocument, InvalidResource
from graph import session
from graph.errors import Forbidden, Invalid, TooLarge
from graph.query.expression import EVERYTHING
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from tests.factories.fhir import bundle, condition, encode, entry, observation, patient
from tests.factories.scopes import scope_of

MANY = 300


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that commits run, while they run."""
    seen: list[str] = []
    run = session._Managed.run

    def counting(self: Any, text: str, **parameters: Any) -> Any:
        seen.append(text)
        return run(self, text, **parameters)

    monkeypatch.setattr(session._Managed, "run", counting)
    return seen


def test_many_entries_take_few_statements(
    records: Records, resources: ResourceStore, scope: AccessScope, statements: list[str]
) -> None:
    measured = [
        entry(observation("urn:uuid:p", value=float(n)), full_url=f"urn:uuid:o{n}") for n in range(MANY)
    ]
    person = entry(patient("P1"), full_url="urn:uuid:p", ifNoneExist="identifier=P1")
    written = records.transaction(scope, encode(bundle(*measured, person)))

    assert len(statements) <= 4
    assert len(written) == MANY + 1
    assert resources.count(scope, "Observation", EVERYTHING) == MANY


def test_outcomes_are_in_the_order_of_the_entries(records: Records, scope: AccessScope) -> None:
    first = records.create(scope, "Patient", encode(patient("P1")))
    outcomes = records.transaction(
        scope,
        encode(
            bundle(
                entry(patient(id="b"), "PUT", "Patient/b"),
                entry(None, "DELETE", f"Patient/{first.version.resource_id}"),
                entry(None, "DELETE", "Patient/nobody"),
                entry(condition("Patient/b")),
            )
        ),
    )
    methods = [each.version.method if each else None for each in outcomes]

    assert methods == ["PUT", "DELETE", None, "POST"]


def test_all_versions_of_a_transaction_have_one_moment(
    records: Records, resources: ResourceStore, scope: AccessScope
) -> None:
    outcomes = records.transaction(scope, encode(bundle(*[entry(patient(f"P{n}")) for n in range(3)])))
    versions = [each.version for each in outcomes if each]
    found = resources.bodies(scope, [each.key for each in versions])

    assert len({each.last_updated for each in found}) == 1
    assert [each.body for each in found] == [each.body for each in versions]


@pytest.mark.parametrize("bad", [entry(patient(gender="x")), entry(patient(id="x"), "PUT", "Patient/y")])
def test_a_bad_entry_is_told_by_its_place(records: Records, scope: AccessScope, bad: Any) -> None:
    with pytest.raises(InvalidResource) as refused:
        records.transaction(scope, encode(bundle(entry(patient()), bad)))

    assert refused.value.issues[0].expression.startswith(("Bundle.entry[1]", "Patient.id"))


def test_a_batch_in_one_commit_still_judges_each_entry(
    records: Records, resources: ResourceStore, scope: AccessScope, statements: list[str]
) -> None:
    sent = bundle(
        entry(patient("P1"), ifNoneExist="identifier=P1"),
        entry(patient("P1"), ifNoneExist="identifier=P1"),
        entry(patient("P2", id="x"), "PUT", "Patient/x", ifMatch='W/"9"'),
        entry(patient("P2", id="x"), "PUT", "Patient/x"),
        kind="batch",
    )
    outcomes = records.write_each(scope, records.read_bundle(encode(sent), "batch").all())
    made = [each.created if isinstance(each, Written) else type(each).__name__ for each in outcomes]

    assert made == [True, False, "PreconditionFailed", True]
    assert resources.count(scope, "Patient", EVERYTHING) == 2


def test_conditions_are_bounded(records: Records, scope: AccessScope) -> None:
    entries = [entry(patient(), ifNoneExist=f"identifier=P{n}") for n in range(1001)]
    with pytest.raises(TooLarge):
        records.transaction(scope, encode(bundle(*entries)))


def test_who_may_not_write_is_refused(records: Records, tenant: str) -> None:
    with pytest.raises(Forbidden):
        records.transaction(scope_of("researcher", tenant=tenant), encode(bundle(entry(patient()))))


@pytest.mark.parametrize("text", [b"[]", b"{}", b'{"resourceType":"Bundle","type":"collection"}'])
def test_what_is_no_transaction_is_refused(records: Records, scope: AccessScope, text: bytes) -> None:
    with pytest.raises((Invalid, InvalidDocument)):
        records.transaction(scope, text)


def test_a_reference_that_stays_open_is_left_as_it_is(
    records: Records, resources: ResourceStore, scope: AccessScope
) -> None:
    outcomes = records.transaction(scope, encode(bundle(entry(condition("urn:uuid:elsewhere")))))
    (written,) = outcomes
    assert written is not None
    body = orjson.loads(resources.read(scope, "Condition", written.version.resource_id).body)

    assert body["subject"]["reference"] == "urn:uuid:elsewhere"


def test_the_same_condition_twice_is_refused(records: Records, scope: AccessScope) -> None:
    twice = [entry(patient("P1"), ifNoneExist="identifier=P1") for _ in range(2)]
    with pytest.raises(Invalid):
        records.transaction(scope, encode(bundle(*twice)))
