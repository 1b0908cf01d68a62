"""create, update, delete and their conditional forms."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import bundle, entry, patient


def numbered(number: str, **elements: Any) -> dict[str, Any]:
    return patient(number, **elements)


def test_a_create_gets_an_id_and_says_where_it_is(fhir: Fhir) -> None:
    answer = fhir.send("POST", "Patient", patient(id="mine"))
    resource = answer.json

    assert answer.status_code == 201
    assert resource["id"] != "mine"  # type: ignore[index]
    assert answer.headers["Location"].endswith(f"/fhir/Patient/{resource['id']}/_history/1")  # type: ignore[index]
    assert answer.headers["ETag"] == 'W/"1"'
    assert fhir.get(answer.headers["Location"]).data == answer.data


@pytest.mark.parametrize(
    ("preference", "kind"),
    [
        ("return=minimal", None),
        ("return=representation", "Patient"),
        ("return=OperationOutcome", "OperationOutcome"),
        ("respond-async", "Patient"),
    ],
)
def test_the_client_says_what_it_wants_back(fhir: Fhir, preference: str, kind: str | None) -> None:
    answer = fhir.send("POST", "Patient", patient(), Prefer=preference)

    assert answer.status_code == 201
    assert (answer.json["resourceType"] if answer.data else None) == kind  # type: ignore[index]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"{", None),
        (b'{"resourceType":"Patient","resourceType":"Patient"}', None),
        (b'{"resourceType":"Patient","gender":"mmale"}', "Patient.gender"),
        (b'{"resourceType":"Patient","birthDate":"yesterday"}', "Patient.birthDate"),
        (b'{"resourceType":"Patient","colour":"red"}', "Patient.colour"),
        (b'{"resourceType":"Observation"}', "resourceType"),
        (b'{"resourceType":"Patient","multipleBirthInteger":' + b"9" * 5000 + b"}", None),
        (b'{"resourceType":"Patient","multipleBirthInteger":NaN}', None),
        (b'{"resourceType":"Patient","extension":' + b'[{"extension":' * 5000, None),
        (b'\xff\xfe{"resourceType":"Patient"}', None),
    ],
)
def test_a_bad_resource_is_refused_with_its_place(fhir: Fhir, body: bytes, place: str | None) -> None:
    answer = fhir.send("POST", "Patient", body)
    issue = answer.json["issue"][0]  # type: ignore[index]

    assert answer.status_code == 400
    assert issue["severity"] == "error"
    if place:
        assert issue["expression"] == [place]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/xml", 400),
        ("text/plain", 415),
        ("application/fhir+json; charset=utf-16", 415),
        ("application/fhir+json; fhirVersion=3.0", 415),
        ("application/json; fhirVersion=5.0", 415),
        ("application/fhir+json; fhirVersion=4.0; charset=UTF-8", 201),
        ('application/fhir+json; profile="http://example.org/p"', 201),
        ("text/json", 201),
    ],
)
def test_only_json_of_r4_in_utf_8_is_read(fhir: Fhir, kind: str, status: int) -> None:
    sent = json.dumps(patient())
    answer = fhir.client.post("/fhir/Patient", data=sent, headers={**fhir.headers, "Content-Type": kind})

    assert answer.status_code == status


def test_an_update_makes_the_next_version(fhir: Fhir) -> None:
    name = fhir.create(patient())
    answer = fhir.send("PUT", name, patient(id=name.partition("/")[2], gender="male"), If_Match='W/"1"')

    assert (answer.status_code, answer.headers["ETag"]) == (200, 'W/"2"')
    assert fhir.get(name).json["gender"] == "male"  # type: ignore[index]


LONG_AGO, SOME_DAY = "Mon, 01 Jan 2018 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
CONDITIONS = [
    ({"If_Match": 'W/"1"'}, True),
    ({"If_Match": '"1"'}, True),
    ({"If_Match": 'W/"7", W/"1"'}, True),
    ({"If_Match": "*"}, True),
    ({"If_Match": 'W/"2"'}, False),
    ({"If_None_Match": "*"}, False),
    ({"If_None_Match": 'W/"7", W/"1"'}, False),
    ({"If_None_Match": 'W/"2"'}, True),
    ({"If_Unmodified_Since": LONG_AGO}, False),
    ({"If_Unmodified_Since": SOME_DAY}, True),
    ({"If_Match": 'W/"1"', "If_Unmodified_Since": LONG_AGO}, True),
]


@pytest.mark.parametrize(("headers", "holds"), CONDITIONS)
@pytest.mark.parametrize("by", ["id", "criteria"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_write_holds_only_for_the_version_that_it_demands(
    fhir: Fhir, headers: dict[str, str], holds: bool, by: str, method: str
) -> None:
    name = fhir.create(patient("P7"))
    body = patient("P7", id=name.partition("/")[2], gender="male") if method == "PUT" else None
    answer = fhir.send(method, name if by == "id" else "Patient?identifier=P7", body, **headers)
    done = 200 if method == "PUT" else 204

    assert answer.status_code == (done if holds else 412), answer.text
    assert (fhir.get(f"{name}/_history").json["entry"][0]["response"]["etag"] == 'W/"1"') is not holds  # type: ignore[index]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_condition_that_cannot_be_read_is_refused(fhir: Fhir, method: str) -> None:
    name = fhir.create(patient())
    body = patient(id=name.partition("/")[2]) if method == "PUT" else None

    assert fhir.send(method, name, body, If_Match="1").status_code == 400
    assert fhir.send(method, name, body, If_None_Match="1").status_code == 400


def test_what_must_not_be_there_is_created_once(fhir: Fhir) -> None:
    made = [fhir.send("PUT", "Patient/a", patient(id="a"), If_None_Match="*") for _ in range(2)]
    fhir.send("DELETE", "Patient/a")
    made.append(fhir.send("PUT", "Patient/a", patient(id="a"), If_None_Match="*"))

    assert [each.status_code for each in made] == [201, 412, 201]
    assert fhir.send("PUT", "Patient?identifier=P9", patient("P9"), If_Match="*").status_code == 412
    assert fhir.send("DELETE", "Patient?identifier=P9", If_Match="*").status_code == 412
    assert fhir.send("POST", "Patient", patient("P9"), If_Match="*").status_code == 412
    assert fhir.send("POST", "Patient", patient("P9"), If_None_Match="*").status_code == 201


def test_an_update_under_a_new_id_creates(fhir: Fhir) -> None:
    assert fhir.send("PUT", "Patient/of.mine-1", patient(id="of.mine-1")).status_code == 201
    assert fhir.send("PUT", "Patient/of.mine-1", patient(id="of.mine-1")).status_code == 200
    assert fhir.send("PUT", "Patient/other", patient(id="other"), If_Match='W/"1"').status_code == 412


@pytest.mark.parametrize(
    ("path", "own"), [("a", "b"), ("a", None), ("a" * 65, "a" * 65), ("a b", "a b"), ("..%2Fx", "../x")]
)
def test_the_id_of_an_update_is_an_id_and_stands_in_the_body(fhir: Fhir, path: str, own: str | None) -> None:
    answer = fhir.send("PUT", f"Patient/{path}", patient(id=own))

    assert answer.status_code in (400, 404, 405)
    assert not fhir.found("Patient")


def test_a_deleted_resource_can_be_brought_back(fhir: Fhir) -> None:
    name = fhir.create(patient())
    gone = fhir.send("DELETE", name)
    again = fhir.send("PUT", name, patient(id=name.partition("/")[2]))

    assert (gone.status_code, gone.headers["ETag"], gone.data) == (204, 'W/"2"', b"")
    assert (again.status_code, again.headers["ETag"]) == (201, 'W/"3"')
    assert fhir.found("Patient") == [name]


def test_a_delete_has_nothing_against_an_empty_place(fhir: Fhir) -> None:
    name = fhir.create(patient())

    assert fhir.send("DELETE", "Patient/nobody").status_code == 204
    assert fhir.send("DELETE", name, If_Match='W/"7"').status_code == 412
    assert [fhir.send("DELETE", name).status_code for _ in range(2)] == [204, 204]
    assert fhir.found("Patient") == []


def test_a_conditional_create_finds_what_is_there(fhir: Fhir) -> None:
    query = "identifier=urn:hilum:mrn|P7"
    first = fhir.send("POST", "Patient", numbered("P7"), If_None_Exist=query)
    second = fhir.send("POST", "Patient", numbered("P7"), If_None_Exist=query)
    fhir.create(numbered("P7"))
    third = fhir.send("POST", "Patient", numbered("P7"), If_None_Exist=query)

    assert [each.status_code for each in (first, second, third)] == [201, 200, 412]
    assert second.data == first.data
    assert second.headers["Location"] == first.headers["Location"]


def test_a_condition_on_what_is_never_stored_is_refused(fhir: Fhir) -> None:
    answer = fhir.send("POST", "Patient", patient(), If_None_Exist="general-practitioner=urn:uuid:gp")

    assert (answer.status_code, answer.json["issue"][0]["expression"]) == (400, ["general-practitioner"])  # type: ignore[index]
    assert fhir.send("DELETE", "Patient?general-practitioner=urn:uuid:gp").status_code == 400
    assert fhir.send("PUT", "Patient?general-practitioner=urn:uuid:gp", patient()).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "word"),
    [
        ("POST", "Patient?identifier=urn:hilum:mrn|P7", "If-None-Exist"),
        ("POST", "Patient?colour=red", "If-None-Exist"),
        ("PUT", "Patient/a?identifier=P7", "update"),
        ("DELETE", "Patient/a?_cascade=delete", "delete"),
        ("POST", "?identifier=P7", "Bundle"),
    ],
)
def test_a_write_ignores_no_parameter(fhir: Fhir, method: str, path: str, word: str) -> None:
    fhir.send("PUT", "Patient/a", patient(id="a"))
    body = bundle(entry(patient())) if path.startswith("?") else patient("P7", id="a")
    answer = fhir.send(method, path, None if method == "DELETE" else body)
    issue = answer.json["issue"][0]  # type: ignore[index]

    assert (answer.status_code, issue["expression"]) == (400, [path.partition("?")[2].partition("=")[0]])
    assert word in issue["diagnostics"]
    assert fhir.get("Patient/a").headers["ETag"] == 'W/"1"'
    assert fhir.found("Patient") == ["Patient/a"]


def test_how_an_answer_is_written_may_be_said_of_a_write(fhir: Fhir) -> None:
    assert fhir.send("POST", "Patient?_format=json&_pretty=true", patient()).status_code == 201


def test_of_eight_conditional_creates_at_once_one_creates(app: Flask, as_role: AsRole) -> None:
    headers = as_role("clinician")

    def create(_: int) -> int:
        own = Fhir(app.test_client(), headers)
        return own.send("POST", "Patient", numbered("P7"), If_None_Exist="identifier=P7").status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(create, range(8)))

    assert statuses == [200] * 7 + [201]
    assert len(Fhir(app.test_client(), headers).found("Patient")) == 1


def test_a_conditional_update_creates_updates_or_refuses(fhir: Fhir) -> None:
    path = "Patient?identifier=urn:hilum:mrn|P7"
    created = fhir.send("PUT", path, numbered("P7"))
    updated = fhir.send("PUT", path, numbered("P7", gender="male"))
    wrong = fhir.send("PUT", path, numbered("P7", id="another"))
    fhir.create(numbered("P7"))

    assert [each.status_code for each in (created, updated, wrong)] == [201, 200, 400]
    assert updated.json["id"] == created.json["id"]  # type: ignore[index]
    assert fhir.send("PUT", path, numbered("P7")).status_code == 412
    assert fhir.send("PUT", "Patient", numbered("P7")).status_code == 400
    assert fhir.send("PUT", "Patient?colour=red", numbered("P7")).status_code == 400


def test_a_conditional_delete_takes_one_and_never_all(fhir: Fhir) -> None:
    names = [fhir.create(numbered(number)) for number in ("P1", "P2", "P2")]

    assert fhir.send("DELETE", "Patient").status_code == 412
    assert fhir.send("DELETE", "Patient?_format=json").status_code == 412
    assert fhir.send("DELETE", "Patient?identifier=P2").status_code == 412
    assert fhir.send("DELETE", "Patient?identifier=P9").status_code == 204
    assert fhir.send("DELETE", "Patient?identifier=P1").status_code == 204
    assert fhir.found("Patient") == names[1:]


def test_other_methods_are_told_which_there_are(fhir: Fhir) -> None:
    answer = fhir.send("POST", "Patient/x", patient())

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}


def test_what_a_client_says_of_its_version_is_not_believed(fhir: Fhir) -> None:
    meta = {"versionId": "99", "lastUpdated": "1990-01-01T00:00:00Z", "profile": ["http://example.org/p"]}
    found = fhir.get(fhir.create(patient(meta=meta))).json["meta"]  # type: ignore[index]

    assert found["versionId"] == "1"
    assert not found["lastUpdated"].startswith("1990")
    assert found["profile"] == ["http://example.org/p"]
