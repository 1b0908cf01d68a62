"""Binary: content by its own media type, the resource by one of FHIR's (binary.html#rest)."""

import json
from base64 import b64encode

import pytest
from flask.testing import FlaskClient

from app.wiring import Wiring
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import patient

PDF = b"%PDF-1.4 \x00\xff"
FHIR_JSON = "application/fhir+json"


@pytest.fixture
def pdf(fhir: Fhir) -> str:
    answer = fhir.send("POST", "Binary", PDF, Content_Type="application/pdf", Accept=FHIR_JSON)
    assert answer.status_code == 201, answer.text
    resource = answer.json or {}
    assert (resource["contentType"], resource["data"]) == ("application/pdf", b64encode(PDF).decode())
    return f"Binary/{resource['id']}"


@pytest.mark.parametrize("accept", ["*/*", "application/pdf", "text/html, */*;q=0.8", "image/png"])
@pytest.mark.parametrize("version", ["", "/_history/1"])
def test_who_names_no_format_of_fhir_gets_the_content(
    fhir: Fhir, pdf: str, accept: str, version: str
) -> None:
    answer = fhir.get(pdf + version, Accept=accept)

    assert (answer.status_code, answer.data, answer.headers["Content-Type"]) == (200, PDF, "application/pdf")
    assert answer.headers["ETag"] == 'W/"1"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert fhir.get(pdf, Accept=accept, If_None_Match='W/"1"').status_code == 304


def test_a_page_that_somebody_stored_runs_nothing(fhir: Fhir) -> None:
    fhir.send("PUT", "Binary/page", b"<script>1</script>", Content_Type="text/html")

    answer = fhir.get("Binary/page", Accept="text/html")

    assert answer.mimetype == "text/html"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (FHIR_JSON, FHIR_JSON),
        ("application/fhir+xml", "application/fhir+xml"),
        ("application/json", "application/json"),
        ("text/xml", "text/xml"),
    ],
)
def test_who_names_one_gets_the_resource(fhir: Fhir, pdf: str, accept: str, media_type: str) -> None:
    answer = fhir.get(pdf, Accept=accept)

    assert answer.mimetype == media_type
    assert b64encode(PDF) in answer.data
    assert fhir.get(f"{pdf}?_format=json").json["resourceType"] == "Binary"  # type: ignore[index]
    assert fhir.get(pdf, Accept="application/fhir+json;fhirVersion=3.0").status_code == 406


def test_content_that_is_json_is_given_to_who_wants_json(fhir: Fhir) -> None:
    policy = b'{"rules": []}'
    made = fhir.send("PUT", "Binary/p", policy, Content_Type="application/json")
    assert made.status_code == 201

    assert fhir.get("Binary/p", Accept="application/json").data == policy
    resource = json.dumps({"resourceType": "Binary", "id": "q", "contentType": "image/png", "data": "AAAA"})
    fhir.send("PUT", "Binary/q", resource, Content_Type="application/json")
    assert fhir.get("Binary/q").data == b"\0\0\0"


def test_content_has_a_media_type_and_may_be_empty(fhir: Fhir) -> None:
    refused = fhir.client.post("/fhir/Binary", data=PDF, headers={**fhir.headers, "Content-Type": ""})
    assert refused.status_code == 415
    assert fhir.send("PUT", "Binary/e", b"", Content_Type="text/plain").status_code == 201
    assert fhir.get("Binary/e").data == b""
    assert fhir.send("POST", "Patient", PDF, Content_Type="application/pdf").status_code == 415


def test_who_sees_the_context_sees_the_content(
    fhir: Fhir, client: FlaskClient, services: Wiring, as_role: AsRole
) -> None:
    fhir.send("PUT", "Patient/mine", patient(id="mine"))
    made = fhir.send(
        "POST",
        "Binary",
        PDF,
        Content_Type="application/pdf",
        X_Security_Context="Patient/mine",
        Accept=FHIR_JSON,
    )
    name = f"Binary/{made.json['id']}"  # type: ignore[index]

    assert made.json["securityContext"] == {"reference": "Patient/mine"}  # type: ignore[index]
    assert fhir.get(name).headers["X-Security-Context"] == "Patient/mine"
    assert Fhir(client, as_role("teleradiologist")).get(name).status_code == 404
