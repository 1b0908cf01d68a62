"""The meta of a resource, asked for by itself."""

import re
from typing import Any

import pytest

from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import condition, patient


def test_the_meta_of_a_resource_is_told(fhir: Fhir) -> None:
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    name = fhir.create(patient(meta={"security": [label]}))
    whole = fhir.get(name).get_json()

    for answer in (fhir.get(f"{name}/$meta"), fhir.send("POST", f"{name}/$meta")):
        assert answer.get_json() == {
            "resourceType": "Parameters",
            "parameter": [{"name": "return", "valueMeta": whole["meta"]}],
        }


def test_what_the_operation_does_not_take_is_refused(fhir: Fhir) -> None:
    name = fhir.create(patient())

    assert fhir.get(f"{name}/$meta?colour=red").status_code == 400
    assert fhir.get("Patient/nobody/$meta").status_code == 404


_META = re.compile(r'"meta":{[^}]*}')
CODE = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
TAG = {"system": "urn:marks", "code": "seen|twice"}
PROFILE = "http://example.org/StructureDefinition/patient"


def change(fhir: Fhir, name: str, operation: str, **meta: Any) -> Any:
    given = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": meta}]}
    answer = fhir.send("POST", f"{name}/${operation}", given)
    return answer.get_json()["parameter"][0]["valueMeta"] if answer.status_code == 200 else answer.status_code


def labels(fhir: Fhir, path: str = "$meta") -> Any:
    return fhir.get(path).get_json()["parameter"][0]["valueMeta"]


def test_labels_are_added_once_and_taken_away(fhir: Fhir) -> None:
    name = fhir.create(patient(meta={"tag": [TAG]}))

    added = change(fhir, name, "meta-add", tag=[TAG, CODE], profile=[PROFILE])
    again = change(fhir, name, "meta-add", tag=[{**CODE, "display": "restricted"}])
    left = change(fhir, name, "meta-delete", tag=[TAG, {"code": "other"}], profile=[PROFILE])

    assert (added["tag"], added["profile"], added["versionId"]) == ([TAG, CODE], [PROFILE], "2")
    assert again == added
    assert (left["tag"], "profile" in left, left["versionId"]) == ([CODE], False, "3")
    assert fhir.get(f"{name}/_history/1").get_json()["meta"]["tag"] == [TAG]
    assert fhir.found("Patient?_tag=R") == [name]


def test_nothing_else_of_the_text_changes(fhir: Fhir) -> None:
    text = '{ "resourceType":"Observation","status":"final", "code":{"text":"a"}, "valueInteger" : 1 }'
    name = f"Observation/{fhir.send('POST', 'Observation', text).get_json()['id']}"
    before = fhir.get(name).text
    change(fhir, name, "meta-add", tag=[TAG])
    change(fhir, name, "meta-delete", tag=[TAG])

    assert _META.sub("", fhir.get(name).text) == _META.sub("", before)


@pytest.mark.parametrize("meta", [{"versionId": "7"}, {"tag": "seen"}, {"tag": ["seen"]}, {"profile": [{}]}])
def test_what_is_no_label_is_refused(fhir: Fhir, meta: dict[str, Any]) -> None:
    name = fhir.create(patient())

    assert change(fhir, name, "meta-add", **meta) == 400
    assert fhir.send("POST", f"{name}/$meta-add").status_code == 400
    assert change(fhir, "Patient/nobody", "meta-add", tag=[TAG]) == 404


def test_the_labels_in_use_are_told_by_type_and_for_all(fhir: Fhir) -> None:
    fhir.create(patient(meta={"tag": [TAG], "profile": [PROFILE]}))
    fhir.create(condition("Patient/x", meta={"tag": [TAG], "security": [CODE]}))

    assert labels(fhir) == {"profile": [PROFILE], "security": [CODE], "tag": [TAG]}
    assert labels(fhir, "Patient/$meta") == {"profile": [PROFILE], "tag": [TAG]}
    assert labels(fhir, "Observation/$meta") == {}


def test_a_label_of_what_is_hidden_is_not_told(fhir: Fhir, as_role: AsRole) -> None:
    fhir.create(condition("Patient/x", meta={"tag": [TAG]}))

    assert labels(Fhir(fhir.client, as_role("teleradiologist"))) == {}
