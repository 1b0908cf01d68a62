"""search: what each parameter, modifier, chain and include finds, and what is refused."""

from typing import Any

import pytest

from tests.app.http.fhir.conftest import Fhir, found, link, names
from tests.factories.fhir import (
    LOINC,
    blood_pressure,
    condition,
    encounter,
    medication_request,
    observation,
    patient,
    practitioner,
    reference,
)

KINDS = "http://terminology.hl7.org/CodeSystem/v2-0203"
TYPED = {"coding": [{"system": KINDS, "code": "MR"}], "text": "Chart"}
RECORD = (
    patient(
        "P1",
        id="ana",
        name=[{"family": "Ångström", "given": ["Ana", "Eva"]}],
        identifier=[{"system": "urn:hilum:mrn", "value": "P1", "type": TYPED}],
        generalPractitioner=[reference("Practitioner/gp")],
    ),
    patient("P2", id="bo", name=[{"family": "김", "given": ["Bo"]}], gender="male", birthDate="1980-05"),
    patient("P,3", id="cy", name=None, gender=None, birthDate=None, active=False),
    practitioner(id="gp", name=[{"family": "Ward"}]),
    encounter("Patient/ana", id="visit"),
    observation("Patient/ana", id="hb-1", value=13.5, effectiveDateTime="2026-01-01T10:00:00Z"),
    observation("Patient/ana", id="hb-2", value=15.0, effectiveDateTime="2026-01-02"),
    observation("Patient/bo", id="hb-3", value=9.0, effectiveDateTime="2026-02-01T23:30:00-02:00"),
    observation("Patient/bo", "2160-0", 100.0, "mg/dL", id="crea", effectiveDateTime="2026-03"),
    blood_pressure("Patient/ana", 120, 80, id="bp", effectiveDateTime="2025-12-31"),
    condition("Patient/bo", id="tumour", onsetDateTime="2025-06", encounter=reference("Encounter/visit")),
    medication_request("Patient/bo", id="drug", requester=reference("Practitioner/gp")),
)


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    """A small record under known ids, written in the order above."""
    return fhir.hold(*RECORD)


def test_tokens(record: Fhir) -> None:
    expected = {
        "Patient?gender=female": "ana",
        "Patient?gender=male,female": "ana bo",
        "Patient?gender=http://hl7.org/fhir/administrative-gender|male": "bo",
        "Patient?gender:not=male": "ana cy",
        "Patient?gender:missing=true": "cy",
        "Patient?gender:missing=false": "ana bo",
        "Patient?active=false": "cy",
        "Patient?identifier=P1": "ana",
        "Patient?identifier=urn:hilum:mrn|P1": "ana",
        "Patient?identifier=urn:other|P1": "",
        "Patient?identifier=|P1": "",
        "Patient?identifier=urn:hilum:mrn|": "ana bo cy",
        "Patient?identifier=P\\,3": "cy",
        "Patient?identifier=P,3": "",
        f"Patient?identifier:of-type={KINDS}|MR|P1": "ana",
        "Patient?identifier:text=chart": "ana",
        "Patient?_id=ana,bo,nobody": "ana bo",
        f"Observation?code={LOINC}|718-7": "hb-1 hb-2 hb-3",
        f"Observation?code={LOINC}|718-7&subject=Patient/ana": "hb-1 hb-2",
        "Observation?code=718-7,2160-0&patient=bo": "crea hb-3",
        "Observation?combo-code=8480-6": "bp",
    }
    assert found(record, expected) == expected


def test_what_is_a_string_is_found_in_any_case_and_a_code_as_it_is(record: Fhir) -> None:
    number = {"system": "urn:n", "value": "aB1", "type": {"coding": [{"system": KINDS, "code": "MR"}]}}
    record.hold(
        patient(None, id="dee", identifier=[number], telecom=[{"system": "email", "value": "Dee@E.org"}]),
        condition("Patient/dee", "E11.b", system="urn:icd", id="dx"),
        observation("Patient/dee", id="told", performer=[{"identifier": number}]),
        {"resourceType": "ValueSet", "id": "set", "status": "draft", "version": "1.0-Beta"},
    )
    expected = {
        "Patient?identifier=AB1": "dee",
        "Patient?identifier=ab1": "dee",
        "Patient?identifier=aB1": "dee",
        "Patient?identifier=urn:n|AB1,p1": "ana dee",
        "Patient?identifier=urn:N|ab1": "",
        "Patient?identifier:not=ab1": "ana bo cy",
        f"Patient?identifier:of-type={KINDS}|MR|AB1": "dee",
        f"Patient?identifier:of-type={KINDS}|MR|p1": "ana",
        "Patient?email=dee@e.org": "dee",
        "Patient?telecom=email|DEE@E.ORG": "dee",
        "Condition?patient.identifier=AB1": "dx",
        "Observation?performer:identifier=urn:n|AB1": "told",
        "ValueSet?version=1.0-BETA": "set",
        "Condition?code=E11.b": "dx",
        "Condition?code=e11.b": "",
        "Patient?_sort=identifier&identifier=p1,ab1": "ana dee",
    }
    assert found(record, expected) == expected
    assert record.send("POST", "Patient", patient(), If_None_Exist="identifier=Ab1").status_code == 200


def test_strings(record: Fhir) -> None:
    expected = {
        "Patient?family=ang": "ana",
        "Patient?family=ÅNG": "ana",
        "Patient?family:exact=Ångström": "ana",
        "Patient?family:exact=ångström": "",
        "Patient?name:contains=STR": "ana",
        "Patient?given=ev&family=ang": "ana",
        "Patient?name=김": "bo",
        "Patient?name=ana,bo": "ana bo",
        "Patient?name:missing=true": "cy",
    }
    assert found(record, expected) == expected


def test_dates(record: Fhir) -> None:
    expected = {
        "Patient?birthdate=1970-02-03": "ana",
        "Patient?birthdate=1970": "ana",
        "Patient?birthdate=1980": "bo",
        "Patient?birthdate=1980-05-01": "",
        "Patient?birthdate=ap1980-05-01": "bo",
        "Patient?birthdate=ne1970": "bo",
        "Patient?birthdate=lt1975": "ana",
        "Patient?birthdate=ge1980-05": "bo",
        "Observation?date=2026-01": "hb-1 hb-2",
        "Observation?date=2026-02-02": "hb-3",
        "Observation?date=gt2026-01-02": "crea hb-3",
        "Observation?date=ge2026-01-02&date=lt2026-03": "hb-2 hb-3",
        "Observation?date=sa2026-01-02": "crea hb-3",
        "Observation?date=eb2026-01-01": "bp",
        "Observation?date=2025,2026-03": "bp crea",
        "Observation?date=2026-01-01T10:00:00Z": "hb-1",
        "Observation?date=2026-01-01T12:00:00%2B02:00": "hb-1",
        "Encounter?date=2026-01-02T09:30": "",
        "Encounter?date=ap2026-01-02T09:30": "visit",
        "Patient?_lastUpdated=gt2020&_id=ana": "ana",
        "Patient?_lastUpdated=lt2020": "",
    }
    assert found(record, expected) == expected


def test_a_number_of_many_digits_finds_itself(fhir: Fhir) -> None:
    for name, value in (("a", 66.89999999999999), ("b", 66.9), ("c", 66.85)):
        fhir.send("PUT", f"Observation/{name}", observation("Patient/p", id=name, value=value))
    expected = {
        "Observation?value-quantity=66.89999999999999": "a",
        "Observation?value-quantity=ne66.89999999999999": "b c",
        "Observation?value-quantity=66.9": "a b c",
        "Observation?value-quantity=ge66.89999999999999": "a b",
        "Observation?value-quantity=66.89999999999999||g/dL": "a",
        "Observation?code-value-quantity=718-7$66.89999999999999": "a",
    }
    assert found(fhir, expected) == expected


def test_quantities_and_composites(record: Fhir) -> None:
    unit = "http://unitsofmeasure.org"
    expected = {
        f"Observation?value-quantity=13.5|{unit}|g/dL": "hb-1",
        "Observation?value-quantity=13.5||g/dL": "hb-1",
        "Observation?value-quantity=13.50": "hb-1",
        "Observation?value-quantity=14": "hb-1",
        "Observation?value-quantity=100": "crea",
        "Observation?value-quantity=1e2": "crea",
        "Observation?value-quantity=gt13.5||g/dL": "hb-2",
        "Observation?value-quantity=ge13.5||g/dL": "hb-1 hb-2",
        "Observation?value-quantity=lt13.5": "hb-3",
        "Observation?value-quantity=sa13.5||g/dL": "hb-2",
        "Observation?value-quantity=eb13.5": "hb-3",
        "Observation?value-quantity=ap14.5": "hb-1 hb-2",
        f"Observation?code-value-quantity={LOINC}|718-7$gt13": "hb-1 hb-2",
        f"Observation?code-value-quantity={LOINC}|718-7$gt13||mg/dL": "",
        "Observation?component-code-value-quantity=8480-6$gt100": "bp",
        "Observation?component-code-value-quantity=8462-4$gt100": "",
    }
    assert found(record, expected) == expected


def test_references_and_chains(record: Fhir) -> None:
    expected = {
        "Condition?subject=bo": "tumour",
        "Condition?subject=Patient/bo": "tumour",
        "Condition?subject=http://127.0.0.1:8042/fhir/Patient/bo": "tumour",
        "Condition?subject:Patient=bo": "tumour",
        "Condition?subject:Group=bo": "",
        "Condition?patient=ana": "",
        "Observation?patient.gender=male": "crea hb-3",
        "Observation?subject:Patient.family=ang": "bp hb-1 hb-2",
        "Observation?patient.general-practitioner.family=ward": "bp hb-1 hb-2",
        "Observation?patient._id=bo": "crea hb-3",
        "Patient?_has:Condition:patient:code=307576001": "bo",
        "Patient?_has:Observation:patient:code=718-7&gender=female": "ana",
        "Practitioner?_has:Patient:general-practitioner:_has:Observation:patient:code=718-7": "gp",
        "Encounter?_has:Condition:encounter:subject=Patient/bo": "visit",
        "Patient/ana/Observation": "bp hb-1 hb-2",
        "Patient/ana/Observation?code=718-7": "hb-1 hb-2",
        "Patient/bo/Encounter": "",
    }
    assert found(record, expected) == expected


def test_orders(record: Fhir) -> None:
    expected = {
        "Observation?_sort=date": "bp hb-1 hb-2 hb-3 crea",
        "Observation?_sort=-date": "crea hb-3 hb-2 hb-1 bp",
        "Observation?_sort=-value-quantity": "crea hb-2 hb-1 hb-3 bp",
        "Patient?_sort=birthdate": "ana bo cy",
        "Patient?_sort=-birthdate": "bo ana cy",
        "Patient?_sort=family": "ana bo cy",
        "Patient?_sort=-_id": "cy bo ana",
        "Observation?_sort=subject,-date": "hb-2 hb-1 bp crea hb-3",
        "Patient": "ana bo cy",
    }
    ordered = {query: [name.partition("/")[2] for name in record.found(query)] for query in expected}
    assert {query: " ".join(ids) for query, ids in ordered.items()} == expected


@pytest.mark.parametrize(
    "query",
    [
        "Observation?_count=2",
        "Observation?_count=2&_sort=-date",
        "Observation?_count=1&_sort=value-quantity",
        "Observation?_count=2&_sort=subject,-date&status=final",
        "Observation?_count=2&code=718-7,2160-0,85354-9",
        "Patient/ana/Observation?_count=2",
    ],
)
def test_pages_follow_one_another_without_gap_or_overlap(record: Fhir, query: str) -> None:
    whole = record.found(query.replace("_count=1", "_count=9").replace("_count=2", "_count=9"))
    pages, address = [], query
    while address:
        page = record.get(address).json
        pages.append(names(page))
        address = link(page, "next") or ""

    assert [name for page in pages for name in page] == whole
    assert all(pages)


def test_a_page_belongs_to_its_caller_its_query_and_its_text(record: Fhir, as_role: Any) -> None:
    address = link(record.get("Observation?_count=1&status=final").json, "next") or ""
    token = address.rpartition("_page=")[2]
    colleague = Fhir(record.client, as_role("superuser"))

    assert record.get(address).status_code == 200
    assert colleague.get(address).status_code == 400
    assert record.get(f"Observation?_count=1&_page={token}").status_code == 400
    assert record.get(f"Patient?_count=1&status=final&_page={token}").status_code == 400
    assert record.get(address[:-1] + ("A" if address[-1] != "A" else "B")).status_code == 400
    assert record.get(f"_history?_count=1&_page={token}").status_code == 400


def test_a_form_is_a_query_too_and_pages_alike(record: Fhir) -> None:
    form = {"code": "718-7", "_count": "2", "_sort": "-date"}
    answer = record.client.post("/fhir/Observation/_search?patient=ana,bo", data=form, headers=record.headers)
    second = record.get(link(answer.json, "next") or "")

    assert names(answer.json) == ["Observation/hb-3", "Observation/hb-2"]
    assert names(second.json) == ["Observation/hb-1"]
    members = record.client.post("/fhir/Patient/bo/Observation/_search", data=form, headers=record.headers)
    assert names(members.json) == ["Observation/hb-3"]


def test_totals_are_counted_when_asked_or_when_known(record: Fhir) -> None:
    def total(query: str) -> Any:
        return record.get(query).json.get("total")  # type: ignore[union-attr]

    assert total("Observation?_count=2") is None
    assert total("Observation?_count=2&_total=accurate") == 5
    assert total("Observation") == 5
    for query in ("Observation?_count=0", "Observation?_summary=count&code=718-7"):
        counted = record.get(query).json
        assert "entry" not in counted and counted["total"] in (5, 3)  # type: ignore[operator,index]


def included(record: Fhir, query: str) -> list[str]:
    return sorted(names(record.get(query).json, "include"))


def test_includes(record: Fhir) -> None:
    both = ["Encounter/visit", "Patient/bo"]
    persons = "Observation?patient=ana&_include=Observation:patient"
    doctors = "Patient:general-practitioner"
    expected = {
        "Condition?_include=Condition:subject": ["Patient/bo"],
        "Condition?_include=Condition:subject:Group": [],
        "Condition?_include=Condition:subject&_include=Condition:encounter": both,
        "Condition?_include=*": both,
        "Condition?_include=Condition:*": both,
        f"{persons}&_include:iterate={doctors}": ["Patient/ana", "Practitioner/gp"],
        f"{persons}&_include={doctors}": ["Patient/ana"],
        "Patient?_id=bo&_revinclude=Condition:subject&_revinclude=MedicationRequest:*": [
            "Condition/tumour",
            "MedicationRequest/drug",
        ],
        f"Practitioner?_revinclude={doctors}&_revinclude:iterate=Encounter:patient": [
            "Encounter/visit",
            "Patient/ana",
        ],
    }
    assert {query: included(record, query) for query in expected} == expected
    assert included(record, "Practitioner?_revinclude=*") == ["MedicationRequest/drug", "Patient/ana"]
    assert included(record, "Encounter?_revinclude=*") == ["Condition/tumour"]
    assert len(included(record, "Practitioner?_revinclude=*&_revinclude:iterate=*")) == 7


def test_what_is_included_stands_once_and_is_no_match(record: Fhir) -> None:
    answer = record.get("Observation?_include=Observation:subject&_include=Observation:*&_count=3").json

    assert len(names(answer)) == 3
    assert sorted(names(answer, "include")) == ["Patient/ana", "Patient/bo"]


@pytest.mark.parametrize(
    ("asked", "done"),
    [
        ("gender=male", "gender=male"),
        ("gender=male&_count=5000", "gender=male&_count=1000"),
        ("_count=1&_count=2", "_count=1"),
        ("_format=json&gender=male&_pretty=true", "gender=male&_format=json"),
        ("_sort=-birthdate&_sort=name&_total=estimate", "_sort=-birthdate&_total=estimate"),
        ("_summary=true&_include=*", "_summary=true&_include=%2A"),
        ("gender=male&gender=male,female", "gender=male&gender=male,female"),
        ("_summary=count&_total=none", "_summary=count&_total=none"),
        ("colour=red&name=x", "name=x"),
    ],
)
def test_the_self_link_says_what_was_done(record: Fhir, asked: str, done: str) -> None:
    answer = record.get(f"Patient?{asked}", Prefer="handling=lenient")

    assert answer.status_code == 200, answer.text
    assert (link(answer.json, "self") or "").endswith(f"/fhir/Patient?{done}")


def test_each_page_is_at_its_own_link(record: Fhir) -> None:
    first = record.get("Patient?_count=1&_format=json").json
    second = record.get(link(first, "next") or "").json
    again = record.get(link(second, "self") or "").json

    assert names(second) == names(again) != names(first)
    assert link(again, "self") == link(second, "self") == link(first, "next")


def test_an_unknown_parameter_is_refused_unless_the_client_is_lenient(record: Fhir) -> None:
    strict = record.get("Patient?colour=red&gender=male")
    lenient = record.get("Patient?colour=red&gender=male", Prefer="handling=lenient").json

    assert (strict.status_code, strict.json["issue"][0]["expression"]) == (400, ["colour"])  # type: ignore[index]
    assert names(lenient) == ["Patient/bo"]
    assert "colour" not in (link(lenient, "self") or "")
    (warning,) = [each for each in lenient["entry"] if each["search"]["mode"] == "outcome"]  # type: ignore[index]
    assert warning["resource"]["issue"][0]["severity"] == "warning"


@pytest.mark.parametrize(
    "query",
    [
        "Patient?name:regex=x",
        "Patient?birthdate=yesterday",
        "Patient?birthdate=2026-13",
        "Patient?gender=",
        "Patient?gender:missing=maybe",
        "Patient?_count=-1",
        "Patient?_count=many",
        "Patient?_sort=colour",
        "Patient?_sort=a,b,c,d,e",
        "Patient?_include=colour",
        "Patient?_include=Patient:colour",
        "Patient?_include=Patient:name",
        "Patient?_revinclude=Colour:*",
        "Patient?_include=Colour:subject",
        "Patient?_summary=some",
        "Patient?_total=all",
        "Patient?_page=abc",
        "Patient?general-practitioner.colour=x",
        "Patient?general-practitioner:Colour.name=x",
        "Patient?_has:Observation:code:status=final",
        "Patient?_has:Observation:patient",
        "Patient?_has:Colour:patient:code=x",
        "Patient?name`}//=x",
        "Patient?identifier=a|b|c",
        "Observation?value-quantity=x",
        "Observation?value-quantity=1e999",
        "Observation?code-value-quantity=718-7",
        "Observation?_filter=x",
        "Patient?" + "general-practitioner:Practitioner._has:Patient:general-practitioner:" * 9 + "name=x",
        "Patient?" + "&".join(["gender=male"] * 200),
        "Patient/ana/Organization",
    ],
)
def test_what_cannot_be_asked_is_refused_with_an_outcome(fhir: Fhir, query: str) -> None:
    answer = fhir.get(query)

    assert answer.status_code in (400, 413), answer.text
    assert answer.json["resourceType"] == "OperationOutcome"  # type: ignore[index]


def test_a_deleted_resource_is_found_no_more(record: Fhir) -> None:
    record.send("DELETE", "Condition/tumour")

    assert record.found("Condition") == []
    assert record.found("Patient?_has:Condition:patient:code=307576001") == []
    assert included(record, "Patient?_revinclude=Condition:subject") == []


def test_an_updated_resource_is_found_by_what_it_says_now(record: Fhir) -> None:
    record.send("PUT", "Condition/tumour", condition("Patient/ana", "1", id="tumour"))

    assert record.found("Condition?code=307576001") == []
    assert record.found("Condition?subject=Patient/ana&code=1") == ["Condition/tumour"]
    assert record.found("Patient/bo/Condition") == []


def test_the_texts_of_a_searchset_are_those_that_were_written(fhir: Fhir) -> None:
    text = b'{"resourceType":"Patient",   "extension":[{"url":"http://e.org/x","valueDecimal": 1.50}]}'
    created = fhir.send("POST", "Patient", text)

    assert created.data in fhir.get("Patient").data
