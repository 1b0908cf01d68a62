"""PATCH: a part of a resource changes, or nothing does (FHIR R4 http.html#patch)."""

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.wiring import Wiring
from app.wiring.web import web_app
from fhir_profiles.xml import xml_of
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import bundle, condition, entry, patient

JSON_PATCH = "application/json-patch+json"
WRITTEN = (
    b'{ "resourceType":"Patient", "id":"mine",\r\n "extension":[{"valueDecimal": 1.50,"url":"http://e.org/w"}],'
    b' "name":[{"family":"A\\u00e4"}], "active" : true }'
)


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    assert fhir.send("PUT", "Patient/mine", WRITTEN).status_code == 201
    return fhir


def op(name: str, path: str, value: Any = None) -> dict[str, Any]:
    return {"op": name, "path": path} if name == "remove" else {"op": name, "path": path, "value": value}


def patch(fhir: Fhir, path: str, *operations: dict[str, Any], **headers: str) -> TestResponse:
    return fhir.send("PATCH", path, json.dumps(operations), **{"Content_Type": JSON_PATCH, **headers})


def patch_entry(url: str, *operations: dict[str, Any], **request: str) -> dict[str, Any]:
    data = b64encode(json.dumps(operations).encode()).decode()
    return entry({"resourceType": "Binary", "contentType": JSON_PATCH, "data": data}, "PATCH", url, **request)


def test_what_is_not_patched_stays_byte_for_byte(record: Fhir) -> None:
    answer = patch(
        record, "Patient/mine", op("replace", "/active", False), op("add", "/name/-", {"text": "b"})
    )

    assert (answer.status_code, answer.headers["ETag"]) == (200, 'W/"2"')
    kept = b'"extension":[{"valueDecimal": 1.50,"url":"http://e.org/w"}], "name":[{"family":"A\\u00e4"},'
    assert kept in answer.data
    assert record.get("Patient/mine").data == answer.data
    assert answer.json["active"] is False  # type: ignore[index]
    history = record.get("Patient/mine/_history").json["entry"]  # type: ignore[index]
    assert [each["request"]["method"] for each in history] == ["PATCH", "PUT"]


@pytest.mark.parametrize(
    ("operations", "status", "place"),
    [
        ([op("test", "/active", False)], 409, "patch[0]"),
        ([op("test", "/active", True), op("remove", "/gender")], 409, "patch[1]"),
        ([op("replace", "/active", "yes")], 400, "Patient.active"),
        ([op("replace", "/id", "other")], 400, "Patient.id"),
        ([op("replace", "/resourceType", "Group")], 400, "resourceType"),
        ([op("add", "/colour", "red")], 400, "Patient.colour"),
        ([{"op": "grow", "path": "/a"}], 400, "patch[0].op"),
    ],
)
def test_a_patch_that_fails_changes_nothing(
    record: Fhir, operations: list[dict[str, Any]], status: int, place: str
) -> None:
    answer = patch(record, "Patient/mine", *operations)

    assert answer.status_code == status, answer.text
    assert answer.json["issue"][0]["expression"] == [place]  # type: ignore[index]
    assert record.get("Patient/mine").headers["ETag"] == 'W/"1"'


def test_a_patch_minds_the_version_that_it_is_for(record: Fhir) -> None:
    change = op("replace", "/active", False)

    assert patch(record, "Patient/mine", change, If_Match='W/"2"').status_code == 412
    assert patch(record, "Patient/mine", change, If_Match='W/"1"').status_code == 200


def test_what_is_not_there_is_not_patched(record: Fhir) -> None:
    record.send("DELETE", record.create(patient()))
    gone = record.get("Patient/_history?_count=1").json["entry"][0]["request"]["url"]  # type: ignore[index]

    assert patch(record, "Patient/nobody", op("add", "/active", True)).status_code == 404
    assert patch(record, gone, op("add", "/active", True)).status_code == 410
    assert patch(record, "AuditEvent/x", op("add", "/active", True)).status_code == 405
    sent = record.send("PATCH", "Patient/mine", b"{}", Content_Type="application/merge-patch+json")
    assert sent.status_code == 415


def test_the_one_match_is_patched(record: Fhir) -> None:
    record.send("PUT", "Patient/other", patient("P2", id="other"))
    change = op("add", "/birthDate", "1980-01-01")

    assert patch(record, "Patient?active=true", change).json["id"] == "mine"  # type: ignore[index]
    assert patch(record, "Patient?identifier=nobody", change).status_code == 404
    assert patch(record, "Patient?_id=mine,other", change).status_code == 412
    assert patch(record, "Patient", change).status_code == 400


def test_patches_at_once_are_all_in_the_end(services: Wiring, client: FlaskClient, as_role: AsRole) -> None:
    headers = as_role("clinician")
    Fhir(client, headers).send("PUT", "Patient/busy", patient(id="busy"))
    web = web_app(services, ("fhir",))

    def add(number: int) -> int:
        one = Fhir(web.test_client(), headers)
        return patch(one, "Patient/busy", op("add", "/name/-", {"text": str(number)})).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(add, range(12))) == {200}
    names = Fhir(client, headers).get("Patient/busy").json["name"]  # type: ignore[index]
    assert {each.get("text") for each in names} >= {str(number) for number in range(12)}


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_a_bundle_patches_what_an_id_and_what_criteria_name(record: Fhir, kind: str) -> None:
    record.send("PUT", "Patient/other", patient("P2", id="other"))
    answer = record.send(
        "POST",
        "",
        bundle(
            patch_entry("Patient/mine", op("replace", "/active", False), ifMatch='W/"1"'),
            patch_entry("Patient?identifier=P2", op("remove", "/identifier")),
            kind=kind,
        ),
        Prefer="return=representation",
    )

    assert answer.status_code == 200, answer.text
    mine, other = answer.json["entry"]  # type: ignore[index]
    assert [each["response"]["status"] for each in (mine, other)] == ["200 OK", "200 OK"]
    assert '"valueDecimal": 1.50' in answer.text
    assert (mine["resource"]["active"], "identifier" in other["resource"]) == (False, False)


def test_a_transaction_resolves_what_a_patch_refers_to(record: Fhir) -> None:
    record.send("PUT", "Condition/hers", condition("Patient/mine", id="hers"))
    name = "urn:uuid:3b9f2a52-4d3c-4f5e-8a51-0c5f0e6f7a11"

    answer = record.send(
        "POST",
        "",
        bundle(
            {**entry(patient("P3")), "fullUrl": name},
            patch_entry("Condition/hers", op("replace", "/subject", {"reference": name})),
        ),
    )

    assert answer.status_code == 200, answer.text
    made = answer.json["entry"][0]["response"]["location"].split("/fhir/")[1]  # type: ignore[index]
    subject = record.get("Condition/hers").json["subject"]["reference"]  # type: ignore[index]
    assert made.startswith(f"{subject}/")


@pytest.mark.parametrize(
    ("wrong", "status", "place"),
    [
        (patch_entry("Patient/mine", op("test", "/active", False)), "409", "patch[0]"),
        (patch_entry("Patient/nobody", op("add", "/active", True)), "404", "request"),
        (patch_entry("Patient?identifier=nobody", op("add", "/active", True)), "404", "request"),
        (patch_entry("Patient/mine", op("add", "/active", "x")), "400", "resource.active"),
        (entry(patient(), "PATCH", "Patient/mine"), "400", "resource"),
        (entry(None, "PATCH", "Patient/mine"), "400", "resource"),
    ],
)
def test_a_patch_that_fails_fails_its_transaction(
    record: Fhir, wrong: dict[str, Any], status: str, place: str
) -> None:
    sent = [entry(patient("P9", id="new"), "PUT", "Patient/new"), wrong]
    alone, whole = (record.send("POST", "", bundle(*sent, kind=kind)) for kind in ("batch", "transaction"))

    told = alone.json["entry"][1]["response"]  # type: ignore[index]
    assert told["status"].startswith(status)
    assert str(whole.status_code) == status
    for outcome in (told["outcome"], whole.json):
        assert outcome["issue"][0]["expression"] == [f"Bundle.entry[1].{place}"]  # type: ignore[index]
    assert record.get("Patient/mine").headers["ETag"] == 'W/"1"'


def test_parameters_are_a_patch_too(record: Fhir) -> None:
    def change(born: str) -> dict[str, Any]:
        value = {"name": "value", "valueDate": born}
        named = [{"name": "type", "valueCode": "add"}, {"name": "path", "valueString": "Patient"}]
        parts = [*named, {"name": "name", "valueString": "birthDate"}, value]
        return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}

    answer = record.send("PATCH", "Patient/mine", change("1980-01-01"))
    again = record.send("PATCH", "Patient/mine", change("1990-01-01"))

    assert (answer.status_code, again.status_code) == (200, 409)
    assert b'"valueDecimal": 1.50' in answer.data
    assert record.get("Patient/mine").json["birthDate"] == "1980-01-01"  # type: ignore[index]
    record.send("PUT", "Patient/other", patient("P2", id="other", birthDate=None))
    sent = bundle(entry(change("1990-01-01"), "PATCH", "Patient/other"))
    assert record.send("POST", "", sent).status_code == 200
    assert record.get("Patient/other").json["birthDate"] == "1990-01-01"  # type: ignore[index]
    xml = xml_of(json.dumps(change("1999-01-01")).encode())
    refused = record.send("PATCH", "Patient/other", xml, Content_Type="application/fhir+xml")
    assert refused.json["issue"][0]["expression"] == ["Parameters.parameter[0]"]  # type: ignore[index]
