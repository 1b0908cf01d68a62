"""The meta of a resource, asked for by itself."""

from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import patient


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
