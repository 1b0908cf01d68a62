"""Every resource type in every interaction, asked by a caller with few grants: only what is theirs is there.

Of each type stands here what is about a granted patient, about another one, and about nobody. What an
interaction answers for the hidden one it answers for an id that nobody has, to the byte. Types are those of
the registry, and a batch asks all of them at once.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import pytest

from app.records.write.writing import WRITTEN_BY_HILUM
from fhir_profiles.definitions.registry import RESOURCE_TYPES, in_patient_compartment, is_shared
from graph.accounts.accounts import Granted
from tests.app.security.planting import Caller, Planter
from tests.factories.dicom import uid
from tests.factories.fhir import Resource, bundle, entry, imaging_study
from tests.factories.minimal import PATIENT, minimal, naming

TYPES = sorted(RESOURCE_TYPES - WRITTEN_BY_HILUM)
GRANTED, HIDDEN, NOBODY, ABSENT, PICTURED = "granted", "hidden", "nobody", "absent", "pictured"
_STUDY = uid("study", GRANTED)
_MADE_UP = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z")

Make = Callable[[str, str], Resource]
"""The entry of a Bundle about the resource of a type and an id."""


def mine(kind: str, name: str) -> Resource:
    """A resource that the caller may write about, for all that this table knows."""
    return minimal(kind, f"{PATIENT}/{GRANTED}", id=name)


_OPERATIONS = b'[{"op":"add","path":"/language","value":"en"}]'
_PATCH: Resource = {
    "resourceType": "Binary",
    "contentType": "application/json-patch+json",
    "data": b64encode(_OPERATIONS).decode(),
}

READS: Mapping[str, Make] = {
    "read": lambda kind, name: entry(None, "GET", f"{kind}/{name}"),
    "vread": lambda kind, name: entry(None, "GET", f"{kind}/{name}/_history/1"),
    "history": lambda kind, name: entry(None, "GET", f"{kind}/{name}/_history"),
    "history since": lambda kind, name: entry(None, "GET", f"{kind}/{name}/_history?_since=2020"),
    "meta": lambda kind, name: entry(None, "GET", f"{kind}/{name}/$meta"),
    "validate": lambda kind, name: entry(None, "GET", f"{kind}/{name}/$validate"),
    "search": lambda kind, name: entry(None, "GET", f"{kind}?_id={name}"),
    "count": lambda kind, name: entry(None, "GET", f"{kind}?_id={name}&_summary=count"),
    "search of types": lambda kind, name: entry(None, "GET", f"?_type={kind},Patient&_id={name}"),
}
WRITES: Mapping[str, Make] = {
    "update": lambda kind, name: entry(mine(kind, name), "PUT", f"{kind}/{name}"),
    "update a version": lambda kind, name: entry(mine(kind, name), "PUT", f"{kind}/{name}", ifMatch='W/"1"'),
    "update none": lambda kind, name: entry(mine(kind, name), "PUT", f"{kind}/{name}", ifNoneMatch="*"),
    "update where": lambda kind, name: entry(mine(kind, name), "PUT", f"{kind}?_id={name}"),
    "create unless": lambda kind, name: entry(
        minimal(kind, f"{PATIENT}/{name}"), "POST", kind, ifNoneExist=f"_id={name}"
    ),
    "patch": lambda kind, name: entry(_PATCH, "PATCH", f"{kind}/{name}"),
    "patch a version": lambda kind, name: entry(_PATCH, "PATCH", f"{kind}/{name}", ifMatch='W/"1"'),
    "patch where": lambda kind, name: entry(_PATCH, "PATCH", f"{kind}?_id={name}"),
    "delete": lambda kind, name: entry(None, "DELETE", f"{kind}/{name}"),
    "delete a version": lambda kind, name: entry(None, "DELETE", f"{kind}/{name}", ifMatch='W/"1"'),
    "delete where": lambda kind, name: entry(None, "DELETE", f"{kind}?_id={name}"),
}


_AT_ONCE = 20  # entries
_SEARCHING = {
    *("search", "count", "search of types"),
    *("update where", "create unless", "patch where", "delete where"),
}
FEW = sorted({*TYPES[::16], "Binary", "Device", "GuidanceResponse", "Organization", "Patient"})
KINDS = [FEW, pytest.param(TYPES, marks=pytest.mark.slow)]
"""A search of each type is a text of its own, which Neo4j compiles: all of them take their time."""


def by_kinds(interactions: Iterable[str]) -> list[Any]:
    """Each interaction with the types that it is asked of: a read or write of an id, of all."""
    return [
        pytest.param(name, kinds, marks=[pytest.mark.slow] if slow else [], id=f"{name} of {len(kinds)}")
        for name in interactions
        for kinds, slow in (((FEW, False), (TYPES, True)) if name in _SEARCHING else ((TYPES, False),))
    ]


def ask(planter: Planter, caller: Caller, entries: Iterable[Resource], kind: str = "batch") -> list[Any]:
    """What became of each entry of a Bundle; of a transaction that failed, its one outcome.

    A batch is sent in parts: a search of each type is planned by itself, and one request has so much time.
    """
    every = tuple(entries)
    size = _AT_ONCE if kind == "batch" else len(every)
    parts = [every[at : at + size] for at in range(0, len(every), size)]
    return [outcome for part in parts for outcome in _outcomes(planter, caller, part, kind)]


def _outcomes(planter: Planter, caller: Caller, entries: Iterable[Resource], kind: str) -> list[Any]:
    answer = planter.client.post(
        "/fhir",
        data=json.dumps(bundle(*entries, kind=kind)),
        headers={**caller.headers, "Content-Type": "application/fhir+json"},
    )
    return list(answer.get_json().get("entry", [answer.get_json()]))


def statuses(answers: Iterable[Any]) -> list[str]:
    """The status of each entry."""
    return [each["response"]["status"][:3] for each in answers]


def as_of_anything(answer: Any, name: str) -> bytes:
    """An answer without the id that was asked for, ids that it made up and the time of day."""
    return _MADE_UP.sub(b"*", json.dumps(answer).encode().replace(name.encode(), b"*"))


@pytest.fixture(scope="module")
def owner(planter: Planter) -> Caller:
    return planter.caller("superuser")


@pytest.fixture(scope="module")
def planted(planter: Planter, owner: Caller) -> Planter:
    """The tenant with all of it."""
    about = {GRANTED: f"{PATIENT}/{GRANTED}", HIDDEN: f"{PATIENT}/{HIDDEN}", NOBODY: ""}
    every = [minimal(kind, whom, id=name) for kind in TYPES for name, whom in about.items()]
    every += [
        minimal(kind, f"ImagingStudy/{GRANTED}", id=PICTURED)
        for kind in TYPES
        if not in_patient_compartment(kind)
    ]
    announced = imaging_study(f"{PATIENT}/{GRANTED}", _STUDY, id=GRANTED)
    every = [announced if _name(each) == f"ImagingStudy/{GRANTED}" else each for each in every]
    made = ask(planter, owner, [entry(each, "PUT", _name(each)) for each in every])
    assert set(statuses(made)) == {"201"}
    return planter


def _name(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


@pytest.fixture(scope="module", params=["teleradiologist"])
def guest(planted: Planter, request: pytest.FixtureRequest) -> Caller:
    """A caller who was granted one patient."""
    return planted.caller(request.param, Granted(patient=GRANTED))


@pytest.mark.parametrize(("interaction", "kinds"), by_kinds(READS))
def test_what_is_hidden_is_read_as_what_never_was(
    planted: Planter, guest: Caller, interaction: str, kinds: Sequence[str]
) -> None:
    make = READS[interaction]

    hidden, absent = (ask(planted, guest, [make(kind, name) for kind in kinds]) for name in (HIDDEN, ABSENT))

    assert [as_of_anything(each, HIDDEN) for each in hidden] == [
        as_of_anything(each, ABSENT) for each in absent
    ]


@pytest.mark.parametrize(("interaction", "kinds"), by_kinds(WRITES))
def test_what_is_hidden_is_written_as_what_never_was(
    planted: Planter, owner: Caller, guest: Caller, interaction: str, kinds: Sequence[str]
) -> None:
    make = WRITES[interaction]

    hidden, absent = (ask(planted, guest, [make(kind, name) for kind in kinds]) for name in (HIDDEN, ABSENT))

    assert [as_of_anything(each, HIDDEN) for each in hidden] == [
        as_of_anything(each, ABSENT) for each in absent
    ]
    after = ask(planted, owner, [READS["read"](kind, HIDDEN) for kind in kinds])
    assert {each["response"].get("etag") for each in after} == {'W/"1"'}


@pytest.mark.parametrize(("interaction", "kinds"), by_kinds(("delete", "delete where")))
def test_a_transaction_deletes_the_hidden_as_the_absent(
    planted: Planter, guest: Caller, interaction: str, kinds: Sequence[str]
) -> None:
    make = WRITES[interaction]

    hidden, absent = (
        ask(planted, guest, [make(kind, name) for kind in kinds], "transaction") for name in (HIDDEN, ABSENT)
    )

    assert as_of_anything(hidden, HIDDEN) == as_of_anything(absent, ABSENT)


@pytest.mark.parametrize("kind", TYPES)
def test_a_transaction_updates_the_hidden_as_the_absent(planted: Planter, guest: Caller, kind: str) -> None:
    hidden, absent = (
        ask(planted, guest, [WRITES["update"](kind, name)], "transaction") for name in (HIDDEN, ABSENT)
    )

    assert as_of_anything(hidden, HIDDEN) == as_of_anything(absent, ABSENT)


def test_what_is_about_a_granted_patient_or_for_everybody_is_read(planted: Planter, guest: Caller) -> None:
    seen = {
        name: dict(
            zip(
                TYPES,
                statuses(ask(planted, guest, [READS["read"](kind, name) for kind in TYPES])),
                strict=True,
            )
        )
        for name in (GRANTED, NOBODY)
    }

    assert set(seen[GRANTED].values()) == {"200"}
    assert {kind for kind, status in seen[NOBODY].items() if status == "200"} == set(filter(is_shared, TYPES))


@pytest.mark.parametrize("kinds", KINDS, ids=len)
def test_a_type_is_searched_counted_and_has_its_history_of_what_is_seen(
    planted: Planter, guest: Caller, kinds: Sequence[str]
) -> None:
    for asked in ("{}?_count=200", "{}/_history?_count=200"):
        answers = ask(planted, guest, [entry(None, "GET", asked.format(kind)) for kind in kinds])
        for kind, answer in zip(kinds, answers, strict=True):
            found = {each["resource"]["id"] for each in answer["resource"].get("entry", ())}
            assert found == {GRANTED, NOBODY} if is_shared(kind) else {GRANTED}, (kind, asked)
    counts = ask(planted, guest, [entry(None, "GET", f"{kind}?_summary=count") for kind in kinds])
    assert [each["resource"]["total"] for each in counts] == [1 + is_shared(kind) for kind in kinds]


def test_a_granted_study_opens_what_names_it_where_no_compartment_does(
    planted: Planter, guest: Caller
) -> None:
    kinds = [kind for kind in TYPES if not in_patient_compartment(kind)]
    reading = [READS["read"](kind, PICTURED) for kind in kinds]
    searching = [entry(None, "GET", f"{kind}?_id={PICTURED}") for kind in kinds if kind in FEW]
    reader = planted.caller("teleradiologist", Granted(study=_STUDY))

    assert set(statuses(ask(planted, reader, reading))) == {"200"}
    assert {each["resource"]["total"] for each in ask(planted, reader, searching)} == {1}
    assert set(statuses(ask(planted, guest, reading))) == {"404"}


def test_what_is_there_for_everybody_is_theirs_to_read_only(
    planted: Planter, owner: Caller, guest: Caller
) -> None:
    shared = list(filter(is_shared, TYPES))
    for name, interaction in product((NOBODY, GRANTED), ("update", "delete")):
        answers = ask(planted, guest, [WRITES[interaction](kind, name) for kind in shared])
        assert set(statuses(answers)) == {"403"}, (name, interaction)
    about = [naming(f"{PATIENT}/{GRANTED}")]
    made = ask(planted, guest, [entry(minimal(kind, extension=about)) for kind in shared])
    assert set(statuses(made)) == {"403"}
    after = ask(planted, owner, [READS["read"](kind, NOBODY) for kind in shared])
    assert {each["response"]["etag"] for each in after} == {'W/"1"'}
