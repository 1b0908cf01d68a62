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
    entries = [entry(patient(), ifNoneExist=f"name=P{n}") for n in range(1001)]
    with pytest.raises(TooLarge):
        writer.transaction(scope, encode(bundle(*entries)))


def test_who_may_not_write_is_refused(writer: BundleWriter, tenant: str) -> None:
    with pytest.raises(Forbidden):
        writer.transaction(scope_of("researcher", tenant=tenant), encode(bundle(entry(patient()))))


@pytest.mark.parametrize("text", [b"[]", b"{}", b'{"resourceType":"Bundle","type":"collection"}'])
def test_what_is_no_transaction_is_refused(writer: BundleWriter, scope: AccessScope, text: bytes) -> None:
    with pytest.raises((Invalid, InvalidDocument)):
        writer.transaction(scope, text)


def test_a_reference_that_nothing_resolves_is_refused_with_its_place(
    writer: BundleWriter, records: Records, scope: AccessScope
) -> None:
    dangling = condition("urn:uuid:elsewhere")
    with pytest.raises(InvalidResource) as refused:
        writer.transaction(scope, encode(bundle(entry(patient()), entry(dangling))))
    with pytest.raises(InvalidResource) as alone:
        records.create(scope, "Condition", encode(dangling))

    assert refused.value.issues[0].expression == "Bundle.entry[1].resource.subject.reference"
    assert alone.value.issues[0].expression == "Condition.subject.reference"


def test_a_uri_that_is_no_reference_may_be_a_uuid(
    records: Records, resources: ResourceStore, scope: AccessScope
) -> None:
    inner = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": condition("urn:uuid:p")}]}
    sent = patient(identifier=[{"system": "urn:ietf:rfc:3986", "value": "urn:uuid:1"}])

    records.create(scope, "Bundle", encode(inner))
    records.create(scope, "Patient", encode(sent))
    assert resources.count(scope, "Patient", EVERYTHING) == 1


def reference_in(resources: ResourceStore, scope: AccessScope, written: Written | None) -> str:
    """What the subject of a written resource refers to."""
    assert written is not None
    version = written.version
    body = orjson.loads(resources.read(scope, version.resource_type, version.resource_id).body)
    return str(body["subject"]["reference"])


def test_a_version_of_an_entry_becomes_the_one_that_is_written(
    writer: BundleWriter, records: Records, resources: ResourceStore, scope: AccessScope
) -> None:
    base = "http://elsewhere.example.org/fhir"
    known = records.create(scope, "Patient", encode(patient("P1"))).version
    records.update(scope, "Patient", "b", encode(patient("P2", id="b")))
    names = [f"{base}/Patient/{name}" for name in ("new", "known", "b", "found")]
    outcomes = writer.transaction(
        scope,
        encode(
            bundle(
                entry(patient("P9"), full_url=names[0]),
                entry(patient("P1"), full_url=names[1], ifNoneExist="identifier=P1"),
                entry(patient("P2", id="b"), "PUT", "Patient/b", full_url=names[2]),
                entry(patient("P8"), "PUT", "Patient?identifier=P8", full_url=names[3]),
                *(entry(condition(f"{name}/_history/7")) for name in names),
                entry(condition("Patient/new/_history/7")),
                entry(condition("Patient/b/_history/1")),
            )
        ),
    )
    new, _, _, found = (each.version.resource_id for each in outcomes[:4] if each)

    assert [reference_in(resources, scope, each) for each in outcomes[4:]] == [
        f"Patient/{new}/_history/1",
        f"Patient/{known.resource_id}/_history/1",
        "Patient/b/_history/2",
        f"Patient/{found}/_history/1",
        f"Patient/{new}/_history/1",
        "Patient/b/_history/1",
    ]


def task(number: str, based_on: str | None = None) -> dict[str, Any]:
    return {
        "resourceType": "Task",
        "identifier": [{"system": "urn:task", "value": number}],
        "status": "draft",
        "intent": "unknown",
        **({"basedOn": [{"reference": based_on}]} if based_on else {}),
    }


FIRST, SECOND, THIRD = (f"urn:uuid:5b2b4e0a-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))


def chained(number: str, name: str, before: str | None = None) -> dict[str, Any]:
    """A Task that is created unless there is one with its number and what it is based on."""
    unless = f"identifier=urn:task|{number}" + (f"&based-on={before}" if before else "")
    return entry(task(number, before), full_url=name, ifNoneExist=unless)


@pytest.mark.parametrize("turn", [1, -1])
def test_a_condition_may_ask_for_entries_that_are_conditional_themselves(
    writer: BundleWriter, resources: ResourceStore, scope: AccessScope, turn: int
) -> None:
    sent = [chained("1", FIRST), chained("2", SECOND, FIRST), chained("3", THIRD, SECOND)]
    made = [writer.transaction(scope, encode(bundle(*sent[::turn]))) for _ in range(2)]

    assert [[each.created for each in turn if each] for turn in made] == [[True] * 3, [False] * 3]
    assert resources.count(scope, "Task", EVERYTHING) == 3


@pytest.mark.parametrize(
    "entries",
    [
        [chained("1", FIRST, SECOND), chained("2", SECOND, FIRST)],
        [chained("1", FIRST, FIRST)],
        [entry(task("1"), ifNoneExist=f"based-on={SECOND}")],
        [entry(task("1"), "PUT", f"Task?based-on={SECOND}")],
        [entry(None, "DELETE", f"Task?based-on={SECOND}")],
    ],
    ids=["a circle", "itself", "nobody", "an update", "a deletion"],
)
def test_a_condition_that_nothing_resolves_is_refused(
    writer: BundleWriter, resources: ResourceStore, scope: AccessScope, entries: list[dict[str, Any]]
) -> None:
    with pytest.raises(Invalid):
        writer.transaction(scope, encode(bundle(*entries)))
    assert resources.count(scope, "Task", EVERYTHING) == 0


def test_a_condition_on_a_new_entry_is_one_on_its_new_id(writer: BundleWriter, scope: AccessScope) -> None:
    sent = bundle(entry(task("1"), full_url=FIRST), chained("2", SECOND, FIRST))

    for _ in range(2):
        assert [each.created for each in writer.transaction(scope, encode(sent)) if each] == [True, True]


def test_the_same_condition_twice_is_refused(writer: BundleWriter, scope: AccessScope) -> None:
    twice = [entry(patient("P1"), ifNoneExist="identifier=P1") for _ in range(2)]
    with pytest.raises(Invalid):
        writer.transaction(scope, encode(bundle(*twice)))
