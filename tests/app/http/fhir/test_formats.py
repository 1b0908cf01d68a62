"""XML in and out, for every interaction, and which format an answer has (FHIR R4 http.html#mime-type)."""

import gzip
import json
from typing import Any

import pytest
import zstandard

from app.http.fhir.interactions import PATCH
from app.http.fhir.table import fhir_table
from app.wiring import Wiring
from app.wiring.fhir import fhir_uses
from fhir_profiles.xml import json_of, xml_of
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir, link
from tests.factories.fhir import bundle, entry, patient

FHIR_XML = "application/fhir+xml"
WRITTEN = (
    '<Patient xmlns="http://hl7.org/fhir">'
    '<extension url="http://e.org/w"><valueDecimal value="1.50"/></extension>'
    '<active value="true"/><birthDate value="1970"/></Patient>'
)


def as_json(answer: Any) -> Any:
    assert answer.mimetype == FHIR_XML, answer.headers
    return json.loads(json_of(answer.data))


def test_a_resource_comes_and_goes_as_xml(fhir: Fhir) -> None:
    made = fhir.send("POST", "Patient", WRITTEN, Content_Type=FHIR_XML, Accept=FHIR_XML)
    name = f"Patient/{as_json(made)['id']}"

    assert made.status_code == 201
    assert '<valueDecimal value="1.50"/>' in made.text
    assert '"valueDecimal":1.50' in fhir.get(name).text
    assert fhir.get(name, Accept=FHIR_XML).data == made.data == xml_of(fhir.get(name).data)
    sent = fhir.send("PUT", name, made.text, Content_Type="text/xml", Accept="application/json")
    assert (sent.status_code, sent.mimetype) == (200, "application/json")


@pytest.mark.parametrize(
    "path",
    [
        "Patient/mine/_history/1",
        "Patient/mine/_history",
        "Patient",
        "_history",
        "metadata",
        "Patient/mine/$meta",
    ],
)
def test_every_answer_is_to_be_had_as_xml(fhir: Fhir, path: str) -> None:
    fhir.send("PUT", "Patient/mine", patient(id="mine"))

    known = as_json(fhir.get(path, Accept=FHIR_XML))

    assert known["resourceType"] == fhir.get(path).json["resourceType"]  # type: ignore[index]
    assert {each.get("fullUrl") for each in known.get("entry", ())} == {
        each.get("fullUrl")
        for each in fhir.get(path).json.get("entry", ())  # type: ignore[union-attr]
    }


def test_a_bundle_of_requests_is_xml_too(fhir: Fhir) -> None:
    sent = bundle(
        entry(patient(id="mine"), "PUT", "Patient/mine"), entry(None, "GET", "Patient/nobody"), kind="batch"
    )
    answer = fhir.send("POST", "", xml_of(json.dumps(sent).encode()), Content_Type=FHIR_XML, Accept=FHIR_XML)

    made, failed = as_json(answer)["entry"]
    assert made["response"]["status"] == "201 Created"
    assert failed["response"]["outcome"]["issue"][0]["code"] == "not-found"


@pytest.mark.parametrize("path", ["Patient/nobody", "Colour", "Patient?colour=red", "nothing/at/all/there"])
def test_a_failure_is_told_in_the_format_that_was_asked_for(fhir: Fhir, path: str) -> None:
    mark = "&" if "?" in path else "?"

    assert as_json(fhir.get(path, Accept=FHIR_XML)) == fhir.get(path).json
    assert as_json(fhir.get(f"{path}{mark}_format=xml"))["resourceType"] == "OperationOutcome"
    assert fhir.get(f"{path}{mark}_pretty=true").text.startswith('{\n  "resourceType": "OperationOutcome",\n')
    assert fhir.get(path, Accept="text/turtle").mimetype == "application/fhir+json"


def test_a_form_says_in_which_format_its_failure_is_told(fhir: Fhir) -> None:
    form = "colour=red&_format=xml&_pretty=true"
    answer = fhir.send("POST", "Patient/_search", form, Content_Type="application/x-www-form-urlencoded")

    assert answer.mimetype == FHIR_XML
    assert "\n  <issue>\n" in answer.text


def test_who_sends_what_is_not_read_is_told_what_is(fhir: Fhir, services: Wiring, as_role: AsRole) -> None:
    owner = Fhir(fhir.client, as_role("superuser"))
    for each in fhir_table(fhir_uses(services)).interactions:
        if each.body and (each.handler or each.own):
            kind = "Patient" if each.handler else next(iter(each.own))
            path = each.path.replace("<type:kind>", kind).replace("<resource_id>", "x").strip("/")
            answer = owner.send(each.method, path.replace("<patient_id>", "x"), b"x", Content_Type="text/odd")
            assert answer.status_code == 415, each.code
            assert answer.headers["Accept"] == ", ".join(each.body)
            assert answer.headers.get("Accept-Patch") == (
                ", ".join(PATCH) if each.method == "PATCH" else None
            )


def test_options_tell_in_which_forms_a_patch_comes(fhir: Fhir) -> None:
    assert fhir.client.options("/fhir/Patient/x").headers["Accept-Patch"] == ", ".join(PATCH)
    assert "Accept-Patch" not in fhir.client.options("/fhir/Patient/x/_history").headers


def test_xml_that_is_none_is_refused_with_its_line(fhir: Fhir) -> None:
    answer = fhir.send("POST", "Patient", WRITTEN.replace("<active", "\n<colour"), Content_Type=FHIR_XML)

    assert answer.status_code == 400
    assert "there is no element colour here at line 2" in answer.json["issue"][0]["diagnostics"]  # type: ignore[index]
    assert answer.json["issue"][0]["expression"] == ["Patient"]  # type: ignore[index]
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + WRITTEN
    assert fhir.send("POST", "Patient", bomb, Content_Type=FHIR_XML).status_code == 400


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/fhir+xml", "application/fhir+xml"),
        ("application/xml", "application/xml"),
        ("text/xml", "text/xml"),
        ("application/fhir+json;q=0.5, application/fhir+xml;q=0.9", "application/fhir+xml"),
        ("application/fhir+json;q=0.9, application/fhir+xml;q=0.5", "application/fhir+json"),
        ("application/fhir+xml;q=0, */*", "application/fhir+json"),
        ("text/html, application/xml;q=0.9, */*;q=0.8", "application/xml"),
        ("*/*", "application/fhir+json"),
        ("application/*", "application/fhir+json"),
    ],
)
def test_the_heaviest_format_is_taken(fhir: Fhir, accept: str, media_type: str) -> None:
    assert fhir.get("metadata", Accept=accept).mimetype == media_type


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("xml", FHIR_XML),
        ("text/xml", FHIR_XML),
        ("application/xml", FHIR_XML),
        ("application/fhir+xml", FHIR_XML),
        ("application/fhir%2Bxml;fhirVersion=4.0", FHIR_XML),
        ("json", "application/fhir+json"),
        ("application/json", "application/fhir+json"),
    ],
)
def test_the_format_in_the_address_comes_before_accept(fhir: Fhir, name: str, media_type: str) -> None:
    assert fhir.get(f"metadata?_format={name}", Accept="application/json, text/xml").mimetype == media_type


def test_a_page_keeps_its_format(fhir: Fhir) -> None:
    for _ in range(2):
        fhir.create(patient())

    first = as_json(fhir.get("Patient?_count=1&_format=xml"))

    assert as_json(fhir.get(link(first, "next") or ""))["entry"]


def test_pretty_changes_white_space_only(fhir: Fhir) -> None:
    fhir.send(
        "PUT",
        "Patient/mine",
        '{"resourceType":"Patient","id":"mine","name":[{"text":"a , { b"}],"extension":'
        '[{"url":"http://e.org","valueDecimal":1.50}]}',
    )

    plain, shown = fhir.get("Patient/mine"), fhir.get("Patient/mine?_pretty=true")

    assert shown.json == plain.json
    assert shown.text.startswith('{\n  "resourceType": "Patient",\n  "meta": {\n    "versionId": "1",\n')
    assert '"valueDecimal": 1.50\n' in shown.text
    xml = fhir.get("Patient/mine?_pretty=true&_format=xml")
    assert '\n  <id value="mine"/>\n' in xml.text
    assert json_of(xml.data) == json_of(fhir.get("Patient/mine?_format=xml").data)


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("zstd", zstandard.ZstdCompressor().compress), ("identity", bytes)],
)
def test_a_packed_body_is_unpacked(fhir: Fhir, coding: str, pack: Any) -> None:
    sent = pack(json.dumps(patient()).encode())

    assert fhir.send("POST", "Patient", sent, Content_Encoding=coding).status_code == 201
    form = fhir.client.post(
        "/fhir/Patient/_search",
        data=pack(b"gender=female"),
        headers={
            **fhir.headers,
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Encoding": coding,
        },
    )
    assert form.json["total"] == 1  # type: ignore[index]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_a_bomb_is_refused_at_the_limit_and_a_broken_body_as_such(fhir: Fhir, pack: Any) -> None:
    coding = "gzip" if pack is gzip.compress else "zstd"
    bomb = pack(b" " * (256 << 20))

    assert fhir.send("POST", "Patient", bomb, Content_Encoding=coding).status_code == 413
    assert fhir.send("POST", "Patient", b"{}", Content_Encoding=coding).status_code == 400
    cut = pack(json.dumps(patient()).encode())[:-9]
    assert fhir.send("POST", "Patient", cut, Content_Encoding=coding).status_code == 400
    refused = fhir.send("POST", "Patient", b"{}", Content_Encoding="br")
    assert (refused.status_code, refused.headers["Accept-Encoding"]) == (415, "gzip, zstd")
