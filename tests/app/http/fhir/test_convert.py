"""A resource in another format."""

import json

from tests.app.http.fhir.conftest import Fhir

FHIR_XML = "application/fhir+xml"
ODD = '{ "resourceType":"Observation", "status":"final","code":{"text":"a"},"valueQuantity":{"value":1.10} }'


def test_a_resource_comes_back_as_it_was_sent(fhir: Fhir) -> None:
    answer = fhir.send("POST", "$convert", ODD)

    assert (answer.status_code, answer.text) == (200, ODD)
    assert fhir.get("Observation").get_json()["total"] == 0


def test_what_is_no_resource_is_not_converted(fhir: Fhir) -> None:
    for body in ("{}", '{"resourceType":"Nothing"}', "[", None):
        assert fhir.send("POST", "$convert", body).status_code == 400
    assert fhir.get("$convert").status_code == 405


def test_json_becomes_xml_and_xml_json(fhir: Fhir) -> None:
    written = fhir.send("POST", "$convert", ODD, Accept=FHIR_XML)
    back = fhir.send("POST", "$convert", written.data, Content_Type=FHIR_XML, Accept="application/fhir+json")

    assert written.mimetype == FHIR_XML
    assert b'<value value="1.10"/>' in written.data
    assert json.loads(back.data) == json.loads(ODD)
    assert '"value":1.10' in back.text
