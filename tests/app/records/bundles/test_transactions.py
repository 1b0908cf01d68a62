"""A transaction is one commit, however many entries it has."""

from typing import Any

import orjson
import pytest

from app.records import Records, Written
from app.records.bundles.entries import read_bundle
from app.records.bundles.writing import BundleWriter
from fhir_profiles.issues import InvalidDocument, InvalidResource
from graph.errors import Forbidden, Invalid, TooLarge
from graph.query.expression import EVERYTHING
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.fhir import bundle, condition, encode, entry, observation, patient
from tests.factories.scopes import scope_of

MANY = 300


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that commits run, while they run."""
    seen: list[str] = []
    run = Graph.run

    def counting(self: Graph, text: str, **parameters: Any) -> Any:
        seen.append(text)
        return run(self, text, **parameters)

    monkeypatch.setattr(Graph, "run", counting)
    return seen


def test_many_entries_take_few_statements(
    writer: BundleWriter, resources: ResourceStore, scope: AccessScope, statements: list[str]
) -> None:
    measured = [
        entry(observation("urn:uuid:p", value=float(n)), full_url=f"urn:uuid:o{n}") for n in range(MANY)
    ]
    person = entry(patient("P1"), full_url="urn:uuid:p", ifNoneExist="identifier=P1")
    written = writer.transaction(scope, encode(bundle(*measured, person)))

    assert len(statements) <= 4
    assert len(written) == MANY + 1
    assert resources.count(scope, "Observation", EVERYTHING) == MANY


def test_outcomes_are_in_the_order_of_the_entries(
    writer: BundleWriter, records: Records, scope: AccessScope
) -> None:
    first = records.create(scope, "Patient", encode(patient("P1")))
    outcomes = writer.transaction(
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
    writer: BundleWriter, resources: ResourceStore, scope: AccessScope
) -> None:
    outcomes = writer.transaction(scope, encode(bundle(*[entry(patient(f"P{n}")) for n in range(3)])))
    versions = [each.version for each in outcomes if each]
    found = resources.bodies(scope, [each.key for each in versions])

    assert len({each.last_updated for each in found}) == 1
    assert [each.body for each in found] == [each.body for each in versions]


@pytest.mark.parametrize("bad", [entry(patient(gender="x")), entry(patient(id="x"), "PUT", "Patient/y")])
def test_a_bad_entry_is_told_by_its_place(writer: BundleWriter, scope: AccessScope, bad: Any) -> None:
    with pytest.raises(InvalidResource) as refused:
        writer.transaction(scope, encode(bundle(entry(patient()), bad)))

    assert refused.value.issues[0].expression.startswith(("Bundle.entry[1]", "Patient.id"))


def test_a_batch_judges_each_entry_on_what_those_before_it_wrote(
    writer: BundleWriter, resources: ResourceStore, scope: AccessScope
) -> None:
    sent = bundle(
        entry(patient("P1"), ifNoneExist="identifier=P1"),
        entry(patient("P1"), ifNoneExist="identifier=P1"),
        entry(patient("P2", id="x"), "PUT", "Patient/x", ifMatch='W/"9"'),
        entry(patient("P2", id="x"), "PUT", "Patient/x"),
        kind="batch",
    )
    outcomes = writer.write_each(scope, read_bundle(encode(sent), "batch").all())
    made = [each.created if isinstance(each, Written) else type(each).__name__ for each in outcomes]

    assert made == [True, False, "PreconditionFailed", True]
    assert resources.count(scope, "Patient", EVERYTHING) == 2


def test_conditions_are_bounded(writer: BundleWriter, scope: AccessScope) -> None:
    entries = [entry(patient(), ifNoneExist=f"identifier=P{n}") for n in range(1001)]
    with pytest.raises(TooLarge):
        writer.transaction(scope, encode(bundle(*entries)))


def test_who_may_not_write_is_refused(writer: BundleWriter, tenant: str) -> None:
    with pytest.raises(Forbidden):
        writer.transaction(scope_of("researcher", tenant=tenant), encode(bundle(entry(patient()))))


@pytest.mark.parametrize("text", [b"[]", b"{}", b'{"resourceType":"Bundle","type":"collection"}'])
def test_what_is_no_transaction_is_refused(writer: BundleWriter, scope: AccessScope, text: bytes) -> None:
    with pytest.raises((Invalid, InvalidDocument)):
        writer.transaction(scope, text)


def test_a_reference_that_stays_open_is_left_as_it_is(
    writer: BundleWriter, resources: ResourceStore, scope: AccessScope
) -> None:
    outcomes = writer.transaction(scope, encode(bundle(entry(condition("urn:uuid:elsewhere")))))
    (written,) = outcomes
    assert written is not None
    body = orjson.loads(resources.read(scope, "Condition", written.version.resource_id).body)

    assert body["subject"]["reference"] == "urn:uuid:elsewhere"


def test_the_same_condition_twice_is_refused(writer: BundleWriter, scope: AccessScope) -> None:
    twice = [entry(patient("P1"), ifNoneExist="identifier=P1") for _ in range(2)]
    with pytest.raises(Invalid):
        writer.transaction(scope, encode(bundle(*twice)))
